"""`kinechain findings` and `kinechain conditions`."""

from __future__ import annotations

import pytest

from kinechain.knowledge import load_knowledge
from tests.unit.cli.conftest import Run


@pytest.mark.parametrize(
    ("words", "id_", "said"),
    [
        (["lasegue"], "straight_leg_raise", "left or right"),
        (["paraesthesia"], "paraesthesia", "levels l2 l3"),
        (["front", "of", "the", "knee"], "knee_anterior", "painful site"),
        (["temperature"], "temperature", "value in Cel"),
        (["spine clinic"], "spine_clinic", "setting"),
        (["obesity"], "obesity", "history or exposure"),
        (["knee"], "knee", "somewhere in: knee_anterior"),
    ],
)
def test_findings(run: Run, words: list[str], id_: str, said: str) -> None:
    done = run("findings", *words)
    assert done.exit_code == 0
    assert done.stdout.startswith(f"{id_}  ")
    assert said in " ".join(done.stdout.split())


def test_conditions(run: Run) -> None:
    done = run("conditions", "slipped disc")
    assert done.stdout.startswith("lumbar_disc_herniation  ")
    assert "levels l2_3 l3_4 l4_5 l5_s1" in " ".join(done.stdout.split())


def test_without_text_everything_is_listed(run: Run) -> None:
    knowledge = load_knowledge()
    ids = {line.split("  ")[0] for line in run("conditions").stdout.splitlines()
           if not line.startswith(" ")}  # fmt: skip
    assert ids == set(knowledge.conditions)
    named = run("findings").stdout
    assert all(f"{name}  " in named for name in (*knowledge.findings, *knowledge.sites))


def test_nothing_found(run: Run) -> None:
    done = run("findings", "qqqqqq")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "Nothing is called 'qqqqqq'" in done.stderr
