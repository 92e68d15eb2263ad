"""A clinic on a free port and a browser that looks at it, for the tests of the pages.

The browser is the one that Debian calls chromium; nothing is downloaded. It cannot reach any
other host, and whatever a page complains about in its console makes the test fail.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from ipaddress import ip_network
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import yaml

from kinechain.service.clinic.accounts import Accounts, Client
from kinechain.service.clinic.assessments import Assessments
from kinechain.service.clinic.demonstration import facts_of
from kinechain.service.clinic.records import NewFact, Records
from kinechain.store import Store, open_store
from kinechain.web.application import create_app
from kinechain.web.clinic import Clinic
from kinechain.web.settings import Settings
from tests.house.tree import SOURCE
from tests.support.web import CHEAP, PASSWORD, SECRET, knowledge

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
ZOOMED = {"width": 640, "height": 450}
"""What is left of the desk's window at 200 %."""

DRAWS = 2
"""Few draws: the intervals of these cases are for looking at."""

ACCOUNT, OTHER, ADMINISTRATOR = "anna", "berta", "carla"
CASES = SOURCE / "examples" / "demonstration"
PATIENCE_S = 30.0
ABORTED = ("htmx:sendAbort", "htmx:afterRequest, ")
"""What HTMX says when a newer question takes the place of one on its way, as it should."""

_networks = count(2)


def program() -> str | None:
    """The browser of this machine."""
    given = os.environ.get("KINECHAIN_BROWSER")
    return given or next((found for name in NAMES if (found := shutil.which(name))), None)


def missing() -> str:
    """Why no page can be looked at here; empty when it can."""
    if find_spec("playwright") is None or find_spec("axe_playwright_python") is None:
        return "no browser test: playwright is not installed (make test installs it)"
    if program() is None:
        return "no browser test: chromium is not installed (apt install chromium)"
    return ""


def other_network() -> str:
    """An address that no test came from before: none uses up the tries of another."""
    number = next(_networks)
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


class Site:
    """A clinic that is served; its store can be asked what was kept.

    Parameters
    ----------
    folder
        For its database.
    """

    def __init__(self, folder: Path) -> None:
        address = folder / "clinic.sqlite"
        self.store: Store = open_store(address, create=True)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        # Each browser names an address of its own, as behind a proxy.
        proxies = (ip_network("127.0.0.1"),)
        settings = Settings(str(address), SECRET, self.origin, trusted_proxies=proxies)
        self.app = create_app(settings, self.store, knowledge(), passwords=CHEAP)
        self.clinic: Clinic = self.app.state.clinic
        self.records = Records(self.store, self.clinic.sources)
        self.assessments = Assessments(self.store, knowledge(), self.clinic.sources)
        self.persons: dict[str, str] = {}
        config = uvicorn.Config(self.app, log_level="error", access_log=False, proxy_headers=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))

    @property
    def accounts(self) -> Accounts:
        """The accounts, as the server uses them."""
        return self.clinic.accounts

    def start(self) -> None:
        """Serve."""
        self._thread.start()
        end = time.monotonic() + PATIENCE_S
        while not self._server.started:
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        """End, and close the store."""
        self._server.should_exit = True
        self._thread.join(PATIENCE_S)
        self._socket.close()

    def furnish(self, names: Iterable[str] | None = None, draws: int | None = DRAWS) -> None:
        """Accounts, and demonstration patients; all of them by default."""
        roles: dict[str, tuple[Any, ...]] = {
            ACCOUNT: ("clinician",), OTHER: ("clinician",), ADMINISTRATOR: ("administrator",),
        }  # fmt: skip
        for name, held in roles.items():
            self.accounts.add(name, held, PASSWORD, display_name=name.title())
        for name in names or sorted(path.stem for path in CASES.glob("*.yaml")):
            self.persons[name] = self.published(name, draws=draws)
        self.persons["empty"] = self.person("Nothing recorded yet")

    def published(self, name: str, label: str = "", draws: int | None = DRAWS) -> str:
        """The id of a new person with the record of a published case, assessed."""
        content = yaml.safe_load((CASES / f"{name}.yaml").read_text("utf-8"))
        return self.person(label or content["name"], facts_of(content["record"]), draws)

    def person(
        self, label: str, facts: list[NewFact] | None = None, draws: int | None = DRAWS
    ) -> str:
        """The id of a new person; with facts, assessed."""
        made = self.records.begin(label, "command:tests", is_demonstration=True, facts=facts or [])
        if facts:
            with self.store.reading() as tx:
                record = self.records.read(tx, made.id)
            assert record is not None
            self.assessments.make(record, "command:tests", draws=draws, waiting_for_review=True)
        return made.id

    def link(self, person: str) -> str:
        """The secret part of a new link for a patient."""
        return self.clinic.links.give(person, "command:tests").token

    def stay(self, person: str) -> Any:
        """The cookie of a patient who has opened a link."""
        token = self.clinic.links.open(self.link(person))
        assert token is not None
        return {"name": "stay", "value": token, "url": self.origin, "httpOnly": True,
                "sameSite": "Lax"}  # fmt: skip

    def cookie(self, name: str = ACCOUNT) -> Any:
        """The cookie of a new session, for a browser."""
        entry = self.accounts.sign_in(name, PASSWORD, Client(other_network()))
        assert entry.outcome == "in", entry
        return {"name": "session", "value": entry.token, "url": self.origin, "httpOnly": True,
                "sameSite": "Lax"}  # fmt: skip


@dataclass
class Watch:
    """What a page must not do: complain, break the policy, ask another host.

    Attributes
    ----------
    origin
        The only place that a page may ask.
    found
        What was seen.
    expected
        Parts of complaints that the test brings about itself.
    """

    origin: str
    found: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def follow(self, context: Any) -> None:
        """Look at all pages of a browser context, also those that are opened later."""
        context.on("console", self._said)
        context.on("weberror", lambda one: self.found.append(f"script: {one.error}"))
        context.on("request", self._asked)

    def expect(self, *parts: str) -> None:
        """Let complaints with one of these parts pass."""
        self.expected += parts

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(ABORTED):
            self.found.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.found.append(f"asked another host: {request.url}")

    def complaints(self) -> list[str]:
        """What was seen and not expected."""
        return [one for one in self.found if not any(part in one for part in self.expected)]


@contextlib.contextmanager
def opened(browser: Any, site: Site, watch: Watch, **options: Any) -> Iterator[Any]:
    """A page of a browser of its own: nothing of another test is in it."""
    settings = {"viewport": DESK, "locale": "en-GB", "timezone_id": "UTC", **options}
    context = browser.new_context(
        base_url=site.origin, extra_http_headers={"X-Forwarded-For": other_network()}, **settings
    )
    context.set_default_timeout(1000 * PATIENCE_S)
    watch.follow(context)
    try:
        yield context.new_page()
    finally:
        context.close()


def skip_without_browser() -> None:
    """Skip, by name and with the reason, where no page can be looked at."""
    reason = missing()
    if reason:
        pytest.skip(reason)


def expect(thing: Any) -> Any:
    """Playwright's assertions, which wait; longer than usual, for a machine that has much to do."""
    from playwright.sync_api import expect as asserted

    asserted.set_options(timeout=1000 * PATIENCE_S)
    return asserted(thing)
