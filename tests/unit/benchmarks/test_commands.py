"""Every benchmark runs, prints its table and writes its rows."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from benchmarks import against_pyagrum
from benchmarks.__main__ import BENCHMARKS, main
from benchmarks.timing import CannotRun
from kinechain.inference.person import person_of
from kinechain.knowledge import load_knowledge
from tests.support.gait import REAL

KEYS = {"metric", "value", "unit", "target", "met"}


@pytest.mark.slow
@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_runs(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if name == "against_pyagrum":
        pytest.importorskip("pyagrum", reason="pyAgrum is not installed")
    if name.startswith("gait_") and not REAL:
        pytest.skip("KINECHAIN_REAL_DATA does not name the folder of real recordings")
    assert main([name, "--quick", "--results", str(tmp_path)]) == 0
    content = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
    assert content["name"] == name
    assert {"machine", "date"} <= content.keys()
    assert all(set(one) == KEYS for one in content["rows"])
    shown = capsys.readouterr().out
    assert all(one["metric"] in shown for one in content["rows"])
    metrics = [one["metric"] for one in content["rows"]]
    assert len(metrics) == len(set(metrics)), "each row has a name of its own"
    if name == "against_pyagrum":
        apart = next(one for one in content["rows"] if "difference" in one["metric"])
        assert apart["met"] is True


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["speling"])
    assert stop.value.code == 2
    assert "There is no benchmark speling. Choose from inference_speed" in capsys.readouterr().err


def test_a_benchmark_that_cannot_run_is_named_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*, quick: bool) -> list[dict[str, object]]:
        raise CannotRun("pyAgrum is not installed.")

    def nothing(*, quick: bool) -> list[dict[str, object]]:
        return []

    monkeypatch.setattr(import_module("benchmarks.cases"), "run", stop)
    monkeypatch.setattr(import_module("benchmarks.process"), "run", nothing)
    assert main(["cases", "process", "--quick", "--results", str(tmp_path)]) == 1
    assert "cases could not be run: pyAgrum is not installed." in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["process.json"]


def test_pyagrum_is_asked_what_was_observed() -> None:
    from benchmarks.part import part_of
    from benchmarks.patients import patients

    knowledge = load_knowledge()
    part = part_of(knowledge, sorted(knowledge.conditions)[:3])
    person = person_of(part, patients(part, 1, 1)[0].case)
    asked = against_pyagrum.problem(person, (1.0, 5))
    names = [node["name"] for node in asked["nodes"]]
    assert {f"n{node}" for node in person.conditions} <= set(names)
    known: set[str] = set()
    for node in asked["nodes"]:
        assert {cause for cause, _ in node["causes"]} <= known, "causes come first"
        known.add(node["name"])
    assert asked["evidence"].keys() <= known
    assert all(
        max(pair) == 1 and np.all(np.array(pair) >= 0) for pair in asked["evidence"].values()
    )
