"""How the cost grows: with the number of positive findings, and with the knowledge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

import numpy as np

from benchmarks.exactness import exact_assembly, is_exact
from benchmarks.part import part_of
from benchmarks.patients import FINDINGS, Patient, ailing, patients
from benchmarks.timing import middle, milliseconds, tell
from kinechain.inference.posterior import Posterior, posterior
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service.bench_results import Row, row

POSITIVE = (5, 10, 20, 30, 40)
PER_POSITIVE = 8
SHARES = (0.25, 0.5, 0.75, 1.0)
PARTS = 4
PER_PART = 5
SEED = 20260702


def run(*, quick: bool = False) -> list[Row]:
    """Measure, and make the rows of the table.

    Parameters
    ----------
    quick
        One patient with five positive findings, and a quarter of the knowledge once.
    """
    knowledge = load_knowledge()
    rows: list[Row] = []
    for positive in POSITIVE[:1] if quick else POSITIVE:
        tell(f"inference_growth: {positive} positive findings")
        people = [
            ailing(knowledge, positive, SEED + place)
            for place in range(1 if quick else PER_POSITIVE)
        ]
        rows += _cost(f"{positive} of {FINDINGS} positive", [(knowledge, one) for one in people])
    for share in SHARES[:1] if quick else SHARES:
        tell(f"inference_growth: {share:.0%} of the conditions")
        rows += _share(knowledge, share, 1 if quick else PARTS, 1 if quick else PER_PART)
    return rows


def _share(knowledge: Knowledge, share: float, parts: int, per_part: int) -> list[Row]:
    """Cost of random parts of the knowledge with a share of the conditions."""
    random = np.random.default_rng([SEED, round(100 * share)])
    names = sorted(knowledge.conditions)
    kept = [
        part_of(knowledge, random.permutation(names)[: round(share * len(names))].tolist())
        for _ in range(parts)
    ]
    people = [
        (part, one)
        for place, part in enumerate(kept)
        for one in patients(part, per_part, SEED + place)
    ]
    label = f"{share:.0%} of the conditions"
    return [
        row(f"{label}: nodes, median", middle([len(part.graph.nodes) for part in kept])),
        row(f"{label}: edges, median", middle([len(part.graph.edges) for part in kept])),
        row(f"{label}: positive findings, median", middle([one.positive for _, one in people])),
        *_cost(label, people),
    ]


def _cost(label: str, people: Sequence[tuple[Knowledge, Patient]]) -> list[Row]:
    """Rows of one point: time, tables, how many were exact, and what exactness takes."""
    times: list[float] = []
    results: list[Posterior] = []
    for knowledge, patient in people:
        time, result = _timed(knowledge, patient)
        times.append(time)
        if result is not None:
            results.append(result)
    plans = [result.assembly.plan for result in results]
    exact = [float(exact_assembly(knowledge, one.case).plan.largest) for knowledge, one in people]
    return [
        row(f"{label}: posterior, median", middle(times), "ms"),
        row(f"{label}: largest table, median", middle([plan.largest for plan in plans]),
            "entries"),
        row(f"{label}: all tables, median", middle([plan.total for plan in plans]), "entries"),
        row(f"{label}: largest table if exact, median", middle(exact), "entries"),
        row(f"{label}: treated exactly", sum(is_exact(one) for one in results),
            f"of {len(people)}"),
        row(f"{label}: failed or too slow", len(people) - sum(time < inf for time in times),
            f"of {len(people)}"),
    ]  # fmt: skip


def _timed(knowledge: Knowledge, patient: Patient) -> tuple[float, Posterior | None]:
    """Time of the posterior, and the posterior; infinite and None when it failed."""
    found: list[Posterior] = []
    call: Callable[[], None] = lambda: found.append(posterior(knowledge, patient.case))  # noqa: E731
    try:
        time = milliseconds(call)
    except Exception as error:  # noqa: BLE001 - one failure must not hide the other figures
        tell(f"{patient.case.id} failed: {type(error).__name__}: {error}\n")
        return inf, None
    return time, found[0] if found else None
