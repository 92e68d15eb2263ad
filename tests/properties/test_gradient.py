"""Derivatives by the backward pass, against small differences of the values themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kinechain.domain.studies import Measure, StudyRow
from kinechain.inference.expectation import Expectation
from kinechain.inference.fitting import Prepared, Target
from kinechain.inference.gradient import weight_gradient
from kinechain.inference.network import Array, Assembly, Network
from kinechain.inference.template import Template, template_of
from kinechain.knowledge import load_knowledge
from kinechain.knowledge.knowledge import DATA, Knowledge
from kinechain.knowledge.studies import read_study
from tests.support.engine import UNSHRUNK
from tests.support.knowledge import knowledges
from tests.support.networks import Problem, problems
from tests.support.studied import Crowd, study_rows

RELATIVE = 1e-5
STEP = 1e-4


def log_z(problem: Problem, network: Network, counts: Array) -> Array:
    assembly = Assembly(network, problem.weighted, problem.absent)
    return np.log(assembly.run(problem.weights(counts)).z)


@settings(max_examples=30, phases=UNSHRUNK)
@given(problems(smallest=2, largest=8, edges=10), st.data())
def test_log_probability_by_every_leak_and_activation(
    problem: Problem, data: st.DataObject
) -> None:
    network = problem.network
    assume(problem.likelihood)
    number = len(problem.likelihood)
    bits = data.draw(st.lists(st.booleans(), min_size=number, max_size=number))
    counts = np.array([[1.0] * number, bits], float)
    assembly = Assembly(network, problem.weighted, problem.absent)
    assume(assembly.nodes)
    weights = problem.weights(counts)
    run = assembly.run(weights)
    assume((run.z > 1e-6).all())
    rows = len(run.z)
    leak, activation = weight_gradient(assembly, weights, run, np.eye(rows))
    for name, found in (("leak", leak), ("activation", activation)):
        figures = getattr(network, name)
        for place in range(figures.shape[1]):
            step = np.zeros(figures.shape)
            step[:, place] = 1e-3 * min(figures[0, place], 1 - figures[0, place])
            up, down = (
                log_z(problem, replace(network, **{name: figures + sign * step}), counts)
                for sign in (1, -1)
            )
            expected = (up - down) / (2 * step[0, place])
            np.testing.assert_allclose(found[:, place], expected, rtol=RELATIVE, atol=1e-5)


def prepared(template: Template, row: StudyRow) -> Prepared:
    """A row with a target for everything that it can be asked, likelihood ratios included."""
    expectation = Expectation(template, row)
    measures: list[Measure] = list(expectation.ratios)
    if "sensitivity" in measures:
        measures += ["lr_positive", "lr_negative"]
    targets = [Target("study", row, measure, 0.5, 0.4, 0.6) for measure in measures]
    return Prepared(template, [(expectation, targets)])


def fixed_figures(template: Template) -> list[int]:
    """Figures that the fit leaves alone: what joins the sides, sex, and the traits' odds."""
    found: list[int] = []
    for condition in template.knowledge.conditions.values():
        prior = condition.prior
        held = [prior.other_side, prior.female_odds_ratio, *(one.odds_ratio for one in prior.risks)]
        found += [template.figures.index[id(one)] for one in held if one is not None]
    return found


def compare(known: Prepared, directions: Array, step: float = STEP) -> None:
    """The slope along each direction is that of a small difference."""
    figures = known.template.figures
    at = figures.scaled()
    _, jacobian = known.evaluate(figures.point(), slopes=True)
    for way in directions:
        (up, _), (down, _) = (
            known.evaluate(figures.natural(at + sign * step * way), slopes=False)
            for sign in (1, -1)
        )
        expected = (up - down) / (2 * step)
        np.testing.assert_allclose(jacobian @ way, expected, rtol=RELATIVE, atol=1e-6)


@st.composite
def prepared_rows(draw: st.DrawFn) -> tuple[Knowledge, StudyRow]:
    knowledge = draw(knowledges())
    row = draw(study_rows(knowledge))
    return knowledge, row


@settings(max_examples=8, phases=UNSHRUNK)
@given(prepared_rows(), st.integers(0, 2**32))
def test_measures_by_every_figure(known: tuple[Knowledge, StudyRow], seed: int) -> None:
    knowledge, row = known
    crowd = Crowd(knowledge, row)
    assume(crowd.rarest > 1e-4)
    assume(all(0.001 < value < 0.999 for value in crowd.values().values()))
    template = template_of(knowledge)
    one = prepared(template, row)
    count = len(template.figures.estimates)
    free = np.setdiff1d(np.arange(count), fixed_figures(template))
    directions = np.zeros((12, count))
    chosen = np.random.default_rng(seed).permutation(free)[:10]
    directions[np.arange(len(chosen)), chosen] = 1
    directions[10:, free] = np.random.default_rng(seed).standard_normal((2, len(free)))
    compare(one, directions)


@pytest.mark.parametrize(
    ("study", "row"),
    [
        ("vanderwindt2010cochrane", "straight_leg_raise"),
        ("bachmann2003ottawa", "ottawa_ankle_rules"),
        ("yusuf2019infection", "diabetes"),
        ("decary2017pt", "knee_osteoarthritis_share"),
        ("stynes2018sciatica", "cough_sneeze_worse_rate"),
    ],
)
def test_shipped_rows(study: str, row: str) -> None:
    found = read_study(DATA / "studies", study)
    assert found is not None
    [wanted] = [one for one in found.rows if one.id == row]
    template = template_of(load_knowledge())
    free = np.setdiff1d(np.arange(len(template.figures.estimates)), fixed_figures(template))
    directions = np.zeros((1, len(template.figures.estimates)))
    directions[:, free] = np.random.default_rng(1).standard_normal((1, len(free)))
    compare(prepared(template, wanted), directions, step=3e-5)
