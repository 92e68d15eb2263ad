"""`kinechain plan`, `plans` and `follow-up`, from a case file to what is printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scripts.write_schemas import DATA
from tests.unit.cli.conftest import Run

COURSE = """\
case: knee
as_of: 2026-11-20
age: 67
sex: female
complaint: longstanding
pain:
  - {site: knee_anterior, side: right, intensity: 6, duration: 9 months}
drugs: [ibuprofen 400 mg, apixaban]
diseases: [stomach ulcer]
treatments:
  - {treatment: exercise_therapy, response: none, on: 2026-08-01, until: 2026-11-01}
scores:
  - {instrument: nprs, on: 2026-08-01, score: 7}
  - {instrument: nprs, on: 2026-11-15, score: 7}
"""
EMERGENCY = """\
case: saddle
age: 45
pain: [low_back]
findings:
  present: [saddle_anaesthesia, urinary_retention]
"""


@pytest.fixture
def course_file(tmp_path: Path) -> Path:
    path = tmp_path / "course.yaml"
    path.write_text(COURSE, encoding="utf-8")
    return path


def schema_of(name: str) -> dict[str, Any]:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def statuses(plan: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["status"] for one in plan["treatments"]}


@pytest.mark.slow
def test_a_plan_its_next_version_and_an_approval(run: Run, course_file: Path) -> None:
    done = run("plan", course_file, "--json")
    assert done.exit_code == 0, done.stderr
    plan = json.loads(done.stdout)
    jsonschema.validate(plan, schema_of("plan.schema.json"))
    found = statuses(plan)
    assert found["oral_nsaid"] == "contraindicated", "a blood thinner and an ulcer"
    assert found["exercise_therapy"] == "already_tried"
    assert any("takes" in line for line in plan["medication_review"])
    assert plan["plan_version"] == 1

    first = course_file.with_name("plan-1.json")
    first.write_text(done.stdout, encoding="utf-8")
    again = json.loads(run("plan", course_file, "--previous", first, "--json").stdout)
    assert again["plan_version"] == 1, "nothing has changed"
    assert again["history"] == plan["history"]

    approved = run("plans", "approve", first, "--role", "physical_therapist", "--by", "A. B.",
                   "--on", "2026-11-22")  # fmt: skip
    assert approved.exit_code == 0, approved.stderr
    assert "Still to approve" in approved.stdout

    course_file.write_text(
        COURSE.replace("diseases: [stomach ulcer]", "diseases: [kidney failure]").replace(
            "drugs: [ibuprofen 400 mg, apixaban]\n", ""
        ),
        encoding="utf-8",
    )
    second = course_file.with_name("plan-2.json")
    second.write_text(run("plan", course_file, "--previous", first, "--json").stdout)
    changed = json.loads(second.read_text())
    assert changed["plan_version"] == 2
    assert len(changed["history"]) == 2
    states = {one["role"]: one["state"] for one in changed["approvals"]}
    assert states["physical_therapist"] in ("approved", "to_review")
    told = run("plans", "compare", first, second)
    assert told.exit_code == 0
    assert "treatment" in told.stdout or "approval" in told.stdout


@pytest.mark.slow
def test_an_emergency_stands_first_and_holds_the_rest(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "emergency.yaml"
    path.write_text(EMERGENCY, encoding="utf-8")
    page = tmp_path / "plan.html"
    done = run("plan", path, "--html", page)
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    heads = [line for line in lines if line.isupper()]
    assert heads[0] == "WHAT CANNOT WAIT"
    assert "Emergency now" in done.stdout
    text = page.read_text(encoding="utf-8")
    assert text.index("Emergency now") < text.index("exercise")
    plan = json.loads(run("plan", path, "--json").stdout)
    safe = {"referral"}
    for one in plan["treatments"]:
        if one["status"] in ("recommended", "option") and one["kind"] not in safe:
            assert one["gate"] is None or one["gate"]["met"]
            assert one["kind"] not in ("manual", "injection", "exercise")
    patient = run("plan", path, "--patient").stdout
    assert "GO TO HOSPITAL NOW" in patient


@pytest.mark.slow
def test_the_course_is_read(run: Run, course_file: Path) -> None:
    done = run("follow-up", course_file, "--json")
    assert done.exit_code == 0, done.stderr
    result = json.loads(done.stdout)
    jsonschema.validate(result, schema_of("follow_up.schema.json"))
    assert (result["outcome"], result["decision"]) == ("unchanged", "step_up")
    assert any(one["finding"] == "exercise_trial_response" for one in result["responses"])
    assert result["natural_history"]
    shown = run("follow-up", course_file)
    assert "Unchanged: go one step up" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 110


def test_what_is_no_plan_is_refused(run: Run, course_file: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}", encoding="utf-8")
    done = run("plans", "compare", wrong, wrong)
    assert done.exit_code == 2
    assert "wrong.json" in done.stderr
    assert "kinechain plan --json" in done.stderr
    missing = run("plan", course_file, "--previous", tmp_path / "none.json")
    assert missing.exit_code == 2
    assert "none.json" in missing.stderr
    both = run("plan", course_file, "--json", "--patient")
    assert both.exit_code == 2


def test_nothing_to_plan_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text("pian: [knee]\n", encoding="utf-8")
    for command in ("plan", "follow-up"):
        done = run(command, path)
        assert done.exit_code in (0, 2)
        assert "Traceback" not in done.stderr


def test_an_approval_needs_a_date(run: Run, tmp_path: Path) -> None:
    done = run("plans", "approve", tmp_path / "x.json", "--role", "patient", "--by", "x",
               "--on", "tomorrow")  # fmt: skip
    assert done.exit_code == 2
    assert "tomorrow" in done.stderr
