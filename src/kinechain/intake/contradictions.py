"""Contradictions inside a case. Presence wins, because it may be part of an alarm."""

from __future__ import annotations

from kinechain.domain.case import Observation, Pain
from kinechain.intake.reader import Reader
from kinechain.intake.recorded import Recorded, instances

LEGS = frozenset({"leg", "buttock", "hip"})
BOTH_LEGS = "bilateral_leg_symptoms"


def settle(reader: Reader, recorded: list[Recorded]) -> list[Recorded]:
    """The records without doubles and without absences that contradict a presence.

    An absence contradicts a presence when it leaves the presence no side and level to be at.
    Two states on different days are a change, not a contradiction; presence is the evidence
    then too.
    """
    by_finding: dict[str, list[Recorded]] = {}
    for one in recorded:
        by_finding.setdefault(one.observation.finding, []).append(one)
    dropped: set[int] = set()
    for group in by_finding.values():
        _doubles(reader, group, dropped)
        absent = [
            one for one in group if one.observation.state == "absent" and id(one) not in dropped
        ]
        denied = {place for one in absent for place in instances(reader.knowledge, one.observation)}
        for present in group:
            meant = instances(reader.knowledge, present.observation)
            if present.observation.state != "present" or not meant <= denied:
                continue
            for one in absent:
                if id(one) not in dropped and meant & instances(reader.knowledge, one.observation):
                    dropped.add(id(one))
                    _tell(reader, present, one)
    return [one for one in recorded if id(one) not in dropped]


def _doubles(reader: Reader, group: list[Recorded], dropped: set[int]) -> None:
    seen: dict[tuple[str, str, str | None], Recorded] = {}
    for one in group:
        what = one.observation
        first = seen.setdefault((what.state, what.side, what.level), one)
        if first is not one:
            dropped.add(id(one))
            if first.line != one.line:
                reader.report(
                    "info",
                    one.line,
                    one.key,
                    f"{_words(what)} stands on line {first.line} and on line {one.line}.",
                    "delete one of them",
                )


def _tell(reader: Reader, present: Recorded, absent: Recorded) -> None:
    here, there = present.observation, absent.observation
    if here.on != there.on:
        reader.report(
            "info",
            absent.line,
            absent.key,
            f"{_words(here)} is present on {here.on or 'the first day'} (line {present.line}) and "
            f"absent on {there.on or 'the first day'} (line {absent.line}). What changed later "
            "is no evidence about the origin; presence is used.",
        )
        return
    reader.wrong(
        absent.line,
        absent.key,
        f"record of {here.finding}",
        "either present or absent",
        f"{_words(here)} present on line {present.line} and {_words(there)} absent on line "
        f"{absent.line}",
        "delete the wrong one; until then it is taken as present",
    )


def _words(what: Observation) -> str:
    side = what.side if what.side in ("left", "right") else None
    return ", ".join(filter(None, [what.finding, what.level, side]))


def compare_with_pain(reader: Reader, recorded: list[Recorded], pains: list[Pain]) -> None:
    """Warn where the pain that is marked and a finding say the opposite."""
    legs = {
        part
        for site in LEGS & set(reader.knowledge.sites)
        for part in (site, *reader.knowledge.parts(site))
    }
    sides = {pain.side for pain in pains if legs & {pain.site, *reader.knowledge.parts(pain.site)}}
    both = "both" in sides or {"left", "right"} <= sides
    for one in recorded:
        if one.observation.finding == BOTH_LEGS and one.observation.state == "absent" and both:
            reader.report(
                "warning",
                one.line,
                one.key,
                f"The absence of {BOTH_LEGS} should agree with the "
                "pain. Pain is marked on the left and on the right.",
                "move it under present:, or correct the sides of the pain",
            )


def compare_with_person(reader: Reader, recorded: list[Recorded], sex: str | None) -> None:
    """Report what the person's sex makes impossible."""
    for one in recorded:
        what = one.observation
        if what.finding == "pregnancy" and what.state == "present" and sex == "male":
            reader.wrong(
                one.line,
                one.key,
                "record of pregnancy",
                "absent in a man",
                "present",
                "correct the sex or the record",
            )
