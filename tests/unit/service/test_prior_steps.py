"""The prior told step by step is the prior that the network has."""

from __future__ import annotations

import itertools

import pytest

from kinechain.domain.case import Case
from kinechain.inference.person import person_of
from kinechain.knowledge import load_knowledge
from kinechain.service.prior_steps import prior_steps

KNOWLEDGE = load_knowledge()
PEOPLE = list(
    itertools.product((None, 5, 25, 52.5, 90), (None, "female", "male"), (None, "spine_clinic"))
)


@pytest.mark.parametrize(("age", "sex", "setting"), PEOPLE)
def test_the_last_step_is_the_prior_of_the_network(age, sex, setting) -> None:
    case = Case(id="x", age_years=age, sex=sex, setting=setting)
    leak = person_of(KNOWLEDGE, case).network.leak[0]
    plain = [one for one in KNOWLEDGE.conditions.values()
             if one.sides == "midline" and not one.levels]  # fmt: skip
    assert plain
    for condition in plain:
        (node,) = KNOWLEDGE.instances[condition.id]
        steps = prior_steps(KNOWLEDGE, case, condition)
        assert steps[-1].probability == pytest.approx(leak[node], rel=1e-9), condition.id
        assert all(step.figure is not None for step in steps)


def test_every_step_says_what_enters() -> None:
    condition = KNOWLEDGE.conditions["lumbar_disc_herniation"]
    case = Case(id="x", age_years=45, sex="female", setting="spine_clinic")
    first, sex, setting = prior_steps(KNOWLEDGE, case, condition)
    assert "years" in first.what
    assert sex.what == "female"
    assert setting.what == "seen in: Spine clinic"
    (alone,) = prior_steps(KNOWLEDGE, Case(id="x"), condition)
    assert alone.what == "adults of every age"
