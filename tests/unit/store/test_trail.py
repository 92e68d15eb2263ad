"""What was recorded cannot be changed; where it was all the same, it is found."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from kinechain.domain.record import Opinion
from kinechain.store import Store, StoreError, Transaction, open_store, verify
from kinechain.store.audit import BEGINNING, Audit, entry_digest
from kinechain.store.columns import canonical
from tests.support.clinic import START, Clock, assessment, fact, filled, new_address

ANNA = "person-000001"
NEVER_CHANGED = ("facts", "knowledge", "assessments", "opinions", "audit")


def lived_in(store: Store) -> None:
    """A record with something in every table that is only added to."""
    filled(store)
    with store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("a", entry={"site": "knee", "intensity": 6.5}), fact("b")])
        tx.facts.add(ANNA, [fact("c", replaces="a")])
    with store.writing("ben") as tx:
        tx.assessments.add(assessment("one"))
        tx.opinions.add(Opinion(id="o", assessment="one", origin="hip_oa.left", by="ben",
                                decision="rejected", reason="no", at=START))  # fmt: skip
        tx.audit.append("person.view", f"person:{ANNA}")


def test_the_trail_tells_every_change_in_order(store: Store) -> None:
    lived_in(store)
    with store.reading() as tx:
        entries = list(tx.audit.entries())
        assert tx.audit.head() == entries[-1]
        assert tx.audit.page(limit=2) == (entries[-1], entries[-2])
        assert tx.audit.page(before=2) == (entries[0],)
        assert tx.audit.of("knowledge:knowledge-of-the-day") == (entries[0],)
    assert [one.action for one in entries] == [
        "knowledge.keep", "person.add", "facts.add", "facts.add", "assessment.add",
        "opinion.add", "person.view",
    ]  # fmt: skip
    assert [one.number for one in entries] == [1, 2, 3, 4, 5, 6, 7]
    assert [one.actor for one in entries] == ["anna"] * 4 + ["ben"] * 3
    assert [one.previous for one in entries] == [BEGINNING, *(one.digest for one in entries[:-1])]
    assert "knee" not in msgspec.json.encode(entries).decode()


def test_anybody_can_compute_the_digest(store: Store) -> None:
    """The documented form, by other means than the program's."""
    lived_in(store)
    with store.reading() as tx:
        for entry in tx.audit.entries():
            fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
            del fields["digest"]
            fields["at"] = entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            form = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            assert hashlib.sha256(form.encode()).hexdigest() == entry.digest == entry_digest(entry)


def test_canonical_json_of_bytes_and_times() -> None:
    value = {"b": b"", "a": (START, START.date(), [{"z": 1, "y": 1.5}])}
    empty = hashlib.sha256(b"").hexdigest()
    assert canonical(value).decode() == (
        '{"a":["2026-11-22T09:00:00.000000Z","2026-11-22",[{"y":1.5,"z":1}]],"b":"' + empty + '"}'
    )
    with pytest.raises(ValueError, match="zone"):
        canonical(START.replace(tzinfo=None))


@pytest.mark.parametrize("table", NEVER_CHANGED)
def test_the_database_itself_refuses_changes(store: Store, table: str) -> None:
    lived_in(store)
    statements = [f"UPDATE {table} SET {'kept_at' if table == 'knowledge' else 'at'} = NULL",
                  f"DELETE FROM {table}"]  # fmt: skip
    if store.is_sqlite:
        statements += [f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"]
    else:
        statements += [f"TRUNCATE {table} CASCADE"]
    for statement in statements:
        with (
            pytest.raises(StoreError, match="never changed"),
            store.raw(writing=True) as connection,
        ):
            connection.execute(text(statement))
    with store.reading() as tx:
        assert verify(tx).broken is None


def test_a_whole_trail_holds(store: Store) -> None:
    with store.reading() as tx:
        empty = verify(tx)
    assert (empty.entries, empty.head, empty.broken) == (0, BEGINNING, None)
    lived_in(store)
    with store.reading() as tx:
        found = verify(tx)
        head = tx.audit.head()
        assert verify(tx, head=found.head) == found
        assert verify(tx, head=empty.head) == found
    assert head is not None
    assert found.head == head.digest
    assert (found.entries, found.facts, found.assessments, found.opinions) == (7, 3, 1, 1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An SQLite database of which somebody took the triggers away."""
    path = Path(new_address("sqlite", tmp_path))
    with open_store(path, clock=Clock()) as store:
        lived_in(store)
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in names.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.commit()
    return path


EXTRA = """
INSERT INTO facts (number, id, person, key, "by", at, withdrawn, revision)
SELECT 4, 'd', person, key, "by", at, 0, 1 FROM facts WHERE id = 'b'
"""


@pytest.mark.parametrize(
    ("statement", "number", "what"),
    [
        ("UPDATE audit SET actor = 'carl' WHERE number = 3", 3, "It was changed"),
        ("UPDATE audit SET at = '2020-01-01T00:00:00.000000Z' WHERE number = 7", 7, "was changed"),
        ("UPDATE audit SET detail = '{' WHERE number = 4", 4, "cannot be read"),
        ("UPDATE audit SET at = 'x' WHERE number = 4", 4, "cannot be read"),
        ("DELETE FROM audit WHERE number = 2", 2, "Entry 2 is missing"),
        ("DELETE FROM audit WHERE number = 1", 1, "Entry 1 is missing"),
        ("DELETE FROM audit WHERE number = 6", 6, "Entry 6 is missing"),
        ("UPDATE facts SET entry = '{\"site\":\"hip\"}' WHERE id = 'b'", 3, "fact b was changed"),
        ("UPDATE facts SET entry = 'x' WHERE id = 'b'", 3, "fact b cannot be read"),
        ("UPDATE facts SET withdrawn = 1 WHERE id = 'c'", 4, "fact c was changed"),
        ("UPDATE facts SET number = 99 WHERE id = 'b'", 3, "fact b is missing"),
        ("DELETE FROM facts WHERE id = 'c'", 4, "fact c is missing"),
        ("UPDATE assessments SET seed = 8", 5, "assessment one was changed"),
        ("UPDATE assessments SET result = x'00'", 5, "assessment one was changed"),
        ("UPDATE opinions SET decision = 'confirmed'", 6, "opinion o was changed"),
        ("UPDATE knowledge SET content = x'00'", 1, "knowledge-of-the-day is missing or"),
        ("UPDATE knowledge SET digest = ''", 1, "knowledge-of-the-day is missing or"),
        (EXTRA, 0, "No entry tells of the fact d"),
    ],
)
def test_the_first_entry_that_does_not_hold_is_named(file: Path, statement, number, what) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(statement)
        connection.commit()
    with open_store(file) as store, store.reading() as tx:
        found = verify(tx).broken
    assert found is not None
    assert (found.number, what in found.what) == (number, True), found


def test_an_entry_that_was_written_anew_does_not_fit_the_next(file: Path) -> None:
    with open_store(file) as store, store.raw(writing=True) as connection:
        (entry,) = [one for one in Audit(Transaction(connection, "here", None, START)).entries()
                    if one.number == 3]  # fmt: skip
        other = msgspec.structs.replace(entry, actor="carl")
        connection.execute(text("UPDATE audit SET actor = 'carl', digest = :d WHERE number = 3"),
                           {"d": entry_digest(other)})  # fmt: skip
    with open_store(file) as store, store.reading() as tx:
        found = verify(tx).broken
    assert found is not None
    assert (found.number, "does not follow" in found.what) == (4, True)


def test_what_is_cut_off_at_the_end_is_found_by_the_digest_that_was_noted(file: Path) -> None:
    with open_store(file) as store, store.reading() as tx:
        head = verify(tx).head
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DELETE FROM audit WHERE number = 7")
        connection.commit()
    with open_store(file) as store, store.reading() as tx:
        assert verify(tx).broken is None
        found = verify(tx, head=head).broken
    assert found is not None
    assert "cut off" in found.what


def test_the_trail_does_not_hang_on_the_clock(store: Store, clock: Clock) -> None:
    lived_in(store)
    clock.now -= timedelta(days=1000)
    with store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("later")])
    with store.reading() as tx:
        assert verify(tx).broken is None
