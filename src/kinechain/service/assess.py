"""The main use case: from a case to its assessment.

Triage runs first and reaches the result whatever happens after it.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import msgspec
import numpy as np

import kinechain.explanation as explanation
from kinechain.domain.assessment import SCHEMA_VERSION, Assessment, Flag
from kinechain.domain.case import Case, Issue
from kinechain.domain.version import __version__
from kinechain.inference.contributions import contributions
from kinechain.inference.posterior import Posterior, posterior
from kinechain.inference.uncertainty import affordable_draws, intervals
from kinechain.inference.value import questions, unanswered
from kinechain.intake import CaseReading, read_case
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.triage import RaisedFlag, triage

EXPLAINED = 10
"""For how many origins the contributions of all findings are given."""


def load_case(path: str | Path, knowledge: Knowledge | None = None) -> CaseReading:
    """Read a case file.

    Parameters
    ----------
    path
        The YAML file.
    knowledge
        The vocabulary; the shipped knowledge by default.

    Returns
    -------
    CaseReading
        The case, as far as it could be read, and every issue found.
    """
    return read_case(path, knowledge or load_knowledge())


def assess(
    case: Case | CaseReading,
    knowledge: Knowledge | None = None,
    *,
    draws: int | None = None,
    seed: int = 0,
) -> Assessment:
    """Find the origins of a person's pain.

    Parameters
    ----------
    case
        The person, or what was read of a case file; its issues are passed on.
    knowledge
        The shipped knowledge by default.
    draws, seed
        Parameter draws behind the intervals; by default 200, and fewer, not below 20, for a
        case whose network is so large that they would take longer than a second.

    Returns
    -------
    Assessment
        Never fails for what a case holds: problems are Issues in the result, and the red
        flags are there whatever happens to the rest.
    """
    knowledge = knowledge or load_knowledge()
    reading = case if isinstance(case, CaseReading) else CaseReading(case, ())
    clock = _Clock()
    with clock.stage("triage"):
        flags = red_flags(reading.case, knowledge)
    issues = list(reading.issues)
    try:
        return _assess(reading.case, knowledge, flags, issues, clock, draws, seed)
    except Exception as error:  # noqa: BLE001 - the red flags must reach the reader
        issues.append(
            Issue(
                level="error",
                where="inference",
                message=f"The origins could not be computed ({type(error).__name__}: {error}). "
                "What cannot wait was evaluated before and is complete.",
                remedy="report this case to the program's makers, without the person's name",
            )
        )
        return _result(reading.case, knowledge, flags, issues, clock)


def red_flags(case: Case, knowledge: Knowledge) -> tuple[Flag, ...]:
    """Evaluate every red-flag rule on a case, without any probability.

    Parameters
    ----------
    case
        The person, possibly far from complete.
    knowledge
        The flags and the words.

    Returns
    -------
    tuple of Flag
        Raised ones first.
    """
    labels = {
        name: concept.label
        for group in (knowledge.findings, knowledge.traits, knowledge.sites, knowledge.quantities)
        for name, concept in group.items()
    }
    found = triage(case, knowledge.red_flags.values(), labels, knowledge.generic_sites)
    return tuple(_flag(one, knowledge) for one in found)


def _flag(one: RaisedFlag, knowledge: Knowledge) -> Flag:
    return Flag(
        id=one.id,
        label=one.label,
        urgency=one.urgency,
        status=one.status,
        basis="rule",
        because=one.because,
        action=one.action,
        sources=tuple(citation.source for citation in one.sources),
        condition=knowledge.red_flags[one.id].condition,
        ask=one.ask,
    )


def _assess(
    case: Case,
    knowledge: Knowledge,
    flags: tuple[Flag, ...],
    issues: list[Issue],
    clock: _Clock,
    draws: int | None,
    seed: int,
) -> Assessment:
    with clock.stage("posterior"):
        result = posterior(knowledge, case)
    issues += result.issues
    if not result.template_present:  # impossible evidence: there is nothing to explain
        return _result(case, knowledge, flags, issues, clock)
    issues += _without_complaint(result)
    with clock.stage("intervals"):
        spread = intervals(result, draws=draws or affordable_draws(result), seed=seed)
    order = np.argsort(-result.explains, kind="stable")[:EXPLAINED]
    leading = [result.nodes[place] for place in order]
    with clock.stage("contributions"):
        parts = contributions(result.person, result.assembly, leading)
    thresholds = {
        name: condition.danger.threshold.value
        for name, condition in knowledge.conditions.items()
        if condition.danger
    }
    with clock.stage("questions"):
        asked = questions(
            result.person,
            result.assembly,
            thresholds,
            candidates=unanswered(result.person),
            relevance=result.relevance(),
        )
    with clock.stage("explanation"):
        found = explanation.alerts(result)
        raised = {flag.condition for flag in flags if flag.status == "raised"}
        origins = explanation.origin_results(
            result, spread, explanation.judgement_shares(result, parts)
        )
        assessment = _result(
            case,
            knowledge,
            (*flags, *found),
            issues,
            clock,
            not_excluded=explanation.not_excluded(result, spread, raised),
            conditions=explanation.condition_results(result, spread, origins),
            origins=origins,
            sites=explanation.site_results(result, spread),
            contributions=explanation.contribution_results(result.person, parts),
            next=explanation.next_steps(result.person, asked),
        )
    return _timed(assessment, clock)


def _without_complaint(result: Posterior) -> list[Issue]:
    if any(item.complaint for item in result.person.items):
        return []
    return [
        Issue(
            level="warning",
            where="pain",
            message="No painful site is recorded, so there is no pain to explain.",
            remedy="add at least one entry under 'pain'",
        )
    ]


def _result(
    case: Case,
    knowledge: Knowledge,
    flags: tuple[Flag, ...],
    issues: list[Issue],
    clock: _Clock,
    **parts: object,
) -> Assessment:
    empty: dict[str, object] = {
        "not_excluded": (),
        "conditions": (),
        "origins": (),
        "sites": (),
        "contributions": {},
        "next": (),
    }
    raised_first = sorted(
        flags, key=lambda flag: (flag.status != "raised", _URGENCY.index(flag.urgency))
    )
    return Assessment(
        schema_version=SCHEMA_VERSION,
        program_version=__version__,
        knowledge_version=knowledge.version,
        case_id=case.id,
        as_of=case.as_of.isoformat() if case.as_of else None,
        red_flags=tuple(raised_first),
        issues=tuple(issues),
        timing_ms=clock.times(),
        **{**empty, **parts},  # type: ignore[arg-type]
    )


_URGENCY = ("emergency_now", "same_day", "within_2_weeks", "soon")


def _timed(assessment: Assessment, clock: _Clock) -> Assessment:
    return msgspec.structs.replace(assessment, timing_ms=clock.times())


class _Clock:
    """Milliseconds that each stage took."""

    def __init__(self) -> None:
        self._times: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Generator[None]:
        """Time a block."""
        start = perf_counter()
        try:
            yield
        finally:
            self._times[name] = (perf_counter() - start) * 1000

    def times(self) -> dict[str, float]:
        """What was timed so far, and the sum."""
        times = {name: round(value, 2) for name, value in self._times.items()}
        return {**times, "total": round(sum(self._times.values()), 2)}
