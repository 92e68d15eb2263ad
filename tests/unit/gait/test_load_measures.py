"""Clinical angles, and the parameters read from angles and loads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinechain.gait.loads.angles import angle_series
from kinechain.gait.loads.coverage import Stance, stances
from kinechain.gait.loads.measures import load_measures
from kinechain.gait.loads.results import load_symmetries, model_results
from kinechain.gait.observations.deviations import find_deviations
from kinechain.gait.observations.quality import model_doubt
from kinechain.gait.parameters.model import DEFINITIONS, Measure
from kinechain.gait.parameters.norms import find_norm, norm_tables
from kinechain.gait.parameters.profile_score import LEG, PELVIS, Reference, profile_of
from kinechain.gait.parameters.speed import speed_measures
from kinechain.gait.parameters.trial import TrialMeasures
from kinechain.gait.series import Series
from kinechain.knowledge import load_knowledge
from tests.support.gait import measured, walk
from tests.support.stick import mirrored, pose, standing, stick, still, trial

TIMES = np.linspace(0.0, 2.0, 401)


def angles(model_pose: np.ndarray, knee: str = "negative") -> dict[tuple[str, str], float]:
    model = stick(knee)  # type: ignore[arg-type]
    solved, measures = standing(model, still(model_pose), {})
    return {(one.name, one.side): float(one.values[0]) for one in angle_series(solved, measures)}


def test_clinical_angles_have_one_sign_whatever_the_model() -> None:
    given = {"hip_flexion": 25.0, "hip_adduction": 6.0, "hip_rotation": -11.0,
             "ankle_angle": 12.0}  # fmt: skip
    for knee, sign in (("negative", -1.0), ("positive", 1.0)):
        model = stick(knee)  # type: ignore[arg-type]
        both = {f"{name}{end}": value for name, value in given.items() for end in ("_l", "_r")}
        found = angles(pose(model, knee_angle_l=sign * 50, knee_angle_r=sign * 50, **both), knee)
        for side in ("left", "right"):
            assert found["hip_flexion", side] == pytest.approx(25.0)
            assert found["hip_adduction", side] == pytest.approx(6.0)
            assert found["hip_rotation", side] == pytest.approx(-11.0)
            assert found["knee_flexion", side] == pytest.approx(50.0)
            assert found["ankle_dorsiflexion", side] == pytest.approx(12.0)


def test_pelvis_trunk_and_foot_are_told_in_each_sides_sign() -> None:
    model = stick()
    tilted = angles(pose(model, pelvis_tilt=-8.0))
    assert tilted["pelvic_tilt", "both"] == pytest.approx(8.0)
    assert tilted["trunk_forward_lean", "both"] == pytest.approx(8.0)
    dropped = angles(pose(model, pelvis_list=5.0))  # a turn about the forward axis: right side down
    assert dropped["pelvic_obliquity", "right"] == pytest.approx(-5.0)
    assert dropped["pelvic_obliquity", "left"] == pytest.approx(5.0)
    assert dropped["trunk_lean", "right"] == pytest.approx(5.0)
    turned = angles(pose(model, pelvis_rotation=10.0))  # about the vertical: right side forward
    assert turned["pelvic_rotation", "right"] == pytest.approx(10.0)
    assert turned["pelvic_rotation", "left"] == pytest.approx(-10.0)
    out = angles(pose(model, hip_rotation_l=-20.0, hip_rotation_r=-20.0))
    assert out["foot_progression", "right"] == pytest.approx(20.0)
    assert out["foot_progression", "left"] == pytest.approx(20.0)


def test_angles_follow_the_direction_of_walking() -> None:
    model = stick()
    solved, measures = standing(model, still(pose(model, pelvis_rotation=30.0)), {})
    way = np.radians(30.0)
    measures = replace(measures, forward=np.array([np.cos(way), -np.sin(way)]))
    found = {(one.name, one.side): one.values[0] for one in angle_series(solved, measures)}
    assert found["pelvic_rotation", "right"] == pytest.approx(0.0, abs=1e-9)
    assert found["foot_progression", "left"] == pytest.approx(0.0, abs=1e-9)


def test_mirror_image_has_the_other_sides_angles() -> None:
    model = stick()
    values = np.random.default_rng(8).uniform(-0.4, 0.4, len(model.coordinates))
    before, after = angles(values), angles(mirrored(model, values))
    for (name, side), value in before.items():
        other = {"left": "right", "right": "left"}.get(side, side)
        assert after[name, other] == pytest.approx(value, abs=1e-9), name


def series(name: str, side: str, values: np.ndarray, unit: str = "Nm/kg") -> Series:
    return Series(name, name, unit, side, TIMES, values)  # type: ignore[arg-type]


def walked() -> TrialMeasures:
    """Two left steps, one of them whole cycles, and a right one without the next contact."""
    return trial(None, (("left", 0.2, 0.8), ("right", 0.7, 1.3), ("left", 1.2, 1.8)))


def measure(found: tuple[Measure, ...], name: str, side: str) -> tuple[float, ...]:
    return next((one.values for one in found if (one.name, one.side) == (name, side)), ())


def test_peaks_and_impulse_of_known_curves() -> None:
    share = (TIMES - 0.2) / 0.6
    wave = 0.3 * np.sin(np.pi * share) + 0.1 * np.sin(3 * np.pi * share)
    wave = np.where((share >= 0) & (share <= 1), wave, 0.0)
    # Multiplied with a line, a curve that is its own mirror image keeps 3/4 of its impulse.
    tilted = wave * (1.0 - 0.5 * share)
    found = load_measures([series("knee_adduction_moment", "left", tilted)], walked())
    first, second = measure(found, "knee_adduction_moment_peak", "left")
    assert first == pytest.approx(tilted[share <= 0.5].max(), abs=1e-4)
    assert second == pytest.approx(0.0, abs=1e-12)
    late = measure(found, "knee_adduction_moment_second_peak", "left")[0]
    assert late == pytest.approx(tilted[share >= 0.5].max(), abs=1e-4)
    whole = 0.6 * (0.3 * 2 / np.pi + 0.1 * 2 / (3 * np.pi))
    impulse = measure(found, "knee_adduction_moment_impulse", "left")[0]
    assert impulse == pytest.approx(0.75 * whole, rel=1e-3)


def test_last_stance_counts_without_a_next_contact() -> None:
    found = load_measures([series("hip_adduction_moment", "right", np.sin(TIMES))], walked())
    (value,) = measure(found, "hip_adduction_moment_peak", "right")
    assert value == pytest.approx(np.sin(1.3), abs=1e-4)


def test_stance_with_a_gap_gives_no_value() -> None:
    values = np.where((TIMES > 0.45) & (TIMES < 0.5), np.nan, 1.0)
    found = load_measures([series("knee_flexion_moment", "left", values)], walked())
    assert measure(found, "knee_flexion_moment_peak", "left") == (1.0,)
    none = load_measures([series("knee_flexion_moment", "left", TIMES * np.nan)], walked())
    assert none == ()


def test_moments_by_body_size() -> None:
    found = load_measures(
        [series("knee_adduction_moment", "left", np.full(401, 0.5))], walked(), height_m=1.75
    )
    expected = 100 * 0.5 / (9.80665 * 1.75)
    assert measure(found, "knee_adduction_moment_peak_of_size", "left")[0] == pytest.approx(
        expected
    )


def test_hip_muscles_are_told_by_what_they_must_give() -> None:
    values = np.where(TIMES < 0.5, 0.7, -0.9)
    found = load_measures([series("hip_flexion_moment", "left", values)], walked())
    assert measure(found, "hip_extensor_moment_peak", "left")[0] == pytest.approx(0.7)
    assert measure(found, "hip_flexor_moment_peak", "left")[0] == pytest.approx(0.9)


def test_lumbar_peaks_of_both_directions() -> None:
    wave = 0.4 * np.sin(2 * np.pi * (TIMES - 0.2)) - 0.1
    given = [series("l5s1_bending_moment", "both", wave),
             series("l5s1_rotation_moment", "both", wave),
             series("l5s1_extension_moment", "both", wave)]  # fmt: skip
    found = load_measures(given, walked())
    assert measure(found, "l5s1_bending_moment_peak", "right")[0] == pytest.approx(0.3, abs=1e-3)
    assert measure(found, "l5s1_bending_moment_peak", "left")[0] == pytest.approx(0.5, abs=1e-3)
    # the rotation moment is positive to the left
    assert measure(found, "l5s1_rotation_moment_peak", "left")[0] == pytest.approx(0.3, abs=1e-3)
    assert measure(found, "l5s1_extensor_moment_peak", "both")[0] == pytest.approx(0.3, abs=1e-3)


def test_knee_angles_of_stance_and_swing() -> None:
    bend = np.interp(TIMES, [0.2, 0.3, 0.6, 0.8, 0.96, 1.2], [5.0, 18.0, 4.0, 40.0, 62.0, 3.0])
    found = load_measures([series("knee_flexion", "left", bend, "deg")], walked())
    assert measure(found, "knee_flexion_peak_swing", "left")[0] == pytest.approx(62.0, abs=0.2)
    assert measure(found, "knee_flexion_peak_loading", "left")[0] == pytest.approx(18.0, abs=0.2)
    assert measure(found, "knee_flexion_least_stance", "left")[0] == pytest.approx(4.0, abs=0.2)
    assert measure(found, "knee_flexion_range", "left")[0] == pytest.approx(59.0, abs=0.4)


def test_stances_whose_events_were_missed() -> None:
    one = walked()
    assert stances(one, "left") == (Stance(0.2, 0.8), Stance(1.2, 1.8))
    events = tuple(x for x in one.events.events if x.time_s not in (0.8,))
    cut = replace(one, events=replace(one.events, events=events))
    assert stances(cut, "left") == (Stance(0.2, 1.2), Stance(1.2, 1.8))
    events = tuple(x for x in one.events.events if x.time_s not in (0.2, 1.2))
    cut = replace(one, events=replace(one.events, events=events))
    assert stances(cut, "left") == (Stance(-np.inf, 0.8), Stance(0.8, 1.8))


def test_symmetry_of_loads_leaves_angles_out() -> None:
    given = (Measure("knee_adduction_moment_peak", "left", (0.4,)),
             Measure("knee_adduction_moment_peak", "right", (0.6,)),
             Measure("knee_flexion_least_stance", "left", (1.0,)),
             Measure("knee_flexion_least_stance", "right", (2.0,)),
             Measure("l5s1_bending_moment_peak", "left", (-0.1,)),
             Measure("l5s1_bending_moment_peak", "right", (0.1,)))  # fmt: skip
    (only,) = load_symmetries(given)
    assert only.name == "knee_adduction_moment_peak"
    assert only.index_percent == pytest.approx(40.0)


def test_every_parameter_and_norm_is_defined() -> None:
    for name, table in norm_tables().items():
        assert DEFINITIONS[name].unit == table.unit
    names = {"knee_adduction_moment", "knee_flexion_moment", "knee_vertical_force",
             "hip_adduction_moment", "hip_flexion_moment", "ankle_dorsiflexion_moment",
             "knee_flexion", "hip_flexion", "ankle_dorsiflexion"}  # fmt: skip
    lumbar = {"l5s1_extension_moment", "l5s1_compression", "l5s1_bending_moment",
              "l5s1_rotation_moment"}  # fmt: skip
    given = [series(name, "left", np.ones(401)) for name in names]
    given += [series(name, "both", np.ones(401)) for name in lumbar]
    found = load_measures(given, walked(), 1.8)
    assert len({one.name for one in found}) == 23
    assert {one.name for one in found} <= set(DEFINITIONS)


def test_norm_of_the_knee_adduction_moment_is_of_its_people() -> None:
    for age in (None, 25, 70):
        found = find_norm("knee_adduction_moment_peak", age, None, with_sd=True)
        assert found is not None
        norm, source = found
        assert norm.documented
        assert (norm.mean, norm.sd, norm.n) == (0.45, 0.09, 29)
        assert "21.5" in norm.population
        assert source.doi
    child = find_norm("knee_adduction_moment_peak", 9, None, with_sd=True)
    assert child is None or not child[0].documented


def test_speed_measures() -> None:
    given = (Measure("cadence", "both", (100.0, 120.0)), Measure("step_length", "left", (0.66,)),
             Measure("stride_length", "left", (1.35,)))  # fmt: skip
    found = speed_measures(given, 0.9)
    assert measure(found, "walk_ratio", "left")[0] == pytest.approx(6.0)
    assert measure(found, "stride_length_of_leg", "left")[0] == pytest.approx(150.0)
    assert speed_measures(given[1:], None) == ()


def test_profile_of_a_trial_takes_the_pelvis_in_each_sides_sign() -> None:
    one = walked()
    flat = Reference("nobody", {name: np.zeros(101) for name in (*PELVIS, *LEG)})
    given = [series(name, side, np.full(401, 2.0), "deg")
             for name in (*PELVIS[1:], *LEG) for side in ("left", "right")]  # fmt: skip
    given.append(series("pelvic_tilt", "both", np.full(401, 5.0), "deg"))
    found = profile_of(given, one.cycles, flat)
    assert found.left == pytest.approx(np.sqrt((25 + 8 * 4) / 9))
    assert np.isnan(found.right)  # the right leg has no whole cycle
    assert "knee_flexion right" in found.missing


def test_angles_of_a_model_that_fits_badly_conclude_nothing() -> None:
    assert model_doubt(12.0) == ""
    doubt = model_doubt(45.0)
    assert "45 mm" in doubt
    stiff = (Measure("knee_flexion_peak_swing", "right", (31.0, 33.0, 32.0)),)
    found = find_deviations(measured(walk().recording), load_knowledge(), 40, "male", stiff, doubt)
    assert "stiff_knee_gait" not in {one.finding for one in found.offered}
    assert f"Knee flexion in swing: {doubt}." in dict(found.not_judged)["stiff_knee_gait"]


def test_results_hold_every_curve_once() -> None:
    model = stick()
    presses = {"right": (np.array([0.0, 700.0, 0.0]), np.array([0.0, 0.0, 0.06]))}
    solved, one = standing(model, still(pose(model, pelvis_ty=1.0)), presses)  # type: ignore[arg-type]
    found = model_results(solved, one, 1.8)
    keys = [(x.name, x.side) for x in found.series]
    assert len(set(keys)) == len(keys)
    assert ("knee_adduction_moment", "right") in keys
    assert ("knee_angle_r", "right") in keys
    assert set(found.measures) <= set(found.measured.measures)
