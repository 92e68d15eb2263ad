"""How often somebody may try to sign in, without letting anybody lock out somebody else.

Failures are counted for an account *from one place*: a network, or a browser that signed in to
the account before (OWASP's device cookie). Who tries passwords from elsewhere fills the count of
their own network only; the owner, on a browser that was used before, is not held up. A network is
also counted by itself, over all accounts, against trying one password on many names.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kinechain.domain.record import Bucket
from kinechain.service.clinic.tokens import hidden
from kinechain.store import Transaction

FREE_TRIES = 5
"""Failures for one account from one place before one has to wait."""

FREE_TRIES_OF_NETWORK = 50
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


def places(name: str, network: str, device: str) -> tuple[tuple[str, int], ...]:
    """The counts that an attempt belongs to, each with its free tries.

    Parameters
    ----------
    name
        Of the account, as it was typed.
    network
        Address of the client.
    device
        Of a browser that signed in to this account before; empty for any other.
    """
    account = name.strip().casefold()
    if device:
        return ((hidden("device", account, device), FREE_TRIES),)
    return (
        (hidden("network", account, network), FREE_TRIES),
        (hidden("network", network), FREE_TRIES_OF_NETWORK),
    )


def wait_s(tx: Transaction, counts: tuple[tuple[str, int], ...], now: datetime) -> int:
    """For how many seconds no attempt is taken; 0 when one may be made.

    Parameters
    ----------
    tx
        To read the counts.
    counts
        As :func:`places` gives them.
    now
        The present.
    """
    waits = [0]
    for name, _ in counts:
        found = tx.attempts.get(name)
        if found is not None and found.until is not None and found.until > now:
            waits.append(int((found.until - now).total_seconds()) + 1)
    return max(waits)


def failed(tx: Transaction, counts: tuple[tuple[str, int], ...], now: datetime) -> None:
    """Count a failure; from the free tries on each one doubles the wait.

    Parameters
    ----------
    tx, counts, now
        As for :func:`wait_s`.
    """
    for name, free in counts:
        found = tx.attempts.get(name)
        fresh = found is None or now - found.since > FORGOTTEN_AFTER + LONGEST_WAIT
        count = 1 if fresh or found is None else found.count + 1
        over = count - free
        wait = min(FIRST_WAIT * 2 ** min(max(over, 0), 10), LONGEST_WAIT) if over >= 0 else None
        until = now + wait if wait is not None else None
        tx.attempts.put(Bucket(name=name, count=count, since=now, until=until))


def forget(tx: Transaction, counts: tuple[tuple[str, int], ...]) -> None:
    """Take back the failures of an account after it was opened.

    Parameters
    ----------
    tx, counts
        As for :func:`wait_s`; the network's own count stays.
    """
    tx.attempts.delete(counts[0][0])
