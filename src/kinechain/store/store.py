"""The door of the store: open it, read in one look, write in one step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from kinechain.store import schema
from kinechain.store.engine import WAIT_SECONDS, WRITING, connect, database_url, shown, use_wal
from kinechain.store.errors import StoreError
from kinechain.store.faults import in_words, told
from kinechain.store.transaction import Transaction

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time by the clock of this machine, aware and in UTC."""
    return datetime.now(UTC)


class Store:
    """An open database of the clinic. Use `open_store`; many threads may share one.

    Attributes
    ----------
    where
        The database as it may be shown, without user and password.
    """

    def __init__(self, engine: Engine, where: str, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self.where = where
        # SQLite's waiting writers look again now and then; here they queue up.
        self._turn = threading.Lock()

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file on this machine."""
        return self._engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(str(self._engine.url.database)) if self.is_sqlite else None

    def reading(self) -> AbstractContextManager[Transaction]:
        """Look at the database as it is at one moment: ``with store.reading() as tx``."""
        return self._reading()

    def writing(self, actor: str) -> AbstractContextManager[Transaction]:
        """Change the database in one step: all of it is kept, or nothing.

        What was written is on the disk when the block has ended without an error. Writers come
        one at a time and wait `WAIT_SECONDS` for each other, so the block should be short: do
        all computing before it.

        Parameters
        ----------
        actor
            Who does it: id of a user, ``link:<id>``, or ``command:<name>``.

        Raises
        ------
        Conflict
            From within, when somebody else was faster.
        StoreError
            When it could not be kept.
        """
        return self._writing(actor)

    @contextmanager
    def raw(self, *, writing: bool = False) -> Generator[Connection]:
        """A connection in a transaction, for backup and restore.

        Parameters
        ----------
        writing
            Whether the transaction changes something.
        """
        options: dict[str, object] = {WRITING: writing}
        if not writing and not self.is_sqlite:
            # One look: what others write meanwhile is not seen.
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        committing = False
        try:
            with in_words(self.where), self._engine.connect() as plain:
                connection = plain.execution_options(**options)
                with connection.begin():
                    yield connection
                    committing = writing
        except StoreError as error:
            if committing and error.kind in {"unreachable", "disk"}:
                raise told(self.where, "uncertain") from None
            raise

    @contextmanager
    def _reading(self) -> Generator[Transaction]:
        with self.raw() as connection:
            yield Transaction(connection, self.where, None, self._clock())

    @contextmanager
    def _writing(self, actor: str) -> Generator[Transaction]:
        if not self._turn.acquire(timeout=WAIT_SECONDS):
            raise told(self.where, "locked")
        try:
            with self.raw(writing=True) as connection:
                yield Transaction(connection, self.where, actor, self._clock())
        finally:
            self._turn.release()

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(address: str | Path, *, create: bool = False, clock: Clock = utc_now) -> Store:
    """Open the database of a clinic.

    Parameters
    ----------
    address
        A path or ``sqlite:///path``, or ``postgresql://user@host/name``.
    create
        Whether an empty database gets its tables, and an SQLite file is made.
    clock
        Gives the time of what is written; the order of things never depends on it.

    Raises
    ------
    StoreError
        When it cannot be opened, or has an older or newer schema.
    """
    url = database_url(address)
    store = Store(connect(url, create=create), shown(url), clock)
    try:
        if create:
            if store.file is not None:
                use_wal(store.file)
            with store.raw(writing=True) as connection:
                if schema.is_empty(connection):
                    schema.upgrade(connection)
        with store.raw() as connection:
            schema.check(connection, store.where)
    except StoreError:
        store.close()
        raise
    return store
