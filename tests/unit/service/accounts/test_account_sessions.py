"""Accounts: sessions begin, end, and are found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kinechain.service.clinic.entry import Client
from kinechain.service.clinic.tokens import digest_of
from tests.support.accounts import (
    PASSWORD,
    Desk,
)

IDLE = timedelta(minutes=30)


def test_each_sign_in_has_a_new_token_and_only_its_digest_is_kept(desk: Desk) -> None:
    first, second = desk.try_().token, desk.try_().token
    assert first != second
    with desk.store.reading() as tx:
        assert tx.sessions.get(first) is None
        assert tx.sessions.get(digest_of(first)) is not None


def test_a_token_that_somebody_chose_opens_nothing(desk: Desk) -> None:
    assert desk.accounts.find("chosen by somebody", IDLE) is None
    entry = desk.accounts.sign_in("anna", PASSWORD, Client("192.0.2.7"), "chosen by somebody")
    assert entry.token != "chosen by somebody"
    assert desk.accounts.find("chosen by somebody", IDLE) is None


def test_signing_in_again_ends_the_session_that_the_browser_had(desk: Desk) -> None:
    before = desk.try_().token
    desk.accounts.sign_in("anna", PASSWORD, Client("192.0.2.7"), before)
    assert desk.accounts.find(before, IDLE) is None


def test_a_session_ends_without_requests(desk: Desk) -> None:
    token = desk.try_().token
    for _ in range(5):
        desk.clock.pass_(minutes=29)
        assert desk.accounts.find(token, IDLE) is not None
    desk.clock.pass_(minutes=31)
    assert desk.accounts.find(token, IDLE) is None


def test_a_session_ends_at_the_latest_however_it_is_used(desk: Desk) -> None:
    token = desk.try_().token
    for _ in range(36):
        desk.clock.pass_(minutes=20)
        found = desk.accounts.find(token, IDLE)
    assert found is None


def test_an_ended_session_is_forgotten_at_the_next_sign_in(desk: Desk) -> None:
    token = desk.try_().token
    desk.clock.pass_(hours=13)
    desk.try_()
    with desk.store.reading() as tx:
        assert tx.sessions.get(digest_of(token)) is None


def test_signing_out_ends_the_session_on_the_server(desk: Desk) -> None:
    token = desk.try_().token
    desk.accounts.sign_out(token)
    assert desk.accounts.find(token, IDLE) is None
    assert desk.actions()[-1] == "sign_out"


def test_the_other_sessions_end_and_this_one_goes_on(desk: Desk) -> None:
    mine, others = desk.try_().token, [desk.try_().token for _ in range(3)]
    desk.accounts.end_others(desk.anna.id, mine)
    assert desk.accounts.find(mine, IDLE) is not None
    assert all(desk.accounts.find(one, IDLE) is None for one in others)


def test_a_database_that_cannot_be_written_can_still_be_looked_at(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kinechain.store import StoreError

    token = desk.try_().token
    desk.clock.pass_(minutes=5)

    def full(_actor: str) -> Any:
        raise StoreError("clinic", "The disk is full.", "Make room.", "disk")

    monkeypatch.setattr(desk.store, "writing", full)
    assert desk.accounts.find(token, IDLE) is not None
