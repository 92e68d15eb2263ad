"""Finds OpenSim, prepares its set-up files, and times it in processes of its own.

OpenSim is a large package that nothing else here needs, so it may live in an environment of its
own: ``python -m venv osim && osim/bin/pip install opensim``, then
``KINECHAIN_OPENSIM_PYTHON=osim/bin/python``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import CannotRun
from tests.support.real_gait import REAL, TRIALS

WORKER = Path(__file__).parent / "gait_opensim_worker.py"
PYTHON = "KINECHAIN_OPENSIM_PYTHON"
TIMEOUT_S = 600
DYNAMICS_S = {"gait2354": (0.4, 1.6), "rajagopal": (0.45, 1.8)}
"""First and last time of inverse dynamics: where the plates' forces are whole."""


@dataclass(frozen=True)
class Job:
    """One walk for OpenSim.

    Attributes
    ----------
    command
        The worker with its job, without the mode.
    folder
        Where results and OpenSim's log go.
    angles, moments
        The files that it writes.
    """

    command: tuple[str, ...]
    folder: Path
    angles: Path
    moments: Path


def opensim_python() -> str | None:
    """The interpreter that has OpenSim; None where there is none.

    Raises
    ------
    CannotRun
        When the one that is named cannot import it.
    """
    named = os.environ.get(PYTHON)
    if not named:
        return sys.executable if importlib.util.find_spec("opensim") else None
    try:
        done = subprocess.run(
            [named, "-c", "import opensim"], capture_output=True, text=True, check=False,
            timeout=TIMEOUT_S,
        )  # fmt: skip
    except OSError as error:
        raise CannotRun(f"{PYTHON}={named} cannot be started: {error}.") from error
    if done.returncode != 0:
        raise CannotRun(f"{named} cannot import opensim: {done.stderr.strip()[-200:]}")
    # Not resolved: the link in an environment is what makes it that environment.
    return str(Path(named).absolute())


def prepared(name: str, python: str, folder: Path, repeats: int) -> Job:
    """Write the set-up files of a walk with absolute paths.

    Parameters
    ----------
    name
        Of the walk, see `TRIALS`.
    python
        The interpreter that has OpenSim.
    folder
        For the set-up files and the results.
    repeats
        How often a warm process does everything.
    """
    assert REAL is not None
    below, model, setup, markers, loads = TRIALS[name]
    here = (REAL / below).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    angles, moments = folder / "angles.mot", folder / "moments.sto"
    _changed(here / setup, folder / "kinematics.xml", {
        "model_file": str(here / model), "marker_file": str(here / markers),
        "output_motion_file": str(angles), "results_directory": str(folder),
        "report_errors": "false",
    })  # fmt: skip
    _changed(here / f"{loads}.xml", folder / "loads.xml", {
        "datafile": str(here / f"{loads}.mot"), "external_loads_model_kinematics_file": None,
    })  # fmt: skip
    first, last = DYNAMICS_S[name]
    job = {
        "model": str(here / model), "setup": str(folder / "kinematics.xml"),
        "loads": str(folder / "loads.xml"), "angles": str(angles), "folder": str(folder),
        "moments": moments.name, "first_s": first, "last_s": last, "repeats": repeats,
    }  # fmt: skip
    path = folder / "job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    return Job((python, str(WORKER), str(path)), folder, angles, moments)


def _changed(source: Path, target: Path, texts: dict[str, str | None]) -> None:
    """Write a set-up file with other texts in the elements of its tool; None removes one."""
    root = ET.parse(source).getroot()
    for tag, text in texts.items():
        found = root[0].find(tag)
        if text is None:
            if found is not None:
                root[0].remove(found)
            continue
        if found is None:
            found = ET.SubElement(root[0], tag)
        found.text = text
    ET.ElementTree(root).write(target)


def warm_seconds(job: Job) -> tuple[dict[str, dict[str, float]], int, str]:
    """Fewest seconds of each part in a warm process, how many frames, and OpenSim's version.

    Parameters
    ----------
    job
        As `prepared` gives it.

    Returns
    -------
    seconds
        Part, then ``wall`` and ``processor``.
    frames
        How many were solved.
    version
        OpenSim's.
    """
    python, *rest = job.command
    done = subprocess.run(
        [python, rest[0], "warm", *rest[1:]], capture_output=True, text=True, check=False,
        cwd=job.folder, timeout=TIMEOUT_S,
    )  # fmt: skip
    if done.returncode != 0:
        raise CannotRun(f"OpenSim failed: {done.stderr.strip()[-400:]}")
    found = json.loads(done.stdout.rstrip().splitlines()[-1])
    least = {
        part: {clock: min(values) for clock, values in clocks.items()}
        for part, clocks in found["seconds"].items()
    }
    return least, found["frames"], found["version"]


def once(job: Job) -> list[str]:
    """The command that reads, solves and writes everything in one process.

    Parameters
    ----------
    job
        As `prepared` gives it.
    """
    python, *rest = job.command
    return [python, rest[0], "once", *rest[1:]]
