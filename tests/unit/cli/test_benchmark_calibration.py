"""`kinechain benchmark calibration`: tables, JSON, the file of results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kinechain.service.calibration import CalibrationBenchmark, measured, result_of
from kinechain.service.worlds import WORLDS
from tests.support.knowledge import small_knowledge
from tests.unit.cli.conftest import Run
from tests.unit.knowledge.test_base_rates import GOOD


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Replaces the run by one with an invented knowledge; holds the options of every call."""
    calls: list[dict[str, Any]] = []
    small = small_knowledge()

    def quick(patients: int, seed: int, **options: Any) -> CalibrationBenchmark:
        calls.append(options)
        worlds = [
            result_of(world, measured(world, small, range(patients), seed=seed, draws=20))
            for world in WORLDS
        ]
        return CalibrationBenchmark(
            knowledge_version="invented", patients=patients, draws=20, seed=seed, setting="here",
            definitions=("What it means.",), worlds=tuple(worlds),
        )  # fmt: skip

    monkeypatch.setattr("kinechain.service.calibration.run_calibration", quick)
    return calls


@pytest.mark.slow
def test_a_real_run(run: Run) -> None:
    done = run("benchmark", "calibration", "--patients", 1, "--draws", 20, "--jobs", 1)
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    for said in (
        "1 simulated patients in each world, seed 0, 20 draws, primary_care",
        "expected calibration error",
        "Covered: the share of the 90 % intervals",
    ):
        assert said in text
    rows = json.loads(Path("benchmarks/results/calibration.json").read_text("utf-8"))["rows"]
    names = {row["metric"] for row in rows}
    assert "own network, explains: calibration error" in names
    assert "prevalence off, present: coverage of the 90 % intervals" in names
    assert "correlated tests, present: coverage of the 90 % intervals" not in names


def test_the_tables(run: Run, asked: list[dict[str, Any]]) -> None:
    done = run("benchmark", "calibration", "--patients", 6, "--seed", 3)
    assert done.exit_code == 0, done.output
    assert "6 simulated patients in each world, seed 3" in done.stdout
    assert "What it means." in done.stdout
    for world in WORLDS:
        assert done.stdout.count(world.name) >= 3
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith("own network")]
    assert [line[-3:] for line in lines] == [["-", "-", "-"]] * 2
    assert asked[0]["draws"] == 100
    assert asked[0]["rates"] is None


def test_json_with_a_clinics_rates(run: Run, asked: list[dict[str, Any]]) -> None:
    Path("rates.yaml").write_text(GOOD, encoding="utf-8")
    done = run("benchmark", "calibration", "--patients", 2, "--json", "--results", "there",
               "--base-rates", "rates.yaml")  # fmt: skip
    found = json.loads(done.stdout)
    assert [one["world"] for one in found["worlds"]] == [one.name for one in WORLDS]
    assert Path("there/calibration.json").is_file()
    assert "there/calibration.json" in done.stderr
    assert asked[0]["rates"].setting == "primary_care"


def test_wrong_rates_stop_it(run: Run, asked: list[dict[str, Any]]) -> None:
    done = run("benchmark", "calibration", "--base-rates", "none.yaml")
    assert done.exit_code == 2
    assert "none.yaml, line 1" in done.stderr
    assert not asked


def test_results_that_cannot_be_written(run: Run, asked: list[dict[str, Any]]) -> None:
    Path("blocked").write_text("", encoding="utf-8")
    done = run("benchmark", "calibration", "--patients", 1, "--results", "blocked/below")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr
