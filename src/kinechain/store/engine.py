"""From an address of a database to connections that keep what they say."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError

from kinechain.store.errors import StoreError
from kinechain.store.faults import in_words

WAIT_SECONDS = 5.0
"""How long one writer waits for another before it gives up with a message."""

CONNECT_SECONDS = 5
POOL = 10
SETTINGS = (
    "foreign_keys = ON",
    # In WAL mode anything less may lose the last acknowledged changes at a power cut.
    "synchronous = FULL",
    "trusted_schema = OFF",
    # What was deleted (drafts, sessions) does not stay readable in the file.
    "secure_delete = ON",
)
WRITING = "kinechain_writing"
WRITERS_LOCK = 0x6B696E65
"""Number of the lock that a writer holds in PostgreSQL until its transaction ends."""

FOLDER_MODE, FILE_MODE = 0o700, 0o600


def database_url(address: str | Path) -> URL:
    """The address in SQLAlchemy's words.

    Parameters
    ----------
    address
        A path or ``sqlite:///path`` for SQLite, ``postgresql://user@host/name``.

    Raises
    ------
    StoreError
        When it is neither.

    Examples
    --------
    >>> database_url("postgresql://clinic@db.local/kinechain").drivername
    'postgresql+psycopg'
    >>> database_url("clinic.sqlite").database
    'clinic.sqlite'
    """
    text = str(address)
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser()))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The text may hold a password, so it is not repeated.
        raise _no_address("The address cannot be read.") from None
    kind = url.get_backend_name()
    if kind == "sqlite":
        if not url.database or url.database == ":memory:":
            raise _no_address("An SQLite database needs a file.")
        return url.set(drivername="sqlite", database=str(Path(url.database).expanduser()))
    if kind in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    raise _no_address(f"The address begins with {kind!r}.")


def _no_address(what: str) -> StoreError:
    return StoreError(
        "the address of the database",
        what,
        "Write a path, sqlite:////path/to/file or postgresql://user@host/name.",
        "misuse",
    )


def shown(url: URL) -> str:
    """The address as it may stand in a message: no password, no user.

    Parameters
    ----------
    url
        Of the database.
    """
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    host = url.host or url.query.get("host") or "localhost"
    port = f":{url.port}" if url.port else ""
    return f"PostgreSQL {url.database or ''} on {host}{port}".replace("  ", " ")


def connect(url: URL, *, create: bool) -> Engine:
    """An engine whose connections are set up; nothing is opened yet.

    Parameters
    ----------
    url
        Of the database.
    create
        Whether an SQLite file that is not there may be made.

    Raises
    ------
    StoreError
        When the file is not there, or its folder cannot be made.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, create=create)
    return _postgresql(url)


def _sqlite(url: URL, *, create: bool) -> Engine:
    path = Path(str(url.database))
    if not path.exists():
        _new_file(path, create=create)
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=POOL,
        max_overflow=4 * POOL,
        connect_args={"timeout": WAIT_SECONDS, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _record: object) -> None:  # pyright: ignore[reportUnusedFunction]
        cursor = connection.cursor()
        for setting in SETTINGS:
            cursor.execute(f"PRAGMA {setting}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        # A writer says so at once: one that begins by reading and then wants to write would be
        # refused when another wrote meanwhile.
        writing = _is_writing(connection.get_execution_options())
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _new_file(path: Path, *, create: bool) -> None:
    if not create:
        raise StoreError(
            str(path),
            "There is no database.",
            "kinechain database upgrade makes one; KINECHAIN_DATABASE_URL names another.",
            "missing",
        )
    try:
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        # Made here so that nobody else can read it from its first moment.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, FILE_MODE))
    except OSError as error:
        raise StoreError(
            str(path),
            f"The database cannot be made ({error.strerror}).",
            "Name a place that can be written with KINECHAIN_DATABASE_URL.",
            "read_only",
        ) from None


def use_wal(file: Path) -> None:
    """Let readers and a writer of an SQLite database not wait for each other, from now on.

    Parameters
    ----------
    file
        The database; the setting stays with it.

    Raises
    ------
    StoreError
        Where it is not possible.
    """
    with in_words(str(file)), closing(sqlite3.connect(file, timeout=WAIT_SECONDS)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise StoreError(
            str(file),
            "It lies where SQLite cannot be used by several at once, on a network drive perhaps.",
            "Put it on a disk of this machine, or use PostgreSQL.",
            "misuse",
        )


def _postgresql(url: URL) -> Engine:
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=POOL,
            max_overflow=4 * POOL,
            # A database that went away and came back costs no request.
            pool_pre_ping=True,
            connect_args=_arguments(url),
        )
    except ModuleNotFoundError:
        raise StoreError(
            "PostgreSQL",
            "The driver psycopg is not installed.",
            "Install it: pip install 'kinechain[postgres]'.",
            "missing",
        ) from None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        options = connection.get_execution_options()
        if _is_writing(options):
            # One writer at a time, as in SQLite: each sees all that was acknowledged before.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")

    return engine


def _arguments(url: URL) -> dict[str, Any]:
    wait = int(1000 * WAIT_SECONDS)
    return {
        "connect_timeout": int(str(url.query.get("connect_timeout", CONNECT_SECONDS))),
        "application_name": "kinechain",
        "options": f"-c lock_timeout={wait} -c idle_in_transaction_session_timeout=60000 "
        "-c timezone=UTC",
    }


def _is_writing(options: Mapping[str, Any]) -> bool:
    return bool(options.get(WRITING))
