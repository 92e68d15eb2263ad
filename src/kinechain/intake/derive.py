"""Adds the findings that follow from values, from height and weight, and from the pain.

What was recorded directly always wins over what would follow.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from math import exp, log

from kinechain.domain.case import Measurement, Observation, Pain, Side, State
from kinechain.domain.concepts import Derive, Finding, Soft, Trait
from kinechain.intake.reader import Reader
from kinechain.intake.recorded import Recorded, instances
from kinechain.knowledge import Knowledge

BODY_MASS_INDEX = "body_mass_index"
LARGEST_BMI_DIFFERENCE = 1.5


def with_body_mass_index(
    reader: Reader, measured: list[Measurement], height_m: float | None, weight_kg: float | None,
    line: int,
) -> list[Measurement]:  # fmt: skip
    """The measurements, with the body mass index that follows from height and weight."""
    quantity = reader.knowledge.quantities.get(BODY_MASS_INDEX)
    if height_m is None or weight_kg is None or quantity is None:
        return measured
    index = weight_kg / height_m**2
    if not quantity.plausible_low <= index <= quantity.plausible_high:
        reader.wrong(
            line,
            "weight",
            "weight and height",
            "those of one adult",
            f"{weight_kg:g} kg at {height_m:g} m, a body mass index of {index:.1f}",
            "correct one of them; neither is used for the body mass index",
        )
        return measured
    for one in measured:
        if one.quantity == BODY_MASS_INDEX:
            if abs(one.value - index) > LARGEST_BMI_DIFFERENCE:
                reader.report(
                    "warning",
                    line,
                    "weight",
                    "The body mass index should agree with "
                    f"height and weight. Recorded is {one.value:.1f}, and {index:.1f} "
                    "follows from them; the recorded one is used.",
                    "correct one of them",
                )
            return measured
    return [*measured, Measurement(quantity=BODY_MASS_INDEX, value=index)]


def derived(
    reader: Reader, recorded: list[Recorded], measured: list[Measurement], pains: list[Pain]
) -> list[Recorded]:
    """What follows and was not recorded directly.

    Parameters
    ----------
    reader
        Takes a warning where the record contradicts what follows.
    recorded
        What was recorded directly.
    measured
        Values in their inner units.
    pains
        The pains; a longstanding one counts only when there is no other.
    """
    current = [pain for pain in pains if pain.course != "longstanding"] or pains
    found: list[Observation] = []
    for concept in (*reader.knowledge.findings.values(), *reader.knowledge.traits.values()):
        found += one_per_side(_following(reader.knowledge, concept, measured, current))
    return [Recorded(one, 1, "derived") for one in found if not _is_recorded(reader, recorded, one)]


def quantity_of(concept: Finding | Trait) -> str | None:
    """The quantity from which a finding or trait follows."""
    if isinstance(concept, Finding) and concept.soft is not None:
        return concept.soft.quantity
    return concept.derive.quantity if concept.derive is not None else None


def _following(
    knowledge: Knowledge, concept: Finding | Trait, measured: list[Measurement], pains: list[Pain]
) -> Iterator[Observation]:
    soft = concept.soft if isinstance(concept, Finding) else None
    paired = concept.sides == "paired"
    quantity = quantity_of(concept)
    for one in measured if quantity else ():
        if one.quantity != quantity:
            continue
        side = one.side if paired else "midline"
        if paired and side == "midline":
            side = "unknown"
        about = knowledge.quantities[one.quantity]
        source = f"{about.label} {one.value:.4g} {'' if about.unit == '1' else about.unit}".rstrip()
        if soft is not None:
            ratio = likelihood_ratio(soft, one.value)
            yield Observation(
                finding=concept.id,
                state="present" if ratio > 1 else "absent",
                side=side,
                on=one.on,
                derived_from=source,
                likelihood_ratio=ratio,
            )
        elif concept.derive is not None:
            state = _reached(concept.derive, one.value)
            if state == "present" or side != "unknown":
                yield Observation(
                    finding=concept.id, state=state, side=side, on=one.on, derived_from=source
                )
    if concept.derive is not None and not quantity:
        yield from _from_pain(knowledge, concept, concept.derive, pains)


def _reached(derive: Derive, value: float) -> State:
    low = -math.inf if derive.at_least is None else derive.at_least
    high = math.inf if derive.at_most is None else derive.at_most
    return "present" if low <= value <= high else "absent"


def likelihood_ratio(soft: Soft, value: float) -> float:
    """How much a value speaks for a finding.

    The value is normal with mean ``mean_with`` when the finding is there and ``mean_without``
    when it is not, with one common standard deviation. The logarithm of the ratio of the two
    densities is then linear in the value,
    ``(mean_with - mean_without) / sd**2 * (value - (mean_with + mean_without) / 2)``,
    hence monotone; it is capped at ``+-log(cap)``, because the tails of real measurements are
    heavier than normal ones.

    Examples
    --------
    >>> from kinechain.domain.estimate import Estimate
    >>> def figure(value):
    ...     return Estimate(value=value, low=value, high=value, basis="judgement")
    >>> soft = Soft(quantity="x", mean_with=figure(2), mean_without=figure(0), sd=figure(1), cap=10)
    >>> [round(likelihood_ratio(soft, value), 3) for value in (-9, 1, 1.5, 9)]
    [0.1, 1.0, 2.718, 10.0]
    """
    with_, without = soft.mean_with.value, soft.mean_without.value
    slope = (with_ - without) / soft.sd.value**2
    limit = abs(log(soft.cap))
    return exp(min(limit, max(-limit, slope * (value - (with_ + without) / 2))))


def _from_pain(
    knowledge: Knowledge, concept: Finding | Trait, derive: Derive, pains: list[Pain]
) -> Iterator[Observation]:
    wanted = {part for site in derive.sites for part in knowledge.parts(site)}
    for pain in pains:
        if wanted and wanted.isdisjoint(knowledge.parts(pain.site)):
            continue
        state = _state_of_pain(derive, pain)
        if state is None:
            continue
        sides: list[Side] = [pain.side] if concept.sides == "paired" else ["midline"]
        if sides == ["both"]:
            sides = ["left", "right"]
        for side in sides:
            if side == "midline" and concept.sides == "paired":
                side = "unknown"
            if state == "present" or side != "unknown":
                yield Observation(
                    finding=concept.id, state=state, side=side, derived_from=f"pain at {pain.site}"
                )


def _state_of_pain(derive: Derive, pain: Pain) -> State | None:
    """Present, absent or unknown; a list of qualities is never known to be complete."""
    answers: list[State | None] = []
    if derive.pain_quality:
        answers.append("present" if set(derive.pain_quality) & set(pain.quality) else None)
    if derive.onset:
        known: State = "present" if pain.onset in derive.onset else "absent"
        answers.append(known if pain.onset is not None else None)
    low, high = derive.duration_at_least_weeks, derive.duration_at_most_weeks
    if low is not None or high is not None:
        weeks = pain.duration_weeks
        within = weeks is not None and (low or 0.0) <= weeks <= (math.inf if high is None else high)
        answers.append(None if weeks is None else "present" if within else "absent")
    if "absent" in answers:
        return "absent"
    return "present" if answers and None not in answers else None


def one_per_side(following: Iterable[Observation]) -> list[Observation]:
    """One observation for each side: present before absent, of soft ones the strongest."""
    best: dict[str, Observation] = {}
    for one in following:
        known = best.get(one.side)
        if known is None or _strength(one) > _strength(known):
            best[one.side] = one
    return list(best.values())


def _strength(one: Observation) -> float:
    if one.likelihood_ratio is not None:
        return abs(log(one.likelihood_ratio))
    return 1.0 if one.state == "present" else 0.0


def _is_recorded(reader: Reader, recorded: list[Recorded], one: Observation) -> bool:
    meant = instances(reader.knowledge, one)
    for record in recorded:
        what = record.observation
        if what.finding != one.finding or not meant & instances(reader.knowledge, what):
            continue
        if what.state != one.state and one.likelihood_ratio is None:
            reader.report(
                "warning",
                record.line,
                record.key,
                f"The record of {one.finding} should agree "
                f"with what follows from {one.derived_from}. It is recorded {what.state} and would "
                f"follow as {one.state}; the record is used.",
                "correct one of the two",
            )
        return True
    return False


def without_contradicted(reader: Reader, direct: list[Recorded],
                         inferred: list[Recorded]) -> list[Recorded]:  # fmt: skip
    """Inferred records (from a drug, for example) about which nothing is recorded directly."""
    return [one for one in inferred if not _is_recorded(reader, direct, one.observation)]
