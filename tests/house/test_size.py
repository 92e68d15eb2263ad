"""Modules and functions stay small enough to be read at once."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.tree import files, parsed, shown

MODULE_LINES = 400
FUNCTION_LINES = 60  # without the docstring

PYTHON = [path for path in files() if path.suffix == ".py"]
NOT_TESTS = [path for path in PYTHON if not shown(path).startswith("tests/")]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function from its `def` to its end, without the docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is not None:
        first = node.body[0]
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


@pytest.mark.parametrize("path", PYTHON, ids=shown)
def test_module_is_small(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MODULE_LINES, f"{shown(path)} has {lines} lines: split it by what it does"


@pytest.mark.parametrize("path", NOT_TESTS, ids=shown)
def test_functions_are_small(path: Path) -> None:
    long = [
        f"{shown(path)}:{node.lineno} {node.name} has {length(node)} lines"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and length(node) > FUNCTION_LINES
    ]
    assert not long
