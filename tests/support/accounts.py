"""Accounts over a database of their own, with a clock that stands still and cheap hashing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from argon2 import PasswordHasher
from pyotp.totp import TOTP

from kinechain.domain.record import Credentials, User
from kinechain.service.clinic.accounts import Accounts
from kinechain.service.clinic.entry import Client, Entry
from kinechain.service.clinic.own_account import OwnAccount
from kinechain.service.clinic.passwords import Passwords
from kinechain.service.clinic.tokens import Sources
from kinechain.store import Store, open_store
from tests.support.clinic import START, new_address

SECRET = b"a secret that only the tests know, 48 bytes long"
PASSWORD = "heron kettle violin"
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class StillClock:
    """A clock that stands still until it is set."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        """Let some time pass: `pass_(minutes=10)`."""
        self.now += timedelta(**time)


@dataclass
class Desk:
    """Accounts, and one owner of one of them at a browser that is known."""

    accounts: Accounts
    clock: StillClock
    anna: User
    device: str = ""

    @property
    def store(self) -> Store:
        """Where they are kept."""
        return self.accounts.store

    @property
    def own(self) -> OwnAccount:
        """What owners change."""
        return OwnAccount(self.accounts)

    def try_(self, password: str = PASSWORD, network: str = "192.0.2.7", device: str = "",
             name: str = "anna") -> Entry:  # fmt: skip
        """An attempt to sign in."""
        return self.accounts.sign_in(name, password, Client(network, device))

    def with_second_factor(self) -> tuple[TOTP, tuple[str, ...]]:
        """Anna's authenticator and her recovery codes."""
        seed, key, _ = self.own.new_second_factor(self.anna)
        device = TOTP(key)
        codes = self.own.keep_second_factor(self.anna, seed, device.at(self.clock.now))
        return device, codes

    def actions(self) -> list[str]:
        """What the trail says, oldest first."""
        with self.store.reading() as tx:
            return [one.action for one in tx.audit.entries()]


def open_desk(folder: Path, **more: Any) -> Desk:
    """Accounts with anna, who has signed in once on her own browser."""
    clock = StillClock(START)
    store = open_store(new_address("sqlite", folder), clock=clock)
    more = {"passwords": CHEAP, **more}
    accounts = Accounts(store, SECRET, Sources(now=clock), **more)
    anna = accounts.add("anna", ("clinician",), PASSWORD, display_name="Anna")
    desk = Desk(accounts, clock, anna)
    desk.device = desk.try_(network="198.51.100.1").device
    return desk


def changed(desk: Desk, **fields: Any) -> User:
    """Anna's account with something changed by an administrator."""
    with desk.store.writing("tests") as tx:
        tx.users.change(msgspec.structs.replace(desk.anna, **fields))
    return msgspec.structs.replace(desk.anna, **fields)


def held(desk: Desk) -> Credentials:
    """What is kept to recognise Anna."""
    with desk.store.reading() as tx:
        return tx.users.credentials(desk.anna.id)


def half_way(desk: Desk) -> str:
    """The token of a session whose second factor is still due."""
    entry = desk.try_()
    assert entry.outcome == "second_factor"
    assert entry.device == "", "a browser is known only after the second factor"
    return entry.token


def coded(desk: Desk, token: str, code: str, network: str = "192.0.2.7", device: str = "") -> str:
    """How the second step ends with this code."""
    return desk.accounts.second_factor(token, code, Client(network, device)).outcome
