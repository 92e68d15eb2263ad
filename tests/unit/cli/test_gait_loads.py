"""`kinechain gait analyse` with a model: loads, angles and profile of the walk that ships."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from kinechain.gait.parameters.profile_score import VARIABLES
from tests.support.stick import osim
from tests.unit.cli.conftest import Run

WALK = Path(__file__).parents[3] / "src/kinechain/data/gait_samples/synthetic_walk.c3d"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "stick.osim"
    path.write_text(osim("positive"), encoding="utf-8")
    return path


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    path = tmp_path / "reference.yaml"
    curves = {name: [0.0] * 51 for name in VARIABLES}
    path.write_text(
        yaml.safe_dump({"reference": "nobody at all", "unit": "deg", "curves": curves}),
        encoding="utf-8",
    )
    return path


def test_json_holds_loads_beside_norms_and_their_curves(
    run: Run, model: Path, reference: Path
) -> None:
    done = run("gait", "analyse", WALK, "--model", model, "--reference", reference,
               "--age", 25, "--height", 1.8, "--json")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert "NaN" not in done.stdout
    rows = {(one["name"], one["side"]): one for one in found["parameters"]}
    peak = rows["knee_adduction_moment_peak", "left"]
    assert peak["mean"] == pytest.approx(0.49, abs=0.03)
    assert (peak["norm_mean"], peak["documented"], peak["steps"]) == (0.45, True, 2)
    assert peak["cv_percent"] is not None
    assert rows["knee_adduction_moment_peak_of_size", "left"]["mean"] == pytest.approx(
        100 * peak["mean"] / (9.80665 * 1.8), rel=1e-3
    )
    curves = found["model"]["curves"]
    assert {"knee_flexion|left", "knee_angle_l|left", "knee_adduction_moment|left",
            "l5s1_extension_moment|right"} <= set(curves)  # fmt: skip
    assert curves["knee_flexion|left"]["label"] == "Knee flexion"
    assert any(one["name"] == "knee_adduction_moment_peak" for one in found["symmetry"])
    profile = found["profile"]
    assert profile["reference"] == "nobody at all"
    assert profile["variables"]["foot_progression|left"] == pytest.approx(7.0, abs=0.5)
    assert profile["overall"] > 0
    assert profile["missing"] == []


def test_terminal_shows_loads_and_the_profile(run: Run, model: Path, reference: Path) -> None:
    done = run("gait", "analyse", WALK, "--model", model, "--reference", reference)
    assert done.exit_code == 0, done.stderr
    shown = done.stdout.lower()
    for said in ("gait profile score", "knee adduction moment", "nobody at all"):
        assert said in shown, said


def test_wrong_reference_is_refused(run: Run, model: Path, tmp_path: Path) -> None:
    missing = run("gait", "analyse", WALK, "--reference", tmp_path / "none.yaml")
    assert missing.exit_code == 2
    assert "none.yaml" in missing.stderr
    bad = tmp_path / "bad.yaml"
    bad.write_text("unit: deg\ncurves:\n  knee_bend: [1, 2, 3]\n", encoding="utf-8")
    done = run("gait", "analyse", WALK, "--model", model, "--reference", bad)
    assert done.exit_code == 2
    assert "knee_bend" in done.stderr
