"""`kinechain benchmark calibration`: tables, JSON, the file of results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kinechain.service.worlds import WORLDS
from tests.unit.cli.conftest import Run
from tests.unit.knowledge.test_base_rates import GOOD

FEW = ("--patients", 1, "--draws", 20, "--jobs", 1)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_the_tables_and_the_rows(run: Run) -> None:
    done = run("benchmark", "calibration", *FEW)
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    for world in WORLDS:
        assert done.stdout.count(world.name) >= 3
    for said in ("1 simulated patients in each world, seed 0, 20 draws, primary_care", "RELIABILITY",
                 "expected calibration error", "Covered: the share of the 90 % intervals"):  # fmt: skip
        assert said in text
    rows = json.loads(Path("benchmarks/results/calibration.json").read_text("utf-8"))["rows"]
    names = {row["metric"] for row in rows}
    assert "own network, explains: calibration error" in names
    assert "prevalence off, present: coverage of the 90 % intervals" in names
    assert "correlated tests, present: coverage of the 90 % intervals" not in names


@pytest.mark.slow
def test_json_with_a_clinics_rates(run: Run) -> None:
    Path("rates.yaml").write_text(GOOD.replace("Primary care", "spine_clinic"), encoding="utf-8")
    done = run("benchmark", "calibration", *FEW, "--json", "--base-rates", "rates.yaml",
               "--results", "there")  # fmt: skip
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["setting"] == "spine_clinic"
    assert [one["world"] for one in found["worlds"]] == [one.name for one in WORLDS]
    assert Path("there/calibration.json").is_file()
    assert "there/calibration.json" in done.stderr


def test_wrong_rates_stop_it(run: Run) -> None:
    done = run("benchmark", "calibration", "--base-rates", "none.yaml")
    assert done.exit_code == 2
    assert "none.yaml, line 1" in done.stderr


@pytest.mark.slow
def test_results_that_cannot_be_written(run: Run) -> None:
    Path("blocked").write_text("", encoding="utf-8")
    done = run("benchmark", "calibration", *FEW, "--results", "blocked/below")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr
