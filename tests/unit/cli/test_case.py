"""`kinechain case new` and `kinechain case check`."""

from __future__ import annotations

from pathlib import Path

from kinechain.intake import template
from tests.unit.cli.conftest import Run


def test_new_prints_the_template(run: Run) -> None:
    assert run("case", "new").stdout == template()


def test_new_writes_a_file_and_never_over_one(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "new.yaml"
    done = run("case", "new", target)
    assert done.exit_code == 0
    assert str(target) in done.stdout
    assert target.read_text(encoding="utf-8") == template()
    target.write_text("mine", encoding="utf-8")
    done = run("case", "new", target)
    assert done.exit_code == 2
    assert "left as it is" in done.stderr
    assert target.read_text(encoding="utf-8") == "mine"


def test_check_says_what_was_understood(run: Run, case_file: Path) -> None:
    done = run("case", "check", case_file)
    assert done.exit_code == 0
    assert "Understood: 1 painful site." in done.stdout
    assert "0 errors, 0 warnings." in done.stdout


def test_check_lists_every_issue(run: Run, wrong_file: Path) -> None:
    done = run("case", "check", wrong_file)
    assert done.exit_code == 2
    for words in ("no_such_finding", "absnt", "wrong.yaml:5", "Remedy: "):
        assert words in done.stdout


def test_check_of_a_missing_file(run: Run, tmp_path: Path) -> None:
    done = run("case", "check", tmp_path / "none.yaml")
    assert done.exit_code == 2
    assert "Nothing was understood." in done.stdout
