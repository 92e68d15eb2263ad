"""The command as a whole process against OpenSim's tools as a whole process."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import median

import kinechain
from benchmarks.gait_opensim import Job, once
from benchmarks.process import program, started
from kinechain.gait.kernels.library import warm_up
from kinechain.service.bench_results import Row, row
from tests.support.real_gait import REAL, TRIALS

FASTER = {"gait2354": 1, "rajagopal": 3}
SOURCE = Path(kinechain.__file__).resolve().parents[1]
COMPILE = """
import sys
from pathlib import Path
from kinechain.gait.kernels import library
library.folders = lambda: (Path(sys.argv[1]),)
library.warm_up(quiet=True)
"""


def our_command(name: str, folder: Path) -> list[str]:
    """`kinechain gait analyse` with the files of a walk, writing what OpenSim's tools write.

    Parameters
    ----------
    name
        Of the walk.
    folder
        For the results.
    """
    assert REAL is not None
    below, model, setup, markers, loads = TRIALS[name]
    here = (REAL / below).resolve()
    for old in ("cold.mot", "cold.sto"):
        (folder / old).unlink(missing_ok=True)
    return [
        *program(), "gait", "analyse", str(here / markers), "--forces", str(here / f"{loads}.xml"),
        "--model", str(here / model), "--ik-tasks", str(here / setup),
        "--ik-out", str(folder / "cold.mot"), "--id-out", str(folder / "cold.sto"),
    ]  # fmt: skip


def environment() -> dict[str, str]:
    """Variables with which a process finds this very source from any folder."""
    return {"PYTHONPATH": os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])}


def first_run(folder: Path) -> list[Row]:
    """What the very first run costs once: compiling the kernels.

    Parameters
    ----------
    folder
        An empty one, in which the machine code is kept.
    """
    found = started([sys.executable, "-c", COMPILE, str(folder)], more=environment())
    return [
        row("kernels compiled, once at installation", round(found["seconds"], 1), "s"),
        row("the same, processor", round(found["processor"], 1), "s"),
    ]


def whole_processes(name: str, job: Job | None, folder: Path, *, quick: bool) -> list[Row]:
    """Rows of one walk, every start a new process; ours and OpenSim's by turns.

    Parameters
    ----------
    name
        Of the walk.
    job
        For OpenSim; None where it is missing.
    folder
        For our results.
    quick
        One start.
    """
    assert warm_up() is not None, "the machine code cannot be kept"
    ours: list[dict[str, float]] = []
    theirs: list[dict[str, float]] = []
    for turn in range(1 if quick else 4):
        found = started(our_command(name, folder), folder=folder, more=environment())
        other = None if job is None else started(once(job), folder=job.folder)
        # The first start fills the system's cache of files, ours and theirs.
        if turn or quick:
            ours.append(found)
            theirs += [other] if other else []
    rows = [
        row(f"{name}: kinechain gait analyse, whole process, {clock}",
            round(median(one[key] for one in ours), 3), "s")
        for clock, key in (("wall", "seconds"), ("processor", "processor"))
    ]  # fmt: skip
    for clock, key in (("wall", "seconds"), ("processor", "processor")):
        if theirs:
            whole = median(one[key] for one in theirs)
            rows += [
                row(f"{name}: OpenSim, whole process, {clock}", round(whole, 3), "s"),
                row(f"{name}: whole process, OpenSim's time over ours, {clock}",
                    whole / median(one[key] for one in ours), "times", at_least=FASTER[name]),
            ]  # fmt: skip
    return rows
