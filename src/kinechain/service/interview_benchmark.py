"""How well the interview asks: `kinechain benchmark interview`.

Patients are drawn from the network (`simulation`) and interviewed in several ways
(`interview_policies`). The yardstick is the leading origin of the full record, in which
everything that could be asked is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
import numpy as np

from kinechain.inference.posterior import posterior
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service.interview_policies import WAYS, Moment, Way, burden, full_record, interview
from kinechain.service.parallel import each
from kinechain.service.simulation import simulate

MOST_QUESTIONS = 40
EARLY = 20
"""Dangers are to be recognised by this question."""

Progress = Callable[[int, int], None]


class Interviewed(msgspec.Struct, frozen=True, kw_only=True):
    """One patient interviewed in one way.

    Attributes
    ----------
    questions, items, cost
        What was asked, bundles counted once and counted by what they hold, and the cost of
        it all in questions of history.
    settled
        After which question the leading origin is that of the full record and stays it; None
        if it is not at the end.
    settled_cost
        The same by cost.
    dangers, recognised, recognised_first
        Dangerous origins, how many of them were recognised by question `EARLY`, and how many
        before any question.
    milliseconds
        Processor time until each question was ready.
    """

    way: Way
    questions: int
    items: int
    cost: float
    settled: int | None
    dangers: int
    recognised: int
    recognised_first: int
    milliseconds: tuple[float, ...]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """All patients interviewed in one way.

    Attributes
    ----------
    settled
        Quartiles of the questions until the leading origin is settled, where it ever is.
    never
        Share of patients in whom it is never that of the full record.
    recognised, recognised_first
        Shares of the dangerous origins.
    ready_median_ms, ready_p95_ms
        Processor time until a question is ready; zero where no inference is needed.
    """

    way: Way
    questions_median: float
    items_median: float
    cost_median: float
    settled: tuple[float, float, float]
    never: float
    recognised: float
    recognised_first: float
    ready_median_ms: float
    ready_p95_ms: float


class InterviewBenchmark(msgspec.Struct, frozen=True, kw_only=True):
    """The whole result."""

    knowledge_version: str
    patients: int
    dangerous: int
    seed: int
    most_questions: int
    summaries: tuple[Summary, ...]
    interviews: tuple[tuple[Interviewed, ...], ...]


def run_interviews(
    patients: int,
    seed: int = 0,
    *,
    jobs: int = 1,
    most: int = MOST_QUESTIONS,
    progress: Progress = lambda done, of: None,
) -> InterviewBenchmark:
    """Interview simulated patients in every way.

    Parameters
    ----------
    patients
        How many; every second has a dangerous origin.
    seed
        Of the first patient; the next has the next.
    jobs
        In how many processes; only the times depend on it.
    most
        After how many questions an interview ends at the latest.
    progress
        Told how many patients are done, of how many.
    """
    found: dict[int, tuple[Interviewed, ...]] = {}
    work = partial(interviews_of, seed, most=most)
    for done, (number, one) in enumerate(each(work, range(patients), jobs), start=1):
        found[number] = one
        progress(done, patients)
    rows = tuple(found[number] for number in range(patients))
    return InterviewBenchmark(
        knowledge_version=load_knowledge().version,
        patients=patients,
        dangerous=patients // 2,
        seed=seed,
        most_questions=most,
        summaries=tuple(_summary(way, [row[place] for row in rows])
                        for place, way in enumerate(WAYS)),
        interviews=rows,
    )  # fmt: skip


def interviews_of(seed: int, number: int, most: int = MOST_QUESTIONS) -> tuple[Interviewed, ...]:
    """Draw one patient and interview it in every way.

    Parameters
    ----------
    seed
        Of the first patient.
    number
        Which patient; odd ones have a dangerous origin.
    most
        After how many questions an interview ends at the latest.
    """
    knowledge = load_knowledge()
    patient = simulate(knowledge, seed + number, danger=number % 2 == 1)
    explains = posterior(knowledge, full_record(knowledge, patient)).template_explains
    leading = max(explains, key=lambda name: (explains[name], name))
    found: list[Interviewed] = []
    for way in WAYS:
        moments, case = interview(knowledge, patient, way, most)
        asked = {
            (one.finding, one.level) for one in case.observations
        }  # nothing was recorded before
        found.append(_scored(knowledge, way, moments, asked, leading, patient.dangers))
    return tuple(found)


def _scored(
    knowledge: Knowledge,
    way: Way,
    moments: Sequence[Moment],
    asked: set[tuple[str, str | None]],
    leading: str,
    dangers: frozenset[str],
) -> Interviewed:
    early = moments[: EARLY + 1]
    return Interviewed(
        way=way,
        questions=len(moments) - 1,
        items=moments[-1].items,
        cost=burden(knowledge, asked),
        settled=settled([one.leading == leading for one in moments]),
        dangers=len(dangers),
        recognised=sum(any(name in one.recognised for one in early) for name in dangers),
        recognised_first=sum(name in moments[0].recognised for name in dangers),
        milliseconds=tuple(one.milliseconds for one in moments[1:]),
    )


def settled(right: Sequence[bool]) -> int | None:
    """From which moment on everything is right; None if it is wrong at the end.

    Parameters
    ----------
    right
        For each moment, beginning before the first question.

    Examples
    --------
    >>> settled([False, True, False, True, True]), settled([True, False])
    (3, None)
    """
    count = len(right)
    while count and right[count - 1]:
        count -= 1
    return count if count < len(right) else None


def _summary(way: Way, rows: Sequence[Interviewed]) -> Summary:
    reached = [row.settled for row in rows if row.settled is not None]
    dangers = max(sum(row.dangers for row in rows), 1)
    times = [one for row in rows for one in row.milliseconds] or [0.0]
    quartiles = np.percentile(reached, [25, 50, 75]) if reached else np.full(3, np.nan)
    return Summary(
        way=way,
        questions_median=float(np.median([row.questions for row in rows])),
        items_median=float(np.median([row.items for row in rows])),
        cost_median=float(np.median([row.cost for row in rows])),
        settled=(float(quartiles[0]), float(quartiles[1]), float(quartiles[2])),
        never=1 - len(reached) / len(rows),
        recognised=sum(row.recognised for row in rows) / dangers,
        recognised_first=sum(row.recognised_first for row in rows) / dangers,
        ready_median_ms=float(np.median(times)),
        ready_p95_ms=float(np.percentile(times, 95)),
    )
