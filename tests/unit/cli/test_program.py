"""The program as a whole: help, wrong use, faults."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

import kinechain
from kinechain.cli import main
from kinechain.domain.case import Issue
from kinechain.knowledge import KnowledgeError
from tests.unit.cli.conftest import Run

HEAVY = ("numpy", "msgspec", "rich", "jinja2", "yaml", "kinechain.knowledge", "multiprocessing")


def every(command: click.Command = main, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path]
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            found += every(below, (*path, name))
    return found


@pytest.mark.parametrize("path", every(), ids=" ".join)
def test_every_command_has_help(run: Run, path: tuple[str, ...]) -> None:
    done = run(*path, "--help")
    assert done.exit_code == 0
    assert "Usage: " in done.output
    assert run(*path, "-h").output == done.output


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from kinechain.cli import main\n"
        "try: main(['--help'])\n"
        f"except SystemExit: print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")


def test_version(run: Run) -> None:
    assert run("--version").output == f"kinechain {kinechain.__version__}\n"


def test_commands_stand_in_the_order_of_use(run: Run) -> None:
    lines = run("--help").output.partition("Commands:")[2].partition("\n\n")[0].splitlines()
    names = [line.split()[0] for line in lines[1:] if line.startswith("  ")]
    assert names == ["interview", "assess", "plan", "follow-up", "plans", "gait", "explain", "case",
                     "findings", "conditions", "knowledge", "benchmark", "serve", "users",
                     "backup", "restore", "audit", "database"]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["asess", "x.yaml"], "Did you mean 'assess'?"),
        (["knowledge", "chek"], "Did you mean 'check'?"),
        (["zzz"], "There is no command 'zzz'."),
        (["assess"], "Missing argument"),
        (["assess", "x.yaml", "--no-such-option"], "No such option"),
        (["assess", "x.yaml", "--draws", "many"], "is not a valid integer"),
        (["assess", "x.yaml", "--draws", "0"], "not in the range"),
        (["assess", "x.yaml", "--seed", "-1"], "not in the range"),
        (["assess", "x.yaml", "--json", "--text"], "exclude each other"),
        (["assess", "x.yaml", "y.yaml"], "unexpected extra argument"),
        (["benchmark", "cases", "no/such/folder"], "does not exist"),
        (["knowledge", "check", "--folder", "no/such/folder"], "does not exist"),
    ],
)
def test_wrong_use_ends_with_2_and_a_hint(run: Run, words: list[str], said: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not done.stdout


def test_a_fault_is_one_line_and_70(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("something\nwith two lines")

    monkeypatch.delenv("KINECHAIN_TRACEBACK", raising=False)
    monkeypatch.setattr("kinechain.knowledge.load_knowledge", broken)
    done = run("findings", "knee")
    assert done.exit_code == 70
    assert len(done.stderr.splitlines()) == 1
    assert "RuntimeError: something with two lines" in done.stderr
    assert "report it to" in done.stderr
    monkeypatch.setenv("KINECHAIN_TRACEBACK", "1")
    assert isinstance(run("findings", "knee").exception, RuntimeError)


def test_unusable_knowledge_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    issue = Issue(level="error", where="findings/x.yaml", message="is broken")

    def broken(*_: object) -> None:
        raise KnowledgeError([issue])

    monkeypatch.setattr("kinechain.knowledge.load_knowledge", broken)
    done = run("conditions")
    assert done.exit_code == 1
    assert "findings/x.yaml: is broken" in done.stderr
    assert "knowledge check" in done.stderr


def test_a_reader_that_goes_away_leaves_no_traceback(tmp_path: Path) -> None:
    shell = f"{sys.executable} -m kinechain.cli findings | head -n 1"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False)
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert "fault" not in done.stderr


def test_an_output_that_cannot_show_a_character_is_no_fault() -> None:
    words = ["knowledge", "show", "lumbar_disc_herniation"]
    done = subprocess.run([sys.executable, "-m", "kinechain.cli", *words], capture_output=True,
                          check=False, env={"PYTHONIOENCODING": "latin-1",
                                            "PYTHONPATH": ":".join(sys.path)})  # fmt: skip
    assert done.returncode == 0
    assert b"l4_5 ? l5" in done.stdout
