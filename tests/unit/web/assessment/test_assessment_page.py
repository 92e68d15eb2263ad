"""The assessment page: what it shows, and what-ifs."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from kinechain.store import current
from tests.support.assessed import (
    EVIL,
    HX,
    INLINE,
    asked,
    facts_of,
    parts,
    preview,
)


def test_the_page_shows_what_a_first_look_needs(seen) -> None:
    web, person, stored = seen
    page = web.as_("clinician").get(f"/persons/{person}/assessment")
    assert page.status_code == 200
    text = html.unescape(page.text)
    first = stored.result["conditions"][0]
    for words in ("Cannot wait", "Not excluded", "Likely origins", "For and against", "What if?",
                  "Plan as drafted", "Ask or examine next", "Recorded findings"):  # fmt: skip
        assert words in text, words
    assert first["label"] in text
    assert 'class="map"' in text
    assert text.count("stairs") >= 1
    assert "no-store" in page.headers["cache-control"]


def test_nothing_of_the_record_becomes_markup_and_nothing_is_inline(seen) -> None:
    web, person, stored = seen
    browser = web.as_("clinician")
    toggles = {"node.knee_crepitus.right": "present"}
    answers = [
        browser.get(f"/persons/{person}/assessment"),
        browser.get(f"/persons/{person}/assessments/{stored.id}/plan"),
        preview(web, person, asked(stored, toggles)),
        preview(web, person, asked(stored, toggles, mode="full", counter=3)),
        preview(web, person, asked(stored, toggles), hx=False),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert EVIL not in answer.text
        assert not INLINE.search(answer.text), INLINE.search(answer.text)
    assert html.escape(EVIL, quote=False) in answers[0].text or "&lt;script&gt;" in answers[0].text


def test_no_address_holds_a_name_or_a_finding(seen) -> None:
    web, person, _ = seen
    text = web.as_("clinician").get(f"/persons/{person}/assessment").text
    for address in re.findall(r'(?:href|action|formaction|hx-post)="(/[^"]*)"', text):
        assert re.fullmatch(r"/(static/[\w.?=]+|worklist|sign-out|account|[\w/#-]*)?", address)


@pytest.mark.parametrize("kind", ["nobody", "administrator", "patient"])
def test_only_those_who_care_see_it(seen, kind: Any) -> None:
    web, person, stored = seen
    browser = web.as_(kind)
    for address in (f"/persons/{person}/assessment", f"/persons/{person}/assessments/{stored.id}",
                    f"/persons/{person}/assessments/{stored.id}/plan"):  # fmt: skip
        assert browser.get(address).status_code in (303, 401, 403)
    answer = preview(web, person, asked(stored, {}), kind=kind)
    assert answer.status_code in (303, 401, 403)
    assert "Likely origins" not in answer.text


def test_a_therapist_looks_and_asks_and_gives_no_opinion(seen) -> None:
    web, person, stored = seen
    browser = web.as_("therapist")
    page = browser.get(f"/persons/{person}/assessment")
    assert page.status_code == 200
    assert ">Agree<" not in page.text
    assert ">Reviewed<" not in page.text
    assert preview(web, person, asked(stored, {}), kind="therapist").status_code == 200
    fields = {"origin": "knee_osteoarthritis", "decision": "confirmed"}
    address = f"/persons/{person}/assessments/{stored.id}/opinions"
    assert browser.submit(address, fields).status_code == 403
    with web.store.reading() as tx:
        assert tx.opinions.of_person(person) == ()


def test_agreeing_and_disagreeing_are_buttons_of_one_kind(seen) -> None:
    web, person, _ = seen
    text = web.as_("clinician").get(f"/persons/{person}/assessment").text
    buttons = re.findall(r'<button class="([^"]*)" name="decision" value="(\w+)"', text)
    agree = [style for style, value in buttons if value == "confirmed"]
    disagree = [style for style, value in buttons if value == "rejected"]
    assert agree == disagree != []


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/persons/{person}/assessment/preview", {}),
        ("/persons/{person}/assessment/record", {}),
        ("/persons/{person}/assessment", {}),
        ("/persons/{person}/assessment/find", {"find": "x"}),
        ("/persons/{person}/assessments/{stored}/opinions",
         {"origin": "knee_osteoarthritis", "decision": "confirmed"}),
    ],
)  # fmt: skip
def test_without_the_sessions_token_nothing_is_answered(seen, address: str, fields: Any) -> None:
    web, person, stored = seen
    before = len(facts_of(web, person))
    place = address.format(person=person, stored=stored.id)
    for token in ("", "x", "0" * 64):
        given = asked(stored, {"node.fever": "present"}) | fields | {"csrf": token}
        answer = web.as_("clinician").post(place, data=given)
        assert answer.status_code == 403
    assert len(facts_of(web, person)) == before


def test_what_is_not_there_is_not_found(seen) -> None:
    web, person, stored = seen
    browser = web.as_("clinician")
    for address in (
        "/persons/nobody/assessment", f"/persons/nobody/assessments/{stored.id}",
        f"/persons/{person}/assessments/nothing", f"/persons/{web.other}/assessments/{stored.id}",
        f"/persons/{web.other}/assessments/{stored.id}/plan",
    ):  # fmt: skip
        assert browser.get(address).status_code == 404, address
    for who, which in (("nobody", stored.id), (person, "nothing"), (web.other, stored.id)):
        fields = asked(stored, {}, assessment=which)
        assert preview(web, who, fields).status_code == 404
        assert browser.submit(f"/persons/{who}/assessment/record", fields).status_code == 404
        opinion = {"origin": "knee_osteoarthritis", "decision": "confirmed"}
        address = f"/persons/{who}/assessments/{which}/opinions"
        assert browser.submit(address, opinion).status_code == 404
    address = f"/persons/{person}/assessments/{stored.id}/opinions"
    wrong = {"origin": "no_such_origin", "decision": "confirmed"}
    assert browser.submit(address, wrong).status_code == 404
    assert browser.submit("/persons/nobody/assessment/find", {"find": "x"}).status_code == 404
    assert browser.submit("/persons/nobody/assessment").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"node.no_such_finding": "present"}, {"node.fever": "perhaps"}, {"fact.nothing": "absent"},
        {"counter": "-1"}, {"counter": "x"}, {"counter": "9" * 40}, {"node.<script>": "present"},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(seen, wrong: dict[str, str]) -> None:
    web, person, stored = seen
    for hx in (True, False):
        assert preview(web, person, asked(stored, wrong), hx=hx).status_code == 422


def test_a_glance_brings_what_moves_and_the_whole_brings_all(seen) -> None:
    web, person, stored = seen
    toggles = {"node.saddle_anaesthesia": "present"}
    quick = preview(web, person, asked(stored, toggles, counter=7, page="glance"))
    assert quick.headers["x-order"] == "22"
    assert parts(quick.text) == {"part-urgent", "part-watch", "part-map", "part-origins",
                                 "part-actions"}  # fmt: skip
    assert "New: cannot wait" in quick.text
    assert "Emergency now" in quick.text
    assert "about " in quick.text
    assert "data-say=" in quick.text
    whole = preview(web, person, asked(stored, toggles, counter=7, page="glance", mode="full"))
    assert whole.headers["x-order"] == "23"
    assert parts(whole.text) > parts(quick.text)
    assert {"part-questions", "part-evidence", "part-plan"} <= parts(whole.text)
    assert "about 9" not in whole.text
    for answer in (quick, whole):
        assert "what if, not kept" in answer.text
        assert ">Agree<" not in answer.text, "opinions are on what is kept"


def test_red_flags_come_first_and_alone(seen) -> None:
    web, person, stored = seen
    toggles = {"node.saddle_anaesthesia": "present"}
    answer = preview(web, person, asked(stored, toggles, counter=8, page="flags", mode="flags"))
    assert answer.headers["x-order"] == "24"
    assert parts(answer.text) == {"part-urgent", "part-actions"}
    assert "Emergency now" in answer.text
    assert "New alarm: " in answer.text
    assert "Nothing moves" not in answer.text


def test_points_of_the_glance_are_those_of_the_whole_page(seen) -> None:
    web, person, stored = seen
    toggles = {"node.knee_crepitus.right": "present"}
    shown = re.compile(r'<span class="prob">([^<]+)</span>')
    found = [
        shown.findall(preview(web, person, asked(stored, toggles, counter=9, mode=mode)).text)
        for mode in ("glance", "full")
    ]
    found.append(shown.findall(preview(web, person, asked(stored, toggles), hx=False).text))
    assert found[0] == found[1] == found[2] != []


def test_an_older_question_is_not_answered_after_a_newer_one(seen) -> None:
    web, person, stored = seen
    newer = preview(web, person, asked(stored, {}, counter=5, page="order"))
    older = preview(web, person, asked(stored, {}, counter=4, page="order"))
    older_full = preview(web, person, asked(stored, {}, counter=4, page="order", mode="full"))
    elsewhere = preview(web, person, asked(stored, {}, counter=4, page="another"))
    assert [one.status_code for one in (newer, older, older_full, elsewhere)] == [
        200, 204, 204, 200,
    ]  # fmt: skip


def test_a_what_if_leaves_no_trace(seen) -> None:
    web, person, stored = seen

    def held() -> tuple[int, int, int]:
        with web.store.reading() as tx:
            head = tx.audit.head()
            return (len(tx.facts.history(person)), len(tx.assessments.overview(person)),
                    head.number if head else 0)  # fmt: skip

    before = held()
    for mode in ("glance", "full"):
        toggles = {"node.fever": "present"}
        assert (
            preview(web, person, asked(stored, toggles, counter=20, mode=mode)).status_code == 200
        )
    assert held() == before


def test_without_script_the_form_gives_the_whole_page(seen) -> None:
    web, person, stored = seen
    (fact,) = [one for one in current(facts_of(web, person)) if "stairs" in str(one.entry)]
    answer = preview(web, person, asked(stored, {f"fact.{fact.id}": "absent"}), hx=False)
    assert answer.status_code == 200
    assert answer.text.startswith("<!DOCTYPE html>")
    assert re.search(rf'name="fact\.{fact.id}" value="absent" checked', answer.text)
    assert "Record this" in answer.text
    assert 'id="recompute"' in answer.text


def test_a_search_offers_findings_to_switch(seen) -> None:
    web, person, _ = seen
    browser, address = web.as_("clinician"), f"/persons/{person}/assessment/find"
    found = browser.submit(address, {"find": "Lasegue"}, headers=HX)
    assert 'name="node.straight_leg_raise.left"' in found.text
    assert 'name="node.straight_leg_raise.right"' in found.text
    nothing = browser.submit(address, {"find": EVIL}, headers=HX)
    assert "Nothing is called so" in nothing.text
    assert EVIL not in nothing.text
    assert browser.submit(address, {"find": " "}, headers=HX).status_code == 200
