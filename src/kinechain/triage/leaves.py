"""Whether a single leaf of a rule is true, false or not recorded in a case.

A red flag errs towards raising: a record of unknown side or level counts for a rule that
names one, a present record outweighs an absent one, and what is merely not mentioned is
never taken as absent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import assert_never

from kinechain.domain.case import Case, Observation, Side
from kinechain.triage.rules import (
    AgeLeaf,
    ConditionLeaf,
    DrugLeaf,
    DurationLeaf,
    FactorLeaf,
    FindingLeaf,
    IntensityLeaf,
    Leaf,
    OnsetLeaf,
    SexLeaf,
    SiteLeaf,
    TriedLeaf,
    ValueLeaf,
)

BOTH_SIDES = frozenset({"left", "right"})


def leaf_truth(leaf: Leaf, case: Case, site_parts: Mapping[str, tuple[str, ...]]) -> bool | None:
    """Whether the leaf holds; ``None`` when the case does not say."""
    match leaf:
        case FindingLeaf():
            return _finding(leaf, case)
        case SiteLeaf():
            return _site(leaf, case, site_parts)
        case AgeLeaf():
            return _age(leaf, case)
        case SexLeaf():
            return None if case.sex is None else case.sex == leaf.sex
        case ValueLeaf():
            return _value(leaf, case)
        case OnsetLeaf():
            return _some(
                None if pain.onset is None else pain.onset == leaf.onset for pain in case.pain
            )
        case DurationLeaf():
            return _some(
                _within(pain.duration_weeks, leaf.at_least_weeks, leaf.at_most_weeks)
                for pain in case.pain
            )
        case DrugLeaf():
            # A list of drugs is never known to be complete.
            return True if leaf.drug in case.drugs else None
        case FactorLeaf():
            return _recorded_factor(leaf.factor, case)
        case ConditionLeaf():
            return True if leaf.condition in case.known_conditions else None
        case IntensityLeaf():
            return _some(_within(pain.intensity, leaf.at_least, None) for pain in case.pain)
        case TriedLeaf():
            return _tried(leaf, case)
        case _:
            assert_never(leaf)


def expand(site: str, site_parts: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The site itself and all its parts, and their parts."""
    found: set[str] = set()
    waiting = [site]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(site_parts.get(name, ()))
    return frozenset(found)


def _finding(leaf: FindingLeaf, case: Case) -> bool | None:
    """Present anywhere it may count; absent only where every painful side was looked at.

    Soft evidence (a measured value with a likelihood ratio) is no record of presence or
    absence. An absence on one side does not answer for a painful other side.
    """
    records = [
        record
        for record in case.observations
        if record.finding == leaf.finding
        and record.likelihood_ratio is None
        and _side_counts(leaf.side, record.side)
        and (leaf.level is None or record.level is None or record.level == leaf.level)
    ]
    if any(record.state == "present" for record in records):
        return True
    absent = [record for record in records if record.state == "absent"]
    if not absent:
        return None
    if leaf.side is None and not _painful_sides(case) <= _sides_covered(absent):
        return None
    return False


def _side_counts(wanted: str | None, recorded: Side) -> bool:
    """A side that is not a clear left or right may be the wanted one."""
    return wanted is None or recorded == wanted or recorded not in BOTH_SIDES


def _sides_covered(records: Iterable[Observation]) -> frozenset[str]:
    covered: set[str] = set()
    for record in records:
        covered |= {record.side} if record.side in BOTH_SIDES else BOTH_SIDES
    return frozenset(covered)


def _painful_sides(case: Case) -> frozenset[str]:
    sides: set[str] = set()
    for pain in case.pain:
        if pain.side == "both":
            sides |= BOTH_SIDES
        elif pain.side in BOTH_SIDES:
            sides.add(pain.side)
    return frozenset(sides)


def _site(leaf: SiteLeaf, case: Case, site_parts: Mapping[str, tuple[str, ...]]) -> bool | None:
    """Pain in any part that the two names share; its absence only on a complete drawing."""
    wanted = expand(leaf.site, site_parts)
    for pain in case.pain:
        if _side_counts(leaf.side, pain.side) and not wanted.isdisjoint(
            expand(pain.site, site_parts)
        ):
            return True
    return False if case.drawing_complete else None


def _age(leaf: AgeLeaf, case: Case) -> bool | None:
    age = case.age_years
    if age is None or math.isnan(age):
        return None
    if leaf.at_least is not None and age < leaf.at_least:
        return False
    return leaf.below is None or age < leaf.below


def _value(leaf: ValueLeaf, case: Case) -> bool | None:
    """Any measurement within the bounds counts: a normal one later does not undo it."""
    answers: list[bool | None] = []
    for measured in case.measurements:
        if measured.quantity == leaf.quantity:
            within = _within(measured.value, leaf.at_least, leaf.at_most)
            too_high = leaf.below is not None and measured.value >= leaf.below
            answers.append(False if within and too_high else within)
    return _some(answers)


def _within(value: float | None, low: float | None, high: float | None) -> bool | None:
    if value is None or math.isnan(value):
        return None
    return (low is None or value >= low) and (high is None or value <= high)


def _recorded_factor(factor: str, case: Case) -> bool | None:
    if factor in case.factors:
        return True
    return False if factor in case.factors_absent else None


def _tried(leaf: TriedLeaf, case: Case) -> bool | None:
    """One trial that was long enough, with one of the responses; unknown when a part is."""
    answers: list[bool | None] = []
    for one in case.treatments:
        if one.id not in leaf.treatments:
            continue
        length = True if not leaf.weeks else _within(one.weeks, leaf.weeks, None)
        known = one.response if one.response != "unknown" else None
        answer = not leaf.response or (None if known is None else known in leaf.response)
        parts = (length, answer)
        answers.append(False if False in parts else None if None in parts else True)
    return _some(answers)


def _some(answers: Iterable[bool | None]) -> bool | None:
    """Kleene's "any", but not recorded when there is nothing to ask."""
    seen = list(answers)
    if any(seen):
        return True
    return None if not seen or None in seen else False
