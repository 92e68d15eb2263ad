"""How many results are exact, what exactness would cost, and how far the others are from it.

Where tables grow too large, the posterior folds quiet links into their causes
(`kinechain.inference.folding`), and in the last resort sets findings aside. A time without
this beside it would say little.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np

from benchmarks.timing import middle, milliseconds
from kinechain.domain.case import Case
from kinechain.inference.network import Assembly
from kinechain.inference.person import person_of
from kinechain.inference.posterior import Posterior
from kinechain.knowledge import Knowledge
from kinechain.service.bench_results import Row, row

LARGEST = 1 << 22
"""Entries (32 MB) of the largest table with which an exact treatment is tried."""

UNLIMITED = 1 << 200
"""A plan beyond any memory can still be made; only running it takes tables."""


def is_exact(result: Posterior) -> bool:
    """Whether a posterior was computed without any simplification.

    Parameters
    ----------
    result
        The posterior.
    """
    return result.person.quiet is None and not set_aside(result)


def set_aside(result: Posterior) -> int:
    """How many items of evidence were not used, for the size of the tables.

    Parameters
    ----------
    result
        The posterior.
    """
    whole = person_of(result.person.knowledge, result.person.case)
    return len(whole.items) - len(result.person.items)


def kind_rows(results: Sequence[Posterior]) -> list[Row]:
    """How many results are exact, with folded links, or with findings set aside.

    Parameters
    ----------
    results
        Posteriors.
    """
    aside = sum(set_aside(result) > 0 for result in results)
    exact = sum(is_exact(result) for result in results)
    return [
        row("patients treated exactly", exact),
        row("patients with links folded only", len(results) - exact - aside),
        row("patients with findings set aside", aside),
    ]


def exact_assembly(knowledge: Knowledge, case: Case, limit: int = UNLIMITED) -> Assembly:
    """The assembly of a person with everything exact; may be too large to run.

    Parameters
    ----------
    knowledge, case
        The knowledge and the person.
    limit
        Largest table allowed.
    """
    person = person_of(knowledge, case)
    return Assembly(person.network, person.weighted, person.absent, person.conditions, limit)


def exact_rows(results: Sequence[Posterior], repeats: int, limit_s: float) -> list[Row]:
    """What an exact treatment takes, and the difference to what `posterior` gave.

    Parameters
    ----------
    results
        Posteriors.
    repeats, limit_s
        As for `milliseconds`.
    """
    largest: list[int] = []
    times: list[float] = []
    apart: list[float] = []
    for result in results:
        assembly = exact_assembly(result.person.knowledge, result.person.case)
        largest.append(assembly.plan.largest)
        if assembly.plan.largest > LARGEST:
            times.append(inf)
            continue
        found: list[float] = []

        def solve(result: Posterior = result, found: list[float] = found) -> None:
            person = person_of(result.person.knowledge, result.person.case)
            whole = Assembly(
                person.network, person.weighted, person.absent, person.conditions, LARGEST
            )
            exact = whole.marginals(whole.run(person.weights()), result.nodes)[0]
            found.append(float(np.abs(exact - result.present).max()))

        times.append(milliseconds(solve, repeats=repeats, limit_s=limit_s))
        if found:
            apart.append(found[0])
    return [
        row("everything exact: largest table, median", middle(largest), "entries"),
        row("everything exact: largest table, most", float(max(largest, default=0)), "entries"),
        row("everything exact: patients possible", sum(time < inf for time in times)),
        row("everything exact: plan, passes, marginals, median", middle(times), "ms"),
        row("largest difference of a probability from exact", max(apart, default=None)),
    ]
