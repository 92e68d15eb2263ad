"""The same posterior by pyAgrum, on the largest part of the knowledge that it can do.

The conditions are put in a random order, and patients are sampled from ever longer beginnings
of it, with 50 findings each. pyAgrum is helped: it gets only the causes of what is observed or
wanted, every noisy-OR as a chain of binary gates, and absent findings already folded into
weights of their causes. It may take 4 GB and 60 s. Timed is, on both sides, everything from
the finished network to the probability of every condition; nothing is approximated.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.exactness import LARGEST
from benchmarks.part import part_of
from benchmarks.patients import patients
from benchmarks.timing import CannotRun, middle, milliseconds, tell
from kinechain.inference.network import Array, Assembly
from kinechain.inference.person import Person, person_of
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service.bench_results import Row, row

GIGABYTES = 4.0
SECONDS = 60
ORDERS = 3
STEP = 2
GIVE_UP = 2
"""After this many failures in a row no longer beginning is tried."""
SEED = 20260703
CLOSE = 1e-8


@dataclass(frozen=True)
class Point:
    """What both did with one patient.

    Attributes
    ----------
    failed
        Why pyAgrum has no answer; empty when it has one.
    apart
        Largest difference of a condition's probability.
    """

    conditions: int
    nodes: int
    edges: int
    largest: int
    own_ms: float
    other_ms: float = 0.0
    apart: float = 0.0
    failed: str = ""


def run(*, quick: bool = False) -> list[Row]:
    """Measure, and make the rows of the table.

    Parameters
    ----------
    quick
        One order, the smallest part only, and small limits.
    """
    if find_spec("pyagrum") is None:
        raise CannotRun(
            "pyAgrum is not installed. Remedy: pip install 'kinechain[bench]', or make "
            "bench, which does it."
        )
    knowledge = load_knowledge()
    limits = (1.0, 5) if quick else (GIGABYTES, SECONDS)
    ways = [
        _grown(knowledge, SEED + place, limits, STEP if quick else len(knowledge.conditions))
        for place in range(1 if quick else ORDERS)
    ]
    best = [done[-1] for way in ways if (done := [one for one in way if not one.failed])]
    if not best:
        raise CannotRun(f"pyAgrum failed on the smallest part: {ways[0][0].failed}.")
    done = [one for way in ways for one in way if not one.failed]
    first = [next((one for one in way if one.failed), None) for way in ways]
    rows = [
        row("orders of the conditions tried", len(ways)),
        row("conditions in the knowledge", len(knowledge.conditions)),
        row("largest part pyAgrum can do: conditions, median", _of(best, "conditions")),
        row("largest part: nodes that count, median", _of(best, "nodes")),
        row("largest part: edges that count, median", _of(best, "edges")),
        row("largest part: largest table of kinechain, median", _of(best, "largest"), "entries"),
        row("largest part: kinechain, median", _of(best, "own_ms"), "ms"),
        row("largest part: pyAgrum, median", _of(best, "other_ms"), "ms"),
        row("largest part: pyAgrum / kinechain, median",
            round(median(one.other_ms / one.own_ms for one in best), 2), "times"),
        row("all parts done: pyAgrum / kinechain, median",
            round(median(one.other_ms / one.own_ms for one in done), 2), "times"),
        row("all parts done: largest difference of a probability",
            max(one.apart for one in done), at_most=CLOSE),
    ]  # fmt: skip
    for place, failure in enumerate(first, start=1):
        if failure is not None:
            rows.append(
                row(
                    f"order {place}: first failure ({failure.failed}), conditions",
                    failure.conditions,
                )
            )
            rows.append(row(f"order {place}: the same by kinechain",
                            middle([failure.own_ms]), "ms"))  # fmt: skip
    return rows


def _of(points: list[Point], name: str) -> float | None:
    return middle([getattr(one, name) for one in points])


def _grown(knowledge: Knowledge, seed: int, limits: tuple[float, int], most: int) -> list[Point]:
    """Ever larger parts of the knowledge, until pyAgrum fails repeatedly."""
    order = np.random.default_rng(seed).permutation(sorted(knowledge.conditions)).tolist()
    found: list[Point] = []
    for count in range(STEP, most + 1, STEP):
        part = part_of(knowledge, order[:count])
        patient = patients(part, 1, seed + count)[0]
        point = compared(person_of(part, patient.case), limits, count)
        found.append(point)
        tell(
            f"against_pyagrum: order {seed - SEED + 1}, {count} conditions: "
            f"{point.failed or f'{point.other_ms:.0f} ms, kinechain {point.own_ms:.0f} ms'}"
        )
        if len(found) >= GIVE_UP and all(one.failed for one in found[-GIVE_UP:]):
            break
    return found


def compared(person: Person, limits: tuple[float, int], conditions: int) -> Point:
    """Solve one person by both.

    Parameters
    ----------
    person
        Network and evidence, exact.
    limits
        Gigabytes and seconds that pyAgrum may take.
    conditions
        How many conditions the knowledge has.
    """
    wanted, weights = person.conditions, person.weights()
    found: list[Array] = []
    sizes = [LARGEST]

    def solve() -> None:
        assembly = Assembly(person.network, person.weighted, person.absent, wanted, LARGEST)
        sizes[0] = assembly.plan.largest
        found.append(assembly.marginals(assembly.run(weights), wanted)[0])

    own = milliseconds(solve, repeats=5)
    asked = problem(person, limits)
    edges = sum(len(node["causes"]) for node in asked["nodes"])
    answer = _ask(asked)
    point = Point(
        conditions, len(asked["nodes"]), edges, sizes[0], own, failed=answer.get("failed", "")
    )
    if point.failed:
        return point
    if not found:
        raise CannotRun(f"kinechain itself failed on {conditions} conditions.")
    other = np.array([answer["present"][f"n{node}"] for node in wanted])
    apart = float(np.abs(other - found[0]).max())
    return Point(conditions, point.nodes, edges, sizes[0], own, answer["ms"], apart)


def problem(person: Person, limits: tuple[float, int]) -> dict[str, Any]:
    """What pyAgrum is asked, as JSON holds it.

    Parameters
    ----------
    person
        Network and evidence.
    limits
        As for `compared`.
    """
    network, weights = person.network, person.weights()
    evidence = {node: pair[0].copy() for node, pair in weights.likelihood.items()}
    for leaf in weights.absent:
        for parent, edge in network.parents[leaf]:
            pair = evidence.setdefault(parent, np.ones(2))
            pair[1] *= 1 - network.activation[0, edge]
    active = sorted(network.ancestors([*evidence, *person.conditions]))
    return {
        "bytes": int(limits[0] * 2**30),
        "seconds": limits[1],
        "nodes": [
            {"name": f"n{node}", "leak": float(network.leak[0, node]),
             "causes": [(f"n{parent}", float(network.activation[0, edge]))
                        for parent, edge in network.parents[node]]}
            for node in active
        ],
        "evidence": {f"n{node}": (pair / pair.max()).tolist() for node, pair in evidence.items()},
        "wanted": [f"n{node}" for node in person.conditions],
    }  # fmt: skip


def _ask(asked: dict[str, Any]) -> dict[str, Any]:
    """Start the worker; its failures become the answer ``{"failed": why}``."""
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pyagrum_worker"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
        env=dict(os.environ),
    )
    if done.returncode == -signal.SIGALRM:
        return {"failed": f"more than {asked['seconds']} s"}
    if done.returncode in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGKILL):
        return {"failed": f"ended by {signal.Signals(-done.returncode).name}"}
    if done.returncode != 0:
        raise CannotRun(f"The worker ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)
