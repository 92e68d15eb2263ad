"""Guessing gets nowhere, and nobody can lock out somebody else."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from kinechain.service.clinic.throttle import (
    ATTACK,
    LONGEST_WAIT,
    charge,
    for_password,
    network_of,
    wait_s,
)
from tests.support.accounts import PASSWORD, SECRET, Desk, open_desk

HOME, ELSEWHERE = "192.0.2.7", "203.0.113.1"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


def guessed(desk: Desk, times: int, network: str = ELSEWHERE, name: str = "anna") -> list[str]:
    """The outcomes of wrong passwords, all at one moment."""
    return [desk.try_("wrong", network, name=name).outcome for _ in range(times)]


def attack(desk: Desk, failures: int = ATTACK) -> None:
    """So many failures for one account, each from a network of its own."""
    now, account = desk.clock.now, desk.anna.id
    with desk.store.writing("tests") as tx:  # as signing in does it, but in one transaction
        for number in range(failures):
            network = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
            counts = for_password(tx, SECRET, account, network, "", now)
            assert wait_s(tx, counts, now) == 0
            charge(tx, counts, now)


def test_five_failures_are_free_and_then_one_waits(desk: Desk) -> None:
    assert guessed(desk, 7) == ["refused"] * 5 + ["wait"] * 2
    assert desk.try_(network=ELSEWHERE).outcome == "wait", "also with the right password"
    desk.clock.pass_(minutes=1, seconds=1)
    assert desk.try_(network=ELSEWHERE).outcome == "in"


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(desk: Desk) -> None:
    guessed(desk, 5)
    waits = []
    for _ in range(6):
        wait = desk.try_("wrong", ELSEWHERE).wait_s
        waits.append(wait)
        desk.clock.pass_(seconds=wait)
        assert desk.try_("wrong", ELSEWHERE).outcome == "refused"
    assert waits == [61, 121, 241, 481, 901, 901]


def test_a_day_of_guessing_from_one_network_is_about_a_hundred_tries(desk: Desk) -> None:
    end, tried = desk.clock.now + timedelta(days=1), 0
    while desk.clock.now < end:
        entry = desk.try_("wrong", ELSEWHERE)
        tried += entry.outcome == "refused"
        desk.clock.pass_(seconds=entry.wait_s)
    assert tried < 110


def test_a_right_password_forgets_the_failures(desk: Desk) -> None:
    guessed(desk, 4)
    assert desk.try_(network=ELSEWHERE).outcome == "in"
    assert guessed(desk, 5) == ["refused"] * 5


def test_failures_are_forgotten_after_a_while(desk: Desk) -> None:
    guessed(desk, 5)
    desk.clock.pass_(hours=2)
    assert guessed(desk, 5) == ["refused"] * 5


def test_a_thousand_failures_elsewhere_do_not_hold_up_the_owner(desk: Desk) -> None:
    """On a known browser at once, from anywhere; on a new one at once with the right password,
    from a network where nobody has just failed."""
    attack(desk, 1000)
    assert desk.try_("wrong", "198.51.100.9").outcome == "refused"
    for network in (HOME, "10.0.0.1", ELSEWHERE):
        assert desk.try_(network=network, device=desk.device).outcome == "in"
    assert desk.try_(network=HOME).outcome == "in"


def test_on_a_network_from_which_the_attack_comes_a_new_browser_waits_a_quarter_hour(
    desk: Desk,
) -> None:
    attack(desk)
    guessed(desk, 3, HOME)
    waited = timedelta(0)
    while (entry := desk.try_(network=HOME)).outcome == "wait":
        desk.clock.pass_(seconds=entry.wait_s)
        waited += timedelta(seconds=entry.wait_s)
    assert entry.outcome == "in"
    assert waited <= LONGEST_WAIT + timedelta(seconds=1)
    guessed(desk, 10, HOME)
    assert desk.try_(network=HOME, device=desk.device).outcome == "in"


def test_under_attack_each_network_has_one_try_instead_of_five(desk: Desk) -> None:
    attack(desk)
    assert guessed(desk, 3, "198.51.100.77") == ["refused", "wait", "wait"]


def test_an_attack_on_one_account_does_not_touch_another(desk: Desk) -> None:
    desk.accounts.add("berta", ("clinician",), PASSWORD)
    attack(desk)
    assert guessed(desk, 5, "198.51.100.77", "berta") == ["refused"] * 5


def test_a_known_browser_is_counted_too(desk: Desk) -> None:
    """A stolen tablet gives five tries and then one every quarter of an hour."""
    outcomes = [desk.try_("wrong", device=desk.device).outcome for _ in range(7)]
    assert outcomes == ["refused"] * 5 + ["wait"] * 2
    assert desk.try_(network=HOME).outcome == "in", "the owner elsewhere is not held up by that"


def test_a_browser_that_is_known_for_another_account_is_a_stranger(desk: Desk) -> None:
    desk.accounts.add("berta", ("clinician",), PASSWORD)
    for _ in range(5):
        desk.try_("wrong", ELSEWHERE, desk.device, name="berta")
    assert desk.try_("wrong", ELSEWHERE, desk.device, name="berta").outcome == "wait"
    assert desk.try_(device=desk.device).outcome == "in"


def test_one_password_on_many_names_is_noticed(desk: Desk) -> None:
    outcomes = [desk.try_("wrong", ELSEWHERE, name=f"name{n}").outcome for n in range(55)]
    assert outcomes.count("refused") == 50
    assert desk.try_(network=ELSEWHERE, device=desk.device).outcome == "in"


def test_right_passwords_of_a_whole_clinic_use_up_nothing(desk: Desk) -> None:
    for _ in range(60):
        assert desk.try_(network=HOME).outcome == "in"


@pytest.mark.parametrize("spelling", ["ANNA", "Ánna", " anna", "a\u0301nna"])
def test_another_spelling_of_the_name_is_the_same_account(desk: Desk, spelling: str) -> None:
    guessed(desk, 5)
    assert guessed(desk, 1, name=spelling) == ["wait"]


def test_the_addresses_of_one_customer_count_as_one(desk: Desk) -> None:
    outcomes = [desk.try_("wrong", f"2001:db8:1:2::{n:x}").outcome for n in range(7)]
    assert outcomes == ["refused"] * 5 + ["wait"] * 2


@pytest.mark.parametrize(("address", "network"), [
    ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"),
    ("2001:DB8::1", "2001:db8::/64"), ("fe80::1%eth0", "fe80::/64"), ("testclient", "testclient"),
    ("", ""),
])  # fmt: skip
def test_what_counts_as_one_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_many_attempts_at_the_same_moment_gain_nothing(desk: Desk) -> None:
    with ThreadPoolExecutor(16) as pool:
        entries = list(pool.map(lambda _: desk.try_("wrong", ELSEWHERE), range(16)))
    assert sum(one.outcome == "refused" for one in entries) <= 5


def test_a_name_that_nobody_has_waits_like_any_other(desk: Desk) -> None:
    assert guessed(desk, 7, name="nobody") == guessed(desk, 7, "203.0.113.2")


def test_a_clock_that_was_wrong_keeps_nobody_out(desk: Desk) -> None:
    desk.clock.pass_(days=4000)
    guessed(desk, 8)
    desk.clock.pass_(days=-4000)
    assert desk.try_(network=ELSEWHERE).outcome == "in"


def test_counts_hold_no_name_and_no_address(desk: Desk) -> None:
    guessed(desk, 3)
    assert desk.store.file is not None
    with sqlite3.connect(desk.store.file) as plain:
        rows = str(plain.execute("SELECT * FROM attempts").fetchall())
    assert ELSEWHERE not in rows
    assert "anna" not in rows
    assert desk.anna.id not in rows


def test_old_counts_are_forgotten_so_that_an_attack_leaves_no_heap(desk: Desk) -> None:
    attack(desk, 200)
    desk.clock.pass_(hours=2)
    guessed(desk, 1)
    assert desk.store.file is not None
    with sqlite3.connect(desk.store.file) as plain:
        (rows,) = plain.execute("SELECT count(*) FROM attempts").fetchone()
    assert rows <= 3
