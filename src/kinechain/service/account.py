"""The whole account of one origin: where its probability starts and what moves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

import kinechain.explanation as explanation
from kinechain.domain.assessment import (
    ContributionResult,
    Flag,
    Next,
    Origin,
    PathResult,
    SiteResult,
)
from kinechain.domain.case import Case, Issue
from kinechain.domain.concepts import Condition
from kinechain.domain.estimate import Estimate
from kinechain.explanation.evidence import Ways
from kinechain.inference.contributions import Contribution, contributions
from kinechain.inference.person import Person
from kinechain.inference.posterior import Posterior, posterior
from kinechain.inference.uncertainty import DRAWS, intervals
from kinechain.inference.value import Question, questions, unanswered
from kinechain.intake import CaseReading
from kinechain.knowledge import Knowledge
from kinechain.service.assess import red_flags
from kinechain.service.catalogue import find_condition
from kinechain.service.prior_steps import PriorStep, prior_steps

SWINGS_SHOWN = 8
SMALLEST_SWING = 0.001


class Swing(msgspec.Struct, frozen=True, kw_only=True):
    """An open question, and how probable the origin's presence is after either answer."""

    question: Next
    now: float
    if_present: float
    if_absent: float


class PathTo(msgspec.Struct, frozen=True, kw_only=True):
    """A path from the origin, and the painful site at its end."""

    site: str
    path: PathResult


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """What a finding does to the origin, and the figures on the strongest way to it."""

    result: ContributionResult
    figures: tuple[Estimate, ...]


class RecordedRisk(msgspec.Struct, frozen=True, kw_only=True):
    """A risk factor of the condition that was recorded, with its odds ratio."""

    trait: str
    label: str
    state: str
    odds_ratio: Estimate


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is said about one origin of one case.

    Attributes
    ----------
    origin
        The instance that the account is about; None when the findings contradict each other.
    others
        The condition's other instances, the most explaining first.
    explains
        Of the condition, over all levels and sides.
    prior
        From the condition among adults to this instance in this person, step by step.
    contributions
        Of every finding and group of findings to the origin's being present.
    """

    case_id: str
    knowledge_version: str
    condition: str
    label: str
    summary: str
    explains: float
    present: float
    origin: Origin | None
    others: tuple[Origin, ...]
    prior: tuple[PriorStep, ...]
    risks: tuple[RecordedRisk, ...]
    contributions: tuple[Weight, ...]
    paths: tuple[PathTo, ...]
    swings: tuple[Swing, ...]
    threshold: Estimate | None
    red_flags: tuple[Flag, ...]
    issues: tuple[Issue, ...]


def account(
    case: Case | CaseReading,
    knowledge: Knowledge,
    name: str,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> Account:
    """Account for one origin.

    Parameters
    ----------
    case
        The person.
    knowledge
        The knowledge.
    name
        A condition, for its likeliest instance, or an origin's id for that one.
    draws, seed
        Parameter draws behind the intervals.

    Raises
    ------
    kinechain.service.catalogue.UnknownName
        When there is no such condition.
    """
    condition, instance = find_condition(name, knowledge)
    reading = case if isinstance(case, CaseReading) else CaseReading(case, ())
    case = reading.case
    flags = tuple(flag for flag in red_flags(case, knowledge) if flag.condition == condition.id)
    result = posterior(knowledge, case)
    whole = Account(
        case_id=case.id,
        knowledge_version=knowledge.version,
        condition=condition.id,
        label=condition.label,
        summary=condition.summary,
        explains=result.template_explains.get(condition.id, 0.0),
        present=result.template_present.get(condition.id, 0.0),
        origin=None,
        others=(),
        prior=prior_steps(knowledge, case, condition),
        risks=_recorded_risks(case, knowledge, condition),
        contributions=(),
        paths=(),
        swings=(),
        threshold=condition.danger.threshold if condition.danger else None,
        red_flags=flags,
        issues=(*reading.issues, *result.issues),
    )
    if not result.template_present:  # impossible evidence: there is nothing to account for
        return whole
    return _with_origin(whole, result, instance, draws, seed)


def _with_origin(
    whole: Account, result: Posterior, instance: str | None, draws: int, seed: int
) -> Account:
    person, knowledge = result.person, result.person.knowledge
    spread = intervals(result, draws=draws, seed=seed)
    ranked = _instances(whole.condition, explanation.origin_results(result, spread, {}))
    wanted = instance or ranked[0].id
    node = knowledge.index[wanted]
    parts = contributions(person, result.assembly, [node])
    shares = explanation.judgement_shares(result, parts)
    origins = _instances(whole.condition, explanation.origin_results(result, spread, shares))
    origin = next(one for one in origins if one.id == wanted)
    last = PriorStep(what=_place_words(origin, knowledge), probability=origin.prior)
    return msgspec.structs.replace(
        whole,
        origin=origin,
        others=tuple(one for one in origins if one.id != wanted),
        prior=(*whole.prior, last),
        contributions=_weights(person, parts),
        paths=_paths(wanted, explanation.site_results(result, spread)),
        swings=_swings(result, node),
    )


def _weights(person: Person, parts: Sequence[Contribution]) -> tuple[Weight, ...]:
    """Contributions to one origin; for a single finding with the figures that carry it there."""
    if not parts:
        return ()
    origin = parts[0].origin
    ways = Ways(person, [origin])
    (results,) = explanation.contribution_results(person, parts).values()
    return tuple(
        Weight(
            result=result,
            figures=tuple(ways.figures(origin, part.items[0])) if len(part.items) == 1 else (),
        )
        for part, result in zip(parts, results, strict=True)
    )


def _instances(condition: str, origins: tuple[Origin, ...]) -> tuple[Origin, ...]:
    return tuple(one for one in origins if one.condition == condition)


def _place_words(origin: Origin, knowledge: Knowledge) -> str:
    level = knowledge.levels[origin.level].label if origin.level else ""
    words = " ".join(part for part in (level, origin.side or "") if part)
    return (
        f"at this place ({words}), other causes of it included"
        if words
        else ("other causes of it included")
    )


def _recorded_risks(
    case: Case, knowledge: Knowledge, condition: Condition
) -> tuple[RecordedRisk, ...]:
    ratios = {risk.trait: risk.odds_ratio for risk in condition.prior.risks}
    return tuple(
        RecordedRisk(trait=one.finding, label=knowledge.traits[one.finding].label,
                     state=one.state, odds_ratio=ratios[one.finding])
        for one in case.observations
        if one.finding in ratios
    )  # fmt: skip


def _paths(origin: str, sites: tuple[SiteResult, ...]) -> tuple[PathTo, ...]:
    found = [
        PathTo(site=f"{site.label}", path=path)
        for site in sites
        for path in site.paths
        if path.path[0] == origin
    ]
    return tuple(sorted(found, key=lambda one: -one.path.fired))


def _swings(result: Posterior, node: int) -> tuple[Swing, ...]:
    """The questions about what the origin bears on, by how far an answer moves it on average."""
    person = result.person
    asked = questions(person, result.assembly, {}, candidates=_bearing(person, node))
    if node not in asked.conditions:
        return ()
    column = asked.conditions.index(node)
    now = float(asked.now[column])

    def shift(one: Question) -> float:
        return one.chance * abs(float(one.present[column]) - now) + (1 - one.chance) * abs(
            float(one.absent[column]) - now
        )

    best = sorted(asked.asked, key=lambda one: -shift(one))[:SWINGS_SHOWN]
    best = [one for one in best if shift(one) >= SMALLEST_SWING]
    words = explanation.next_steps(person, replace(asked, asked=tuple(best)), shown=SWINGS_SHOWN)
    return tuple(
        Swing(question=step, now=now, if_present=float(one.present[column]),
              if_absent=float(one.absent[column]))
        for one, step in zip(best, words, strict=True)
    )  # fmt: skip


def _bearing(person: Person, node: int) -> list[int]:
    """Unanswered questions about what an origin leads to, and about its risk factors."""
    reached = {node}
    for place in range(node + 1, person.network.size):
        if any(parent in reached for parent, _ in person.network.parents[place]):
            reached.add(place)
    graph = person.knowledge.graph.nodes
    condition = person.knowledge.conditions[graph[node].template]
    risks = {risk.trait for risk in condition.prior.risks}
    return [
        place for place in unanswered(person)
        if place in reached or graph[place].template in risks
    ]  # fmt: skip
