"""Folding quiet links where tables grow too large: exact where it says so."""

from __future__ import annotations

from hypothesis import assume, given, settings

from kinechain.inference.person import Person
from tests.support.engine import assembled, close
from tests.support.networks import persons


@settings(max_examples=50)
@given(persons(largest=10, edges=20))
def test_folding_is_exact_where_links_have_one_cause(person: Person) -> None:
    graph = person.knowledge.graph.nodes
    folded = person.folded()
    assume(folded.quiet)
    assume(all(len(person.network.parents[node]) <= 1 for node in folded.quiet or ()))
    assert all(graph[node].kind == "link" for node in folded.quiet or ())
    whole, less, nodes = assembled(person), assembled(folded), person.conditions
    found = less.marginals(less.run(folded.weights()), nodes)
    close(found, whole.marginals(whole.run(person.weights()), nodes))
