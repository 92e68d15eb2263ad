"""What was worked out lately and may be asked for again, in this process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """The last results, by what they were made from; many threads may share it.

    Parameters
    ----------
    most
        So many are kept; the one that was not asked for longest goes first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """What is kept under a key.

        Parameters
        ----------
        key
            What it was made from.
        """
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: Key, value: Value) -> None:
        """Keep a result.

        Parameters
        ----------
        key, value
            What it was made from, and it.
        """
        with self._lock:
            self._held[key] = value
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)

    def of(self, key: Key, make: Callable[[], Value]) -> Value:
        """What is kept under a key, made first where it is not there.

        Parameters
        ----------
        key
            What it is made from.
        make
            Makes it; two threads that ask at once may both do so.
        """
        found = self.get(key)
        if found is None:
            found = make()
            self.put(key, found)
        return found
