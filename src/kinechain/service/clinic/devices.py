"""Browsers that signed in before: OWASP's device cookie, one for each browser.

Its text is the browser's own number and, for each account that signed in on it, a mark that only
the server can make. It opens nothing. Attempts that show a mark of their account are counted for
that browser, apart from the attempts of everybody else. A new server secret makes all unknown.
"""

from __future__ import annotations

import hmac
import re

from kinechain.service.clinic.tokens import RandomBytes, keyed

MOST_ACCOUNTS = 8
"""On one browser, as on a ward's tablet; the one that signed in longest ago is forgotten."""

FORM = re.compile(r"([0-9a-f]{32})((?:\.[0-9a-f]{32})*)")


def known_device(secret: bytes, shown: str, account: str) -> str:
    """The number of a browser that signed in to an account before; empty for any other.

    Parameters
    ----------
    secret
        The server's key.
    shown
        What the browser shows.
    account
        Id of the account.
    """
    number, marks = _parts(shown)
    mine = _mark(secret, number, account)
    return number if any(hmac.compare_digest(mine, one) for one in marks) else ""


def with_account(secret: bytes, shown: str, account: str, random: RandomBytes) -> str:
    """What a browser shows from now on, after an account signed in on it.

    Parameters
    ----------
    secret, shown, account
        As for :func:`known_device`.
    random
        For the number of a new browser.
    """
    number, marks = _parts(shown)
    number = number or random(16).hex()
    mine = _mark(secret, number, account)
    others = [one for one in marks if one != mine]
    return ".".join([number, mine, *others][: MOST_ACCOUNTS + 1])


def _parts(shown: str) -> tuple[str, list[str]]:
    found = FORM.fullmatch(shown) if len(shown) <= 33 * (MOST_ACCOUNTS + 1) else None
    return (found[1], found[2].split(".")[1:]) if found else ("", [])


def _mark(secret: bytes, number: str, account: str) -> str:
    return keyed(secret, "device", number, account).hex()[:32]
