"""Every public name says what it is; what it says of its parameters is true."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import kinechain
from tests.house.tree import ROOT, modules, name_of, parsed, shown

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = Function | ast.ClassDef
SECTION = re.compile(r"^(?P<title>[A-Z][A-Za-z ]+)\n-{3,}\n", re.MULTILINE)


def public(path: Path) -> Iterator[Documented]:
    """The public functions, classes and methods of a module."""
    if any(part.startswith("_") and part != "__init__" for part in name_of(path).split(".")):
        return
    for node in parsed(path).body:
        if isinstance(node, Documented) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, Function) and not inner.name.startswith("_"):
                        yield inner


def parameters(node: Function) -> list[str]:
    """The names of a function's parameters, without self and cls."""
    given = node.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    named += [one for one in (given.vararg, given.kwarg) if one is not None]
    return [one.arg for one in named if one.arg not in {"self", "cls"}]


def section(text: str, title: str) -> str | None:
    """The body of a numpydoc section."""
    found = list(SECTION.finditer(text))
    for index, match in enumerate(found):
        if match["title"] == title:
            end = found[index + 1].start() if index + 1 < len(found) else len(text)
            return text[match.end() : end]
    return None


def documented_parameters(text: str) -> list[str] | None:
    """The names in the Parameters section; None when there is none."""
    body = section(text, "Parameters")
    if body is None:
        return None
    names: list[str] = []
    for line in body.splitlines():
        if line and not line.startswith(" "):
            names += [name.strip().lstrip("*") for name in line.split(" : ")[0].split(",")]
    return names


def is_command(node: Function) -> bool:
    """Whether a function is a click command: its docstring is help for the user."""
    marks = [ast.unparse(mark) for mark in node.decorator_list]
    return any(re.search(r"\b(command|group)\b", mark) for mark in marks)


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(parsed(path)) or not parsed(path).body, f"{shown(path)}: a docstring"


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_public_names_are_documented(path: Path) -> None:
    wrong: list[str] = []
    for node in public(path):
        text = ast.get_docstring(node)
        where = f"{shown(path)}:{node.lineno} {node.name}"
        if not text:
            wrong.append(f"{where} has no docstring")
            continue
        summary = text.split("\n\n")[0].rstrip()
        if summary[-1:] not in set(".:?!"):
            wrong.append(f"{where}: the summary is a sentence and ends with a full stop")
        if isinstance(node, Function) and not is_command(node):
            said = documented_parameters(text)
            if said is not None and said != parameters(node):
                wrong.append(f"{where}: documents {said}, takes {parameters(node)}")
    assert not wrong


@pytest.mark.parametrize("name", kinechain.__all__)
def test_front_page_documents_parameters_and_result(name: str) -> None:
    thing = getattr(kinechain, name)
    if not inspect.isfunction(thing):
        assert name.startswith("__") or thing.__doc__
        return
    text = inspect.getdoc(thing) or ""
    signature = inspect.signature(thing)
    if signature.parameters:
        assert documented_parameters(text) == list(signature.parameters)
    assert signature.return_annotation in {None, "None"} or section(text, "Returns")


def test_front_page_is_in_the_reference() -> None:
    page = (ROOT / "docs/reference/api.md").read_text(encoding="utf-8")
    missing = [name for name in kinechain.__all__ if not name.startswith("__")]
    missing = [name for name in missing if f"kinechain.{name}\n" not in page]
    assert not missing, "docs/reference/api.md"
