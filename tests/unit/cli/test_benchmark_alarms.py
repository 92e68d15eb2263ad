"""`kinechain benchmark alarms`: tables, JSON, the file of results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kinechain.knowledge import load_knowledge
from kinechain.service.alarm_counts import AlarmBenchmark, Seen, result_of
from tests.unit.cli.conftest import Run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Replaces the run by one with invented patients; holds the options of every call."""
    calls: list[dict[str, Any]] = []

    def quick(patients: int, seed: int, **options: Any) -> AlarmBenchmark:
        calls.append(options)
        options["progress"](patients, patients)
        people = [
            Seen("low back", frozenset({"spinal_malignancy"}), frozenset({"spinal_malignancy"}),
                 frozenset({"spinal_cancer_history", "sepsis_signs"}), frozenset(), True, None),
            Seen("knee", frozenset(), frozenset(), frozenset(), frozenset(), False, None),
        ]  # fmt: skip
        return result_of(load_knowledge(), people, 3, seed)

    monkeypatch.setattr("kinechain.service.alarm_benchmark.run_alarms", quick)
    return calls


def test_the_tables(run: Run, asked: list[dict[str, Any]]) -> None:
    done = run("benchmark", "alarms", "--patients", 2, "--seed", 7, "--alerts", 1)
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    for said in (
        "2 patients of 3 adults drawn, seed 7, primary_care",
        "low back 1, neck 0, knee 1",
        "henschke2009serious",
        "spinal_malignancy 1 1",
        "flags are raised in nobody",
    ):
        assert said in text
    lines = {line.split("  ")[0]: line for line in done.stdout.splitlines()}
    assert "500 " in lines["triage, any flag"]
    assert "1 of 1" in lines["spinal_cancer_history"]
    assert lines["sepsis_signs"].split()[-4:] == ["-", "1", "of", "1"]
    assert lines["triage, soon"].split()[-4:-2] == ["(0-658)", "-"]
    assert asked[0]["alerts"] == 1
    rows = json.loads(Path("benchmarks/results/alarms.json").read_text("utf-8"))["rows"]
    assert "triage, any flag: patients alarmed" in {row["metric"] for row in rows}


def test_json(run: Run, asked: list[dict[str, Any]]) -> None:
    done = run("benchmark", "alarms", "--json", "--results", "there")
    assert json.loads(done.stdout)["patients"] == 2
    assert Path("there/alarms.json").is_file()
    assert "there/alarms.json" in done.stderr
    assert asked[0]["alerts"] == 0


def test_results_that_cannot_be_written(run: Run, asked: list[dict[str, Any]]) -> None:
    Path("blocked").write_text("", encoding="utf-8")
    done = run("benchmark", "alarms", "--results", "blocked/below")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr
    assert len(asked) == 1
