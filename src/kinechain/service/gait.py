"""The use case of the gait laboratory: from a recording to what it says, beside norms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.events.cycles import POINTS, Cycle
from kinechain.gait.io.read import Trial, forces_at, read_trial
from kinechain.gait.kinematics.inverse import CoordinateTask, Kinematics, inverse_kinematics
from kinechain.gait.kinematics.motion import Motion, opensim_motion, smooth_motion
from kinechain.gait.kinetics.inverse import (
    AppliedForce,
    Kinetics,
    inverse_dynamics,
    with_couplers,
)
from kinechain.gait.model.model import Model
from kinechain.gait.model.osim import read_model
from kinechain.gait.model.setup import (
    KinematicsSetup,
    read_external_loads,
    read_kinematics_setup,
)
from kinechain.gait.observations.deviations import Beside, Findings, beside_norms, find_deviations
from kinechain.gait.parameters.curves import cycle_curves
from kinechain.gait.parameters.trial import TrialMeasures, measure_trial
from kinechain.gait.recording import FloatArray
from kinechain.knowledge import Knowledge, load_knowledge

FOOT = {"left": "calcn_l", "right": "calcn_r"}
"""The bodies on which the ground acts, as OpenSim's models call them."""


@dataclass(frozen=True, eq=False)
class Solved:
    """What a model makes of a recording.

    Attributes
    ----------
    angles
        Of every frame.
    motion, kinetics
        Filtered motion and what it needs; `kinetics` is None where no force is assigned.
    notes
        What could not be computed, and why.
    """

    model: Model
    angles: Kinematics
    motion: Motion
    kinetics: Kinetics | None
    notes: tuple[str, ...]

    @property
    def rotational(self) -> tuple[bool, ...]:
        """For each coordinate whether it is an angle."""
        return tuple(one.motion == "rotational" for one in self.model.coordinates)

    @property
    def marker_error_mm(self) -> float:
        """Root mean square distance of all seen markers from the model's."""
        seen = self.angles.error_m[~np.isnan(self.angles.error_m)]
        return float(1000 * np.sqrt(np.mean(seen**2))) if len(seen) else float("nan")


@dataclass(frozen=True, eq=False)
class GaitAnalysis:
    """Everything that is said about one recording."""

    trial: Trial
    measured: TrialMeasures
    beside: tuple[Beside, ...]
    findings: Findings
    solved: Solved | None
    timing_ms: dict[str, float]


@dataclass(frozen=True)
class GaitRequest:
    """What to analyse, and with what.

    Attributes
    ----------
    forces
        A table of forces, or a file of external loads, that goes with the markers.
    tasks
        A set-up file of OpenSim's inverse kinematics: marker weights and coordinate tasks.
    opensim_filter
        Filter as OpenSim's tool does, for comparison with it.
    """

    recording: Path
    forces: Path | None = None
    model: Path | None = None
    tasks: Path | None = None
    names: Path | None = None
    length_unit: str | None = None
    age_years: float | None = None
    sex: str | None = None
    opensim_filter: bool = False


def analyse_gait(asked: GaitRequest, knowledge: Knowledge | None = None) -> GaitAnalysis:
    """Read a recording; find steps, parameters and deviations, and solve a model if given.

    Parameters
    ----------
    asked
        Files and the person.
    knowledge
        Which findings there are; the shipped one by default.

    Raises
    ------
    kinechain.gait.errors.GaitError
        When a file cannot be used; it says where, what, and the remedy.
    """
    times: dict[str, float] = {}
    start = perf_counter()
    trial = read_trial(asked.recording, asked.forces, asked.names, asked.length_unit)
    times["read"] = _since(start)
    start = perf_counter()
    measured = measure_trial(trial.recording, trial.names)
    beside = beside_norms(measured.measures, asked.age_years, asked.sex)
    findings = find_deviations(measured, knowledge or load_knowledge(), asked.age_years, asked.sex)
    times["parameters"] = _since(start)
    solved = None
    if asked.model is not None:
        start = perf_counter()
        solved = _solve(asked, measured)
        times["model"] = _since(start)
    return GaitAnalysis(trial, measured, beside, findings, solved, times)


def _since(start: float) -> float:
    return round((perf_counter() - start) * 1000, 1)


def _solve(asked: GaitRequest, measured: TrialMeasures) -> Solved:
    assert asked.model is not None, "only called with a model"
    model = read_model(asked.model)
    setup = read_kinematics_setup(asked.tasks) if asked.tasks else None
    markers = measured.recording.markers
    if setup is not None:
        first, last = setup.time_range_s
        here = (markers.times_s >= first - 1e-9) & (markers.times_s <= last + 1e-9)
        markers = replace(
            markers, times_s=markers.times_s[here], positions_m=markers.positions_m[here]
        )
    weights = setup.weights if setup else None
    angles = inverse_kinematics(model, markers, weights, _tasks(model, setup))
    good = np.asarray(~np.isnan(angles.values).any(axis=1))
    if good.sum() < 2:
        raise GaitError(
            str(asked.model),
            "The model meets the markers in fewer than two frames.",
            "Check that the model's markers have the names of the recording's.",
        )
    found = np.flatnonzero(good)
    span = slice(int(found[0]), int(found[-1]) + 1)
    if len(found) < span.stop - span.start:
        raise GaitError(
            str(asked.recording),
            "Frames without enough markers lie between good ones.",
            "Fill the gaps, or cut the recording.",
        )
    smooth = opensim_motion if asked.opensim_filter else None
    motion = (
        smooth(angles.times_s[span], angles.values[span])
        if smooth
        else smooth_motion(model, angles.times_s[span], angles.values[span])
    )
    applied, notes = _applied(asked, model, measured, motion.times_s)
    kinetics = inverse_dynamics(model, motion, applied) if applied else None
    return Solved(model, angles, motion, kinetics, tuple(notes))


def _tasks(model: Model, setup: KinematicsSetup | None) -> tuple[CoordinateTask, ...]:
    """Coordinate tasks of a set-up file; those from a table are not read."""
    if setup is None:
        return ()
    numbers, rest = model.coordinate_number, model.default_pose
    found: list[CoordinateTask] = []
    for one in setup.tasks:
        if one.coordinate not in numbers or one.weight == 0:
            continue
        stay = rest[numbers[one.coordinate]] if one.target == "default_value" else one.value
        found.append(CoordinateTask(one.coordinate, one.weight, np.array([stay])))
    return tuple(found)


def _applied(
    asked: GaitRequest, model: Model, measured: TrialMeasures, times_s: FloatArray
) -> tuple[list[AppliedForce], list[str]]:
    """Measured forces on the model's feet, at the times of the motion."""
    forces = measured.recording.forces
    if forces is None:
        return [], ["No forces were recorded, so there are no moments."]
    at = forces_at(forces, times_s)
    if asked.forces is not None and asked.forces.suffix.lower() == ".xml":
        loads = read_external_loads(asked.forces).loads
        if len(loads) == len(at.plates):
            return [
                AppliedForce(load.body, plate.force_N, _known(plate.point_m), plate.moment_Nm)
                for load, plate in zip(loads, at.plates, strict=True)
            ], []
    applied: list[AppliedForce] = []
    notes: list[str] = []
    for contact in measured.events.contacts:
        body = FOOT.get(contact.side or "")
        if body is None or body not in model.bodies:
            reason = contact.reason or "the model has no such foot"
            notes.append(
                f"The load on plate {contact.plate + 1} from {contact.start_s:.2f} to "
                f"{contact.end_s:.2f} s acts on no foot: {reason}."
            )
            continue
        plate = at.plates[contact.plate]
        here = ((times_s >= contact.start_s) & (times_s <= contact.end_s))[:, None]
        applied.append(
            AppliedForce(
                body,
                np.where(here, plate.force_N, 0.0),
                np.where(here, _known(plate.point_m), 0.0),
                np.where(here, plate.moment_Nm, 0.0),
            )
        )
    return applied, notes


def _known(block: FloatArray) -> FloatArray:
    return np.nan_to_num(block, nan=0.0)


def curves(analysis: GaitAnalysis) -> dict[str, dict[str, Any]]:
    """Every coordinate and moment on 101 points of the cycle, mean and spread by side.

    Parameters
    ----------
    analysis
        With a solved model.

    Returns
    -------
    dict
        By name and side: `mean`, `sd` (lists of 101), `cycles`, `unit`. Coordinates that end in
        ``_l`` or ``_r`` are cut into the cycles of that side, all others into both sides'.
    """
    solved = analysis.solved
    if solved is None:
        return {}
    found: dict[str, dict[str, Any]] = {}
    motion, model = solved.motion, solved.model
    tables: list[tuple[str, FloatArray, str]] = []
    for number, one in enumerate(model.coordinates):
        angle = one.motion == "rotational"
        values = motion.values[:, number]
        tables.append((one.name, np.degrees(values) if angle else values, "deg" if angle else "m"))
    if solved.kinetics is not None:
        whole = with_couplers(model, motion, solved.kinetics.generalised) / model.mass_kg
        for number, name in enumerate(solved.kinetics.names):
            tables.append((name, whole[:, number], "Nm/kg" if name.endswith("moment") else "N/kg"))
    for name, values, unit in tables:
        for side in _sides(name):
            cut = cycle_curves(name, motion.times_s, values, _cycles(analysis), side)  # type: ignore[arg-type]
            if len(cut.curves):
                found[f"{name}|{side}"] = {
                    "unit": unit,
                    "cycles": len(cut.curves),
                    "mean": [round(float(v), 6) for v in cut.mean],
                    "sd": [None if np.isnan(v) else round(float(v), 6) for v in cut.sd],
                }
    return found


def _cycles(analysis: GaitAnalysis) -> tuple[Cycle, ...]:
    return analysis.measured.cycles


def _sides(name: str) -> tuple[str, ...]:
    stem = name.removesuffix("_moment").removesuffix("_force")
    if stem.endswith("_l"):
        return ("left",)
    return ("right",) if stem.endswith("_r") else ("left", "right")


def as_plain(analysis: GaitAnalysis) -> Mapping[str, Any]:
    """The analysis as plain values, for JSON.

    Parameters
    ----------
    analysis
        The analysis.
    """
    trial, measured, solved = analysis.trial, analysis.measured, analysis.solved
    markers = trial.recording.markers
    return {
        "schema_version": "1.0",
        "source": trial.recording.source,
        "frames": len(markers.times_s),
        "rate_hz": markers.rate_hz,
        "plates": len(trial.recording.forces.plates) if trial.recording.forces else 0,
        "events": [
            {"side": one.side, "kind": one.kind, "time_s": round(one.time_s, 4)}
            for one in measured.events.events
        ],
        "agreement": {
            kind: {
                "mean_s": None if not one.differences_s else round(one.mean_s, 4),
                "missed": one.missed,
                "steps": one.steps,
            }
            for kind, one in measured.agreement.items()
        },
        "cycles": [
            {"side": one.side, "start_s": one.start_s, "end_s": one.end_s}
            for one in measured.cycles
        ],
        "parameters": [_beside(one) for one in analysis.beside],
        "symmetry": [
            {"name": one.name, "index_percent": one.index_percent} for one in measured.symmetry
        ],
        "quality": list(analysis.findings.quality.reasons),
        "offered": [
            {
                "finding": one.finding,
                "side": one.side,
                "present": one.present,
                "value": one.value,
                "unit": one.unit,
                "z": one.z,
                "norm_source": one.norm_source,
                "rule": one.rule,
                "likelihood": one.likelihood,
                "caution": one.caution,
            }
            for one in analysis.findings.offered
        ],
        "not_judged": [list(pair) for pair in analysis.findings.not_judged],
        "model": None
        if solved is None
        else {
            "name": solved.model.name,
            "mass_kg": round(solved.model.mass_kg, 3),
            "marker_error_mm": round(solved.marker_error_mm, 2),
            "notes": list(solved.notes),
            "points": POINTS,
            "curves": curves(analysis),
        },
        "notes": list(measured.notes),
        "timing_ms": analysis.timing_ms,
    }


def _beside(one: Beside) -> dict[str, Any]:
    norm = one.norm
    return {
        "name": one.measure.name,
        "side": one.measure.side,
        "mean": round(one.measure.mean, 4),
        "sd": None if np.isnan(one.measure.sd) else round(one.measure.sd, 4),
        "steps": len(one.measure.values),
        "norm_mean": norm.mean if norm else None,
        "norm_sd": norm.sd if norm else None,
        "z": None if one.z is None else round(one.z, 2),
        "population": norm.population if norm else None,
        "source": one.source.title if one.source else None,
    }
