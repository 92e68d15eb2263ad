"""Parameters against the synthetic walk's truth, and the definitions behind them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from kinechain.gait.errors import GaitError
from kinechain.gait.events.cycles import Cycle
from kinechain.gait.io.read import read_trial
from kinechain.gait.parameters.curves import cycle_curves, cycle_ranges, stance_loads
from kinechain.gait.parameters.model import DEFINITIONS, Measure
from kinechain.gait.parameters.norms import find_norm, norm_tables, read_norm_table
from kinechain.gait.parameters.profile_score import (
    LEG,
    PELVIS,
    VARIABLES,
    profile_score,
    read_reference,
)
from kinechain.gait.parameters.symmetry import pooled, symmetry_index_percent
from scripts.write_gait_sample import main
from tests.support.gait import measured, walk, without_forces

SAMPLES = Path(__file__).parents[3] / "src/kinechain/data/gait_samples"
TOLERANCE = {
    "stride_length": 0.001,
    "step_length": 0.001,
    "step_width": 0.001,
    "foot_progression": 0.2,
    "gait_speed": 0.01,
    "stride_time": 0.006,
    "step_time": 0.006,
    "stance_phase": 0.7,
    "trunk_lean_peak": 0.2,
    "pelvic_drop_peak": 0.5,
}


def true_values() -> dict[tuple[str, str], float]:
    truth = walk().truth
    both = {
        "stride_length": truth.stride_length_m,
        "step_width": truth.step_width_m,
        "foot_progression": truth.toe_out_deg,
        "stride_time": truth.gait.stride_time_s,
        "step_time": truth.gait.stride_time_s / 2,
        "stance_phase": 100 * truth.gait.stance_share,
        "trunk_lean_peak": truth.trunk_lean_deg,
        "pelvic_drop_peak": truth.pelvic_drop_deg,
    }
    values = {(name, side): x for name, x in both.items() for side in ("left", "right")}
    values["step_length", "left"] = truth.step_length_left_m
    values["step_length", "right"] = truth.step_length_right_m
    values["gait_speed", "both"] = truth.speed_m_per_s
    return values


@pytest.mark.parametrize(("name", "side"), sorted(true_values()))
@pytest.mark.parametrize("plates", [True, False], ids=["plates", "markers"])
def test_parameter_is_the_truth(name: str, side: str, plates: bool) -> None:
    recording = walk().recording if plates else without_forces(walk().recording)
    found = measured(recording).measure(name, side)
    assert found is not None
    assert found.mean == pytest.approx(true_values()[name, side], abs=TOLERANCE[name])
    assert name in DEFINITIONS


def test_shipped_sample_is_what_the_code_makes(tmp_path: Path) -> None:
    assert main(tmp_path) == 0
    for name in ("synthetic_walk.yaml", "synthetic_walk.c3d"):
        assert (tmp_path / name).read_bytes() == (SAMPLES / name).read_bytes(), (
            "python -m scripts.write_gait_sample"
        )


def test_shipped_sample_gives_its_truth() -> None:
    truth = yaml.safe_load((SAMPLES / "synthetic_walk.yaml").read_text(encoding="utf-8"))
    recording = read_trial(SAMPLES / "synthetic_walk.c3d").recording
    trial = measured(recording)
    for name in ("stride_length", "step_width"):
        found = trial.measure(name, "left")
        assert found is not None
        assert found.mean == pytest.approx(truth[name], abs=0.001)
    assert len(recording.events) == len(truth["events"])


def test_force_is_mass_times_acceleration() -> None:
    made = walk()
    forces = made.recording.forces
    assert forces is not None
    first, second = forces.plates[:2]
    both = (forces.times_s > 1.96) & (forces.times_s < 2.07)
    total = (first.force_N + second.force_N)[both, 1]
    rate = 4 * np.pi / made.truth.gait.stride_time_s
    assert total.mean() == pytest.approx(70 * (9.80665 + 0.018 * rate**2), rel=0.05)


def test_symmetry_index_is_defined() -> None:
    assert symmetry_index_percent(1.0, 1.0) == 0.0
    assert symmetry_index_percent(0.9, 1.1) == pytest.approx(20.0)
    assert symmetry_index_percent(1.1, 0.9) == pytest.approx(-20.0)
    assert np.isnan(symmetry_index_percent(-1.0, 1.0))
    names = {one.name: one.index_percent for one in measured(walk().recording).symmetry}
    truth = walk().truth
    true = symmetry_index_percent(truth.step_length_left_m, truth.step_length_right_m)
    assert names["step_length"] == pytest.approx(true, abs=0.1)
    assert "foot_progression" not in names


def test_variability_over_trials() -> None:
    one, two = Measure("cadence", "both", (100.0, 104.0)), Measure("cadence", "both", (96.0,))
    (together,) = pooled([[one], [two]])
    assert together.values == (100.0, 104.0, 96.0)
    assert together.sd == pytest.approx(4.0)
    assert together.coefficient_of_variation == pytest.approx(0.04)
    assert np.isnan(two.sd)
    assert np.isnan(Measure("cadence", "both", ()).mean)


CYCLE = Cycle("right", 1.0, 2.0, 1.6, 1.1, 1.5)


def test_peaks_and_impulse_of_a_known_moment() -> None:
    times = np.arange(400) / 100
    share = (times - 1.0) / 0.6
    moment = np.where((share >= 0) & (share <= 1), np.sin(np.pi * share), 0.0)
    moment = moment * np.where(share > 0.51, 0.5, 1.0) + np.where(share > 1.2, 9.0, 0.0)
    (load,) = stance_loads(times, moment, (CYCLE,), "right")
    assert load.first_peak == pytest.approx(1.0, abs=0.01)
    assert load.second_peak == pytest.approx(1.0, abs=0.02)
    assert load.impulse == pytest.approx(0.6 * (1 + 0.5) / np.pi, abs=0.01)
    assert stance_loads(times, moment, (CYCLE,), "left") == ()
    moment[120] = np.nan
    assert stance_loads(times, moment, (CYCLE,), "right") == ()


def test_two_peaks_are_told_apart() -> None:
    times = np.arange(400) / 100
    share = (times - 1.0) / 0.6
    moment = 0.5 * np.exp(-(((share - 0.25) / 0.1) ** 2)) + 0.3 * np.exp(
        -(((share - 0.75) / 0.1) ** 2)
    )
    (load,) = stance_loads(times, moment, (CYCLE,), "right")
    assert load.first_peak == pytest.approx(0.5, abs=0.01)
    assert load.second_peak == pytest.approx(0.3, abs=0.01)
    assert load.largest == pytest.approx(0.5, abs=0.01)


def test_curves_and_ranges_over_cycles() -> None:
    times = np.arange(400) / 100
    wave = np.sin(2 * np.pi * (times - 1.0))
    later = Cycle("right", 2.0, 3.0, 2.6, 2.1, 2.5)
    beyond = Cycle("right", 3.5, 4.5, 4.0, None, None)
    curves = cycle_curves("wave", times, wave, (CYCLE, later, beyond), "right")
    assert curves.curves.shape == (2, 101)
    assert np.allclose(curves.sd, 0.0, atol=1e-12)
    assert curves.mean[25] == pytest.approx(1.0)
    first = cycle_ranges(times, wave, (CYCLE,), "right")[0]
    assert (first.largest_at, first.smallest_at) == (25, 75)


def reference_file(folder: Path, **changes: object) -> Path:
    content = {
        "reference": "twelve adults of our laboratory",
        "unit": "deg",
        "curves": {name: [float(n) for n in range(51)] for name in VARIABLES},
        **changes,
    }
    path = folder / "reference.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def test_profile_score_of_known_distances(tmp_path: Path) -> None:
    reference = read_reference(reference_file(tmp_path))
    base = np.linspace(0, 50, 101)
    curves = {
        (side, name): base + (3.0 if name in PELVIS else 6.0 if side == "right" else 0.0)
        for side in ("left", "right")
        for name in VARIABLES
    }
    profile = profile_score(curves, reference)  # type: ignore[arg-type]
    assert profile.variable_scores["right", "knee_flexion"] == pytest.approx(6.0)
    assert profile.left == pytest.approx(np.sqrt(3 * 9 / 9))
    assert profile.right == pytest.approx(np.sqrt((3 * 9 + 6 * 36) / 9))
    assert profile.overall == pytest.approx(np.sqrt((3 * 9 + 6 * 36) / 15))
    assert profile.missing == ()
    assert len(LEG) == 6


def test_profile_score_says_what_is_missing(tmp_path: Path) -> None:
    reference = read_reference(reference_file(tmp_path))
    profile = profile_score({("left", "knee_flexion"): np.zeros(101)}, reference)
    assert np.isnan(profile.left)
    assert "hip_flexion left" in profile.missing


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"unit": "turn"}, "'unit'"),
        ({"curves": {"elbow": [1.0] * 51}}, "'elbow'.*one of"),
        ({"curves": {"knee_flexion": [1.0] * 5}}, "'knee_flexion'.*20 finite"),
        ({"curves": {"knee_flexion": ["a"] * 51}}, "'knee_flexion'.*finite"),
        ({"curves": 3}, "'curves'"),
    ],
)
def test_wrong_reference_is_named(changes: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(GaitError, match=message):
        read_reference(reference_file(tmp_path, **changes))


def test_norms_are_of_known_measures_and_have_sources() -> None:
    tables = norm_tables()
    assert set(tables) <= set(DEFINITIONS)
    for name, table in tables.items():
        assert table.unit == DEFINITIONS[name].unit
        assert set(table.sources) == {one.source for one in table.norms}
        for one in table.norms:
            assert one.mean is not None or one.low is not None
            assert all(source.url.startswith("http") for source in table.sources.values())
            if one.low is not None and one.high is not None and one.mean is not None:
                assert one.low <= one.mean <= one.high


def test_norm_fits_the_person() -> None:
    found = find_norm("gait_speed", 65, "female", with_sd=True)
    assert found is not None
    assert found[0].age_from_years == 60
    assert found[0].z(1.24) == pytest.approx(0.0)
    assert find_norm("trunk_lean_peak", 40) is None, "the only norm is of children"
    child = find_norm("trunk_lean_peak", 10, speed="comfortable")
    assert child is not None
    assert child[0].age_to_years == 18
    assert find_norm("no such thing") is None
    named = find_norm("gait_speed", 25, "male")
    assert named is not None
    assert named[0].documented


def test_wrong_norm_file_is_named(tmp_path: Path) -> None:
    text = (SAMPLES.parent / "gait_norms/stride_length.yaml").read_text(encoding="utf-8")
    path = tmp_path / "stride_length.yaml"
    for old, new, message in (
        ("mean: 1.44", "mean: long", "cannot be read"),
        ("measure: stride_length", "measure: other", "'measure'"),
        ("source: umd_gaitdata", "source: nobody", "'nobody' is not described"),
    ):
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(GaitError, match=message):
            read_norm_table(path)
