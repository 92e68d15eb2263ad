"""Which database the clinic uses; keeping it, proving it, filling it again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from kinechain.store import (
    Store,
    StoreError,
    Verified,
    back_up,
    open_store,
    verify,
)

URL = "KINECHAIN_DATABASE_URL"
URL_FILE = "KINECHAIN_DATABASE_URL_FILE"
DATA_HOME = "XDG_DATA_HOME"
FILE = "clinic.sqlite"


class BackedUp(msgspec.Struct, frozen=True):
    """A backup: what it holds, and whether the trail could take note of it."""

    found: Verified
    noted: bool


def database_address(environment: Mapping[str, str], given: str | None = None) -> str:
    """The address of the clinic's database.

    Parameters
    ----------
    environment
        ``KINECHAIN_DATABASE_URL``, or ``KINECHAIN_DATABASE_URL_FILE``, a file that holds it so
        that a password stands in no environment.
    given
        What was written on the command line; it comes first.

    Returns
    -------
    str
        By default a file in the user's own data folder.

    Raises
    ------
    StoreError
        When the file with the address cannot be read.

    Examples
    --------
    >>> database_address({"HOME": "/home/anna"})
    '/home/anna/.local/share/kinechain/clinic.sqlite'
    """
    if given:
        return given
    if environment.get(URL):
        return environment[URL]
    named = environment.get(URL_FILE)
    if named:
        try:
            text = Path(named).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            text = ""
        if not text:
            raise StoreError(
                URL_FILE,
                f"The file {named} cannot be read, or is empty.",
                "Write the address of the database into it, readable for the program's user only.",
                "misuse",
            )
        return text
    return str(default_folder(environment) / FILE)


def default_folder(environment: Mapping[str, str]) -> Path:
    """The user's own folder for the program's data.

    Parameters
    ----------
    environment
        ``XDG_DATA_HOME``, or ``HOME``.
    """
    base = environment.get(DATA_HOME)
    folder = Path(base) if base else Path(environment.get("HOME", "~")) / ".local" / "share"
    return folder / "kinechain"


def keep_backup(address: str, file: Path) -> BackedUp:
    """Write a backup of the database and note it in the trail.

    A backup has to be possible where nothing can be written any more, so failing to take note
    is no reason to fail.

    Parameters
    ----------
    address
        Of the database.
    file
        The new file.

    Raises
    ------
    StoreError
        When the backup cannot be made.
    """
    with open_store(address) as store:
        found = back_up(store, file)
        return BackedUp(found, noted=_note(store, found))


def _note(store: Store, found: Verified) -> bool:
    try:
        with store.writing("command:backup") as tx:
            tx.audit.append(
                "database.backup", "database", {"entries": found.entries, "head": found.head}
            )
    except StoreError:
        return False
    return True


def prove(address: str, *, head: str | None = None) -> Verified:
    """Go through the whole trail of the database and the record beside it.

    Parameters
    ----------
    address
        Of the database, or a backup.
    head
        Digest with which the trail ended when it was last looked at.

    Raises
    ------
    StoreError
        When the database cannot be read.
    """
    with open_store(address) as store, store.reading() as tx:
        return verify(tx, head=head)
