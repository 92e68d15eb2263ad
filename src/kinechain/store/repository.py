"""What all parts of a transaction share."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from sqlalchemy import Row, Table, select

from kinechain.store.columns import unpack
from kinechain.store.errors import StoreError
from kinechain.store.faults import told

if TYPE_CHECKING:
    from kinechain.store.transaction import Transaction

BATCH = 1000
Made = TypeVar("Made", bound=msgspec.Struct)


class Repository:
    """One part of the record, inside a transaction.

    Parameters
    ----------
    transaction
        Through which it reads and writes.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction


def values(record: msgspec.Struct) -> dict[str, Any]:
    """The fields of a record, as a row takes them.

    Parameters
    ----------
    record
        A noun of `kinechain.domain.record`.
    """
    return msgspec.structs.asdict(record)


def made(kind: type[Made], row: Row[Any]) -> Made:
    """The record of a row.

    Parameters
    ----------
    kind
        Its type; the columns are named as its fields are.
    row
        What the database gave.
    """
    return kind(**row._mapping)  # pyright: ignore[reportPrivateUsage]


def in_order(transaction: Transaction, table: Table) -> Iterator[Row[Any]]:
    """All rows of a table that is only added to, a piece at a time.

    Parameters
    ----------
    transaction
        A look at the database.
    table
        With a column `number`.

    Raises
    ------
    StoreError
        At the first row that cannot be read, after all those before it.
    """
    last, size = -1, BATCH
    while True:
        query = select(table).where(table.c.number > last).order_by(table.c.number).limit(size)
        try:
            rows = transaction.read(query).all()
        except (StoreError, ValueError):
            if size == 1:
                raise told(transaction.where, "damaged", f"{table.name} {last + 1}") from None
            size = 1
            continue
        yield from rows
        if len(rows) < size:
            return
        last = rows[-1].number


def unknown(where: str, what: str, name: str) -> StoreError:
    """The error for something that is not there.

    Parameters
    ----------
    where
        The database.
    what
        Its kind: ``person``.
    name
        Its id.
    """
    return StoreError(
        where,
        f"There is no {what} {name}.",
        "Look it up again; it may be another database.",
        "misuse",
    )


def unpacked(content: bytes, where: str, what: str) -> bytes:
    """What was packed into a column.

    Parameters
    ----------
    content
        As it lies in the column.
    where, what
        The database, and the name of what is packed.

    Raises
    ------
    StoreError
        When it was damaged.
    """
    try:
        return unpack(content)
    except zlib.error:
        raise told(where, "damaged", what) from None
