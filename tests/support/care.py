"""Persons, assessments and treatments for the tests of care, made by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from kinechain.care import draft_plan
from kinechain.domain.assessment import (
    Assessment,
    Change,
    ConditionResult,
    Flag,
    Next,
    NotExcluded,
)
from kinechain.domain.care import Statement, Treatment
from kinechain.domain.case import Case, TriedTreatment
from kinechain.domain.plan import Plan, PlannedTreatment
from kinechain.knowledge import Knowledge, load_knowledge

Record = tuple[Case, Assessment]
OFFERED = ("recommended", "option")
EXERCISE = "exercise_therapy"


def knowledge_of(*treatments: Treatment, **groups: Any) -> Knowledge:
    """The shipped knowledge with these treatments only."""
    only = {one.id: one for one in treatments}
    return msgspec.structs.replace(load_knowledge(), treatments=only, **groups)


def said(direction: str = "for", strength: str = "strong", **more: Any) -> Statement:
    """A statement, of a body and for worn knees unless it is told otherwise."""
    given: dict[str, Any] = {"conditions": ("knee_osteoarthritis",), "body": "A", "year": 2020}
    basis = more.get("basis", "guideline")
    source = None if basis == "judgement" else "nice2022ng226"
    return Statement(direction=direction, strength=strength, **{**given, "source": source, **more})


def treatment(name: str = "thing", *statements: Statement, **more: Any) -> Treatment:
    """A treatment of step 1 that a body strongly advises for worn knees and that may start now."""
    given: dict[str, Any] = {
        "label": name.capitalize(), "plain": "You can do this.", "step": 1, "kind": "exercise",
        "part": "restorative", "role": "patient", "how": "So and so.", "review_weeks": 6,
    }  # fmt: skip
    return Treatment(id=name, statements=statements or (said(),), **{**given, **more})


def result_of(condition: str, explains: float, present: float | None = None) -> ConditionResult:
    """What an assessment says of a condition."""
    return ConditionResult(
        condition=condition,
        label=load_knowledge().label(condition),
        explains=explains,
        low=explains / 2,
        high=(1 + explains) / 2,
        present=explains if present is None else present,
        origins=(),
    )


def flag(
    condition: str,
    urgency: str = "emergency_now",
    *,
    basis: str = "rule",
    status: str = "raised",
    name: str | None = None,
) -> Flag:
    """A red flag of a condition."""
    return Flag(
        id=name or f"{condition}_{basis}",
        label=f"Suspected: {condition}",
        urgency=urgency,  # type: ignore[arg-type]
        status=status,  # type: ignore[arg-type]
        basis=basis,  # type: ignore[arg-type]
        because=("it was told",),
        action=f"act on {condition}",
        sources=(),
        condition=condition,
    )


def open_danger(condition: str, probability: float = 0.02) -> NotExcluded:
    """A dangerous condition that is not excluded."""
    return NotExcluded(
        condition=condition,
        label=load_knowledge().label(condition),
        probability=probability,
        high=2 * probability,
        threshold=probability,
        ask=(),
    )


def question(
    present: Mapping[str, tuple[float, float]],
    absent: Mapping[str, tuple[float, float]],
    **more: Any,
) -> Next:
    """An open question; each answer moves conditions from a probability to another."""

    def changes(answer: Mapping[str, tuple[float, float]]) -> tuple[Change, ...]:
        return tuple(
            Change(id=name, label=name, present=after, before=before)
            for name, (before, after) in answer.items()
        )

    given: dict[str, Any] = {
        "finding": "lachman_test", "id": "lachman_test", "label": "Lachman test", "question": "?",
        "kind": "exam", "burden": 1, "chance": 0.4, "gain_bits": 0.1, "threshold_crossings": 0.0,
    }  # fmt: skip
    return Next(if_present=changes(present), if_absent=changes(absent), **{**given, **more})


def assessed(
    case: Case,
    *conditions: ConditionResult,
    flags: Iterable[Flag] = (),
    dangers: Iterable[NotExcluded] = (),
    following: Iterable[Next] = (),
) -> Assessment:
    """An assessment that says just this."""
    return Assessment(
        schema_version="1.0",
        program_version="0",
        knowledge_version="invented",
        case_id=case.id,
        as_of=case.as_of.isoformat() if case.as_of else None,
        red_flags=tuple(flags),
        not_excluded=tuple(dangers),
        conditions=conditions,
        origins=(),
        sites=(),
        contributions={},
        next=tuple(following),
        issues=(),
        timing_ms={"total": 1.0},
    )


def failed_trial(name: str = EXERCISE, weeks: float = 13.0, **more: Any) -> TriedTreatment:
    """Active care that was kept up and did nothing."""
    return TriedTreatment(treatment=name, id=name, weeks=weeks, **{"response": "none", **more})


def planned(plan: Plan, name: str) -> PlannedTreatment:
    """What a plan says about a treatment."""
    (found,) = [one for one in plan.treatments if one.id == name]
    return found


KNEE, BACK, SPINE = "knee_osteoarthritis", "nonspecific_low_back_pain", "lumbar_spinal_stenosis"


def drafted(
    *treatments: Treatment,
    case: Case | None = None,
    results: tuple[ConditionResult, ...] | None = None,
    known: Knowledge | None = None,
    **more: Any,
) -> Plan:
    """A plan from these treatments, for a person with a worn knee unless it is told otherwise."""
    person = case or Case(id="made up")
    found = (result_of(KNEE, 0.6),) if results is None else results
    return draft_plan(person, assessed(person, *found, **more), known or knowledge_of(*treatments))


def status(one: Treatment, **more: Any) -> str:
    """The status of a treatment in the plan of `drafted`."""
    return planned(drafted(one, **more), one.id).status
