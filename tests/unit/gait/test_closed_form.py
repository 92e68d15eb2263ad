"""From markers to moments against motions that are known in closed form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinechain.gait.kinematics import inverse as kinematics
from kinechain.gait.kinematics.inverse import (
    body_poses,
    inverse_kinematics,
    marker_jacobian,
    marker_positions,
)
from kinechain.gait.kinematics.motion import Motion, smooth_motion
from kinechain.gait.kinetics import inverse as kinetics
from kinechain.gait.kinetics.inverse import inverse_dynamics
from kinechain.gait.model.model import Model
from kinechain.gait.recording import Markers
from tests.support import doll
from tests.support.closed_form import CAP, SCALE, doll_load, doll_motion, doll_state
from tests.support.energy import EIGHTH_ORDER, energy_of

G = 9.80665
MASS, LENGTH, INERTIA = 3.0, 0.4, 0.2  # of the pendulum: centre of mass, about z there
RATE_HZ = 100.0


def plain_joint(kind: str, name: str, child: str, coordinates: str) -> str:
    """A joint between the ground and a body whose frames are those of the bodies."""
    text = doll.joint(kind, name, "ground", child, coordinates, "0 0 0", turned="0 0 0")
    return text.replace("0.01 0.02 -0.01", "0 0 0").replace("-0.2 0.1 0.15", "0 0 0")


def pendulum() -> Model:
    body = (
        f'<Body name="rod"><mass>{MASS}</mass><mass_center>0 {-LENGTH} 0</mass_center>'
        f"<inertia>{INERTIA} 0.01 {INERTIA} 0 0 0</inertia></Body>"
    )
    markers = "".join(
        f'<Marker name="{name}"><socket_parent_frame>/bodyset/rod</socket_parent_frame>'
        f"<location>{place}</location></Marker>"
        for name, place in (("top", "0 -0.1 0"), ("low", "0.05 -0.7 0"), ("side", "0 -0.5 0.1"))
    )
    joint = plain_joint("PinJoint", "angle", "rod", doll.coordinate("angle", "<range>-3 3</range>"))
    empty = "<MarkerSet><objects>"
    return doll.model_of(doll.text(joint, "", body).replace(empty, f"{empty}{markers}"))


def swing(seconds: float, amplitude_rad: float, step_s: float = 1e-3) -> np.ndarray:
    """A pendulum that swings freely, by the classical Runge-Kutta rule, shape (n,)."""
    about = INERTIA + MASS * LENGTH**2

    def rates(state: np.ndarray) -> np.ndarray:
        return np.array([state[1], -MASS * G * LENGTH / about * np.sin(state[0])])

    state, angles = np.array([amplitude_rad, 0.0]), []
    for _ in range(round(seconds / step_s)):
        angles.append(state[0])
        k1 = rates(state)
        k2 = rates(state + step_s / 2 * k1)
        k3 = rates(state + step_s / 2 * k2)
        k4 = rates(state + step_s * k3)
        state = state + step_s / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return np.array(angles)


def recorded(model: Model, values: np.ndarray) -> Markers:
    times = np.arange(len(values)) / RATE_HZ
    return Markers(model.markers, times, marker_positions(model, values), RATE_HZ)


def test_from_the_markers_of_a_free_pendulum_to_no_moment_at_all() -> None:
    """What is left is the error of the spline's second derivative at 100 frames a second."""
    model = pendulum()
    angles = swing(4.0, 1.0)[::10, None]
    found = inverse_kinematics(model, recorded(model, angles))
    np.testing.assert_allclose(found.values, angles, atol=1e-9)
    motion = smooth_motion(model, found.times_s, found.values, None)
    inner = slice(30, -30)
    moment = inverse_dynamics(model, motion).generalised[inner, 0]
    assert np.abs(moment).max() < 3e-6 * MASS * G * LENGTH
    energy = inverse_dynamics(model, motion).energy
    total = (energy.kinetic_J + energy.potential_J)[inner]
    np.testing.assert_allclose(total, total[0], atol=2e-7)


def test_the_usual_filter_costs_a_slow_swing_little() -> None:
    """Of the swing, and of the moment that would hold it, less than a ten-thousandth is lost."""
    model = pendulum()
    angles = swing(4.0, 0.3)[::10, None]
    found = inverse_kinematics(model, recorded(model, angles))
    motion = smooth_motion(model, found.times_s, found.values)
    inner = slice(60, -60)
    np.testing.assert_allclose(motion.values[inner], angles[inner], atol=1e-4 * 0.3)
    moment = inverse_dynamics(model, motion).generalised[inner, 0]
    assert np.abs(moment).max() < 1e-4 * MASS * G * LENGTH * np.sin(0.3)


def test_an_unbalanced_rotor_pulls_and_turns_its_bearing() -> None:
    """A body turns evenly about z, its centre of mass and its products of inertia off the axis."""
    mass, off, xz, yz, spin = 2.0, 0.3, 0.04, -0.05, 5.0
    body = (
        f'<Body name="rotor"><mass>{mass}</mass><mass_center>{off} 0 0</mass_center>'
        f"<inertia>0.3 0.2 0.1 0 {xz} {yz}</inertia></Body>"
    )
    joint = plain_joint(
        "PinJoint", "turn", "rotor", doll.coordinate("turn", "<range>-99 99</range>")
    )
    text = doll.text(joint, "", body).replace("<gravity>0 -9.80665 0", "<gravity>0 0 0")
    model = doll.model_of(text)
    times = np.linspace(0.0, 1.0, 50)
    one = np.ones((50, 1))
    found = inverse_dynamics(model, Motion(times, spin * times[:, None], spin * one, 0 * one))
    cos, sin = np.cos(spin * times), np.sin(spin * times)
    inwards = np.column_stack([-cos, -sin, 0 * cos])
    np.testing.assert_allclose(found.generalised, 0.0, atol=1e-12)
    np.testing.assert_allclose(
        found.joint_force_N[:, 0], mass * off * spin**2 * inwards, atol=1e-10
    )
    # Euler's equations in the body: w x (I w) = spin^2 (-Iyz, Ixz, 0), turned into the ground.
    turned = np.column_stack([-yz * cos - xz * sin, -yz * sin + xz * cos, 0 * cos])
    np.testing.assert_allclose(found.joint_moment_Nm[:, 0], spin**2 * turned, atol=1e-10)


def test_every_generalised_force_obeys_lagranges_equation() -> None:
    """d/dt dT/dv - dT/dq + dV/dq of each coordinate by itself, from the energies alone."""
    model = doll.doll()
    motion = doll_motion(model, 5)
    found = inverse_dynamics(model, motion).generalised
    step, times = 1e-3, motion.times_s
    kinetic = _kinetic(model)

    def momentum(at: np.ndarray, number: int) -> np.ndarray:
        values, speed, _ = doll_state(model, at)
        shift = np.eye(values.shape[1])[number]
        # exact, because kinetic energy is quadratic in the speeds
        return (kinetic(values, speed + shift) - kinetic(values, speed - shift)) / 2.0

    expected = np.zeros(found.shape)
    for number in range(found.shape[1]):
        shift = step * np.eye(found.shape[1])[number]
        for weight, steps in zip(EIGHTH_ORDER, range(-4, 5), strict=True):
            if weight == 0.0:
                continue
            expected[:, number] += weight / step * momentum(times + steps * step, number)
            moved = motion.values + steps * shift
            still = np.zeros(moved.shape)
            potential = energy_of(model, times, (moved, still))
            expected[:, number] -= weight / step * (kinetic(moved, motion.speed) - potential)
    np.testing.assert_allclose(found, expected, atol=1e-7 * np.abs(found).max())


def _kinetic(model: Model) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    def energy(values: np.ndarray, speed: np.ndarray) -> np.ndarray:
        times = np.arange(len(values), dtype=float)
        moved = Motion(times, values, speed, np.zeros(values.shape))
        return inverse_dynamics(model, moved).energy.kinetic_J

    return energy


def test_joint_centres_lie_where_the_parents_put_them() -> None:
    model = doll.doll()
    motion = doll_motion(model, 20)
    found = inverse_dynamics(model, motion).joint_centre_m
    rotation, origin = body_poses(model, motion.values)
    tree = model.tree
    for joint in range(len(model.joints)):
        moves = any(tree.coordinate[joint, k] >= 0 for k in (3, 4, 5))
        if moves or any(np.abs(tree.table[first : first + rows, 0]).max() > 0
                        for _, first, rows in tree.function[joint, 3:]):  # fmt: skip
            continue
        parent = int(tree.parent[joint])
        expected = origin[:, parent] + rotation[:, parent] @ tree.parent_place[joint]
        np.testing.assert_allclose(found[:, joint], expected, atol=1e-12)


def test_weighted_markers_err_as_their_weights_say() -> None:
    """The variance of weighted least squares, which is the bound only where weights fit noise.

    Markers with a quarter of the variance get four times the weight: the Cramer-Rao bound.
    """
    model = doll.doll()
    truth = doll_state(model, np.array([0.3]))[0]
    trials = 3000
    sigma = np.where(np.arange(len(model.markers)) % 2, 0.0005, 0.001)
    exact = np.repeat(marker_positions(model, truth), trials, axis=0)
    noise = np.random.default_rng(5).normal(size=exact.shape) * sigma[:, None]
    markers = Markers(model.markers, np.arange(trials) / RATE_HZ, exact + noise, RATE_HZ)
    weights = dict(zip(model.markers, (0.001 / sigma) ** 2, strict=True))
    found = inverse_kinematics(model, markers, weights)
    jacobian = marker_jacobian(model, truth)[0]
    knee, cap = model.coordinate_number["knee"], model.coordinate_number["cap"]
    slope = SCALE * np.polyval(np.polyder(CAP), truth[0, knee])
    jacobian[..., knee] += slope * jacobian[..., cap]
    columns = np.sort(model.free)
    scaled = (jacobian / sigma[:, None, None])[..., columns].reshape(-1, len(columns))
    bound = np.diag(np.linalg.inv(scaled.T @ scaled))
    error = found.values[:, columns] - truth[:, columns]
    # The variance of a sample variance: 2 / trials; four deviations, and 2 % for curvature.
    assert np.abs(error.var(axis=0) / bound - 1.0).max() < 4.0 * np.sqrt(2.0 / trials) + 0.02
    unweighted = inverse_kinematics(model, markers).values[:, columns] - truth[:, columns]
    assert (unweighted.var(axis=0) > 0.98 * error.var(axis=0)).all()
    assert unweighted.var(axis=0).sum() > 1.1 * error.var(axis=0).sum()


@pytest.mark.parametrize("block", [1, 7, 40])
def test_long_recordings_are_solved_in_blocks_that_do_not_show(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = doll.doll()
    motion, load = doll_motion(model, 40), doll_load(np.linspace(0.0, 1.0, 40))
    markers = recorded(model, motion.values)
    markers.positions_m[3, 2] = np.nan
    whole = inverse_dynamics(model, motion, load), inverse_kinematics(model, markers)
    monkeypatch.setattr(kinetics, "BLOCK_FRAMES", block)
    monkeypatch.setattr(kinematics, "BLOCK_FRAMES", block)
    parts = inverse_dynamics(model, motion, load), inverse_kinematics(model, markers)
    for name in ("generalised", "joint_force_N", "joint_moment_Nm"):
        assert np.array_equal(getattr(whole[0], name), getattr(parts[0], name))
    assert np.array_equal(whole[0].energy.kinetic_J, parts[0].energy.kinetic_J)
    assert np.array_equal(whole[1].error_m, parts[1].error_m, equal_nan=True)
