"""Fired edges, paths, explanations: against every combination of edge firings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinechain.inference.network import Assembly
from kinechain.inference.person import Person
from tests.support.engine import attributed, close, evidence_of, explained
from tests.support.networks import Problem, persons, problems
from tests.support.oracle import Firings, all_paths

TOLERANCE = 1e-9


@settings(max_examples=80)
@given(problems(2, 7, 10))
def test_edge_fired(problem: Problem) -> None:
    exact = Firings(problem.network, problem.likelihood)
    keep = [node for node in range(problem.network.size) if node not in problem.absent]
    assembly = Assembly(problem.network, problem.weighted, problem.absent, keep)
    run = assembly.run(problem.weights())
    for parent, child in exact.fired:
        if child not in problem.absent:
            found = assembly.fired(run, parent, child)[0]
            assert found == pytest.approx(exact.path((parent, child)), rel=0, abs=TOLERANCE)


@settings(max_examples=100)
@given(persons(), st.data())
def test_explains(person: Person, data: st.DataObject) -> None:
    """Single sources, sets of sources; all complaints, and each one."""
    every = st.frozensets(st.integers(0, person.network.size - 1), min_size=1, max_size=3)
    singles = [frozenset([node]) for node in range(person.network.size)]
    sets = [*singles, *data.draw(st.lists(every, min_size=1, max_size=4))]
    sets = [kept for nodes in sets if (kept := nodes - set(person.complaints))]
    if not person.complaints or not sets:
        return
    exact = Firings(person.network, evidence_of(person))
    for ends in [person.complaints, *((end,) for end in person.complaints)]:
        found = explained(person, sets, ends)
        close(found, [exact.reaches(nodes, ends) for nodes in sets])
        assert min(found) >= 0


@settings(max_examples=100)
@given(persons())
def test_paths_responsibilities_and_unexplained(person: Person) -> None:
    exact = Firings(person.network, evidence_of(person))
    graph = person.knowledge.graph.nodes
    starts = [place for place, node in enumerate(graph) if node.kind in ("condition", "trait")]
    sites = attributed(person)
    assert {person.nodes[site.item] for site in sites} == set(person.complaints)
    for site in sites:
        end = person.nodes[site.item]
        assert {path.nodes for path in site.paths} == all_paths(person.network, starts, end)
        assert len({path.nodes for path in site.paths}) == len(site.paths)
        close([path.fired for path in site.paths], [exact.path(path.nodes) for path in site.paths])
        unexplained = 1 - exact.reaches(starts, (end,))
        close(site.unexplained, unexplained)
        shares = site.responsibilities()
        close(sum(shares) + site.unexplained, 1)
        total = sum(exact.path(path.nodes) for path in site.paths) or 1.0
        expected = [exact.path(path.nodes) / total * (1 - unexplained) for path in site.paths]
        close(shares, expected, 1e-8)
        order = [path.fired for path in site.paths]
        assert order == sorted(order, reverse=True)


@settings(max_examples=60)
@given(persons(), st.sampled_from([1e-3, 0.05, 0.3]))
def test_what_is_left_out_as_negligible_is_negligible(person: Person, negligible: float) -> None:
    for site, whole in zip(attributed(person, negligible), attributed(person), strict=True):
        kept = {path.nodes: path.fired for path in site.paths}
        close(site.unexplained, whole.unexplained)
        for path in whole.paths:
            assert path.nodes in kept or path.fired < negligible
            close(kept.get(path.nodes, path.fired), path.fired)
