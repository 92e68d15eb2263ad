"""Ids, tokens and their digests; clock and random source come as arguments."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from kinechain.service.clinic.identity import new_id

RandomBytes = Callable[[int], bytes]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Sources:
    """Where time and chance come from; tests give their own.

    Attributes
    ----------
    now
        The present, aware, in UTC.
    random
        So many bytes that nobody can guess.
    """

    now: Callable[[], datetime] = _now
    random: RandomBytes = secrets.token_bytes

    def new_id(self) -> str:
        """A new id; ids of later milliseconds sort after it."""
        return new_id(self.now(), self.random)

    def new_token(self) -> str:
        """A token that opens something: 256 bits, in hexadecimal."""
        return self.random(32).hex()


def digest_of(token: str) -> str:
    """What the store keeps of a token.

    Parameters
    ----------
    token
        As it stands in the cookie or in the address.
    """
    return hashlib.sha256(token.encode()).hexdigest()


def hidden(*parts: str) -> str:
    """A name for a count that does not show whose it is.

    Parameters
    ----------
    *parts
        Kind, account, address.
    """
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]
