"""What the commands of the clinic share: the database, and words for what can go wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from kinechain.cli.output import Refusal

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

INSTALL = "Install what it needs: pip install 'kinechain[clinic]' (or make serve)."


@contextmanager
def clinic_words() -> Generator[None]:
    """Turn what the store says, and its absence, into one line and exit status 2.

    Raises
    ------
    Refusal
        For a `StoreError`, and when the extra ``clinic`` is not installed.
    """
    try:
        from kinechain.store import StoreError

        try:
            yield
        except StoreError as error:
            raise Refusal(str(error)) from error
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "kinechain":
            raise  # a fault, nothing that could be installed
        raise Refusal(f"The clinic's part is not installed ({error.name}). {INSTALL}") from error


def database_option(command: Decorated) -> Decorated:
    """Let a command take another database.

    Parameters
    ----------
    command
        It takes the address as `database`.
    """
    return click.option(
        "--database",
        metavar="ADDRESS",
        help="A file, or postgresql://user@host/name, instead of KINECHAIN_DATABASE_URL. "
        "Passwords belong into that, not here.",
    )(command)


def address_of(database: str | None) -> str:
    """The address of the database that a command works on.

    Parameters
    ----------
    database
        What `database_option` gave.
    """
    from kinechain.service.clinic.database import database_address

    return database_address(os.environ, database)
