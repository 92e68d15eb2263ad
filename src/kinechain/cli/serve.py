"""``kinechain serve``: the clinic on the web, on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kinechain.cli.clinic import clinic_words, database_option
from kinechain.cli.output import Refusal, show
from kinechain.cli.program import Command

if TYPE_CHECKING:
    from fastapi import FastAPI

DEMONSTRATION = "demonstration.sqlite"


@click.command(cls=Command, short_help="Start the clinic's pages on this machine.")
@database_option
@click.option("--demonstration", is_flag=True, help="Published cases instead of a clinic.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True,
              help="Where to listen.")  # fmt: skip
@click.option("--origin", metavar="URL", help="How browsers reach it, where that differs: "
              "https://clinic.example")  # fmt: skip
def serve(
    database: str | None, demonstration: bool, host: str, port: int, origin: str | None
) -> None:
    """Start the clinic: the patient's intake, the worklist, the assessment.

    Without a database of its own (--database, KINECHAIN_DATABASE_URL) it shows demonstration
    patients, which are published cases, and prints how to sign in. Everything stays on this
    machine; nothing is fetched from elsewhere. Ctrl-C ends it.
    """
    with clinic_words():
        import uvicorn

        from kinechain.service.clinic.database import URL, URL_FILE
        from kinechain.web.settings import SettingsError

        configured = database or os.environ.get(URL) or os.environ.get(URL_FILE)
        try:
            app, words = _application(
                database, origin or f"http://{_shown(host)}:{port}",
                demonstration=demonstration or not configured,
            )  # fmt: skip
        except SettingsError as error:
            raise Refusal(str(error)) from error
        for line in words:
            show(line)
        # The access log would hold addresses of patients' pages.
        uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False,
                    server_header=False)  # fmt: skip


def _shown(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host  # noqa: S104


def _application(
    database: str | None, origin: str, *, demonstration: bool
) -> tuple[FastAPI, list[str]]:
    """The application, and what to tell who started it."""
    from kinechain.knowledge import load_knowledge
    from kinechain.service.clinic.accounts import Accounts
    from kinechain.service.clinic.database import database_address, default_folder
    from kinechain.service.clinic.demonstration import NAME, add_demonstration
    from kinechain.service.clinic.tokens import Sources
    from kinechain.store import open_store
    from kinechain.web.application import create_app
    from kinechain.web.settings import Settings, read_secret

    folder = default_folder(os.environ)
    address = (
        str(folder / DEMONSTRATION)
        if demonstration and database is None
        else database_address(os.environ, database)
    )
    knowledge = load_knowledge()
    store = open_store(address, create=True)
    settings = Settings(address, read_secret(os.environ, Path(folder)), origin,
                        is_demonstration=demonstration)  # fmt: skip
    words = [f"Kinechain is at {origin}", ""]
    accounts = Accounts(store, settings.secret, Sources())
    if demonstration:
        password = add_demonstration(store, knowledge, accounts)
        words += [
            "Demonstration: published cases, no real patients.",
            f"Sign in as {NAME} with the password {password} (a new one at every start).",
        ]
    else:
        with store.reading() as tx:
            if tx.users.count() == 0:
                words.append("There is no account yet: kinechain users add NAME --role clinician")
    return create_app(settings, store, knowledge), [*words, "", "Ctrl-C ends it."]
