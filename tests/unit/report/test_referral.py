"""The referral letter: what is urgent first, whose word is whose, and little enough for a page."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from kinechain.report import model, referral, sections
from kinechain.report.opinions import OpinionView, elsewhere, opinions_on
from kinechain.report.referral import Recorded, letter
from tests.unit.report import invented, invented_plan

NO_BREAK = "\N{NO-BREAK SPACE}"


def report(**changed: Any) -> model.Report:
    made = sections.build(invented.assessment(), invented.extras(), invented_plan.plan())
    return msgspec.structs.replace(made, **changed)


def opinion(origin: str, decision: str = "rejected", **more: Any) -> OpinionView:
    fields = {"label": origin, "reason": "No effusion", "by": "Dr Berg", "on": date(2026, 11, 22)}
    return msgspec.convert(
        {**fields, "origin": origin, "decision": decision, **more}, OpinionView
    )  # fmt: skip


def flag(urgency: str) -> model.FlagView:
    (first, *_) = report().raised
    return msgspec.structs.replace(first, urgency=urgency, label=f"A danger, {urgency}")


def test_program_and_clinician_stand_beside_each_other() -> None:
    first = report().origins[0]
    made = letter(report(), Recorded(), [opinion(first.condition)])
    assert made.origins[0].label == first.label
    assert made.origins[0].program.replace(NO_BREAK, " ").endswith("%)")
    assert made.origins[0].said == ("Rejected by Dr Berg, 2026-11-22: No effusion",)
    assert made.origins[0].rejected
    assert not any(one.said for one in made.origins[1:])


def test_an_opinion_on_one_place_counts_for_its_condition() -> None:
    first = report().origins[0]
    said = opinions_on(first, [opinion(first.instance), opinion(f"{first.condition}_other")])
    assert [one.origin for one in said] == [first.instance]


def test_what_a_clinician_spoke_of_is_never_left_out() -> None:
    last = report().origins[-1]
    many = report(origins=tuple(report().origins) * 3)
    made = letter(many, Recorded(), [opinion(last.condition, "confirmed")])
    assert last.label in [one.label for one in made.origins if one.said]
    unlisted = opinion("pancreatic_disease", "confirmed", label="Pancreatic disease")
    assert elsewhere(report(), [unlisted]) == (unlisted,)
    assert letter(report(), Recorded(), [unlisted]).opinions == (
        "Pancreatic disease: Confirmed by Dr Berg, 2026-11-22: No effusion",
    )


@pytest.mark.parametrize(
    ("urgency", "asked"),
    [("emergency_now", "Please see this person now, and exclude: A danger, emergency_now."),
     ("same_day", "Please see this person today, and exclude: A danger, same_day.")],
)  # fmt: skip
def test_what_cannot_wait_is_the_only_question(urgency: str, asked: str) -> None:
    made = letter(report(raised=(flag("soon"), flag(urgency))), Recorded())
    assert made.questions == (asked,)
    assert made.to_ask == ()


def test_otherwise_the_question_is_where_it_comes_from() -> None:
    first, second = report().origins[:2]
    made = letter(report(raised=()), Recorded())
    assert made.questions[0].endswith(f"Is it: {first.label}?")
    assert second.label in made.questions[1]
    assert made.to_ask
    made = letter(report(raised=()), Recorded(), [opinion(first.condition)])
    assert made.questions[0].endswith(f"Is it: {second.label}?"), "not what was rejected"
    assert letter(report(raised=(), origins=()), Recorded()).questions == ()


def test_findings_are_told_one_by_one() -> None:
    made = letter(report(), Recorded())
    told = [one for origin in made.origins for one in (*origin.supporting, *origin.opposing)]
    assert told
    assert not any("all together" in one for one in told)
    (view, *_) = report().evidence
    absent = [one.finding for one in view.supporting if one.state == "absent" and not one.is_group]
    assert all(f"{one} (absent)" in made.origins[0].supporting for one in absent)


def test_what_is_raised_is_not_said_again_among_the_dangers() -> None:
    (danger, *_) = report().not_excluded
    raised = msgspec.structs.replace(flag("soon"), label=danger.label)
    assert any(danger.label in one for one in letter(report(), Recorded()).dangers)
    made = letter(report(raised=(raised,)), Recorded())
    assert not any(one.startswith(danger.label) for one in made.dangers)


def test_drugs_and_allergies_are_said_even_when_there_are_none() -> None:
    assert letter(report(), Recorded()).about == (
        ("Drugs", "none recorded"), ("Allergies", "none recorded")
    )  # fmt: skip
    full = Recorded(pains=("Groin, left, 6/10",), treatments=("Exercise, none",), drugs=("A", "B"),
                    allergies=("none",), values=("Temperature 36.8 Cel",))  # fmt: skip
    assert dict(letter(report(), full).about) == {
        "Pain": "Groin, left, 6/10", "Measured": "Temperature 36.8 Cel", "Tried": "Exercise, none",
        "Drugs": "A; B", "Allergies": "none",
    }  # fmt: skip


def test_long_lists_and_long_entries_are_cut_and_counted() -> None:
    many = Recorded(present=tuple(f"Finding {number}" for number in range(30)),
                    treatments=("x" * 1000,))  # fmt: skip
    about = dict(letter(report(), many).about)
    assert about["Found"].endswith(f"Finding {referral.LISTED - 1}; 22 more in the full report")
    assert len(about["Tried"]) == referral.LONGEST
    assert about["Tried"].endswith("…")


def test_the_plan_is_told_in_short_and_may_be_missing() -> None:
    made = letter(report(), Recorded())
    assert made.treatments
    bare = letter(report(plan=None), Recorded())
    assert (bare.tests, bare.treatments, bare.not_safe) == ((), (), ())
