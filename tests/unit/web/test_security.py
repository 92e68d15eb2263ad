"""Requests from elsewhere, other hosts, proxies, and the settings that say which is which."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from kinechain.web.security.csrf import is_foreign
from kinechain.web.security.proxies import OwnAddress
from kinechain.web.settings import (
    Settings,
    SettingsError,
    read_proxies,
    read_second_factor,
    read_secret,
)
from tests.support.routes import Known, routes
from tests.support.web import ORIGIN, PASSWORD, SESSION, STAY, Kind, Web, open_web

OWN = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
EVIL = "https://evil.example"


def changing(web: Web, kind: Kind) -> list[Known]:
    """The routes for changing something that such a visitor may use."""
    from kinechain.web.security.access import ACCESS

    return [one for one in routes(web.app) if one.changes and kind in ACCESS[one.name]]


# -- requests from elsewhere ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["clinician", "administrator", "patient"])
@pytest.mark.parametrize("headers", [
    {"Origin": EVIL}, {"Origin": "null"}, {"Origin": ORIGIN + ".evil.example"},
    {"Origin": ORIGIN.replace("https", "http")}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"}, {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
    {"Origin": EVIL, "Sec-Fetch-Site": "same-origin"},
])  # fmt: skip
def test_another_site_changes_nothing_even_with_the_token(
    web: Web, kind: Kind, headers: dict[str, str]
) -> None:
    browser = web.as_(kind)
    token = browser.csrf
    for route in changing(web, kind)[:: 1 if headers == {"Origin": EVIL} else 9]:
        answer = browser.request(
            route.method, route.address({"person": web.person}), data={"csrf": token},
            headers={**headers, "X-CSRF-Token": token},
        )  # fmt: skip
        assert answer.status_code == 403, route


@pytest.mark.parametrize("kind", ["clinician", "patient"])
def test_without_the_token_of_this_session_nothing_changes(web: Web, kind: Kind) -> None:
    browser, other = web.as_(kind), web.as_("administrator").csrf
    for route in changing(web, kind):
        for token in (None, "", "x", other, browser.cookies.get(SESSION, "")):
            address = route.address({"person": web.person})
            form = {} if token is None else {"csrf": token}
            answer = browser.request(route.method, address, data=form, headers=OWN)
            assert answer.status_code == 403, (route, token)
    last = changing(web, kind)[0]
    for content in ({"csrf": browser.csrf}, {}):  # JSON brings it in a header
        answer = browser.request(last.method, last.address({}), json=content, headers=OWN)
        assert answer.status_code == 403


def test_a_token_in_the_address_does_not_count(web: Web) -> None:
    browser = web.as_("clinician")
    assert browser.post(f"/sign-out?csrf={browser.csrf}", headers=OWN).status_code == 403
    assert browser.get("/account").status_code == 200


def test_a_token_as_a_file_or_twice_does_not_help(web: Web) -> None:
    browser = web.as_("clinician")
    file = browser.post("/sign-out", files={"csrf": ("x", browser.csrf)}, headers=OWN)
    assert file.status_code == 403
    wrong = browser.post("/sign-out", data={"csrf": browser.csrf},
                         headers={**OWN, "X-CSRF-Token": "x"})  # fmt: skip
    assert wrong.status_code == 403


def test_another_site_cannot_sign_somebody_in_to_its_own_account(web: Web) -> None:
    form = {"name": "clinician", "password": PASSWORD}
    for headers in ({"Origin": EVIL}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}, {}):
        answer = web.browser().post("/sign-in", data=form, headers=headers)
        assert answer.status_code == 403, headers
        assert "set-cookie" not in answer.headers
    for headers in ({"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin"}):
        assert web.browser().post("/sign-in", data=form, headers=headers).status_code == 303


def test_another_site_may_link_to_a_page_but_not_fetch_or_embed_it(web: Web) -> None:
    browser = web.as_("clinician")
    for site in ("cross-site", "same-site"):
        link = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
        assert browser.get("/worklist", headers=link).status_code == 200
        for mode in ("no-cors", "cors", "same-origin", "websocket"):
            sneaky = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}
            assert browser.get("/worklist", headers=sneaky).status_code == 403


def test_no_get_request_signs_out_or_changes_anything(web: Web) -> None:
    browser = web.as_("clinician")
    for route in routes(web.app):
        if route.changes:
            browser.get(route.address({"person": web.person}), params={"csrf": browser.csrf})
    assert browser.get("/account").status_code == 200
    with web.store.reading() as tx:
        assert len(tx.facts.history(web.person)) == 1


def test_each_session_has_a_token_of_its_own(web: Web) -> None:
    tokens = [web.as_(kind).csrf for kind in ("clinician", "therapist", "patient")]
    again = web.browser()
    again.sign_in("clinician")
    assert len({*tokens, again.csrf}) == 4
    assert all(len(one) == 64 for one in tokens)


@pytest.mark.parametrize(("method", "headers", "foreign"), [
    ("GET", {}, False), ("POST", {}, False),
    ("POST", {"origin": ORIGIN, "sec-fetch-site": "same-origin"}, False),
    ("POST", {"origin": ORIGIN, "sec-fetch-site": "none"}, False),
    ("POST", {"origin": "null", "sec-fetch-site": "same-origin"}, True),
    ("DELETE", {"origin": EVIL}, True), ("PATCH", {"sec-fetch-site": "unknown"}, True),
    ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, False),
    ("GET", {"sec-fetch-site": "cross-site"}, True),
])  # fmt: skip
def test_what_the_browser_says(method: str, headers: dict[str, str], foreign: bool) -> None:
    assert is_foreign(method, Headers(headers), ORIGIN) is foreign


# -- hosts and proxies ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "clinic.example.evil.example",
        "clinic.example:8080",
        "",
        "evil.example/clinic.example",
        "clinic.example@evil.example",
        "127.0.0.1",
        "clinic.example:",
    ],
)
def test_another_host_is_refused_and_gets_into_no_address(web: Web, host: str) -> None:
    for path in ("/", "/worklist", "/sign-in", "/static/clinic.css", "/api/v1/persons"):
        answer = web.as_("clinician").get(path, headers={"Host": host})
        assert answer.status_code == 421
        assert "evil" not in answer.text + str(answer.headers)
        assert ORIGIN in answer.text, "it says where the program is"


@pytest.mark.parametrize("host", ["clinic.example", "CLINIC.example", "clinic.example:443"])
def test_the_own_host_is_known_however_it_is_written(web: Web, host: str) -> None:
    assert web.as_("nobody").get("/sign-in", headers={"Host": host}).status_code == 200


def test_what_says_another_host_is_not_believed(web: Web) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http",
               "Forwarded": "host=evil.example", "X-Original-URL": "/worklist",
               "X-Rewrite-URL": "/worklist", "X-HTTP-Method-Override": "DELETE"}  # fmt: skip
    answer = web.as_("nobody").get("/", headers=headers)
    assert answer.headers["location"] == "/sign-in"
    assert "evil" not in answer.text


def client_behind(proxies: tuple[str, ...], address: str, *told: str) -> str:
    """The address that the routes see."""
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        client = Request(scope).client
        seen.append(client.host if client else "")
        await PlainTextResponse("")(scope, receive, send)

    async def nothing(*_: Any) -> Any:
        return {"type": "http.request", "body": b""}

    import asyncio

    networks = tuple(ip_network(one) for one in proxies)
    guarded = OwnAddress(app, origin=ORIGIN, proxies=networks)
    headers = [(b"host", b"clinic.example")]
    headers += [(b"x-forwarded-for", one.encode("latin-1")) for one in told]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers,
             "client": (address, 1), "query_string": b""}  # fmt: skip
    asyncio.run(guarded(scope, nothing, nothing))
    return seen[0]


@pytest.mark.parametrize(("proxies", "address", "told", "client"), [
    ((), "203.0.113.1", ("192.0.2.7",), "203.0.113.1"),
    (("127.0.0.1",), "203.0.113.1", ("192.0.2.7",), "203.0.113.1"),
    (("127.0.0.1",), "127.0.0.1", ("192.0.2.7",), "192.0.2.7"),
    (("127.0.0.1",), "127.0.0.1", (), "127.0.0.1"),
    # What the client wrote itself stands before what the proxy added.
    (("127.0.0.1",), "127.0.0.1", ("10.9.9.9, 192.0.2.7",), "192.0.2.7"),
    (("127.0.0.1",), "127.0.0.1", ("10.9.9.9", "192.0.2.7"), "192.0.2.7"),
    (("127.0.0.1",), "127.0.0.1", ("127.0.0.1, 192.0.2.7",), "192.0.2.7"),
    (("127.0.0.1", "10.0.0.0/8"), "127.0.0.1", ("192.0.2.7, 10.1.1.1",), "192.0.2.7"),
    (("127.0.0.1",), "127.0.0.1", ("192.0.2.7, nonsense",), "127.0.0.1"),
    (("127.0.0.1",), "127.0.0.1", ("192.0.2.7, ",), "127.0.0.1"),
    (("::1",), "::1", ("2001:db8::7",), "2001:db8::7"),
    (("127.0.0.1",), "127.0.0.1", (",".join(["127.0.0.1"] * 5000),), "127.0.0.1"),
])  # fmt: skip
def test_only_what_own_proxies_wrote_counts(
    proxies: tuple[str, ...], address: str, told: tuple[str, ...], client: str
) -> None:
    assert client_behind(proxies, address, *told) == client


def test_a_made_up_address_is_no_new_client(web: Web) -> None:
    """Without configured proxies each request counts for the network that it comes from."""
    browser = web.browser("203.0.113.4")
    form = {"name": "clinician", "password": "wrong"}
    codes = [
        browser.submit("/sign-in", form, headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
        for n in range(7)
    ]
    assert codes == [401] * 5 + [429] * 2


def test_behind_a_proxy_each_client_is_its_own(tmp_path: Path) -> None:
    proxies = (ip_network("203.0.113.4"),)
    with open_web(tmp_path, trusted_proxies=proxies) as web:
        browser = web.browser("203.0.113.4")
        form = {"name": "clinician", "password": "wrong"}
        for _ in range(6):
            browser.submit("/sign-in", form, headers={"X-Forwarded-For": "10.0.0.1"})
        other = {"name": "clinician", "password": PASSWORD}
        answer = browser.submit("/sign-in", other, headers={"X-Forwarded-For": "10.0.0.2"})
        assert answer.status_code == 303


# -- a patient's device -----------------------------------------------------------------------


def test_opening_a_link_signs_the_clinician_out_on_that_device(web: Web) -> None:
    """The tablet is handed over: the worklist must not be one press away."""
    tablet = web.browser()
    tablet.sign_in("clinician")
    session = tablet.cookies[SESSION]
    token = web.links.give(web.person, web.users["clinician"].id).token
    tablet.get(f"/open/{token}")
    assert tablet.submit(f"/open/{token}").status_code == 303
    assert STAY in tablet.cookies
    assert SESSION not in tablet.cookies
    assert tablet.get("/worklist").status_code == 403
    tablet.cookies.set(SESSION, session, domain="clinic.example", path="/")
    assert tablet.get("/worklist").status_code == 403, "it ended on the server too"


def test_a_preview_does_not_use_a_link_up_and_its_address_is_left_behind(web: Web) -> None:
    token = web.links.give(web.person, web.users["clinician"].id).token
    for agent in ("WhatsApp/2", "Slackbot-LinkExpanding 1.0"):
        assert web.browser().get(f"/open/{token}", headers={"User-Agent": agent}).status_code == 200
    phone = web.browser()
    answer = phone.submit(f"/open/{token}")
    assert token not in answer.headers["location"]
    assert token not in phone.get("/intake/consent").text
    assert web.browser().submit(f"/open/{token}").status_code == 410
    assert web.browser().get(f"/open/{token}").status_code == 410


# -- settings ---------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", [
    "clinic.example", "https://clinic.example/", "https://clinic.example/path", "ftp://x",
    "https://Clinic.example", "https://a b", "https://x?y", "https://user@x", "", "https://",
    "https://x:port",
])  # fmt: skip
def test_an_origin_that_is_none_is_refused(origin: str) -> None:
    with pytest.raises(SettingsError, match="origin"):
        Settings("clinic.sqlite", b"x" * 32, origin)


@pytest.mark.parametrize(("origin", "https", "local"), [
    ("https://clinic.example", True, False), ("http://localhost:8000", False, True),
    ("http://127.0.0.1:8000", False, True), ("http://[::1]:8000", False, True),
    ("http://localhost.evil.example", False, False), ("http://10.0.0.5:8000", False, False),
])  # fmt: skip
def test_what_an_origin_says(origin: str, https: bool, local: bool) -> None:
    settings = Settings("clinic.sqlite", b"x" * 32, origin)
    assert (settings.https, settings.is_local) == (https, local)


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="32 characters"):
        Settings("clinic.sqlite", b"short", ORIGIN)
    with pytest.raises(SettingsError, match="32 characters"):
        read_secret({"KINECHAIN_SECRET": "short"}, tmp_path)


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    first = read_secret({}, folder)
    assert len(first) >= 48
    assert read_secret({}, folder) == first
    assert (folder / "secret").stat().st_mode & 0o077 == 0
    assert [one.name for one in folder.iterdir()] == ["secret"]


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("x" * 48)
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        read_secret({"KINECHAIN_SECRET_FILE": str(file)}, tmp_path)
    file.chmod(0o600)
    assert read_secret({"KINECHAIN_SECRET_FILE": str(file)}, tmp_path) == b"x" * 48


def test_a_message_never_repeats_the_secret(tmp_path: Path) -> None:
    for environment in ({"KINECHAIN_SECRET": "hush"},
                        {"KINECHAIN_SECRET_FILE": str(tmp_path / "missing")}):  # fmt: skip
        with pytest.raises(SettingsError) as error:
            read_secret(environment, tmp_path)
        assert "hush" not in str(error.value)
    settings = Settings("postgresql://clinic:hush@db/clinic", b"hush" * 10, ORIGIN)
    assert "hush" not in repr(settings) + str(settings)


@pytest.mark.parametrize("value", ["everything", "10.0.0.1/8", "0.0.0.0/0", "::/0", "1.2.3"])
def test_proxies_that_are_none_are_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="TRUSTED_PROXIES"):
        read_proxies({"KINECHAIN_TRUSTED_PROXIES": value})


def test_who_needs_a_second_factor() -> None:
    name = "KINECHAIN_REQUIRE_SECOND_FACTOR"
    assert read_second_factor({}, "administrators") == {"administrator"}
    assert read_second_factor({name: "nobody"}, "administrators") == frozenset()
    assert "clinician" in read_second_factor({name: "everybody"}, "nobody")
    with pytest.raises(SettingsError, match=name):
        read_second_factor({name: "yes"}, "nobody")
