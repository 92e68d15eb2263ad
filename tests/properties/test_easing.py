"""What is done where tables grow too large: exact where it says so, a bound where it says so."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from kinechain.inference.easing import eased_weights, gap, slope

from kinechain.inference.network import Network
from kinechain.inference.person import Person
from tests.support.engine import assembled, close
from tests.support.networks import networks, persons


@settings(max_examples=80)
@given(persons(largest=10, edges=20))
def test_folding_is_exact_where_links_have_one_cause(person: Person) -> None:
    graph = person.knowledge.graph.nodes
    easier = person.easier({})
    assume(easier.quiet)
    assume(all(len(person.network.parents[node]) <= 1 for node in easier.quiet or ()))
    whole, folded = assembled(person), assembled(easier)
    nodes = person.conditions
    found = folded.marginals(folded.run(easier.weights()), nodes)
    close(found, whole.marginals(whole.run(person.weights()), nodes))
    assert all(graph[node].kind == "link" for node in easier.quiet or ())


@settings(max_examples=80)
@given(networks(3, 7), st.data())
def test_the_tangent_lies_above(network: Network, data: st.DataObject) -> None:
    node = network.size - 1
    assume(network.parents[node])
    chance = {parent: data.draw(st.floats(0, 1)) for parent, _ in network.parents[node]}
    steepness = slope(network, node, chance)
    assert steepness > 0
    assert gap(network, node, chance) >= 0
    weights = eased_weights(network, node, steepness)
    steps = {
        parent: -np.log1p(-network.activation[0, edge]) for parent, edge in network.parents[node]
    }
    own = -np.log1p(-network.leak[0, node])
    touch = own + sum(chance[parent] * step for parent, step in steps.items())
    level = (1 - np.exp(-touch)) * np.exp(-steepness * (touch - own))
    for code in range(1 << len(steps)):
        on = [parent for place, parent in enumerate(steps) if code >> place & 1]
        exact = 1 - np.exp(-own - sum(steps[parent] for parent in on))
        bound = level * np.prod([weights[parent][0] for parent in on])
        assert bound >= exact * (1 - 1e-12)
