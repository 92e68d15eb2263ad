"""The migrations make the tables; every earlier schema becomes the newest, on both databases."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, Table, create_engine, insert, inspect, select, text

from kinechain.store import StoreError, open_store, restore, schema, upgrade_database, verify
from kinechain.store.engine import connect, database_url
from kinechain.store.faults import in_words
from kinechain.store.store import Store, utc_now
from kinechain.store.tables import metadata
from tests.support.clinic import new_address, without_tables
from tests.support.schema_dump import ANNA, dump_file

ADDED = '''
"""A schema of the tests."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9999", "{before}"
branch_labels = depends_on = None
def upgrade():
    op.add_column("persons", sa.Column("added", sa.String))
'''


def written_by(version: str, kind: str, folder: Path) -> str:
    """The address of a database as a program with an earlier schema left it."""
    address = without_tables(kind, folder)
    file = Path(address) if kind == "sqlite" else folder / f"{version}.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(dump_file(version).read_text("utf-8"))
    if kind == "sqlite":
        return address
    source = create_engine(f"sqlite:///{file}")
    store = Store(connect(database_url(address), create=True), "here", utc_now)
    with store, source.connect() as old, store.raw(writing=True) as new:
        schema.upgrade(new, version)
        there = MetaData()
        there.reflect(new)
        for table in there.sorted_tables:
            if table.name != "alembic_version":
                copy_rows(Table(table.name, MetaData(), autoload_with=old), old, table, new)
    source.dispose()
    return address


def copy_rows(source, old, target, new) -> None:
    rows = [dict(row._mapping) for row in old.execute(select(source))]
    if "number" in source.c:
        rows.sort(key=lambda row: row["number"])
    for row in rows:
        new.execute(insert(target), {
            name: bool(value) if str(target.c[name].type) == "BOOLEAN" else value
            for name, value in row.items()
        })  # fmt: skip


@pytest.mark.parametrize("version", schema.earlier())
def test_an_earlier_schema_becomes_the_newest(version: str, kind: str, tmp_path: Path) -> None:
    assert dump_file(version).exists(), "python -m tests.support.schema_dump writes it"
    address = written_by(version, kind, tmp_path)
    done = upgrade_database(address)
    assert (done.before, done.after) == (version, schema.newest())
    with open_store(address) as store, store.reading() as tx:
        found = verify(tx, head=BEFORE[version])
        assert found.broken is None
        assert [one.id for one in tx.facts.current(ANNA)] == ["b", "c"]
        assert tx.facts.current(ANNA)[1].entry == {"site": "hip", "note": "µ"}
        latest, line = tx.assessments.latest(ANNA), tx.worklist.get(ANNA)
        assert latest is not None
        assert latest.result == {"origins": [{"explains": 0.1 + 0.2}]}
        assert line is not None
        assert (line.urgency, line.assessment) == ("same_day", "one")
        assert tx.knowledge.get(latest.knowledge_version)
        assert tx.users.by_name("anna") is not None
        assert tx.drafts.of_person(ANNA)[0].content == {"page": [1, "ü"]}


# The end of the trail in each kept record: what it must still hold after the migration.
BEFORE = {"0001": "cc09b7ceb06fc9e5585eaf07a42e20368693c55d4c8a031a8b23cb7eee1422fa"}


@pytest.mark.parametrize("version", schema.earlier())
def test_a_backup_of_an_earlier_schema_is_restored(version: str, kind: str, tmp_path: Path) -> None:
    backup = Path(written_by(version, "sqlite", tmp_path))
    address = without_tables(kind, tmp_path)
    restore(backup, address)
    with open_store(address) as store, store.reading() as tx:
        assert verify(tx, head=BEFORE[version]).broken is None
        assert [one.id for one in tx.facts.current(ANNA)] == ["b", "c"]


def test_the_migrations_make_the_tables_of_the_program(address: str) -> None:
    with open_store(address) as store, store.raw() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        named = {one["name"] for one in inspect(connection).get_indexes("facts")}
    assert {"facts_by_person_number", "facts_replaces_once"} <= named


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program with one schema more."""
    folder = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, folder)
    written = ADDED.format(before=schema.newest())
    (folder / "versions" / "schema_9999.py").write_text(written)
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    return folder


def test_an_older_database_is_refused_with_the_command_and_then_upgraded(
    kind: str, tmp_path: Path, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as context:
        context.setattr(schema, "MIGRATIONS", Path(schema.__file__).parent / "migrations")
        before = schema.newest()
        address = new_address(kind, tmp_path)
    with pytest.raises(StoreError, match=f"has schema {before}, and.* 9999") as caught:
        open_store(address)
    assert "kinechain database upgrade" in str(caught.value)
    done = upgrade_database(address)
    assert (done.before, done.after) == (before, "9999")
    with open_store(address) as store, store.reading() as tx:
        entry = tx.audit.head()
    assert entry is not None
    assert (entry.action, entry.detail) == ("database.upgrade", {"from": before, "to": "9999"})
    assert upgrade_database(address).before == "9999"
    if kind == "sqlite":
        assert done.copy is not None
        assert done.copy.stat().st_mode & 0o777 == 0o600
        monkeypatch.undo()
        open_store(done.copy).close()  # the older program goes on with it
    else:
        assert done.copy is None
    monkeypatch.undo()
    for use in (open_store, upgrade_database):
        with pytest.raises(StoreError, match="9999, which is newer than this program"):
            use(address)


def test_the_copy_of_before_is_not_overwritten(tmp_path: Path, newer: Path) -> None:
    address = Path(written_by("0001", "sqlite", tmp_path))
    address.with_name(f"{address.name}.schema-0001").write_text("precious")
    with pytest.raises(StoreError, match="exists"):
        upgrade_database(address)
    with pytest.raises(StoreError, match="has schema 0001"):
        open_store(address)


def test_a_migration_that_fails_changes_nothing(kind: str, tmp_path: Path, newer: Path) -> None:
    with (newer / "versions" / "schema_9999.py").open("a") as file:
        file.write("    op.execute('SELECT * FROM nothing')\n")
    address = written_by("0001", kind, tmp_path)
    with pytest.raises(StoreError):
        upgrade_database(address)
    with open_plain(address) as store, store.raw() as connection:
        assert schema.current(connection) == "0001"
        columns = {one["name"] for one in inspect(connection).get_columns("persons")}
    assert "added" not in columns


def open_plain(address: str) -> Store:
    return Store(connect(database_url(address), create=False), "here", utc_now)


def test_an_empty_and_a_foreign_database_are_refused(kind: str, tmp_path: Path) -> None:
    address = without_tables(kind, tmp_path)
    if kind == "sqlite":
        Path(address).touch()
    with pytest.raises(StoreError, match=r"is empty.*kinechain database upgrade"):
        open_store(address)
    with open_plain(address) as store, store.raw(writing=True) as connection:
        connection.execute(text("CREATE TABLE somebody (id INTEGER)"))
    for use in (open_store, upgrade_database, lambda one: open_store(one, create=True)):
        with pytest.raises(StoreError, match="not one of Kinechain's"):
            use(address)


def test_making_tables_twice_at_once(kind: str, tmp_path: Path) -> None:
    address = without_tables(kind, tmp_path)
    assert upgrade_database(address).before is None
    assert upgrade_database(address).before == schema.newest()
    with open_store(address, create=True) as store, in_words("here"), store.reading() as tx:
        assert tx.persons.count() == 0
