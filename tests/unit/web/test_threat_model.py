"""The threat model names tests that exist, and every test of an attack is named in it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT

PAGE = ROOT / "docs/explanation/threat-model.md"
HERE = Path(__file__).parent
FILES = [
    *(HERE / f"test_{name}.py" for name in ("access", "account", "attacks", "headers", "limits",
                                            "raw_requests", "security", "sign_in")),
    *(ROOT / f"tests/unit/service/test_clinic_{name}.py" for name in ("links", "throttle")),
    *(ROOT / f"tests/unit/service/accounts/test_account_{name}.py"
      for name in ("changes", "second_factor", "sessions", "sign_in")),
]  # fmt: skip


def written() -> set[str]:
    found = (node for path in FILES for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return {one.name for one in found
            if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")}  # fmt: skip


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text("utf-8")))
    assert len(named) > 50
    assert named <= written()


def test_every_row_of_the_tables_of_attacks_names_a_test() -> None:
    part = PAGE.read_text("utf-8").partition("## What is done")[2].partition("## The rule")[0]
    rows = [one for one in part.splitlines() if one.startswith("| ") and "---" not in one]
    attacks = [one for one in rows if not one.startswith("| Attack")]
    assert len(attacks) > 35
    assert [one for one in attacks if "`test_" not in one] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_files_are_there(path: Path) -> None:
    assert path.exists()
