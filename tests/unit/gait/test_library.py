"""The machine code is compiled once, found again, and made anew when its text changes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from kinechain.gait.kernels import compiler, library
from kinechain.gait.kernels.arguments import arguments
from kinechain.gait.kernels.library import (
    PREPARING,
    compiled_now,
    find,
    fingerprint,
    folders,
    keep,
    warm_up,
)


def test_it_lies_where_warm_up_says() -> None:
    path = warm_up()
    assert path is not None
    assert path.is_file()
    assert fingerprint() in path.name
    assert find() is not None


def test_what_was_kept_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "folders", lambda: (tmp_path / "new",))
    assert find() is None
    assert keep(b"code", b"names") == tmp_path / "new" / f"kernels-{fingerprint()}.bin"
    assert find() == (b"code", b"names")


def test_a_damaged_file_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "folders", lambda: (tmp_path,))
    kept = keep(b"long code", b"names")
    assert kept is not None
    kept.write_bytes(kept.read_bytes()[:-2])
    assert find() is None
    kept.write_bytes(b"")
    assert find() is None


def test_a_file_that_anybody_can_write_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "folders", lambda: (tmp_path,))
    kept = keep(b"code", b"names")
    assert kept is not None
    kept.chmod(0o666)
    assert find() is None


def test_a_folder_that_cannot_be_written_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setattr(library, "folders", lambda: (blocked, tmp_path / "next"))
    kept = keep(b"code", b"names")
    assert kept is not None
    assert kept.parent.name == "next"
    monkeypatch.setattr(library, "folders", lambda: (blocked,))
    assert keep(b"code", b"names") is None


COMPILES = """
import sys, time
from pathlib import Path
from kinechain.gait.kernels import compiler, library
folder = Path(sys.argv[1])
library.folders = lambda: (folder,)

def slowly():
    with (folder / "compiled").open("a") as file:
        file.write("once ")
    time.sleep(0.5)
    return b"code", b"names"

compiler.compile_library = slowly
assert library.find() is None
Path(sys.argv[2]).touch()
while not (folder / "go").exists():
    time.sleep(0.01)
assert library.compiled_now() == (b"code", b"names")
"""


def test_of_two_processes_one_compiles_and_the_other_waits(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    ready = [tmp_path / f"ready{number}" for number in range(2)]
    both = [
        subprocess.Popen(
            [sys.executable, "-c", COMPILES, str(folder), str(one)],
            stderr=subprocess.PIPE, text=True,
        )
        for one in ready
    ]  # fmt: skip
    while not all(one.exists() for one in ready):
        assert all(one.poll() is None for one in both)
        time.sleep(0.01)
    (folder / "go").touch()
    said = [one.communicate(timeout=60)[1] for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert said == [f"{PREPARING}\n"] * 2
    assert (folder / "compiled").read_text(encoding="utf-8") == "once "


def test_where_nothing_can_be_kept_the_remedy_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setattr(library, "folders", lambda: (blocked,))
    monkeypatch.setattr(compiler, "compile_library", lambda: (b"code", b"names"))
    assert compiled_now() == (b"code", b"names")
    assert "set XDG_CACHE_HOME to a folder" in capsys.readouterr().err
    assert compiled_now(quiet=True) == (b"code", b"names")
    assert capsys.readouterr().err == ""


def test_a_user_without_a_home_has_one_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    assert folders() == (library.HERE / "__pycache__",)


def test_other_text_has_another_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint()
    (tmp_path / "fit.py").write_text("# changed\n", encoding="utf-8")
    monkeypatch.setattr(library, "HERE", tmp_path)
    assert fingerprint() != before


def test_only_known_kinds_of_arrays_cross_the_border() -> None:
    with pytest.raises(AssertionError, match="float64"):
        arguments((1,), np.zeros(3, np.float32))
    with pytest.raises(AssertionError, match="contiguous"):
        arguments((1,), np.zeros((4, 4))[:, :2])


def test_an_ordinary_run_never_loads_the_compiler() -> None:
    warm_up()
    code = (
        "import sys, numpy as np\n"
        "from kinechain.gait.kinematics.smoothing import lowpass\n"
        "lowpass(np.arange(50) / 100, np.ones((50, 2)))\n"
        "print(sorted({'numba', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
