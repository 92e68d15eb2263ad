"""Every fault is words with a remedy, nothing acknowledged is lost, and no data is in them."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from kinechain.domain.record import Credentials, Fact
from kinechain.service.clinic.database import keep_backup
from kinechain.store import Store, StoreError, open_store, verify
from kinechain.store.engine import database_url, shown
from kinechain.store.faults import POSTGRESQL, WORDS, in_words
from tests.support.clinic import START, fact, filled, new_address, person
from tests.support.postgresql import server
from tests.support.schema_dump import lived_in

ANNA = "person-000001"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("engine", "store"):
        monkeypatch.setattr(f"kinechain.store.{module}.WAIT_SECONDS", 0.2)


def refused(store: Store, kind: str) -> StoreError:
    """What a writer is told."""
    with pytest.raises(StoreError) as caught, store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("refused", entry="Müller")])
    assert caught.value.kind == kind, caught.value
    return caught.value


def kept(store: Store) -> list[str]:
    with store.reading() as tx:
        return [one.id for one in tx.facts.history(ANNA)]


@pytest.mark.usefixtures("impatient")
def test_a_writer_that_does_not_finish(address: str, kind: str) -> None:
    with open_store(address) as first, open_store(address) as second:
        filled(first)
        with first.writing("anna") as tx:
            tx.facts.add(ANNA, [fact("kept")])
            refused(second, "locked")  # another process
            refused(first, "locked")  # another thread of this one
            with second.reading() as other:
                assert other.facts.history(ANNA) == ()
        assert kept(second) == ["kept"]
        with second.writing("anna") as tx:
            tx.facts.add(ANNA, [fact("next")])
        assert kept(first) == ["kept", "next"]


def test_no_room_left(tmp_path: Path) -> None:
    with open_store(new_address("sqlite", tmp_path)) as store:
        filled(store)
        with store.writing("anna") as tx:
            tx.facts.add(ANNA, [fact("kept")])
        with store.raw() as connection:
            raw = connection.connection.dbapi_connection
            pages = connection.execute(text("PRAGMA page_count")).scalar()
        assert raw is not None
        raw.execute(f"PRAGMA max_page_count = {pages}")  # of that connection of the pool
        with pytest.raises(StoreError) as caught, store.writing("anna") as tx:
            tx.facts.add(ANNA, [fact(f"f{n}", entry="x" * 4000) for n in range(50)])
        assert caught.value.kind == "full", caught.value
        assert "xxx" not in str(caught.value)
        assert kept(store) == ["kept"]
        raw.execute("PRAGMA max_page_count = 1000000")
        with store.writing("anna") as tx:
            tx.facts.add(ANNA, [fact("room-again")])
        assert kept(store) == ["kept", "room-again"]


def test_a_database_that_cannot_be_written(kind: str, address: str, tmp_path: Path) -> None:
    with open_store(address) as store:
        filled(store)
    if kind == "postgresql":
        reader = address.replace("clinic@", "reader@")
        with pytest.raises(StoreError) as caught:
            open_store(reader)
        assert caught.value.kind == "refused"
        with open_store(address) as store:
            with store.raw(writing=True) as connection:
                connection.execute(text("CREATE ROLE reader LOGIN"))
                connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"))
            with open_store(reader) as other:
                refused(other, "refused")
                assert kept(other) == []
            done = keep_backup(reader, tmp_path / "backup.sqlite")
            assert not done.noted  # and the backup was made all the same
            assert done.found.broken is None
        return
    with (
        closing(sqlite3.connect(f"file:{address}?mode=ro", uri=True)) as connection,
        pytest.raises(StoreError) as caught,
        in_words(address),
    ):
        connection.execute("DELETE FROM drafts")
    assert caught.value.kind == "read_only"
    if os.geteuid() != 0:
        Path(address).chmod(0o400)
        with open_store(address) as store:
            refused(store, "read_only")


def test_the_rights_in_the_documentation_are_enough_and_no_more(tmp_path: Path) -> None:
    address = new_address("postgresql", tmp_path)
    page = (ROOT / "docs/reference/store.md").read_text("utf-8")
    (grants,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    with open_store(address) as store, store.raw(writing=True) as connection:
        connection.execute(text("CREATE ROLE kinechain_program LOGIN"))
        connection.execute(text(grants))
    with open_store(address.replace("clinic@", "kinechain_program@"), create=True) as store:
        lived_in(store)
        with store.writing("anna") as tx:
            tx.worklist.set(ANNA, waiting_for_review=False)
            tx.persons.change(person(label="B"), expected_revision=2)
            tx.users.set_credentials("user-anna", Credentials(password_hash="new"))
            tx.sessions.touch("s", seen_at=START, expires_at=START)
            assert tx.sessions.delete_expired(START) == 1
            tx.drafts.submit("d", START)
            tx.drafts.delete("d")
            tx.attempts.delete("b")
            assert verify(tx).broken is None
        for statement in ("UPDATE facts SET key = ''", "DELETE FROM audit", "TRUNCATE persons",
                          "DROP TRIGGER facts_no_change ON facts"):  # fmt: skip
            with pytest.raises(StoreError) as caught, store.raw(writing=True) as connection:
                connection.execute(text(statement))
            assert caught.value.kind == "refused"


def test_a_database_that_is_not_there(kind: str, tmp_path: Path) -> None:
    address = str(tmp_path / "no.sqlite") if kind == "sqlite" else server().url("no_such_database")
    with pytest.raises(StoreError) as caught:
        open_store(address)
    assert caught.value.kind == "missing"
    assert "kinechain database upgrade" in caught.value.remedy
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"no database at all" * 300, None])
def test_a_damaged_file(content: bytes | None, tmp_path: Path) -> None:
    file = Path(new_address("sqlite", tmp_path))
    whole = file.read_bytes()
    file.write_bytes(content or whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(StoreError) as caught, open_store(file) as store, store.reading() as tx:
        tx.worklist.page()
    assert caught.value.kind == "damaged"
    assert "kinechain restore" in caught.value.remedy


def test_a_folder_that_cannot_be_made() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("/dev/null/clinic.sqlite", create=True)
    assert caught.value.kind == "read_only"


def lose_the_server(store: Store, *afterwards: Fact) -> None:
    with store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("lost")])
        server().stop()
        for one in afterwards:
            tx.facts.add(ANNA, [one])


def test_a_server_that_went_away_and_came_back(tmp_path: Path) -> None:
    address = new_address("postgresql", tmp_path)
    with open_store(address) as store:
        filled(store)
        with store.writing("anna") as tx:
            tx.facts.add(ANNA, [fact("kept")])
        try:
            with pytest.raises(StoreError) as caught:
                lose_the_server(store)
            assert caught.value.kind == "uncertain"
            assert "may or may not" in caught.value.what
            error = refused(store, "unreachable")
            assert "may or may not" not in error.what
            with pytest.raises(StoreError) as caught, store.reading() as tx:
                tx.facts.history(ANNA)
            assert caught.value.kind == "unreachable"
            with pytest.raises(StoreError) as caught:
                open_store(address)
            assert caught.value.kind == "unreachable"
        finally:
            server().start()
        assert kept(store) == ["kept"]
        with store.writing("anna") as tx:
            tx.facts.add(ANNA, [fact("again")])
        assert kept(store) == ["kept", "again"]


def test_a_server_that_goes_away_in_the_middle(tmp_path: Path) -> None:
    with open_store(new_address("postgresql", tmp_path)) as store:
        filled(store)
        try:
            with pytest.raises(StoreError) as caught:
                lose_the_server(store, fact("later"))
            assert caught.value.kind == "unreachable"  # it is certain that nothing was kept
        finally:
            server().start()
        assert kept(store) == []


def test_no_message_holds_what_was_recorded(store: Store) -> None:
    filled(store)
    secret = "Müller-Lüdenscheidt"
    statements = [
        "INSERT INTO persons (id, label) VALUES ('{0}', '{0}')",
        "INSERT INTO nothing VALUES ('{0}')",
        "SELECT '{0}' FROM",
        "INSERT INTO persons (id, label) SELECT id, '{0}' FROM persons",
    ]
    for statement in statements:
        with pytest.raises(StoreError) as caught, store.raw(writing=True) as connection:
            connection.execute(text(statement.format(secret)))
        assert secret not in repr(caught.value)
        assert caught.value.__suppress_context__
    with pytest.raises(StoreError) as caught, store.writing("anna") as tx:
        tx.persons.add(person(2, label=secret, sex=object()))
    assert secret not in repr(caught.value)


def test_every_kind_has_words_and_a_remedy() -> None:
    for what, remedy in WORDS.values():
        assert what.endswith(".")
        assert remedy.endswith(".")
    for state, kind in POSTGRESQL.items():
        error = psycopg.errors.lookup(state)("secret") if len(state) == 5 else None
        if error is not None:
            from sqlalchemy.exc import DBAPIError

            with pytest.raises(StoreError) as caught, in_words("here"):
                raise DBAPIError("SELECT", None, error)
            assert caught.value.kind == kind
            assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "address", ["mysql://u:hidden@h/d", "sqlite://", "sqlite:///:memory:", "://", "http://hidden"]
)
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(StoreError, match="Write a path") as caught:
        open_store(address)
    assert "hidden" not in str(caught.value)


def test_a_message_shows_neither_user_nor_password() -> None:
    assert shown(database_url("postgresql://anna:hidden@db.local:5433/clinic")) == (
        "PostgreSQL clinic on db.local:5433"
    )
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://anna:hidden@localhost:1/clinic")
    assert caught.value.kind == "unreachable"
    assert "hidden" not in repr(caught.value)
    assert "anna" not in repr(caught.value)


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "clinic.sqlite"
    with open_store(file, create=True) as store:
        filled(store)
        for path in file.parent.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with store.raw() as connection:
            settings = {name: connection.execute(text(f"PRAGMA {name}")).scalar()
                        for name in ("journal_mode", "synchronous", "foreign_keys")}  # fmt: skip
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
