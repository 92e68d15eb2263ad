"""Scores of probabilities against the truth, on numbers whose scores are known."""

from __future__ import annotations

import numpy as np
import pytest

from kinechain.service.calibration_scores import brier, calibration, coverage, scores


def test_a_bin_is_mean_prediction_and_share() -> None:
    found = calibration(np.array([0.21, 0.29, 0.9, 0.9]), np.array([1, 0, 1, 0]))
    low, high = found.bins
    assert (low.low, low.high, low.n) == (0.2, 0.35, 2)
    assert (low.predicted, low.observed) == (pytest.approx(0.25), 0.5)
    assert (high.predicted, high.observed, high.n) == (pytest.approx(0.9), 0.5, 2)
    assert found.error == pytest.approx((2 * 0.25 + 2 * 0.4) / 4)


def test_certainty_belongs_to_the_last_bin() -> None:
    found = calibration(np.array([1.0, 0.0]), np.array([1, 0]))
    assert [one.n for one in found.bins] == [1, 1]
    assert found.error == found.by_chance == found.limit == 0


@pytest.mark.parametrize("n", [200, 2000, 20000])
def test_a_right_prediction_is_wrong_by_chance_alone(n: int) -> None:
    errors: list[float] = []
    for seed in range(60):
        random = np.random.default_rng(seed)
        predicted = random.beta(0.5, 2, n)
        found = calibration(predicted, random.random(n) < predicted)
        errors.append(found.error / found.by_chance)
        limit = found.limit / found.by_chance
    assert np.mean(errors) == pytest.approx(1, abs=0.08)
    assert sum(one > limit for one in errors) <= 3


def test_chance_falls_with_the_root_of_the_number() -> None:
    small, large = (calibration(np.full(n, 0.3), np.zeros(n)) for n in (100, 10_000))
    assert small.by_chance == pytest.approx(10 * large.by_chance)


def test_a_wrong_prediction_passes_the_limit() -> None:
    random = np.random.default_rng(1)
    predicted = random.beta(0.5, 2, 3000)
    found = calibration(predicted**2, random.random(3000) < predicted)
    assert found.error > found.limit


def test_nothing_to_score() -> None:
    found = calibration(np.zeros(0), np.zeros(0))
    assert (found.error, found.n, found.bins) == (0.0, 0, ())
    nothing = coverage(np.zeros((1, 2)), np.zeros((1, 2)), np.zeros((1, 2)), None)
    assert (nothing.share, nothing.n, nothing.width) == (None, 0, None)


def test_brier_is_summed_over_conditions() -> None:
    assert brier(np.array([[0.5, 0.0], [0.0, 1.0]]), np.array([[1, 0], [1, 1]])) == 0.625


def test_coverage_counts_conditions_worth_telling() -> None:
    said = np.array([[0.5, 0.001], [0.2, 0.3]])
    low, high = said - 0.1, said + 0.1
    exact = np.array([[0.55, 0.9], [0.35, 0.2]])  # held, left out, missed, at the very end
    found = coverage(said, low, high, exact)
    assert found.share == pytest.approx(2 / 3)
    assert found.n == 3
    assert found.width == pytest.approx(0.2)
    assert found.distance == pytest.approx((0.05 + 0.15 + 0.1) / 3)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.share <= found.high


def test_without_an_exact_posterior_there_is_only_a_width() -> None:
    found = coverage(np.array([[0.5]]), np.array([[0.4]]), np.array([[0.7]]), None)
    assert (found.share, found.distance, found.n) == (None, None, 1)
    assert found.width == pytest.approx(0.3)


def test_skill_is_what_the_prior_lacks() -> None:
    said, prior = np.array([[0.8, 0.0]]), np.array([[0.2, 0.2]])
    nothing = coverage(said, said, said, None)
    found = scores(said, np.array([[1.0, 0.0]]), prior, nothing)
    assert found.brier == pytest.approx(0.04)
    assert found.brier_prior == pytest.approx(0.68)
    assert found.skill == pytest.approx(1 - 0.04 / 0.68)
    assert found.calibration.n == 1
