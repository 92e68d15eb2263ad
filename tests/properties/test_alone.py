"""What a finding says alone, by propagation, beside the exact answer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kinechain.domain.case import Case
from kinechain.inference import contributions as module
from kinechain.inference.contributions import Contribution
from kinechain.inference.person import Person
from kinechain.inference.posterior import posterior
from kinechain.knowledge import load_knowledge
from kinechain.knowledge.knowledge import Knowledge
from tests.properties.test_loosening import is_forest
from tests.support.engine import UNSHRUNK, contributed
from tests.support.knowledge import known_persons
from tests.support.networks import persons
from tests.support.shipped import sampled_case

SETTLED = 5e-4
"""How far messages that no longer move may be from where they would end, in log odds."""


def both(person: Person, origins: list[int]) -> Iterator[tuple[Contribution, Contribution]]:
    """Each contribution as it is computed in a small network and in a large one."""
    exact = contributed(person, origins)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "EXACT_EDGES", 0)
        large = {(one.origin, one.items): one for one in contributed(person, origins)}
    assert len(large) == len(exact)
    for one in exact:
        other = large[one.origin, one.items]
        assert other.removed == one.removed or np.isnan([other.removed, one.removed]).all()
        yield one, other


def soft(person: Person, origins: list[int]) -> bool:
    """Whether no origin is itself known for sure, which leaves no odds to compare."""
    known = [node for item, node in zip(person.items, person.nodes, strict=True)
             if 0 in item.likelihood]  # fmt: skip
    return not set(known) & set(origins)


@settings(max_examples=60, phases=UNSHRUNK)
@given(persons(largest=8, edges=7), st.data())
def test_it_is_exact_where_the_graph_has_no_circle(person: Person, data: st.DataObject) -> None:
    pairs = [(p, node) for node, them in enumerate(person.network.parents) for p, _ in them]
    assume(is_forest(pairs) and person.conditions and person.items)
    origin = data.draw(st.sampled_from(person.conditions))
    assume(soft(person, [origin]))
    for one, other in both(person, [origin]):
        assert other.alone == pytest.approx(one.alone, abs=SETTLED)


@settings(max_examples=15, phases=UNSHRUNK)
@given(known_persons(), st.data())
def test_it_is_close_where_there_are_circles(
    known: tuple[Knowledge, Case], data: st.DataObject
) -> None:
    person = posterior(*known).person
    origin = data.draw(st.sampled_from(person.conditions))
    for one, other in both(person, [origin]):
        assert other.alone == pytest.approx(one.alone, abs=0.5)


def test_in_the_shipped_network() -> None:
    knowledge = load_knowledge()
    case = sampled_case("knee_osteoarthritis.left", 12, 4, seed=3)
    result = posterior(knowledge, case)
    origin = knowledge.index["knee_osteoarthritis.left"]
    assert len(result.person.network.activation[0]) > module.EXACT_EDGES
    found = contributed(result.person, [origin])
    nothing = posterior(knowledge, Case(id="nobody", age_years=case.age_years))
    place = nothing.nodes.index(origin)
    assert found[0].origin == origin
    for item in range(len(result.person.items)):
        [alone] = [one.alone for one in found if one.items == (item,)]
        less = result.person
        for other in reversed(range(len(result.person.items))):
            less = less.without(other) if other != item else less
        exact = contributed(less, [origin])
        assert np.isfinite(alone)
        assert exact[0].removed == pytest.approx(alone, abs=0.3)
    assert nothing.present[place] > 0
