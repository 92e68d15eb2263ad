"""Accounts: signing in with a name and a password, and the browsers that are known."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from kinechain.service.clinic.devices import known_device, with_account
from kinechain.service.clinic.entry import Client
from kinechain.service.clinic.passwords import Busy, Passwords
from tests.support.accounts import (
    CHEAP,
    PASSWORD,
    SECRET,
    Desk,
    changed,
    held,
    open_desk,
)

IDLE = timedelta(minutes=30)


def test_the_right_password_opens_a_session(desk: Desk) -> None:
    entry = desk.try_()
    assert entry.outcome == "in"
    found = desk.accounts.find(entry.token, IDLE)
    assert found is not None
    assert (found.user, found.session.stage, found.due) == (desk.anna, "full", "")


@pytest.mark.parametrize("typed", ["ANNA", " anna ", "Ánna"])
def test_the_name_is_found_however_it_is_typed(desk: Desk, typed: str) -> None:
    assert desk.try_(name=typed).outcome == "in"


def test_the_password_is_the_same_however_the_keyboard_composes_it(desk: Desk) -> None:
    desk.accounts.add("zoe", ("clinician",), "caf\u00e9 heron kettle")
    assert desk.try_("cafe\u0301 heron kettle", name="zoe").outcome == "in"


class Watched(PasswordHasher):
    """Counts what is compared, and how many at once; slow, as the true one is."""

    def __init__(self, seconds: float = 0) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.seconds, self.compared, self.now, self.most = seconds, 0, 0, 0
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def verify(self, hash: Any, password: Any) -> Any:  # noqa: A002
        with self._lock:
            self.compared += 1
            self.now += 1
            self.most = max(self.most, self.now)
        self._stop.wait(self.seconds)
        try:
            return super().verify(hash, password)
        finally:
            with self._lock:
                self.now -= 1


def test_a_name_that_nobody_has_costs_the_same_work(tmp_path: Path) -> None:
    hasher = Watched()
    desk = open_desk(tmp_path, passwords=Passwords(hasher))
    for name in ("anna", "nobody", "", "anna' or 1=1 --"):
        hasher.compared = 0
        assert desk.try_("wrong", name=name).outcome == "refused"
        assert hasher.compared == 1


def test_a_locked_account_costs_the_same_work_and_says_the_same(tmp_path: Path) -> None:
    hasher = Watched()
    desk = open_desk(tmp_path, passwords=Passwords(hasher))
    changed(desk, is_locked=True)
    hasher.compared = 0
    assert desk.try_().outcome == "refused"
    assert hasher.compared == 1


def test_a_flood_of_attempts_is_worked_on_a_few_at_a_time(tmp_path: Path) -> None:
    hasher = Watched(0.02)
    desk = open_desk(tmp_path, passwords=Passwords(hasher, at_once=2, patience_s=0.05))
    hasher.most = 0
    with ThreadPoolExecutor(24) as pool:
        entries = list(pool.map(lambda n: desk.try_("wrong", f"203.0.113.{n}"), range(24)))
    assert hasher.most <= 2
    assert {one.outcome for one in entries} == {"refused", "busy"}


def test_a_flood_does_not_hold_every_thread(tmp_path: Path) -> None:
    passwords = Passwords(Watched(0.3), at_once=1, waiting=2, patience_s=5)
    begun = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        done = list(pool.map(lambda _: ended(passwords, begun), range(20)))
    at_once = [seconds for seconds, busy in done if busy]
    assert len(at_once) == 17
    assert max(at_once) < 0.3


def ended(passwords: Passwords, begun: float) -> tuple[float, bool]:
    try:
        passwords.is_right("", "x", "stranger")
    except Busy:
        return time.monotonic() - begun, True
    return time.monotonic() - begun, False


def test_who_is_told_to_come_again_has_lost_no_try(tmp_path: Path) -> None:
    hasher = Watched(0.3)
    desk = open_desk(tmp_path, passwords=Passwords(hasher, at_once=1, patience_s=0.01))
    with ThreadPoolExecutor(8) as pool:
        entries = list(pool.map(lambda _: desk.try_("wrong"), range(5)))
    assert sum(one.outcome == "busy" for one in entries) >= 3
    hasher.seconds = 0
    assert desk.try_().outcome == "in"


def test_a_known_browser_does_not_queue_behind_a_flood(tmp_path: Path) -> None:
    hasher = Watched(0.5)
    desk = open_desk(tmp_path, passwords=Passwords(hasher, at_once=1, patience_s=0.1))
    with ThreadPoolExecutor(2) as pool:
        stranger = pool.submit(desk.try_, "wrong", "203.0.113.9")
        threading.Event().wait(0.1)
        assert desk.try_(device=desk.device).outcome == "in"
        assert stranger.result().outcome == "refused"


def test_a_better_hash_is_kept_at_the_next_sign_in(desk: Desk) -> None:
    before = held(desk).password_hash
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    accounts = msgspec_replace(desk, stronger)
    assert accounts.sign_in("anna", PASSWORD, Client("192.0.2.7")).outcome == "in"
    assert held(desk).password_hash != before
    assert accounts.sign_in("anna", PASSWORD, Client("192.0.2.7")).outcome == "in"


def msgspec_replace(desk: Desk, passwords: Passwords) -> Any:
    return type(desk.accounts)(desk.store, SECRET, desk.accounts.sources, passwords=passwords)


def test_a_password_that_is_changed_while_it_is_tried_opens_nothing(tmp_path: Path) -> None:
    """Between comparing and opening, somebody who found out resets it."""
    hasher = Watched()
    desk = open_desk(tmp_path, passwords=Passwords(hasher))
    compared = hasher.verify

    def verify(kept: Any, password: Any) -> Any:
        result = compared(kept, password)
        desk.accounts.reset(desk.anna, "lantern gravel otter", actor="tests",
                            keep_second_factor=True)  # fmt: skip
        return result

    hasher.verify = verify  # type: ignore[method-assign]
    assert desk.try_().outcome == "refused"


def test_a_browser_is_known_for_the_accounts_that_signed_in_on_it(desk: Desk) -> None:
    berta = desk.accounts.add("berta", ("clinician",), PASSWORD)
    assert known_device(SECRET, desk.device, desk.anna.id)
    assert not known_device(SECRET, desk.device, berta.id)
    both = desk.try_(name="berta", device=desk.device).device
    first, second = (known_device(SECRET, both, one.id) for one in (desk.anna, berta))
    assert first == second == both.split(".")[0]


def test_two_browsers_are_told_apart(desk: Desk) -> None:
    other = desk.try_().device
    assert other.split(".")[0] != desk.device.split(".")[0]
    swapped = ".".join([other.split(".")[0], desk.device.split(".")[1]])
    assert not known_device(SECRET, swapped, desk.anna.id)


def test_another_secret_makes_every_browser_unknown(desk: Desk) -> None:
    assert not known_device(b"another", desk.device, desk.anna.id)


@pytest.mark.parametrize("shown", ["", ".", "x", "0" * 32, "0" * 32 + "." + "0" * 32,
                                   "0" * 32 + ("." + "0" * 32) * 500, "ü" * 32])  # fmt: skip
def test_what_was_made_up_is_no_known_browser(desk: Desk, shown: str) -> None:
    assert not known_device(SECRET, shown, desk.anna.id)
    assert known_device(SECRET, desk.try_(device=shown).device, desk.anna.id)


def test_a_browser_is_known_for_the_last_accounts_only() -> None:
    shown = ""
    for number in range(12):
        shown = with_account(SECRET, shown, f"account-{number}", bytes)
    assert [bool(known_device(SECRET, shown, f"account-{n}")) for n in range(12)] == (
        [False] * 4 + [True] * 8
    )


def test_hashing_waits_no_longer_than_it_may() -> None:
    passwords = Passwords(CHEAP.hasher, at_once=1, patience_s=0.01)
    with passwords._turn("stranger"), pytest.raises(Busy):
        passwords.is_right("", "x", "stranger")
    assert not passwords.is_right("", "x", "stranger")
