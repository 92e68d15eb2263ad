"""Inverse kinematics and dynamics on real walks: agreement with OpenSim, and time.

OpenSim itself is timed in the same run where the module `opensim` is installed, which only this
benchmark uses.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.timing import CannotRun, milliseconds
from kinechain.gait.kinematics.inverse import inverse_kinematics, marker_positions
from kinechain.gait.kinematics.motion import opensim_motion
from kinechain.gait.kinetics.inverse import inverse_dynamics
from kinechain.service.bench_results import Row, row
from tests.support.real_gait import REAL, TRIALS, RealTrial, real_trial

FASTER = {"gait2354": 30, "rajagopal": 60}
MEAN_DEG = {"gait2354": 0.05, "rajagopal": 0.25}
COMPARED = {"gait2354": "", "rajagopal": "pelvis hip knee ankle lumbar"}
COLD = """
import sys
from tests.support.real_gait import real_trial
from kinechain.gait.kinematics.inverse import inverse_kinematics
from kinechain.gait.kinematics.motion import opensim_motion
from kinechain.gait.kinetics.inverse import inverse_dynamics
one = real_trial(sys.argv[1])
found = inverse_kinematics(one.model, one.markers, one.setup.weights, one.tasks)
motion = opensim_motion(one.markers.times_s, found.values)
inverse_dynamics(one.model, motion, one.applied(motion.times_s))
"""
OPENSIM = """
import sys, time, opensim
opensim.Logger.setLevelString("Off")
tool = opensim.InverseKinematicsTool(sys.argv[1])
model = opensim.Model(sys.argv[2])
tool.setModel(model)
tool.setMarkerDataFileName(sys.argv[3])
tool.setOutputMotionFileName(sys.argv[4])
start = time.perf_counter()
tool.run()
print(1000 * (time.perf_counter() - start))
"""


def run(*, quick: bool = False) -> list[Row]:
    """Measure both walks, and make the rows of the table.

    Parameters
    ----------
    quick
        Fewer repeats, and OpenSim is left out.
    """
    if REAL is None or not REAL.is_dir():
        raise CannotRun("Set KINECHAIN_REAL_DATA to the folder with the real recordings.")
    rows: list[Row] = []
    for name in TRIALS:
        one = real_trial(name)
        rows += _agreement(name, one) + _times(name, one, quick=quick)
    return rows


def _agreement(name: str, one: RealTrial) -> list[Row]:
    found = inverse_kinematics(one.model, one.markers, one.setup.weights, one.tasks)
    wanted = tuple(COMPARED[name].split())
    chosen = [
        k for k, c in enumerate(one.model.coordinates)
        if c.motion == "rotational" and (not wanted or c.name.startswith(wanted))
    ]  # fmt: skip
    rms = np.degrees(np.sqrt(((found.values - one.angles)[:, chosen] ** 2).mean(axis=0)))
    columns = [one.model.markers.index(marker) for marker in found.markers]
    seen = [one.markers.names.index(marker) for marker in found.markers]
    away = one.markers.positions_m[:, seen]
    away = away - marker_positions(one.model, one.angles)[:, columns]
    weight = np.array([one.setup.weights[marker] for marker in found.markers])
    ratio = np.nansum(weight * found.error_m**2, 1) / np.nansum(weight * (away**2).sum(2), 1)
    equal, whole = (_moment_errors(one, angles) for angles in (one.angles, found.values))
    return [
        row(f"{name}: angles against OpenSim, mean RMS", float(rms.mean()), "deg",
            at_most=MEAN_DEG[name]),
        row(f"{name}: angles, worst RMS", float(rms.max()), "deg"),
        row(f"{name}: marker cost over OpenSim's, worst frame", float(ratio.max()), "",
            at_most=1.0),
        row(f"{name}: moments from equal angles, worst RMS", float(equal.max()), "Nm or N",
            at_most=0.01 if name == "gait2354" else None),
        row(f"{name}: moments end to end, worst RMS", float(whole.max()), "Nm or N", at_most=1.5),
    ]  # fmt: skip


def _moment_errors(one: RealTrial, angles: np.ndarray) -> np.ndarray:
    times = one.forces.times_s
    motion = opensim_motion(one.markers.times_s, angles).between(times[0] - 1e-6, times[-1] + 1e-6)
    found = inverse_dynamics(one.model, motion, one.applied(motion.times_s))
    return np.sqrt(((found.generalised - one.reference_forces(found.names)) ** 2).mean(axis=0))


def _times(name: str, one: RealTrial, *, quick: bool) -> list[Row]:
    frames, repeats = len(one.markers.times_s), 2 if quick else 7
    # Without OpenSim's coordinate tasks: they cost nothing here and little there.
    ours = milliseconds(
        lambda: inverse_kinematics(one.model, one.markers, one.setup.weights), repeats=repeats
    )
    found = inverse_kinematics(one.model, one.markers, one.setup.weights)
    motion = opensim_motion(one.markers.times_s, found.values)
    loads = one.applied(motion.times_s)
    dynamics = milliseconds(
        lambda: inverse_dynamics(one.model, opensim_motion(one.markers.times_s, found.values),
                                 loads), repeats=repeats)  # fmt: skip
    times = 20 if quick else 200
    long = replace(
        one.markers,
        times_s=np.arange(times * frames) / one.markers.rate_hz,
        positions_m=np.concatenate([one.markers.positions_m, one.markers.positions_m[::-1]]
                                   * (times // 2)),
    )  # fmt: skip
    longer = milliseconds(lambda: inverse_kinematics(one.model, long, one.setup.weights), repeats=1)
    cold = milliseconds(
        lambda: subprocess.run([sys.executable, "-c", COLD, name], check=True), repeats=repeats
    )
    rows = [
        row(f"{name}: inverse kinematics, a frame", ours / frames, "ms"),
        row(f"{name}: the same, {times} times as long", longer / (times * frames), "ms"),
        row(f"{name}: filter, derivatives, inverse dynamics, a frame", dynamics / frames, "ms"),
        row(f"{name}: read to moments in a new process", cold, "ms"),
    ]
    theirs = None if quick else _opensim(name)
    if theirs is not None:
        rows.append(row(f"{name}: OpenSim's inverse kinematics over ours", theirs / ours, "times",
                        at_least=FASTER[name]))  # fmt: skip
    return rows


def _opensim(name: str) -> float | None:
    """Milliseconds that OpenSim's tool takes for the same frames; None where it is missing."""
    if importlib.util.find_spec("opensim") is None:
        return None
    assert REAL is not None
    folder, model, setup, markers, _ = TRIALS[name]
    here = (REAL / folder).resolve()
    given = [here / setup, here / model, here / markers, Path("/dev/null")]
    done = subprocess.run(
        [sys.executable, "-c", OPENSIM, *map(str, given)],
        capture_output=True, text=True, check=False, cwd=here,
    )  # fmt: skip
    return float(done.stdout.split()[-1]) if done.returncode == 0 and done.stdout else None
