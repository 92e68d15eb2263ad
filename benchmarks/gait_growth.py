"""What more frames and more markers cost, and how much memory ten minutes need."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.gait_long import long_markers, write_long, write_long_c3d
from benchmarks.gait_process import environment
from benchmarks.gait_speed import least_seconds
from benchmarks.process import program, started
from kinechain.gait.kinematics.inverse import inverse_kinematics
from kinechain.gait.model.model import Model
from kinechain.gait.recording import Markers
from kinechain.service.bench_results import Row, row
from kinechain.service.gait.analysis import GaitRequest, analyse_gait
from tests.support.real_gait import REAL, TRIALS, RealTrial

LARGEST_MB = 500
TEN_MINUTES_S = 600.0
LINEAR = 1.1
SECONDS = (5.0, 15.0, 45.0, 135.0)
WHOLE_SECONDS = (15.0, 30.0, 60.0, 120.0)
TIMES_AS_MANY = (1, 2, 4, 8)


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Slope of the line through the logarithms: 1 where cost goes with size.

    Parameters
    ----------
    sizes, costs
        What was measured.
    """
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def more_markers(model: Model, markers: Markers, times: int) -> tuple[Model, Markers]:
    """Model and recording with every marker several times.

    Parameters
    ----------
    model, markers
        As they are.
    times
        How often each stands in the result.
    """
    names = [f"{name}_{turn}" for turn in range(times) for name in model.markers]
    bigger = replace(
        model,
        markers=tuple(names),
        marker_body=np.tile(model.marker_body, times),
        marker_place_m=np.tile(model.marker_place_m, (times, 1)),
    )
    seen = [f"{name}_{turn}" for turn in range(times) for name in markers.names]
    positions = np.concatenate([markers.positions_m] * times, axis=1)
    return bigger, replace(markers, names=tuple(seen), positions_m=positions)


def growth(name: str, one: RealTrial, *, quick: bool) -> list[Row]:
    """Times at four sizes each, and the exponent of the line through them.

    Parameters
    ----------
    name, one
        The walk.
    quick
        Two small sizes.
    """
    repeats = 1 if quick else 3
    rows: list[Row] = []
    sizes = SECONDS[:2] if quick else SECONDS
    costs: list[float] = []
    for seconds in sizes:
        markers = long_markers(one.markers, seconds)
        found = least_seconds(lambda m=markers: inverse_kinematics(one.model, m), repeats)
        costs.append(found["processor"])
        frames = len(markers.times_s)
        rows.append(row(f"{name}: inverse kinematics, {frames} frames", 1000 * costs[-1], "ms"))
    rows.append(row(f"{name}: inverse kinematics goes with frames to the power of",
                    exponent(sizes, costs), "", at_most=LINEAR))  # fmt: skip
    counts = TIMES_AS_MANY[:2] if quick else TIMES_AS_MANY
    costs = []
    for times in counts:
        model, markers = more_markers(one.model, one.markers, times)
        found = least_seconds(lambda a=model, b=markers: inverse_kinematics(a, b), repeats)
        costs.append(found["processor"])
        number = len(markers.names)
        rows.append(row(f"{name}: inverse kinematics, {number} markers", 1000 * costs[-1], "ms"))
    rows.append(row(f"{name}: inverse kinematics goes with markers to the power of",
                    exponent(counts, costs), "", at_most=LINEAR))  # fmt: skip
    return rows + ([] if quick else _whole(name))


def _whole(name: str) -> list[Row]:
    """Reading, events, parameters, angles, moments and findings of longer and longer trials."""
    assert REAL is not None
    below, model, _, _, _ = TRIALS[name]
    rows: list[Row] = []
    costs: list[float] = []
    for seconds in WHOLE_SECONDS:
        with tempfile.TemporaryDirectory() as folder:
            walk, loads = write_long(name, Path(folder), seconds, 100.0)
            asked = GaitRequest(recording=walk, forces=loads, model=REAL / below / model)
            costs.append(least_seconds(lambda a=asked: analyse_gait(a), 1)["processor"])
        rows.append(row(f"{name}: whole analysis, {seconds:g} s", round(costs[-1], 3), "s"))
    rows.append(row(f"{name}: whole analysis goes with duration to the power of",
                    exponent(WHOLE_SECONDS, costs), "", at_most=LINEAR))  # fmt: skip
    return rows


def long_trials(folder: Path) -> list[Row]:
    """Peak memory and time of `kinechain gait analyse` on ten minutes at 100 Hz.

    Parameters
    ----------
    folder
        For the recordings; each is removed when it is done.
    """
    assert REAL is not None
    rows: list[Row] = []
    for name, rate, c3d in (
        ("gait2354", 100.0, False),
        ("rajagopal", 100.0, False),
        ("rajagopal", 100.0, True),
        ("rajagopal", 1000.0, True),
    ):
        below, model, _, _, _ = TRIALS[name]
        with tempfile.TemporaryDirectory(dir=folder) as made:
            here = Path(made)
            if c3d:
                walk, more = write_long_c3d(name, here, TEN_MINUTES_S, rate), []
            else:
                walk, loads = write_long(name, here, TEN_MINUTES_S, rate)
                more = ["--forces", str(loads)]
            command = [*program(), "gait", "analyse", str(walk), *more, "--model",
                       str((REAL / below / model).resolve())]  # fmt: skip
            found = started(command, folder=here, more=environment())
        what = f"{name}: ten minutes, {walk.suffix[1:].upper()}, forces at {rate:g} Hz"
        rows += [
            # What was promised is of a trial at 100 Hz; plates at 1000 Hz add 90 MB of forces.
            row(f"{what}, peak memory", round(found["kilobytes"] / 1024, 1), "MB",
                at_most=LARGEST_MB if rate <= 100.0 else None),
            row(f"{what}, processor", round(found["processor"], 1), "s"),
        ]  # fmt: skip
    return rows
