"""What the scaled model is built from: axes, tables, places, the mass from plates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from kinechain.gait.errors import GaitError, ModelError
from kinechain.gait.recording import ForceRecord, Markers, Plate, PlateForces, Recording
from kinechain.gait.scaling.axes import (
    angles_zxy,
    mean_rotation,
    rotation_zxy,
    turn,
    upright,
)
from kinechain.gait.scaling.build import make_joints
from kinechain.gait.scaling.holds import Hold, ankle_of
from kinechain.gait.scaling.legs import Frames, Leg
from kinechain.gait.scaling.mass import mass_from_standing, mass_from_walk
from kinechain.gait.scaling.places import stillest, thinned
from kinechain.gait.scaling.skeleton import FOLDER, full_body, read_skeleton
from kinechain.gait.scaling.support import leverage, longest_run, told_at, untold
from kinechain.gait.scaling.tables import FOLDER as SEGMENTS
from kinechain.gait.scaling.tables import (
    PAIRED,
    joint_centres,
    read_joint_centres,
    read_segments,
    segment_table,
)
from tests.support.gait import measured, walk, with_events, without_forces
from tests.support.standing import standing

Y = np.array([0.0, 1.0, 0.0])


def test_angles_and_rotation_undo_each_other() -> None:
    for angles in ([0.3, -0.7, 1.1], [-2.0, 0.4, -0.1], [0.0, 0.0, 0.0]):
        assert angles_zxy(rotation_zxy(np.array(angles))) == pytest.approx(angles, abs=1e-12)


def test_a_frame_has_the_axes_that_it_is_given() -> None:
    rotation = upright(np.array([[0.0, 2.0, 0.0]]), np.array([[0.1, 5.0, 3.0]]))[0]
    assert rotation[:, 1] == pytest.approx(Y)
    assert rotation[:, 2] == pytest.approx(np.array([0.1, 0.0, 3.0]) / np.hypot(0.1, 3.0))
    assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_the_mean_of_turns_to_and_fro_is_none() -> None:
    axis = np.array([0.6, 0.0, 0.8])
    both = np.array([turn(axis, 0.4), turn(axis, -0.4), np.full((3, 3), np.nan)])
    assert mean_rotation(both) == pytest.approx(np.eye(3), abs=1e-12)


def test_the_ankle_is_taken_apart_as_it_was_put_together() -> None:
    axis = np.array([-0.105, -0.174, 0.979])
    axis = axis / np.linalg.norm(axis)
    angle, torsion, tilt = 0.2, -0.3, 0.07
    seen = turn(Y, torsion) @ turn(axis, angle) @ turn(np.array([1.0, 0.0, 0.0]), tilt)
    shank = turn(np.array([0.0, 0.0, 1.0]), -0.4)
    one = np.zeros((1, 3))
    leg = Leg("right", Frames(shank[None], one), Frames(shank[None], one),
              Frames((shank @ seen)[None], one), np.array([0]), 0.4, 0.4, "")  # fmt: skip
    found, twist, rest = ankle_of(leg, axis)
    assert (found, twist) == pytest.approx((angle, torsion), abs=1e-12)
    assert rest == pytest.approx(turn(np.array([1.0, 0.0, 0.0]), tilt), abs=1e-12)


def test_names_order_and_signs_are_opensims() -> None:
    """As gait2354 and Rajagopal 2016 have them, the knee's flexion positive."""
    skeleton = full_body()
    none = Hold(np.zeros(3), np.eye(3), np.eye(3), (0.0, 0.0, 0.0))
    held = {}
    for joint in skeleton.joints:
        for letter in ("_r", "_l") if joint.sided else ("",):
            held[joint.name + letter] = replace(none, values=none.values[: len(joint.rotations)])
    joints, coordinates = make_joints(skeleton, held, Frames(np.eye(3)[None], np.zeros((1, 3))))
    axes = {
        a.coordinate: tuple(np.round(a.direction, 6))
        for j in joints
        for a in j.axes
        if a.coordinate
    }
    assert [one.name for one in coordinates[:6]] == ["pelvis_tilt", "pelvis_list",
        "pelvis_rotation", "pelvis_tx", "pelvis_ty", "pelvis_tz"]  # fmt: skip
    assert axes["hip_flexion_l"] == axes["hip_flexion_r"] == (0, 0, 1)
    assert axes["hip_adduction_r"] == (1, 0, 0)
    assert axes["hip_adduction_l"] == (-1, 0, 0)
    assert axes["hip_rotation_l"] == (0, -1, 0)
    assert axes["knee_angle_r"] == (0, 0, -1)
    assert axes["ankle_angle_l"] == pytest.approx((0.105014, 0.174022, 0.979126), abs=1e-5)
    assert axes["lumbar_extension"] == (0, 0, 1)
    bodies = {j.child for j in joints}
    assert {"pelvis", "femur_r", "tibia_l", "talus_r", "calcn_l", "toes_r", "torso", "head",
            "humerus_l", "hand_r"} <= bodies  # fmt: skip
    assert next(one for one in coordinates if one.name == "mtp_angle_l").locked


def test_the_table_of_segments_is_whole() -> None:
    table = segment_table()
    for sex in ("female", "male", None):
        rows = table.of(sex)
        whole = sum((2 if name in PAIRED else 1) * one.mass for name, one in rows.items())
        assert whole == pytest.approx(1.0, abs=1e-12)
    printed = sum((2 if n in PAIRED else 1) * one.mass for n, one in table.male.items())
    assert printed == pytest.approx(1.0, abs=0.005)
    assert {one.segment for one in full_body().bodies if one.segment} == set(table.male)


def test_l5_s1_follows_from_the_tables_two_origins_of_the_pelvis() -> None:
    """The pelvis's centre of mass from the front spines less that from L5/S1."""
    centres, table = joint_centres(), segment_table()
    for sex, rows, width, front in (
        ("female", table.female, 0.238, (-0.371, -0.050)),
        ("male", table.male, 0.224, (-0.336, -0.149)),
    ):
        own = np.array(rows["pelvis"].centre[:2]) * rows["pelvis"].length_m / width
        assert getattr(centres.l5_s1, sex)[:2] == pytest.approx(np.array(front) - own, abs=2e-3)


def test_the_standing_height_of_the_tables_people() -> None:
    for sex, height in (("female", 1.61), ("male", 1.77)):
        rows = segment_table().of(sex)  # type: ignore[arg-type]
        parts = sum(rows[one].length_m for one in ("head", "torso", "pelvis", "thigh", "shank"))
        assert parts + joint_centres().ankle_height_m == pytest.approx(height, abs=0.01)


def broken(change: Callable[[dict], object], source: Path, to: Path) -> Path:
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    change(content)
    to.write_text(yaml.safe_dump(content), encoding="utf-8")
    return to


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.update(colour="blue"),
        lambda one: one["bodies"].pop(),
        lambda one: one["joints"][1].update(child="thigh"),
        lambda one: one["joints"][1].update(sided=False),
        lambda one: one["joints"][1]["rotations"][0].update(axis=[0, 0, 0]),
        lambda one: one["joints"][3]["rotations"][0].update(source="nobody"),
        lambda one: one["markers"].update(asis="hip"),
        lambda one: one["weights"].update(nose=2),
        lambda one: one["weights"].update(asis=0),
        lambda one: one.pop("gravity_m_s2"),
    ],
)
def test_a_broken_skeleton_is_refused(change: Callable[[dict], object], tmp_path: Path) -> None:
    wrong = broken(change, FOLDER / "full_body.yaml", tmp_path / "wrong.yaml")
    with pytest.raises(ModelError, match=r"wrong\.yaml"):
        read_skeleton(wrong)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one["male"].pop("thigh"),
        lambda one: one["male"]["thigh"].pop("mass"),
        lambda one: one["male"]["thigh"].update(mass="heavy"),
        lambda one: one.update(source="nobody"),
    ],
)
def test_a_broken_table_is_refused(change: Callable[[dict], object], tmp_path: Path) -> None:
    wrong = broken(change, SEGMENTS / "dumas_2007.yaml", tmp_path / "wrong.yaml")
    with pytest.raises(ModelError, match=r"wrong\.yaml"):
        read_segments(wrong)


def test_a_place_without_its_source_is_refused(tmp_path: Path) -> None:
    path = SEGMENTS / "joint_centres.yaml"
    wrong = broken(lambda one: one["hip"].update(source="nobody"), path, tmp_path / "wrong.yaml")
    with pytest.raises(ModelError, match="nobody"):
        read_joint_centres(wrong)


def test_the_stillest_second_is_found() -> None:
    markers, _ = standing(seconds=4.0)
    shaken = markers.positions_m.copy()
    rng = np.random.default_rng(1)
    shaken[:150] += rng.normal(0, 0.05, shaken[:150].shape)
    shaken[260:] += rng.normal(0, 0.05, shaken[260:].shape)
    frame, moved = stillest(replace(markers, positions_m=shaken))
    assert moved < 0.002
    assert frame.positions_m[0] == pytest.approx(
        markers.positions_m[150:250].mean(axis=0), abs=1e-3
    )


def test_a_recording_without_a_whole_second_of_anything_is_refused() -> None:
    markers, _ = standing(seconds=2.0)
    holes = markers.positions_m.copy()
    holes[::20] = np.nan
    with pytest.raises(GaitError, match="whole second"):
        stillest(replace(markers, positions_m=holes))


def test_long_recordings_are_thinned() -> None:
    times = np.arange(1000) / 100.0
    markers = Markers(("A",), times, np.zeros((1000, 1, 3)), 100.0)
    few = thinned(markers)
    assert len(few.times_s) == 250
    assert few.rate_hz == 25.0
    assert thinned(few) is few


def test_leverage_is_what_a_column_adds_to_the_others() -> None:
    table = np.array([[1.0, 1.0], [0.0, 0.5], [0.0, 0.0]])
    assert leverage(table) == pytest.approx([1.0 * 0.5 / np.hypot(1, 0.5), 0.5], rel=1e-6)
    assert leverage(np.array([[1.0, 0.0]]))[1] < 1e-3  # nothing tells it


def test_the_farthest_of_two_that_only_one_marker_tells_is_given_up() -> None:
    table = np.array([[[1.0, 0.2, 0.2], [0.0, 0.5, 0.5], [0.0, 0.0, 0.0]]])
    assert untold(table, [0, 1, 2]) == ([0, 1], [2])


def test_each_moment_is_judged_by_the_markers_seen_then() -> None:
    table = np.zeros((2, 3, 2))
    table[0, 0, 0] = table[1, 1, 1] = 1.0
    seen = np.array([[True, True], [True, False], [True, False], [False, True], [True, True]])
    told = told_at(table, [0, 1], seen)
    assert told.tolist() == seen.tolist()
    assert longest_run(told[:, 0]) == slice(0, 3)
    assert longest_run(np.zeros(4, bool)) == slice(0, 0)


def test_the_mass_of_the_walk_on_plates() -> None:
    found = mass_from_walk(measured(with_events(walk())))
    assert found is not None
    assert found.mass_kg == pytest.approx(70.0, abs=0.1)  # the truth of the sample
    assert found.spread_kg < 1.5
    assert "one stride" in found.sentence()


def plates_only(keep: tuple[int, ...]) -> Recording:
    made = with_events(walk())
    assert made.forces is not None
    plates = tuple(made.forces.plates[one] for one in keep)
    return replace(made, forces=replace(made.forces, plates=plates))


@pytest.mark.parametrize(
    ("keep", "words"),
    [((0, 1), "one step"), ((1,), "rise and fall of the pelvis"), ((0, 2), "rise and fall")],
)
def test_fewer_plates_give_the_mass_too(keep: tuple[int, ...], words: str) -> None:
    found = mass_from_walk(measured(plates_only(keep)))
    assert found is not None
    assert words in found.how
    assert found.mass_kg == pytest.approx(70.0, abs=found.spread_kg)


def test_without_whole_steps_there_is_no_mass() -> None:
    assert mass_from_walk(measured(without_forces(with_events(walk())))) is None
    far = plates_only((1,))
    assert far.forces is not None
    moved = replace(
        far.forces.plates[0], point_m=far.forces.plates[0].point_m + np.array([0.0, 0.0, 2.0])
    )
    assert (
        mass_from_walk(measured(replace(far, forces=replace(far.forces, plates=(moved,))))) is None
    )


def on_plates(centres: tuple[tuple[float, float], ...]) -> Recording:
    """The standing figure with plates of half a metre, which share its weight."""
    markers, _ = standing()
    count = len(markers.times_s)
    square = np.array([[0.25, 0, 0.25], [-0.25, 0, 0.25], [-0.25, 0, -0.25], [0.25, 0, -0.25]])
    plates = tuple(
        PlateForces(
            f"plate {number}", np.tile([0.0, 600.0 / len(centres), 0.0], (count, 1)),
            np.zeros((count, 3)), np.zeros((count, 3)),
            Plate(square + np.array([x, 0.0, z]), np.zeros(3)),
        )
        for number, (x, z) in enumerate(centres)
    )  # fmt: skip
    return Recording(markers, ForceRecord(markers.times_s, plates), (), "standing")


def test_the_mass_of_somebody_who_stands_on_plates() -> None:
    _, names = standing()
    for centres in (((0.0, 0.0),), ((0.0, -0.25), (0.0, 0.25))):
        found = mass_from_standing(on_plates(centres), names)
        assert found is not None
        assert found.mass_kg == pytest.approx(600.0 / 9.80665)
    # one foot beside the plate: the rest of the weight is not known
    assert mass_from_standing(on_plates(((0.0, 0.3),)), names) is None
    assert mass_from_standing(replace(on_plates(((0.0, 0.0),)), forces=None), names) is None
