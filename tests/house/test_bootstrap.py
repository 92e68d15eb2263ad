"""What cannot be set up is named, with what to do about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def fake(folder: Path, name: str, body: str) -> None:
    """A command in `folder` that behaves as `body` says."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the set-up reads, without an environment."""
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    return tmp_path


def set_up(project: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{project / 'bin'}:{os.environ['PATH']}", **variables}
    return subprocess.run(
        ["sh", "scripts/bootstrap.sh", "run"],
        cwd=project, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_missing_venv_module(project: Path) -> None:
    real = sys.executable
    fake(project / "bin", "python3", f'case "$2" in *ensurepip*) exit 1;; esac; exec {real} "$@"')
    done = set_up(project)
    assert done.returncode == 1
    assert "the venv module of" in done.stderr
    assert f"apt install python3-venv (or python{VERSION}-venv)" in done.stderr
    assert not (project / ".venv").exists()


def test_old_python(project: Path) -> None:
    fake(
        project / "bin", "oldpython", 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac'
    )
    done = set_up(project, PYTHON="oldpython")
    assert done.returncode == 1
    assert "oldpython is Python 3.9.2, and 3.11 or newer is needed" in done.stderr
    assert "make run PYTHON=python3.11" in done.stderr


def test_unknown_python(project: Path) -> None:
    done = set_up(project, PYTHON="no-such-python")
    assert done.returncode == 1
    assert "there is no command 'no-such-python'" in done.stderr


def test_missing_lock_file(project: Path) -> None:
    (project / "requirements" / "build.txt").unlink()
    venv = project / ".venv" / "bin"
    venv.mkdir(parents=True)
    body = 'case "$*" in *"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python;; esac'
    fake(project / "bin", "python3", f"{body}\necho {VERSION}")
    done = set_up(project)
    assert done.returncode == 1
    assert "there is no lock file requirements/build.txt" in done.stderr
    assert "make lock" in done.stderr


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_unknown_target(project: Path) -> None:
    done = subprocess.run(
        ["make", "tset"], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "There is no target 'tset'. Remedy: make help lists the targets." in done.stderr


def ready(project: Path, python: str) -> None:
    """An environment in which everything is installed, with this as its interpreter."""
    venv = project / ".venv"
    (venv / "bin").mkdir(parents=True)
    fake(venv / "bin", "python", python)
    kernels = project / "src" / "kinechain" / "gait" / "kernels"
    kernels.mkdir(parents=True)
    (kernels / "fit.py").write_text("# inner loops\n", encoding="utf-8")

    def print_of(text: bytes) -> str:
        return subprocess.run(
            ["cksum"], input=text, capture_output=True, check=True
        ).stdout.decode()

    stamps = {".place": f"{project}/.venv\n".encode(),
              ".installed-kinechain": (project / "pyproject.toml").read_bytes()}  # fmt: skip
    for group in ("build", "run"):
        stamps[f".installed-{group}"] = (project / "requirements" / f"{group}.txt").read_bytes()
    for name, text in stamps.items():
        (venv / name).write_text(print_of(text), encoding="utf-8")


def test_the_gait_kernels_are_prepared_once_and_it_is_said(project: Path) -> None:
    log = project / "log"
    ready(project, f'case "$*" in *"find()"*) exit 1;; *warm_up*) echo warmed >>{log};; esac')
    first, second = set_up(project), set_up(project)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert first.stdout == "Preparing the gait kernels, once, about a minute ...\n"
    assert second.stdout == ""
    assert log.read_text(encoding="utf-8") == "warmed\n"
    (project / "src/kinechain/gait/kernels/fit.py").write_text("# changed\n", encoding="utf-8")
    assert "Preparing" in set_up(project).stdout


def test_kernels_that_are_there_are_not_announced(project: Path) -> None:
    ready(project, "exit 0")
    done = set_up(project)
    assert (done.returncode, done.stdout) == (0, "")


def test_kernels_that_cannot_be_prepared_stop_nothing(project: Path) -> None:
    ready(project, 'case "$*" in *kernels*) echo no space >&2; exit 1;; esac')
    done = set_up(project)
    assert done.returncode == 0
    assert "the first gait command tries again" in done.stdout
    assert "no space" in done.stderr
