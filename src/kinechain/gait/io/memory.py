"""Large arrays go back to the system when they are let go."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from functools import cache

MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of the GNU C library's malloc.h
LARGE_BYTES = 4_000_000


@cache
def give_back_large_arrays() -> None:
    """Tell the C library to take each large array from the system, and to give it back at once.

    By itself it keeps up to 64 MB of what was freed, and grows and shrinks its heap again and
    again: ten minutes at 100 Hz took 40 MB and a third of the processor's time more. Short
    recordings have no such arrays, and another C library is left alone.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, LARGE_BYTES)
