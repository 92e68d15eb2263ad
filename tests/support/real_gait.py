"""Real recordings with OpenSim's results, where the folder with them is given."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from kinechain.gait.io.external_loads import read_external_loads
from kinechain.gait.io.read import read_raw
from kinechain.gait.io.storage import Storage, read_storage
from kinechain.gait.kinematics.inverse import CoordinateTask
from kinechain.gait.kinematics.smoothing import cubic_at
from kinechain.gait.kinetics.inverse import AppliedForce
from kinechain.gait.model.model import Model
from kinechain.gait.model.osim import read_model
from kinechain.gait.model.setup import KinematicsSetup, read_kinematics_setup
from kinechain.gait.recording import Markers

GIVEN = os.environ.get("KINECHAIN_REAL_DATA", "")
REAL = Path(GIVEN) if GIVEN else None
needs_recordings = pytest.mark.skipif(
    REAL is None or not REAL.is_dir(),
    reason="KINECHAIN_REAL_DATA names no folder with real recordings",
)
TRIALS = {
    "gait2354": ("opensim_gait2354_walk", "subject01_simbody.osim", "subject01_Setup_IK.xml",
                 "subject01_walk1.trc", "subject01_walk1_grf"),
    "rajagopal": ("opensim_rajagopal_walk", "opensim46/subject_scaled_walk.osim",
                  "ik_setup_walk.xml", "motion_capture_walk.trc", "grf_walk"),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class RealTrial:
    """A trial, and what OpenSim 4.6 made of it."""

    model: Model
    setup: KinematicsSetup
    markers: Markers
    folder: Path
    loads: str
    angles: np.ndarray
    forces: Storage

    @property
    def tasks(self) -> tuple[CoordinateTask, ...]:
        numbers, rest = self.model.coordinate_number, self.model.default_pose
        return tuple(
            CoordinateTask(one.coordinate, one.weight, rest[[numbers[one.coordinate]]])
            for one in self.setup.tasks
        )

    def applied(self, times_s: np.ndarray) -> list[AppliedForce]:
        """The measured forces at other times, interpolated as OpenSim does."""
        setup = read_external_loads(self.folder / f"{self.loads}.xml")
        table = read_storage(setup.forces)

        def three(stem: str) -> np.ndarray:
            columns = [table.columns.index(stem + axis) for axis in "xyz"]
            return cubic_at(table.times_s, table.values[:, columns], times_s)

        return [
            AppliedForce(body, three(one.force), three(one.point), three(one.moment))
            for body, one in zip(setup.bodies, setup.columns, strict=True)
        ]

    def reference_forces(self, names: tuple[str, ...]) -> np.ndarray:
        return self.forces.values[:, [self.forces.columns.index(name) for name in names]]


def real_trial(name: str) -> RealTrial:
    """Read a trial; its markers are cut to the frames that OpenSim solved."""
    assert REAL is not None
    folder, model, setup, markers, loads = TRIALS[name]
    here = REAL / folder
    read = read_model(here / model)
    solved = read_storage(here / "opensim46/out_ik.mot")
    columns = [solved.columns.index(one.name) for one in read.coordinates]
    turning = np.array([one.motion == "rotational" for one in read.coordinates])
    angles = solved.values[:, columns] * np.where(turning, np.pi / 180.0, 1.0)
    recorded = read_raw(here / markers).markers
    rows = [int(np.abs(recorded.times_s - time).argmin()) for time in solved.times_s]
    cut = replace(recorded, times_s=solved.times_s, positions_m=recorded.positions_m[rows])
    return RealTrial(read, read_kinematics_setup(here / setup), cut, here, loads, angles,
                     read_storage(here / "opensim46/out_id.sto"))  # fmt: skip
