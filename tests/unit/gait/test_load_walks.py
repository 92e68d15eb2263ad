"""Loads and clinical angles of the synthetic walk, and of recordings with OpenSim's models."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from kinechain.gait.io.external_loads import read_external_loads
from kinechain.gait.io.read import forces_at
from kinechain.gait.kinematics.inverse import body_poses
from kinechain.gait.kinetics.inverse import with_couplers
from kinechain.gait.loads.coverage import wrong_feet
from kinechain.gait.loads.results import ModelResults, model_results
from kinechain.gait.model.functions import Function, evaluate
from kinechain.gait.model.osim import read_model
from kinechain.gait.parameters.trial import TrialMeasures
from kinechain.gait.recording import Recording
from kinechain.gait.solution import Solved, solve
from tests.support.gait import measured, needs_real_data, real, real_measures, walk, with_events
from tests.support.stick import stick

SIDES = ("left", "right")
OUTWARD = {"left": -1.0, "right": 1.0}
OPENCAP = "opencap_subject4_gait_modifications"
Curves = dict[tuple[str, str], np.ndarray]


def solved_walk(recording: Recording) -> tuple[Solved, TrialMeasures, ModelResults]:
    trial = measured(recording)
    solved = solve(stick("positive"), trial)
    return solved, trial, model_results(solved, trial)


@cache
def synthetic() -> tuple[Solved, TrialMeasures, ModelResults]:
    return solved_walk(with_events(walk()))


def curves(found: ModelResults) -> Curves:
    return {(one.name, one.side): one.values for one in found.series}


def value(found: ModelResults, name: str, side: str) -> float:
    one = found.measured.measure(name, side)
    assert one is not None, (name, side)
    return one.mean


def test_angles_of_the_synthetic_walk_are_its_truth() -> None:
    solved, _, found = synthetic()
    truth, series = walk().truth, curves(found)
    assert solved.marker_error_mm < 2.0
    for side in SIDES:
        bend = np.degrees(walk().knee_flexion_rad[side])
        # the filter at 6 Hz, and markers that are not quite rigid
        assert np.abs(series["knee_flexion", side] - bend).max() < 0.7
        assert np.median(series["foot_progression", side]) == pytest.approx(
            truth.toe_out_deg, abs=0.2
        )
        assert series["pelvic_obliquity", side].max() == pytest.approx(
            truth.pelvic_drop_deg, abs=0.5
        )
        assert series["trunk_lean", side].max() == pytest.approx(truth.trunk_lean_deg, abs=0.2)
        assert np.abs(series["pelvic_rotation", side]).max() < 0.3
    assert np.abs(series["pelvic_tilt", "both"]).max() < 0.6


def test_pelvis_rises_and_trunk_leans_on_the_standing_side() -> None:
    _, trial, found = synthetic()
    series = {(one.name, one.side): one for one in found.series}
    for side in SIDES:
        for name in ("pelvic_obliquity", "trunk_lean"):
            for cut in series[name, side].over_cycles(trial.cycles):
                assert cut.side == side
                assert cut.mean[20:50].mean() > 0
                assert cut.mean[70:95].mean() < 0


def test_knee_moment_of_the_synthetic_walk_follows_force_and_lever() -> None:
    """From the plates and the markers alone; shank and foot weigh 4.5 kg, so that their weight
    at 5 cm and their inertia are within 0.04 Nm/kg."""
    solved, trial, found = synthetic()
    markers, times = trial.recording.markers, solved.motion.times_s
    assert trial.recording.forces is not None
    plates = forces_at(trial.recording.forces, times).plates
    series = curves(found)

    def middle(side: str, *names: str) -> np.ndarray:
        columns = [markers.names.index(side[0].upper() + name) for name in names]
        return markers.positions_m[:, columns].mean(axis=1)

    for contact in trial.events.contacts:
        side = contact.side
        assert side is not None
        share = (times - contact.start_s) / (contact.end_s - contact.start_s)
        here = (share > 0.1) & (share < 0.6)  # then the heel rises
        knee, ankle = middle(side, "KNE", "KNM"), middle(side, "ANK", "MED")
        up = (knee - ankle) / np.linalg.norm(knee - ankle, axis=1)[:, None]
        forward = np.cross(up, [0.0, 0.0, 1.0])
        plate = plates[contact.plate]
        about = np.cross(plate.point_m - knee, plate.force_N) + plate.moment_Nm
        lever = OUTWARD[side] * np.einsum("ni,ni->n", about, forward) / solved.model.mass_kg
        got = series["knee_adduction_moment", side][here]
        assert not np.isnan(got).any()
        assert got.max() > 0.4
        assert np.abs(got - lever[here]).max() < 0.04


def test_loads_are_told_only_for_steps_on_plates() -> None:
    _, trial, found = synthetic()
    left = found.measured.measure("knee_adduction_moment_peak", "left")
    right = found.measured.measure("knee_adduction_moment_peak", "right")
    assert left is not None
    assert right is not None
    assert (len(left.values), len(right.values)) == (2, 1)
    assert len([one for one in trial.cycles if one.side == "left"]) == 3
    assert left.sd < 0.02 * left.mean
    assert any(one.name == "knee_adduction_moment_peak" for one in found.measured.symmetry)


def mirror(recording: Recording) -> Recording:
    """What a laboratory would have recorded of the mirror image."""
    flip = np.array([1.0, 1.0, -1.0])
    swap = {"L": "R", "R": "L"}
    paired = {name for name in recording.markers.names
              if swap.get(name[0], "") + name[1:] in recording.markers.names}  # fmt: skip
    names = tuple(
        swap[one[0]] + one[1:] if one in paired else one for one in recording.markers.names
    )
    markers = replace(
        recording.markers, names=names, positions_m=recording.markers.positions_m * flip
    )
    assert recording.forces is not None
    plates = tuple(
        replace(one, force_N=one.force_N * flip, point_m=one.point_m * flip,
                moment_Nm=-one.moment_Nm * flip,
                plate=replace(one.plate, corners_m=one.plate.corners_m * flip)
                if one.plate else None)
        for one in recording.forces.plates
    )  # fmt: skip
    events = tuple(
        replace(one, side={"left": "right", "right": "left"}[one.side])  # type: ignore[arg-type]
        for one in recording.events
    )
    return replace(recording, markers=markers, events=events,
                   forces=replace(recording.forces, plates=plates))  # fmt: skip


def test_mirrored_recording_gives_mirrored_loads_and_angles() -> None:
    before = curves(synthetic()[2])
    after = curves(solved_walk(mirror(with_events(walk())))[2])
    turned = {"l5s1_bending_moment", "l5s1_rotation_moment", "l5s1_shear_right"}
    names = {name for name, side in before if side != "both" and (name, "left") in before}
    checked = 0
    for (name, side), values in before.items():
        if name not in names and not name.startswith("l5s1") and side == "both":
            continue
        if name[-2:] in ("_l", "_r") or "_l_" in name or "_r_" in name:
            continue
        other = {"left": "right", "right": "left"}.get(side, side)
        if (name, other) not in after:
            continue
        sign = -1.0 if name in turned else 1.0
        np.testing.assert_allclose(after[name, other], sign * values, atol=2e-3, err_msg=name)
        checked += 1
    assert checked >= 2 * 16 + 6


@cache
def real_solved(name: str) -> tuple[Solved, TrialMeasures, ModelResults]:
    files = {
        "gait2354 walk1": "opensim_gait2354_walk/subject01_simbody.osim",
        "rajagopal walk": "opensim_rajagopal_walk/opensim46/subject_scaled_walk.osim",
    }
    model = read_model(real(files.get(name, f"{OPENCAP}/optimized_scale_and_markers.osim")))
    trial = real_measures(name)
    solved = solve(model, trial)
    return solved, trial, model_results(solved, trial)


@needs_real_data
@pytest.mark.parametrize("name", ["gait2354 walk1", "rajagopal walk"])
def test_hip_and_lumbar_moments_are_opensims_generalised_forces(name: str) -> None:
    solved, _, found = real_solved(name)
    assert solved.kinetics is not None
    series, mass = curves(found), solved.model.mass_kg
    names = solved.kinetics.names

    def same(load: str, side: str, force: str, sign: float) -> None:
        expected = sign * solved.kinetics.generalised[:, names.index(force)] / mass  # type: ignore[union-attr]
        values = series[load, side]
        known = ~np.isnan(values)
        assert known.sum() > 20
        np.testing.assert_allclose(values[known], expected[known], atol=1e-9, err_msg=load)

    for side, letter in (("left", "_l"), ("right", "_r")):
        for kind in ("flexion", "adduction", "rotation"):
            same(f"hip_{kind}_moment", side, f"hip_{kind}{letter}_moment", -1.0)
    for kind in ("extension", "bending", "rotation"):
        same(f"l5s1_{kind}_moment", "both", f"lumbar_{kind}_moment", 1.0)


def knee_shift(solved: Solved, joint: int, angle: np.ndarray) -> np.ndarray:
    """How far the joint's frame shifts for each radian of the knee, in the thigh, (n, 3)."""
    tree = solved.model.tree
    slopes = []
    for k in (3, 4, 5):
        kind, first, rows = tree.function[joint, k]
        one = Function(int(kind), tree.table[first : first + rows])
        slopes.append(evaluate(one, angle)[1] if tree.coordinate[joint, k] >= 0 else 0.0 * angle)
    return np.stack(slopes, axis=1) @ tree.axes[joint, 3:] @ tree.parent_rotation[joint].T


@needs_real_data
@pytest.mark.parametrize(
    ("name", "sign", "tolerance"), [("gait2354 walk1", 1.0, 1e-9), ("rajagopal walk", -1.0, 0.1)]
)
def test_knee_flexion_moment_is_the_generalised_force_without_the_shift(
    name: str, sign: float, tolerance: float
) -> None:
    """Exact for the hinge.

    Rajagopal's axis is 4 degrees oblique in the thigh, and its knee turns a little about the
    other axes, so that a tenth of the adduction and rotation moments is in its coordinate's.
    """
    solved, _, found = real_solved(name)
    model, motion, kinetics = solved.model, solved.motion, solved.kinetics
    assert kinetics is not None
    rotation, _ = body_poses(model, motion.values)
    whole = with_couplers(model, motion, kinetics.generalised)
    for side, letter in (("left", "_l"), ("right", "_r")):
        shank, thigh = (model.bodies.index(f"{one}{letter}") for one in ("tibia", "femur"))
        column = model.coordinate_number[f"knee_angle{letter}"]
        shift = knee_shift(solved, shank - 1, motion.values[:, column])
        across = np.einsum("nij,nj->ni", rotation[:, thigh], shift)
        work = np.einsum("ni,ni->n", kinetics.joint_force_N[:, shank - 1], across)
        expected = sign * (whole[:, column] - work) / model.mass_kg
        values = curves(found)["knee_flexion_moment", side]
        known = ~np.isnan(values)
        assert known.sum() > 20
        assert np.abs(values[known]).max() > 0.2
        assert np.abs(values[known] - expected[known]).max() < tolerance


@needs_real_data
@pytest.mark.parametrize(
    ("name", "sign", "knee_deg"), [("gait2354 walk1", -1.0, 1e-6), ("rajagopal walk", 1.0, 0.7)]
)
def test_clinical_angles_agree_with_the_models_coordinates(
    name: str, sign: float, knee_deg: float
) -> None:
    """Rajagopal's knee coordinate turns about an axis that is 4 degrees oblique in the thigh."""
    solved, _, found = real_solved(name)
    series, number = curves(found), solved.model.coordinate_number
    degrees = np.degrees(solved.motion.values)
    for side, letter in (("left", "_l"), ("right", "_r")):
        for load, coordinate, factor in (
            ("knee_flexion", "knee_angle", sign),
            ("hip_flexion", "hip_flexion", 1.0),
            ("hip_adduction", "hip_adduction", 1.0),
            ("hip_rotation", "hip_rotation", 1.0),
        ):
            expected = factor * degrees[:, number[f"{coordinate}{letter}"]]
            most = knee_deg if load == "knee_flexion" else 1e-6
            np.testing.assert_allclose(series[load, side], expected, atol=most, err_msg=load)
        swing = series["knee_flexion", side].max()
        assert 45 < swing < 80


@needs_real_data
def test_gait_modifications_change_the_knee_adduction_moment_as_published() -> None:
    """Toe-in lowers the first peak, toe-out the second, trunk sway peaks and impulse."""
    found = {kind: real_solved(f"opencap walking{kind}")[2] for kind in ("", "TI", "TO", "TS")}
    first, second, impulse = (
        {kind: value(one, f"knee_adduction_moment_{name}", "left") for kind, one in found.items()}
        for name in ("peak", "second_peak", "impulse")
    )
    print("first", first, "second", second, "impulse", impulse)
    assert 0.3 < first[""] < 0.8
    assert first["TI"] < 0.85 * first[""]
    assert second["TI"] > second[""]
    assert second["TO"] < 0.85 * second[""]
    assert first["TS"] < 0.7 * first[""]
    assert impulse["TS"] < 0.7 * impulse[""]
    # the right leg's normal stance began before the recording: no value, and so no comparison
    assert found[""].measured.measure("knee_adduction_moment_peak", "right") is None


@needs_real_data
def test_file_that_puts_both_plates_on_one_foot_is_not_believed() -> None:
    bodies = read_external_loads(real(f"{OPENCAP}/walkingTO1_external_forces.xml")).bodies
    trial = real_measures("opencap walkingTO")
    assert set(bodies) == {"talus_r"}
    (note,) = wrong_feet(trial.events.contacts, bodies)
    assert "plate 2" in note


@needs_real_data
@pytest.mark.parametrize("name", ["gait2354 walk1", "rajagopal walk", "opencap walking"])
def test_loads_of_healthy_walkers_are_of_a_known_size(name: str) -> None:
    found: Any = curves(real_solved(name)[2])
    for side in SIDES:
        vertical = found["knee_vertical_force", side]
        assert 0.85 < np.nanmax(vertical) < 1.3
        assert 0.15 < np.nanmax(found["knee_adduction_moment", side]) < 0.9
        assert 0.9 < np.nanmax(found["ankle_dorsiflexion_moment", side]) < 1.9
    assert 0.4 < np.nanmean(found["l5s1_compression", "both"]) < 0.6
