"""`kinechain gait analyse` without a model: the shipped one, or the reason why not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from kinechain.cli import main
from kinechain.gait.errors import GaitError
from kinechain.gait.io.readers.trc import write_trc
from kinechain.gait.io.storage import read_storage
from kinechain.gait.recording import Markers
from kinechain.service.gait import GaitRequest, analyse_gait
from tests.support.gait import walk
from tests.support.standing import standing

SAMPLE = Path(__file__).parents[3] / "src" / "kinechain" / "data" / "gait_samples"
WALK = SAMPLE / "synthetic_walk.c3d"


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["gait", "analyse", *(str(word) for word in words)])


def without(markers: Markers, *left_out: str) -> Markers:
    keep = [k for k, name in enumerate(markers.names) if name not in left_out]
    names = tuple(markers.names[k] for k in keep)
    return replace(markers, names=names, positions_m=markers.positions_m[:, keep])


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The sample's markers without plates, as a TRC file."""
    path = tmp_path / "walk.trc"
    write_trc(path, walk().recording.markers)
    return path


def test_the_model_that_ships_is_recorded() -> None:
    done = run(WALK, "--sex", "female", "--mass", 64.5, "--json")
    assert done.exit_code == 0, done.stderr
    model = json.loads(done.stdout)["model"]
    assert model["mass_kg"] == 64.5
    own = model["own"]
    assert own["scaled_from"] == "walk"
    assert own["mass_known"]
    assert own["mass_source"] == "Body mass as given."
    assert own["sex"] == "female"
    assert own["lengths_m"]["femur_r"] == pytest.approx(0.42, abs=0.01)
    assert "elbow_flex_r" in own["locked"]
    assert any("scaled from a walk" in note for note in model["notes"])
    assert "knee_angle_r|right" in model["curves"]


def test_angles_and_forces_are_written(tmp_path: Path) -> None:
    angles, forces = tmp_path / "angles.mot", tmp_path / "forces.sto"
    done = run(WALK, "--ik-out", angles, "--id-out", forces)
    assert done.exit_code == 0, done.stderr
    table = read_storage(angles)
    knee = table.values[:, table.columns.index("knee_angle_r")]
    truth = np.degrees(walk().knee_flexion_rad["right"])
    assert knee.max() == pytest.approx(truth.max(), abs=6.0)  # the hip is a regression
    moments = read_storage(forces)
    ankle = moments.values[:, moments.columns.index("ankle_angle_r_moment")]
    assert np.abs(ankle).max() > 40  # Nm, for 70 kg


def test_without_plates_and_mass_no_moments_are_written(bare: Path, tmp_path: Path) -> None:
    done = run(bare, "--id-out", tmp_path / "forces.sto")
    assert done.exit_code == 2
    assert "--mass" in done.stderr or "No moments" in done.stderr
    assert not (tmp_path / "forces.sto").exists()
    angles = run(bare, "--ik-out", tmp_path / "angles.mot")
    assert angles.exit_code == 0, angles.stderr
    own = json.loads(run(bare, "--json").stdout)["model"]["own"]
    assert not own["mass_known"]


def test_markers_that_do_not_suffice_leave_the_rest_of_the_analysis(tmp_path: Path) -> None:
    path = tmp_path / "few.trc"
    write_trc(path, without(walk().recording.markers, "LKNE", "LKNM", "RKNE", "RKNM"))
    done = run(path, "--json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["model"] is None
    assert found["parameters"]
    note = next(one for one in found["notes"] if "No joint angles" in one)
    assert "left knee" in note
    assert "--static" in note
    refused = run(path, "--ik-out", tmp_path / "angles.mot")
    assert refused.exit_code == 2
    assert "left knee" in refused.stderr


def test_a_standing_trial_defines_what_the_walk_lacks(tmp_path: Path) -> None:
    """The walk has no marker on the inner side of knee and ankle; the standing trial has."""
    still, few = tmp_path / "still.trc", tmp_path / "few.trc"
    made = walk().recording.markers
    write_trc(few, without(made, "LKNM", "RKNM", "LMED", "RMED"))
    one = made.positions_m[[50]]  # a frame of the walk stands for the standing trial
    write_trc(still, replace(made, positions_m=np.repeat(one, len(made.times_s), axis=0)))
    found = analyse_gait(GaitRequest(few, static=still))
    assert found.own is not None
    assert found.own.person.scaled.source == "standing"
    assert not any("marked on one side" in note for note in found.own.person.notes)
    assert "LKNM" not in found.own.solved.model.markers


def test_a_standing_trial_that_cannot_be_used_is_an_error(bare: Path, tmp_path: Path) -> None:
    still = tmp_path / "still.trc"
    markers, _ = standing(("LASI",))
    write_trc(still, markers)
    with pytest.raises(GaitError, match="left front iliac spine"):
        analyse_gait(GaitRequest(bare, static=still))
    assert run(bare, "--static", tmp_path / "none.trc").exit_code == 2


def test_a_model_of_ones_own_is_not_scaled() -> None:
    for option in (("--static", WALK), ("--mass", 70)):
        done = run(WALK, "--model", "mine.osim", *option)
        assert done.exit_code == 2
        assert "--static and --mass" in done.stderr
