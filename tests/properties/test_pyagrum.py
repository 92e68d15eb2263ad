"""An independent engine agrees: pyAgrum with explicit tables, on networks that it can do."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import assume, given, settings

from kinechain.inference.network import Assembly
from tests.support.engine import UNSHRUNK, close
from tests.support.networks import Problem, problems

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for plotting libraries when imported
    gum = pytest.importorskip("pyagrum", reason="pyAgrum is not installed")


def multiplied_out(problem: Problem) -> object:
    """The same network for pyAgrum, every gate as a full table."""
    network = problem.network
    net = gum.BayesNet()
    for node in range(network.size):
        net.add(gum.LabelizedVariable(f"n{node}", "", 2))
    for node, pairs in enumerate(network.parents):
        for parent, _ in pairs:
            net.addArc(f"n{parent}", f"n{node}")
        for code in range(1 << len(pairs)):
            states = {f"n{parent}": code >> place & 1 for place, (parent, _) in enumerate(pairs)}
            none = 1 - network.leak[0, node]
            for parent, edge in pairs:
                none *= 1 - network.activation[0, edge] * states[f"n{parent}"]
            table = net.cpt(f"n{node}")
            if pairs:
                table[states] = [none, 1 - none]
            else:
                table.fillWith([none, 1 - none])
    return net


@settings(max_examples=30, phases=UNSHRUNK)
@given(problems(10, 24))
def test_marginals_and_evidence(problem: Problem) -> None:
    engine = gum.LazyPropagation(multiplied_out(problem))
    engine.setEvidence({f"n{node}": list(pair) for node, pair in problem.likelihood.items()})
    engine.makeInference()
    keep = [node for node in range(problem.network.size) if node not in problem.absent]
    assume(keep)
    assembly = Assembly(problem.network, problem.weighted, problem.absent, keep)
    run = assembly.run(problem.weights())
    close(
        assembly.marginals(run, keep)[0], [engine.posterior(f"n{node}")[1] for node in keep], 1e-8
    )
    assert run.z[0] == pytest.approx(engine.evidenceProbability(), rel=1e-8)
