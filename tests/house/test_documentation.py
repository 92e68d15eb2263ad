"""The documentation names only what exists, and its examples run."""

from __future__ import annotations

import doctest
import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kinechain.cli import main
from scripts.write_cli_reference import PAGE, render
from tests.house.tree import ROOT, SOURCE, blocks, commands, markdown, shown, spans

PAGES = markdown()
MADE_BY_MAKE = ("build/", ".venv/", "dist/", "docs/_build/")
TOP = tuple(f"{path.name}/" for path in ROOT.iterdir() if path.is_dir() and path.name != ".git")


def called(command: str) -> list[str] | None:
    """The words after `kinechain` in a shell command; None when it does not call it."""
    found = re.match(r"(?:\.venv/bin/|[\w/.-]*python3? -m )?kinechain(?= |$)(.*)", command)
    if not found:
        return None
    words: list[str] = []
    for word in shlex.split(found[1], comments=True):
        if word in {"|", ">", "&&", ";", "<", "2>"}:
            break
        words.append(word)
    return words


def unknown(words: list[str]) -> Iterator[str]:
    """What in a call of the program its commands do not have."""
    command: click.Command = main
    path = "kinechain"
    for word in words:
        if word.startswith("-"):
            context = click.Context(command, info_name=path)
            options = {name for one in command.get_params(context) for name in one.opts}
            options |= {name for one in command.get_params(context) for name in one.secondary_opts}
            if word.split("=")[0] not in options:
                yield f"{path} has no option {word}"
        elif isinstance(command, click.Group):
            alternatives = word.split("|")
            for name in alternatives:
                if name not in command.commands:
                    yield f"{path} has no command {name}"
                    return
            command = command.commands[alternatives[0]]
            path = f"{path} {alternatives[0]}"


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_commands_exist(page: Path) -> None:
    wrong: list[str] = []
    for line, command in commands(page):
        for part in re.split(r"\s(?:&&|;|\|)\s", command):
            words = called(part.strip())
            if words is not None:
                wrong += [f"{shown(page)}:{line}: {one}" for one in unknown(words)]
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_files_exist(page: Path) -> None:
    wrong: list[str] = []
    for line, text in spans(page):
        if not re.fullmatch(r"[\w./-]+", text) or not text.startswith(TOP):
            continue
        if not text.startswith(MADE_BY_MAKE) and not (ROOT / text).exists():
            wrong.append(f"{shown(page)}:{line}: {text}")
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_lead_somewhere(page: Path) -> None:
    wrong: list[str] = []
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target) or target.startswith("#"):
            continue
        if not (page.parent / target.split("#")[0]).exists():
            wrong.append(f"{shown(page)}: {target}")
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_python_names_exist(page: Path) -> None:
    wrong: list[str] = []
    for line, text in spans(page):
        if not re.fullmatch(r"kinechain(\.\w+)+(\(\))?", text) or text.endswith(".cli:main"):
            continue
        if not resolves(text.removesuffix("()")):
            wrong.append(f"{shown(page)}:{line}: {text}")
    assert not wrong


def resolves(dotted: str) -> bool:
    """Whether a dotted name leads to a module or to something in one."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        try:
            for part in parts[cut:]:
                found = getattr(found, part)
        except AttributeError:
            return False
        return True
    return False


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_examples_give_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The `>>>` examples of a page run as one session, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    body = [(line, text) for line, _, text in blocks(page) if ">>> " in text]
    names: dict[str, object] = {}
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for line, text in body:
        test = doctest.DocTestParser().get_doctest(text, names, shown(page), shown(page), line)
        test.globs = names
        runner.run(test, clear_globs=False)
    assert runner.failures == 0, f"{shown(page)}: see the output above"


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_programs_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python blocks without a prompt run, in a folder where case.yaml is a shipped example."""
    programs = [text for _, kind, text in blocks(page) if kind == "python" and ">>> " not in text]
    if programs:
        example = min((SOURCE / "examples").glob("*.yaml"))
        (tmp_path / "case.yaml").write_bytes(example.read_bytes())
        monkeypatch.chdir(tmp_path)
        for text in programs:
            exec(compile(text, shown(page), "exec"), {"__name__": "__main__"})
        assert capsys.readouterr().out


def test_case_of_the_reference_is_valid(tmp_path: Path) -> None:
    page = ROOT / "docs/reference/case-format.md"
    (text,) = [text for _, kind, text in blocks(page) if kind == "yaml"]
    case = tmp_path / "case.yaml"
    case.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["case", "check", str(case)])
    assert done.exit_code == 0, done.output


def test_reference_of_the_commands_is_their_help() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "make reference"


@pytest.mark.parametrize(
    "command",
    ["kinechain asses case.yaml", "kinechain assess --no-such-option", "kinechain knowledge no"],
)
def test_a_wrong_command_is_noticed(command: str) -> None:
    words = called(command)
    assert words is not None
    assert list(unknown(words))
