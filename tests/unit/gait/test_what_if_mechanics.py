"""What-if mechanics against closed forms: a person of sticks on known forces."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kinechain.gait.errors import GaitError
from kinechain.gait.kinematics.inverse import body_poses
from kinechain.gait.kinematics.motion import Motion
from kinechain.gait.kinetics.inverse import AppliedForce, inverse_dynamics
from kinechain.gait.solution import Solved
from kinechain.gait.what_if.asked import Angles, Cane, Changes, Lift
from kinechain.gait.what_if.balance import centre_of_mass, needed, residual
from kinechain.gait.what_if.closing import recorded
from kinechain.gait.what_if.mass import with_mass
from kinechain.gait.what_if.moving import with_change
from kinechain.gait.what_if.recompute import recompute
from kinechain.gait.what_if.stride import single_supports, stride_phase
from kinechain.gait.what_if.toe_out import leg_turn, turning, with_turns
from kinechain.gait.what_if.trunk_lean import bending, lean_of, with_lean
from tests.support import doll
from tests.support.stick import (
    BODY_WEIGHT_N,
    TOTAL_KG,
    G,
    Step,
    pose,
    standing,
    stick,
    still,
    trial,
)

MODEL = stick()
UPRIGHT: dict[str, float] = {"pelvis_ty": 1.0, "hip_flexion_r": 12.0, "knee_angle_r": -20.0,
                             "ankle_angle_r": 8.0, "hip_flexion_l": 12.0, "knee_angle_l": -20.0,
                             "ankle_angle_l": 8.0}  # fmt: skip
STEPS: tuple[Step, ...] = (
    ("right", -np.inf, 0.30),
    ("left", 0.20, 0.65),
    ("right", 0.55, 1.5),
    ("left", 0.9, np.inf),
)


def swaying(seed: int = 3) -> Motion:
    """A motion of all coordinates with its exact derivatives."""
    generator = np.random.default_rng(seed)
    times = np.linspace(0.0, 1.0, 101)
    count = len(MODEL.coordinates)
    size, phase = generator.uniform(-0.08, 0.08, count), generator.uniform(0, 6.3, count)
    rate = generator.uniform(4.0, 9.0, count)
    argument = times[:, None] * rate + phase
    base = pose(MODEL, **UPRIGHT)
    return Motion(times, base + size * np.sin(argument), size * rate * np.cos(argument),
                  -size * rate**2 * np.sin(argument))  # fmt: skip


def recorded_walk() -> tuple[Solved, Any]:
    """Two feet that bear the swaying body, with an error in the forces."""
    motion = swaying()
    times = motion.times_s
    part = np.clip((times - 0.2) / 0.1, 0.0, 1.0) - np.clip((times - 0.55) / 0.1, 0.0, 1.0)
    up = needed(MODEL, motion).force_N[:, 1] * (1.0 + 0.08 * np.sin(7.0 * times))
    feet = body_poses(MODEL, motion.values)[1]
    ground = []
    for side, share in (("r", 1.0 - part), ("l", part)):
        force = np.stack([30.0 * np.sin(5 * times), up, 20.0 * np.cos(4 * times)], axis=1)
        point = feet[:, MODEL.bodies.index(f"calcn_{side}")].copy()
        point[:, 0] += 0.05
        point[:, 1] = 0.0
        moment = np.zeros_like(force)
        moment[:, 1] = 3.0 * share
        ground.append(AppliedForce(f"calcn_{side}", share[:, None] * force, point, moment))
    kinetics = inverse_dynamics(MODEL, motion, ground)
    solved = Solved(MODEL, None, motion, tuple(ground), "plates", kinetics, ())  # type: ignore[arg-type]
    return solved, trial(None, STEPS)


CHANGES = {
    "toe-out": Changes(toe_out_deg=Angles(7.0, -4.0)),
    "trunk lean": Changes(trunk_lean_deg=Angles(6.0, 3.0)),
    "cane": Changes(cane=Cane("right", 10.0)),
    "all": Changes(body_mass_kg=-9.0, toe_out_deg=Angles(5.0, 5.0),
                   trunk_lean_deg=Angles(4.0, 0.0), cane=Cane("right", 8.0)),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_the_residual_stays_the_recordings_own(name: str) -> None:
    solved, measured = recorded_walk()
    done = recompute(solved, measured, CHANGES[name])
    assert done is not None
    factor = done.solved.model.mass_kg / MODEL.mass_kg
    before = residual(MODEL, solved.motion, solved.applied)
    assert np.abs(before.force_N).max() > 20.0, "the recording must have an error to keep"
    for one in (done.solved, *done.of_leg.values()):
        after = residual(one.model, one.motion, one.applied)
        assert after.force_N == pytest.approx(factor * before.force_N, abs=1e-8)
        assert after.moment_Nm == pytest.approx(factor * before.moment_Nm, abs=1e-8)
    assert done.residual_change < 1e-11


def test_a_change_that_is_not_balanced_does_not_keep_it() -> None:
    """So that the test above can fail."""
    solved, measured = recorded_walk()
    start = recorded(MODEL, solved.motion, solved.applied)
    leant = with_lean(start, measured, Angles(6.0, 3.0))
    # the lean's motion with the forces as recorded
    error = residual(MODEL, leant.motion, solved.applied)
    before = residual(MODEL, solved.motion, solved.applied)
    assert np.abs(error.force_N - before.force_N).max() > 3.0


def test_mass_scales_everything_exactly_and_linearly() -> None:
    solved, measured = recorded_walk()
    assert solved.kinetics is not None
    now = solved.kinetics.generalised
    found = []
    for gain in (-10.0, 10.0):
        done = recompute(solved, measured, Changes(body_mass_kg=gain))
        assert done is not None
        assert done.solved.kinetics is not None
        then = done.solved.kinetics.generalised
        assert then == pytest.approx(now * (1.0 + gain / TOTAL_KG), rel=1e-12, abs=1e-10)
        assert done.solved.model.mass_kg == pytest.approx(TOTAL_KG + gain, rel=1e-14)
        found.append(then)
    assert (found[0] + found[1]) / 2.0 == pytest.approx(now, rel=1e-12, abs=1e-9)


def test_mass_in_statics() -> None:
    """Somebody who stands on one leg: the knee bears what is above it times its lever."""
    ankle = body_poses(MODEL, pose(MODEL, **UPRIGHT)[None])[1][0, MODEL.bodies.index("calcn_r")]
    point = np.array([ankle[0], 0.0, ankle[2] - 0.03])
    motion = still(pose(MODEL, **UPRIGHT))
    solved, _ = standing(MODEL, motion, {"right": (np.array([0.0, BODY_WEIGHT_N, 0.0]), point)})
    start = recorded(MODEL, solved.motion, solved.applied)
    light = with_mass(start, -0.25 * TOTAL_KG)
    assert light.ground[0].force_N[50] == pytest.approx([0.0, 0.75 * BODY_WEIGHT_N, 0.0])
    assert light.ground[0].point_m[50] == pytest.approx(point)
    knee = MODEL.joints.index("knee_r")
    before = inverse_dynamics(MODEL, motion, solved.applied).joint_moment_Nm[50, knee]
    after = inverse_dynamics(light.model, motion, light.ground).joint_moment_Nm[50, knee]
    assert after == pytest.approx(0.75 * before, rel=1e-12)
    with pytest.raises(GaitError, match="half"):
        with_mass(start, -0.6 * TOTAL_KG)


def test_turning_by_nothing_changes_nothing() -> None:
    solved, measured = recorded_walk()
    start = recorded(MODEL, solved.motion, solved.applied)
    nothing = [leg_turn(MODEL, start.motion, measured, side, 0.0) for side in ("left", "right")]
    same = with_turns(start, nothing)
    assert not recompute(solved, measured, Changes(toe_out_deg=Angles(0.0, 0.0)))
    for field in ("values", "speed", "acceleration"):
        assert getattr(same.motion, field) == pytest.approx(getattr(start.motion, field), abs=1e-12)
    for before, after in zip(start.ground, same.ground, strict=True):
        for field in ("force_N", "point_m", "moment_Nm"):
            assert getattr(after, field) == pytest.approx(getattr(before, field), abs=1e-9)


def test_the_foot_turns_about_the_ankle_and_the_rest_stays() -> None:
    solved, measured = recorded_walk()
    start = recorded(MODEL, solved.motion, solved.applied)
    turn = leg_turn(MODEL, start.motion, measured, "right", 10.0)
    assert turn.gap_m < 1e-5
    turned = with_turns(start, [turn])
    (r0, o0), (r1, o1) = (body_poses(MODEL, one.motion.values) for one in (start, turned))
    foot, cosine, sine = MODEL.bodies.index("calcn_r"), np.cos(0.17453293), np.sin(0.17453293)
    # outwards on the right: the foot's forward axis goes to the right, +z
    rotation = np.array([[cosine, 0.0, -sine], [0.0, 1.0, 0.0], [sine, 0.0, cosine]])
    assert r1[:, foot] == pytest.approx(rotation @ r0[:, foot], abs=1e-5)
    assert r1[0, foot, 2, 0] > r0[0, foot, 2, 0]
    for name in ("pelvis", "torso", "calcn_l", "tibia_l", "femur_l"):
        body = MODEL.bodies.index(name)
        assert o1[:, body] == pytest.approx(o0[:, body], abs=1e-5)
        assert r1[:, body] == pytest.approx(r0[:, body], abs=1e-5)
    ankle = MODEL.joints.index("ankle_r")
    before = inverse_dynamics(MODEL, start.motion).joint_centre_m[:, ankle]
    after = inverse_dynamics(MODEL, turned.motion).joint_centre_m[:, ankle]
    assert after == pytest.approx(before, abs=1e-5)


def test_the_pressure_point_turns_about_where_the_ankle_rests() -> None:
    solved, measured = recorded_walk()
    start = recorded(MODEL, solved.motion, solved.applied)
    turned = with_turns(start, [leg_turn(MODEL, start.motion, measured, "left", 8.0)])
    how = turning(MODEL, solved.motion, measured, "left", np.radians(8.0))
    stance = (solved.motion.times_s > 0.26) & (solved.motion.times_s < 0.64)
    assert np.ptp(how.rest_m[stance], axis=0) == pytest.approx(np.zeros(3), abs=1e-15)
    old, new = start.ground[1].point_m[stance], turned.ground[1].point_m[stance]
    rest = how.rest_m[stance]
    assert np.linalg.norm((new - rest)[:, [0, 2]], axis=1) == pytest.approx(
        np.linalg.norm((old - rest)[:, [0, 2]], axis=1)
    )
    assert new[:, 1] == pytest.approx(old[:, 1])
    ahead = old[:, 0] > rest[:, 0] + 0.01
    assert (new[ahead, 2] < old[ahead, 2]).all(), "outwards on the left is -z"


def test_on_a_treadmill_the_belt_carries_the_resting_ankle() -> None:
    times = np.linspace(0.0, 1.0, 101)
    values = np.tile(pose(MODEL, **UPRIGHT), (101, 1))
    values[:, MODEL.coordinate_number["pelvis_tx"]] = -1.2 * times
    motion = Motion(times, values, np.zeros_like(values), np.zeros_like(values))
    measured = trial(None, STEPS)
    belt = turning(MODEL, motion, replace(measured, belt_m_per_s=1.2), "left", 0.1)
    assert belt.rest_m == pytest.approx(belt.ankle_m, abs=1e-12)
    ground = turning(MODEL, motion, measured, "left", 0.1)
    assert np.ptp(ground.rest_m[25:60, 0]) == pytest.approx(0.0, abs=1e-12)


def test_the_wrench_a_motion_needs() -> None:
    """Newton for the whole body: the force is mass times the centre's acceleration, and g."""
    motion = swaying()
    need = needed(MODEL, motion)
    centre = centre_of_mass(MODEL, motion)
    step = motion.times_s[1]
    bend = (centre[2:] - 2 * centre[1:-1] + centre[:-2]) / step**2
    expected = TOTAL_KG * (bend + np.array([0.0, G, 0.0]))
    # second differences of sines of up to 9 rad/s, 0.01 s apart
    assert need.force_N[1:-1] == pytest.approx(expected, abs=0.01 * BODY_WEIGHT_N)


def test_the_phase_of_the_stride() -> None:
    assert single_supports(trial(None, STEPS), "left") == ((0.30, 0.55),)
    assert single_supports(trial(None, STEPS), "right") == ((0.65, 0.9),)
    measured = trial(None, STEPS[:3])
    assert single_supports(measured, "right") == ()
    with pytest.raises(GaitError, match="single supports"):
        stride_phase(measured, np.linspace(0, 1, 11))
    steps: tuple[Step, ...] = (("right", -np.inf, 0.35), ("left", 0.2, 0.95), ("right", 0.8, 1.5),
             ("left", 1.45, 2.2))  # fmt: skip
    measured = trial(None, steps)
    times = np.linspace(0.0, 2.0, 2001)
    phase = stride_phase(measured, times)
    lean, rate, bend = lean_of(phase, 0.1, 0.04)
    left, right = (0.35 + 0.8) / 2, (0.95 + 1.45) / 2
    assert np.interp([left, right], times, lean) == pytest.approx([-0.1, 0.04], abs=1e-5)
    assert np.abs(lean).max() <= 0.1 + 1e-12
    inner = slice(2, -2)
    assert rate[inner] == pytest.approx(np.gradient(lean, times)[inner], abs=1e-4)
    assert bend[inner] == pytest.approx(np.gradient(rate, times)[inner], abs=6e-3)


def test_lean_is_in_the_middle_of_single_support() -> None:
    solved, _ = recorded_walk()
    steps: tuple[Step, ...] = (
        ("right", -np.inf, 0.2),
        ("left", 0.15, 0.55),
        ("right", 0.5, 0.9),
        ("left", 0.85, 2),
    )
    start = recorded(MODEL, solved.motion, solved.applied)
    after = with_lean(start, trial(None, steps), Angles(left=5.0))
    number, sign = bending(MODEL)
    change = sign * np.degrees(after.motion.values - start.motion.values)[:, number]
    times = start.motion.times_s
    assert change[np.argmin(np.abs(times - 0.35))] == pytest.approx(-5.0, abs=1e-9)
    assert change[np.argmin(np.abs(times - 0.70))] == pytest.approx(0.0, abs=1e-9)


def test_dependent_coordinates_follow() -> None:
    """The coupled kneecap of the doll moves as its function says, with its derivatives."""
    model = doll.doll()
    times = np.linspace(0.0, 1.0, 41)
    knee, cap = model.coordinate_number["knee"], model.coordinate_number["cap"]
    values = np.zeros((41, len(model.coordinates)))
    base = Motion(times, values, np.zeros_like(values), np.zeros_like(values))
    base.values[:, cap] = 0.9 * np.polyval([0.2, 0.8, 0.1], 0.0)
    change, rate, bend = (np.zeros_like(values) for _ in range(3))
    change[:, knee], rate[:, knee], bend[:, knee] = 0.3 * times**2, 0.6 * times, 0.6
    moved = with_change(model, base, change, rate, bend)
    angle = 0.3 * times**2
    slope, curve = 0.9 * np.polyval([0.4, 0.8], angle), 0.9 * 0.4
    assert moved.values[:, cap] == pytest.approx(0.9 * np.polyval([0.2, 0.8, 0.1], angle))
    assert moved.speed[:, cap] == pytest.approx(slope * 0.6 * times)
    assert moved.acceleration[:, cap] == pytest.approx(slope * 0.6 + curve * (0.6 * times) ** 2)


def test_what_cannot_be_meant_is_refused() -> None:
    wrongs: tuple[dict[str, Any], ...] = (
        {"toe_out_deg": Angles(40.0, 0.0)},
        {"cane": Cane("left", 50.0)},
        {"heel_height_cm": -1.0},
        {"lift": Lift("left", 9.0)},
        {"heel_height_cm": 5.0, "barefoot": True},
    )
    for wrong in wrongs:
        with pytest.raises(GaitError):
            Changes(**wrong)
    assert Changes().kinds == ()
    assert CHANGES["all"].kinds == ("body_mass", "toe_out", "trunk_lean", "cane")


def test_without_forces_nothing_is_recomputed() -> None:
    solved, measured = recorded_walk()
    bare = replace(solved, applied=(), kinetics=None, ground="none")
    with pytest.raises(GaitError, match="forces of the ground are not known"):
        recompute(bare, measured, CHANGES["toe-out"])
    assert recompute(solved, measured, Changes(heel_height_cm=4.0)) is None


def test_a_cane_needs_a_whole_stance_of_the_leg() -> None:
    solved, _ = recorded_walk()
    with pytest.raises(GaitError, match="no whole stance of the left leg"):
        recompute(solved, trial(None, (("right", 0.1, 0.9),)), CHANGES["cane"])


def test_a_cane_bears_its_share_in_the_middle_of_stance() -> None:
    solved, measured = recorded_walk()
    done = recompute(solved, measured, CHANGES["cane"])
    assert done is not None
    cane = done.solved.applied[-1]
    assert cane.body == "torso", "the person of sticks has no hand"
    middle = np.argmin(np.abs(solved.motion.times_s - (0.2 + 0.65) / 2))
    assert cane.force_N[:, 1].max() == pytest.approx(0.1 * TOTAL_KG * G, rel=1e-3)
    assert np.argmax(cane.force_N[:, 1]) == pytest.approx(middle, abs=1)
    outside = (solved.motion.times_s < 0.2) | (solved.motion.times_s > 0.65)
    assert not cane.force_N[outside].any()
    # outside the right foot
    right = body_poses(MODEL, solved.motion.values)[1][:, MODEL.bodies.index("calcn_r"), 2]
    assert cane.point_m[middle, 2] > right[middle] + 0.1
