"""Estimated ground forces against plates on real walks, and the figures that are told of them."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.gait_ground import pooled
from kinechain.gait.kinetics.ground import ground_method
from tests.support.gait import needs_real_data
from tests.support.ground import (
    MOMENTS,
    WALKS,
    Errors,
    errors_of,
    hidden_walk,
    load_path,
    method_without,
)

pytestmark = needs_real_data
# Figures are told with two digits; a change of the machine's arithmetic moves them by less.
ALIKE = 0.04


@pytest.fixture(scope="module")
def table() -> dict[str, list[Errors]]:
    """Every walk, with the load's path from the other laboratories."""
    walks = {name: hidden_walk(name) for name in WALKS}
    found: dict[str, list[Errors]] = {}
    for walk in walks.values():
        method = method_without(walk.laboratory, walks.values())
        found.setdefault(walk.laboratory, []).append(errors_of(walk, walk.estimate(method)))
    return found


def test_the_errors_that_are_told_are_those_measured(table: dict[str, list[Errors]]) -> None:
    told = ground_method().error
    assert told.trials == sum(len(one) for one in table.values()) == len(WALKS)
    assert told.people == told.laboratories == len(table)
    for name in told.single:
        assert pooled(table, lambda one: one.single, name) == pytest.approx(
            told.single[name], rel=ALIKE
        )
        assert pooled(table, lambda one: one.double, name) == pytest.approx(
            told.double[name], rel=ALIKE
        )
    for name in told.relative:
        assert pooled(table, lambda one: one.relative, name) == pytest.approx(
            told.relative[name], rel=ALIKE
        )
    for name in MOMENTS:
        assert pooled(table, lambda one: one.moments, name) == pytest.approx(
            told.moments[name], rel=ALIKE
        )
        pairs = np.array([pair for trials in table.values() for one in trials
                          for pair in one.peaks[name]])  # fmt: skip
        away = pairs[:, 1] - pairs[:, 0]
        assert away.mean() == pytest.approx(told.peaks[name][0], abs=0.01)
        assert away.std(ddof=1) == pytest.approx(told.peaks[name][1], abs=0.01)


def test_the_loads_path_is_the_one_measured() -> None:
    told = ground_method()
    measured = method_without(None, [hidden_walk(name) for name in WALKS])
    np.testing.assert_allclose(told.ahead, measured.ahead, atol=0.01)
    people: dict[str, list[np.ndarray]] = {}
    for name in WALKS:
        people.setdefault(WALKS[name][0], []).extend(load_path(hidden_walk(name), told.phase))
    spread = np.std([np.mean(one, axis=0) for one in people.values()], axis=0, ddof=1)
    # people are spread so far, and their steps a little more
    inner = slice(1, -1)
    assert (told.ahead_spread[inner] > spread[inner] - 0.01).all()
    assert (told.ahead_spread[inner] < spread[inner] + 0.05).all()


def test_speeds_are_those_told() -> None:
    low, high = ground_method().error.speed_m_per_s
    speeds = [one.mean for name in WALKS if (one := hidden_walk(name).hidden.measure("gait_speed"))]
    assert round(min(speeds), 1) == low
    assert round(max(speeds), 1) == high


def test_balancing_is_nearer_to_the_plates_than_holding_the_motion_exactly(
    table: dict[str, list[Errors]],
) -> None:
    exact: dict[str, list[Errors]] = {}
    for name, (laboratory, *_) in WALKS.items():
        walk = hidden_walk(name)
        exact.setdefault(laboratory, []).append(errors_of(walk, walk.estimate(exact=True)))
    for part in ("point_fore_aft", "point_sideways", "fore_aft", "sideways", "free_moment"):
        own, other = (pooled(one, lambda one: one.single, part) for one in (table, exact))
        assert own < 0.9 * other
        own, other = (pooled(one, lambda one: one.double, part) for one in (table, exact))
        assert own < 0.9 * other
    for moment in ("knee_adduction_moment", "ankle_dorsiflexion_moment"):
        own, other = (pooled(one, lambda one: one.moments, moment) for one in (table, exact))
        assert own < 0.75 * other
