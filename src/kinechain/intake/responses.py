"""Derives the findings that are the answer to a treatment that was tried."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kinechain.domain.case import Observation, Side, State, TriedTreatment
from kinechain.domain.concepts import Finding, ResponseTo
from kinechain.intake.derive import one_per_side, without_contradicted
from kinechain.intake.reader import Reader
from kinechain.intake.recorded import Recorded, Tried
from kinechain.knowledge import Knowledge

PATH = "treatments"
_Place = tuple[str | None, str | None, Side]


def from_responses(reader: Reader, recorded: list[Recorded], tried: list[Tried]) -> list[Recorded]:
    """What follows from the treatments that were tried and is not recorded directly.

    Parameters
    ----------
    reader
        Takes a warning where the record contradicts what follows.
    recorded
        What is known otherwise; it outweighs what follows.
    tried
        The treatments, in the order of the file.
    """
    lasting = _last_of_each(reader, tried)
    found: list[Recorded] = []
    for finding in reader.knowledge.findings.values():
        rule = finding.derive.response_to if finding.derive is not None else None
        if rule is None:
            continue
        lines: dict[Observation, int] = {}
        for one in lasting:
            for what in _following(reader.knowledge, finding, rule, one.treatment):
                lines.setdefault(what, one.line)
        found += [Recorded(one, lines[one], PATH) for one in one_per_side(lines)]
    return without_contradicted(reader, recorded, found)


def state_after(rule: ResponseTo, tried: TriedTreatment) -> State | None:
    """What a treatment says about the finding that is the answer to it.

    Present when at least ``relief_percent`` of the pain went or, where no per cent is recorded,
    the response was complete; absent when none or less went, and for a treatment that needs
    time only after `weeks` of it; otherwise unknown.

    Examples
    --------
    >>> rule = ResponseTo(treatments=("heat",), relief_percent=50, weeks=2)
    >>> state_after(rule, TriedTreatment(treatment="heat", relief_percent=50))
    'present'
    >>> state_after(rule, TriedTreatment(treatment="heat", response="none", weeks=2))
    'absent'
    >>> state_after(rule, TriedTreatment(treatment="heat", response="none", weeks=1)) is None
    True
    """
    percent = tried.relief_percent
    if tried.response in ("none", "worse") or percent == 0:
        long_enough = rule.weeks <= (tried.weeks or 0.0)
        return "absent" if long_enough else None
    if percent is not None:
        return "present" if percent >= rule.relief_percent else None
    return "present" if tried.response == "complete" else None


def _is_answered(tried: TriedTreatment) -> bool:
    return tried.relief_percent is not None or tried.response not in (None, "unknown")


def _last_of_each(reader: Reader, tried: list[Tried]) -> list[Tried]:
    """Of several trials of one treatment at one place, the last dated one that was answered."""
    asked = {
        name
        for finding in reader.knowledge.findings.values()
        if finding.derive is not None and finding.derive.response_to is not None
        for name in finding.derive.response_to.treatments
    }
    trials: dict[_Place, list[Tried]] = {}
    for one in tried:
        what = one.treatment
        if what.id in asked and _is_answered(what):
            trials.setdefault((what.id, what.site, what.side), []).append(one)
    for several in trials.values():
        several.sort(key=lambda one: one.treatment.on or date.min)
        last = several[-1]
        if len(several) > 1:
            on = f"that of {last.treatment.on}" if last.treatment.on else "the last in the file"
            reader.report(
                "info",
                last.line,
                PATH,
                f"{last.treatment.id} was tried {len(several)} times; {on} counts as evidence.",
                "" if last.treatment.on else "add on: with the date of each",
            )
    return [several[-1] for several in trials.values()]


def _following(
    knowledge: Knowledge, finding: Finding, rule: ResponseTo, tried: TriedTreatment
) -> Iterator[Observation]:
    if tried.id not in rule.treatments or not _is_there(knowledge, rule, tried):
        return
    state = state_after(rule, tried)
    if state is None:
        return
    for side in _sides(finding, tried):
        if state == "present" or side != "unknown":
            yield Observation(
                finding=finding.id,
                state=state,
                side=side,
                on=tried.on,
                derived_from=f"response to {tried.treatment}",
            )


def _is_there(knowledge: Knowledge, rule: ResponseTo, tried: TriedTreatment) -> bool:
    """Whether what was treated lies within the sites that the rule names."""
    if not rule.sites:
        return True
    within = {part for site in rule.sites for part in knowledge.parts(site)}
    return tried.site is not None and within.issuperset(knowledge.parts(tried.site))


def _sides(finding: Finding, tried: TriedTreatment) -> tuple[Side, ...]:
    if finding.sides != "paired":
        return ("midline",)
    if tried.side == "both":
        return ("left", "right")
    return ("unknown",) if tried.side == "midline" else (tried.side,)
