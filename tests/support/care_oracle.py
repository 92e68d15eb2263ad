"""An oracle for plans: what must never be offered, by the files of the knowledge alone.

It shares no code with `kinechain.care` and has its own evaluation of rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kinechain.domain.assessment import Assessment
from kinechain.domain.care import Treatment
from kinechain.domain.case import Case, TriedTreatment
from kinechain.domain.plan import Plan
from kinechain.knowledge import Knowledge
from tests.support.care import OFFERED

Truth = bool | None
SLOW = ("knee", "hip", "ankle", "midfoot")
"""Joints of which worn cartilage needs twelve weeks, as does a narrow spinal canal."""
BOTH = frozenset({"left", "right"})
HANDS_ON = (
    "manual",
    "injection",
    "block",
    "ablation",
    "orthobiologic",
    "neuromodulation",
    "surgery",
)
"""What waits for any danger that is raised, also for one that may wait for days."""
CURES = ("drug", "medical", "surgery")
"""What is not given for a danger that is only suspected."""


def is_true(
    rule: dict[str, Any], case: Case, present: Mapping[str, float], known: Knowledge
) -> Truth:
    """Evaluate a rule as it stands in a file; three values, after Kleene."""
    parts: list[Truth]
    match rule:
        case {"all": of}:
            parts = [is_true(one, case, present, known) for one in of]
            return False if False in parts else None if None in parts else True
        case {"any": of}:
            parts = [is_true(one, case, present, known) for one in of]
            return True if True in parts else None if None in parts else False
        case {"not": part}:
            truth = is_true(part, case, present, known)
            return None if truth is None else not truth
        case {"at_least": {"count": count, "of": of}}:
            parts = [is_true(one, case, present, known) for one in of]
            if parts.count(True) >= count:
                return True
            return False if parts.count(True) + parts.count(None) < count else None
        case {"factor": name}:
            return has_factor(name, case, present, known)
        case {"condition": name}:
            return True if name in case.known_conditions or present.get(name, 0) >= 0.5 else None
        case _:
            return _leaf(rule, case, known)


def has_factor(name: str, case: Case, present: Mapping[str, float], known: Knowledge) -> Truth:
    """Whether a health factor is there: recorded, or by its own rule."""
    rule = known.health_factors[name].rule if name in known.health_factors else None
    ruled = is_true(rule, case, present, known) if rule else None
    if name in case.factors or ruled:
        return True
    return False if name in case.factors_absent else ruled


def _leaf(rule: dict[str, Any], case: Case, known: Knowledge) -> Truth:
    match rule:
        case {"finding": name}:
            return _observed(name, rule.get("side"), rule.get("level"), case)
        case {"site": name}:
            wanted = set(known.parts(name))
            sides = [one.side for one in case.pain if wanted & set(known.parts(one.site))]
            if any(rule.get("side") in (None, side) or side not in BOTH for side in sides):
                return True
            return False if case.drawing_complete else None
        case {"drug": name}:
            return True if name in case.drugs else None
        case {"sex": sex}:
            return None if case.sex is None else case.sex == sex
        case {"age": bounds}:
            return _any([_inside(case.age_years, bounds)])
        case {"value": bounds}:
            name = bounds["quantity"]
            return _any(_inside(m.value, bounds) for m in case.measurements if m.quantity == name)
        case {"duration": bounds}:
            return _any(_inside(pain.duration_weeks, bounds) for pain in case.pain)
        case {"intensity": bounds}:
            return _any(_inside(pain.intensity, bounds) for pain in case.pain)
        case {"onset": onset}:
            return _any(pain.onset == onset if pain.onset else None for pain in case.pain)
        case {"tried": what}:
            return _any(_answered(one, what) for one in case.treatments)
        case _:
            raise AssertionError(f"the oracle does not know {rule}")


def _observed(name: str, side: str | None, level: str | None, case: Case) -> Truth:
    states: dict[str, list[str]] = {"present": [], "absent": []}
    for one in case.observations:
        elsewhere = side in BOTH and one.side in BOTH and one.side != side
        other = None not in (level, one.level) and one.level != level
        if one.finding == name and one.likelihood_ratio is None and not elsewhere and not other:
            states[one.state].append(one.side)
    if states["present"]:
        return True
    if not states["absent"]:
        return None
    if side is None and all(one in BOTH for one in states["absent"]):
        hurting = [one.side for one in case.pain]
        for half in BOTH:
            if half not in states["absent"] and (half in hurting or "both" in hurting):
                return None
    return False


def _inside(value: float | None, bounds: Mapping[str, Any]) -> Truth:
    if value is None:
        return None
    low = bounds.get("at_least", bounds.get("at_least_weeks", float("-inf")))
    high = bounds.get("at_most", bounds.get("at_most_weeks", float("inf")))
    return low <= value <= high and value < bounds.get("below", float("inf"))


def _answered(one: TriedTreatment, what: Mapping[str, Any]) -> Truth:
    if one.id not in what["treatments"]:
        return False
    needed = what.get("weeks", 0)
    long = True if not needed else None if one.weeks is None else one.weeks >= needed
    told = one.response not in (None, "unknown")
    fits = one.response in what["response"] if told and "response" in what else None
    fits = fits if "response" in what else True
    return False if False in (long, fits) else None if None in (long, fits) else True


def _any(answers: Iterable[Truth]) -> Truth:
    """Whether one holds; not recorded where there is none to ask."""
    listed = list(answers)
    return True if True in listed else None if None in listed or not listed else False


def slow_to_heal(condition: str) -> bool:
    """Whether an adequate trial takes twelve weeks rather than six."""
    worn = condition in {f"{joint}_osteoarthritis" for joint in SLOW}
    return worn or condition == "lumbar_spinal_stenosis"


def had_its_chance(case: Case, known: Knowledge, weeks: float) -> bool:
    """Whether active care was kept up so long without lasting relief, or made matters worse."""
    for one in case.treatments:
        if one.id not in known.treatments or not known.treatments[one.id].active_care:
            continue
        if one.response == "worse":
            return True
        little = one.relief_percent is not None and one.relief_percent < 30
        brief = one.relief_weeks is not None and one.relief_weeks < 12
        if (one.weeks or 0) >= weeks and (one.response == "none" or little or brief):
            return True
    return False


def _phase(case: Case) -> str:
    """Of the complaint: acute below twelve weeks; what is longstanding counts by itself only."""
    told = [(one.course == "longstanding", one.duration_weeks) for one in case.pain]
    known = [(old, weeks) for old, weeks in told if weeks is not None]
    fresh = [weeks for old, weeks in known if not old] or [weeks for _, weeks in known]
    if not fresh:
        return "persistent" if case.complaint == "longstanding" else "any"
    return "acute" if max(fresh) < 12 else "persistent"


def _is_for(one: Treatment, condition: str) -> bool:
    return any(
        said.direction == "for" and condition in said.conditions and not said.superseded_by
        for said in one.statements
    )


def emergency_of(one: Treatment, case: Case, assessment: Assessment) -> str | None:
    """The condition for which a treatment may not wait."""
    present = {other.condition: other.present for other in assessment.conditions}
    raised = {other.condition for other in assessment.red_flags if other.status == "raised"}
    for name in one.emergency_for:
        diagnosed = name in case.known_conditions or present.get(name, 0) >= 0.5
        if diagnosed or (one.kind == "referral" and name in raised):
            return name
    return None


def forbidden(
    one: Treatment, said_for: Iterable[str], case: Case, assessment: Assessment, known: Knowledge
) -> Iterator[str]:
    """Everything in its own file that forbids a treatment in this person."""
    present = {other.condition: other.present for other in assessment.conditions}
    for what in one.contraindications:
        if what.severity == "absolute" and has_factor(what.factor, case, present, known):
            yield f"factor {what.factor}"
    for name in one.drug_classes:
        if name in case.allergies:
            yield f"allergy to {name}"
    for what in one.interactions:
        other_class = what.drug_class not in one.drug_classes  # its own class: it is taken already
        if what.severity == "contraindicated" and other_class and what.drug_class in case.drugs:
            yield f"drug {what.drug_class}"
    raised = {other.condition for other in assessment.red_flags if other.status == "raised"}
    suspected = {other.condition for other in assessment.not_excluded} - raised
    treated = {region for name in said_for for region in known.conditions[name].regions}
    for what in one.cautions:
        if what.severity != "absolute":
            continue
        if what.condition in raised or what.condition in case.known_conditions:
            yield f"danger {what.condition}"
        elif what.condition in suspected and treated & set(
            known.conditions[what.condition].regions
        ):
            yield f"danger {what.condition} nearby, not excluded"


def faults(plan: Plan, case: Case, assessment: Assessment, known: Knowledge) -> list[str]:
    """Everything that is wrong with what a plan offers."""
    present = {one.condition: one.present for one in assessment.conditions}
    explains = {one.condition: one.explains for one in assessment.conditions}
    found: list[str] = []
    if sorted(one.id for one in plan.treatments) != sorted(known.treatments):
        found.append("a treatment is forgotten or stands twice")
    raised = tuple(one for one in assessment.red_flags if one.status == "raised")
    if plan.urgent != raised:
        found.append("a red flag is lost or changed")
    held = {one.condition: False for one in raised}
    held |= {one.condition: True for one in raised if one.urgency in ("emergency_now", "same_day")}
    for name, condition in known.conditions.items():
        if condition.danger and (name in case.known_conditions or present.get(name, 0) >= 0.5):
            held[name] = True
    for entry in plan.treatments:
        if entry.status not in OFFERED:
            continue
        one = known.treatments[entry.id]
        told = f"{entry.id} is {entry.status} in spite of"
        against = forbidden(one, entry.for_origins, case, assessment, known)
        found += [f"{told} {what}" for what in against]
        if emergency_of(one, case, assessment) is not None:
            continue
        if not entry.for_origins:
            found.append(f"{entry.id} is offered for nothing")
            continue
        for name in entry.for_origins:
            doubted = name in {other.condition for other in (*raised, *assessment.not_excluded)}
            there = name in case.known_conditions or present[name] >= 0.5
            if name == entry.for_origins[0] and one.kind in CURES and doubted and not there:
                found.append(f"{told} {name} being only suspected")
        waits = [name for name, all_wait in held.items() if all_wait or one.kind in HANDS_ON]
        if one.kind != "referral" and not one.safe_meanwhile:
            found += [f"{told} {name}" for name in waits if not _is_for(one, name)]
        if one.gate is not None and is_true(one.gate.rule, case, present, known) is not True:
            found.append(f"{told} its gate")
        if {one.phase, _phase(case)} == {"acute", "persistent"}:
            found.append(f"{told} its phase")
        weeks = 12 if slow_to_heal(entry.for_origins[0]) else 6
        if one.step > 1 and one.after_trial and not had_its_chance(case, known, weeks):
            found.append(f"{told} no trial of active care of {weeks} weeks")
        firm = [
            name in case.known_conditions or explains[name] >= 0.5 for name in entry.for_origins
        ]
        if one.step > 1 and one.firm and not one.safe_meanwhile and not any(firm):
            found.append(f"{told} an origin that is only possible")
    return found
