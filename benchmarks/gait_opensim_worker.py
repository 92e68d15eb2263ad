"""OpenSim's part of the comparison, in a process of its own with OpenSim's own Python.

``python gait_opensim_worker.py MODE JOB.json`` where the job names the files. Modes: ``once``
reads everything, solves, writes both results and ends: OpenSim's tools as a whole process.
``warm`` does so several times in one process and prints the seconds as JSON. It imports nothing
of this project.
"""

from __future__ import annotations

import json
import sys
from time import perf_counter, process_time
from typing import Any

import opensim

Seconds = dict[str, list[float]]


def kinematics(job: dict[str, Any], model: Any) -> None:
    """OpenSim's inverse-kinematics tool: reads the markers, writes the angles."""
    tool = opensim.InverseKinematicsTool(job["setup"])
    tool.setModel(model)
    tool.run()


def dynamics(job: dict[str, Any], model: Any) -> None:
    """OpenSim's inverse-dynamics tool: reads angles and forces, writes the moments."""
    tool = opensim.InverseDynamicsTool()
    tool.setModel(model)
    tool.setCoordinatesFileName(job["angles"])
    tool.setLowpassCutoffFrequency(6.0)
    tool.setExternalLoadsFileName(job["loads"])
    tool.setResultsDir(job["folder"])
    tool.setOutputGenForceFileName(job["moments"])
    tool.setStartTime(job["first_s"])
    tool.setEndTime(job["last_s"])
    excluded = opensim.ArrayStr()
    excluded.append("Muscles")
    tool.setExcludedForces(excluded)
    tool.run()


def solver_alone(job: dict[str, Any], model: Any) -> int:
    """The solver without reading and writing, all frames after the first; how many frames."""
    tool = opensim.InverseKinematicsTool(job["setup"])
    tool.setModel(model)  # it asks the model for its coordinates
    model.initSystem()
    markers = opensim.MarkersReference()
    coordinates = opensim.SimTKArrayCoordinateReference()
    tool.populateReferences(markers, coordinates)
    solver = opensim.InverseKinematicsSolver(model, markers, coordinates)
    solver.setAccuracy(1e-5)
    state = model.updWorkingState()
    table = markers.getMarkerTable()
    times = [t for t in table.getIndependentColumn()
             if tool.getStartTime() - 1e-9 <= t <= tool.getEndTime() + 1e-9]  # fmt: skip
    state.setTime(times[0])
    solver.assemble(state)
    for time in times[1:]:
        state.setTime(time)
        solver.track(state)
    return len(times)


def timed(call: Any, into: Seconds) -> Any:
    """Call, and note wall and processor seconds."""
    wall, processor = perf_counter(), process_time()
    result = call()
    into["wall"].append(perf_counter() - wall)
    into["processor"].append(process_time() - processor)
    return result


def warm(job: dict[str, Any]) -> dict[str, Any]:
    """Everything several times in this process."""
    found: dict[str, Any] = {"version": opensim.GetVersion()}
    names = ("solver", "read to result")
    seconds: dict[str, Seconds] = {name: {"wall": [], "processor": []} for name in names}
    for _ in range(job["repeats"]):
        model = opensim.Model(job["model"])
        found["frames"] = timed(lambda m=model: solver_alone(job, m), seconds["solver"])

        def whole() -> None:
            model = opensim.Model(job["model"])
            kinematics(job, model)
            dynamics(job, model)

        timed(whole, seconds["read to result"])
    return found | {"seconds": seconds}


def main() -> int:
    """Do what the command line says."""
    opensim.Logger.setLevelString("Off")
    mode = sys.argv[1]
    with open(sys.argv[2], encoding="utf-8") as file:  # noqa: PTH123 - nothing else is needed
        job = json.load(file)
    if mode == "warm":
        sys.stdout.write(f"\n{json.dumps(warm(job))}\n")
        return 0
    model = opensim.Model(job["model"])
    kinematics(job, model)
    dynamics(job, model)
    return 0


if __name__ == "__main__":
    sys.exit(main())
