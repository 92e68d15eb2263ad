"""Posterior marginals and the probability of the evidence equal the multiplied-out joint."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kinechain.inference.elimination import TableTooLarge
from kinechain.inference.network import Assembly, Network, Weights
from tests.support.networks import PRESENT, Problem, problems
from tests.support.oracle import States

TOLERANCE = 1e-9


def assembled(problem: Problem) -> Assembly:
    """The pairwise form with every node kept that is not handed over as a plain absence."""
    keep = [node for node in range(problem.network.size) if node not in problem.absent]
    assume(keep)  # a network of plain absences alone is never asked anything
    return Assembly(problem.network, problem.weighted, problem.absent, keep)


@settings(max_examples=200)
@given(problems())
def test_marginals_and_evidence_of_the_whole_network(problem: Problem) -> None:
    assembly = assembled(problem)
    run = assembly.run(problem.weights())
    exact = States(problem.network, problem.likelihood)
    assert run.z.shape == (1,)
    assert run.z[0] == pytest.approx(exact.z, rel=TOLERANCE, abs=0)
    found = assembly.marginals(run, assembly.nodes)[0]
    expected = [exact.chance(node) for node in assembly.nodes]
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE)


@settings(max_examples=80)
@given(problems(), st.data())
def test_only_what_a_query_needs_is_assembled(problem: Problem, data: st.DataObject) -> None:
    possible = [node for node in range(problem.network.size) if node not in problem.absent]
    queries = data.draw(
        st.lists(st.sampled_from(possible), unique=True, max_size=3) if possible else st.just([])
    )
    assembly = Assembly(problem.network, problem.weighted, problem.absent, queries)
    run = assembly.run(problem.weights())
    exact = States(problem.network, problem.likelihood)
    if assembly.nodes:
        assert run.z[0] == pytest.approx(exact.z, rel=TOLERANCE, abs=0)
    for node, chance in zip(queries, assembly.marginals(run, queries)[0], strict=True):
        assert chance == pytest.approx(exact.chance(node), rel=0, abs=TOLERANCE)


@settings(max_examples=60)
@given(problems(largest=11), st.data())
def test_evidence_withdrawn_and_entered_again(problem: Problem, data: st.DataObject) -> None:
    count = len(problem.likelihood)
    rows = data.draw(
        st.lists(st.lists(st.booleans(), min_size=count, max_size=count), min_size=1, max_size=5)
    )
    counts = np.array([[True] * count, *rows, [False] * count, [True] * count], float)
    counts = counts.reshape(-1, count) if count else np.ones((2, 0))
    assembly = assembled(problem)
    run = assembly.run(problem.weights(counts))
    found = np.broadcast_to(
        assembly.marginals(run, assembly.nodes), (len(counts), len(assembly.nodes))
    )
    z = np.broadcast_to(run.z, len(counts))
    for row, here in enumerate(counts):
        exact = States(problem.network, problem.counted(here))
        assert z[row] == pytest.approx(exact.z, rel=TOLERANCE, abs=0)
        expected = [exact.chance(node) for node in assembly.nodes]
        np.testing.assert_allclose(found[row], expected, rtol=0, atol=TOLERANCE)
    np.testing.assert_array_equal(found[0], found[-1])


@settings(max_examples=40)
@given(problems(largest=9, draws=3))
def test_draws_of_the_parameters_are_rows(problem: Problem) -> None:
    assembly = assembled(problem)
    run = assembly.run(problem.weights())
    found = np.broadcast_to(assembly.marginals(run, assembly.nodes), (3, len(assembly.nodes)))
    for draw in range(3):
        exact = States(problem.network, problem.likelihood, draw)
        assert np.broadcast_to(run.z, 3)[draw] == pytest.approx(exact.z, rel=TOLERANCE, abs=0)
        expected = [exact.chance(node) for node in assembly.nodes]
        np.testing.assert_allclose(found[draw], expected, rtol=0, atol=TOLERANCE)


@settings(max_examples=80)
@given(problems(largest=10, sure=True))
def test_certain_figures_and_impossible_evidence(problem: Problem) -> None:
    folded = Problem(problem.network, problem.likelihood, ())
    assembly = assembled(folded)
    run = assembly.run(folded.weights())
    exact = States(folded.network, folded.likelihood)
    assert run.z[0] == pytest.approx(exact.z, rel=TOLERANCE, abs=1e-14)
    if exact.z > 1e-6:
        found = assembly.marginals(run, assembly.nodes)[0]
        expected = [exact.chance(node) for node in assembly.nodes]
        np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE)


@settings(max_examples=60)
@given(problems(smallest=2))
def test_relabelling_commutes(problem: Problem) -> None:
    """The nodes in another order in which causes still come first: by depth, then reversed."""
    network = problem.network
    depth: list[int] = []
    for pairs in network.parents:
        depth.append(1 + max((depth[parent] for parent, _ in pairs), default=-1))
    order = sorted(range(network.size), key=lambda node: (depth[node], -node))
    place = {node: index for index, node in enumerate(order)}
    parents = tuple(
        tuple((place[parent], edge) for parent, edge in reversed(network.parents[node]))
        for node in order
    )
    other = Problem(
        Network(parents, network.leak[:, order], network.activation),
        {place[node]: pair for node, pair in reversed(problem.likelihood.items())},
        tuple(place[node] for node in problem.absent),
    )
    first, second = assembled(problem), assembled(other)
    one, two = first.run(problem.weights()), second.run(other.weights())
    assert one.z[0] == pytest.approx(two.z[0], rel=TOLERANCE)
    np.testing.assert_allclose(
        first.marginals(one, first.nodes)[0],
        second.marginals(two, [place[node] for node in first.nodes])[0],
        rtol=0,
        atol=TOLERANCE,
    )


@settings(max_examples=60)
@given(problems(smallest=2), st.data())
def test_a_likelihood_equal_under_both_states_changes_nothing(
    problem: Problem, data: st.DataObject
) -> None:
    free = [node for node in range(problem.network.size) if node not in problem.likelihood]
    if not free:
        return
    node = data.draw(st.sampled_from(free))
    more = Problem(problem.network, {**problem.likelihood, node: (1.0, 1.0)}, problem.absent)
    first, second = assembled(problem), assembled(more)
    one, two = first.run(problem.weights()), second.run(more.weights())
    assert one.z[0] == pytest.approx(two.z[0], rel=TOLERANCE)
    np.testing.assert_allclose(
        first.marginals(one, first.nodes),
        second.marginals(two, first.nodes),
        rtol=0,
        atol=TOLERANCE,
    )


def test_a_table_beyond_the_limit_is_refused_not_built() -> None:
    size = 12
    parents: list[tuple[tuple[int, int], ...]] = [()] * size
    count = 0
    for _ in range(size):  # every finding hangs from every cause
        parents.append(tuple((cause, count + cause) for cause in range(size)))
        count += size
    network = Network(tuple(parents), np.full((1, 2 * size), 0.1), np.full((1, count), 0.5))
    findings = range(size, 2 * size)
    with pytest.raises(TableTooLarge) as refused:
        _ = Assembly(network, findings, limit=1 << 8).plan
    assert refused.value.entries > 1 << 8
    assembly = Assembly(network, findings)
    present = {node: np.array([PRESENT]) for node in findings}
    causes = range(size)
    found = assembly.marginals(assembly.run(Weights(present)), causes)[0]
    np.testing.assert_allclose(found, found[0], rtol=0, atol=TOLERANCE)
    number = np.arange(size + 1)  # only the number of causes matters, so the sum is short
    some = 1 - 0.9 * 0.5**number
    choose = np.array([float(np.prod([(size - j) / (j + 1) for j in range(k)])) for k in number])
    weight = choose * 0.1**number * 0.9 ** (size - number) * some**size
    assert found[0] == pytest.approx((weight * number / size).sum() / weight.sum(), abs=TOLERANCE)
