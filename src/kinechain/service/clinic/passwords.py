"""Passwords: what may be one, and how they are hashed without using up the machine."""

from __future__ import annotations

import unicodedata
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 200
FEWEST_DIFFERENT = 5
SHORTEST_NAME_THAT_COUNTS = 4
COMMON = ("password", "kinechain", "letmein", "welcome", "administrator", "iloveyou", "changeme",
          "passw0rd", "p@ssw0rd", "clinic123", "trustno1", "baseball", "football")  # fmt: skip
ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertz",
        "azertyuiop")  # fmt: skip
LONGEST_RUN = 5

Lane = Literal["known", "stranger"]
"""Attempts from browsers that are known do not queue behind those of anybody else."""


class WeakPassword(ValueError):
    """A password that is easily guessed; the message may be shown."""


class Busy(Exception):
    """More passwords are being tried at this moment than the machine shall work on."""


@dataclass(frozen=True)
class Passwords:
    """Hashes passwords and compares them.

    One hash takes 64 MiB and about 50 ms, on purpose. Without a bound, a flood of attempts would
    take 40 times that, once for each thread of the server.

    Attributes
    ----------
    hasher
        argon2id with the library's present defaults (RFC 9106, low memory).
    at_once
        So many are worked on at once in each lane.
    waiting
        So many more wait, each for `patience_s`; the others are sent away at once, so that a
        flood does not hold all threads of the server.
    patience_s
        For so long one waits.
    """

    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    at_once: int = 2
    waiting: int = 6
    patience_s: float = 2.0
    _rooms: dict[Lane, BoundedSemaphore] = field(init=False, repr=False, compare=False)
    _lanes: dict[Lane, BoundedSemaphore] = field(init=False, repr=False, compare=False)
    _nobodys: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, size in (("_lanes", self.at_once), ("_rooms", self.at_once + self.waiting)):
            both = {lane: BoundedSemaphore(size) for lane in ("known", "stranger")}
            object.__setattr__(self, name, both)
        object.__setattr__(self, "_nobodys", self.hasher.hash("nobody has this password"))

    def hash(self, password: str, lane: Lane = "known") -> str:
        """What is kept of a password.

        Parameters
        ----------
        password
            As typed.
        lane
            Where it queues.

        Raises
        ------
        Busy
            Too many are being worked on.
        """
        with self._turn(lane):
            return self.hasher.hash(plain(password))

    def is_right(self, kept: str, password: str, lane: Lane) -> bool:
        """Whether a password is right; takes its time also where there is nothing to compare.

        Parameters
        ----------
        kept
            What :meth:`hash` gave; empty where there is no such account.
        password
            As typed.
        lane
            Where it queues.

        Raises
        ------
        Busy
            Too many are being worked on.
        """
        with self._turn(lane):
            try:
                return self.hasher.verify(kept or self._nobodys, plain(password)) and bool(kept)
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash was made with other parameters than today's.

        Parameters
        ----------
        kept
            What :meth:`hash` gave.
        """
        return self.hasher.check_needs_rehash(kept)

    @contextmanager
    def _turn(self, lane: Lane) -> Generator[None]:
        if not self._rooms[lane].acquire(blocking=False):
            raise Busy
        try:
            if not self._lanes[lane].acquire(timeout=self.patience_s):
                raise Busy
            try:
                yield
            finally:
                self._lanes[lane].release()
        finally:
            self._rooms[lane].release()


def plain(password: str) -> str:
    """A password as it is hashed: the same characters, however the keyboard composes them.

    Parameters
    ----------
    password
        As typed.
    """
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, name: str) -> None:
    """Refuse a password that is easily guessed (NIST SP 800-63B: length before rules).

    Parameters
    ----------
    password, name
        As typed.

    Raises
    ------
    WeakPassword
        It is too short, too long, holds the name, or is a common one, a row of keys or one
        part again and again.

    Examples
    --------
    >>> check_password("heron kettle violin", "anna")
    >>> check_password("abcdefghijkl", "anna")
    Traceback (most recent call last):
        ...
    kinechain.service.clinic.passwords.WeakPassword: This password is easily guessed. Take a ...
    """
    typed = plain(password)
    if not SHORTEST <= len(typed) <= LONGEST:
        raise WeakPassword(f"A password has {SHORTEST} to {LONGEST} characters; a few words that "
                           "do not belong together are good.")  # fmt: skip
    low, named = typed.casefold().strip(), plain(name).casefold().strip()
    holds_name = len(named) >= SHORTEST_NAME_THAT_COUNTS and named in low
    if holds_name or any(one in low for one in COMMON) or _is_regular(low):
        raise WeakPassword("This password is easily guessed. Take a few words that do not belong "
                           "together.")  # fmt: skip


def _is_regular(low: str) -> bool:
    """Few different characters, one part repeated, or little beside neighbours on a keyboard."""
    if len(set(low)) < FEWEST_DIFFERENT or low in (low + low)[1:-1]:
        return True
    rows = [*ROWS, *(row[::-1] for row in ROWS)]
    rest = low
    for row in rows:
        for length in range(len(row), LONGEST_RUN - 1, -1):
            for start in range(len(row) - length + 1):
                rest = rest.replace(row[start : start + length], "")
    return len(rest) < SHORTEST // 2
