"""``kinechain users``: the accounts of the clinic."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from kinechain.cli.clinic import address_of, clinic_words, database_option
from kinechain.cli.output import Refusal, show, table
from kinechain.cli.program import Commands

if TYPE_CHECKING:
    from kinechain.domain.record import Role
    from kinechain.service.clinic.administration import Administration

ROLES = ("clinician", "therapist", "administrator")


@click.group(cls=Commands, short_help="Add, list, lock and reset the clinic's accounts.")
def users() -> None:
    """Keep the accounts of the clinic; what is done here stands in the trail.

    Passwords are made by the program and shown once. Whoever gets one chooses another at the
    first sign-in, and sets up the second factor on the page Account.
    """


@users.command(short_help="Add an account.")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES),
              help="What it may do; may be given more than once.")  # fmt: skip
@click.option("--display-name", default="", metavar="TEXT", help="As others see it: Dr Anna Berg.")
@database_option
def add(name: str, roles: tuple[Role, ...], display_name: str, database: str | None) -> None:
    """Add an account NAME, and print a password for its first sign-in.

    An empty database is made where there is none yet.
    """
    with _administration(database, create=True) as accounts:
        _handed_out(name, accounts.add(name, tuple(dict.fromkeys(roles)), display_name))


@users.command("list", short_help="List the accounts.")
@database_option
def list_(database: str | None) -> None:
    """List all accounts with their roles and how they stand."""
    from kinechain.service.clinic.administration import signs_in

    with _administration(database) as accounts:
        rows = [
            (one.user.name, one.user.display_name, ", ".join(one.user.roles),
             "yes" if one.has_second_factor else "no", signs_in(one))
            for one in accounts.all()
        ]  # fmt: skip
    if rows:
        show(table(("name", "shown as", "roles", "second factor", "state"), rows))
    else:
        show("There is no account yet: kinechain users add NAME --role clinician")


@users.command(short_help="Let nobody in by an account.")
@click.argument("name")
@database_option
def lock(name: str, database: str | None) -> None:
    """Lock the account NAME: its sessions end, and nobody signs in by it."""
    with _administration(database) as accounts:
        accounts.lock(name, locked=True)
    show(f"{name} is locked.")


@users.command(short_help="Open a locked account again.")
@click.argument("name")
@database_option
def unlock(name: str, database: str | None) -> None:
    """Open the account NAME again; password and second factor are as before."""
    with _administration(database) as accounts:
        accounts.lock(name, locked=False)
    show(f"{name} is open.")


@users.command(short_help="Give an account another password.")
@click.argument("name")
@click.option("--lost-device", is_flag=True, help="Take the second factor away as well.")
@database_option
def reset(name: str, lost_device: bool, database: str | None) -> None:
    """Print another password for the account NAME, whose owner forgot it; its sessions end.

    Make sure who asks: whoever gets the password is NAME to the program.
    """
    with _administration(database) as accounts:
        _handed_out(name, accounts.reset(name, lost_device=lost_device))


@users.command("second-factor", short_help="Take away a second factor whose device was lost.")
@click.argument("name")
@database_option
def second_factor(name: str, database: str | None) -> None:
    """Take the second factor of the account NAME away; its sessions end, the password stays.

    The owner sets up another one on the page Account.
    """
    with _administration(database) as accounts:
        had_one = accounts.drop_second_factor(name)
    show(f"{name} {'has no second factor any more' if had_one else 'had no second factor'}.")


def _handed_out(name: str, password: str) -> None:
    show(f"{name} signs in with the password {password}")
    show("and chooses another one then. It is not shown again.")


@contextmanager
def _administration(database: str | None, *, create: bool = False) -> Generator[Administration]:
    with clinic_words():
        from kinechain.service.clinic.accounts import Accounts
        from kinechain.service.clinic.administration import Administration
        from kinechain.service.clinic.database import default_folder
        from kinechain.service.clinic.entry import AccountError
        from kinechain.service.clinic.tokens import Sources
        from kinechain.store import open_store
        from kinechain.web.settings import SettingsError, read_secret

        try:
            secret = read_secret(os.environ, default_folder(os.environ))
            with open_store(address_of(database), create=create) as store:
                yield Administration(Accounts(store, secret, Sources()))
        except (AccountError, SettingsError) as error:
            raise Refusal(str(error)) from error
