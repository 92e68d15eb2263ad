"""Leaves out what a treatment may have changed: it is no evidence about the origin."""

from __future__ import annotations

from datetime import date
from typing import Any

from kinechain.domain.case import TriedTreatment
from kinechain.domain.concepts import Finding
from kinechain.intake.reader import Reader
from kinechain.intake.recorded import Recorded
from kinechain.knowledge import Knowledge

CHANGED = frozenset({"partial", "complete", "worse"})
CHANGEABLE = frozenset({"symptom", "exam", "gait"})


def before_treatment(
    reader: Reader, recorded: list[Recorded], treatments: tuple[TriedTreatment, ...]
) -> list[Recorded]:
    """The records without symptoms and signs dated after a treatment that changed something.

    A finding that is present and named by a red flag is kept whatever its date: no treatment may
    silence an alarm.
    """
    starts = [
        (one.on, one.treatment) for one in treatments if one.on is not None and _has_changed(one)
    ]
    if not starts:
        return recorded
    first, treatment = min(starts)
    alarming = alarm_findings(reader.knowledge)
    kept: list[Recorded] = []
    for one in recorded:
        if not _is_later(reader.knowledge, one, first):
            kept.append(one)
            continue
        what = one.observation
        stays = what.state == "present" and what.finding in alarming
        if stays:
            kept.append(one)
        reader.report(
            "info",
            one.line,
            one.key,
            f"{what.finding} ({what.state}, {what.on}) was recorded after {treatment} began on "
            f"{first}, which changed the complaint. "
            + (
                "It is kept, because a red flag depends on it."
                if stays
                else "It is not used as evidence about the origin."
            ),
            "" if stays else "write it without a date if it was so before the treatment",
        )
    return kept


def _has_changed(one: TriedTreatment) -> bool:
    """Whether a treatment did something; without a response, whether any pain went."""
    if one.response is None:
        return bool(one.relief_percent)
    return one.response in CHANGED


def _is_later(knowledge: Knowledge, one: Recorded, first: date) -> bool:
    concept = knowledge.concept(one.observation.finding)
    changeable = isinstance(concept, Finding) and concept.kind in CHANGEABLE
    return changeable and one.observation.on is not None and one.observation.on > first


def alarm_findings(knowledge: Knowledge) -> frozenset[str]:
    """Every finding that a rule of a red flag names."""
    found: set[str] = set()
    waiting: list[Any] = [flag.rule for flag in knowledge.red_flags.values()]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = part.get("finding")
            if isinstance(name, str):
                found.add(name)
            waiting.extend(part.values())
        elif isinstance(part, list | tuple):
            waiting.extend(part)
    return frozenset(found)
