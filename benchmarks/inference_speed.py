"""How long the inference takes on the shipped knowledge, 50 findings observed, on one core.

Time is wall time, caches are warm (two other patients go first), each patient is measured up
to three times and counts with the median. A patient for whom something cannot be done, or not
within the limit, counts as infinitely long there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from time import perf_counter, process_time

import numpy as np

from benchmarks.exactness import LARGEST, exact_rows, kind_rows
from benchmarks.patients import FINDINGS, Patient, patients
from benchmarks.timing import LIMIT_S, milliseconds, tell, time_rows
from kinechain.inference.attribution import attribute
from kinechain.inference.contributions import contributions
from kinechain.inference.explains import Tracker
from kinechain.inference.network import Assembly
from kinechain.inference.person import Person, person_of
from kinechain.inference.posterior import Posterior, posterior
from kinechain.inference.uncertainty import affordable_draws, intervals
from kinechain.inference.value import questions, unanswered
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service.assess import EXPLAINED
from kinechain.service.bench_results import Row, row

PATIENTS = 10
WARM_UP = 2
SEED = 20260701
DRAWS = 200
EVERY_QUESTION = 3
"""For how many patients all questions are valued exactly."""

Times = dict[str, list[float]]

WHOLE = "posterior and attribution, new plan (paths, explains)"
AGAIN = "posterior and attribution, plan given (no explains)"
PERSON = "  of it: network of the person"
PLAN = "  of it: plan, made once"
PASSES = "  of it: forward, backward, marginals"
SITES = "  of it: attribution of the sites"
PARTS = (PERSON, PLAN, PASSES, SITES)
CONTRIBUTIONS = f"contributions of all findings to {EXPLAINED} origins"
VALUE = "value of information (all screened, the best exact)"
VALUE_ALL = f"value of information (all exact, the first {EVERY_QUESTION} patients)"
SPREAD = f"{DRAWS} parameter draws"
TARGETS: dict[str, tuple[float | None, float | None]] = {
    WHOLE: (10, 60), AGAIN: (10, 60), PERSON: (None, None), PLAN: (None, None),
    PASSES: (None, None), SITES: (None, None), CONTRIBUTIONS: (100, None), VALUE: (200, None),
    VALUE_ALL: (None, None), SPREAD: (500, None),
}  # fmt: skip


def run(*, quick: bool = False) -> list[Row]:
    """Measure, and make the rows of the table.

    Parameters
    ----------
    quick
        One patient, one repeat, and a short limit.
    """
    knowledge = load_knowledge()
    sampled = patients(knowledge, 1 if quick else WARM_UP + PATIENTS, SEED)
    measured = sampled if quick else sampled[WARM_UP:]
    repeats, limit = (1, 1.0) if quick else (3, LIMIT_S)
    results: list[Posterior] = []
    times: Times = {name: [] for name in TARGETS}
    for patient in sampled[: len(sampled) - len(measured)]:
        _posterior(knowledge, patient)
    wall, processor = perf_counter(), process_time()
    for place, patient in enumerate(measured, start=1):
        tell(f"inference_speed: patient {place} of {len(measured)}")
        result = _posterior(knowledge, patient)
        if result is None:
            for name in times.keys() - {VALUE_ALL}:
                times[name].append(inf)
            continue
        results.append(result)
        every = place <= (0 if quick else EVERY_QUESTION)
        _measure(knowledge, patient, result, times, repeats, limit, every)
    share = (process_time() - processor) / (perf_counter() - wall)
    rows = _setting(knowledge, measured, results)
    for name, (target, target_95) in TARGETS.items():
        found = time_rows(name, times[name], target_ms=target, target_95_ms=target_95)
        rows += found[:1] if name in PARTS else found
    rows += _sizes(results)
    rows += exact_rows(results, repeats, limit)
    rows.append(row("share of the time in which the processor was ours", round(100 * share), "%"))
    return rows


def _posterior(knowledge: Knowledge, patient: Patient) -> Posterior | None:
    """The posterior; None when it fails, which is told and counted."""
    try:
        return posterior(knowledge, patient.case)
    except Exception as error:  # noqa: BLE001 - one failure must not hide the other figures
        tell(f"{patient.case.id} failed: {type(error).__name__}: {error}\n")
        return None


def _measure(
    knowledge: Knowledge,
    patient: Patient,
    result: Posterior,
    times: Times,
    repeats: int,
    limit: float,
    every: bool,
) -> None:
    case, person, assembly = patient.case, result.person, result.assembly
    drawn = person_of(knowledge, case, draws=1, seed=SEED)
    other = person.on(drawn.network, person.multipliers)  # no traits are recorded
    weights = person.weights()
    tracker = Tracker(assembly, assembly.run(weights), weights)
    leading = [result.nodes[place] for place in np.argsort(-result.explains)[:EXPLAINED]]
    relevance = result.relevance()
    thresholds = {
        name: condition.danger.threshold.value
        for name, condition in knowledge.conditions.items()
        if condition.danger
    }

    def take(name: str, call: Callable[[], object]) -> None:
        times[name].append(milliseconds(call, repeats=repeats, limit_s=limit))

    take(WHOLE, lambda: posterior(knowledge, case))
    take(AGAIN, lambda: attribute(other, _passes(other, assembly.on(other.network))))
    take(PERSON, lambda: person_of(knowledge, case))
    take(PLAN, lambda: planned(person))
    take(PASSES, lambda: _passes(person, assembly))
    take(SITES, lambda: attribute(person, tracker))
    take(CONTRIBUTIONS, lambda: contributions(person, assembly, leading))
    take(VALUE, lambda: questions(person, assembly, thresholds, relevance=relevance))
    if every:
        count = len(unanswered(person))
        take(
            VALUE_ALL,
            lambda: questions(person, assembly, thresholds, relevance=relevance, exact=count),
        )
    take(SPREAD, lambda: intervals(result, draws=DRAWS))


def planned(person: Person) -> Assembly:
    """The assembly of a person, as the posterior makes it once it knows what is folded.

    Parameters
    ----------
    person
        Of a posterior, or as `person_of` makes it for an exact treatment.
    """
    return Assembly(person.network, person.weighted, person.absent, person.conditions,
                    LARGEST)  # fmt: skip


def _passes(person: Person, assembly: Assembly) -> Tracker:
    """Forward and backward pass, and the probability of every condition."""
    weights = person.weights()
    run = assembly.run(weights)
    assembly.marginals(run, person.conditions)
    return Tracker(assembly, run, weights)


def _setting(
    knowledge: Knowledge, measured: Sequence[Patient], results: Sequence[Posterior]
) -> list[Row]:
    graph = knowledge.graph
    positive = [patient.positive for patient in measured]
    return [
        row("nodes of the network", len(graph.nodes)),
        row("edges of the network", len(graph.edges)),
        row("patients", len(measured)),
        row("findings observed, each", FINDINGS),
        row("positive findings, median", float(np.median(positive))),
        row("positive findings, fewest", min(positive)),
        row("positive findings, most", max(positive)),
        row("patients whose posterior failed", len(measured) - len(results), at_most=0),
        *kind_rows(results),
    ]


def _sizes(results: Sequence[Posterior]) -> list[Row]:
    if not results:
        return []
    largest = [result.assembly.plan.largest for result in results]
    total = [result.assembly.plan.total for result in results]
    draws = [affordable_draws(result) for result in results]
    return [
        row("largest table, median", float(np.median(largest)), "entries"),
        row("largest table, most", max(largest), "entries"),
        row("all tables, median", float(np.median(total)), "entries"),
        row("all tables, most", max(total), "entries"),
        row("draws that assess makes, fewest", min(draws)),
    ]
