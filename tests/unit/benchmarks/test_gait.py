"""What the gait benchmarks compute from what they measure."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.gait_events import crossings
from benchmarks.gait_growth import exponent, more_markers
from benchmarks.gait_long import long_markers, there_and_back
from benchmarks.gait_opensim import PYTHON, opensim_python
from benchmarks.process import started
from benchmarks.timing import CannotRun
from kinechain.gait.kinematics.inverse import inverse_kinematics, marker_positions
from kinechain.gait.recording import Markers
from tests.support import doll


def test_the_exponent_of_a_power_is_found() -> None:
    sizes = np.array([1.0, 3.0, 10.0, 40.0])
    assert exponent(sizes.tolist(), (0.2 * sizes).tolist()) == pytest.approx(1.0)
    assert exponent(sizes.tolist(), (0.2 * sizes**2).tolist()) == pytest.approx(2.0)


def test_crossings_are_linear_between_samples() -> None:
    times = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    force = np.array([0.0, 40.0, 100.0, 30.0, 10.0])
    assert crossings(times, force, 20.0).tolist() == [0.5, 3.5]
    assert crossings(times, force, 500.0).tolist() == []


def test_a_long_recording_goes_there_and_back() -> None:
    assert there_and_back(3, 9).tolist() == [0, 1, 2, 1, 0, 1, 2, 1, 0]
    positions = np.arange(3.0)[:, None, None] * np.ones((3, 2, 3))
    long = long_markers(Markers(("A", "B"), np.arange(3) / 10.0, positions, 10.0), 0.7)
    assert long.positions_m[:, 0, 0].tolist() == [0, 1, 2, 1, 0, 1, 2]
    assert np.allclose(np.diff(long.times_s), 0.1)


def test_markers_that_stand_several_times_change_no_pose() -> None:
    model = doll.doll()
    values = doll.poses(model, 4, size=0.2)
    markers = Markers(model.markers, np.arange(4) / 100.0, marker_positions(model, values), 100.0)
    bigger, seen = more_markers(model, markers, 3)
    assert len(seen.names) == 3 * len(markers.names)
    found = inverse_kinematics(bigger, seen)
    np.testing.assert_allclose(found.values, inverse_kinematics(model, markers).values, atol=1e-7)


def test_an_interpreter_without_opensim_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PYTHON, str(tmp_path / "nowhere"))
    with pytest.raises(CannotRun, match="cannot be started"):
        opensim_python()
    empty = tmp_path / "python"
    empty.write_text("#!/bin/sh\necho there is none >&2\nexit 1\n", encoding="utf-8")
    empty.chmod(0o755)
    monkeypatch.setenv(PYTHON, str(empty))
    with pytest.raises(CannotRun, match="cannot import opensim: there is none"):
        opensim_python()


def test_a_process_tells_its_time_and_memory(tmp_path: Path) -> None:
    code = "import os; assert os.environ['MORE'] == '1'; sum(range(10**6)); b'x' * 60_000_000"
    found = started([sys.executable, "-c", code], folder=tmp_path, more={"MORE": "1"})
    assert 0 < found["processor"] <= found["seconds"] + 0.1
    assert 50_000 < found["kilobytes"] < 200_000
    with pytest.raises(CannotRun, match="ended with 3"):
        started([sys.executable, "-c", "raise SystemExit(3)"])
