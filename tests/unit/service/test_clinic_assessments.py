"""Assessments that are kept, opinions on them, and what the worklist makes of both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import pytest

from kinechain.domain.assessment import Assessment, ConditionResult
from kinechain.domain.record import WorklistEntry
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service.clinic.assessments import (
    Assessments,
    differences,
    highest_urgency,
    leading_origin,
)
from kinechain.service.clinic.live import result_of
from kinechain.service.clinic.opinions import LONGEST_REASON, NotAnOrigin, Opinions, origins_of
from kinechain.service.clinic.records import NewFact, Record, Records
from kinechain.service.clinic.tokens import Sources
from kinechain.store import open_store
from tests.support.accounts import StillClock
from tests.support.clinic import new_address

DRAWS = 20
PAIN = NewFact("pain", {"site": "knee_medial", "side": "right", "intensity": 6})
ALARM = NewFact("finding_present", "saddle_anaesthesia")


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Assessments]:
    clock = StillClock()
    with open_store(new_address("sqlite", tmp_path), clock=clock) as store:
        yield Assessments(store, knowledge(), Sources(now=clock))


def begun(desk: Assessments, *facts: NewFact) -> Record:
    records = Records(desk.store, desk.sources)
    return read(desk, records.begin("Somebody", "anna", facts=facts).id)


def read(desk: Assessments, person: str) -> Record:
    with desk.store.reading() as tx:
        found = Records(desk.store, desk.sources).read(tx, person)
    assert found is not None
    return found


def line(desk: Assessments, person: str) -> WorklistEntry:
    with desk.store.reading() as tx:
        found = tx.worklist.get(person)
    assert found is not None
    return found


def opinions(desk: Assessments) -> Opinions:
    return Opinions(desk.store, desk.sources)


def test_it_is_kept_with_all_that_made_it_and_can_be_computed_again(desk: Assessments) -> None:
    record = begun(desk, PAIN)
    made = desk.make(record, "anna", draws=DRAWS, seed=3, waiting_for_review=True)
    stored = desk.latest(record.person.id)
    assert stored is not None
    assert (stored.by, stored.seed, stored.draws, stored.revision) == ("anna", 3, DRAWS, 1)
    assert stored.input_text == made.document.text
    assert result_of(stored) == made.assessment
    assert desk.recompute(stored.id) == ()
    assert desk.latest("nobody") is None
    with pytest.raises(LookupError):
        desk.recompute("nothing")


def test_the_worklist_follows(desk: Assessments) -> None:
    record = begun(desk, PAIN, ALARM)
    made = desk.make(record, "anna", draws=DRAWS, waiting_for_review=True)
    found = line(desk, record.person.id)
    assert (found.urgency, found.waiting_for_review) == ("emergency_now", True)
    assert found.assessment == made.stored.id
    assert found.leading == leading_origin(made.assessment) != ""


def test_assessing_again_ends_no_waiting_and_no_follow_up(desk: Assessments) -> None:
    record = begun(desk, PAIN)
    desk.make(record, "anna", draws=DRAWS, waiting_for_review=True)
    with desk.store.writing("anna") as tx:
        tx.worklist.set(record.person.id, follow_up_due=date(2026, 12, 24))
    desk.make(record, "bert", draws=DRAWS)
    found = line(desk, record.person.id)
    assert (found.waiting_for_review, found.follow_up_due) == (True, date(2026, 12, 24))


def test_reviewed_ends_the_waiting_unless_more_came(desk: Assessments) -> None:
    record = begun(desk, PAIN)
    desk.make(record, "anna", draws=DRAWS, waiting_for_review=True)
    person = record.person.id
    records = Records(desk.store, desk.sources)
    records.record(person, [NewFact("note", "from the patient")], "link:1", expected_revision=1)
    assert not opinions(desk).reviewed(person, "bert", seen_revision=1)
    assert line(desk, person).waiting_for_review
    assert opinions(desk).reviewed(person, "bert", seen_revision=2)
    assert not line(desk, person).waiting_for_review
    with desk.store.reading() as tx:
        assert "person.review" in {one.action for one in tx.audit.of(f"person:{person}")}
    with pytest.raises(LookupError):
        opinions(desk).reviewed("nobody", "bert", seen_revision=0)


def test_opinions_are_added_and_the_last_stands(desk: Assessments) -> None:
    record = begun(desk, PAIN)
    stored = desk.make(record, "anna", draws=DRAWS).stored
    person, origin = record.person.id, stored.result["conditions"][0]["condition"]
    for by, decision, reason in (("anna", "confirmed", ""), ("bert", "rejected", " x" * 2000)):
        opinions(desk).give(person, stored.id, origin, decision, by, reason)
    with desk.store.reading() as tx:
        history = tx.opinions.history(stored.id)
        standing = tx.opinions.standing(stored.id)
        again = tx.assessments.get(stored.id)
    assert [one.by for one in history] == ["anna", "bert"]
    assert (standing[origin].decision, len(standing[origin].reason)) == ("rejected", LONGEST_REASON)
    assert again is not None
    assert not list(differences(stored.result, again.result)), "the program's word stays"


def test_an_opinion_is_about_an_origin_of_that_assessment(desk: Assessments) -> None:
    record, other = begun(desk, PAIN), begun(desk, PAIN)
    stored = desk.make(record, "anna", draws=DRAWS).stored
    assert {"knee_osteoarthritis", "knee_osteoarthritis.right"} <= origins_of(stored)
    for person, assessment, origin in (
        (record.person.id, stored.id, "no_such_origin"),
        (record.person.id, "nothing", "knee_osteoarthritis"),
        (other.person.id, stored.id, "knee_osteoarthritis"),
    ):
        with pytest.raises(NotAnOrigin):
            opinions(desk).give(person, assessment, origin, "confirmed", "anna")


def result(*conditions: tuple[str, float], origins: dict[str, float] | None = None) -> Assessment:
    return msgspec.convert(
        {
            "schema_version": "1.0", "program_version": "", "knowledge_version": "",
            "case_id": "", "as_of": None, "red_flags": [], "not_excluded": [], "sites": [],
            "contributions": {}, "next": [], "issues": [], "timing_ms": {},
            "conditions": [
                ConditionResult(condition=name, label=name.title(), explains=chance, low=0, high=1,
                                present=chance, origins=())
                for name, chance in conditions
            ],
            "origins": [
                {"id": one, "condition": one.split(".")[0], "label": one, "level": None,
                 "side": None, "explains": chance, "low": 0, "high": 1, "present": chance,
                 "prior": 0, "judgement_share": 0}
                for one, chance in (origins or {}).items()
            ],
        },
        Assessment, from_attributes=True,
    )  # fmt: skip


def test_what_leads_is_named_as_its_page_does() -> None:
    one_place = {"a.left": 0.5, "a.right": 0.01}
    two_places = {"a.left": 0.3, "a.right": 0.2}
    assert leading_origin(result()) == ""
    assert leading_origin(result(("a", 0.04), origins=one_place)) == ""
    assert leading_origin(result(("a", 0.5), origins=one_place)) == "a.left"
    assert leading_origin(result(("a", 0.5), origins=two_places)) == "A"


def test_nothing_raised_is_not_urgent() -> None:
    assert highest_urgency(result()) is None


def test_differences_are_found_wherever_they_are() -> None:
    before = {"a": [1.0, {"b": "x"}], "timing_ms": {"total": 1}}
    assert list(differences(before, {"a": [1 + 1e-12, {"b": "x"}], "timing_ms": {}})) == []
    assert list(differences(before, {"a": [1.1, {"b": "y"}]})) == [
        ".a[0]: 1.0, now 1.1", ".a[1].b: 'x', now 'y'",
    ]  # fmt: skip
    assert list(differences({"a": [1]}, {"a": []})) == [".a: 1 entries, now 0"]
