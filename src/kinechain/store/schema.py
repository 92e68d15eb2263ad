"""Which schema a database has, and how it becomes the newest one."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from kinechain.store.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"


def newest() -> str:
    """The schema that this version of the program writes."""
    return _scripts().get_heads()[0]


def earlier() -> tuple[str, ...]:
    """Every schema there has been, oldest first, the newest included."""
    return tuple(reversed([script.revision for script in _scripts().walk_revisions()]))


def current(connection: Connection) -> str | None:
    """The schema of a database; None when it is empty.

    Parameters
    ----------
    connection
        To the database.
    """
    return MigrationContext.configure(connection).get_current_revision()


def is_empty(connection: Connection) -> bool:
    """Whether there is no table at all.

    Parameters
    ----------
    connection
        To the database.
    """
    return not inspect(connection).get_table_names()


def check(connection: Connection, where: str) -> None:
    """Refuse a database that this version of the program cannot use.

    Parameters
    ----------
    connection
        To the database.
    where
        Its name in a message.

    Raises
    ------
    StoreError
        When its schema is older or newer, or it is somebody else's database.
    """
    found = current(connection)
    if found == newest():
        return
    if found is None:
        what = (
            "The database is empty."
            if is_empty(connection)
            else "The database is not one of Kinechain's."
        )
        remedy = (
            "kinechain database upgrade makes the tables."
            if is_empty(connection)
            else "Name another one with KINECHAIN_DATABASE_URL."
        )
        raise StoreError(where, what, remedy, "schema")
    if found in earlier():
        raise StoreError(
            where,
            f"The database has schema {found}, and this program needs {newest()}.",
            "Make a backup with the program that wrote it, then: kinechain database upgrade.",
            "schema",
        )
    raise StoreError(
        where,
        f"The database has schema {found}, which is newer than this program ({newest()}).",
        "Install the newer program again; nothing was changed.",
        "schema",
    )


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring a database to a schema, in the transaction of the connection.

    Parameters
    ----------
    connection
        To the database, in a transaction.
    to
        The newest schema by default.
    """
    scripts = _scripts()

    def steps(revision: Any, _context: MigrationContext) -> Any:
        return scripts._upgrade_revs(to, revision)  # pyright: ignore[reportPrivateUsage]

    with warnings.catch_warnings():
        # SQLite's own types of columns are no business of the user's.
        warnings.simplefilter("ignore")
        with EnvironmentContext(Config(), scripts, fn=steps, destination_rev=to) as environment:
            environment.configure(connection=connection, transactional_ddl=True)
            environment.run_migrations()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS), version_locations=[str(MIGRATIONS / "versions")])
