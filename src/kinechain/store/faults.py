"""What a database says, in words: no statement and no value of it reaches a message."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kinechain.store.errors import Kind, StoreError

NEVER_CHANGED = (
    "What was recorded is never changed and never deleted.",
    "Add a correction instead.",
)

WORDS: dict[Kind, tuple[str, str]] = {
    "locked": (
        "Somebody else is writing and did not finish in time.",
        "Try again; when it stays so, look for a stuck kinechain process or an open transaction.",
    ),
    "full": (
        "There is no room left for the change, so it was not kept.",
        "Free space where the database lies (df -h), then enter it again.",
    ),
    "disk": (
        "The disk does not take or give back what it should.",
        "Look at the disk and its room (df -h); the last backup can be restored on another one.",
    ),
    "read_only": (
        "The database cannot be written.",
        "Give the program's user the right to write the file and its folder, or to the database.",
    ),
    "missing": (
        "There is no such database, or it cannot be opened.",
        "Check KINECHAIN_DATABASE_URL; kinechain database upgrade makes a new database.",
    ),
    "unreachable": (
        "The database does not answer.",
        "Check that it runs and that KINECHAIN_DATABASE_URL is right, then try again.",
    ),
    "uncertain": (
        "The database went away while it was keeping the change; it may or may not be there.",
        "When it answers again, look whether the change is there before entering it again.",
    ),
    "refused": (
        "The database refuses the program's user.",
        "Check user and password (KINECHAIN_DATABASE_URL or its file) and their rights.",
    ),
    "damaged": (
        "The database file is damaged, or is no database.",
        "Keep the file as it is and restore the last backup: kinechain restore FILE.",
    ),
    "schema": (
        "A table is not as this version of the program needs it.",
        "kinechain database upgrade brings it up to date.",
    ),
    "fault": (
        "The database refused the change.",
        "Report this to the program's makers, without any person's data.",
    ),
}

SQLITE: dict[int, Kind] = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_CANTOPEN: "missing",
    sqlite3.SQLITE_IOERR: "disk",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}

# The first characters of an SQLSTATE; the longest that fits counts.
POSTGRESQL: dict[str, Kind] = {
    "08": "unreachable",
    "57P": "unreachable",
    "53100": "full",
    "53200": "full",
    "53300": "locked",
    "55P03": "locked",
    "40": "locked",
    "57014": "locked",
    "25006": "read_only",
    "42501": "refused",
    "28": "refused",
    "3D000": "missing",
    "42P01": "schema",
    "42703": "schema",
    "58": "disk",
    "XX001": "damaged",
    "XX002": "damaged",
}


@contextmanager
def in_words(where: str) -> Generator[None]:
    """Turn what a database says into a `StoreError`.

    Parameters
    ----------
    where
        The database, as it may be shown.

    Raises
    ------
    StoreError
        For everything that the database or its driver raised.
    """
    try:
        yield
    except DBAPIError as error:
        # `from None`: the driver's own text may hold what was recorded.
        lost = isinstance(error, OperationalError | InterfaceError)
        raise _told(where, error.orig, lost=lost) from None
    except PoolTimeout:
        raise told(where, "locked") from None
    except SQLAlchemyError as error:
        raise told(where, "fault", type(error).__name__) from None
    except sqlite3.Error as error:
        raise _told(where, error, lost=False) from None


def told(where: str, kind: Kind, name: str = "") -> StoreError:
    """The error of a kind.

    Parameters
    ----------
    where
        The database.
    kind
        What happened.
    name
        What the database calls it, a name without any value.
    """
    what, remedy = WORDS[kind]
    if name:
        what = f"{what.removesuffix('.')} ({name})."
    return StoreError(where, what, remedy, kind)


def _told(where: str, error: Any, *, lost: bool) -> StoreError:
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_CONSTRAINT_TRIGGER or "append-only" in str(error):
        return StoreError(where, *NEVER_CHANGED, "misuse")
    if isinstance(code, int):
        name = str(getattr(error, "sqlite_errorname", ""))
        return told(where, _sqlite_kind(code, str(error)), name)
    if isinstance(error, sqlite3.Error):
        return told(where, "fault", type(error).__name__)
    state = getattr(error, "sqlstate", None)
    if state:
        fitting = max((one for one in POSTGRESQL if state.startswith(one)), key=len, default="")
        kind: Kind = POSTGRESQL[fitting] if fitting else "fault"
        return told(where, kind, f"SQLSTATE {state}")
    return told(where, _without_state(str(error)) if lost else "fault", type(error).__name__)


def _sqlite_kind(code: int, text: str) -> Kind:
    if code == sqlite3.SQLITE_ERROR and text.startswith(("no such table", "no such column")):
        return "schema"
    return SQLITE.get(code & 0xFF, "fault")


def _without_state(text: str) -> Kind:
    """A connection that did not come about has no state, only libpq's words."""
    if "password authentication failed" in text or "no pg_hba.conf entry" in text:
        return "refused"
    if "role" in text and "does not exist" in text:
        return "refused"
    if "database" in text and "does not exist" in text:
        return "missing"
    return "unreachable"
