"""The use cases of care: draft or revise a plan, and follow it up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from time import perf_counter

import msgspec

from kinechain.care import draft_plan, revise
from kinechain.care.course import natural_history
from kinechain.care.decision import decide, responses
from kinechain.care.facts import ACUTE_WEEKS, Facts, gather
from kinechain.care.outcome import overall, series_of
from kinechain.domain.assessment import Assessment
from kinechain.domain.care import Phase
from kinechain.domain.case import Case, Issue
from kinechain.domain.follow_up import FOLLOW_UP_SCHEMA_VERSION, FollowUp, Moved, Series
from kinechain.domain.plan import Plan
from kinechain.domain.version import __version__
from kinechain.intake import CaseReading
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service.assess import assess

MOVED_AT_LEAST = 0.01
MOST_MOVED = 6
RESPONSE = "response"


class PlanFileError(ValueError):
    """A plan file that cannot be used; the message says where and what to do."""


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A plan with the assessment that it was made from."""

    plan: Plan
    assessment: Assessment


def make_plan(
    case: Case | CaseReading,
    knowledge: Knowledge | None = None,
    *,
    previous: Plan | None = None,
    assessment: Assessment | None = None,
    draws: int | None = None,
    seed: int = 0,
) -> Planned:
    """Assess a case and draft its plan, or the next version of it.

    Parameters
    ----------
    case
        The person, or what was read of a case file.
    knowledge
        The shipped knowledge by default.
    previous
        The last version; unchanged content gives it back as it was.
    assessment
        Where the case was assessed already.
    draws, seed
        Of the assessment's intervals.

    Raises
    ------
    kinechain.care.RevisionError
        When `previous` is of another case.
    """
    knowledge = knowledge or load_knowledge()
    reading = case if isinstance(case, CaseReading) else CaseReading(case, ())
    found = assessment or assess(reading, knowledge, draws=draws, seed=seed)
    start = perf_counter()
    draft = draft_plan(reading.case, found, knowledge)
    plan = draft if previous is None else revise(previous, draft)
    times = {**found.timing_ms, "plan": round((perf_counter() - start) * 1000, 2)}
    plan = msgspec.structs.replace(plan, issues=draft.issues, timing_ms=times)
    return Planned(plan=plan, assessment=found)


def read_plan(path: str | Path) -> Plan:
    """Read a plan that was written as JSON.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    PlanFileError
        When it cannot be read, or is not a plan of this schema.
    """
    try:
        return msgspec.json.decode(Path(path).read_bytes(), type=Plan)
    except OSError as error:
        raise PlanFileError(f"The plan {path} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PlanFileError(
            f"The plan {path} must be JSON that `kinechain plan --json` wrote. Got: {error}. "
            "Give the file of a former plan."
        ) from error


def follow_up(
    case: Case | CaseReading, knowledge: Knowledge | None = None, *, seed: int = 0
) -> FollowUp:
    """Read the course of a case: what the scores and responses say, and what follows.

    Parameters
    ----------
    case
        With dated scores and treatments.
    knowledge
        The shipped knowledge by default.
    seed
        Of the assessment's intervals.
    """
    knowledge = knowledge or load_knowledge()
    reading = case if isinstance(case, CaseReading) else CaseReading(case, ())
    made = make_plan(reading, knowledge, seed=seed)
    facts = gather(reading.case, made.assessment, knowledge)
    series = series_of(reading.case.scores, knowledge)
    origins = [one.condition for one in facts.origins]
    answered = responses(reading.case.observations, origins, knowledge)
    outcome = overall(series)
    decided = decide(outcome, series, facts, made.plan)
    elapsed = _weeks_followed(reading.case, series)
    return FollowUp(
        schema_version=FOLLOW_UP_SCHEMA_VERSION,
        program_version=__version__,
        knowledge_version=knowledge.version,
        case_id=reading.case.id,
        as_of=made.assessment.as_of,
        red_flags=tuple(one for one in made.assessment.red_flags if one.status == "raised"),
        outcome=outcome,
        decision=decided.decision,
        because=decided.because,
        next_step=decided.next_step,
        series=series,
        natural_history=natural_history(facts.origins, _phase(facts, elapsed), elapsed, knowledge),
        responses=answered,
        moved=_moved(reading.case, made.assessment, knowledge, seed) if answered else (),
        issues=(*made.plan.issues, *_issues(reading.case, series)),
        timing_ms=made.plan.timing_ms,
    )


def without_responses(case: Case, knowledge: Knowledge) -> Case:
    """The case as if no response to a treatment were known.

    Parameters
    ----------
    case
        The person.
    knowledge
        Which findings are responses.
    """
    kept = tuple(
        one
        for one in case.observations
        if one.finding not in knowledge.findings or knowledge.findings[one.finding].kind != RESPONSE
    )
    return msgspec.structs.replace(case, observations=kept)


def _moved(
    case: Case, assessment: Assessment, knowledge: Knowledge, seed: int
) -> tuple[Moved, ...]:
    """What the responses changed about the origins."""
    before = assess(without_responses(case, knowledge), knowledge, draws=1, seed=seed)
    old: Mapping[str, float] = {one.condition: one.explains for one in before.conditions}
    found = [
        Moved(
            condition=one.condition,
            label=one.label,
            before=old.get(one.condition, 0.0),
            after=one.explains,
        )
        for one in assessment.conditions
        if abs(one.explains - old.get(one.condition, 0.0)) >= MOVED_AT_LEAST
    ]
    found.sort(key=lambda one: -abs(one.after - one.before))
    return tuple(found[:MOST_MOVED])


def _weeks_followed(case: Case, series: tuple[Series, ...]) -> float:
    """Since the first score, to the last one or to the day of the assessment."""
    days = [date.fromisoformat(one.on) for scale in series for one in scale.visits]
    if not days:
        return 0.0
    end = max(*days, case.as_of) if case.as_of else max(days)
    return (end - min(days)).days / 7


def _phase(facts: Facts, elapsed: float) -> Phase:
    """Of the complaint at the first score: what is old by now may have been new then."""
    lengths = [one.duration_weeks for one in facts.case.pain if one.duration_weeks is not None]
    if not lengths:
        return facts.phase
    return "acute" if max(lengths) - elapsed < ACUTE_WEEKS else "persistent"


def _issues(case: Case, series: tuple[Series, ...]) -> tuple[Issue, ...]:
    undated = [one.instrument for one in case.scores if one.on is None]
    found: list[Issue] = []
    if undated:
        found.append(
            Issue(
                level="warning",
                where="scores",
                message=f"The scores of {', '.join(dict.fromkeys(undated))} must have a date. "
                "Those without are not used.",
                remedy="add on: with the day",
            )
        )
    if not any(len(one.visits) > 1 for one in series):
        found.append(
            Issue(
                level="warning",
                where="scores",
                message="No instrument has two dated scores, so no course can be told.",
                remedy="add the score at the start and one from now under scores:",
            )
        )
    return tuple(found)
