"""Accounts: what owners and administrators change."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from kinechain.service.clinic.entry import AccountError
from kinechain.service.clinic.passwords import WeakPassword, check_password
from kinechain.service.clinic.tokens import digest_of
from tests.support.accounts import (
    PASSWORD,
    Desk,
    held,
)

IDLE = timedelta(minutes=30)


def test_changing_the_password_ends_every_session(desk: Desk) -> None:
    before = [desk.try_().token for _ in range(2)]
    token = desk.own.change_password(desk.anna, PASSWORD, "lantern gravel otter")
    assert all(desk.accounts.find(one, IDLE) is None for one in before)
    assert desk.accounts.find(token, IDLE) is not None
    assert desk.try_().outcome == "refused"
    assert desk.try_("lantern gravel otter").outcome == "in"


def test_the_old_password_is_asked_for_and_cannot_be_tried_without_end(desk: Desk) -> None:
    for _ in range(5):
        with pytest.raises(AccountError, match="present password"):
            desk.own.change_password(desk.anna, "wrong", "lantern gravel otter")
    with pytest.raises(AccountError, match="Too many"):
        desk.own.change_password(desk.anna, PASSWORD, "lantern gravel otter")
    assert desk.try_().outcome == "in", "signing in is counted apart"
    desk.clock.pass_(minutes=2)
    desk.own.change_password(desk.anna, PASSWORD, "lantern gravel otter")


def test_a_reset_password_has_to_be_changed_first(desk: Desk) -> None:
    token = desk.try_().token
    desk.accounts.reset(desk.anna, "lantern gravel otter", actor="tests", keep_second_factor=True)
    assert desk.accounts.find(token, IDLE) is None
    found = desk.accounts.find(desk.try_("lantern gravel otter").token, IDLE)
    assert found is not None
    assert found.due == "password"
    token = desk.own.change_password(desk.anna, "lantern gravel otter", "willow copper tram")
    found = desk.accounts.find(token, IDLE)
    assert found is not None
    assert found.due == ""


def test_a_reset_after_a_lost_device_takes_the_second_factor_off(desk: Desk) -> None:
    desk.with_second_factor()
    desk.accounts.reset(desk.anna, "lantern gravel otter", actor="tests", keep_second_factor=True)
    assert held(desk).totp_secret is not None
    desk.accounts.reset(desk.anna, "lantern gravel otter", actor="tests", keep_second_factor=False)
    assert held(desk).totp_secret is None


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\x00b", "x" * 65])
def test_some_names_cannot_be(desk: Desk, name: str) -> None:
    with pytest.raises(AccountError):
        desk.accounts.add(name.replace("a\nb", "a\x07b"), ("clinician",), "lantern gravel otter")


def test_a_name_is_there_once_however_it_is_written(desk: Desk) -> None:
    with pytest.raises(AccountError, match="already"):
        desk.accounts.add("Ánna", ("clinician",), "lantern gravel otter")


def test_roles_are_the_known_ones(desk: Desk) -> None:
    for roles in ((), ("owner",), ("clinician", "root")):
        with pytest.raises(AccountError, match="roles"):
            desk.accounts.add("eve", roles, "lantern gravel otter")  # type: ignore[arg-type]


@pytest.mark.parametrize("password", ["short", "anna-is-my-name", "passwordpassword",
    "abababababab", "abcdefghijkl", "qwertyuiopas", "123456789012", "aaaaaaaaaaaa", "x" * 201,
    "Kinechain 2026"])  # fmt: skip
def test_weak_passwords_are_refused(desk: Desk, password: str) -> None:
    with pytest.raises(WeakPassword):
        check_password(password, "anna")
    with pytest.raises(AccountError):
        desk.own.change_password(desk.anna, PASSWORD, password)


def test_a_short_name_forbids_no_password() -> None:
    check_password("heron kettle violin", "e")


def test_passwords_and_tokens_never_reach_the_trail(desk: Desk) -> None:
    _, codes = desk.with_second_factor()
    token = desk.try_().token
    desk.try_("a wrong password of mine")
    with desk.store.reading() as tx:
        text = msgspec.json.encode(list(tx.audit.entries())).decode()
    for secret in (PASSWORD, token, digest_of(token), "a wrong password", *codes, "anna"):
        assert secret not in text
