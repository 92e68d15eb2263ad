"""Drafts the one plan of a case.

One way: facts, then every treatment's status, then whether the diagnosis is firm, then the
parts, the approvals and the patient's page. No clock and no chance: the same input gives the
same plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence

import msgspec

from kinechain.care.against import combined, medication_review
from kinechain.care.facts import Facts, gather, in_question
from kinechain.care.firmness import Outlook, outlook
from kinechain.care.goals import approvals, day_after, parts
from kinechain.care.patient import patient_page
from kinechain.care.status import OFFERED, Fixed, Judgement, fixed, judge
from kinechain.domain.assessment import Assessment
from kinechain.domain.care import Treatment, TreatmentEffect
from kinechain.domain.case import Case, Issue
from kinechain.domain.plan import (
    PLAN_SCHEMA_VERSION,
    Plan,
    PlanEffect,
    PlannedTreatment,
    Revision,
    Status,
)
from kinechain.domain.version import __version__
from kinechain.knowledge import Knowledge

STATUS_ORDER: tuple[Status, ...] = (
    "recommended",
    "option",
    "uncertain",
    "not_yet",
    "already_tried",
    "contraindicated",
    "not_recommended",
)


def draft_plan(case: Case, assessment: Assessment, knowledge: Knowledge) -> Plan:
    """Draft the plan for one case.

    Parameters
    ----------
    case
        The person.
    assessment
        What was found about them.
    knowledge
        The knowledge that it was found with.

    Returns
    -------
    Plan
        Version 1, with no approval given. Raised red flags come first in it whatever else
        it says.
    """
    facts = gather(case, assessment, knowledge)
    treatments = [knowledge.treatments[name] for name in sorted(knowledge.treatments)]
    conditions = in_question(facts, assessment)
    known = {one.id: fixed(one, facts, conditions) for one in treatments}

    def judged(person: Facts, about: Collection[str]) -> list[Judgement]:
        return [
            judge(one, known[one.id], person, firm=True)
            for one in treatments
            if about is knowledge.conditions or not known[one.id].said.keys().isdisjoint(about)
        ]

    view = outlook(assessment, facts, judged)
    judgements = _judged(treatments, known, facts, view)
    shown = tuple(_planned(one, judgements, facts) for one in _in_order(judgements))
    plan = Plan(
        schema_version=PLAN_SCHEMA_VERSION,
        plan_version=1,
        content="",
        program_version=__version__,
        knowledge_version=assessment.knowledge_version,
        case_id=case.id,
        as_of=assessment.as_of,
        urgent=facts.urgent,
        origins=facts.origins,
        firmness=view.firmness,
        first_tests=view.tests,
        meanwhile=tuple(one.id for one in shown if one.status in OFFERED and one.step == 1)
        if not view.firmness.firm
        else (),
        parts=parts(judgements, facts),
        treatments=shown,
        approvals=approvals(judgements),
        medication_review=medication_review(treatments, facts),
        would_change=_would_change(judgements, facts, view),
        patient_page=patient_page(facts, judgements, view.firmness, view.tests),
        history=(),
        issues=_issues(case, assessment),
        timing_ms={},
    )
    return with_history(plan, ("first draft",))


def content_of(plan: Plan) -> str:
    """Hash of what a plan says, without approvals, history, issues and times.

    Parameters
    ----------
    plan
        The plan.
    """
    bare = msgspec.structs.replace(
        plan, plan_version=0, content="", approvals=(), history=(), issues=(), timing_ms={}
    )
    return hashlib.sha256(msgspec.json.encode(bare)).hexdigest()[:12]


def with_history(plan: Plan, changes: tuple[str, ...]) -> Plan:
    """The plan with its own version as the last entry of its history.

    Parameters
    ----------
    plan
        With the history up to it.
    changes
        What this version changed, in words.
    """
    content = content_of(plan)
    entry = Revision(
        plan_version=plan.plan_version,
        as_of=plan.as_of,
        content=content,
        knowledge_version=plan.knowledge_version,
        changes=changes,
    )
    return msgspec.structs.replace(plan, content=content, history=(*plan.history, entry))


def _judged(
    treatments: Sequence[Treatment], known: Mapping[str, Fixed], facts: Facts, view: Outlook
) -> list[Judgement]:
    firm = view.firmness.firm
    return [
        judge(one, known[one.id], facts, firm=firm or one.id in view.standing) for one in treatments
    ]


def _in_order(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Urgent first, then by status, step, and what it does for the origins together."""

    def rank(one: Judgement) -> tuple[bool, int, int, float, str]:
        status = STATUS_ORDER.index(one.status)
        return (not one.urgent, status, one.treatment.step, -one.worth, one.treatment.id)

    return sorted(judgements, key=rank)


def _planned(one: Judgement, all_of_them: Sequence[Judgement], facts: Facts) -> PlannedTreatment:
    treatment = one.treatment
    offered = tuple(other.treatment for other in all_of_them if other.is_offered)
    clashes = tuple(words for _, words in combined(treatment, offered)) if one.is_offered else ()
    return PlannedTreatment(
        id=treatment.id,
        label=treatment.label,
        step=treatment.step,
        status=one.status,
        for_origins=one.for_origins,
        why=one.why,
        gate=one.gate,
        statements=tuple(words for said in one.said for words in said.statements),
        effects=_effects(treatment, one, facts),
        harms=tuple(_harm(harm.harm, harm.how_often) for harm in treatment.harms),
        contraindicated_by=one.against,
        role=treatment.role,
        review_on=day_after(facts, treatment.review_weeks) if one.is_offered else None,
        kind=treatment.kind,
        part=treatment.part,
        how=_how(treatment, one, facts),
        ask_before=one.ask_before,
        not_together_with=clashes,
        urgent=one.urgent,
        regulatory_status=treatment.regulatory_status,
        regulatory_source=treatment.regulatory_source,
    )


def _harm(harm: str, how_often: str | None) -> str:
    return f"{harm} ({how_often})" if how_often else harm


def _effects(treatment: Treatment, one: Judgement, facts: Facts) -> tuple[PlanEffect, ...]:
    """The effects for the origins of this person, one entry per condition."""
    origins = {origin.condition for origin in facts.origins} | set(one.for_origins)
    return tuple(
        _effect(effect, name)
        for effect in treatment.effects
        for name in effect.conditions
        if name in origins
    )


def _effect(effect: TreatmentEffect, condition: str) -> PlanEffect:
    return PlanEffect(
        outcome=effect.outcome,
        value=effect.value,
        low=effect.low,
        high=effect.high,
        unit=effect.unit,
        weeks=effect.weeks,
        certainty=effect.certainty,
        source=effect.source,
        measure=effect.measure,
        comparator=effect.comparator,
        condition=condition,
        certainty_basis=effect.certainty_basis,
        higher_is_better=effect.higher_is_better,
        n=effect.n,
    )


def _how(treatment: Treatment, one: Judgement, facts: Facts) -> tuple[str, ...]:
    """Dose and manner, then the programmes for this person's origins, stage by stage."""
    wanted = set(one.for_origins) or {origin.condition for origin in facts.origins}
    lines = [treatment.how]
    for programme in treatment.programmes:
        if wanted & set(programme.conditions):
            lines.append(f"{programme.name}: {programme.goal}")
            lines += [
                f"{programme.name}, {stage.name} ({stage.weeks} weeks): {stage.dose}; go on when "
                f"{stage.move_on_when}"
                for stage in programme.stages
            ]
    return tuple(lines)


def _would_change(judgements: Sequence[Judgement], facts: Facts, view: Outlook) -> tuple[str, ...]:
    """What would make the plan another one."""
    found = [
        f"{test.label} {answer}: {', '.join(changes[:3])}"
        for test in view.tests
        for answer, changes in (("present", test.if_present), ("absent", test.if_absent))
        if changes
    ]
    found += [
        f"{danger.label} excluded: treatments that wait for it open"
        for danger in facts.dangers.values()
        if any(
            against.id == danger.condition and one.status == "contraindicated"
            for one in judgements
            for against in one.against
        )
    ]
    if any(one.status == "not_yet" and one.treatment.step > 1 for one in judgements):
        found.append("an adequate trial of active care without lasting relief: step 2 opens")
    found.append("a new red flag, a deficit that gets worse, or a fall of the function")
    return tuple(found)


def _issues(case: Case, assessment: Assessment) -> tuple[Issue, ...]:
    found = list(assessment.issues)
    if case.as_of is None:
        found.append(
            Issue(
                level="warning",
                where="as_of",
                message="The case has no date, so the goals and reviews of the plan have none.",
                remedy="add as_of: with the day of the assessment",
            )
        )
    return tuple(found)
