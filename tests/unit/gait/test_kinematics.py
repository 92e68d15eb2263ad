"""Inverse kinematics finds known poses, and errs no more than noise makes unavoidable."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinechain.gait.errors import GaitError
from kinechain.gait.kinematics.inverse import (
    CoordinateTask,
    inverse_kinematics,
    marker_jacobian,
    marker_positions,
    marker_residuals,
)
from kinechain.gait.model.model import Model
from kinechain.gait.recording import Markers
from tests.support import doll


def seen(model: Model, values: np.ndarray, rate_hz: float = 100.0) -> Markers:
    times = np.arange(len(values)) / rate_hz
    return Markers(model.markers, times, marker_positions(model, values), rate_hz)


def walk(model: Model, frames: int = 40) -> np.ndarray:
    t = np.arange(frames)[:, None] / 100.0
    generator = np.random.default_rng(4)
    size, phase = generator.uniform(0.1, 0.4, (2, len(model.coordinates)))
    values = size * np.sin(5.0 * t + 6.0 * phase) + 0.1
    doll.follow(model, values)
    return values


def test_the_jacobian_agrees_with_differences() -> None:
    model = doll.doll()
    values, step = doll.poses(model, 3), 1e-6
    exact = marker_jacobian(model, values)
    for c in range(values.shape[1]):
        shift = np.zeros(values.shape[1])
        shift[c] = step
        ahead, behind = (marker_positions(model, values + sign * shift) for sign in (1.0, -1.0))
        np.testing.assert_allclose(exact[..., c], (ahead - behind) / (2 * step), atol=2e-9)


def test_known_poses_are_found() -> None:
    model = doll.doll()
    values = walk(model)
    found = inverse_kinematics(model, seen(model, values))
    assert found.converged.all()
    np.testing.assert_allclose(found.values, values, atol=1e-7)
    assert found.error_m.max() < 1e-8


def test_a_subject_who_walks_the_other_way_is_found() -> None:
    model = doll.doll()
    values = walk(model, 5)
    values[:, model.coordinate_number["turn"]] += np.pi
    found = inverse_kinematics(model, seen(model, values))
    assert found.error_m.max() < 1e-8


def test_lost_markers_are_left_out() -> None:
    model = doll.doll()
    values = walk(model)
    markers = seen(model, values)
    positions = markers.positions_m.copy()
    positions[5:9, 3] = np.nan
    positions[20, 10, 1] = np.nan
    found = inverse_kinematics(model, replace(markers, positions_m=positions))
    np.testing.assert_allclose(found.values, values, atol=1e-7)
    column = found.markers.index(model.markers[3])
    assert np.isnan(found.error_m[5:9, column]).all()
    assert np.isfinite(found.error_m[10:20]).all()


def test_a_frame_without_markers_has_no_pose_and_stops_nothing() -> None:
    model = doll.doll()
    values = walk(model)
    markers = seen(model, values)
    positions = markers.positions_m.copy()
    positions[[0, 7]] = np.nan
    found = inverse_kinematics(model, replace(markers, positions_m=positions))
    assert np.isnan(found.values[[0, 7]]).all()
    assert not found.converged[[0, 7]].any()
    np.testing.assert_allclose(found.values[8:], values[8:], atol=1e-7)


def test_bounds_hold_and_the_rest_is_best_within_them() -> None:
    osim = doll.text().replace(
        doll.coordinate("knee"),
        doll.coordinate("knee", "<range>-0.1 0.1</range><clamped>true</clamped>"),
    )
    model = doll.model_of(osim)
    values = walk(doll.doll())
    knee = model.coordinate_number["knee"]
    markers = seen(doll.doll(), values)
    found = inverse_kinematics(model, markers)
    assert found.converged.all()
    assert np.abs(found.values[:, knee]).max() <= 0.1
    held = np.abs(values[:, knee]) > 0.12
    assert held.any()
    np.testing.assert_allclose(np.abs(found.values[held, knee]), 0.1)
    residuals = marker_residuals(model, markers, found)
    np.testing.assert_allclose(np.linalg.norm(residuals, axis=2), found.error_m)
    slope = np.einsum("nmdc,nmd->nc", marker_jacobian(model, found.values), residuals)
    free = [k for k in model.free if k != knee and k != model.coordinate_number["cap"]]
    assert np.abs(slope[:, free]).max() < 1e-6


def test_locked_and_coupled_coordinates_obey() -> None:
    osim = doll.text().replace(
        doll.coordinate("m"),
        doll.coordinate("m", "<default_value>0.2</default_value><locked>true</locked>"),
    )
    model = doll.model_of(osim)
    found = inverse_kinematics(model, seen(doll.doll(), walk(doll.doll())))
    np.testing.assert_allclose(found.values[:, model.coordinate_number["m"]], 0.2)
    expected = found.values.copy()
    doll.follow(model, expected)
    np.testing.assert_allclose(found.values, expected, atol=1e-12)


def test_weights_enter_linearly() -> None:
    model = doll.doll()
    markers = seen(model, walk(model, 3))
    noisy = replace(
        markers,
        positions_m=markers.positions_m
        + np.random.default_rng(2).normal(0, 0.01, markers.positions_m.shape),
    )
    weights = {name: float(k % 4) for k, name in enumerate(model.markers)}
    found = inverse_kinematics(model, noisy, weights)
    assert set(found.markers) == {name for name, weight in weights.items() if weight > 0}
    weight = np.array([weights[name] for name in found.markers])
    np.testing.assert_allclose(found.cost, (weight * found.error_m**2).sum(axis=1), rtol=1e-12)
    five = inverse_kinematics(model, noisy, {name: 5 * w for name, w in weights.items()})
    np.testing.assert_allclose(five.values, found.values, atol=1e-7)


def test_a_coordinate_task_pulls_towards_its_target() -> None:
    model = doll.doll()
    values = walk(model, 4)
    markers = seen(model, values)
    knee = model.coordinate_number["knee"]
    fixed = (CoordinateTask("knee", 1e6, np.array([0.3])),)
    np.testing.assert_allclose(
        inverse_kinematics(model, markers, tasks=fixed).values[:, knee], 0.3, atol=1e-4
    )
    moving = (CoordinateTask("knee", 1e6, values[:, knee]),)
    np.testing.assert_allclose(
        inverse_kinematics(model, markers, tasks=moving).values, values, atol=1e-6
    )


def test_strangers_and_unknown_tasks_are_refused() -> None:
    model = doll.doll()
    markers = seen(model, walk(model, 2))
    with pytest.raises(GaitError, match="Only 0 markers"):
        inverse_kinematics(model, replace(markers, names=tuple(f"x{n}" for n in markers.names)))
    with pytest.raises(GaitError, match="no such coordinate"):
        inverse_kinematics(model, markers, tasks=(CoordinateTask("elbow", 1.0, np.zeros(1)),))


def test_noise_costs_no_more_than_cramer_and_rao_say() -> None:
    """The least-squares estimate of a nearly linear problem reaches the bound."""
    model = doll.doll()
    truth = walk(model, 1)
    trials, sigma = 3000, 0.001
    exact = np.repeat(marker_positions(model, truth), trials, axis=0)
    noise = np.random.default_rng(11).normal(0.0, sigma, exact.shape)
    markers = Markers(model.markers, np.arange(trials) / 100.0, exact + noise, 100.0)
    found = inverse_kinematics(model, markers)
    jacobian = marker_jacobian(model, truth)[0].reshape(-1, truth.shape[1])
    knee, cap = model.coordinate_number["knee"], model.coordinate_number["cap"]
    slope = 0.9 * np.polyval(np.polyder([0.2, 0.8, 0.1]), truth[0, knee])
    jacobian[:, knee] += slope * jacobian[:, cap]
    columns = np.sort(model.free)
    bound = sigma**2 * np.linalg.inv(jacobian[:, columns].T @ jacobian[:, columns])
    error = found.values[:, columns] - truth[:, columns]
    ratio = error.var(axis=0) / np.diag(bound)
    assert np.abs(error.mean(axis=0)).max() < 4.0 * np.sqrt(np.diag(bound) / trials).max() + 1e-4
    # The variance of a sample variance: 2 / trials; four deviations either way.
    assert np.abs(ratio - 1.0).max() < 4.0 * np.sqrt(2.0 / trials) + 0.02
