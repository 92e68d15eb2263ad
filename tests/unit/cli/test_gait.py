"""`kinechain gait analyse` on the walk that ships, of which the truth is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kinechain.gait.io.read import read_trial
from tests.unit.cli.conftest import Run

SAMPLE = Path(__file__).parents[3] / "src" / "kinechain" / "data" / "gait_samples"
WALK = SAMPLE / "synthetic_walk.c3d"


def test_the_sample_walk(run: Run) -> None:
    done = run("gait", "analyse", WALK, "--age", 50, "--sex", "female", "--json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    speed = next(one for one in found["parameters"] if one["name"] == "gait_speed")
    assert speed["z"] is not None
    assert speed["source"]
    assert {one["kind"] for one in found["events"]} == {"contact", "off"}
    assert len(found["cycles"]) >= 2
    assert found["model"]["name"] == "kinechain_full_body"


def test_what_is_converted_is_read_again(run: Run, tmp_path: Path) -> None:
    markers, forces = tmp_path / "walk.trc", tmp_path / "walk.mot"
    done = run("gait", "analyse", WALK, "--trc-out", markers, "--grf-out", forces)
    assert done.exit_code == 0, done.stderr
    assert "PARAMETERS" in done.stdout
    again = read_trial(markers, forces).recording
    first = read_trial(WALK).recording
    assert again.markers.positions_m == pytest.approx(
        first.markers.positions_m, abs=1e-5, nan_ok=True
    )


def test_wrong_use_is_said(run: Run, tmp_path: Path) -> None:
    both = run("gait", "analyse", WALK, "--model", "a.osim", "--mass", 70)
    assert both.exit_code == 2
    assert "--mass" in both.stderr
    missing = run("gait", "analyse", tmp_path / "none.c3d")
    assert missing.exit_code == 2
    assert "none.c3d" in missing.stderr
    odd = tmp_path / "walk.txt"
    odd.write_text("no recording", encoding="utf-8")
    done = run("gait", "analyse", odd)
    assert done.exit_code == 2
    assert ".c3d" in done.stderr


def test_what_is_no_model_is_refused(run: Run, tmp_path: Path) -> None:
    model = tmp_path / "doll.osim"
    model.write_text("<OpenSimDocument><Model/></OpenSimDocument>", encoding="utf-8")
    done = run("gait", "analyse", WALK, "--model", model)
    assert done.exit_code == 2
    assert "doll.osim" in done.stderr
