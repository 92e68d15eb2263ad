"""``kinechain audit``: whether the record is what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kinechain.cli.clinic import address_of, clinic_words, database_option
from kinechain.cli.output import show
from kinechain.cli.program import Commands
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from kinechain.store import Verified


@click.group(cls=Commands, short_help="Prove that the clinic's record was not changed.")
def audit() -> None:
    """Prove that the clinic's record and its trail are what was written."""


@audit.command(short_help="Go through the whole trail.")
@click.option("--head", metavar="DIGEST", help="What an earlier run printed as the end of the "
              "trail; if it is not in it any more, something was cut off.")  # fmt: skip
@database_option
def verify(head: str | None, database: str | None) -> None:
    """Go through the trail and the record; name the first entry that does not hold.

    Prints the digest of the last entry. Keep it elsewhere, on paper or with a backup, and give
    it to the next run with --head: what is cut off at the end leaves no other trace. Works on
    a backup too. Exit status 1 when something does not hold.
    """
    with clinic_words():
        from kinechain.service.clinic.database import prove

        with waiting("Going through the trail"):
            found = prove(address_of(database), head=head.strip().lower() if head else None)
    show(f"{counted(found)}.")
    show_end(found)


def counted(found: Verified) -> str:
    """How much was looked at.

    Parameters
    ----------
    found
        What was found.
    """
    return (
        f"{found.entries} entries, {found.facts} facts, {found.assessments} assessments, "
        f"{found.opinions} opinions"
    )


def show_end(found: Verified) -> None:
    """Say whether everything holds, and what to keep; exit status 1 when it does not.

    Parameters
    ----------
    found
        What was found.
    """
    if found.broken is None:
        show(f"The trail holds. Its end: {found.head}")
        return
    place = f"Entry {found.broken.number} does not hold. " if found.broken.number else ""
    show(f"THE RECORD IS NOT WHAT ITS TRAIL TELLS OF. {place}{found.broken.what}")
    show("Remedy: keep the database as it is, and compare it with the last backup that holds.")
    raise click.exceptions.Exit(1)
