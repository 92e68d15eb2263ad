"""The owner's own account by its pages."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import msgspec
from pyotp.totp import TOTP

from kinechain.service.clinic.entry import Client
from tests.support.web import PASSWORD, SESSION, Browser, Web, open_web

NEW = "lantern gravel otter"


def key_of(page: str) -> tuple[str, str]:
    """Seed and key, as the page shows them."""
    seed = re.search(r'name="seed" value="([0-9a-f]{32})"', page)
    key = re.search(r'class="key">([A-Z2-7 ]+)<', page)
    assert seed, "no seed"
    assert key, "no key"
    return seed[1], key[1].replace(" ", "")


def set_up(web: Web, browser: Browser) -> tuple[TOTP, list[str]]:
    seed, key = key_of(browser.get("/account/second-factor").text)
    device = TOTP(key)
    fields = {"seed": seed, "code": device.at(web.clock.now), "password": PASSWORD}
    answer = browser.submit("/account/second-factor", fields)
    assert answer.status_code == 200
    return device, re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text)


def test_the_page_names_the_owner_and_the_roles(web: Web) -> None:
    page = web.as_("administrator").get("/account").text
    assert "administrator" in page
    assert "Off." in page


def test_changing_the_password(web: Web) -> None:
    browser, elsewhere = web.as_("clinician"), web.browser()
    elsewhere.sign_in("clinician")
    before = browser.cookies[SESSION]
    answer = browser.submit("/account/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert answer.headers["location"] == "/account?done=password"
    assert browser.cookies[SESSION] != before
    assert "is changed" in browser.get(answer.headers["location"]).text
    assert elsewhere.get("/worklist").headers["location"] == "/sign-in"
    assert web.browser().sign_in("clinician", NEW).status_code == 303


def test_what_is_wrong_with_a_password_is_said(web: Web) -> None:
    browser = web.as_("clinician")
    for fields, words in (
        ({"old": "wrong", "new": NEW, "again": NEW}, "present password is not right"),
        ({"old": PASSWORD, "new": NEW, "again": NEW + "x"}, "differently"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "12 to 200"),
        ({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "is the old one"),
    ):
        answer = browser.submit("/account/password", fields)
        assert answer.status_code == 422
        assert words in unescape(answer.text)
        assert NEW not in answer.text
    assert web.browser().sign_in("clinician").status_code == 303


def test_setting_up_the_second_factor(web: Web) -> None:
    browser, elsewhere = web.as_("clinician"), web.browser()
    elsewhere.sign_in("clinician")
    page = browser.get("/account/second-factor").text
    assert 'src="data:image/svg+xml;' in page
    device, codes = set_up(web, browser)
    assert len(codes) == 8
    assert "On." in browser.get("/account").text
    assert not any(one in browser.get("/account").text for one in codes), "shown once"
    assert elsewhere.get("/worklist").headers["location"] == "/sign-in"
    web.clock.pass_(seconds=30)
    newcomer = web.browser()
    newcomer.sign_in("clinician")
    assert newcomer.submit("/sign-in/code", {"code": codes[0]}).headers["location"] == "/"
    newcomer = web.browser()
    newcomer.sign_in("clinician")
    code = device.at(web.clock.now)
    assert newcomer.submit("/sign-in/code", {"code": code}).headers["location"] == "/"


def test_the_second_factor_asks_for_the_password_and_a_right_code(web: Web) -> None:
    browser = web.as_("clinician")
    seed, key = key_of(browser.get("/account/second-factor").text)
    right = TOTP(key).at(web.clock.now)
    for code, password, words in (("000000", PASSWORD, "code is not right"),
                                  (right, "wrong", "password is not right")):  # fmt: skip
        answer = browser.submit(
            "/account/second-factor", {"seed": seed, "code": code, "password": password}
        )
        assert answer.status_code == 422
        assert words in answer.text
        assert key_of(answer.text) == (seed, key), "the same key is shown again"
    assert "Off." in browser.get("/account").text


def test_a_key_of_another_account_gives_no_code(web: Web) -> None:
    """The seed comes back from the page; what is made from it belongs to the account."""
    seed, key = key_of(web.as_("therapist").get("/account/second-factor").text)
    fields = {"seed": seed, "code": TOTP(key).at(web.clock.now), "password": PASSWORD}
    assert web.as_("clinician").submit("/account/second-factor", fields).status_code == 422


def test_ending_the_other_sessions(web: Web) -> None:
    browser, elsewhere = web.as_("clinician"), web.browser()
    elsewhere.sign_in("clinician")
    answer = browser.submit("/account/sessions")
    assert "have ended" in browser.get(answer.headers["location"]).text
    assert elsewhere.get("/worklist").headers["location"] == "/sign-in"
    assert browser.get("/worklist").status_code == 200


def test_an_administrator_without_second_factor_can_only_set_it_up(tmp_path: Path) -> None:
    with open_web(tmp_path, need_second_factor=frozenset({"administrator"})) as web:
        with web.store.writing("tests") as tx:
            both = msgspec.structs.replace(web.users["administrator"],
                                           roles=("administrator", "clinician"))  # fmt: skip
            tx.users.change(both)
        browser = web.as_("administrator")
        assert browser.get("/worklist").headers["location"] == "/account"
        assert browser.get("/sign-in").headers["location"] == "/account"
        assert "needs a second factor" in browser.get("/account").text
        set_up(web, browser)
        assert browser.get("/worklist").status_code == 200
        assert web.as_("therapist").get("/worklist").status_code == 200


def test_a_password_from_somebody_else_has_to_be_changed_first(web: Web) -> None:
    web.accounts.reset(web.users["clinician"], NEW, actor="tests", keep_second_factor=True)
    browser = web.browser()
    browser.sign_in("clinician", NEW)
    for path in ("/worklist", f"/persons/{web.person}"):
        assert browser.get(path).headers["location"] == "/account"
    assert browser.submit_json("/api/v1/persons", {"label": "x"}).status_code == 403
    assert "Choose your own" in browser.get("/account").text
    fields = {"old": NEW, "new": "willow copper tram", "again": "willow copper tram"}
    browser.submit("/account/password", fields)
    assert browser.get("/worklist").status_code == 200


def test_words_in_the_address_are_not_shown(web: Web) -> None:
    page = web.as_("clinician").get("/account?done=<b>You were hacked</b>").text
    assert "hacked" not in page


def test_an_account_that_is_gone_meanwhile(web: Web) -> None:
    entry = web.accounts.sign_in("clinician", PASSWORD, Client("192.0.2.7"))
    with web.store.writing("tests") as tx:
        tx.sessions.delete_of_user(web.users["clinician"].id)
    browser = web.browser()
    browser.cookies.set(SESSION, entry.token, domain="clinic.example", path="/")
    assert browser.get("/account").headers["location"] == "/sign-in"
