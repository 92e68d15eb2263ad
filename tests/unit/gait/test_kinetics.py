"""Inverse dynamics against closed forms, and against the balance of energy."""

from __future__ import annotations

import numpy as np
import pytest

from kinechain.gait.errors import GaitError
from kinechain.gait.kinematics.inverse import marker_jacobian, marker_positions
from kinechain.gait.kinematics.motion import Motion, opensim_motion, smooth_motion
from kinechain.gait.kinetics.inverse import (
    AppliedForce,
    inverse_dynamics,
    with_couplers,
)
from kinechain.gait.model.model import Model
from tests.support import doll

G = 9.80665
EIGHTH_ORDER = np.array([1 / 280, -4 / 105, 1 / 5, -4 / 5, 0.0, 4 / 5, -1 / 5, 4 / 105, -1 / 280])


def rod(name: str, mass: float, centre: float, about_z: float) -> str:
    return (
        f'<Body name="{name}"><mass>{mass}</mass><mass_center>0 {-centre} 0</mass_center>'
        f"<inertia>{about_z} 0.01 {about_z} 0 0 0</inertia></Body>"
    )


def hinge(name: str, parent: str, child: str, place: str) -> str:
    plain = doll.joint("PinJoint", name, parent, child, doll.coordinate(name), place)
    return plain.replace("0.1 -0.2 0.3", "0 0 0").replace("-0.2 0.1 0.15", "0 0 0").replace(
        "0.01 0.02 -0.01", "0 0 0"
    )  # fmt: skip


def smooth(count: int, frames: int = 200, seed: int = 2) -> Motion:
    """Sums of sines with their exact derivatives."""
    t = np.linspace(0, 1, frames)[:, None]
    size, rate, phase = np.random.default_rng(seed).uniform(
        [[0.2], [3.0], [0.0]], [[0.8], [8.0], [6.0]], (3, count)
    )
    return Motion(t[:, 0], size * np.sin(rate * t + phase), size * rate * np.cos(rate * t + phase),
                  -size * rate**2 * np.sin(rate * t + phase))  # fmt: skip


def test_a_pendulum_needs_what_its_equation_says() -> None:
    model = doll.model_of(
        doll.text(hinge("angle", "ground", "rod", "0 1 0"), "", rod("rod", 3.0, 0.4, 0.2))
    )
    motion = smooth(1)
    found = inverse_dynamics(model, motion)
    expected = (0.2 + 3.0 * 0.4**2) * motion.acceleration + 3.0 * G * 0.4 * np.sin(motion.values)
    np.testing.assert_allclose(found.generalised, expected, atol=1e-12)
    assert found.names == ("angle_moment",)
    np.testing.assert_allclose(found.joint_moment_Nm[:, 0, 2], expected[:, 0], atol=1e-12)
    np.testing.assert_allclose(found.joint_centre_m, np.tile([0.0, 1.0, 0.0], (200, 1, 1)))


def test_a_two_link_arm_needs_what_its_equations_say() -> None:
    """Both links hang along -y; the textbook equations of the double pendulum."""
    m1, m2, l1, c1, c2, i1, i2 = 2.0, 1.5, 0.5, 0.2, 0.3, 0.05, 0.04
    joints = hinge("one", "ground", "upper", "0 0 0") + hinge("two", "upper", "lower", f"0 {-l1} 0")
    model = doll.model_of(
        doll.text(joints, "", rod("upper", m1, c1, i1) + rod("lower", m2, c2, i2))
    )
    motion = smooth(2)
    (a, b), (da, db), (dda, ddb) = motion.values.T, motion.speed.T, motion.acceleration.T
    h = m2 * l1 * c2
    lower = (i2 + m2 * c2**2) * (dda + ddb) + h * (np.cos(b) * dda + np.sin(b) * da**2)
    lower = lower + m2 * G * c2 * np.sin(a + b)
    upper = (
        (i1 + m1 * c1**2 + m2 * l1**2) * dda + h * np.cos(b) * (dda + ddb)
        - h * np.sin(b) * (da + db) ** 2 + (m1 * c1 + m2 * l1) * G * np.sin(a) + lower
    )  # fmt: skip
    found = inverse_dynamics(model, motion)
    np.testing.assert_allclose(found.generalised, np.column_stack([upper, lower]), atol=1e-12)


def free_body() -> Model:
    names = "".join(doll.coordinate(name) for name in "abcxyz")
    joint = doll.joint("FreeJoint", "float", "ground", "stone", names, "0 0 0", turned="0 0 0")
    joint = joint.replace("0.01 0.02 -0.01", "0 0 0").replace("-0.2 0.1 0.15", "0 0 0")
    stone = ('<Body name="stone"><mass>2</mass><mass_center>0 0 0</mass_center>'
             "<inertia>0.3 0.2 0.1 0 0 0</inertia></Body>")  # fmt: skip
    return doll.model_of(
        doll.text(joint, "", stone).replace("<gravity>0 -9.80665 0", "<gravity>0 0 0")
    )


def test_a_body_that_spins_freely_needs_nothing() -> None:
    """Euler's equations, integrated finely: a torque-free motion of an asymmetric body."""
    inertia = np.array([0.3, 0.2, 0.1])

    def rates(state: np.ndarray) -> np.ndarray:
        _, b, c, w = state[0], state[1], state[2], state[3:]
        turn = np.array([(w[0] * np.cos(c) - w[1] * np.sin(c)) / np.cos(b),
                         w[0] * np.sin(c) + w[1] * np.cos(c), 0.0])  # fmt: skip
        turn[2] = w[2] - turn[0] * np.sin(b)
        return np.concatenate([turn, np.cross(inertia * w, w) / inertia])

    step, frames = 1e-3, 400
    state, states = np.array([0.2, 0.1, -0.3, 1.0, 4.0, 0.5]), []
    for _ in range(frames):
        states.append(state)
        k1 = rates(state)
        k2 = rates(state + step / 2 * k1)
        k3 = rates(state + step / 2 * k2)
        k4 = rates(state + step * k3)
        state = state + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    history = np.array(states)
    speed = np.array([rates(one)[:3] for one in history])
    gain = (
        sum(weight * np.roll(speed, 4 - k, axis=0) for k, weight in enumerate(EIGHTH_ORDER)) / step
    )
    inner = slice(4, -4)
    zero = np.zeros((frames - 8, 3))
    motion = Motion(np.arange(frames - 8) * step, np.hstack([history[inner, :3], zero]),
                    np.hstack([speed[inner], zero]), np.hstack([gain[inner], zero]))  # fmt: skip
    found = inverse_dynamics(free_body(), motion)
    assert np.abs(found.generalised).max() < 1e-8
    energy = found.energy.kinetic_J
    np.testing.assert_allclose(energy, energy[0], rtol=1e-10)


def balance_error(model: Model, motion: Motion, forces: list[AppliedForce]) -> float:
    """Largest difference of power and change of energy, as a share of the peak power."""
    energy = inverse_dynamics(model, motion, forces).energy
    total = energy.kinetic_J + energy.potential_J
    step = motion.times_s[1] - motion.times_s[0]
    change = (
        sum(weight * total[k : len(total) - 8 + k] for k, weight in enumerate(EIGHTH_ORDER)) / step
    )
    power = (energy.joint_power_W + energy.external_power_W)[4:-4]
    return float(np.abs(change - power).max() / np.abs(power).max())


def doll_motion(model: Model, frames: int = 2001) -> Motion:
    motion = smooth(len(model.coordinates), frames)
    knee, cap = model.coordinate_number["knee"], model.coordinate_number["cap"]
    first = np.polyder([0.2, 0.8, 0.1])
    x, dx, ddx = motion.values[:, knee], motion.speed[:, knee], motion.acceleration[:, knee]
    motion.values[:, cap] = 0.9 * np.polyval([0.2, 0.8, 0.1], x)
    motion.speed[:, cap] = 0.9 * np.polyval(first, x) * dx
    motion.acceleration[:, cap] = 0.9 * (np.polyval(first, x) * ddx + 0.4 * dx**2)
    return motion


def push(model: Model, frames: int) -> list[AppliedForce]:
    t = np.linspace(0, 1, frames)[:, None]
    return [
        AppliedForce("foot", np.hstack([30 * np.sin(5 * t), 600 + 50 * t, 20 + 0 * t]),
                     np.hstack([0.1 + t, 0 * t, 0.2 + 0 * t]),
                     np.hstack([t, 3 * np.cos(t), 1 - t])),
        AppliedForce("arm", np.hstack([5 + 0 * t, -t, t]), np.hstack([t, t, t]),
                     np.zeros((frames, 3))),
    ]  # fmt: skip


def test_energy_balances_for_every_kind_of_joint() -> None:
    """Power of generalised and external forces is the change of energy, to 1e-6 of its peak.

    The splines' third derivative jumps at their knots, where differences of the energy are less
    exact; the doll's knee passes several.
    """
    model = doll.doll()
    motion = doll_motion(model)
    assert balance_error(model, motion, push(model, len(motion.times_s))) < 1e-6


def test_moving_the_couplers_share_keeps_the_power() -> None:
    model = doll.doll()
    motion = doll_motion(model, 50)
    found = inverse_dynamics(model, motion)
    moved = with_couplers(model, motion, found.generalised)
    cap = model.coordinate_number["cap"]
    np.testing.assert_array_equal(moved[:, cap], 0.0)
    assert np.abs(found.generalised[:, cap]).max() > 0.01
    np.testing.assert_allclose(
        (moved * motion.speed).sum(axis=1), found.energy.joint_power_W, atol=1e-9
    )


def test_an_external_force_enters_by_the_transposed_jacobian() -> None:
    model = doll.doll()
    values = doll.poses(model, 4)
    still = Motion(np.arange(4) / 100.0, values, np.zeros(values.shape), np.zeros(values.shape))
    number = model.markers.index("toes1")
    force = np.random.default_rng(1).normal(size=(4, 3))
    load = AppliedForce("toes", force, marker_positions(model, values)[:, number], np.zeros((4, 3)))
    change = (inverse_dynamics(model, still, [load]).generalised
              - inverse_dynamics(model, still).generalised)  # fmt: skip
    jacobian = marker_jacobian(model, values)[:, number]
    np.testing.assert_allclose(change, -np.einsum("ndc,nd->nc", jacobian, force), atol=1e-12)


def test_a_doll_at_rest_weighs_on_its_root() -> None:
    model = doll.doll()
    values = doll.poses(model, 1)
    zero = np.zeros(values.shape)
    found = inverse_dynamics(model, Motion(np.zeros(1), values, zero, zero))
    vertical = model.coordinate_number["ty"]
    assert found.generalised[0, vertical] == pytest.approx(model.mass_kg * G)
    np.testing.assert_allclose(found.joint_force_N[0, 0], [0, model.mass_kg * G, 0], atol=1e-9)
    assert found.names[vertical] == "ty_force"


def test_a_force_on_an_unknown_body_or_with_gaps_is_refused() -> None:
    model = doll.doll()
    motion = doll_motion(model, 10)
    zero = np.zeros((10, 3))
    with pytest.raises(GaitError, match="no such body"):
        inverse_dynamics(model, motion, [AppliedForce("tail", zero, zero, zero)])
    with pytest.raises(GaitError, match="finite"):
        inverse_dynamics(model, motion, [AppliedForce("foot", zero, zero + np.nan, zero)])
    with pytest.raises(GaitError, match="10 x 3"):
        inverse_dynamics(model, motion, [AppliedForce("foot", zero[:4], zero, zero)])


def test_smoothed_motion_obeys_couplers_and_opensims_keeps_its_times() -> None:
    model = doll.doll()
    motion = doll_motion(model, 120)
    smoothed = smooth_motion(model, motion.times_s, motion.values, 6.0)
    expected = smoothed.values.copy()
    doll.follow(model, expected)
    np.testing.assert_allclose(smoothed.values, expected, atol=1e-12)
    raw = smooth_motion(model, motion.times_s, motion.values, None)
    inner = slice(20, -20)
    np.testing.assert_allclose(raw.acceleration[inner], motion.acceleration[inner], atol=1e-3)
    theirs = opensim_motion(motion.times_s, motion.values, 6.0)
    np.testing.assert_allclose(theirs.times_s, motion.times_s, atol=1e-12)
    cut = theirs.between(0.2, 0.5)
    assert cut.times_s[0] >= 0.2 - 1e-9
    assert len(cut.values) == len(cut.times_s) < 120
