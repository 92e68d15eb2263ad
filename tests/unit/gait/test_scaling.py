"""The shipped skeleton scaled to somebody who stands, in closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinechain.gait.errors import GaitError
from kinechain.gait.kinematics.inverse import body_poses, inverse_kinematics, marker_positions
from kinechain.gait.marker_names import recognise
from kinechain.gait.recording import Markers
from kinechain.gait.scaling.places import Places
from kinechain.gait.scaling.scale import ScaledModel, scale_model
from tests.support.standing import mirrored, shuffled, standing, turned

MASS_KG = 71.3
TURNED_BY_A_MIRROR = {"pelvis_list", "pelvis_rotation", "pelvis_tz", "lumbar_bending",
                      "lumbar_rotation", "neck_bending", "neck_rotation"}  # fmt: skip


def scaled(markers: Markers | None = None, **given: object) -> ScaledModel:
    markers = standing()[0] if markers is None else markers
    return scale_model(markers, recognise(markers.names), MASS_KG, **given)  # type: ignore[arg-type]


def at_rest(one: ScaledModel) -> dict[str, float]:
    pose = one.model.default_pose
    return {c.name: float(pose[k]) for k, c in enumerate(one.model.coordinates)}


def test_the_pose_seen_is_met_exactly() -> None:
    markers, _ = standing()
    one = scaled()
    assert one.source == "standing"
    places = marker_positions(one.model, one.model.default_pose[None])[0]
    columns = [markers.names.index(name) for name in one.model.markers]
    still = markers.positions_m[:100, columns].mean(axis=0)
    assert len(columns) == len(markers.names)
    assert places == pytest.approx(still, abs=1e-9)


def test_joint_centres_are_where_they_are_defined() -> None:
    markers, _ = standing()
    one = scaled()
    seen = dict(zip(markers.names, markers.positions_m[:100].mean(axis=0), strict=True))
    rotation, origin = body_poses(one.model, one.model.default_pose[None])
    body = {name: number for number, name in enumerate(one.model.bodies)}
    knee = (seen["RKNE"] + seen["RKNM"]) / 2
    ankle = (seen["LANK"] + seen["LMED"]) / 2
    assert origin[0, body["tibia_r"]] == pytest.approx(knee, abs=1e-9)
    assert origin[0, body["talus_l"]] == pytest.approx(ankle, abs=1e-9)
    front = (seen["RASI"] + seen["LASI"]) / 2
    leg = np.mean([
        np.linalg.norm(seen[s + "ASI"] - seen[s + "KNM"])
        + np.linalg.norm(seen[s + "KNM"] - seen[s + "MED"])
        for s in "LR"
    ])  # fmt: skip
    hip = rotation[0, body["pelvis"]].T @ (origin[0, body["femur_r"]] - front)
    # Hara 2016, and 17 mm of skin and marker before the spine
    assert hip == pytest.approx(
        [0.011 - 0.063 * leg - 0.017, -0.009 - 0.078 * leg, 0.008 + 0.086 * leg], abs=1e-9
    )
    width = np.linalg.norm(seen["RASI"] - seen["LASI"])
    lumbar = rotation[0, body["pelvis"]].T @ (origin[0, body["torso"]] - front)
    assert lumbar == pytest.approx([-0.3575 * width, 0.01125 * width, 0.0], abs=1e-9)
    assert one.lengths_m["tibia_l"] == pytest.approx(
        np.linalg.norm((seen["LKNE"] + seen["LKNM"]) / 2 - ankle), abs=1e-9
    )


def test_the_pelvis_has_the_plane_of_its_spines() -> None:
    tilt = at_rest(scaled())["pelvis_tilt"]
    assert tilt == pytest.approx(-np.arctan2(0.03, 0.20), abs=1e-9)


def test_the_left_knee_that_is_bent_more_is_told_so() -> None:
    pose = at_rest(scaled())
    assert pose["knee_angle_l"] > pose["knee_angle_r"] + 0.05
    # both feet lie flat: what the shank leans forward is the ankle's angle
    assert pose["ankle_angle_l"] > pose["ankle_angle_r"] + 0.02
    assert pose["subtalar_angle_l"] == 0.0


@pytest.mark.parametrize("sex", ["female", "male", None])
def test_masses_sum_to_the_body(sex: str | None) -> None:
    one = scaled(sex=sex)
    assert one.model.mass_kg == pytest.approx(MASS_KG, rel=1e-12)
    for number, body in enumerate(one.model.bodies):
        mass, inertia = one.model.tree.mass[number], one.model.tree.inertia[number]
        if mass == 0:
            assert body in {"ground", "talus_r", "talus_l", "toes_r", "toes_l", "radius_r",
                            "radius_l"}  # fmt: skip
            continue
        moments = np.linalg.eigvalsh(inertia)
        assert moments[0] > 0
        assert moments[2] <= moments[0] + moments[1] + 1e-9, body


def test_women_and_men_differ_and_the_unknown_lies_between() -> None:
    thigh = {
        sex: float(one.model.tree.mass[one.model.bodies.index("femur_r")])
        for sex in ("female", "male", None)
        for one in [scaled(sex=sex)]
    }
    assert thigh["male"] < thigh[None] < thigh["female"]
    assert thigh["female"] / MASS_KG == pytest.approx(0.146 / 0.999, abs=1e-9)


def test_the_order_of_the_markers_does_not_matter() -> None:
    one, other = scaled(), scaled(shuffled(standing()[0]))
    assert other.model.markers == one.model.markers
    assert other.model.marker_place_m == pytest.approx(one.model.marker_place_m, abs=1e-12)
    assert other.model.default_pose == pytest.approx(one.model.default_pose, abs=1e-12)


@pytest.mark.parametrize("angle_deg", [-35.0, 20.0])
def test_the_direction_faced_changes_the_pelvis_alone(angle_deg: float) -> None:
    markers, _ = standing()
    about, angle = np.array([0.3, 0.0, -0.2]), float(np.radians(angle_deg))
    other = scaled(replace(markers, positions_m=turned(markers.positions_m, about, angle)))
    one, pose = at_rest(scaled()), at_rest(other)
    assert other.lengths_m == pytest.approx(dict(scaled().lengths_m), abs=1e-12)
    # tilt comes first and rotation last, so facing elsewhere changes all three
    moved = {"pelvis_tilt", "pelvis_list", "pelvis_rotation", "pelvis_tx", "pelvis_tz"}
    for name, value in one.items():
        if name not in moved:
            assert pose[name] == pytest.approx(value, abs=1e-9), name


def test_a_mirror_exchanges_the_sides() -> None:
    one, other = scaled(), scaled(mirrored(standing()[0]))
    pose, seen = at_rest(one), at_rest(other)
    swap = {"_l": "_r", "_r": "_l"}
    for name, value in pose.items():
        twin = name[:-2] + swap[name[-2:]] if name[-2:] in swap else name
        sign = -1.0 if name in TURNED_BY_A_MIRROR else 1.0
        assert seen[twin] == pytest.approx(sign * value, abs=1e-9), name
    for name, value in one.lengths_m.items():
        twin = name[:-2] + swap[name[-2:]] if name[-2:] in swap else name
        assert other.lengths_m[twin] == pytest.approx(value, abs=1e-12)
    mass = dict(zip(one.model.bodies, one.model.tree.centre, strict=True))
    twin_mass = dict(zip(other.model.bodies, other.model.tree.centre, strict=True))
    assert twin_mass["femur_l"] == pytest.approx(mass["femur_r"] * (1, 1, -1), abs=1e-12)


def test_a_planted_motion_is_found_again() -> None:
    """Markers moved by the model itself give its coordinates back."""
    one = scaled()
    free = one.model.free
    times = np.linspace(0.0, 1.0, 21)
    values = np.tile(one.model.default_pose, (len(times), 1))
    seeds = np.random.default_rng(3).uniform(-0.3, 0.3, len(free))
    values[:, free] += seeds * np.sin(2 * np.pi * times)[:, None]
    places = marker_positions(one.model, values)
    markers = Markers(one.model.markers, times, places, 20.0)
    found = inverse_kinematics(one.model, markers, one.weights)
    assert found.converged.all()
    assert found.values == pytest.approx(values, abs=1e-5)
    assert np.nanmax(found.error_m) < 1e-6


def test_what_no_marker_tells_is_held_still() -> None:
    heads = tuple(s + p + "HD" for s in "LR" for p in "FB")
    whole, bare = scaled(), scaled(standing((*heads, "LELB", "LUPA", "LWRA", "LWRB"))[0])
    assert not {"neck_extension", "arm_flex_l"} & set(whole.locked)
    assert {"neck_extension", "neck_bending", "neck_rotation", "arm_flex_l", "arm_add_l",
            "arm_rot_l", "elbow_flex_l", "pro_sup_l"} <= set(bare.locked)  # fmt: skip
    assert "arm_flex_r" not in bare.locked
    note = next(one for one in bare.notes if "Held still" in one)
    assert "flexion of the shoulder (left)" in note
    assert "extension of the neck" in note
    pose = at_rest(bare)
    rotation, _ = body_poses(bare.model, bare.model.default_pose[None])
    head = rotation[0, bare.model.bodies.index("head")]
    assert head[:, 1] == pytest.approx([0, 1, 0], abs=1e-9)  # held upright
    assert pose["elbow_flex_l"] == pytest.approx(0.0, abs=1e-9)  # and the arm hangs


def test_a_foot_with_heel_and_toe_alone_does_not_turn_below_the_ankle() -> None:
    feet = tuple(s + m for s in "LR" for m in ("MT1", "MT5", "TOE"))
    with pytest.raises(GaitError, match="left forefoot"):
        scaled(standing(feet)[0])
    line = scaled(standing(("LMT1", "LMT5"))[0])
    assert "subtalar_angle_r" not in line.locked
    assert line.lengths_m["calcn_l"] != pytest.approx(line.lengths_m["calcn_r"], abs=1e-4)


def test_a_trunk_without_markers_stands_upright() -> None:
    trunk = ("C7", "CLAV", "STRN", "T10", "LSHO", "RSHO")
    one = scaled(standing(trunk)[0])
    assert {"lumbar_extension", "lumbar_bending", "lumbar_rotation"} <= set(one.locked)
    rotation, _ = body_poses(one.model, one.model.default_pose[None])
    torso = rotation[0, one.model.bodies.index("torso")]
    assert torso[:, 1] == pytest.approx([0, 1, 0], abs=1e-9)
    assert any("No marker shows the trunk" in note for note in one.notes)


def test_a_knee_marked_on_one_side_is_told() -> None:
    one = scaled(standing(("LKNM",))[0])
    note = next(one for one in one.notes if "knee is marked on one side" in one)
    assert "left" in note
    assert "right knee" not in note
    assert "direction in which the pelvis faces" in note
    markers, _ = standing()
    outer = markers.positions_m[:100, markers.names.index("LKNE")].mean(axis=0)
    _, origin = body_poses(one.model, one.model.default_pose[None])
    knee = origin[0, one.model.bodies.index("tibia_l")]
    assert np.linalg.norm(knee - outer) == pytest.approx(0.062, abs=1e-9)


def test_missing_places_are_listed() -> None:
    with pytest.raises(GaitError) as caught:
        scaled(standing(("LASI", "RANK", "RMED", "LPSI"))[0])
    words = str(caught.value)
    for part in ("left front iliac spine", "right ankle", "rear iliac spines", "--static"):
        assert part in words
    assert "left ankle" not in words


def test_exchanged_sides_are_refused() -> None:
    markers, _ = standing()
    wrong = replace(markers, positions_m=markers.positions_m * (1.0, 1.0, -1.0))
    with pytest.raises(GaitError, match="left and right are exchanged"):
        scaled(wrong)


def test_the_height_sizes_only_what_is_not_marked() -> None:
    low, tall = scaled(height_m=1.60), scaled(height_m=1.90)
    assert low.height_m == 1.60
    for name in ("femur_r", "tibia_l", "torso", "humerus_r", "pelvis"):
        assert low.lengths_m[name] == tall.lengths_m[name]
    assert low.lengths_m["head"] < tall.lengths_m["head"]
    assert 1.5 < scaled().height_m < 2.0


def test_markers_of_the_walk_alone_are_followed() -> None:
    """What only the standing trial has, defines joints but is no marker of the model."""
    still, names = standing()
    gone = ("LKNM", "RKNM", "LMED", "RMED")
    walk, _ = standing(gone)
    moved = replace(walk, positions_m=walk.positions_m + np.array([0.5, 0.0, 0.0]))
    one = scale_model(still, names, MASS_KG, walk=Places(moved, recognise(moved.names)))
    assert not set(gone) & set(one.model.markers)
    assert one.lengths_m["femur_r"] == pytest.approx(scaled().lengths_m["femur_r"], abs=1e-12)
    assert "Trunk and arms were scaled from the walk." in one.notes


def test_lost_markers_shorten_the_walk() -> None:
    markers, names = standing(seconds=3.0)
    holes = markers.positions_m.copy()
    shank = [markers.names.index("L" + one) for one in ("TIB", "ANK", "MED", "HEE", "TOE", "MT1",
                                                       "MT5")]  # fmt: skip
    holes[200:, shank] = np.nan
    one = scale_model(markers, names, MASS_KG,
                      walk=Places(replace(markers, positions_m=holes), names))  # fmt: skip
    assert one.span == slice(0, 200)
    holes[3:, shank] = np.nan
    with pytest.raises(GaitError, match="Hardly a moment"):
        scale_model(markers, names, MASS_KG,
                    walk=Places(replace(markers, positions_m=holes), names))  # fmt: skip


def test_an_arm_that_is_lost_for_long_is_held_still() -> None:
    markers, names = standing(seconds=2.0)
    holes = markers.positions_m.copy()
    arm = [markers.names.index("L" + one) for one in ("ELB", "UPA", "WRA", "WRB")]
    holes[100:, arm] = np.nan
    one = scale_model(markers, names, MASS_KG,
                      walk=Places(replace(markers, positions_m=holes), names))  # fmt: skip
    assert one.span == slice(0, 200)
    assert "arm_flex_l" in one.locked
    assert "arm_flex_r" not in one.locked
