"""The assessment page: recording, opinions, and what two persons do at the same time."""

from __future__ import annotations

import html
import re

import pytest

from kinechain.service.clinic.records import NewFact, Records
from kinechain.store import current
from tests.support.assessed import (
    EVIL,
    HX,
    asked,
    begun,
    facts_of,
)
from tests.support.web import Web


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
