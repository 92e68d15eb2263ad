"""`kinechain benchmark cases`: tables, JSON, the file of results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kinechain.service.case_benchmark import Benchmark, Open, Outcome
from kinechain.service.case_comparison import against_naive
from kinechain.service.case_scores import BRIER, summaries
from tests.unit.cli.conftest import Run
from tests.unit.service.test_published import GOOD


def outcome(name: str, kind: str, rank: int, **more: object) -> Outcome:
    given: dict[str, object] = {
        "id": name, "name": name, "kind": kind, "condition": "knee_osteoarthritis",
        "found": "knee_osteoarthritis", "rank": rank, "rank_equal": 2, "rank_naive": 3,
        "probability": 0.4,
        "brier": 0.3, "leading": "meniscal_tear", "leading_probability": 0.5,
        "alarm_expected": False, "alarm_raised": False, "alarms": (), "open": None, "issues": (),
    }  # fmt: skip
    return Outcome(**{**given, **more})  # type: ignore[arg-type]


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replaces the run by one whose result is known."""
    missed = Open(not_excluded=True, ask=("Fever",), flags=("Hot joint",), next=("CRP",))
    cases = (
        outcome("a_knee", "ordinary", 1),
        outcome("false_alarm", "referred", 2, alarm_raised=True, alarms=("x",)),
        outcome("missed", "emergency", 7, alarm_expected=True, open=missed, not_excluded=True),
        outcome("strange", "mimic", 50, outside=True, unexplained=True),
    )
    result = Benchmark(knowledge_version="invented", equal_prior=0.01, brier_definition=BRIER,
                       summaries=summaries(cases), against_naive=against_naive(cases),
                       cases=cases)  # fmt: skip
    monkeypatch.setattr("kinechain.service.case_benchmark.run_cases", lambda *_, **__: result)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    cases = tmp_path / "cases"
    cases.mkdir()
    (cases / "knee.yaml").write_text(GOOD, encoding="utf-8")
    return cases


def test_the_tables(run: Run, invented: None, folder: Path) -> None:
    done = run("benchmark", "cases", folder)
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    for said in (
        "ordinary and referred: top-1 at least 55 50 (9-91) 1 of 2 NO",
        "routine: false alarms at most 10 50 (9-91) 1 of 2 NO",
        "Equal priors: 0.01", "Brier score of a case:", "MISSED", "FALSE",
        "outside 1 0 0 1 0 0 0 1 of 1 100 (21-100)",
        "ordinary and referred top-1 0 1 0 1 +50 % 1.00", "top-1, network only: a_knee",
        "7 (2, 3)", "strange, mimic, outside",
        "missed (knee_osteoarthritis)", "to ask about it: Fever", "flags to ask: Hot joint",
        "asked next: CRP",
    ):  # fmt: skip
        assert said in text
    rows = json.loads(Path("benchmarks/results/cases.json").read_text(encoding="utf-8"))["rows"]
    promised = {row["metric"]: row["met"] for row in rows if row["target"]}
    assert promised == {
        "ordinary and referred: top-1": False,
        "ordinary and referred: top-3": True,
        "ordinary and referred: top-5": True,
        "routine: false alarms": False,
    }


def test_json_and_another_place_for_the_rows(run: Run, invented: None, folder: Path) -> None:
    done = run("benchmark", "cases", folder, "--json", "--results", "there")
    found = json.loads(done.stdout)
    assert [one["id"] for one in found["cases"]] == ["a_knee", "false_alarm", "missed", "strange"]
    assert Path("there/cases.json").is_file()
    assert "there/cases.json" in done.stderr


def test_a_wrong_case_file_stops_it(run: Run, invented: None, folder: Path) -> None:
    (folder / "wrong.yaml").write_text("name: x\n", encoding="utf-8")
    done = run("benchmark", "cases", folder)
    assert done.exit_code == 2
    assert "wrong.yaml" in done.stderr
    assert not done.stdout


def test_results_that_cannot_be_written(run: Run, invented: None, folder: Path) -> None:
    Path("blocked").write_text("", encoding="utf-8")
    done = run("benchmark", "cases", folder, "--results", "blocked/below")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr
