"""Worlds differ from the model in what they say, and in nothing else."""

from __future__ import annotations

from math import log

import msgspec
import numpy as np
import pytest

from kinechain.domain.case import Case
from kinechain.domain.concepts import AgeBand
from kinechain.inference.person import person_of
from kinechain.inference.template import template_of
from kinechain.knowledge import Knowledge
from kinechain.knowledge.knowledge import assemble
from kinechain.knowledge.read import FOLDERS
from kinechain.service.worlds import SHARED, TIMES, WORLDS, World, with_values
from tests.support.knowledge import judged, small_knowledge


def world(name: str) -> World:
    (found,) = [one for one in WORLDS if one.name == name]
    return found


@pytest.fixture
def knowledge() -> Knowledge:
    """Both sides of arthritis share a tendency, and two findings are one group."""
    small = small_knowledge()
    things = {folder: dict(getattr(small, folder)) for folder in FOLDERS}
    arthritis = things["conditions"]["arthritis"]
    band = AgeBand(from_years=60, to_years=200, estimate=judged(0.4))
    prior = msgspec.structs.replace(arthritis.prior, other_side=judged(0.5), by_age=(band,))
    things["conditions"]["arthritis"] = msgspec.structs.replace(arthritis, prior=prior)
    for name in ("sign", "test"):
        things["findings"][name] = msgspec.structs.replace(things["findings"][name], group="both")
    return assemble(things, small.version + " with a group")


def random() -> np.random.Generator:
    return np.random.default_rng(4)


def point(knowledge: Knowledge) -> np.ndarray:
    return template_of(knowledge).figures.point()[0]


def test_own_network_is_the_knowledge_itself(knowledge: Knowledge) -> None:
    own = world("own network")
    assert own.make(knowledge, random()) == (knowledge, knowledge)
    assert own.is_own
    assert [one.name for one in WORLDS if one.is_own] == ["own network"]
    assert [one.name for one in WORLDS if not one.has_network] == ["correlated tests"]


def test_other_figures_leave_the_rest_alone(knowledge: Knowledge) -> None:
    leak = knowledge.findings["test"].leak
    effect = knowledge.graph.figures[0]
    other = with_values(knowledge, {id(leak): 0.33, id(effect): 0.44}, "other")
    assert other.version == "other"
    assert other.findings["test"].leak.value == 0.33
    assert other.graph.figures[0].value == 0.44
    before, after = point(knowledge), point(other)
    assert sorted(after[before != after].tolist()) == pytest.approx([0.33, 0.44])
    assert knowledge.findings["test"].leak is leak
    assert other.graph.nodes == knowledge.graph.nodes
    assert other.findings["sign"] is knowledge.findings["sign"]


def test_figures_are_drawn_for_the_world_and_not_for_the_model(knowledge: Knowledge) -> None:
    true, model = world("figures drawn").make(knowledge, random())
    assert model is knowledge
    drawn = template_of(knowledge).figures.draw(1, int(random().integers(2**31)))[0]
    assert point(true) == pytest.approx(drawn)
    assert world("figures drawn").afresh


def test_half_of_the_conditions_are_three_times_off_at_every_age(knowledge: Knowledge) -> None:
    steps: list[float] = []
    for seed in range(40):
        true, model = world("prevalence off").make(knowledge, np.random.default_rng(seed))
        assert model is knowledge
        for name in knowledge.conditions:
            pair = knowledge.conditions[name].prior, true.conditions[name].prior
            before, after = (one.base.value for one in pair)
            steps.append(log(after / (1 - after)) - log(before / (1 - before)))
        old, new = (one.conditions["arthritis"].prior for one in (knowledge, true))
        moved = new.base.value != old.base.value
        assert (new.by_age[0].estimate.value != old.by_age[0].estimate.value) == moved
        assert true.graph.figures == knowledge.graph.figures
    size = np.abs(steps)
    assert np.all((size < 1e-9) | (np.abs(size - log(TIMES)) < 1e-9))
    assert 0.3 < (size > 0).mean() < 0.7
    assert 0.3 < (np.array(steps)[size > 0] > 0).mean() < 0.7


def test_a_tenth_of_the_effects_is_missing_from_the_model() -> None:
    small = small_knowledge()
    left: list[int] = []
    for seed in range(60):
        true, model = world("edges missing").make(small, np.random.default_rng(seed))
        assert true is small
        left.append(len(model.graph.figures))
    assert 0.85 < np.mean(left) / len(small.graph.figures) < 0.95


def test_findings_that_err_together_are_as_frequent_as_before(knowledge: Knowledge) -> None:
    true, model = world("shared false positives").make(knowledge, random())
    assert model is knowledge
    network = person_of(true, Case(id="x")).network
    (shared,) = true.instances["shared_error_of_both"]
    chance = float(network.leak[0, shared])
    for name in ("sign", "test"):
        for place in true.instances[name]:
            fires = dict(network.parents[place])[shared]
            rate = chance * float(network.activation[0, fires])
            leak = float(network.leak[0, place])
            assert 1 - (1 - leak) * (1 - rate) == pytest.approx(0.1)
            assert rate == pytest.approx(SHARED * 0.1)
    assert "shared_error_of_None" not in true.links
    assert true.findings["weight"] == knowledge.findings["weight"]
