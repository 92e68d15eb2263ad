"""All rows from one database into another, whatever their kinds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Table, func, insert, select

from kinechain.store.engine import WAIT_SECONDS
from kinechain.store.faults import in_words
from kinechain.store.tables import LEAVES_OUT, metadata

PIECE = 500


def tables() -> tuple[Table, ...]:
    """What is copied, in an order in which every reference finds its row."""
    return tuple(table for table in metadata.sorted_tables if table not in LEAVES_OUT)


def copy_all(source: Connection, target: Connection) -> None:
    """Copy every row; the target holds none yet.

    Parameters
    ----------
    source
        In a transaction that sees one moment.
    target
        In a transaction that writes.
    """
    for table in tables():
        order = table.c.number if "number" in table.c else next(iter(table.primary_key))
        query = select(table).order_by(order).execution_options(yield_per=PIECE)
        with source.execute(query) as rows:
            for piece in rows.partitions():
                target.execute(insert(table), [dict(row._mapping) for row in piece])  # pyright: ignore[reportPrivateUsage]


def copy_file(source: Path, target: Path) -> None:
    """Copy one moment of an SQLite database while it is in use.

    Parameters
    ----------
    source, target
        The database, and an empty file.

    Raises
    ------
    StoreError
        When one of them cannot be read or written.
    """
    with (
        in_words(str(target)),
        closing(sqlite3.connect(source, timeout=WAIT_SECONDS)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        # In one step, so it is one moment; in WAL mode nobody waits for it.
        old.backup(new, pages=-1)


def count_all(connection: Connection) -> dict[str, int]:
    """How many rows each table holds.

    Parameters
    ----------
    connection
        In a transaction.
    """
    return {
        table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in tables()
    }
