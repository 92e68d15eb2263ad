"""The gait laboratory beside OpenSim: agreement, speed, whole processes, growth, memory.

OpenSim is only needed here, and may live in an environment of its own, see
`benchmarks.gait_opensim`. Without it the agreement is measured against the results that the
folder of real recordings holds, and the rows that compare times are left out.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.gait_accuracy import agreement, closed_form
from benchmarks.gait_growth import growth, long_trials
from benchmarks.gait_opensim import Job, opensim_python, prepared
from benchmarks.gait_process import first_run, whole_processes
from benchmarks.gait_speed import speeds
from benchmarks.timing import CannotRun, tell
from kinechain.gait.io.storage import read_storage
from kinechain.service.bench_results import Row
from tests.support.real_gait import REAL, TRIALS, RealTrial, real_trial


def run(*, quick: bool = False) -> list[Row]:
    """Measure both walks, and make the rows of the table.

    Parameters
    ----------
    quick
        Fewer repeats; OpenSim, the compiler and the long trials are left out.
    """
    if REAL is None or not REAL.is_dir():
        raise CannotRun("Set KINECHAIN_REAL_DATA to the folder with the real recordings.")
    python = None if quick else opensim_python()
    rows = closed_form()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name in TRIALS:
            tell(f"gait_kernels: {name}")
            one = real_trial(name)
            job = prepared(name, python, folder / name, 3) if python else None
            times = speeds(name, one, job, quick=quick)
            rows += agreement(name, with_results(one, job) if job else one) + times
            tell(f"gait_kernels: {name}, whole processes")
            rows += whole_processes(name, job, folder, quick=quick)
            tell(f"gait_kernels: {name}, growth")
            rows += growth(name, one, quick=quick)
        if not quick:
            tell("gait_kernels: compiling")
            rows += first_run(folder / "kernels")
            tell("gait_kernels: ten minutes")
            rows += long_trials(folder)
    return rows


def with_results(one: RealTrial, job: Job) -> RealTrial:
    """The trial with what OpenSim made of it just now.

    Parameters
    ----------
    one
        The trial.
    job
        That has run.
    """
    solved = read_storage(job.angles)
    columns = [solved.columns.index(c.name) for c in one.model.coordinates]
    turning = np.array([c.motion == "rotational" for c in one.model.coordinates])
    angles = solved.values[:, columns] * np.where(turning, np.pi / 180.0, 1.0)
    return replace(one, angles=angles, forces=read_storage(job.moments))
