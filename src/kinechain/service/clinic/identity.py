"""Ids that sort by time: UUIDs of version 7, written without dashes."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

Randomness = Callable[[int], bytes]


def new_id(at: datetime, randomness: Randomness = os.urandom) -> str:
    """An id that nothing else has.

    Parameters
    ----------
    at
        The time; ids of later milliseconds sort after it.
    randomness
        Gives so many random bytes.

    Examples
    --------
    >>> from datetime import UTC
    >>> new_id(datetime(2026, 11, 22, tzinfo=UTC), lambda count: bytes(count))
    '01a2008d740070008000000000000000'
    """
    milliseconds = int(at.timestamp() * 1000) & (2**48 - 1)
    value = (milliseconds << 80) | int.from_bytes(randomness(10))
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=value).hex
