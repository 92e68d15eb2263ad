"""What the house tests read: the project's files, as text and as syntax trees."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "kinechain"
NOT_OURS = {".git", ".venv", "build", "dist", "__pycache__", ".pytest_cache", ".ruff_cache",
            ".hypothesis", "node_modules"}  # fmt: skip


@cache
def project() -> dict[str, object]:
    """The contents of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project: what git knows or would add; without git, all but products."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        if done.returncode == 0:
            names = [name for name in done.stdout.decode().split("\0") if name]
            return tuple(ROOT / name for name in names if (ROOT / name).is_file())
    found = (path for path in ROOT.rglob("*") if path.is_file())
    return tuple(path for path in found if not NOT_OURS & set(path.relative_to(ROOT).parts))


@cache
def modules() -> tuple[Path, ...]:
    """The Python files of the package."""
    return tuple(sorted(SOURCE.rglob("*.py")))


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """The dotted name of a module of the package, `kinechain.triage.rules` for example."""
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def shown(path: Path) -> str:
    """The path as one writes it from the project's folder."""
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything a module imports, wherever in it."""
    package = name_of(path) if path.stem == "__init__" else name_of(path).rpartition(".")[0]
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base]).rstrip(".")
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def markdown() -> tuple[Path, ...]:
    """The pages of documentation."""
    pages = [path for path in files() if path.suffix == ".md"]
    return tuple(sorted(path for path in pages if "tests" not in path.relative_to(ROOT).parts))


FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```",
                   re.MULTILINE | re.DOTALL)  # fmt: skip


def blocks(page: Path) -> Iterator[tuple[int, str, str]]:
    """Line, language and text of every fenced block of a page."""
    text = page.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield line, match["language"].strip(), match["body"]


def spans(page: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every code span of a page, outside fenced blocks."""
    text = page.read_text(encoding="utf-8")
    text = FENCE.sub(lambda match: "\n" * match.group().count("\n"), text)
    for match in re.finditer(r"(?<!`)`([^`]+)`(?!`)", text):
        yield text.count("\n", 0, match.start()) + 1, " ".join(match[1].split())


def commands(page: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every shell command a page shows, in blocks and in code spans."""
    for line, language, body in blocks(page):
        if language in {"sh", "bash", "console", "shell", ""}:
            for offset, command in enumerate(body.replace("\\\n", "  ").splitlines(), start=1):
                yield line + offset, command.strip().removeprefix("$ ").split(" #")[0]
    yield from spans(page)
