"""``kinechain backup`` and ``kinechain restore``."""

from __future__ import annotations

from pathlib import Path

import click

from kinechain.cli.audit import counted, show_end
from kinechain.cli.clinic import address_of, clinic_words, database_option
from kinechain.cli.output import show
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting


@click.command(cls=Command, short_help="Write a backup of the clinic's database.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@database_option
def backup(file: Path, database: str | None) -> None:
    """Write one moment of the clinic's database into FILE, while it is in use.

    FILE is a new SQLite file whichever database it comes from. It is read back before it gets
    its name. It holds everything about the patients: keep it encrypted. Exit status 1 when the
    trail does not hold; FILE is written all the same.
    """
    with clinic_words():
        from kinechain.service.clinic.database import keep_backup

        with waiting("Writing the backup"):
            done = keep_backup(address_of(database), file)
    found = done.found
    show(f"{file}: {counted(found)}.")
    if not done.noted:
        click.echo("warning: The database cannot be written, so the backup is not noted in its "
                   "trail.", err=True)  # fmt: skip
    show_end(found)


@click.command(cls=Command, short_help="Fill an empty database from a backup.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--accept-broken",
    is_flag=True,
    help="Take a backup that is not what its trail tells of, where there is no other.",
)
@database_option
def restore(file: Path, accept_broken: bool, database: str | None) -> None:
    """Fill an empty database from the backup FILE.

    The database may be of the other kind than the one that the backup came from: this is also
    the way from SQLite to PostgreSQL. Everything is written and verified in one step, or
    nothing. Everybody signs in anew, and patients need new links.
    """
    with clinic_words():
        from kinechain.store import restore as fill

        address = address_of(database)
        with waiting("Restoring"):
            found = fill(file, address, accept_broken=accept_broken)
    show(f"Restored: {counted(found)}.")
    show_end(found)
