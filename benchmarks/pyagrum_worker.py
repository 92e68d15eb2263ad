"""pyAgrum's part of the comparison, in a process of its own with limits on memory and time.

Reads a problem as JSON from standard input and prints the answer as JSON:
``{"ms": ..., "present": {node: probability}, "version": ...}`` or ``{"failed": ...}``.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import warnings
from time import perf_counter
from typing import Any

REPEATS = 5
ENOUGH_S = 1.0


def main() -> int:
    """Answer the problem on standard input."""
    problem = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (problem["bytes"], problem["bytes"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for plotting libraries when imported
        import pyagrum as gum
    gum.setNumberOfThreads(1)
    # Nothing catches this signal: it ends the process even in the midst of compiled code.
    signal.setitimer(signal.ITIMER_REAL, problem["seconds"])
    try:
        answer = solve(gum, problem)
    except Exception as error:  # its bindings raise the bare class for what C++ throws
        if not isinstance(error, MemoryError) and "bad_alloc" not in str(error):
            raise
        answer = {"failed": f"more than {problem['bytes'] / 2**30:g} GB"}
    json.dump(answer, sys.stdout)
    return 0


def solve(gum: Any, problem: dict[str, Any]) -> dict[str, Any]:
    """Time pyAgrum, from the finished network to the last marginal.

    Parameters
    ----------
    gum
        The module pyAgrum.
    problem
        See `benchmarks.against_pyagrum`.
    """
    net = network(gum, problem["nodes"])
    evidence = {name: list(pair) for name, pair in problem["evidence"].items()}
    times: list[float] = []
    present: dict[str, float] = {}
    while len(times) < REPEATS and sum(times) < ENOUGH_S:
        start = perf_counter()
        engine = gum.LazyPropagation(net)
        engine.setEvidence(evidence)
        engine.setTargets(set(problem["wanted"]))
        engine.makeInference()
        present = {name: engine.posterior(name)[1] for name in problem["wanted"]}
        times.append(perf_counter() - start)
    middle = sorted(times)[len(times) // 2]
    return {"ms": 1000 * middle, "present": present, "version": gum.__version__}


def network(gum: Any, nodes: list[dict[str, Any]]) -> Any:
    """The network with every noisy-OR as a chain of binary gates.

    The gate of a node with many causes is split: after each cause stands a hidden node that
    is present when one of the causes so far, or the leak, has fired; the last one is the node.

    Parameters
    ----------
    gum
        The module pyAgrum.
    nodes
        Causes first, each with ``name``, ``leak`` and ``causes``, pairs of a name and an
        activation.
    """
    net = gum.BayesNet()
    for node in nodes:
        name, free, causes = node["name"], 1 - node["leak"], node["causes"]
        if not causes:
            net.add(gum.LabelizedVariable(name, "", 2))
            net.cpt(name).fillWith([free, 1 - free])
        before = None
        for place, (cause, activation) in enumerate(causes):
            here = name if place == len(causes) - 1 else f"{name}_{place}"
            net.add(gum.LabelizedVariable(here, "", 2))
            net.addArc(cause, here)
            table = net.cpt(here)
            if before is None:
                for state in (0, 1):
                    none = free * (1 - activation * state)
                    table[{cause: state}] = [none, 1 - none]
            else:
                net.addArc(before, here)
                for state in (0, 1):
                    none = 1 - activation * state
                    table[{before: 0, cause: state}] = [none, 1 - none]
                    table[{before: 1, cause: state}] = [0, 1]
            before = here
    return net


if __name__ == "__main__":
    sys.exit(main())
