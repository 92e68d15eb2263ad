"""Imports go one way, and the reasoning does no input or output."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import SOURCE, imports, modules, parsed, shown

ORDER: tuple[tuple[str, ...], ...] = (
    ("domain",),
    ("knowledge",),
    ("intake", "gait", "triage", "inference"),
    ("explanation",),
    ("care",),
    ("report", "store"),
    ("service",),
    ("web", "fhir", "cds_hooks", "cohort"),
    ("cli",),  # its command serve starts the other doors
)
RANK = {name: rank for rank, layer in enumerate(ORDER) for name in layer}
PURE = ("triage", "inference", "explanation", "care")
WITHOUT_CODE = {"data", "examples", "__pycache__"}

# What a layer below `report` may use from outside; everything else is the doors' business.
LOW_LIBRARIES = {"ezc3d", "llvmlite", "msgspec", "numba", "numpy", "yaml"}
ONLY_IN = {"click": {"cli"}, "rich": {"report", "cli"}, "jinja2": {"report", "web"},
           "yaml": {"gait", "knowledge", "intake", "service", "cli"}, "ezc3d": {"gait"},
           "llvmlite": {"gait"}, "numba": {"gait"}, "sqlalchemy": {"store"},
           "alembic": {"store"}, "psycopg": {"store"}, "argon2": {"service"},
           "pyotp": {"service"}, "segno": {"service"}, "fastapi": {"web"},
           "starlette": {"web"}, "multipart": {"web"}, "uvicorn": {"web", "cli"},
           "weasyprint": {"report"}}  # fmt: skip
IMPURE = {
    "asyncio", "fileinput", "getpass", "glob", "http", "importlib", "io", "locale", "logging",
    "multiprocessing", "os", "pathlib", "pickle", "random", "secrets", "select", "shutil",
    "signal", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time",
    "urllib", "uuid", "yaml",
}  # fmt: skip
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "__import__"}
CLOCK = {"now", "utcnow", "today"}
GIVEN_RANDOM = {"Generator", "BitGenerator", "PCG64", "SeedSequence", "default_rng"}


def layer_of(path: Path) -> str:
    """The package below `kinechain` in which a module lies; empty for the top."""
    parts = path.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else ""


def wrong_imports(path: Path) -> Iterator[str]:
    here = layer_of(path)
    for line, name in imports(path):
        root, *rest = name.split(".")
        where = f"{shown(path)}:{line} imports {name}"
        if root != "kinechain":
            low = here and RANK[here] < RANK["report"]
            if low and root not in LOW_LIBRARIES | sys.stdlib_module_names:
                yield f"{where}; below report only {sorted(LOW_LIBRARIES)} are used"
            if here and root in ONLY_IN and here not in ONLY_IN[root]:
                yield f"{where}; {root} belongs into {sorted(ONLY_IN[root])}"
            continue
        there = rest[0] if rest else ""
        if there in RANK:
            if here and there != here and RANK[there] >= RANK[here]:
                yield f"{where}; {here} may not know {there}"
        elif here and there != "__version__":
            yield f"{where}; a layer may not import the package's front"


def impurities(path: Path) -> Iterator[str]:
    for line, name in imports(path):
        if name.split(".")[0] in IMPURE:
            yield f"{shown(path)}:{line} imports {name}"
        if name.startswith("numpy.random.") and name.split(".")[2] not in GIVEN_RANDOM:
            yield f"{shown(path)}:{line} imports {name}"
    for node in ast.walk(parsed(path)):
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if not isinstance(node, ast.Call) or "(" in called:
            continue  # what is called on the result of a call is seen at that call
        last = called.rpartition(".")[2]
        where = f"{shown(path)}:{node.lineno} calls {called}"
        if called in IMPURE_CALLS:
            yield f"{where}: input and output belong elsewhere"
        if last in CLOCK and called.rpartition(".")[0].split(".")[-1] in {"date", "datetime"}:
            yield f"{where}: the as-of date is an argument"
        if ".random." in f".{called}" and (last not in GIVEN_RANDOM or not node.args):
            yield f"{where}: a random source is an argument"


def test_every_package_has_its_place_in_the_order() -> None:
    found = {path.name for path in SOURCE.iterdir() if path.is_dir()} - WITHOUT_CODE
    assert found <= set(RANK), f"give {found - set(RANK)} a place in ORDER"


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_imports_go_one_way(path: Path) -> None:
    assert not list(wrong_imports(path))


@pytest.mark.parametrize("path", [p for p in modules() if layer_of(p) in PURE], ids=shown)
def test_reasoning_is_pure(path: Path) -> None:
    assert not list(impurities(path))


def written(tmp: Path, layer: str, text: str) -> Path:
    path = tmp / "kinechain" / layer / "module.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        ("domain", "from kinechain.knowledge import load_knowledge"),
        ("inference", "from kinechain.triage import rules"),
        ("inference", "def f():\n    from ..explanation import words"),
        ("intake", "import rich"),
        ("triage", "import fastapi"),
        ("service", "import kinechain"),
    ],
)
def test_a_wrong_import_is_noticed(
    layer: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, layer, text)
    for module in ("tests.house.tree", __name__):
        monkeypatch.setattr(f"{module}.SOURCE", tmp_path / "kinechain")
    monkeypatch.setattr("tests.house.tree.ROOT", tmp_path)
    assert list(wrong_imports(path))


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "from time import perf_counter",
        "from datetime import date\nnow = date.today()",
        "import datetime\nnow = datetime.datetime.now()",
        "import numpy as np\nx = np.random.default_rng()",
        "import numpy as np\nx = np.random.normal(0, 1)",
        "x = open('file')",
    ],
)
def test_an_impurity_is_noticed(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "inference", text)
    for module in ("tests.house.tree", __name__):
        monkeypatch.setattr(f"{module}.SOURCE", tmp_path / "kinechain")
    monkeypatch.setattr("tests.house.tree.ROOT", tmp_path)
    assert list(impurities(path))
