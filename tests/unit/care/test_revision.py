"""Versions of a plan: what changed, and whose approval still stands."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from kinechain.care import RevisionError, approve, compare, content_of, revise
from kinechain.domain.case import Case, Pain, Score
from kinechain.domain.plan import Plan
from tests.support.care import KNEE, drafted, flag, question, result_of, said, treatment

WALK = treatment("walk")
TAPE = treatment("tape", role="physical_therapist")
CASE = Case(id="x", as_of=date(2026, 11, 22), pain=(Pain(site="low_back", intensity=8.0),))
FIRST = drafted(WALK, TAPE, case=CASE)
MORE = drafted(WALK, TAPE, treatment("brace", role="physical_therapist"), case=CASE)


def yes(plan: Plan, role: str = "patient", state: str = "approved", **more: str) -> Plan:
    given = {"by": "AB", "on": "2026-11-23", "note": None, **more}
    return approve(plan, role, state, **given)  # type: ignore[arg-type]


def test_a_draft_is_the_first_version_with_its_hash() -> None:
    assert FIRST.plan_version == 1
    assert FIRST.content == content_of(FIRST)
    (entry,) = FIRST.history
    assert (entry.plan_version, entry.content, entry.changes) == (
        1,
        FIRST.content,
        ("first draft",),
    )
    assert entry.as_of == "2026-11-22"


def test_the_hash_is_of_what_the_plan_says() -> None:
    other = msgspec.structs.replace(yes(FIRST), timing_ms={"plan": 5.0}, plan_version=7, issues=())
    assert content_of(other) == FIRST.content
    assert MORE.content != FIRST.content
    for change in ({"as_of": "2026-12-01"}, {"knowledge_version": "other"}, {"origins": ()}):
        assert content_of(msgspec.structs.replace(FIRST, **change)) != FIRST.content


def test_an_unchanged_plan_is_the_same_version() -> None:
    approved = yes(FIRST)
    assert revise(approved, drafted(WALK, TAPE, case=CASE)) is approved


def test_a_changed_plan_is_the_next_version_with_both_histories() -> None:
    second = revise(FIRST, MORE)
    assert second.plan_version == 2
    assert [one.plan_version for one in second.history] == [1, 2]
    assert second.history[0] == FIRST.history[0]
    assert second.history[1].changes == ("Brace: new, recommended",)
    assert second.content == MORE.content == second.history[1].content
    third = revise(second, FIRST)
    assert third.plan_version == 3
    assert third.history[2].changes == ("Brace: no longer (recommended)",)
    assert third.content == FIRST.content


def test_a_change_without_words_is_one_of_dates_or_wording() -> None:
    later = drafted(WALK, TAPE, case=msgspec.structs.replace(CASE, as_of=date(2026, 12, 1)))
    assert revise(FIRST, later).history[-1].changes == ("dates or wording",)


def test_an_approval_stands_for_the_same_treatments_only() -> None:
    before = yes(yes(FIRST, note="fine"), "physical_therapist", by="CD")
    patient, therapist = revise(before, MORE).approvals
    assert patient == before.approvals[0]
    assert (patient.state, patient.note) == ("approved", "fine")
    assert (therapist.state, therapist.by, therapist.on) == ("to_review", "CD", "2026-11-23")
    assert therapist.treatments == ("brace", "tape")
    assert [one.state for one in revise(FIRST, MORE).approvals] == ["pending", "pending"]
    again = revise(revise(before, MORE), MORE)
    assert [one.state for one in again.approvals] == ["approved", "to_review"]


def test_who_wanted_changes_looks_again() -> None:
    before = yes(FIRST, "physical_therapist", "changes_wanted")
    assert revise(before, MORE).approvals[1].state == "to_review"
    assert revise(before, FIRST).approvals[1].state == "changes_wanted"


def test_a_plan_of_another_case_is_refused() -> None:
    other = drafted(WALK, case=msgspec.structs.replace(CASE, id="y"))
    with pytest.raises(RevisionError) as caught:
        revise(FIRST, other)
    assert str(caught.value) == (
        "The case of the previous plan must be 'y'. Got 'x'. "
        "Give the plan that was made for this case."
    )
    assert compare(FIRST, other)


def test_a_role_that_is_not_asked_is_refused() -> None:
    with pytest.raises(RevisionError) as caught:
        yes(FIRST, "pain_physician")
    assert str(caught.value) == (
        "The role that approves must be one that the plan asks. Got pain_physician. "
        "This plan asks patient, physical_therapist."
    )
    with pytest.raises(RevisionError, match="This plan asks nobody"):
        yes(drafted(treatment("walk", said("against"))))


def test_approving_changes_nothing_else() -> None:
    after = yes(FIRST, note="fine")
    assert msgspec.structs.replace(after, approvals=FIRST.approvals) == FIRST
    first, second = after.approvals
    assert (first.state, first.by, first.on, first.note) == ("approved", "AB", "2026-11-23", "fine")
    assert second == FIRST.approvals[1]
    (change,) = compare(FIRST, after)
    assert (change.kind, change.words) == ("approval", "patient: pending -> approved")


def kinds(before: Plan, after: Plan) -> list[tuple[str, str]]:
    return [(one.kind, one.words) for one in compare(before, after)]


def test_a_plan_does_not_differ_from_itself() -> None:
    assert compare(FIRST, FIRST) == ()


def test_differences_are_told_the_urgent_first() -> None:
    turned = {KNEE: (0.6, 0.01), "meniscal_tear": (0.1, 0.9)}
    after = drafted(
        WALK, TAPE, case=CASE, results=(result_of(KNEE, 0.6), result_of("meniscal_tear", 0.1)),
        flags=(flag("spinal_infection", "soon"),), following=(question(turned, {}),),
    )  # fmt: skip
    found = kinds(FIRST, after)
    assert found[0] == ("urgent", "Suspected: spinal_infection: new, soon")
    assert found[1] == ("firmness", "diagnosis: firm -> not firm")
    assert found[2] == ("first_test", "Lachman test: new, test first")
    assert ("treatment", "Walk: recommended -> not yet") in found
    assert {kind for kind, _ in found} >= {
        "urgent",
        "firmness",
        "first_test",
        "treatment",
        "approval",
    }
    back = kinds(after, FIRST)
    assert back[0] == ("urgent", "Suspected: spinal_infection: no longer (soon)")


def test_a_moved_origin_is_told() -> None:
    after = drafted(WALK, TAPE, case=CASE, results=(result_of(KNEE, 0.7),))
    assert ("origin", "Osteoarthritis of the knee: leading, 60% -> leading, 70%") in kinds(
        FIRST, after
    )


def test_treatments_far_from_the_plan_are_not_mentioned() -> None:
    far = drafted(WALK, TAPE, treatment("leeches", said("against")), case=CASE)
    assert compare(FIRST, far) == ()


def test_goals_are_told_by_their_whole_name_and_do_not_move_each_other() -> None:
    scores = (Score(instrument="odi", scale="disability", value=40.0),)
    used = drafted(WALK, TAPE, case=msgspec.structs.replace(CASE, scores=scores))
    goals = [one for one in compare(FIRST, used) if one.kind == "goal"]
    assert [one.words.partition(": ")[0] for one in goals] == [
        "Knee injury and Osteoarthritis Outcome Score", "Oswestry Disability Index 2.1a",
    ]  # fmt: skip
    run, swim = (treatment(name, goal="an hour") for name in ("run", "swim"))
    one = drafted(swim, case=CASE)
    two = drafted(run, swim, case=CASE)
    goals = [change for change in compare(one, two) if change.kind == "goal"]
    assert [change.words for change in goals] == ["Run: new, an hour"]
