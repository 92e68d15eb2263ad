"""Ids, tokens and their digests; clock and random source come as arguments."""

from __future__ import annotations

import hashlib
import hmac
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


def keyed(secret: bytes, purpose: str, *parts: str) -> bytes:
    """What only who has the server's secret can make: HMAC-SHA256 over purpose and parts.

    Parameters
    ----------
    secret
        The server's key.
    purpose
        What it is for; nothing made for one purpose is good for another.
    *parts
        What it is about.

    Examples
    --------
    >>> keyed(b"k", "device", "ab", "c") == keyed(b"k", "device", "a", "bc")
    False
    """
    # Each part with its length, so that no two lists of parts read the same.
    text = "".join(f"{len(one)}:{one}" for one in (purpose, *parts))
    return hmac.digest(secret, text.encode(), "sha256")
