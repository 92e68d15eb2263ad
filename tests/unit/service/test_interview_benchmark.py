"""The interview against simulated patients: the simulation, the ways of asking, the figures."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from kinechain.cli import main
from kinechain.knowledge import load_knowledge
from kinechain.service.interview_benchmark import settled
from kinechain.service.interview_policies import WAYS, answered, full_record
from kinechain.service.simulation import MOST_SITES, simulate


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_patients_are_drawn_again_and_come_with_pain(seed: int) -> None:
    knowledge = load_knowledge()
    patient = simulate(knowledge, seed)
    assert patient == simulate(knowledge, seed)
    assert 1 <= len(patient.case.pain) <= MOST_SITES
    for pain in patient.case.pain:
        side = pain.side if pain.side in ("left", "right") else None
        assert patient.has(knowledge, pain.site, None, side)


def test_dangerous_patients_have_a_dangerous_origin() -> None:
    knowledge = load_knowledge()
    patient = simulate(knowledge, 5, danger=True)
    assert patient.dangers
    for name in patient.dangers:
        assert knowledge.conditions[name].danger
        assert patient.has(knowledge, name, None, None)


def test_the_full_record_tells_the_truth_and_asks_each_finding_once() -> None:
    knowledge = load_knowledge()
    patient = simulate(knowledge, 2)
    case = full_record(knowledge, patient)
    keys = [(one.finding, one.level, one.side) for one in case.observations]
    assert len(keys) == len(set(keys)) > 100
    for one in case.observations[:50]:
        side = one.side if one.side in ("left", "right") else None
        true = patient.has(knowledge, one.finding, one.level, side)
        assert one.state == ("present" if true else "absent")
    assert answered(knowledge, patient, patient.case, ()) == patient.case


def test_settled() -> None:
    assert settled([True, True]) == 0
    assert settled([False, True, False]) is None
    assert settled([False, True, False, True]) == 3


def test_the_command_prints_every_way_of_asking() -> None:
    words = ["benchmark", "interview", "--patients", "2", "--most", "4", "--jobs", "1"]
    done = CliRunner().invoke(main, [*words, "--json"])
    assert done.exit_code == 0, done.output
    result = json.loads(done.output)
    assert [one["way"] for one in result["summaries"]] == list(WAYS)
    assert result["patients"] == 2
    for rows in result["interviews"]:
        for row in rows:
            assert row["questions"] <= 4
            assert row["items"] >= row["questions"]
            assert row["recognised"] >= row["recognised_first"] >= 0
    ours = result["summaries"][0]
    assert ours["ready_median_ms"] > 0


def test_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    from kinechain.service.interview_benchmark import InterviewBenchmark, Summary

    rows = tuple(
        Summary(way=way, questions_median=20, items_median=30, cost_median=40,
                settled=(1, 5, 9), never=0.25, recognised=0.8, recognised_first=0.1,
                ready_median_ms=120, ready_p95_ms=180)
        for way in WAYS
    )  # fmt: skip
    made = InterviewBenchmark(knowledge_version="x", patients=4, dangerous=2, seed=0,
                              most_questions=40, summaries=rows, interviews=())  # fmt: skip
    monkeypatch.setattr("kinechain.service.interview_benchmark.run_interviews",
                        lambda *given, **options: made)  # fmt: skip
    done = CliRunner().invoke(main, ["benchmark", "interview"])
    assert done.exit_code == 0, done.output
    for words in ("kinechain", "fixed order", "bits alone", "1 to 9", "25%", "80%", "120"):
        assert words in done.output
