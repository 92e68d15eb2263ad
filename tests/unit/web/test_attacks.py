"""Hostile text in every field of every route: nothing of it runs, leads away, or is written down.

What each protects against, and the test that fails without it: docs/explanation/threat-model.md.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tinyhtml5
from httpx2 import Response

from kinechain.domain.record import FACT_KEYS
from kinechain.service.clinic.assessments import Assessments
from kinechain.service.clinic.records import NewFact, Records
from kinechain.store import open_store, verify
from kinechain.web.security.access import ACCESS
from tests.support.routes import Known, routes
from tests.support.web import STAY, Kind, Web, open_web

MARK = "7391"
TEXTS = {
    "statements and templates": "' OR '1'='1'); DROP TABLE persons; --{{ 7*7391 }}${7*7391}%_",
    "another header": f"x\r\nX-Injected: {MARK}\r\n\r\n<b>",
    "another site": "//evil.example/\\x",
    "another site, in full": "https://evil.example/x",
    "a file": "../../../../etc/passwd",
    "no character": "a\x00b",
    "a digit that is no number": "²",
    "a huge number": "9" * 400,
    "nothing": "",
}
HOSTILE_HTML = (
    f"\"'><x{MARK} on{MARK}=1><img src=x onerror=y{MARK}></title></script></textarea></style>"
    f"<script>z{MARK}</script><!--c{MARK}--><a href=javascript:w{MARK}>"
)
"""Breaks out of text, attributes of either quote, titles, scripts and comments, if anything can."""

KINDS: tuple[Kind, ...] = ("clinician", "patient", "administrator")
LEADS_AWAY = {"sign_out", "intake_finish", "intake_stop", "intake_consent"}
"""Routes that end the visit, which go last."""


def walked(web: Web, text: str) -> Iterator[tuple[Known, Response]]:
    """The answers to a text in every field and in every part of the path of every route.

    Each route is asked by somebody who may use it: who may not is refused before.
    """
    web.as_("patient").submit("/intake/consent", {"answer": "agree"})
    for route in sorted(routes(web.app), key=lambda one: one.name in LEADS_AWAY):
        allowed = ACCESS[route.name]
        kind = next((one for one in KINDS if one in allowed), "nobody")
        own = "person" in route.parts and route.name != "assessment_make"  # that only computes
        known = {"person": web.person} if own else {}
        yield route, route.ask(web.as_(kind), known, text)
        if known and route.name == "person":
            yield route, route.ask(web.as_(kind), {}, text)


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text_does_nothing(web: Web, name: str) -> None:
    with web.store.reading() as tx:
        users = tx.users.all()
    for route, answer in walked(web, TEXTS[name]):
        assert answer.status_code < 500, (route, answer.status_code)
        assert "x-injected" not in answer.headers, route
        assert str(7 * int(MARK)) not in answer.text, route
        assert "root:" not in answer.text, route
        place = answer.headers.get("location", "/")
        assert re.match(r"/(?![/\\])", place), (route, place)
    with web.store.reading() as tx:
        assert tx.persons.count() >= 2
        assert tx.users.all() == users
        assert verify(tx).broken is None


def test_what_is_searched_for_is_no_pattern_and_no_statement(web: Web) -> None:
    browser = web.as_("clinician")
    for find in ("%", "_", "%irst", "' OR 1=1 --", "F' || 'irst", "\\"):
        answer = browser.submit("/worklist", {"find": find})
        assert answer.status_code == 200
        assert f"/persons/{web.person}" not in answer.text
    assert f"/persons/{web.person}" in browser.submit("/worklist", {"find": "Fir"}).text


# -- what is shown ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A person all of whose fields hold hostile text, assessed, with an opinion and drafts."""
    with open_web(tmp_path_factory.mktemp("hostile")) as web:
        knowledge = web.app.state.clinic.knowledge
        records = Records(web.store, web.sources)
        facts = [NewFact(key, HOSTILE_HTML) for key in FACT_KEYS]
        facts += [NewFact("pain", {"site": "knee", "side": HOSTILE_HTML, "since": HOSTILE_HTML}),
                  NewFact("pain", {"site": "knee", "intensity": 6}), NewFact("note", HOSTILE_HTML),
                  NewFact("drug", {"name": HOSTILE_HTML, "dose": HOSTILE_HTML}),
                  NewFact("value", {HOSTILE_HTML: 3})]  # fmt: skip
        made = records.begin(HOSTILE_HTML, web.users["clinician"].id, facts=facts)
        web.person = made.id
        with web.store.reading() as tx:
            record = records.read(tx, made.id)
        assert record is not None
        Assessments(web.store, knowledge, web.sources).make(
            record, web.users["clinician"].id, draws=2, waiting_for_review=True
        )
        web.accounts.add(HOSTILE_HTML[:60], ("clinician",), "heron kettle violin",
                         display_name=HOSTILE_HTML)  # fmt: skip
        yield web


def created(text: str) -> list[str]:
    """What a browser makes of a page that data must not make: elements, attributes, scripts."""
    found: list[str] = []
    for one in tinyhtml5.parse(text).iter():
        if not isinstance(one.tag, str):  # a comment
            found += ["comment"] * (MARK in (one.text or ""))
            continue
        tag = one.tag.rpartition("}")[2]
        found += [tag] * (MARK in tag)
        found += ["script"] * (tag == "script" and (bool((one.text or "").strip())))
        for name, value in one.attrib.items():
            plain = str(name)
            found += [f"{tag} {plain}"] * (MARK in plain or plain.startswith("on"))
            runs = re.match(r"\s*(javascript|data:text|vbscript)", value, re.IGNORECASE)
            found += [f"{tag} {plain}={value[:20]}"] * bool(runs)
            if plain.startswith("hx-") and plain not in ("hx-headers", "hx-vals"):
                found += [f"{tag} {plain}"] * (MARK in value)
    return found


def pages(web: Web, kind: Kind) -> Iterator[tuple[str, str]]:
    """Every page that such a visitor can look at, of the person and of what lies below it."""
    with web.store.reading() as tx:
        assessment = tx.assessments.overview(web.person)[0].id
        facts = [one.id for one in tx.facts.history(web.person)]
    for route in routes(web.app):
        if route.changes or "static" in route.path:
            continue
        for fact in facts if "fact" in route.parts else facts[:1]:
            for kind_of_print in ("full", "referral", "patient", "plan"):
                values = {"person": web.person, "assessment": assessment, "fact": fact,
                          "kind": kind_of_print, "name": "where"}  # fmt: skip
                answer = web.as_(kind).get(route.address(values), params={})
                if "html" in answer.headers.get("content-type", ""):
                    yield route.address(values), answer.text
                if "kind" not in route.parts:
                    break


def test_the_check_notices_what_it_is_for() -> None:
    assert {"x7391", "script", "comment"} <= set(created(f"<p title='a'>{HOSTILE_HTML}</p>"))
    assert created(f"<p title='{HOSTILE_HTML}'>") != []
    assert created(f'<p title="{HOSTILE_HTML}">') != []
    assert created(f"<p>{HOSTILE_HTML.replace('<', '&lt;')}</p>") == []


def test_no_element_or_attribute_is_made_of_data(furnished: Web) -> None:
    shown: set[str] = set()
    for address, text in pages(furnished, "clinician"):
        assert created(text) == [], address
        if f"x{MARK}" in text:
            shown.add(re.sub(r"[0-9a-f]{32}", "*", address))
    assert {"/worklist", "/persons/*"} <= shown, "nothing is proved by pages that do not show it"
    assert len(shown) >= 5, shown


def test_parts_of_pages_that_are_put_in_later_neither(furnished: Web) -> None:
    browser = furnished.as_("clinician")
    for route in routes(furnished.app):
        if route.changes and route.name not in LEADS_AWAY:
            with furnished.store.reading() as tx:
                assessment = tx.assessments.overview(furnished.person)[0].id
            values = {"person": furnished.person, "assessment": assessment}
            headers = {"HX-Request": "true"}
            answer = route.ask(browser, values, HOSTILE_HTML[:190], headers=headers)
            assert answer.status_code < 500, route
            if "html" in answer.headers.get("content-type", ""):
                assert created(answer.text) == [], route


def test_a_patients_pages_neither(furnished: Web) -> None:
    browser = furnished.as_("patient")
    browser.submit("/intake/consent", {"answer": "agree"})
    for route in routes(furnished.app):
        if route.path.startswith("/intake") and route.changes and route.name not in LEADS_AWAY:
            for name in ("where", "pain", "kind", "about", "since"):
                answer = route.ask(browser, {"name": name, "number": "1"}, HOSTILE_HTML)
                assert answer.status_code < 500, route
                assert created(answer.text) == [], route
    for address, text in pages(furnished, "patient"):
        assert created(text) == [], address


def test_what_is_no_page_is_not_taken_for_one(furnished: Web) -> None:
    """JSON that holds markup is never shown as a page, whatever a browser guesses."""
    browser = furnished.as_("clinician")
    answer = browser.get(f"/api/v1/persons/{furnished.person}/facts")
    assert MARK in answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


# -- what is written down ---------------------------------------------------------------------

NAME = "Zwetschgenmus"


def test_no_log_holds_a_name_an_id_a_token_or_what_was_entered(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for name in ("kinechain", "uvicorn", "fastapi", "starlette"):
        caplog.set_level(logging.DEBUG, name)
    caplog.set_level(logging.ERROR, "httpx2")  # the browser of the tests
    records = Records(web.store, web.sources)
    pain = NewFact("pain", {"site": "knee", "note": NAME})
    web.person = records.begin(NAME, "anna", facts=[pain, NewFact("note", NAME)]).id
    for _ in walked(web, NAME):
        pass

    def fails() -> None:
        raise RuntimeError(NAME)

    web.app.add_api_route("/x/{person}", fails, name="health")
    web.as_("nobody").get(f"/x/{web.person}?find={NAME}")
    web.as_("nobody").get(f"/persons/{web.person}/{NAME}")
    assert "GET /x/{person} failed: RuntimeError" in caplog.text, "the log was looked at"
    secrets = [NAME, web.person, *(one.id for one in web.users.values()),
               web.as_("patient").cookies.get(STAY, "-" * 9), "heron kettle"]  # fmt: skip
    for secret in secrets:
        assert secret not in caplog.text


def test_nothing_is_printed_when_a_route_fails_after_its_answer_began(
    web: Web, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    from starlette.responses import StreamingResponse

    def parts() -> Iterator[bytes]:
        yield b"begun"
        raise RuntimeError(NAME)

    web.app.add_api_route("/stream", lambda: StreamingResponse(parts()), name="health")
    web.as_("nobody").get("/stream")
    printed = capfd.readouterr()
    assert NAME not in caplog.text + printed.out + printed.err
    assert "failed: RuntimeError" in caplog.text


def test_no_address_holds_what_was_entered(web: Web) -> None:
    """Addresses stay in histories, in logs of proxies, and in what browsers send on."""
    for route, answer in walked(web, NAME):
        if route.changes:
            for name in ("location", "hx-redirect", "hx-location", "hx-push-url", "refresh"):
                assert NAME not in answer.headers.get(name, ""), route


def test_a_database_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    with open_web(tmp_path) as web:
        file = web.store.file
        assert file is not None
        other = tmp_path / "new.sqlite"
        open_store(other, create=True).close()
        assert other.stat().st_mode & 0o077 == 0
