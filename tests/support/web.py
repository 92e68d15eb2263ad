"""The clinic's pages for tests: a database of their own, an account of every role, a patient.

    def test_something(web: Web) -> None:
        page = web.as_("clinician").get(f"/persons/{web.person}")
        web.as_("clinician").submit("/some/form", {"field": "value"})   # with Origin and token

`web` is a fixture of tests/unit/web; elsewhere call `open_web(tmp_path)`. The address is HTTPS,
the clock stands still until `web.clock.now` is set, and hashing passwords costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

import msgspec
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from kinechain.domain.record import ROLES, Role, User
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service.clinic.accounts import Accounts
from kinechain.service.clinic.links import Links
from kinechain.service.clinic.records import NewFact, Records
from kinechain.service.clinic.tokens import Sources, digest_of
from kinechain.store import Store, open_store
from kinechain.web.application import create_app
from kinechain.web.settings import Settings
from tests.support.accounts import CHEAP, PASSWORD, SECRET, StillClock
from tests.support.clinic import new_address

ORIGIN = "https://clinic.example"
SESSION, STAY, DEVICE = "__Host-session", "__Host-stay", "__Host-device"

Kind = Literal["nobody", "clinician", "therapist", "administrator", "patient", "locked",
               "expired", "password_stage"]  # fmt: skip
KINDS: tuple[Kind, ...] = ("nobody", "clinician", "therapist", "administrator", "patient",
                           "locked", "expired", "password_stage")  # fmt: skip


@cache
def knowledge() -> Knowledge:
    """The shipped knowledge, read once."""
    return load_knowledge()


class Browser(TestClient):
    """A browser at the clinic's address; it follows no redirect by itself."""

    def __init__(self, web: Web, network: str = "192.0.2.7") -> None:
        super().__init__(web.app, base_url=web.settings.origin, follow_redirects=False,
                         client=(network, 50000))  # fmt: skip
        self.web = web

    @property
    def csrf(self) -> str:
        """The token that this browser's forms carry; empty without a session."""
        with self.web.store.reading() as tx:
            for name in (SESSION, STAY, "session", "stay"):
                found = tx.sessions.get(digest_of(self.cookies.get(name, "")))
                if found is not None:
                    return found.csrf
        return ""

    def submit(
        self, path: str, fields: Mapping[str, Any] | None = None, method: str = "POST", **more: Any
    ) -> Response:
        """Send a form as a page of the clinic does."""
        headers = {
            "Origin": self.web.settings.origin,
            "Sec-Fetch-Site": "same-origin",
            **more.pop("headers", {}),
        }
        form = {"csrf": self.csrf, **(fields or {})}
        return self.request(method, path, data=form, headers=headers, **more)

    def submit_json(self, path: str, content: Any, method: str = "POST", **more: Any) -> Response:
        """Send JSON as a script of the clinic's pages does."""
        headers = {
            "Origin": self.web.settings.origin,
            "Sec-Fetch-Site": "same-origin",
            "X-CSRF-Token": self.csrf,
            **more.pop("headers", {}),
        }
        return self.request(method, path, json=content, headers=headers, **more)

    def sign_in(self, name: str, password: str = PASSWORD) -> Response:
        """Send name and password."""
        return self.submit("/sign-in", {"name": name, "password": password})


@dataclass
class Web:
    """An application with everything that it needs.

    Attributes
    ----------
    person, other
        Ids of two persons; the patient's link is for the first.
    users
        An account for each role, named as the role.
    """

    app: FastAPI
    store: Store
    clock: StillClock
    sources: Sources
    settings: Settings
    person: str
    other: str
    users: dict[Role, User]
    _browsers: dict[Kind, Browser] = field(default_factory=dict)

    @property
    def accounts(self) -> Accounts:
        """The accounts, as the application uses them."""
        return self.app.state.clinic.accounts

    @property
    def links(self) -> Links:
        """The links, as the application uses them."""
        return self.app.state.clinic.links

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.store.close()

    def browser(self, network: str = "192.0.2.7") -> Browser:
        """A browser that nobody has used."""
        return Browser(self, network)

    def as_(self, kind: Kind) -> Browser:
        """The browser of such a visitor, the same one at each call."""
        if kind not in self._browsers:
            self._browsers[kind] = self._opened(kind)
        return self._browsers[kind]

    def forget(self, kind: Kind) -> None:
        """Let the next such visitor come with a new session."""
        self._browsers.pop(kind, None)

    def _opened(self, kind: Kind) -> Browser:
        browser = self.browser()
        if kind == "nobody":
            return browser
        if kind == "patient":
            stay = self.links.open(self.links.give(self.person, self.users["clinician"].id).token)
            assert stay is not None
            browser.cookies.set(STAY, stay, domain="clinic.example", path="/")
            return browser
        role: Role = kind if kind in ROLES else "clinician"
        name = kind if kind in ROLES else f"{kind} one"
        if kind not in ROLES:
            self.accounts.add(name, (role,), PASSWORD)
        assert browser.sign_in(name).status_code == 303
        if kind in ("locked", "expired", "password_stage"):
            self._spoil(kind, name, browser)
        return browser

    def _spoil(self, kind: Kind, name: str, browser: Browser) -> None:
        digest = digest_of(browser.cookies[SESSION])
        with self.store.writing("tests") as tx:
            user = tx.users.by_name(name)
            assert user is not None
            if kind == "locked":
                tx.users.change(msgspec.structs.replace(user, is_locked=True))
            elif kind == "expired":
                tx.sessions.touch(digest, seen_at=self.clock.now, expires_at=self.clock.now)
            else:
                tx.sessions.touch(digest, seen_at=self.clock.now, stage="password",
                                  expires_at=self.clock.now + timedelta(minutes=10))  # fmt: skip


def open_web(folder: Path, **settings: Any) -> Web:
    """An application with a new database in a folder."""
    clock = StillClock()
    sources = Sources(now=clock)
    store = open_store(new_address("sqlite", folder), clock=clock)
    chosen = Settings(**{"database_url": store.where, "secret": SECRET, "origin": ORIGIN,
                         **settings})  # fmt: skip
    app = create_app(chosen, store, knowledge(), sources=sources, passwords=CHEAP)
    accounts: Accounts = app.state.clinic.accounts
    users = {role: accounts.add(role, (role,), PASSWORD, display_name=role) for role in ROLES}
    records = Records(store, sources)
    pain = NewFact("pain", {"site": "knee", "intensity": 6})
    first, second = (
        records.begin(label, users["clinician"].id, facts=[pain]).id for label in ("First", "Other")
    )
    return Web(app, store, clock, sources, chosen, first, second, users)
