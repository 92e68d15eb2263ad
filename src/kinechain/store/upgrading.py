"""Brings a database up to date, and keeps the way back."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from kinechain.store import schema
from kinechain.store.copying import copy_file
from kinechain.store.engine import FILE_MODE, connect, database_url, shown, use_wal
from kinechain.store.errors import StoreError
from kinechain.store.store import Clock, Store, utc_now
from kinechain.store.transaction import Transaction


class Upgraded(msgspec.Struct, frozen=True):
    """What was done.

    Attributes
    ----------
    where
        The database.
    before, after
        Its schema; `before` None for a new database.
    copy
        The SQLite file as it was before, where one was kept.
    """

    where: str
    before: str | None
    after: str
    copy: Path | None = None


def upgrade_database(address: str | Path, *, clock: Clock = utc_now) -> Upgraded:
    """Bring a database to the newest schema; make it when there is none.

    Parameters
    ----------
    address
        As for `open_store`.
    clock
        Gives the time that the trail notes.

    Raises
    ------
    StoreError
        When it is newer than the program, somebody else's, or cannot be written.
    """
    url = database_url(address)
    with Store(connect(url, create=True), shown(url), clock) as store:
        with store.raw() as connection:
            before = schema.current(connection)
            _refuse_others(connection, before, store.where)
        if before == schema.newest():
            return Upgraded(store.where, before, schema.newest())
        if store.file is not None:
            use_wal(store.file)
        copy = _kept(store, before) if before else None
        with store.raw(writing=True) as connection:
            schema.upgrade(connection)
            if before is not None:
                # Of the tables only the trail is used, which is the same in every schema.
                tx = Transaction(connection, store.where, "command:database", clock())
                steps = {"from": before, "to": schema.newest()}
                tx.audit.append("database.upgrade", "database", steps)
        return Upgraded(store.where, before, schema.newest(), copy)


def _refuse_others(connection: Connection, found: str | None, where: str) -> None:
    ours = found in schema.earlier() if found else schema.is_empty(connection)
    if not ours:
        schema.check(connection, where)


def _kept(store: Store, before: str) -> Path | None:
    """A copy of an SQLite file; PostgreSQL undoes by itself what did not succeed."""
    if store.file is None:
        return None
    copy = store.file.with_name(f"{store.file.name}.schema-{before}")
    try:
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, FILE_MODE))
    except FileExistsError:
        raise StoreError(
            str(copy),
            "This file would be the copy of the database before the upgrade, and it exists.",
            "Move it elsewhere; nothing was changed.",
            "misuse",
        ) from None
    except OSError as error:
        raise StoreError(
            str(copy),
            f"The copy of the database before the upgrade cannot be written ({error.strerror}).",
            "Make room or give the right to write there; nothing was changed.",
            "full",
        ) from None
    copy_file(store.file, copy)
    return copy
