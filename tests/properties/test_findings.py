"""Contributions and value of information on random networks, against enumeration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kinechain.inference.person import Person
from tests.support.engine import contributed, evidence_of, questioned
from tests.support.networks import ABSENT, PRESENT, persons
from tests.support.oracle import States, entropy, log_odds


@settings(max_examples=60)
@given(persons(largest=10, edges=20))
def test_contributions(person: Person) -> None:
    settled = {
        node
        for node, item in zip(person.nodes, person.items, strict=True)
        if 0.0 in item.likelihood
    }
    origins = [node for node in person.conditions if node not in settled]
    everything = set(range(len(person.items)))
    found = contributed(person, origins)
    groups: dict[str, set[int]] = {}
    for place, item in enumerate(person.items):
        groups.setdefault(item.group, set()).add(place)
    sets = [{place} for place in everything] + [one for one in groups.values() if len(one) > 1]
    assert len(found) == len(sets) * len(origins)

    def odds(places: set[int], origin: int) -> float:
        return log_odds(States(person.network, evidence_of(person, places)).chance(origin))

    for one in found:
        members = set(one.items)
        assert members in sets
        assert one.group == person.items[one.items[0]].group
        full, without = odds(everything, one.origin), odds(everything - members, one.origin)
        alone, empty = odds(members, one.origin), odds(set(), one.origin)
        assert one.removed == pytest.approx(full - without, rel=0, abs=1e-7)
        assert one.alone == pytest.approx(alone - empty, rel=0, abs=1e-7)
    for origin in origins:
        here = [abs(one.removed) for one in found if one.origin == origin]
        assert here == sorted(here, reverse=True)


@settings(max_examples=50)
@given(persons(largest=10, edges=20), st.floats(0.01, 0.9), st.floats(0.01, 0.9))
def test_value_of_information(person: Person, first: float, second: float) -> None:
    thresholds = {"condition_0": first, "condition_1": second}
    graph = person.knowledge.graph.nodes
    evidence = evidence_of(person)
    result = questioned(person, thresholds)
    upstream = person.network.ancestors(person.complaints)
    watched = [node for node in person.conditions if node in upstream]
    unanswered = {
        node
        for node in range(person.network.size)
        if graph[node].kind == "finding" and node not in person.nodes
    }
    assume(watched and unanswered)
    assume(not any(graph[node].kind == "link" for node in evidence))  # nobody records a link
    assert {one.node for one in result.asked} == unanswered
    assert set(result.conditions) == set(watched)
    now = States(person.network, evidence)
    for one in result.asked:
        yes = States(person.network, {**evidence, one.node: PRESENT})
        no = States(person.network, {**evidence, one.node: ABSENT})
        chance = now.chance(one.node)
        assert one.chance == pytest.approx(chance, rel=0, abs=1e-9)
        gain = crossings = 0.0
        for place, node in enumerate(result.conditions):
            before, present, absent = now.chance(node), yes.chance(node), no.chance(node)
            assert result.now[place] == pytest.approx(before, rel=0, abs=1e-9)
            assert one.present[place] == pytest.approx(present, rel=0, abs=1e-7)
            assert one.absent[place] == pytest.approx(absent, rel=0, abs=1e-9)
            after = chance * entropy(present) + (1 - chance) * entropy(absent)
            gain += entropy(before) - after
            bound = thresholds.get(graph[node].template)
            if bound is not None:
                assume(min(abs(p - bound) for p in (before, present, absent)) > 1e-7)
                crossings += chance * ((present >= bound) != (before >= bound))
                crossings += (1 - chance) * ((absent >= bound) != (before >= bound))
        assert one.gain_bits == pytest.approx(gain, rel=0, abs=1e-8)
        assert one.threshold_crossings == pytest.approx(crossings, rel=0, abs=1e-9)
    order = [one.score for one in result.asked]
    assert order == sorted(order, reverse=True)
    assert np.all(np.isfinite(order))
