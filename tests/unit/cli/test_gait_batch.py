"""`kinechain gait batch` as a user meets it: lines, exit status, kill and go on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import duckdb
import pytest

from kinechain.cli.gait import gait
from kinechain.cli.gait_options import OUTPUTS, option_of, request_of
from kinechain.gait.kernels.library import find
from kinechain.service.gait import GaitRequest
from kinechain.service.gait.workers import Broken
from tests.house.tree import ROOT
from tests.unit.cli.conftest import Run
from tests.unit.service.remembered import remembered

SAMPLE = ROOT / "src" / "kinechain" / "data" / "gait_samples" / "synthetic_walk.c3d"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four walks with different contents, and one that is none."""
    made = tmp_path / "walks"
    made.mkdir()
    contents = SAMPLE.read_bytes()
    for name in ("a", "b", "c", "d"):
        (made / f"{name}.c3d").write_bytes(contents + b"\0" * 512 * (ord(name) - ord("a")))
    (made / "bad.c3d").write_bytes(b"no recording")
    return made


def test_every_option_of_an_analysis_is_taken_over() -> None:
    commands = {name: gait.commands[name] for name in ("analyse", "batch", "observations")}
    names = {key: {str(one.name) for one in command.params} for key, command in commands.items()}
    fields_there = {one.name for one in fields(GaitRequest)} - {"recording"}
    for key, there in names.items():
        expected = fields_there - {"forces"} if key == "batch" else fields_there
        filled = {option_of(field, there) for field in expected}
        assert filled <= there, f"{key} does not fill {filled - there}"
    analysis = names["analyse"] - OUTPUTS - {"recording"}
    assert {option_of(field, names["analyse"]) for field in fields_there} == analysis
    made = request_of(Path("a.c3d"), {"age": 40.0, "marker_names": str(SAMPLE), "sex": None})
    assert (made.age_years, made.names, made.sex) == (40.0, SAMPLE, None)


def test_wrong_use(run: Run, tmp_path: Path) -> None:
    nothing = run("gait", "batch", tmp_path, "--out", tmp_path / "r.parquet")
    assert nothing.exit_code == 1
    assert "no C3D or TRC files" in nothing.stderr
    shutil.copy(SAMPLE, tmp_path / "a.c3d")
    for words, said in (
        ((tmp_path / "none", "--out", tmp_path / "r.parquet"), "not a folder"),
        ((tmp_path, "--out", tmp_path / "r.xlsx"), ".parquet or .csv"),
        ((tmp_path, "--out", tmp_path / "no" / "r.csv"), "does not exist"),
        ((tmp_path, "--out", tmp_path / "r.csv", "--model", "none.osim"), "none.osim"),
        ((tmp_path, "--out", tmp_path / "r.csv", "--forces", "f.mot"), "--forces"),
        ((tmp_path,), "--out"),
    ):
        done = run("gait", "batch", *words)
        assert done.exit_code == 2, done.output
        assert said in done.stderr
    assert not (tmp_path / "r.parquet.journal").exists()


def takes_ctrl_c() -> None:
    """Let it have Ctrl-C, which a shell takes from all that it runs in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def started(folder: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "kinechain", "gait", "batch", str(folder),
               "--out", str(folder.parent / "r.parquet"), *words]  # fmt: skip
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": path}, preexec_fn=takes_ctrl_c,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(find() is None, reason="the kernels would be compiled first")
def test_killed_and_gone_on(folder: Path) -> None:
    first = started(folder, "--jobs", "1")
    assert first.stderr is not None
    assert first.stderr.readline().startswith("1/5 ")
    first.kill()
    first.communicate(timeout=60)
    assert not (folder.parent / "r.parquet").exists()
    second = started(folder, "--jobs", "2")
    said, told = second.communicate(timeout=60)
    assert second.returncode == 2
    assert "finished by an earlier run" in told.splitlines()[0]
    assert "5 recordings: 4 analysed, 1 refused." in said
    assert "bad.c3d" in said
    rows = duckdb.sql(
        f"select status, count(distinct recording) from '{folder.parent / 'r.parquet'}' "
        "group by all order by all"
    ).fetchall()
    assert rows == [("analysed", 4), ("refused", 1)]


@pytest.mark.slow
@pytest.mark.skipif(find() is None, reason="the kernels would be compiled first")
def test_ctrl_c_leaves_a_whole_journal(folder: Path) -> None:
    running = started(folder, "--jobs", "1")
    assert running.stderr is not None
    running.stderr.readline()
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "goes on where it stopped" in said
    assert "Traceback" not in said
    assert not (folder.parent / "r.parquet").exists()
    lines = (folder.parent / "r.parquet.journal").read_bytes().splitlines(keepends=True)
    assert lines
    assert all(line.endswith(b"}\n") for line in lines)


def test_what_all_share_is_told_once(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kinechain.service.gait import batch

    monkeypatch.setattr(
        batch, "each_apart", lambda work, tasks, *_: [(task, work(task)) for task in tasks]
    )
    names = folder.parent / "names.yaml"
    names.write_text("markers: {RHEE: nowhere}", encoding="utf-8")
    done = run("gait", "batch", folder, "--out", folder.parent / "r.csv", "--pattern", "[ab].c3d",
               "--marker-names", names)  # fmt: skip
    assert done.exit_code == 2
    assert done.stdout.count("known one with its") == 1
    assert "- refused: 2 recordings, as a.c3d:" in done.stdout


def test_what_became_of_each_is_told(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kinechain.service.gait import batch

    def each(work, tasks, *_):
        for task in tasks:
            yield task, Broken("It hung.") if task.found.name == "b.c3d" else work(task)

    monkeypatch.setattr(batch, "each_apart", each)
    monkeypatch.setattr(batch, "analyse_gait", remembered)
    table = folder.parent / "r.csv"
    done = run("gait", "batch", folder, "--out", table, "--pattern", "[abd]*.c3d", "--jobs", 1,
               "--age", 40, "--sex", "male")  # fmt: skip
    assert done.exit_code == 2
    assert "4 recordings: 2 analysed, 1 refused, 1 failed." in done.stdout
    assert "failed: b.c3d: It hung. Run the batch again" in " ".join(done.stdout.split())
    assert f"Written: {table}" in done.stdout
    assert "4/4 " in done.stderr
    text = table.read_text(encoding="utf-8")
    assert ",40.0,male," in text
    again = run("gait", "batch", folder, "--out", table, "--pattern", "[ad].c3d",
                "--age", 40, "--sex", "male")  # fmt: skip
    assert again.exit_code == 0
    assert "2 recordings: 2 analysed. 2 of them by an earlier run." in again.stdout
