"""`kinechain assess`: forms of the output, exit status, files."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import kinechain
from kinechain.cli.assess import assess as command
from kinechain.inference import uncertainty
from tests.unit.cli.conftest import Run

PACKAGE = Path(kinechain.__file__).parent
SCHEMA = json.loads((PACKAGE / "data" / "assessment.schema.json").read_text(encoding="utf-8"))
CONTRACT = [
    "schema_version", "program_version", "knowledge_version", "case_id", "as_of", "red_flags",
    "not_excluded", "conditions", "origins", "sites", "contributions", "next", "issues",
    "timing_ms",
]  # fmt: skip


def valid(text: str) -> dict:
    result = json.loads(text)
    jsonschema.Draft202012Validator(SCHEMA).validate(result)
    return result


def test_the_report_is_printed(run: Run, asked, case_file: Path) -> None:
    done = run("assess", case_file)
    assert done.exit_code == 0
    assert "An invented flag" in done.stdout
    assert "Arthritis, left" in done.stdout
    assert "\x1b" not in done.stdout, "no colour where there is no terminal"
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    assert done.stderr == ""


def test_json_is_the_whole_result_and_nothing_else(run: Run, asked, case_file: Path) -> None:
    done = run("assess", case_file, "--json")
    assert list(valid(done.stdout)) == CONTRACT
    assert done.stderr == ""


def test_text_is_a_note_and_errors_are_not_lost(run: Run, asked, wrong_file: Path) -> None:
    done = run("assess", wrong_file, "--text")
    assert done.exit_code == 2
    assert done.stdout.startswith("KINECHAIN, case wrong")
    assert done.stdout.isascii()
    for name in ("no_such_finding", "absnt"):
        assert name in done.stderr


@pytest.mark.parametrize("form", [[], ["--json"], ["--text"]])
def test_errors_end_with_2_and_the_rest_is_assessed(
    run: Run, asked, wrong_file: Path, form: list[str]
) -> None:
    done = run("assess", wrong_file, *form)
    assert done.exit_code == 2
    assert "An invented flag" in done.stdout
    assert asked


def test_the_page_is_written_and_said_where(run: Run, asked, case_file: Path) -> None:
    target = case_file.with_name("report.html")
    done = run("assess", case_file, "--html", target)
    assert done.exit_code == 0
    assert str(target) in done.stdout
    page = target.read_text(encoding="utf-8")
    assert "An invented flag" in page
    assert "<svg" in page, "with the body map"


@pytest.mark.parametrize("form", ["--json", "--text"])
def test_where_the_page_is_does_not_disturb_the_output(
    run: Run, asked, case_file: Path, form: str
) -> None:
    target = case_file.with_name("report.html")
    done = run("assess", case_file, form, "--html", target)
    assert str(target) not in done.stdout
    assert str(target) in done.stderr
    assert target.is_file()


def test_a_page_that_cannot_be_written_is_said_before_the_work(
    run: Run, asked, case_file: Path
) -> None:
    for target in (case_file.parent, case_file.parent / "no" / "report.html"):
        done = run("assess", case_file, "--html", target)
        assert done.exit_code == 2
        assert done.stderr.startswith("Error: ")
    assert not asked


@pytest.mark.skipif(os.geteuid() == 0, reason="everything can be written by root")
def test_a_forbidden_page_is_an_error(run: Run, asked, case_file: Path) -> None:
    case_file.parent.chmod(0o500)
    try:
        done = run("assess", case_file, "--html", case_file.with_name("report.html"))
    finally:
        case_file.parent.chmod(0o700)
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


def test_options_are_passed_on(run: Run, asked, case_file: Path) -> None:
    run("assess", case_file, "--draws", "50", "--seed", "7")
    run("assess", case_file)
    assert asked == [{"draws": 50, "seed": 7}, {"seed": 0}]


def test_the_help_names_the_true_default() -> None:
    (draws,) = [one for one in command.params if one.name == "draws"]
    assert f"{uncertainty.DRAWS} if not given" in inspect.cleandoc(draws.help or "")


@pytest.mark.parametrize("name", ["missing.yaml", ".", "empty.yaml", "hostile.yaml"])
@pytest.mark.parametrize("form", [[], ["--json"], ["--text"]])
def test_a_file_that_cannot_be_read(
    run: Run, asked, tmp_path: Path, name: str, form: list[str]
) -> None:
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    (tmp_path / "hostile.yaml").write_text("a: &a [x, x]\nb: [*a, *a]\n", encoding="utf-8")
    done = run("assess", tmp_path / name, *form)
    assert done.exit_code == 2
    assert not asked, "nothing is inferred from nothing"
    if form == ["--json"]:
        result = valid(done.stdout)
        assert any(issue["level"] == "error" for issue in result["issues"])
        assert result["conditions"] == []
    else:
        assert done.stdout == ""
        assert "error: " in done.stderr


def test_flags_are_shown_even_if_the_report_fails(
    run: Run, asked, case_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> str:
        raise RuntimeError("no report")

    monkeypatch.setattr("kinechain.report.terminal.render", broken)
    done = run("assess", case_file)
    assert done.exit_code == 70
    assert "An invented flag" in done.stderr


def program(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kinechain.cli", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_shipped_example_as_a_process(tmp_path: Path) -> None:
    example = min((PACKAGE / "examples").glob("*.yaml"))
    page = tmp_path / "report.html"
    done = program("assess", example, "--json", "--html", page)
    assert done.returncode == 0, done.stderr
    result = valid(done.stdout)
    assert list(result) == CONTRACT
    assert len(result["contributions"]) == 10
    assert result["conditions"] == sorted(result["conditions"], key=lambda c: -c["explains"])
    for site in result["sites"]:
        total = sum(path["responsibility"] for path in site["paths"]) + site["unexplained"]
        assert total == pytest.approx(1)
    assert "<svg" in page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_wrong_file_as_a_process_still_raises_the_flag(wrong_file: Path) -> None:
    done = program("assess", wrong_file, "--json")
    assert done.returncode == 2
    raised = [flag for flag in valid(done.stdout)["red_flags"] if flag["status"] == "raised"]
    assert any(flag["condition"] == "cauda_equina_syndrome" for flag in raised)
    assert "Traceback" not in done.stderr
