"""The parts of the plan: who does what, towards which measurable goals, by when."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

from kinechain.care.facts import Facts
from kinechain.care.status import Judgement
from kinechain.care.tried import ADEQUATE_WEEKS, LONG, LONG_WEEKS
from kinechain.domain.care import Part, Role
from kinechain.domain.instruments import Instrument, Scale
from kinechain.domain.plan import Approval, Goal, PlanPart

PARTS: tuple[Part, ...] = ("restorative", "recovery", "preventive")
ROLES: tuple[Role, ...] = ("patient", "physical_therapist", "pain_physician", "spine_specialist")
LASTING_SHARE, LASTING_POINTS = 0.7, 2.0
"""Relief means at most this share of the first pain, and at least so many points of ten less
(the consensus of ostelo2008mic)."""
LASTING_WEEKS = 12
RECOVERY_WEEKS = 26
HEALTHY_BMI, WEIGHT_SHARE = 25.0, 0.05


def day_after(facts: Facts, weeks: float) -> str | None:
    """The date so many weeks after the assessment; None when that has no date.

    Parameters
    ----------
    facts
        The person.
    weeks
        How many.
    """
    start = facts.case.as_of
    return (start + timedelta(weeks=weeks)).isoformat() if isinstance(start, date) else None


def review_weeks(facts: Facts) -> float:
    """After how long the restorative part is judged for the leading origin."""
    leading = facts.origins[0].condition if facts.origins else ""
    return LONG_WEEKS if leading in LONG else ADEQUATE_WEEKS


def parts(judgements: Sequence[Judgement], facts: Facts) -> tuple[PlanPart, ...]:
    """What each role does in each part, with its goals.

    Parameters
    ----------
    judgements
        Of all treatments; those that are offered count.
    facts
        The person.
    """
    offered = [one for one in judgements if one.is_offered]
    found: list[PlanPart] = []
    for part in PARTS:
        for role in ROLES:
            own = [
                one for one in offered if (one.treatment.part, one.treatment.role) == (part, role)
            ]
            goals = (*_shared_goals(part, role, facts, own), *_own_goals(own, facts))
            if own or goals:
                found.append(
                    PlanPart(
                        part=part,
                        role=role,
                        goals=goals,
                        treatments=tuple(one.treatment.id for one in own),
                    )
                )
    return tuple(found)


def approvals(judgements: Sequence[Judgement]) -> tuple[Approval, ...]:
    """What each role must agree to before the plan is carried out.

    Parameters
    ----------
    judgements
        Of all treatments; those that are offered count.
    """
    wanted: dict[Role, list[str]] = {}
    for one in judgements:
        if one.is_offered:
            for role in dict.fromkeys((*one.treatment.approve, one.treatment.role)):
                wanted.setdefault(role, []).append(one.treatment.id)
    return tuple(
        Approval(role=role, state="pending", treatments=tuple(wanted[role]))
        for role in ROLES
        if role in wanted
    )


def _shared_goals(
    part: Part, role: Role, facts: Facts, own: Sequence[Judgement]
) -> tuple[Goal, ...]:
    weeks = review_weeks(facts)
    match part, role:
        case "restorative", "patient":
            return _pain_goals(facts, weeks)
        case "restorative", "physical_therapist":
            return _function_goal(facts, weeks)
        case "recovery", "physical_therapist":
            return _activity_goal(facts)
        case "preventive", "patient":
            return _weight_goal(facts, own)
        case _:
            return ()


def _pain_goals(facts: Facts, weeks: float) -> tuple[Goal, ...]:
    worst = max(
        (one.intensity for one in facts.case.pain if one.intensity is not None), default=None
    )
    if worst is None:
        target = "at least 30 % and 2 points less than at the start, which is to be recorded now"
    else:
        most = max(0.0, min(LASTING_SHARE * worst, worst - LASTING_POINTS))
        target = f"{math.floor(most + 1e-9)} or less"
        target += f" (now {worst:g})"
    why = "at least 30 % and 2 of 10 points: what patients notice as better"
    measure = "worst pain, average of a week, 0 to 10"
    return (
        Goal(measure=measure, target=target, by=day_after(facts, weeks), why=why),
        Goal(
            measure=measure,
            target=f"still so at {LASTING_WEEKS + weeks - ADEQUATE_WEEKS:g} weeks",
            by=day_after(facts, LASTING_WEEKS + weeks - ADEQUATE_WEEKS),
            why="relief counts as lasting when it is there at both reviews",
        ),
    )


def _function_goal(facts: Facts, weeks: float) -> tuple[Goal, ...]:
    found = instrument_for(facts)
    if found is None:
        return ()
    instrument, scale = found
    change = scale.important_change[0] if scale.important_change else None
    direction = "higher" if scale.higher_is_better else "lower"
    target = (
        f"at least {change.value:g} points {direction} than at the start"
        if change
        else f"{direction} than at the start; no important change is published for it"
    )
    label = instrument.label if scale.id == instrument.main_scale else scale.label
    return (Goal(measure=label, target=target, by=day_after(facts, weeks), why="function"),)


def _activity_goal(facts: Facts) -> tuple[Goal, ...]:
    known = facts.knowledge.instruments.get("psfs")
    if known is None:
        return ()
    return (
        Goal(
            measure=f"{known.label}: three activities that the patient chooses",
            target="8 or more of 10 in each",
            by=day_after(facts, RECOVERY_WEEKS),
            why="back to what matters to the person",
        ),
    )


def _weight_goal(facts: Facts, own: Sequence[Judgement]) -> tuple[Goal, ...]:
    case = facts.case
    if not any(one.treatment.id == "weight_loss" for one in own):
        return ()
    if case.weight_kg is None or case.height_m is None:
        return (
            Goal(
                measure="body weight",
                target="5 % less, when the body mass index is 25 or more (to be measured)",
                by=day_after(facts, RECOVERY_WEEKS),
            ),
        )
    if case.weight_kg / case.height_m**2 < HEALTHY_BMI:
        return ()
    aim = case.weight_kg * (1 - WEIGHT_SHARE)
    return (
        Goal(
            measure="body weight",
            target=f"{aim:.0f} kg or less (now {case.weight_kg:g} kg)",
            by=day_after(facts, RECOVERY_WEEKS),
            why="5 % is the least that changed pain in trials of people with overweight",
        ),
    )


def _own_goals(own: Sequence[Judgement], facts: Facts) -> tuple[Goal, ...]:
    return tuple(
        Goal(
            measure=one.treatment.label,
            target=one.treatment.goal,
            by=day_after(facts, one.treatment.review_weeks),
        )
        for one in own
        if one.treatment.goal
    )


def instrument_for(facts: Facts) -> tuple[Instrument, Scale] | None:
    """The instrument that function is followed with: one in use already, else by region.

    Parameters
    ----------
    facts
        The person.
    """
    known = facts.knowledge.instruments
    in_use = sorted({one.instrument for one in facts.case.scores if one.instrument in known})
    function = [name for name in in_use if known[name].construct.find("pain intensity") < 0]
    names = [*function, *_by_region(facts)]
    for name in names:
        chosen = known[name]
        if chosen.use == "outcome":
            return chosen, next(one for one in chosen.scales if one.id == chosen.main_scale)
    return None


def _by_region(facts: Facts) -> list[str]:
    """Instruments of the leading origin's region, free ones first."""
    if not facts.origins:
        return []
    regions = set(facts.knowledge.conditions[facts.origins[0].condition].regions)
    licences = ("free", "free_for_clinical_use", "licence_needed")
    fitting = [
        one
        for one in facts.knowledge.instruments.values()
        if regions & set(one.regions) and "pain intensity" not in one.construct
    ]
    return [
        one.id for one in sorted(fitting, key=lambda one: (licences.index(one.licence), one.id))
    ]
