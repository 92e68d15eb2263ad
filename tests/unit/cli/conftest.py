"""A result made by hand for the tests of the commands, so that nothing is computed for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kinechain.cli import main
from kinechain.domain.assessment import (
    SCHEMA_VERSION,
    Assessment,
    ConditionResult,
    Flag,
    Origin,
    PathResult,
    SiteResult,
)
from kinechain.intake import CaseReading

Run = Callable[..., Result]
CASE = "age: 50\npain:\n  - {site: knee_anterior, side: left}\n"
WRONG = CASE + "findings:\n  present: [saddle_anaesthesia, no_such_finding]\n  absnt: []\n"


@pytest.fixture
def run() -> Run:
    """Runs the program with the given words."""
    runner = CliRunner()
    return lambda *words: runner.invoke(main, [str(word) for word in words])


@pytest.fixture
def case_file(tmp_path: Path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    return path


@pytest.fixture
def wrong_file(tmp_path: Path) -> Path:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    return path


def made_result(reading: CaseReading) -> Assessment:
    """An invented result that passes on the case's issues."""
    name = "knee_osteoarthritis.left"
    path = PathResult(path=(name, "knee_anterior.left"), labels=("Arthritis", "Front of the knee"),
                      fired=0.6, low=0.4, high=0.7, responsibility=0.6)  # fmt: skip
    return Assessment(
        schema_version=SCHEMA_VERSION,
        program_version="0",
        knowledge_version="invented",
        case_id=reading.case.id,
        as_of=None,
        red_flags=(
            Flag(id="x", label="An invented flag", urgency="emergency_now", status="raised",
                 basis="rule", because=("it is invented",), action="Do something.", sources=()),
        ),
        not_excluded=(),
        conditions=(
            ConditionResult(condition="knee_osteoarthritis", label="Arthritis", explains=0.6,
                            low=0.4, high=0.7, present=0.6, origins=(name,)),
        ),
        origins=(
            Origin(id=name, condition="knee_osteoarthritis", label="Arthritis, left", level=None,
                   side="left", explains=0.6, low=0.4, high=0.7, present=0.6, prior=0.1,
                   judgement_share=0.5),
        ),
        sites=(
            SiteResult(site="knee_anterior", label="Front of the knee, left", side="left",
                       paths=(path,), unexplained=0.4),
        ),
        contributions={},
        next=(),
        issues=reading.issues,
        timing_ms={"total": 1.0},
    )  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Replaces the assessment; holds the options of every call."""
    calls: list[dict[str, object]] = []

    def invented(reading: CaseReading, knowledge: object, **options: object) -> Assessment:
        calls.append(options)
        return made_result(reading)

    monkeypatch.setattr("kinechain.service.assess.assess", invented)
    return calls
