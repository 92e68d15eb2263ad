"""One-time links of patients, and the stays that they open."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from kinechain.domain.record import Credentials, Session, User
from kinechain.service.clinic.links import LASTS, STAY, GivenLink, Links
from kinechain.service.clinic.tokens import Sources, digest_of
from kinechain.store import StoreError, open_store
from tests.support.accounts import StillClock
from tests.support.clinic import new_address, person


@dataclass
class Table:
    links: Links
    clock: StillClock

    def given(self) -> GivenLink:
        return self.links.give("person-000001", "anna")


@pytest.fixture
def table(tmp_path: Path) -> Table:
    clock = StillClock()
    store = open_store(new_address("sqlite", tmp_path), clock=clock)
    with store.writing("tests") as tx:
        tx.persons.add(person(1))
        tx.persons.add(person(2))
    return Table(Links(store, Sources(now=clock)), clock)


def test_a_link_opens_once(table: Table) -> None:
    given = table.given()
    stay = table.links.open(given.token)
    assert stay is not None
    assert stay != given.token
    found = table.links.find(stay)
    assert found is not None
    assert found[1].person == "person-000001"
    assert table.links.open(given.token) is None
    assert not table.links.can_open(given.token)


def test_of_many_at_the_same_moment_one_opens_it(table: Table) -> None:
    given = table.given()
    with ThreadPoolExecutor(12) as pool:
        stays = list(pool.map(lambda _: table.links.open(given.token), range(12)))
    assert sum(one is not None for one in stays) == 1


def test_looking_at_it_does_not_use_it_up(table: Table) -> None:
    """As previews of messengers and mail programs do."""
    given = table.given()
    assert all(table.links.can_open(given.token) for _ in range(20))
    assert table.links.open(given.token) is not None


def test_a_link_ends_after_a_day(table: Table) -> None:
    given = table.given()
    table.clock.now += LASTS
    assert not table.links.can_open(given.token)
    assert table.links.open(given.token) is None


def test_a_stay_ends_after_four_hours(table: Table) -> None:
    stay = table.links.open(table.given().token)
    assert stay is not None
    table.clock.now += STAY
    assert table.links.find(stay) is None


def test_a_link_that_is_taken_back_opens_nothing(table: Table) -> None:
    given = table.given()
    assert table.links.revoke(given.link.id, "anna")
    assert not table.links.can_open(given.token)
    assert table.links.open(given.token) is None
    assert not table.links.revoke(given.link.id, "anna")


def test_and_its_stay_ends_at_once(table: Table) -> None:
    given = table.given()
    stay = table.links.open(given.token)
    assert stay is not None
    table.links.revoke(given.link.id, "anna")
    assert table.links.find(stay) is None


def test_a_stay_can_be_ended(table: Table) -> None:
    stay = table.links.open(table.given().token)
    assert stay is not None
    table.links.end(stay)
    assert table.links.find(stay) is None
    table.links.end("no token")


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "' or 1=1 --", "ü\x00"])
def test_a_guessed_token_opens_nothing(table: Table, token: str) -> None:
    table.given()
    assert not table.links.can_open(token)
    assert table.links.open(token) is None
    assert table.links.find(token) is None


def test_the_token_of_the_link_is_no_stay_and_the_digest_is_neither(table: Table) -> None:
    given = table.given()
    stay = table.links.open(given.token)
    assert stay is not None
    for other in (given.token, given.link.digest, digest_of(stay), given.link.id):
        assert table.links.find(other) is None
        assert table.links.open(other) is None


def test_a_session_of_the_staff_is_no_stay(table: Table) -> None:
    anna = User(id="anna", name="anna", roles=("clinician",), created_at=table.clock.now)
    with table.links.store.writing("tests") as tx:
        tx.users.add(anna, Credentials())
        tx.sessions.add(
            Session(digest=digest_of("token"), user="anna", csrf="c", created_at=table.clock.now,
                    seen_at=table.clock.now, expires_at=table.clock.now + STAY)
        )  # fmt: skip
    assert table.links.find("token") is None
    table.links.end("token")
    with table.links.store.reading() as tx:
        assert tx.sessions.get(digest_of("token")) is not None


def test_there_is_no_link_for_nobody(table: Table) -> None:
    with pytest.raises(StoreError):
        table.links.give("person-000009", "anna")


def test_the_token_is_kept_nowhere(table: Table) -> None:
    given = table.given()
    stay = table.links.open(given.token) or ""
    with table.links.store.reading() as tx:
        text = msgspec.json.encode([list(tx.audit.entries()), tx.links.of("person-000001")])
    assert given.token.encode() not in text
    assert stay.encode() not in text
    actions = [one["action"] for one in msgspec.json.decode(text)[0]]
    assert actions[-2:] == ["link.add", "link.use"]
