"""Memory that is no longer used goes back to the system.

An assessment works in large tables and drops them. The allocator of glibc keeps what was freed,
for each thread apart, so a server that has answered for an hour holds ten times what it uses.
Elsewhere than on glibc all of this does nothing.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache

EVERY_S = 5.0
_ARENAS_AT_MOST, _ARENAS = -8, 2  # M_ARENA_MAX of malloc.h


@cache
def _malloc() -> ctypes.CDLL | None:
    """The C library, where it has glibc's two functions."""
    try:
        found = ctypes.CDLL(None)
    except (OSError, TypeError):
        return None
    return found if hasattr(found, "malloc_trim") and hasattr(found, "mallopt") else None


def give_back() -> bool:
    """Let the system have what is free; whether this allocator can do that."""
    library = _malloc()
    if library is None:
        return False
    library.malloc_trim(0)
    return True


@contextmanager
def giving_back(every_s: float = EVERY_S, give: Callable[[], bool] = give_back) -> Generator[None]:
    """While inside, unused memory is given back every few seconds.

    Parameters
    ----------
    every_s
        Seconds between two times.
    give
        Gives it back; what it returns tells whether that is of any use here.
    """
    library = _malloc()
    if library is not None:
        library.mallopt(_ARENAS_AT_MOST, _ARENAS)
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(every_s) and give():
            pass

    thread = threading.Thread(target=go_on, name="memory", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
