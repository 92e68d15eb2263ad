"""The parts of a plan that a page shows in columns: origins, urgency, bodies, effects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import assert_never

import msgspec

from kinechain.domain.care import Direction, Strength
from kinechain.domain.concepts import Urgency
from kinechain.domain.plan import Goal, PatientPage, Plan, PlanEffect, PlannedTreatment
from kinechain.report import words
from kinechain.report.labels import clean

MOST_EFFECTS = 3
Refs = Callable[[Iterable[str]], tuple[int, ...]]


class OriginRow(msgspec.Struct, frozen=True, kw_only=True):
    """A condition that the plan is made for; `rank` counts from 1."""

    rank: int
    label: str
    probability: float
    low: float
    high: float
    known: bool


class UrgentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A red flag that is raised."""

    urgency: Urgency
    urgency_words: str
    label: str
    action: str
    because: tuple[str, ...]


class SaidRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one body says for or against a treatment.

    Attributes
    ----------
    judged
        Whether it is no guideline but a review or this project's judgement.
    ranks
        Of the origins that it speaks of.
    notes
        In whom, and what else it says.
    """

    direction: Direction
    body: str
    year: int
    strength: str
    judged: bool
    ranks: tuple[int, ...]
    notes: tuple[str, ...]
    refs: tuple[int, ...]


class EffectRow(msgspec.Struct, frozen=True, kw_only=True):
    """What trials measured, a column each."""

    outcome: str
    better: str
    value: str
    scale: str
    comparator: str
    weeks: str
    certainty: str
    refs: tuple[int, ...]


class TreatmentRows(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of one treatment; `ranks` are those of the origins that it is for."""

    ranks: tuple[int, ...]
    said: tuple[SaidRow, ...]
    effects: tuple[EffectRow, ...]


class PlanRows(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of a plan.

    Attributes
    ----------
    meanwhile
        Treatments that are safe for all likely origins.
    issues
        Errors and warnings about the case.
    """

    urgent: tuple[UrgentRow, ...]
    origins: tuple[OriginRow, ...]
    meanwhile: tuple[str, ...]
    issues: tuple[str, ...]


def plan_rows(plan: Plan) -> PlanRows:
    """The columns of a plan.

    Parameters
    ----------
    plan
        The plan.
    """
    names = {one.id: one.label for one in plan.treatments}
    flags = sorted(plan.urgent, key=lambda flag: words.urgency_order(flag.urgency))
    return PlanRows(
        urgent=tuple(
            UrgentRow(
                urgency=flag.urgency,
                urgency_words=words.urgency_words(flag.urgency),
                label=clean(flag.label),
                action=clean(flag.action),
                because=tuple(clean(one).rstrip(".") for one in flag.because),
            )
            for flag in flags
        ),
        origins=tuple(
            OriginRow(
                rank=rank,
                label=clean(one.label),
                probability=one.probability,
                low=one.low,
                high=one.high,
                known=one.standing == "known",
            )
            for rank, one in enumerate(plan.origins, start=1)
        ),
        meanwhile=tuple(clean(names.get(name, name)) for name in plan.meanwhile),
        issues=tuple(
            " ".join(part for part in (clean(one.message), clean(one.remedy)) if part)
            for one in plan.issues
            if one.level != "info"
        ),
    )


def origin_ranks(plan: Plan) -> Mapping[str, int]:
    """The rank of each origin of a plan.

    Parameters
    ----------
    plan
        The plan.
    """
    return {one.condition: rank for rank, one in enumerate(plan.origins, start=1)}


def treatment_rows(one: PlannedTreatment, ranks: Mapping[str, int], refs: Refs) -> TreatmentRows:
    """The columns of a treatment.

    Parameters
    ----------
    one
        The treatment.
    ranks
        Of the origins.
    refs
        Gives sources their numbers.
    """
    return TreatmentRows(
        ranks=tuple(sorted(ranks[name] for name in one.for_origins if name in ranks)),
        said=_said(one, ranks, refs),
        effects=tuple(_effect(effect, refs) for effect in one.effects[:MOST_EFFECTS]),
    )


def cleaned_goal(goal: Goal) -> Goal:
    """A goal whose text cannot do harm.

    Parameters
    ----------
    goal
        Of a plan.
    """
    return Goal(
        measure=clean(goal.measure),
        target=clean(goal.target),
        by=clean(goal.by) if goal.by else None,
        why=clean(goal.why),
    )


def cleaned_page(page: PatientPage) -> PatientPage:
    """A patient's page whose text cannot do harm.

    Parameters
    ----------
    page
        Of a plan.
    """
    sections = tuple(
        msgspec.structs.replace(
            one,
            heading=clean(one.heading),
            sentences=tuple(clean(text) for text in one.sentences),
            points=tuple(clean(text) for text in one.points),
        )
        for one in page.sections
    )
    return msgspec.structs.replace(page, title=clean(page.title), sections=sections)


def strength_words(strength: Strength, basis: str) -> str:
    """How firmly a body speaks; what is no guideline says so.

    Examples
    --------
    >>> strength_words("strong", "guideline"), strength_words("conditional", "judgement")
    ('strong', 'conditional, judgement')
    """
    match strength:
        case "strong":
            word = "strong"
        case "conditional":
            word = "conditional"
        case "inconclusive":
            word = "takes no side"
        case "emergency":
            word = "must not wait"
        case _:
            assert_never(strength)
    return word if basis == "guideline" else f"{word}, {clean(basis)}"


def _said(one: PlannedTreatment, ranks: Mapping[str, int], refs: Refs) -> tuple[SaidRow, ...]:
    """Each body once for each direction and strength, guidelines and the latest first."""
    rows: dict[tuple[str, int, str, str], SaidRow] = {}
    for said in one.statements:
        if not said.applies or said.superseded:
            continue
        strength = strength_words(said.strength, said.basis)
        row = SaidRow(
            direction=said.direction,
            body=clean(said.body),
            year=said.year,
            strength=strength,
            judged=said.basis != "guideline",
            ranks=(ranks[said.condition],) if said.condition in ranks else (),
            notes=tuple(clean(text) for text in (said.population, said.note) if text),
            refs=refs([said.source] if said.source else []),
        )
        key = (row.body, row.year, row.direction, strength)
        rows[key] = _merged(rows[key], row) if key in rows else row
    return tuple(sorted(rows.values(), key=lambda row: (row.judged, -row.year, row.body)))


def _merged(one: SaidRow, other: SaidRow) -> SaidRow:
    return msgspec.structs.replace(
        one,
        ranks=tuple(sorted({*one.ranks, *other.ranks})),
        notes=tuple(dict.fromkeys((*one.notes, *other.notes))),
        refs=tuple(sorted({*one.refs, *other.refs})),
    )


def _effect(one: PlanEffect, refs: Refs) -> EffectRow:
    if one.low is not None and one.high is not None:
        spread = f" ({one.low:g} to {one.high:g})"
    else:
        spread = " (interval not printed)"
    judged = "" if one.certainty_basis == "grade" else ", our judgement"
    return EffectRow(
        outcome=clean(one.outcome),
        better="higher is better" if one.higher_is_better else "lower is better",
        value=f"{clean(one.measure).replace('_', ' ')} {one.value:g}{spread}",
        scale=clean(one.unit or ""),
        comparator=clean(one.comparator),
        weeks=f"{one.weeks:g}" if one.weeks is not None else "",
        certainty=one.certainty.replace("_", " ") + judged,
        refs=refs([one.source]),
    )
