"""`--base-rates` of `kinechain assess`."""

from __future__ import annotations

import json
from pathlib import Path

from kinechain.knowledge import load_knowledge
from tests.unit.cli.conftest import Run
from tests.unit.knowledge.test_base_rates import GOOD


def test_a_result_tells_whose_rates_it_was_made_with(
    run: Run, case_file: Path, tmp_path: Path
) -> None:
    rates = tmp_path / "rates.yaml"
    rates.write_text(GOOD, encoding="utf-8")
    done = run("assess", case_file, "--base-rates", rates, "--draws", "20", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["knowledge_version"] != load_knowledge().version
    assert any("Register of the practice" in one["message"] for one in found["issues"])


def test_a_wrong_file_stops_it(run: Run, case_file: Path, tmp_path: Path, asked: list) -> None:
    rates = tmp_path / "rates.yaml"
    rates.write_text("source: x\n", encoding="utf-8")
    done = run("assess", case_file, "--base-rates", rates)
    assert done.exit_code == 2
    assert "rates.yaml, line 1, conditions" in done.stderr
    assert not asked
    assert not done.stdout


def test_without_the_option_nothing_changes(run: Run, case_file: Path, asked: list) -> None:
    done = run("assess", case_file, "--text")
    assert done.exit_code == 0, done.output
    assert len(asked) == 1
    assert "base rates" not in done.stdout
