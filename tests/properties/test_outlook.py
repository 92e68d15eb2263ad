"""The quick posterior of the interview against the full one, and estimates against exact."""

from __future__ import annotations

import numpy as np
import pytest

from kinechain.domain.case import Case, Pain
from kinechain.inference.outlook import outlook, some_of
from kinechain.inference.posterior import posterior
from kinechain.inference.ranking import estimate, evaluate
from kinechain.knowledge import load_knowledge
from kinechain.service.interview.asking import thresholds_of
from tests.support.shipped import sampled_case

CASES = [
    sampled_case("lumbar_disc_herniation.l4_5.left", 40, 3, 1),
    sampled_case("knee_osteoarthritis.left", 40, 5, 2),
    sampled_case("hip_osteoarthritis.left", 30, 4, 3),
]
KNEE = Case(id="k", age_years=58, sex="female", pain=(Pain(site="knee_medial", side="left"),))
BACK = Case(id="x", age_years=58, sex="female", pain=(Pain(site="low_back"),))


@pytest.mark.parametrize("case", CASES)
def test_it_is_near_the_full_posterior(case: Case) -> None:
    knowledge = load_knowledge()
    quick, full = outlook(knowledge, case), posterior(knowledge, case)
    for name, places in quick.families.items():
        assert float(some_of(quick.explains, places)) == pytest.approx(
            full.template_explains[name], abs=0.08
        )


def test_the_kept_plan_changes_nothing() -> None:
    knowledge = load_knowledge()
    first, second = outlook(knowledge, KNEE), outlook(knowledge, KNEE)
    assert second.assembly.plan is first.assembly.plan
    assert np.array_equal(first.explains, second.explains)


def test_a_small_limit_cuts_edges_and_still_answers() -> None:
    knowledge = load_knowledge()
    case = sampled_case("lumbar_disc_herniation.l4_5.left", 40, 12, 4)
    small = outlook(knowledge, case, largest=1 << 8)
    assert small.possible
    assert small.person.cuts
    assert len(small.person.items) == len(outlook(knowledge, case).person.items)
    assert np.isfinite(small.explains).all()
    assert not set(small.unanswered) & {p for i in small.person.items for p in i.members}


def test_estimates_obey_total_probability_and_point_where_the_exact_values_do() -> None:
    knowledge = load_knowledge()
    view = outlook(knowledge, BACK)
    bounds = thresholds_of(knowledge)
    rough = estimate(view, view.unanswered, bounds)
    best = sorted(rough, key=lambda one: -one.value)[:20]
    exact = evaluate(view, [one.node for one in best], bounds)
    kinds = {one.node: knowledge.graph.nodes[one.node].kind for one in exact}
    for one in exact:
        assert 0 < one.yes < 1
        if kinds[one.node] == "finding":
            again = one.yes * one.present + (1 - one.yes) * one.absent
            assert again == pytest.approx(view.present, abs=1e-6)
    assert {one.node for one in exact} == {one.node for one in best}
    moved = [np.corrcoef(a.present - view.present, b.present - view.present)[0, 1]
             for a, b in zip(best, exact, strict=True) if kinds[b.node] == "finding"]  # fmt: skip
    assert np.median(moved) > 0.5


def test_nothing_to_ask_about() -> None:
    knowledge = load_knowledge()
    view = outlook(knowledge, BACK)
    assert estimate(view, (), {}) == ()
    assert evaluate(view, (), {}) == ()
