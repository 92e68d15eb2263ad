"""An attempt to sign in: where it comes from, how it ended, whose session it opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kinechain.domain.record import Session, User

Due = Literal["", "password", "second_factor"]


class AccountError(ValueError):
    """What was asked of an account cannot be done; the message may be shown."""


@dataclass(frozen=True)
class Entry:
    """How an attempt to sign in ended.

    Attributes
    ----------
    outcome
        ``in``; ``second_factor``: the password was right, the code is missing; ``refused``;
        ``wait``: too many attempts; ``busy``: too many at this moment, from whomever.
    token
        Of the new session, for the cookie.
    device
        For the cookie by which the browser is known the next time.
    wait_s
        For how long no attempt is taken.
    """

    outcome: Literal["in", "second_factor", "refused", "wait", "busy"]
    token: str = ""
    device: str = ""
    wait_s: int = 0


@dataclass(frozen=True)
class Client:
    """Where an attempt comes from.

    Attributes
    ----------
    network
        Its address.
    device
        What the browser shows as known; empty when it shows nothing.
    """

    network: str
    device: str = ""


@dataclass(frozen=True)
class SignedIn:
    """Whose session it is, and what has to be done before anything else.

    Attributes
    ----------
    due
        ``password``: the present one was given by somebody else; ``second_factor``: the role
        needs one.
    has_second_factor
        Whether one is set up.
    """

    session: Session
    user: User
    due: Due
    has_second_factor: bool
