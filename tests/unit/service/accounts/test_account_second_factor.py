"""Accounts: the second factor, and recovery codes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from kinechain.service.clinic import second_factor
from kinechain.service.clinic.entry import AccountError, Client
from tests.support.accounts import (
    Desk,
    changed,
    coded,
    half_way,
    held,
    open_desk,
)

IDLE = timedelta(minutes=30)


def test_with_a_second_factor_the_password_is_not_enough(desk: Desk) -> None:
    device, _ = desk.with_second_factor()
    token = half_way(desk)
    found = desk.accounts.find(token, IDLE)
    assert found is not None
    assert found.session.stage == "password"
    desk.clock.pass_(seconds=30)
    entry = desk.accounts.second_factor(token, device.at(desk.clock.now), Client("192.0.2.7"))
    assert entry.outcome == "in"
    assert entry.token != token
    assert desk.accounts.find(token, IDLE) is None


def test_a_code_is_good_once_also_the_one_that_set_it_up(desk: Desk) -> None:
    device, _ = desk.with_second_factor()
    setting_up = device.at(desk.clock.now)
    assert coded(desk, half_way(desk), setting_up) == "refused"
    desk.clock.pass_(seconds=30)
    code = device.at(desk.clock.now)
    assert coded(desk, half_way(desk), code) == "in"
    assert coded(desk, half_way(desk), code) == "refused"


def test_an_older_code_than_the_last_one_is_refused(desk: Desk) -> None:
    device, _ = desk.with_second_factor()
    desk.clock.pass_(seconds=60)
    before = device.at(desk.clock.now - timedelta(seconds=30))
    assert coded(desk, half_way(desk), device.at(desk.clock.now)) == "in"
    assert coded(desk, half_way(desk), before) == "refused"


@pytest.mark.parametrize(("apart", "outcome"), [(-60, "refused"), (-30, "in"), (30, "in"),
                                                (60, "refused")])  # fmt: skip
def test_clocks_may_be_half_a_minute_apart(desk: Desk, apart: int, outcome: str) -> None:
    device, _ = desk.with_second_factor()
    desk.clock.pass_(minutes=5)
    code = device.at(desk.clock.now + timedelta(seconds=apart))
    assert coded(desk, half_way(desk), code) == outcome


def test_a_recovery_code_is_good_once(desk: Desk) -> None:
    _, codes = desk.with_second_factor()
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert coded(desk, half_way(desk), codes[3].upper().replace("-", " ")) == "in"
    assert coded(desk, half_way(desk), codes[3]) == "refused"
    assert len(held(desk).recovery_hashes) == second_factor.RECOVERY_CODES - 1


def test_setting_it_up_again_ends_the_former_codes(desk: Desk) -> None:
    first, codes = desk.with_second_factor()
    desk.clock.pass_(minutes=1)
    desk.with_second_factor()
    desk.clock.pass_(minutes=1)
    assert coded(desk, half_way(desk), codes[0]) == "refused"
    assert coded(desk, half_way(desk), first.at(desk.clock.now)) == "refused"


def test_the_database_alone_gives_no_codes(desk: Desk) -> None:
    device, codes = desk.with_second_factor()
    with desk.store.reading() as tx:
        kept = msgspec.json.encode(tx.users.credentials(desk.anna.id)).decode()
    assert device.secret not in kept
    assert not any(one in kept or one.replace("-", "") in kept for one in codes)
    other = second_factor.key_of(b"another secret", desk.anna.id, str(held(desk).totp_secret))
    assert other != device.secret


def test_six_digits_cannot_be_tried_from_many_networks(desk: Desk) -> None:
    desk.with_second_factor()
    desk.clock.pass_(minutes=1)
    outcomes = []
    for number in range(40):
        token = desk.try_(network=f"203.0.113.{number}").token
        outcomes.append(coded(desk, token, f"{number:06}", f"203.0.113.{number}"))
    assert outcomes.count("refused") == 10
    assert set(outcomes[10:]) == {"wait"}


def test_and_the_owner_on_a_known_browser_is_not_held_up_by_that(desk: Desk) -> None:
    device, _ = desk.with_second_factor()
    for number in range(20):
        coded(desk, desk.try_(network="203.0.113.5").token, f"{number:06}", "203.0.113.5")
    desk.clock.pass_(seconds=30)
    token = desk.try_(device=desk.device).token
    assert coded(desk, token, device.at(desk.clock.now), device=desk.device) == "in"


def test_the_time_for_the_code_is_short(desk: Desk) -> None:
    device, _ = desk.with_second_factor()
    token = half_way(desk)
    desk.clock.pass_(minutes=11)
    assert coded(desk, token, device.at(desk.clock.now)) == "refused"


def test_a_wrong_first_code_turns_nothing_on(desk: Desk) -> None:
    seed, key, address = desk.own.new_second_factor(desk.anna)
    assert address.startswith("otpauth://totp/Kinechain:anna?secret=" + key)
    with pytest.raises(AccountError, match="clock"):
        desk.own.keep_second_factor(desk.anna, seed, "000000")
    assert held(desk).totp_secret is None


def test_roles_that_need_one_have_to_set_it_up_first(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, need_second_factor=frozenset({"administrator"}))
    token = desk.try_().token
    found = desk.accounts.find(token, IDLE)
    assert found is not None
    assert found.due == ""
    changed(desk, roles=("clinician", "administrator"))
    found = desk.accounts.find(token, IDLE)
    assert found is not None
    assert found.due == "second_factor"
    desk.with_second_factor()
    found = desk.accounts.find(token, IDLE)
    assert found is not None
    assert found.due == ""
