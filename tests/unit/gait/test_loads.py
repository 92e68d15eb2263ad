"""Named loads against closed forms: a person of sticks who stands on known forces."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kinechain.gait.events.model import Side
from kinechain.gait.kinetics.inverse import inverse_dynamics
from kinechain.gait.loads.coverage import covered, wrong_feet
from kinechain.gait.loads.joints import chain_loads, load_series
from kinechain.gait.model.model import Model
from kinechain.gait.model.parts import rotation_xyz
from kinechain.gait.recording import ForceRecord, PlateForces
from kinechain.gait.series import Series
from tests.support import doll
from tests.support.stick import (
    ANKLE_M,
    BODY_WEIGHT_N,
    CENTRE_M,
    LINK_M,
    MASS_KG,
    TOTAL_KG,
    G,
    mirrored,
    osim,
    pose,
    standing,
    stick,
    still,
    trial,
    without_kinetics,
)

MIDDLE = 50
UP = np.array([0.0, BODY_WEIGHT_N / 2, 0.0])
STANDING = {"pelvis_ty": 1.0}
NAMES = {"ankle_dorsiflexion_moment", "knee_adduction_moment", "knee_flexion_moment",
         "knee_vertical_force", "hip_flexion_moment", "hip_adduction_moment",
         "hip_rotation_moment"}  # fmt: skip


def by_name(series: tuple[Series, ...]) -> dict[tuple[str, str], Series]:
    found = {(one.name, one.side): one for one in series}
    assert len(found) == len(series)
    return found


def loads(
    model: Model, values: np.ndarray, presses: dict[Side, tuple[Any, Any]], **more: Any
) -> dict[tuple[str, str], float]:
    """Every load in the middle of the stance."""
    solved, measured = standing(model, still(values), presses)
    series = load_series(solved, measured, **more)
    return {(one.name, one.side): float(one.values[MIDDLE]) for one in series}


def turn_z(angle_deg: float) -> np.ndarray:
    return rotation_xyz(np.array([0.0, 0.0, np.radians(angle_deg)]))


def turn_x(angle_deg: float) -> np.ndarray:
    return rotation_xyz(np.array([np.radians(angle_deg), 0.0, 0.0]))


@pytest.mark.parametrize("side", ["left", "right"])
def test_knee_moment_of_two_links_is_what_forces_and_levers_give(side: Side) -> None:
    model, out = stick(), 1.0 if side == "right" else -1.0
    letter = "_r" if side == "right" else "_l"
    hip, add, knee, ankle = 21.0, 7.0, 34.0, -9.0
    angles = {f"hip_flexion{letter}": hip, f"hip_adduction{letter}": add,
              f"knee_angle{letter}": -knee, f"ankle_angle{letter}": ankle}  # fmt: skip
    force, point = np.array([-60.0, 710.0, out * 45.0]), np.array([0.11, 0.0, out * 0.04])
    found = loads(model, pose(model, pelvis_ty=1.0, **angles), {side: (force, point)})

    thigh = turn_z(hip) @ turn_x(out * add)
    shank = thigh @ turn_z(-knee)
    foot = shank @ turn_z(ankle)
    at_hip = np.array([0.0, 0.94, out * 0.085])
    at_knee = at_hip + thigh @ np.array([0.0, -LINK_M, 0.0])
    at_ankle = at_knee + shank @ np.array([0.0, -LINK_M, 0.0])
    weights = [(MASS_KG["tibia"], at_knee + shank @ np.array(CENTRE_M["tibia"])),
               (MASS_KG["calcn"],
                at_ankle + foot @ (np.array(CENTRE_M["calcn"]) - np.array(ANKLE_M)))]  # fmt: skip
    down = np.array([0.0, -G, 0.0])
    about_knee = np.cross(point - at_knee, force)
    about_knee += sum(np.cross(place - at_knee, mass * down) for mass, place in weights)
    about_hip = np.cross(point - at_hip, force)
    thigh_weight = (MASS_KG["femur"], at_hip + thigh @ np.array(CENTRE_M["femur"]))
    about_hip += sum(np.cross(x - at_hip, mass * down) for mass, x in [*weights, thigh_weight])
    expected = {
        "knee_adduction_moment": out * about_knee @ shank[:, 0],
        "knee_flexion_moment": -about_knee @ thigh[:, 2],
        "hip_flexion_moment": about_hip[2],
        "hip_adduction_moment": out * about_hip @ (turn_z(hip)[:, 0]),
        "hip_rotation_moment": out * about_hip @ thigh[:, 1],
    }
    for name, value in expected.items():
        assert found[name, side] == pytest.approx(value / TOTAL_KG, abs=1e-10), name
    vertical = force[1] - G * (MASS_KG["tibia"] + MASS_KG["calcn"])
    assert found["knee_vertical_force", side] == pytest.approx(vertical / BODY_WEIGHT_N, abs=1e-10)


def test_statics_of_standing_on_both_feet() -> None:
    model = stick()
    presses = {side: (UP, np.array([0.0, 0.0, out * 0.085]))
               for side, out in (("left", -1.0), ("right", 1.0))}  # fmt: skip
    found = loads(model, pose(model, **STANDING), presses)
    below = (MASS_KG["tibia"] + MASS_KG["calcn"]) / TOTAL_KG
    for side in ("left", "right"):
        assert found["knee_vertical_force", side] == pytest.approx(0.5 - below)
        assert found["knee_adduction_moment", side] == pytest.approx(0.0, abs=1e-12)
    trunk = MASS_KG["torso"] / TOTAL_KG
    assert found["l5s1_compression", "both"] == pytest.approx(trunk)
    lever = CENTRE_M["torso"][0] * MASS_KG["torso"] * G / TOTAL_KG
    assert found["l5s1_extension_moment", "both"] == pytest.approx(lever)
    assert found["l5s1_bending_moment", "both"] == pytest.approx(0.0, abs=1e-12)
    assert found["l5s1_shear_forward", "both"] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(("side", "out"), [("left", -1.0), ("right", 1.0)])
def test_signs_mean_what_their_names_say(side: Side, out: float) -> None:
    model = stick()
    still_pose = pose(model, **STANDING)
    inward = loads(model, still_pose, {side: (UP, np.array([0.0, 0.0, out * 0.05]))})
    assert inward["knee_adduction_moment", side] > 0.1
    assert inward["hip_adduction_moment", side] > 0.1
    behind = loads(model, still_pose, {side: (UP, np.array([-0.05, 0.0, out * 0.085]))})
    assert behind["knee_flexion_moment", side] > 0.1
    assert behind["ankle_dorsiflexion_moment", side] < -0.1
    ahead = loads(model, still_pose, {side: (UP, np.array([0.1, 0.0, out * 0.085]))})
    assert ahead["ankle_dorsiflexion_moment", side] > 0.1
    assert ahead["knee_flexion_moment", side] < -0.1
    assert ahead["hip_flexion_moment", side] > 0.1
    # a push on the toes towards the middle turns the leg inwards
    force = UP + np.array([0.0, 0.0, -out * 50.0])
    turned = loads(model, still_pose, {side: (force, np.array([0.1, 0.0, out * 0.085]))})
    assert turned["hip_rotation_moment", side] > 0.05


def test_trunk_that_leans_is_held_by_the_other_side() -> None:
    model = stick()
    press = {"right": (UP, np.array([0.0, 0.0, 0.085]))}
    forward = loads(model, pose(model, lumbar_extension=-20.0, **STANDING), press)
    weight, lever = MASS_KG["torso"] * G / TOTAL_KG, np.hypot(0.02, 0.25)
    angle = np.arctan2(0.02, 0.25) + np.radians(20.0)
    moment = weight * lever * np.sin(angle)
    assert forward["l5s1_extension_moment", "both"] == pytest.approx(moment)
    share = MASS_KG["torso"] / TOTAL_KG
    assert forward["l5s1_compression", "both"] == pytest.approx(share * np.cos(np.radians(20)))
    assert forward["l5s1_shear_forward", "both"] == pytest.approx(share * np.sin(np.radians(20)))
    right = loads(model, pose(model, lumbar_bending=15.0, **STANDING), press)
    moment = -weight * 0.25 * np.sin(np.radians(15.0))
    assert right["l5s1_bending_moment", "both"] == pytest.approx(moment)
    assert right["l5s1_shear_right", "both"] == pytest.approx(share * np.sin(np.radians(15)))


def test_sign_of_the_knee_coordinate_does_not_matter() -> None:
    press = {"right": (UP + np.array([20.0, 0.0, 10.0]), np.array([0.05, 0.0, 0.07]))}
    bent = {}
    for knee, sign in (("negative", -1.0), ("positive", 1.0)):
        model = stick(knee)  # type: ignore[arg-type]
        values = pose(model, hip_flexion_r=20.0, knee_angle_r=sign * 40.0, **STANDING)
        bent[knee] = loads(model, values, press)
    assert bent["negative"] == pytest.approx(bent["positive"], abs=1e-12, nan_ok=True)


def test_hinge_knee_has_the_same_adduction_moment_about_both_axes() -> None:
    model = stick()
    values = pose(model, hip_flexion_r=25.0, hip_adduction_r=6.0, hip_rotation_r=9.0,
                  knee_angle_r=-50.0, **STANDING)  # fmt: skip
    press = {"right": (UP + np.array([30.0, 0.0, -20.0]), np.array([0.1, 0.0, 0.02]))}
    tibia, floating = (
        loads(model, values, press, knee_axis=one)["knee_adduction_moment", "right"]
        for one in ("tibia", "floating")
    )
    assert tibia == pytest.approx(floating, abs=1e-12)
    assert abs(tibia) > 0.05


def test_moments_are_generalised_forces_where_the_axes_agree() -> None:
    model = stick()
    generator = np.random.default_rng(5)
    motion = still(pose(model, **STANDING))
    shape = motion.values.shape
    motion = replace(motion, values=motion.values + generator.uniform(-0.4, 0.4, shape),
                     speed=generator.normal(0, 2, shape),
                     acceleration=generator.normal(0, 20, shape))  # fmt: skip
    point = np.array([0.1, 0.0, 0.05])
    solved, measured = standing(model, motion, {"left": (UP, point), "right": (UP, -point)})
    assert solved.kinetics is not None
    found = by_name(load_series(solved, measured))
    names = solved.kinetics.names
    for side, letter in (("left", "_l"), ("right", "_r")):
        for load, coordinate, sign in (
            ("hip_flexion_moment", "hip_flexion", -1.0),
            ("hip_adduction_moment", "hip_adduction", -1.0),
            ("hip_rotation_moment", "hip_rotation", -1.0),
            ("knee_flexion_moment", "knee_angle", 1.0),  # the coordinate grows in extension
            ("ankle_dorsiflexion_moment", "ankle_angle", -1.0),
        ):
            column = names.index(f"{coordinate}{letter}_moment")
            expected = sign * solved.kinetics.generalised[:, column] / TOTAL_KG
            values = found[load, side].values
            known = ~np.isnan(values)
            assert known.sum() >= 80
            np.testing.assert_allclose(values[known], expected[known], atol=1e-9, err_msg=load)
    for kind in ("extension", "bending", "rotation"):
        column = names.index(f"lumbar_{kind}_moment")
        expected = solved.kinetics.generalised[:, column] / TOTAL_KG
        np.testing.assert_allclose(found[f"l5s1_{kind}_moment", "both"].values, expected, atol=1e-9)


def test_mirror_image_has_mirrored_loads() -> None:
    model = stick()
    generator = np.random.default_rng(3)
    first = pose(model, **STANDING)
    angles = np.array([one.motion == "rotational" for one in model.coordinates])
    first[angles] = generator.uniform(-0.5, 0.5, angles.sum())
    flip = np.array([1.0, 1.0, -1.0])
    left = (np.array([40.0, 500.0, 25.0]), np.array([0.12, 0.0, -0.03]))
    right = (np.array([-70.0, 300.0, -35.0]), np.array([-0.2, 0.0, 0.11]))
    before = loads(model, first, {"left": left, "right": right})
    after = loads(model, mirrored(model, first), {
        "left": (right[0] * flip, right[1] * flip),
        "right": (left[0] * flip, left[1] * flip),
    })  # fmt: skip
    turned = {"l5s1_bending_moment", "l5s1_rotation_moment", "l5s1_shear_right"}
    for (name, side), value in before.items():
        other = {"left": "right", "right": "left"}.get(side, side)
        sign = -1.0 if name in turned else 1.0
        assert after[name, other] == pytest.approx(sign * value, abs=1e-9), name


def test_lumbar_load_needs_no_force_plate() -> None:
    model = stick()
    values = pose(model, lumbar_extension=-20.0, lumbar_bending=8.0, **STANDING)
    solved, measured = standing(model, still(values), {"right": (UP, np.zeros(3))})
    whole = by_name(load_series(solved, measured))
    blind = chain_loads(without_kinetics(solved), measured)
    assert {one.name.partition("_")[0] for one in blind.series} == {"l5s1"}
    for one in blind.series:
        np.testing.assert_allclose(one.values, whole[one.name, "both"].values, atol=1e-12)
    assert any("ground's forces" in note for note in blind.notes)


def test_what_a_model_lacks_is_a_note_and_no_error() -> None:
    model = stick(trunk=False)
    solved, measured = standing(model, still(pose(model, **STANDING)), {"left": (UP, np.zeros(3))})
    found = chain_loads(solved, measured)
    assert {one.name for one in found.series} == NAMES
    assert any("no trunk" in note for note in found.notes)
    assert any("right foot" in note for note in found.notes)


def test_model_that_faces_another_way_gets_no_named_loads() -> None:
    turned = osim().replace(
        "<orientation>0 0 0</orientation></PhysicalOffsetFrame></frames>",
        "<orientation>0 1.5 0</orientation></PhysicalOffsetFrame></frames>",
        1,
    )
    model = doll.model_of(turned)
    solved, measured = standing(model, still(pose(model, **STANDING)), {"left": (UP, np.zeros(3))})
    found = chain_loads(solved, measured)
    assert found.series == ()
    assert sum("no names" in note for note in found.notes) == 3


def stood() -> tuple[Any, Any]:
    model = stick()
    place = {side: np.array([0.0, 0.0, out * 0.085])
             for side, out in (("left", -1.0), ("right", 1.0))}  # fmt: skip
    return standing(
        model, still(pose(model, **STANDING)), {one: (UP, where) for one, where in place.items()}
    )


def test_stance_on_no_plate_gives_no_leg_loads() -> None:
    solved, measured = stood()
    assert covered(solved, measured, "right").all()
    only = tuple(one for one in measured.events.contacts if one.side == "left")
    measured = replace(measured, events=replace(measured.events, contacts=only))
    known = covered(solved, measured, "right")
    assert not known[15:85].any()
    found = by_name(load_series(solved, measured))
    assert np.isnan(found["knee_adduction_moment", "right"].values[15:85]).all()
    assert not np.isnan(found["knee_adduction_moment", "left"].values[15:85]).any()


@pytest.mark.parametrize(
    "change", [{"heel_on": False}, {"toe_on": False}, {"start_s": 0.3}, {"end_s": 0.7}]
)
def test_stance_that_a_plate_saw_in_part_gives_no_leg_loads(change: dict[str, Any]) -> None:
    solved, measured = stood()
    contacts = tuple(replace(one, **change) if one.side == "right" else one
                     for one in measured.events.contacts)  # fmt: skip
    measured = replace(measured, events=replace(measured.events, contacts=contacts))
    assert not covered(solved, measured, "right")[15:85].any()
    assert covered(solved, measured, "left").all()


def test_load_on_the_wrong_foot_gives_no_leg_loads() -> None:
    solved, measured = stood()
    wrong = tuple(replace(one, body="calcn_l") for one in solved.applied)
    kinetics = inverse_dynamics(solved.model, solved.motion, wrong)
    solved = replace(solved, applied=wrong, kinetics=kinetics)
    assert not covered(solved, measured, "right")[15:85].any()
    assert not covered(solved, measured, "left")[15:85].any()


def test_estimated_force_counts_where_the_foot_has_one() -> None:
    solved, measured = stood()
    solved = replace(solved, ground="estimated")
    measured = replace(measured, events=replace(measured.events, contacts=()))
    assert covered(solved, measured, "left").all()
    solved = replace(solved, applied=solved.applied[:1])
    assert not covered(solved, measured, "right")[15:85].any()


def test_missed_off_leaves_the_time_unknown() -> None:
    solved, measured = stood()
    events = tuple(one for one in measured.events.events
                   if (one.side, one.kind) != ("right", "off"))  # fmt: skip
    measured = replace(measured, events=replace(measured.events, events=events))
    assert not covered(solved, measured, "right")[15:].any()


def test_file_that_names_the_wrong_foot_is_noticed() -> None:
    zero = np.zeros((2, 3))
    forces = ForceRecord(
        np.array([0.0, 1.0]), tuple(PlateForces(one, zero, zero, zero) for one in "ab")
    )
    contacts = trial(forces, (("right", 0.1, 0.4), ("left", 0.5, 0.9))).events.contacts
    assert wrong_feet(contacts, ("calcn_r", "calcn_l")) == ()
    assert wrong_feet(contacts, ()) == ()
    (note,) = wrong_feet(contacts, ("talus_r", "talus_r"))
    assert "plate 2" in note
    assert "left foot stood" in note
