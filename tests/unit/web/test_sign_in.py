"""Signing in and out by the pages: cookies, sessions, what a browser keeps."""

from __future__ import annotations

from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from httpx2 import Response
from pyotp.totp import TOTP

from kinechain.service.clinic.own_account import OwnAccount
from kinechain.service.clinic.tokens import digest_of
from tests.support.web import DEVICE, ORIGIN, PASSWORD, SESSION, STAY, Browser, Web, open_web


def cookies(answer: Response) -> SimpleCookie:
    found = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        found.load(line)
    return found


def with_second_factor(web: Web) -> TOTP:
    own, owner = OwnAccount(web.accounts), web.users["clinician"]
    seed, key, _ = own.new_second_factor(owner)
    device = TOTP(key)
    own.keep_second_factor(owner, seed, device.at(web.clock.now))
    web.clock.pass_(seconds=30)
    return device


def test_signing_in_leads_to_the_worklist(web: Web) -> None:
    browser = web.browser()
    answer = browser.sign_in("clinician")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get("/").headers["location"] == "/worklist"
    assert browser.get("/sign-in").headers["location"] == "/"


@pytest.mark.parametrize("name", [SESSION, DEVICE])
def test_no_script_reads_a_cookie_and_no_other_site_sends_it(web: Web, name: str) -> None:
    given = cookies(web.browser().sign_in("clinician"))[name]
    assert given["httponly"]
    assert given["secure"]
    assert given["samesite"].lower() == "lax"
    assert given["path"] == "/"
    assert given["domain"] == "", "a cookie of __Host- has none, so no neighbour can set it"


def test_the_session_ends_with_the_browser_and_the_device_is_remembered(web: Web) -> None:
    given = cookies(web.browser().sign_in("clinician"))
    assert given[SESSION]["max-age"] == ""
    assert int(given[DEVICE]["max-age"]) > 300 * 24 * 3600


def test_without_https_the_cookies_have_plain_names(tmp_path: Path) -> None:
    with open_web(tmp_path, origin="http://localhost:8000") as web:
        browser = web.browser()
        given = cookies(browser.sign_in("clinician"))
        assert set(given) == {"session", "device"}
        assert not given["session"]["secure"]
        assert browser.get("/worklist").status_code == 200


def test_a_wrong_password_and_a_wrong_name_look_the_same(web: Web) -> None:
    wrong = web.browser().sign_in("clinician", "wrong")
    nobody = web.browser().sign_in("clinicias", "wrong")
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.text.replace('"clinician"', "") == nobody.text.replace('"clinicias"', "")
    assert "set-cookie" not in wrong.headers


def test_a_token_that_was_planted_is_not_taken_over(web: Web) -> None:
    """Session fixation: neither one that was made up nor one of the attacker's own."""
    attacker = web.browser()
    attacker.sign_in("therapist")
    for planted in ("made up", attacker.cookies[SESSION]):
        browser = web.browser()
        browser.cookies.set(SESSION, planted, domain="clinic.example", path="/")
        browser.submit("/sign-in", {"name": "clinician", "password": PASSWORD})
        tokens = [one.value for one in browser.cookies.jar if one.name == SESSION]
        assert planted not in tokens
        with web.store.reading() as tx:
            assert tx.sessions.get(digest_of(planted)) is None


def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(web: Web) -> None:
    browser, thief = web.as_("clinician"), web.browser()
    thief.cookies.set(SESSION, browser.cookies[SESSION], domain="clinic.example", path="/")
    assert thief.get("/worklist").status_code == 200
    answer = browser.submit("/sign-out")
    assert cookies(answer)[SESSION]["max-age"] == "0"
    assert thief.get("/worklist").headers["location"] == "/sign-in"


def test_a_session_that_is_left_alone_ends(web: Web) -> None:
    browser = web.as_("clinician")
    web.clock.pass_(minutes=29)
    assert browser.get("/worklist").status_code == 200
    web.clock.pass_(minutes=31)
    assert browser.get("/worklist").headers["location"] == "/sign-in"


def test_a_script_of_a_page_is_sent_to_the_sign_in_as_a_whole(web: Web) -> None:
    answer = web.browser().get("/worklist", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")
    assert answer.text == ""


def test_the_second_factor_by_the_pages(web: Web) -> None:
    device, browser = with_second_factor(web), web.browser()
    assert browser.sign_in("clinician").headers["location"] == "/sign-in/code"
    half = browser.cookies[SESSION]
    assert DEVICE not in browser.cookies
    assert browser.get("/worklist").headers["location"] == "/sign-in/code"
    wrong = browser.submit("/sign-in/code", {"code": "000000"})
    assert wrong.status_code == 401
    answer = browser.submit("/sign-in/code", {"code": device.at(web.clock.now)})
    assert answer.status_code == 303
    assert browser.cookies[SESSION] != half
    assert browser.get("/worklist").status_code == 200


def test_the_code_cannot_be_sent_without_the_password(web: Web) -> None:
    device = with_second_factor(web)
    answer = web.browser().submit("/sign-in/code", {"code": device.at(web.clock.now)})
    assert answer.headers["location"] == "/sign-in"


def test_too_many_attempts_are_told_when_to_come_again(web: Web) -> None:
    browser = web.browser("203.0.113.4")
    answers = [browser.sign_in("clinician", "wrong") for _ in range(6)]
    assert [one.status_code for one in answers] == [401] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) == 61
    assert "2 minutes" in answers[-1].text
    assert web.browser().sign_in("clinician").status_code == 303


def test_a_known_browser_gets_in_while_others_try(web: Web) -> None:
    browser = web.browser("203.0.113.4")
    browser.sign_in("clinician")
    browser.submit("/sign-out")
    stranger = web.browser("203.0.113.4")
    for _ in range(6):
        stranger.sign_in("clinician", "wrong")
    assert stranger.sign_in("clinician").status_code == 429
    assert browser.sign_in("clinician").status_code == 303


def opened(web: Web, browser: Browser) -> None:
    """A patient's stay on a browser."""
    stay = web.links.open(web.links.give(web.person, web.users["clinician"].id).token)
    browser.cookies.set(STAY, stay or "", domain="clinic.example", path="/")


def test_signing_in_on_a_patients_tablet_ends_the_patients_stay(web: Web) -> None:
    browser = web.browser()
    opened(web, browser)
    stay = browser.cookies[STAY]
    browser.sign_in("clinician")
    assert web.links.find(stay) is None
    assert browser.get("/").headers["location"] == "/worklist"


def test_a_stay_that_has_ended_is_told_and_not_sent_to_the_sign_in(web: Web) -> None:
    browser = web.browser()
    opened(web, browser)
    web.clock.pass_(hours=5)
    answer = browser.get("/worklist")
    assert answer.status_code == 410
    assert "new link" in answer.text


def test_nothing_of_the_sign_in_is_in_an_address(web: Web) -> None:
    browser = web.browser()
    for answer in (browser.sign_in("clinician", "wrong"), browser.sign_in("clinician")):
        assert "clinician" not in answer.headers.get("location", "")
        assert str(answer.url) == f"{ORIGIN}/sign-in"
