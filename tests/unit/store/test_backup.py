from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from kinechain.store import Store, StoreError, back_up, open_store, restore, verify
from kinechain.store.copying import count_all
from tests.support.clinic import KINDS, START, fact, filled, new_address, without_tables
from tests.support.schema_dump import lived_in

ANNA = "person-000001"


def everything(store: Store) -> dict[str, list]:
    """All rows but those that a backup leaves out."""
    from sqlalchemy import select

    from kinechain.store.copying import tables

    with store.raw() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in tables()
        }


@pytest.mark.parametrize("other", KINDS)
def test_a_backup_restored_into_either_kind_is_the_same(
    store: Store, other: str, tmp_path: Path
) -> None:
    lived_in(store)
    before = everything(store)
    file = tmp_path / "backup.sqlite"
    made = back_up(store, file)
    assert everything(store) == before
    assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("backup")] == [file.name]
    address = without_tables(other, tmp_path)
    assert restore(file, address) == made
    with open_store(address) as copy:
        after = everything(copy)
        with copy.writing("anna") as tx:
            found = verify(tx, head=made.head)
            last = tx.audit.head()
            assert tx.links.use("d2", START) is None  # it was open when the backup was made
            assert tx.sessions.get("s") is None
            assert tx.attempts.get("b") is None
            tx.facts.add(ANNA, [fact("goes-on")])
    assert found.broken is None
    assert last is not None
    assert (last.action, last.detail["head"]) == ("database.restore", made.head)
    for changed in ("links", "audit"):
        assert len(after.pop(changed)) == len(before.pop(changed)) + (changed == "audit")
    assert after == before


def test_a_backup_is_one_moment_while_others_write(store: Store, tmp_path: Path) -> None:
    filled(store)
    stop, acknowledged = threading.Event(), []

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with store.writing("ben") as tx:
                tx.facts.add(ANNA, [fact(f"f{number}a"), fact(f"f{number}b")])
            acknowledged.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            seen = len(acknowledged)
            file = tmp_path / f"backup{number}.sqlite"
            back_up(store, file)
            with open_store(file) as copy, copy.reading() as tx:
                kept = {one.id for one in tx.facts.history(ANNA)}
            assert {f"f{n}{half}" for n in range(1, seen + 1) for half in "ab"} <= kept
            assert len(kept) % 2 == 0
            assert verify_file(file).broken is None
    finally:
        stop.set()
        writer.join()
    assert acknowledged


def verify_file(file: Path):
    with open_store(file) as copy, copy.reading() as tx:
        return verify(tx)


def test_a_backup_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite"
    file.write_text("precious")
    with pytest.raises(StoreError, match="already such a file"):
        back_up(store, file)
    assert file.read_text() == "precious"
    with pytest.raises(StoreError, match="cannot be written"):
        back_up(store, tmp_path / "nowhere" / "backup.sqlite")


def test_a_restore_overwrites_nothing(store: Store, kind: str, tmp_path: Path) -> None:
    lived_in(store)
    file = tmp_path / "backup.sqlite"
    back_up(store, file)
    address = new_address(kind, tmp_path)
    with open_store(address) as other:
        filled(other)
        before = everything(other)
        with pytest.raises(StoreError, match="not empty") as caught:
            restore(file, address)
        assert "audit, knowledge, persons, worklist" in str(caught.value)
        assert everything(other) == before


def test_a_backup_that_was_changed_is_not_restored(store: Store, kind: str, tmp_path: Path) -> None:
    lived_in(store)
    file = tmp_path / "backup.sqlite"
    back_up(store, file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TRIGGER facts_no_update")
        connection.execute("UPDATE facts SET entry = '{}' WHERE id = 'b'")
        connection.commit()
    address = new_address(kind, tmp_path)
    with pytest.raises(StoreError, match=r"Entry 5 does not hold. The fact b was changed"):
        restore(file, address)
    with open_store(address) as other, other.raw() as connection:
        assert not any(count_all(connection).values())
    restore(file, address, accept_broken=True)
    with open_store(address) as other, other.reading() as tx:
        found = verify(tx).broken
    assert found is not None
    assert found.number == 5


def test_a_database_that_does_not_hold_is_backed_up_all_the_same(tmp_path: Path) -> None:
    address = Path(new_address("sqlite", tmp_path))
    with open_store(address) as store:
        lived_in(store)
        with closing(sqlite3.connect(address)) as connection:
            connection.execute("DROP TRIGGER facts_no_update")
            connection.execute("UPDATE facts SET entry = '{}' WHERE id = 'b'")
            connection.commit()
        found = back_up(store, tmp_path / "backup.sqlite")
    assert found.broken is not None
    assert "fact b was changed" in found.broken.what
    assert verify_file(tmp_path / "backup.sqlite") == found


@pytest.mark.parametrize("content", [None, b"", b"no database at all" * 100])
def test_what_is_no_backup_is_not_restored(content, tmp_path: Path) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        restore(file, tmp_path / "new.sqlite")
    assert caught.value.kind in {"missing", "misuse", "damaged"}
    assert not (tmp_path / "new.sqlite").exists()


def test_a_cut_off_backup_is_not_restored(store: Store, tmp_path: Path) -> None:
    lived_in(store)
    file = tmp_path / "backup.sqlite"
    back_up(store, file)
    file.write_bytes(file.read_bytes()[:-8192])
    with pytest.raises(StoreError) as caught:
        restore(file, tmp_path / "new.sqlite")
    assert caught.value.kind == "damaged"
