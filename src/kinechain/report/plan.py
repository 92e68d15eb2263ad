"""From a plan to what every report of it shows; no layout, no input or output."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import assert_never

from kinechain.domain.care import Part, Role
from kinechain.domain.plan import (
    Against,
    Approval,
    ApprovalState,
    FirstTest,
    LikelyOrigin,
    Plan,
    PlanEffect,
    PlannedTreatment,
    PlanPart,
    PlanStatement,
    Status,
)
from kinechain.report import words
from kinechain.report.labels import clean, interval, percent
from kinechain.report.plan_model import (
    ApprovalView,
    PartView,
    PlanView,
    TestView,
    TreatmentGroup,
    TreatmentView,
)
from kinechain.report.plan_rows import (
    Refs,
    cleaned_goal,
    cleaned_page,
    origin_ranks,
    plan_rows,
    strength_words,
    treatment_rows,
)

GROUPS: tuple[Status, ...] = (
    "recommended",
    "option",
    "uncertain",
    "not_yet",
    "already_tried",
    "contraindicated",
    "not_recommended",
)


def build_plan(
    plan: Plan, labels: Mapping[str, str], refs: Refs, cited: Collection[Status] = GROUPS
) -> PlanView:
    """Put a plan into words.

    Parameters
    ----------
    plan
        The plan.
    labels
        Words for the ids of conditions.
    refs
        Gives sources their numbers.
    cited
        Of treatments with these statuses the sources are numbered.
    """
    spoken = [one for one in plan.treatments if _is_spoken_of(one)]
    names = {one.id: one.label for one in plan.treatments}
    ranks = origin_ranks(plan)
    shown = [
        _treatment(one, labels, ranks, refs if one.status in cited else _uncited) for one in spoken
    ]
    return PlanView(
        case_id=clean(plan.case_id),
        as_of=clean(plan.as_of or ""),
        version=f"version {plan.plan_version}",
        urgent=tuple(
            f"{words.urgency_words(flag.urgency)}: {clean(flag.label)}. {clean(flag.action)}"
            f"{_cited(refs(flag.sources))}"
            for flag in sorted(plan.urgent, key=lambda flag: words.urgency_order(flag.urgency))
        ),
        origins=tuple(_origin(one) for one in plan.origins),
        firmness=clean(plan.firmness.because),
        firm=plan.firmness.firm,
        tests=tuple(_test(one) for one in plan.first_tests),
        groups=_grouped(shown),
        not_indicated=len(plan.treatments) - len(spoken),
        parts=tuple(_part(one, names) for one in plan.parts),
        approvals=tuple(_approval(one, names) for one in plan.approvals),
        medication=tuple(clean(one) for one in plan.medication_review),
        would_change=tuple(clean(one) for one in plan.would_change),
        patient=cleaned_page(plan.patient_page),
        history=tuple(
            f"version {one.plan_version}{f' of {clean(one.as_of)}' if one.as_of else ''}: "
            f"{clean('; '.join(one.changes[:6]))}"
            for one in plan.history
        ),
        program_version=clean(plan.program_version),
        knowledge_version=clean(plan.knowledge_version),
        intended_use=words.INTENDED_USE,
        rows=plan_rows(plan),
    )


def _uncited(_sources: Iterable[str]) -> tuple[int, ...]:
    return ()


def _cited(numbers: tuple[int, ...]) -> str:
    return f" [{', '.join(map(str, numbers))}]" if numbers else ""


def _grouped(shown: Sequence[TreatmentView]) -> tuple[TreatmentGroup, ...]:
    """Treatments by status, statuses without any left out."""
    groups = (
        TreatmentGroup(
            status=status,
            title=status_title(status),
            treatments=tuple(one for one in shown if one.status == status),
        )
        for status in GROUPS
    )
    return tuple(group for group in groups if group.treatments)


def _test(one: FirstTest) -> TestView:
    return TestView(
        label=clean(one.label),
        question=clean(one.question),
        if_present=clean(", ".join(one.if_present[:3])),
        if_absent=clean(", ".join(one.if_absent[:3])),
    )


def _approval(one: Approval, names: Mapping[str, str]) -> ApprovalView:
    state = approval_words(one.state)
    state += f" by {clean(one.by)}" if one.by else ""
    state += f" on {clean(one.on)}" if one.on else ""
    state += f": {clean(one.note)}" if one.note else ""
    return ApprovalView(
        role=role_words(one.role),
        state=state,
        treatments=tuple(clean(names.get(name, name)) for name in one.treatments),
    )


def _is_spoken_of(one: PlannedTreatment) -> bool:
    """Whether somebody speaks of it for these origins, in people like this one."""
    counted = any(said.applies and not said.superseded for said in one.statements)
    return one.status != "not_recommended" or (counted and one.kind != "referral")


def _part(one: PlanPart, names: Mapping[str, str]) -> PartView:
    return PartView(
        part=part_words(one.part),
        role=role_words(one.role),
        goals=tuple(cleaned_goal(goal) for goal in one.goals),
        treatments=tuple(clean(names.get(name, name)) for name in one.treatments),
    )


def _origin(one: LikelyOrigin) -> str:
    return f"{clean(one.label)} {percent(one.probability)} ({interval(one.low, one.high)})"


def _treatment(
    one: PlannedTreatment, labels: Mapping[str, str], ranks: Mapping[str, int], refs: Refs
) -> TreatmentView:
    counted = [said for said in one.statements if said.applies and not said.superseded]
    sources = [said.source for said in counted if said.source]
    sources += [effect.source for effect in one.effects[:3]]
    sources += [against.source for against in one.contraindicated_by if against.source]
    sources += [one.regulatory_source] if one.regulatory_source else []
    sources += one.gate.sources if one.gate else ()
    return TreatmentView(
        id=one.id,
        label=clean(one.label),
        status=one.status,
        status_words=status_title(one.status),
        step=one.step,
        role=role_words(one.role),
        origins=tuple(clean(labels.get(name, name)) for name in one.for_origins),
        why=tuple(clean(sentence) for sentence in one.why),
        gate=clean(one.gate.condition) if one.gate else "",
        missing=tuple(clean(missing) for missing in one.gate.missing) if one.gate else (),
        said_for=_said(counted, "for"),
        said_against=_said(counted, "against"),
        said_neither=_said(counted, "neither"),
        effects=tuple(effect_words(effect) for effect in one.effects[:3]),
        harms=tuple(clean(harm) for harm in one.harms),
        against=tuple(against_words(against) for against in one.contraindicated_by),
        ask_before=tuple(clean(question) for question in one.ask_before),
        together=tuple(clean(other) for other in one.not_together_with),
        how=tuple(clean(line) for line in one.how),
        review_on=clean(one.review_on or ""),
        urgent=one.urgent,
        regulatory=clean(one.regulatory_status or ""),
        refs=refs(sources),
        rows=treatment_rows(one, ranks, refs),
    )


def _said(statements: Iterable[PlanStatement], direction: str) -> tuple[str, ...]:
    """Each body once with its firmest word: guidelines first, the latest of them first."""
    chosen = [one for one in statements if one.direction == direction]
    chosen.sort(key=lambda one: (one.basis == "judgement", -one.year, one.strength != "strong"))
    found: dict[tuple[str, int], str] = {}
    for one in chosen:
        words_of = strength_words(one.strength, one.basis)
        found.setdefault((one.body, one.year), f"{clean(one.body)} {one.year} ({words_of})")
    return tuple(found.values())


def effect_words(effect: PlanEffect) -> str:
    """An effect with its scale, interval, time and certainty.

    Parameters
    ----------
    effect
        Of a plan.
    """
    if effect.low is not None and effect.high is not None:
        spread = f" ({effect.low:g} to {effect.high:g})"
    else:
        spread = " (interval not printed)"
    unit = f" {clean(effect.unit)}" if effect.unit else ""
    when = f" at {effect.weeks:g} weeks" if effect.weeks is not None else ""
    graded = "" if effect.certainty_basis == "grade" else ", our judgement"
    certainty = effect.certainty.replace("_", " ")
    measure = clean(effect.measure).replace("_", " ")
    measure = clean(effect.measure).replace("_", " ")
    return (
        f"{clean(effect.outcome)}: {measure} {effect.value:g}{spread}"
        f"{unit} against {clean(effect.comparator)}{when}; certainty {certainty}{graded}"
    )


def against_words(one: Against) -> str:
    """What speaks against a treatment in this person, with its weight.

    Parameters
    ----------
    one
        Of a planned treatment.
    """
    match one.severity:
        case "absolute":
            weight = "forbids it"
        case "relative":
            weight = "weigh"
        case "monitor":
            weight = "watch"
        case _:
            assert_never(one.severity)
    return f"{clean(one.label)} ({weight}): {clean(one.why)}"


def status_title(status: Status) -> str:
    """A status as a heading."""
    match status:
        case "recommended":
            return "Recommended"
        case "option":
            return "Options"
        case "uncertain":
            return "Of unclear value"
        case "not_yet":
            return "Not yet: what opens it"
        case "already_tried":
            return "Already tried"
        case "contraindicated":
            return "Not safe for this person now"
        case "not_recommended":
            return "Advised against"
        case _:
            assert_never(status)


def role_words(role: Role) -> str:
    """Who it is."""
    match role:
        case "spine_specialist":
            return "spine or joint specialist"
        case "pain_physician":
            return "pain physician"
        case "physical_therapist":
            return "physical therapist"
        case "patient":
            return "patient"
        case _:
            assert_never(role)


def part_words(part: Part) -> str:
    """Which part of the plan."""
    match part:
        case "restorative":
            return "Restorative"
        case "recovery":
            return "Recovery"
        case "preventive":
            return "Preventive"
        case _:
            assert_never(part)


def approval_words(state: ApprovalState) -> str:
    """Where an approval stands."""
    match state:
        case "pending":
            return "not yet asked"
        case "approved":
            return "approved"
        case "changes_wanted":
            return "wants changes"
        case "to_review":
            return "approved an earlier version, to be looked at again"
        case _:
            assert_never(state)
