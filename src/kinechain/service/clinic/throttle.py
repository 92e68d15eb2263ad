"""How often somebody may try to sign in, without letting anybody lock out somebody else.

The rule, for one account:

* A browser that signed in to it before (its device cookie says so) has a count of its own. Nobody
  else's failures ever reach it.
* Everybody else is counted for the account *from their network*: 5 failures are free, then each
  one waits, from one minute to 15. A network is also counted over all accounts (50 free), against
  trying one password on many names.
* When the account has seen 100 failures of strangers within about an hour, whatever the networks,
  one failure instead of 5 is free for each network. The owner on a new device still gets in with
  the right password, unless somebody on the owner's own network has just failed: then after at
  most 15 minutes, or at once on a known device.
* The code of the second factor is only asked of who knows the password. There strangers are
  counted together, 10 free: six digits must not be tried from many networks.

An attempt is counted before the password is looked at, and taken back when it was right, so that
many attempts at the same moment gain nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from kinechain.domain.record import Bucket
from kinechain.service.clinic.tokens import keyed
from kinechain.store import Transaction

FREE_TRIES = 5
FREE_TRIES_OF_NETWORK = 50
FREE_TRIES_UNDER_ATTACK = 1
FREE_CODES_OF_STRANGERS = 10
ATTACK = 100
"""Failures of strangers on one account after which it counts as attacked."""

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Count:
    """A count of failures.

    Attributes
    ----------
    name
        Says to nobody without the server's secret what is counted.
    free
        So many failures cost no waiting; None where none ever does.
    """

    name: str
    free: int | None


def network_of(address: str) -> str:
    """The network that an address belongs to: itself, or the 2**64 addresses of one IPv6 customer.

    Parameters
    ----------
    address
        Of the client.

    Examples
    --------
    >>> network_of("2001:db8:1:2:aaaa::1")
    '2001:db8:1:2::/64'
    >>> network_of("::ffff:192.0.2.7")
    '192.0.2.7'
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ip_network((found, 64), strict=False))
    return str(found)


def for_password(
    tx: Transaction, secret: bytes, account: str, network: str, device: str, now: datetime
) -> tuple[Count, ...]:
    """The counts that an attempt with a password belongs to.

    Parameters
    ----------
    tx
        To see whether the account is attacked.
    secret
        The server's key.
    account
        Id of the account, or the name that nobody has.
    network
        Address of the client.
    device
        Number of a browser that signed in to this account before; empty for any other.
    now
        The present.
    """
    if device:
        return (_count(secret, FREE_TRIES, "device", account, device),)
    place = network_of(network)
    everywhere = _count(secret, None, "everywhere", account)
    seen = tx.attempts.get(everywhere.name)
    attacked = seen is not None and not _is_forgotten(seen, now) and seen.count >= ATTACK
    free = FREE_TRIES_UNDER_ATTACK if attacked else FREE_TRIES
    return (
        _count(secret, free, "account and network", account, place),
        _count(secret, FREE_TRIES_OF_NETWORK, "network", place),
        everywhere,
    )


def for_code(secret: bytes, account: str, device: str) -> tuple[Count, ...]:
    """The counts that an attempt with a code belongs to.

    Parameters
    ----------
    secret, account, device
        As for :func:`for_password`.
    """
    if device:
        return (_count(secret, FREE_TRIES, "code, device", account, device),)
    return (_count(secret, FREE_CODES_OF_STRANGERS, "code", account),)


def for_owner(secret: bytes, account: str) -> tuple[Count, ...]:
    """The counts of one who is signed in and is asked for the password once more.

    Parameters
    ----------
    secret, account
        As for :func:`for_password`.
    """
    return (_count(secret, FREE_TRIES, "owner", account),)


def wait_s(tx: Transaction, counts: tuple[Count, ...], now: datetime) -> int:
    """For how many seconds no attempt is taken; 0 when one may be made.

    Parameters
    ----------
    tx
        To read the counts.
    counts
        That the attempt belongs to.
    now
        The present.
    """
    waits = [0]
    for one in counts:
        found = tx.attempts.get(one.name)
        if found is None or found.until is None or one.free is None:
            continue
        wait = found.until - now
        # A longer one comes from a clock that was wrong, and would keep somebody out for years.
        if timedelta(0) < wait <= LONGEST_WAIT:
            waits.append(int(wait.total_seconds()) + 1)
    return max(waits)


def charge(tx: Transaction, counts: tuple[Count, ...], now: datetime) -> None:
    """Count an attempt as failed; from the free tries on each one doubles the wait.

    Parameters
    ----------
    tx, counts, now
        As for :func:`wait_s`.
    """
    tx.attempts.delete_before(now - FORGOTTEN_AFTER - LONGEST_WAIT)
    for one in counts:
        found = tx.attempts.get(one.name)
        count = 1 if found is None or _is_forgotten(found, now) else found.count + 1
        tx.attempts.put(Bucket(name=one.name, count=count, since=now,
                               until=_until(one, count, now)))  # fmt: skip


def take_back(tx: Transaction, counts: tuple[Count, ...], *, forget: bool) -> None:
    """Take back the charge of an attempt that did not fail.

    Parameters
    ----------
    tx, counts
        As for :func:`wait_s`.
    forget
        Whether the first count begins anew, because the right one is in.
    """
    for place, one in enumerate(counts):
        found = tx.attempts.get(one.name)
        if found is None:
            continue
        if (forget and place == 0) or found.count <= 1:
            tx.attempts.delete(one.name)
            continue
        count = found.count - 1
        free = one.free is None or count < one.free
        tx.attempts.put(Bucket(name=one.name, count=count, since=found.since,
                               until=None if free else found.until))  # fmt: skip


def _until(one: Count, count: int, now: datetime) -> datetime | None:
    if one.free is None or count < one.free:
        return None
    return now + min(FIRST_WAIT * 2 ** min(count - one.free, 10), LONGEST_WAIT)


def _is_forgotten(found: Bucket, now: datetime) -> bool:
    return not timedelta(0) <= now - found.since <= FORGOTTEN_AFTER + LONGEST_WAIT


def _count(secret: bytes, free: int | None, *parts: str) -> Count:
    return Count(keyed(secret, "attempts", *parts).hex()[:40], free)
