"""A backup is one SQLite file, whichever database it comes from, and is proved before it counts."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import update

from kinechain.store import schema
from kinechain.store.copying import copy_all, copy_file, count_all
from kinechain.store.engine import FILE_MODE
from kinechain.store.errors import StoreError
from kinechain.store.faults import in_words, told
from kinechain.store.store import Clock, Store, open_store, utc_now
from kinechain.store.tables import LEAVES_OUT, links
from kinechain.store.transaction import Transaction
from kinechain.store.upgrading import upgrade_database
from kinechain.store.verification import Verified, verify


def back_up(store: Store, file: Path) -> Verified:
    """Write a backup of one moment, while others go on reading and writing.

    Sessions and counts of attempts are left out. The file appears under its name only when it
    was read back. A record whose trail does not hold is backed up all the same, because the
    next backup may be needed more than ever; see `broken` of what is returned.

    Parameters
    ----------
    store
        What is backed up.
    file
        The new file.

    Raises
    ------
    StoreError
        When there is such a file, or it cannot be written or read back.
    """
    if file.exists():
        raise StoreError(
            str(file), "There is already such a file.", "Give the backup another name.", "misuse"
        )
    partial = file.with_name(f"{file.name}.partial")
    try:
        with suppress(FileNotFoundError):
            partial.unlink()
        _private(partial)
        if store.file is not None:
            copy_file(store.file, partial)
        else:
            _copy_rows(store, partial)
        _finish(partial)
        with open_store(partial) as copy, copy.reading() as tx:
            found = verify(tx)
        _to_disk(partial)
        partial.replace(file)
        _to_disk(file.parent)
    except OSError as error:
        raise _cannot_write(file, error) from None
    finally:
        for left in (partial, *(Path(f"{partial}{end}") for end in ("-wal", "-shm", "-journal"))):
            with suppress(OSError):
                left.unlink()
    return found


def restore(
    file: Path, address: str | Path, *, accept_broken: bool = False, clock: Clock = utc_now
) -> Verified:
    """Fill an empty database from a backup, in one step.

    Links that were not used yet open nothing afterwards: they may have been used or taken back
    since the backup was made.

    Parameters
    ----------
    file
        A backup of this or an earlier schema.
    address
        Of the empty database, as for `open_store`.
    accept_broken
        Whether a backup is taken that is not what its trail tells of.
    clock
        Gives the time of the restoring.

    Raises
    ------
    StoreError
        When the database is not empty, or the backup does not hold what its trail tells of.
    """
    if not file.is_file():
        raise StoreError(str(file), "There is no such file.", "Name a backup.", "missing")
    with tempfile.TemporaryDirectory() as folder:
        current = _current(file, Path(folder))
        with open_store(current) as source:
            with source.reading() as tx:
                found = verify(tx)
            if not accept_broken:
                _refuse_broken(found, source.where)
            with open_store(address, create=True, clock=clock) as target:
                _fill(source, target, found, clock)
    return found


def _fill(source: Store, target: Store, found: Verified, clock: Clock) -> None:
    with source.raw() as old, target.raw(writing=True) as new:
        filled = sorted(name for name, rows in count_all(new).items() if rows)
        if filled:
            raise StoreError(
                target.where,
                f"The database is not empty ({', '.join(filled)}), and nothing is overwritten.",
                "Name an empty one with KINECHAIN_DATABASE_URL.",
                "misuse",
            )
        copy_all(old, new)
        with in_words(target.where):
            same = count_all(new) == count_all(old)
            tx = Transaction(new, target.where, "command:restore", clock())
            if not same or verify(tx) != found:
                raise told(target.where, "fault", "the copy is not what the backup holds")
            change = update(links).where(links.c.used_at.is_(None), links.c.revoked_at.is_(None))
            new.execute(change.values(revoked_at=clock()))
            tx.audit.append(
                "database.restore", "database", {"entries": found.entries, "head": found.head}
            )


def _copy_rows(store: Store, partial: Path) -> None:
    with (
        open_store(partial, create=True) as target,
        store.raw() as old,
        target.raw(writing=True) as new,
    ):
        copy_all(old, new)
        if count_all(old) != count_all(new):
            raise told(str(partial), "fault", "rows are missing")


def _finish(partial: Path) -> None:
    """One file without companions, and without what must not come back."""
    with in_words(str(partial)), closing(sqlite3.connect(partial)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA secure_delete = ON")
        for table in LEAVES_OUT:
            connection.execute(f"DELETE FROM {table.name}")  # noqa: S608
        connection.commit()
        if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise told(str(partial), "damaged")


def _refuse_broken(found: Verified, where: str) -> None:
    if found.broken is not None:
        place = f"Entry {found.broken.number} does not hold. " if found.broken.number else ""
        raise StoreError(
            where,
            f"The record is not what its trail tells of. {place}{found.broken.what}",
            "Take an earlier backup; where there is none: kinechain restore --accept-broken.",
            "damaged",
        )


def _current(file: Path, folder: Path) -> Path:
    """The backup itself, or a copy of it that was brought to the newest schema."""
    address = f"{file.resolve().as_uri()}?mode=ro"
    with in_words(str(file)), closing(sqlite3.connect(address, uri=True)) as old:
        tables = {name for (name,) in old.execute("SELECT name FROM sqlite_master")}
        if "alembic_version" not in tables:
            raise StoreError(str(file), "It is no backup of Kinechain.", "Name a backup.", "misuse")
        (found,) = old.execute("SELECT version_num FROM alembic_version").fetchone()
        if found == schema.newest() or found not in schema.earlier():
            return file  # one that is newer is refused when it is opened
    copy = folder / "backup.sqlite"
    _private(copy)
    copy_file(file, copy)
    upgrade_database(copy)
    return copy


def _private(file: Path) -> None:
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, FILE_MODE))


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cannot_write(file: Path, error: OSError) -> StoreError:
    return StoreError(
        str(file),
        f"The backup cannot be written ({error.strerror}).",
        "Name a file in a folder that exists, can be written and has room (df -h).",
        "full",
    )
