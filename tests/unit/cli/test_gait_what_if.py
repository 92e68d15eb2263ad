"""`kinechain gait what-if` on the walk that ships, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kinechain.gait.io.forces import write_forces
from kinechain.gait.io.read import read_trial
from kinechain.gait.io.readers.trc import write_trc
from tests.unit.cli.conftest import Run

WALK = (
    Path(__file__).parents[3] / "src" / "kinechain" / "data" / "gait_samples" / "synthetic_walk.c3d"
)
FIRST = "knee_adduction_moment_peak"


def test_both_kinds_of_answer(run: Run) -> None:
    done = run("gait", "what-if", WALK, "--mass", "-6", "--trunk-lean", "left:4", "--heel-height",
               3.8, "--age", 30, "--sex", "female", "--json")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["model"]["mass_kg"] == pytest.approx(70.0, abs=0.5)
    mass, lean, heels = found["changes"]
    factor = -600.0 / found["model"]["mass_kg"]
    assert {row["percent"] for row in mass["recomputed"]} == {round(factor, 1)}
    assert lean["assumption"]
    first = {row["side"]: row for row in lean["recomputed"] if row["load"] == FIRST}
    assert first["left"]["then"] < first["left"]["now"]
    assert heels["recomputed"] == []
    assert "published doses" in heels["not_recomputed"]
    for change in found["changes"]:
        for row in change["published"]:
            assert row["kind"] == "published dose"
            assert row["source"]["title"]
            assert row["population"]
            assert row["certainty_reason"]
    older = next(row for row in heels["published"] if "older" in row["dose"])
    assert "60 to 120 years" in older["unlike"]
    assert {row["kind"] for row in found["together"]} == {"recomputed"}


def test_on_screen(run: Run) -> None:
    done = run("gait", "what-if", WALK, "--toe-out", "5", "--cane", "right:10", "--lateral-wedge")
    assert done.exit_code == 0, done.stderr
    for said in ("TOE-OUT +5 DEGREES ON BOTH SIDES", "CANE IN THE RIGHT HAND", "recomputed",
                 "dose [1]", "ALL RECOMPUTED CHANGES TOGETHER", "PUBLISHED DOSES",
                 "Published doses are not combined", "certainty", "PLoS One",
                 "SD: standard deviations"):  # fmt: skip
        assert said in done.stdout, said


def test_without_a_model_doses_remain(run: Run, tmp_path: Path) -> None:
    recording = read_trial(WALK).recording
    markers = tmp_path / "walk.trc"
    write_trc(markers, recording.markers)
    done = run("gait", "what-if", markers, "--mass", "-5", "--barefoot")
    assert done.exit_code == 0, done.stderr
    assert "Nothing is recomputed" in done.stdout or "was not recomputed" in done.stdout
    assert "-11.9" in done.stdout


def test_the_persons_mass_is_not_the_change(run: Run, tmp_path: Path) -> None:
    recording = read_trial(WALK).recording
    markers, forces = tmp_path / "walk.trc", tmp_path / "walk.mot"
    write_trc(markers, recording.markers)
    assert recording.forces is not None
    write_forces(forces, recording.forces)
    done = run("gait", "what-if", markers, "--forces", forces, "--body-mass", 72, "--mass", "-7.2",
               "--json")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["model"]["mass_kg"] == pytest.approx(72.0)
    assert {row["percent"] for row in found["changes"][0]["recomputed"]} == {-10.0}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Say what should change"),
        (("--toe-out", "x"), "write it like"),
        (("--toe-out", "middle:5"), "write it like"),
        (("--toe-out", "left"), "how much"),
        (("--toe-out", "5", "--toe-out", "left:2"), "given twice"),
        (("--toe-out", "50"), "-30 to 30"),
        (("--cane", "5"), "left or right"),
        (("--cane", "left:90"), "0 to 30"),
        (("--lift", "left"), "how much"),
        (("--lift", "2"), "left or right"),
        (("--heel-height", "-2"), "0 to 15"),
        (("--barefoot", "--heel-height", "4"), "barefoot"),
        (("--mass", "-3", "--model", "x.osim", "--body-mass", "70"), "scale the model that ships"),
    ],
)
def test_wrong_use_is_said(run: Run, words: tuple[str, ...], said: str) -> None:
    done = run("gait", "what-if", WALK, *words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_missing_recording_is_said(run: Run, tmp_path: Path) -> None:
    done = run("gait", "what-if", tmp_path / "none.c3d", "--mass", "-3")
    assert done.exit_code == 2
    assert "none.c3d" in done.stderr
