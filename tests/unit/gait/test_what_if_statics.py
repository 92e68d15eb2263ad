"""What-if statics in closed form: tilted forces, a leant trunk, a cane, a foot off the plates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinechain.gait.kinetics.inverse import AppliedForce, inverse_dynamics
from kinechain.gait.what_if.balance import acting, centre_of_mass, residual
from kinechain.gait.what_if.closing import State, closed, recorded, tilted
from kinechain.gait.what_if.moving import with_change
from kinechain.gait.what_if.trunk_lean import bending
from tests.support.stick import TOTAL_KG, G, pose, stick, still

MODEL = stick()
UPRIGHT: dict[str, float] = {"pelvis_ty": 1.0, "hip_flexion_r": 12.0, "knee_angle_r": -20.0,
                             "ankle_angle_r": 8.0, "hip_flexion_l": 12.0, "knee_angle_l": -20.0,
                             "ankle_angle_l": 8.0}  # fmt: skip


def test_the_force_tilts_as_the_closed_form_says() -> None:
    """A vertical force below the centre of mass whose point moves sideways by d: d F / h."""
    one = AppliedForce("calcn_r", np.array([[0.0, 700.0, 0.0]]), np.zeros((1, 3)), np.zeros((1, 3)))
    centre, d = np.array([[0.0, 0.9, 0.0]]), 0.02
    found = tilted(one, np.array([[0.0, 0.0, d]]), centre)
    assert found.force_N[0] == pytest.approx([0.0, 700.0, -700.0 * d / 0.9])
    # the line of the force still goes through the centre of mass
    arm = found.point_m[0] - centre[0]
    assert np.cross(arm, found.force_N[0]) + found.moment_Nm[0] == pytest.approx(np.zeros(3))


def balanced_on_one_leg() -> tuple[State, np.ndarray]:
    """Still on the right leg, the point of pressure below the centre of mass."""
    motion = still(pose(MODEL, **UPRIGHT))
    centre = centre_of_mass(MODEL, motion)
    point = np.stack([centre[0, 0], 0.0, centre[0, 2]])
    force = np.tile([0.0, TOTAL_KG * G, 0.0], (101, 1))
    ground = AppliedForce("calcn_r", force, np.tile(point, (101, 1)), np.zeros((101, 3)))
    return recorded(MODEL, motion, (ground,)), centre


def test_a_leant_body_in_statics() -> None:
    """The force leans towards the new centre of mass; the trunk's moment is its weight's."""
    start, centre = balanced_on_one_leg()
    assert np.abs(residual(MODEL, start.motion, start.ground).moment_Nm).max() < 1e-9
    number, sign = bending(MODEL)
    change = np.zeros_like(start.motion.values)
    change[:, number] = sign * np.radians(8.0)
    zero = np.zeros_like(change)
    after = closed(
        start, replace(start, motion=with_change(MODEL, start.motion, change, zero, zero))
    )
    moved = centre_of_mass(MODEL, after.motion)
    # the torso's centre of mass, 0.25 m above the waist, turned by 8 degrees
    aside = 34.0 * 0.25 * np.sin(np.radians(8.0)) / TOTAL_KG
    assert moved[:, 2] - centre[:, 2] == pytest.approx(aside, rel=1e-9)
    force, point = after.ground[0].force_N[50], after.ground[0].point_m[50]
    assert point == pytest.approx(start.ground[0].point_m[50])
    assert force[1] == pytest.approx(TOTAL_KG * G)
    assert force[2] / force[1] == pytest.approx(aside / moved[50, 1], rel=1e-9)
    # the knee's moment falls by the tilt times the knee's height, less what gravity keeps
    knee = inverse_dynamics(MODEL, start.motion).joint_centre_m[50, MODEL.joints.index("knee_r")]
    moments = [
        np.cross(one.ground[0].point_m[50] - knee, one.ground[0].force_N[50])[0]
        for one in (start, after)
    ]
    assert moments[1] - moments[0] == pytest.approx(-knee[1] * force[2], rel=1e-9)


def test_a_cane_in_statics() -> None:
    """Foot and cane bear the weight together; no moment about the centre of mass is left."""
    start, centre = balanced_on_one_leg()
    share, tip = 0.1, np.array([0.05, 0.0, -0.4])
    up = np.tile([0.0, share * TOTAL_KG * G, 0.0], (101, 1))
    cane = AppliedForce("torso", up, np.tile(tip, (101, 1)), np.zeros((101, 3)))
    after = closed(start, replace(start, others=(cane,)))
    foot = after.ground[0]
    assert foot.force_N[:, 1] == pytest.approx((1.0 - share) * TOTAL_KG * G)
    moment = acting(after.forces, 101).about(centre)
    assert moment == pytest.approx(np.zeros((101, 3)), abs=1e-9)
    arm = centre[0, 2] - tip[2]
    expected = share * TOTAL_KG * G * arm / centre[0, 1]
    assert foot.force_N[50, 2] == pytest.approx(expected, rel=1e-9)
    # the body is pushed sideways by as much; nothing else changes its motion
    gain = after.motion.acceleration - start.motion.acceleration
    number = MODEL.coordinate_number["pelvis_tz"]
    assert gain[50, number] == pytest.approx(expected / TOTAL_KG, rel=1e-9)
    assert np.delete(gain, [number, MODEL.coordinate_number["pelvis_tx"]], axis=1) == pytest.approx(
        0.0, abs=1e-12
    )


def test_a_foot_beside_the_plates_keeps_its_share() -> None:
    """Half the body on a plate: only that half of the change is balanced there."""
    start, _ = balanced_on_one_leg()
    half = replace(start.ground[0], force_N=0.5 * start.ground[0].force_N)
    state = recorded(MODEL, start.motion, (half,))
    assert state.share[50, 0] == pytest.approx(0.5 / 0.9)
    cane = AppliedForce("torso", np.tile([0.0, 90.0, 0.0], (101, 1)), np.zeros((101, 3)),
                        np.zeros((101, 3)))  # fmt: skip
    after = closed(state, replace(state, others=(cane,)))
    less = after.ground[0].force_N[:, 1] - half.force_N[:, 1]
    assert less == pytest.approx(-90.0 * 0.5 / 0.9)
