"""From the knowledge's files to the figures and edges of a person's network."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from kinechain.domain.case import Case
from kinechain.domain.concepts import Effect
from kinechain.inference.figures import Figures
from kinechain.inference.posterior import posterior
from kinechain.inference.template import template_of
from kinechain.knowledge.knowledge import Knowledge
from tests.support.engine import UNSHRUNK, close
from tests.support.knowledge import knowledges, known_persons
from tests.support.recorded import Recorded


def reached(effect: Effect, cause: tuple, target: tuple, has: dict[str, bool]) -> bool:
    """Whether an effect of the instance `cause` reaches the instance `target`."""
    (level, side), (to_level, to_side) = cause, target
    one_sided = has["sides"] and side is not None and effect.side != "both"
    if one_sided and (side == to_side) != (effect.side == "same"):
        return False
    listed = (effect.levels or {}).get(level or "*") or (effect.levels or {}).get("*")
    return to_level in (listed or (level,)) if has["levels"] else True


@settings(max_examples=25, phases=UNSHRUNK)
@given(knowledges())
def test_every_effect_reaches_its_levels_and_sides_and_no_other(knowledge: Knowledge) -> None:
    graph = knowledge.graph
    found = {
        (graph.nodes[edge.parent].id, graph.nodes[edge.child].id)
        for edge in graph.edges
        if edge.effect >= 0
    }
    expected = set()
    for cause in graph.nodes:
        effects = (
            ()
            if cause.kind == "tendency"
            else getattr(knowledge.concept(cause.template), "effects", ())
        )
        for effect in effects:
            concept = knowledge.concept(effect.to)
            has = {"sides": concept.sides == "paired", "levels": bool(concept.levels)}
            for target in graph.nodes:
                if (
                    target.template == effect.to
                    and target.kind != "tendency"
                    and reached(effect, (cause.level, cause.side), (target.level, target.side), has)
                ):
                    expected.add((cause.id, target.id))
    assert found == expected
    order = {node.id: place for place, node in enumerate(graph.nodes)}
    assert all(order[cause] < order[effect] for cause, effect in found)


@settings(max_examples=25, phases=UNSHRUNK)
@given(known_persons())
def test_priors_mean_what_the_knowledge_says(known: tuple[Knowledge, Case]) -> None:
    """Share of persons, of levels, and of the second side when the first is affected."""
    knowledge, case = known
    exact = Recorded(posterior(knowledge, case).person)
    for name in ("arthritis", "tumour"):  # nothing causes these
        concept = knowledge.conditions[name]
        for level in concept.levels or (None,):
            share = expected_prior(knowledge, name, case)
            share *= concept.prior.level_share.get(level or "", 1.0)
            nodes = tuple(
                node
                for node in knowledge.instances[name]
                if knowledge.graph.nodes[node].level == level
            )
            if concept.prior.other_side is None:
                close([exact.chance([node], exact.free) for node in nodes], share)
                continue
            left, right = (exact.chance([node], exact.free) for node in nodes)
            either = exact.chance(nodes, exact.free)
            close(left, right)
            close(either, share, 1e-6)
            second = max(concept.prior.other_side.value, share)
            close((left + right - either) / left, second, 1e-6)


def expected_prior(knowledge: Knowledge, name: str, case: Case) -> float:
    """Prior of a person by age, sex and setting, worked out by hand."""
    prior = knowledge.conditions[name].prior
    odds = prior.base.value / (1 - prior.base.value)
    by_sex = prior.female_odds_ratio
    for band in prior.by_age:
        age = case.age_years
        of_age = age is not None and band.from_years <= age < band.to_years
        if of_age and band.sex in (None, case.sex):
            odds = band.estimate.value / (1 - band.estimate.value)
            by_sex = by_sex if band.sex is None else None
    if by_sex is not None and case.sex is not None:
        odds *= (by_sex.value if case.sex == "female" else 1) / ((1 + by_sex.value) / 2)
    if case.setting:
        for rule in knowledge.settings[case.setting].odds:
            odds *= rule.odds_ratio.value if name in rule.conditions else 1
    return odds / (1 + odds)


@settings(max_examples=25, phases=UNSHRUNK)
@given(known_persons())
def test_sensitivity_is_the_frequency_with_this_cause_alone(
    known: tuple[Knowledge, Case],
) -> None:
    knowledge, case = known
    person = posterior(knowledge, case).person
    graph, network = knowledge.graph, person.network
    for edge in graph.edges:
        child = graph.nodes[edge.child]
        concept = knowledge.concept(child.template)
        if edge.effect < 0 or child.kind == "condition":
            continue
        band = next(
            (
                band
                for band in getattr(concept, "leak_by_age", ())
                if case.age_years is not None and band.from_years <= case.age_years
            ),
            None,
        )
        leak = band.estimate.value if band else concept.leak.value
        close(network.leak[0, edge.child], leak, 1e-12)
        index = dict(network.parents[edge.child])[edge.parent]
        alone = 1 - (1 - leak) * (1 - network.activation[0, index])
        figure = graph.figures[edge.effect].value
        if graph.sensitivities[edge.effect]:
            close(alone, max(figure, leak), 1e-8)
        else:
            close(network.activation[0, index], figure, 1e-12)


@settings(max_examples=20, phases=UNSHRUNK)
@given(knowledges())
def test_a_trait_multiplies_odds_and_keeps_their_mean(knowledge: Knowledge) -> None:
    template = template_of(knowledge)
    point = template.figures.point()
    share = knowledge.traits["heavy"].prevalence.value
    present = template.multipliers("heavy", True, None, None, point)
    absent = template.multipliers("heavy", False, None, None, point)
    at_risk = {
        place
        for name, concept in knowledge.conditions.items()
        if concept.prior.risks
        for place in knowledge.instances[name]
    }
    assert set(present) == set(absent) == at_risk
    for place in at_risk:
        (risk,) = knowledge.conditions[knowledge.graph.nodes[place].template].prior.risks
        close(present[place] / absent[place], risk.odds_ratio.value)
        close(share * present[place] + (1 - share) * absent[place], 1)


@settings(max_examples=5, phases=UNSHRUNK)
@given(knowledges())
def test_draws_fill_the_interval(knowledge: Knowledge) -> None:
    """5 % below and 5 % above the interval of a judgement, whatever its skew."""
    figures = Figures(knowledge)
    draws = figures.draw(4000, seed=1)
    assert np.all((draws > 0) & np.isfinite(draws))
    np.testing.assert_array_equal(draws, figures.draw(4000, seed=1))
    for estimate in knowledge.graph.figures:
        column = draws[:, figures.index[id(estimate)]]
        assert abs(np.mean(column < estimate.low) - 0.05) < 0.015
        assert abs(np.mean(column > estimate.high) - 0.05) < 0.015
        assert abs(np.mean(column < estimate.value) - 0.5) < 0.03
