"""``kinechain database``: the tables of the clinic's database."""

from __future__ import annotations

import click

from kinechain.cli.clinic import address_of, clinic_words, database_option
from kinechain.cli.output import show
from kinechain.cli.program import Commands
from kinechain.cli.progress import waiting


@click.group(cls=Commands, short_help="Make the clinic's database, or bring it up to date.")
def database() -> None:
    """Make the clinic's database, or bring it up to date."""


@database.command(short_help="Bring the tables up to date.")
@database_option
def upgrade(database: str | None) -> None:
    """Bring the tables to what this version of the program needs; make them if there are none.

    In one step: when it fails, everything is as before. Of an SQLite file that is brought up to
    date a copy is kept beside it.
    """
    with clinic_words():
        from kinechain.store import upgrade_database

        with waiting("Bringing the tables up to date"):
            done = upgrade_database(address_of(database))
    if done.before is None:
        show(f"{done.where}: made, schema {done.after}.")
    elif done.before == done.after:
        show(f"{done.where}: schema {done.after}, nothing to do.")
    else:
        show(f"{done.where}: from schema {done.before} to {done.after}.")
        if done.copy:
            show(f"As it was before: {done.copy}")
