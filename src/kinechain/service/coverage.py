"""What the knowledge covers: per condition how many figures, from where, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kinechain.domain.concepts import Condition
from kinechain.domain.estimate import Estimate
from kinechain.knowledge import Knowledge
from kinechain.knowledge.use import check_use
from kinechain.knowledge.walk import estimates
from kinechain.service.presentation import figures


class ConditionCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in one condition's file.

    Attributes
    ----------
    figures, studies, judgements
        How many numbers, how many of them read in a study, how many judged.
    sources
        How many publications are cited for or beside them.
    effects, zeros
        Findings, sites and links that it is said to bring about, and not to bring about.
    missing
        In words, what a reviewer should add.
    """

    condition: str
    label: str
    regions: tuple[str, ...]
    figures: int
    studies: int
    judgements: int
    sources: int
    effects: int
    zeros: int
    dangerous: bool
    reviewed_on: str
    missing: tuple[str, ...]


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of it; the totals count every file, not the conditions' alone."""

    knowledge_version: str
    conditions: tuple[ConditionCoverage, ...]
    findings: int
    traits: int
    links: int
    sites: int
    red_flags: int
    sources: int
    figures: int
    judgements: int


def coverage(knowledge: Knowledge) -> Coverage:
    """Count what the knowledge rests on.

    Parameters
    ----------
    knowledge
        The knowledge to look at.

    Returns
    -------
    Coverage
        Conditions by their first region, then by id.
    """
    shown = figures(knowledge)["origins"]
    lacks: dict[str, list[str]] = {}
    for issue in check_use(knowledge):
        lacks.setdefault(issue.where, []).append(issue.message)
    rows = [
        _row(one, one.id in shown, lacks.get(f"conditions/{one.id}.yaml", []))
        for one in knowledge.conditions.values()
    ]
    every = list(_all_figures(knowledge))
    return Coverage(
        knowledge_version=knowledge.version,
        conditions=tuple(sorted(rows, key=lambda row: (row.regions[:1], row.condition))),
        findings=len(knowledge.findings),
        traits=len(knowledge.traits),
        links=len(knowledge.links),
        sites=len(knowledge.sites),
        red_flags=len(knowledge.red_flags),
        sources=len(knowledge.sources),
        figures=len(every),
        judgements=sum(one.is_judgement for one in every),
    )


def _row(condition: Condition, on_map: bool, lacks: list[str]) -> ConditionCoverage:
    found = [estimate for _, estimate in estimates(condition)]
    cited = {one.source for one in found if one.source}
    cited |= {other.source for one in found for other in one.disagrees}
    judged = sum(one.is_judgement for one in found)
    return ConditionCoverage(
        condition=condition.id,
        label=condition.label,
        regions=condition.regions,
        figures=len(found),
        studies=len(found) - judged,
        judgements=judged,
        sources=len(cited),
        effects=len({effect.to for effect in condition.effects}),
        zeros=len({target for none in condition.no_effect for target in none.to}),
        dangerous=condition.danger is not None,
        reviewed_on=condition.reviewed_on,
        missing=(*lacks, *_missing(condition, found, on_map)),
    )


def _missing(condition: Condition, found: list[Estimate], on_map: bool) -> Iterator[str]:
    prior = condition.prior
    bands = [prior.base, *(band.estimate for band in prior.by_age)]
    if not condition.reviewed_on:
        yield "a review"
    if all(one.is_judgement for one in bands):
        yield "a study of how common it is"
    if not prior.by_age:
        yield "priors by age"
    if not any(not one.estimate.is_judgement for one in condition.effects):
        yield "a study of its findings"
    if not any(one.source for one in found):
        yield "any source"
    if condition.icd10 is None and not condition.unspecific:
        yield "an ICD-10 code"
    if not on_map and not condition.unspecific:
        yield "a place on the body map"


def _all_figures(knowledge: Knowledge) -> Iterator[Estimate]:
    groups = (
        knowledge.conditions, knowledge.traits, knowledge.links, knowledge.findings,
        knowledge.sites, knowledge.settings,
    )  # fmt: skip
    for group in groups:
        for thing in group.values():
            yield from (estimate for _, estimate in estimates(thing))
