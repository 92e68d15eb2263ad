"""`kinechain gait analyse --html` writes the page beside what is printed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.cli.conftest import Run

WALK = (
    Path(__file__).parents[3] / "src/kinechain/data/gait_samples/synthetic_walk.c3d"
)  # fmt: skip


def test_the_page_is_written_beside_the_report(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "walk.html"
    done = run("gait", "analyse", WALK, "--age", 50, "--sex", "female", "--html", target)
    assert done.exit_code == 0, done.stderr
    assert "WHAT DEVIATES" in done.stdout
    assert str(target) in done.stdout
    page = target.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "synthetic_walk.c3d" in page
    assert "50 years, female" in page
    assert str(WALK.parent) not in page, "folders may name a patient"


def test_json_stays_json(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "walk.html"
    done = run("gait", "analyse", WALK, "--json", "--html", target)
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["frames"] > 0
    assert target.exists()


def test_what_cannot_be_written_is_refused_before_the_work(run: Run, tmp_path: Path) -> None:
    done = run("gait", "analyse", WALK, "--html", tmp_path / "no" / "walk.html")
    assert done.exit_code == 2
    assert "does not exist" in done.stderr
    assert run("gait", "analyse", WALK, "--html", tmp_path).exit_code == 2
