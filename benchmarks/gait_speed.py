"""Warm processes: inverse kinematics, and from files to files, ours and OpenSim's."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.gait_opensim import Job, warm_seconds
from kinechain.gait.io.external_loads import read_external_loads
from kinechain.gait.io.motion import write_angles, write_generalised_forces
from kinechain.gait.io.read import read_trial
from kinechain.gait.kinematics.inverse import inverse_kinematics
from kinechain.gait.model.osim import read_model
from kinechain.gait.model.setup import read_kinematics_setup
from kinechain.gait.parameters.trial import measure_trial
from kinechain.gait.solution import solve
from kinechain.service.bench_results import Row, row
from tests.support.real_gait import REAL, TRIALS, RealTrial

FASTER = {"gait2354": (30, 20), "rajagopal": (60, 60)}
"""At least so many times faster: inverse kinematics, and from files to files."""
CLOCKS = ("processor", "wall")


def least_seconds(call: Callable[[], object], repeats: int) -> dict[str, float]:
    """Fewest wall and processor seconds of a call.

    What else the machine does can only add to them.

    Parameters
    ----------
    call
        What is timed.
    repeats
        How often.
    """
    found: dict[str, list[float]] = {clock: [] for clock in CLOCKS}
    call()
    for _ in range(repeats):
        gc.collect()
        wall, processor = perf_counter(), process_time()
        call()
        found["wall"].append(perf_counter() - wall)
        found["processor"].append(process_time() - processor)
    return {clock: min(values) for clock, values in found.items()}


def from_files_to_files(name: str, folder: Path) -> None:
    """Read markers, forces, model and set-up; events, angles and moments; write both.

    Parameters
    ----------
    name
        Of the walk.
    folder
        For the results.
    """
    assert REAL is not None
    below, model, setup, markers, loads = TRIALS[name]
    here = REAL / below
    trial = read_trial(here / markers, here / f"{loads}.xml")
    measured = measure_trial(trial.recording, trial.names)
    bodies = read_external_loads(here / f"{loads}.xml").bodies
    task = read_kinematics_setup(here / setup)
    solved = solve(read_model(here / model), measured, task, bodies)
    assert solved.kinetics is not None
    angles, names = solved.angles, tuple(one.name for one in solved.model.coordinates)
    write_angles(folder / "ours.mot", angles.times_s, angles.coordinates, angles.values,
                 solved.rotational)  # fmt: skip
    write_generalised_forces(folder / "ours.sto", solved.motion.times_s, names,
                             solved.kinetics.generalised, solved.rotational)  # fmt: skip


def speeds(name: str, one: RealTrial, job: Job | None, *, quick: bool) -> list[Row]:
    """Rows of one walk; those with OpenSim only where it is there.

    Parameters
    ----------
    name, one
        The walk.
    job
        For OpenSim.
    quick
        Two repeats.
    """
    repeats, frames = 2 if quick else 7, len(one.markers.times_s)
    alone = least_seconds(
        lambda: inverse_kinematics(one.model, one.markers, one.setup.weights, one.tasks), repeats
    )
    with tempfile.TemporaryDirectory() as folder:
        files = least_seconds(lambda: from_files_to_files(name, Path(folder)), repeats)
    rows = [
        row(f"{name}: inverse kinematics, a frame", 1000 * alone["processor"] / frames, "ms"),
        row(f"{name}: from files to files", 1000 * files["processor"], "ms"),
    ]
    if job is None:
        return rows
    theirs, solved, _ = warm_seconds(job)
    assert solved == frames, f"OpenSim solved {solved} frames, we {frames}"
    part = theirs["solver"]
    rows.append(row(f"{name}: OpenSim, inverse kinematics, a frame",
                    1000 * part["processor"] / frames, "ms"))  # fmt: skip
    whole = theirs["read to result"]
    rows.append(row(f"{name}: OpenSim, from files to files", 1000 * whole["processor"], "ms"))
    for clock in CLOCKS:
        rows += [
            row(f"{name}: inverse kinematics, OpenSim's time over ours, {clock}",
                part[clock] / alone[clock], "times", at_least=FASTER[name][0]),
            row(f"{name}: from files to files, OpenSim's time over ours, {clock}",
                whole[clock] / files[clock], "times", at_least=FASTER[name][1]),
        ]  # fmt: skip
    return rows
