"""``kinechain serve``: the clinic on the web, on this machine."""

from __future__ import annotations

import os
import threading
from contextlib import closing
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import click

from kinechain.cli.clinic import clinic_words, database_option
from kinechain.cli.output import Refusal, show
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from kinechain.knowledge import Knowledge
    from kinechain.store import Store
    from kinechain.web.serving import Served
    from kinechain.web.settings import Settings

DEMONSTRATION = "demonstration.sqlite"
HTTP = 80


@click.command(cls=Command, short_help="Start the clinic's pages on this machine.")
@database_option
@click.option("--demonstration", is_flag=True, help="Published cases instead of a clinic.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True,
              help="Where to listen.")  # fmt: skip
@click.option("--origin", metavar="URL", help="How browsers reach it, where that differs: "
              "https://clinic.example")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True,
              help="How many processes share the work; one for each core at most.")  # fmt: skip
def serve(
    database: str | None, demonstration: bool, host: str, port: int, origin: str | None,
    workers: int,
) -> None:  # fmt: skip
    """Start the clinic: the patient's intake, the worklist, the assessment.

    Without a database of its own (--database, KINECHAIN_DATABASE_URL) it shows demonstration
    patients, which are published cases, and prints how to sign in. Everything stays on this
    machine; nothing is fetched from elsewhere. Ctrl-C ends it, after the requests under way.

    Other machines reach it only by HTTPS: through a proxy on this one, named with --origin.
    """
    with clinic_words():
        from kinechain.web import serving
        from kinechain.web.settings import SettingsError

        served = _served(database, origin or _own_origin(host, port), demonstration)
        try:
            _check_host(host, served.origin)
            with closing(serving.listen(host, port)) as taken:
                with waiting("Starting"):
                    clinic = _Clinic(served)
                serving.when_ready(taken, served.origin, clinic.tell)
                serving.run(served if workers > 1 else clinic.application(), taken, workers)
        except SettingsError as error:
            raise Refusal(str(error)) from error
        show("\nEnded.")


class _Clinic:
    """The parts of a clinic, opened; and what to say once it runs."""

    def __init__(self, served: Served) -> None:
        from kinechain.knowledge import load_knowledge
        from kinechain.service.clinic.accounts import Accounts
        from kinechain.service.clinic.database import database_address
        from kinechain.service.clinic.demonstration import NAME, add_demonstration
        from kinechain.service.clinic.tokens import Sources
        from kinechain.store import open_store
        from kinechain.web.serving import settings_of

        address = database_address(os.environ, served.database or None)
        self.settings: Settings = settings_of(served, address, os.environ)
        self.store: Store = open_store(address, create=True)
        self.knowledge: Knowledge = load_knowledge()
        self.sources = Sources()
        accounts = Accounts(self.store, self.settings.secret, self.sources)
        self.passwords = accounts.passwords
        self.words = [f"Kinechain is at {served.origin}", ""]
        if served.is_demonstration:
            password = add_demonstration(self.store, accounts)
            self.words += [
                "Demonstration: published cases, no real patients.",
                f"Sign in as {NAME} with the password {password} (a new one at every start).",
            ]
        else:
            with self.store.reading() as tx:
                if tx.users.count() == 0:
                    self.words.append("There is no account yet: kinechain users add NAME "
                                      "--role clinician")  # fmt: skip

    def application(self) -> Any:
        """The application of the only process."""
        from kinechain.web.application import create_app

        return create_app(self.settings, self.store, self.knowledge, sources=self.sources,
                          passwords=self.passwords)  # fmt: skip

    def tell(self) -> None:
        """Say where it is and how to sign in; then assess what the demonstration still lacks."""
        for line in [*self.words, "", "Ctrl-C ends it."]:
            show(line)
        if self.settings.is_demonstration:
            threading.Thread(target=self._assess, daemon=True, name="demonstration").start()

    def _assess(self) -> None:
        from kinechain.service.clinic.demonstration import assess_demonstration
        from kinechain.store import StoreError

        def told(done: int, of: int) -> None:
            if not done:
                show(f"The {of} published cases are being assessed; the worklist fills meanwhile.")

        try:
            if assess_demonstration(self.store, self.knowledge, self.sources, told):
                show("All published cases are assessed.")
        except StoreError:
            pass  # the server ended meanwhile; the next start goes on


def _served(database: str | None, origin: str, demonstration: bool) -> Served:
    from kinechain.service.clinic.database import URL, URL_FILE, default_folder
    from kinechain.web.serving import Served

    folder = default_folder(os.environ)
    configured = database or os.environ.get(URL) or os.environ.get(URL_FILE)
    shown = demonstration or not configured
    chosen = str(folder / DEMONSTRATION) if shown and database is None else database or ""
    return Served(database=chosen, folder=str(folder), origin=origin, is_demonstration=shown)


def _own_origin(host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    name = "localhost" if _is_local(host) or _is_any(host) else name
    return f"http://{name}" if port == HTTP else f"http://{name}:{port}"  # as browsers write it


def _check_host(host: str, origin: str) -> None:
    """Other machines may reach the program only where browsers come by HTTPS."""
    if not _is_local(host) and not origin.startswith("https://"):
        raise Refusal(
            f"At --host {host} other machines reach the program, and without HTTPS everybody on "
            "the way could read along. Remedy: leave --host away, put a proxy with HTTPS before "
            "the program (nginx, Caddy), and name its address with --origin https://clinic.example."
        )


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_any(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
