"""`kinechain explain`: the account of one origin in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run


def test_an_unknown_condition_names_its_neighbours(run: Run, case_file: Path) -> None:
    done = run("explain", case_file, "knee_osteoartritis")
    assert done.exit_code == 2
    assert "knee_osteoarthritis" in done.stderr
    assert not done.stdout


def test_a_file_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    done = run("explain", tmp_path / "none.yaml", "knee_osteoarthritis")
    assert done.exit_code == 2
    assert "none.yaml" in done.stderr
    assert not done.stdout


@pytest.mark.slow
def test_the_whole_account(run: Run, wrong_file: Path) -> None:
    done = run("explain", wrong_file, "slipped disc")
    assert done.exit_code == 2, "the case has errors"
    assert "no_such_finding" in done.stderr
    for head in ("RESULT", "HOW COMMON IT IS", "WHAT EVERY FINDING DOES TO IT",
                 "PATHS TO THE PAINFUL SITES", "WHAT WOULD CHANGE IT", "SOURCES"):  # fmt: skip
        assert head in done.stdout
    lines = [line for line in done.stdout.splitlines()[1:] if "http" not in line]
    assert max(len(line) for line in lines) <= 80


@pytest.mark.slow
def test_the_account_as_json(run: Run, case_file: Path) -> None:
    done = run("explain", case_file, "knee_osteoarthritis.left", "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert found["origin"]["id"] == "knee_osteoarthritis.left"
    assert found["prior"]
    assert found["contributions"]
    assert found["paths"]
    assert found["swings"]
