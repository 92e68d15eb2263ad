"""The assessment page: what-ifs, opinions, and what two persons do at the same time."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from kinechain.domain.record import Fact, StoredAssessment
from kinechain.service.clinic.assessments import Assessments
from kinechain.service.clinic.records import NewFact, Records
from kinechain.store import current
from tests.support.web import Web, knowledge, open_web

PAIN = NewFact("pain", {"site": "knee_medial", "side": "right", "intensity": 6})
STAIRS = NewFact("finding_present", {"finding": "stairs_pain", "side": "right"})
EFFUSION = NewFact("finding_absent", {"knee_effusion": "right"})
ONCE = "0123456789abcdef" * 2
HX = {"HX-Request": "true"}
EVIL = "<script>alert(1)</script>\"'&"
INLINE = re.compile(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """One application for all tests that only look."""
    made = open_web(tmp_path_factory.mktemp("web"))
    yield made
    made.store.close()


def begun(web: Web, *facts: NewFact, label: str = "Somebody") -> str:
    by = web.users["clinician"].id
    return Records(web.store, web.sources).begin(label, by, facts=facts).id


def assess(web: Web, person: str) -> StoredAssessment:
    with web.store.reading() as tx:
        record = Records(web.store, web.sources).read(tx, person)
    assert record is not None
    made = Assessments(web.store, knowledge(), web.sources)
    return made.make(record, web.users["clinician"].id, draws=20, waiting_for_review=True).stored


def facts_of(web: Web, person: str) -> tuple[Fact, ...]:
    with web.store.reading() as tx:
        return tx.facts.history(person)


def revision_of(web: Web, person: str) -> int:
    with web.store.reading() as tx:
        return tx.persons.known(person).revision


@cache
def _seen(_web: int) -> dict[str, Any]:
    return {}


@pytest.fixture
def seen(shared: Web) -> tuple[Web, str, StoredAssessment]:
    """A person with an assessment, which no test changes."""
    known = _seen(id(shared))
    if not known:
        person = begun(shared, PAIN, STAIRS, EFFUSION, NewFact("finding_present", EVIL),
                       label=f"Person {EVIL}")  # fmt: skip
        known |= {"person": person, "stored": assess(shared, person)}
    return shared, known["person"], known["stored"]


@pytest.fixture
def own(web: Web) -> tuple[Web, str, StoredAssessment]:
    """A person with an assessment, for one test."""
    person = begun(web, PAIN, STAIRS, EFFUSION)
    return web, person, assess(web, person)


def asked(stored: StoredAssessment, toggles: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"assessment": stored.id, "page": "p", "counter": 1, "mode": "glance", "once": ONCE,
            "revision": stored.revision, **toggles, **more}  # fmt: skip


def preview(web: Web, person: str, fields: dict[str, Any], *, hx: bool = True, kind: Any = None):
    browser = web.as_(kind or "clinician")
    address = f"/persons/{person}/assessment/preview"
    return browser.submit(address, fields, headers=HX if hx else {})


def parts(text: str) -> set[str]:
    return set(re.findall(r'id="(part-[\w-]+)"[^>]*hx-swap-oob="true"', text))


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


def test_recording_makes_facts_and_a_new_assessment_once(own) -> None:
    web, person, stored = own
    (fact,) = [one for one in current(facts_of(web, person)) if one.key == "finding_absent"]
    fields = asked(stored, {f"fact.{fact.id}": "present", "node.fever": "absent"})
    browser, address = web.as_("clinician"), f"/persons/{person}/assessment/record"
    with web.store.writing("tests") as tx:
        tx.worklist.set(person, waiting_for_review=False)
    answer = browser.submit(address, fields)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/persons/{person}/assessment"
    standing = current(facts_of(web, person))
    assert {(one.key, str(one.entry)) for one in standing} >= {
        ("finding_present", str(fact.entry)), ("finding_absent", "{'finding': 'fever'}"),
    }  # fmt: skip
    with web.store.reading() as tx:
        assert len(tx.assessments.overview(person)) == 2
        line = tx.worklist.get(person)
    assert line is not None
    assert not line.waiting_for_review, "a clinician recorded it and sees it"
    count = len(facts_of(web, person))
    assert browser.submit(address, fields).status_code == 303
    assert len(facts_of(web, person)) == count, "the same form again records nothing more"


@pytest.mark.parametrize("wrong", [{"once": "x"}, {"once": "<" * 32}, {"revision": "x"}])
def test_a_form_that_is_not_ours_records_nothing(own, wrong: dict[str, str]) -> None:
    web, person, stored = own
    before = facts_of(web, person)
    fields = asked(stored, {"node.fever": "present"}) | wrong
    answer = web.as_("clinician").submit(f"/persons/{person}/assessment/record", fields)
    assert answer.status_code == 422
    assert facts_of(web, person) == before


def test_when_somebody_was_faster_both_versions_are_shown_and_nothing_is_lost(own) -> None:
    web, person, stored = own
    (fact,) = [one for one in current(facts_of(web, person)) if one.key == "finding_present"]
    theirs = NewFact("finding_present", replaces=fact.id, withdrawn=True)
    Records(web.store, web.sources).record(
        person, [theirs], web.users["therapist"].id, expected_revision=1
    )
    before = facts_of(web, person)
    fields = asked(stored, {f"fact.{fact.id}": "absent", "node.fever": "present"})
    answer = web.as_("clinician").submit(f"/persons/{person}/assessment/record", fields)
    assert answer.status_code == 409
    text = html.unescape(answer.text)
    assert "Not recorded: somebody changed the record meanwhile" in text
    assert "therapist" in text
    assert "taken back" in text
    assert re.search(r"You wanted</dt><dd>absent: .*stairs", text)
    assert re.search(rf'name="fact\.{fact.id}" value="absent" checked', text)
    assert re.search(r'name="node\.fever" value="present" checked', text)
    assert facts_of(web, person) == before


def test_an_opinion_is_one_press_and_its_reason_another(own) -> None:
    web, person, stored = own
    browser = web.as_("clinician")
    address = f"/persons/{person}/assessments/{stored.id}/opinions"
    origin = stored.result["conditions"][0]["condition"]
    first = browser.submit(address, {"origin": origin, "decision": "rejected"}, headers=HX)
    assert first.status_code == 200
    assert "Why?" in first.text
    assert "Another origin explains it better" in first.text
    reason = {"origin": origin, "decision": "rejected", "reason": f"No. {EVIL}"}
    second = browser.submit(address, reason, headers=HX)
    assert "Why?" not in second.text
    assert EVIL not in second.text
    plain = browser.submit(address, {"origin": origin, "decision": "confirmed"})
    assert plain.status_code == 303
    assert plain.headers["location"].endswith(f"#origin-{origin}")
    with web.store.reading() as tx:
        given = tx.opinions.history(stored.id)
    assert [one.decision for one in given] == ["rejected", "rejected", "confirmed"]
    assert {one.by for one in given} == {web.users["clinician"].id}
    page = browser.get(f"/persons/{person}/assessment").text
    assert "clinician agrees" in page
    assert "No. &lt;script&gt;" in page
    assert EVIL not in page


@pytest.mark.parametrize("decision", ["", "maybe", "CONFIRMED"])
def test_there_are_two_opinions(own, decision: str) -> None:
    web, person, stored = own
    address = f"/persons/{person}/assessments/{stored.id}/opinions"
    fields = {"origin": "knee_osteoarthritis", "decision": decision}
    assert web.as_("clinician").submit(address, fields).status_code == 422


def test_an_earlier_assessment_says_so_and_a_stale_one_too(own) -> None:
    web, person, stored = own
    browser = web.as_("clinician")
    Records(web.store, web.sources).record(
        person, [NewFact("finding_present", "fever")], "anna", expected_revision=1
    )
    assert "More was recorded since" in browser.get(f"/persons/{person}/assessment").text
    assert browser.submit(f"/persons/{person}/assessment").status_code == 303
    latest = browser.get(f"/persons/{person}/assessment").text
    assert "More was recorded since" not in latest
    earlier = browser.get(f"/persons/{person}/assessments/{stored.id}").text
    assert "This is an earlier assessment" in earlier
    assert "Fever" not in re.sub(r'id="part-questions".*?</ul>', "", earlier, flags=re.DOTALL)


def test_who_is_not_assessed_yet_can_be(web: Web) -> None:
    page = web.as_("clinician").get(f"/persons/{web.person}/assessment")
    assert page.status_code == 200
    assert "Not assessed yet" in page.text


def test_a_record_without_anything_can_be_assessed_and_says_why_little_follows(web: Web) -> None:
    person = begun(web)
    browser = web.as_("clinician")
    assert browser.submit(f"/persons/{person}/assessment").status_code == 303
    page = browser.get(f"/persons/{person}/assessment")
    assert page.status_code == 200
    assert "No painful site is recorded" in page.text
