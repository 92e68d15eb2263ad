"""The main use case: from a case to its assessment.

Triage runs first and reaches the result whatever happens after it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
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
from kinechain.inference.uncertainty import Intervals, affordable_draws, intervals
from kinechain.inference.value import questions, unanswered
from kinechain.intake import CaseReading, read_case
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.triage import RaisedFlag, ReadFlag, read_flags, triage

EXPLAINED = 10
"""For how many origins the contributions of all findings are given."""

Infer = Callable[[Knowledge, Case], Posterior]
Checkpoint = Callable[[str], None]
Spread = Callable[[Posterior], Intervals]


class Abandoned(Exception):
    """Raised by a checkpoint: nobody waits for the assessment any more."""


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
    infer: Infer | None = None,
    checkpoint: Checkpoint | None = None,
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
    infer
        Gives the posterior, for example one that remembers; `posterior` by default.
    checkpoint
        Called with the name of each stage before it begins; may raise `Abandoned`.

    Returns
    -------
    Assessment
        Never fails for what a case holds: problems are Issues in the result, and the red
        flags are there whatever happens to the rest.
    """
    return _guarded(case, knowledge, lambda work: _whole(work, infer, draws, seed), checkpoint)


def glance(
    case: Case | CaseReading,
    knowledge: Knowledge | None = None,
    *,
    spread: Spread,
    infer: Infer | None = None,
) -> Assessment:
    """What an assessment shows first: red flags, alerts, and all probabilities.

    They are those of `assess`. What takes longer is left out: parameter draws, contributions,
    questions.

    Parameters
    ----------
    case, knowledge
        As for `assess`.
    spread
        Gives the intervals, for example those of an earlier assessment carried over. Whoever
        shows them has to say that they were not computed.
    infer
        As for `assess`.
    """

    def quick(work: _Work) -> Assessment:
        result = work.infer(infer)
        if not result.template_present:
            return work.result()
        return work.explained(result, spread(result), {})

    return _guarded(case, knowledge, quick)


def _guarded(
    case: Case | CaseReading,
    knowledge: Knowledge | None,
    rest: Callable[[_Work], Assessment],
    checkpoint: Checkpoint | None = None,
) -> Assessment:
    """Triage, and then the rest, whose failure must not take the red flags along."""
    knowledge = knowledge or load_knowledge()
    reading = case if isinstance(case, CaseReading) else CaseReading(case, ())
    clock = _Clock(checkpoint)
    with clock.stage("triage"):
        flags = red_flags(reading.case, knowledge)
    work = _Work(reading.case, knowledge, flags, list(reading.issues), clock)
    try:
        return rest(work)
    except Abandoned:
        raise
    except Exception as error:  # noqa: BLE001 - the red flags must reach the reader
        work.issues.append(
            Issue(
                level="error",
                where="inference",
                message=f"The origins could not be computed ({type(error).__name__}: {error}). "
                "What cannot wait was evaluated before and is complete.",
                remedy="report this case to the program's makers, without the person's name",
            )
        )
        return work.result()


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
    rules = _rules(knowledge.version, _Held(knowledge))
    found = triage(case, rules.flags, rules.labels, rules.site_parts)
    return tuple(_flag(one, knowledge) for one in found)


@dataclass(frozen=True)
class _Rules:
    """What triage takes beside the case; read once for each knowledge."""

    flags: tuple[ReadFlag, ...]
    labels: dict[str, str]
    site_parts: dict[str, tuple[str, ...]]


class _Held:
    """Lets a cache be kept by the version while the knowledge itself is passed along."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def __hash__(self) -> int:
        return hash(self.knowledge.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.knowledge is self.knowledge


@lru_cache(maxsize=4)
def _rules(_version: str, held: _Held) -> _Rules:
    knowledge = held.knowledge
    labels = {
        name: concept.label
        for group in (knowledge.findings, knowledge.traits, knowledge.sites, knowledge.quantities)
        for name, concept in group.items()
    }
    return _Rules(read_flags(knowledge.red_flags.values()), labels, knowledge.generic_sites)


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


@dataclass
class _Work:
    """One assessment under way: what is known before any probability."""

    case: Case
    knowledge: Knowledge
    flags: tuple[Flag, ...]
    issues: list[Issue]
    clock: _Clock

    def infer(self, infer: Infer | None) -> Posterior:
        """The posterior; what it has to say goes to the issues."""
        with self.clock.stage("posterior"):
            result = (infer or posterior)(self.knowledge, self.case)
        self.issues += result.issues
        if result.template_present:  # otherwise the evidence is impossible: nothing to explain
            self.issues += _without_complaint(result)
        return result

    def explained(
        self, result: Posterior, spread: Intervals, judgement: Mapping[int, float], **more: object
    ) -> Assessment:
        """Probabilities with their intervals, in words."""
        with self.clock.stage("explanation"):
            found = explanation.alerts(result)
            raised = {flag.condition for flag in self.flags if flag.status == "raised"}
            origins = explanation.origin_results(result, spread, judgement)
            return self.result(
                *found,
                not_excluded=explanation.not_excluded(result, spread, raised),
                conditions=explanation.condition_results(result, spread, origins),
                origins=origins,
                sites=explanation.site_results(result, spread),
                **more,
            )

    def result(self, *alerts: Flag, **parts: object) -> Assessment:
        """What there is of an assessment."""
        empty: dict[str, object] = {
            "not_excluded": (), "conditions": (), "origins": (), "sites": (),
            "contributions": {}, "next": (),
        }  # fmt: skip
        return Assessment(
            schema_version=SCHEMA_VERSION,
            program_version=__version__,
            knowledge_version=self.knowledge.version,
            case_id=self.case.id,
            as_of=self.case.as_of.isoformat() if self.case.as_of else None,
            red_flags=_raised_first((*self.flags, *alerts)),
            issues=tuple(self.issues),
            timing_ms=self.clock.times(),
            **{**empty, **parts},  # type: ignore[arg-type]
        )


def _whole(work: _Work, infer: Infer | None, draws: int | None, seed: int) -> Assessment:
    clock, knowledge = work.clock, work.knowledge
    result = work.infer(infer)
    if not result.template_present:
        return work.result()
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
        judgement = explanation.judgement_shares(result, parts)
        more = {
            "contributions": explanation.contribution_results(result.person, parts),
            "next": explanation.next_steps(result.person, asked),
        }
    assessment = work.explained(result, spread, judgement, **more)
    return msgspec.structs.replace(assessment, timing_ms=clock.times())


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


def with_flags(result: Assessment, flags: Iterable[Flag]) -> Assessment:
    """A result with other red flags, in the order in which results have them.

    Parameters
    ----------
    result, flags
        What stays, and what takes the place of its flags.
    """
    return msgspec.structs.replace(result, red_flags=_raised_first(flags))


def _raised_first(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    return tuple(
        sorted(flags, key=lambda flag: (flag.status != "raised", _URGENCY.index(flag.urgency)))
    )


_URGENCY = ("emergency_now", "same_day", "within_2_weeks", "soon")


class _Clock:
    """Milliseconds that each stage took."""

    def __init__(self, checkpoint: Checkpoint | None = None) -> None:
        self._times: dict[str, float] = {}
        self._checkpoint = checkpoint

    @contextmanager
    def stage(self, name: str) -> Generator[None]:
        """Time a block; blocks of one name are added up."""
        if self._checkpoint is not None:
            self._checkpoint(name)
        start = perf_counter()
        try:
            yield
        finally:
            self._times[name] = self._times.get(name, 0.0) + (perf_counter() - start) * 1000

    def times(self) -> dict[str, float]:
        """What was timed so far, and the sum."""
        times = {name: round(value, 2) for name, value in self._times.items()}
        return {**times, "total": round(sum(self._times.values()), 2)}
