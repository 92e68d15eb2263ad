"""What a model makes of a recording: angles, motion, forces on the feet, moments."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.events.model import SIDES
from kinechain.gait.io.read import forces_at
from kinechain.gait.kinematics.inverse import CoordinateTask, Kinematics, inverse_kinematics
from kinechain.gait.kinematics.motion import Motion, opensim_motion, smooth_motion
from kinechain.gait.kinetics.ground import (
    GroundEstimate,
    estimate_ground,
    known_kinetics,
    plates_on_feet,
    unmeasured_feet,
)
from kinechain.gait.kinetics.inverse import AppliedForce, Kinetics, inverse_dynamics

if TYPE_CHECKING:
    from kinechain.gait.model.model import Model
    from kinechain.gait.model.setup import KinematicsSetup
    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.gait.recording import FloatArray, Markers

FOOT = {"left": "calcn_l", "right": "calcn_r"}
"""The bodies on which the ground acts, as OpenSim's models call them."""

Ground = Literal["plates", "estimated", "none"]


@dataclass(frozen=True, eq=False)
class Solved:
    """What a model makes of a recording.

    Attributes
    ----------
    angles
        Of every frame.
    motion
        Filtered, of the frames from the first to the last that have angles.
    applied
        The forces of the ground on the feet, at the times of the motion.
    ground
        Where those come from: measured by plates, estimated from the motion (some or all of
        them), or not known.
    kinetics
        What the motion needs; None where the ground's forces are not known. NaN, where forces
        are estimated, in a leg whose foot's force is not known.
    notes
        What could not be computed, and why.
    estimate
        In which frames which foot's force is measured, estimated, or not known; None where
        nothing is estimated.
    """

    model: Model
    angles: Kinematics
    motion: Motion
    applied: tuple[AppliedForce, ...]
    ground: Ground
    kinetics: Kinetics | None
    notes: tuple[str, ...]
    estimate: GroundEstimate | None = None

    @property
    def rotational(self) -> tuple[bool, ...]:
        """For each coordinate whether it is an angle."""
        return tuple(one.motion == "rotational" for one in self.model.coordinates)

    @property
    def marker_error_mm(self) -> float:
        """Root mean square distance of all seen markers from the model's."""
        total, count = 0.0, 0
        for column in self.angles.error_m.T:  # one by one: a long recording has many frames
            seen = column[~np.isnan(column)]
            total, count = total + float(seen @ seen), count + len(seen)
        return 1000 * math.sqrt(total / count) if count else float("nan")


def solve(
    model: Model,
    measured: TrialMeasures,
    setup: KinematicsSetup | None = None,
    bodies: Sequence[str] = (),
    *,
    opensim_filter: bool = False,
    estimate_ground: bool | None = None,
) -> Solved:
    """Fit a model to a trial, and compute what its motion needs.

    Parameters
    ----------
    model
        Scaled to the person; its markers bear the recording's names.
    measured
        The trial.
    setup
        Marker weights and coordinate tasks; all markers weigh alike without it.
    bodies
        The body that each plate's force acts on, where a file says so; otherwise the contacts
        that were proved by geometry tell.
    opensim_filter
        Filter as OpenSim's tool does, for comparison with it.
    estimate_ground
        Whether the ground's forces are estimated from the motion where no plate measured them.
        By default for feet of which no whole step was measured; not beside a file that says
        what acts on which body, nor for comparison with OpenSim.

    Raises
    ------
    GaitError
        Model and recording do not share enough markers; or there are no plates and the ground's
        forces cannot be estimated, though that was asked for.
    """
    recording = measured.recording
    with _naming(recording.source):
        angles = inverse_kinematics(
            model,
            _in_range(recording.markers, setup),
            setup.weights if setup else None,
            coordinate_tasks(model, setup),
        )
        span = _solved_frames(angles, model, recording.source)
        times, values = angles.times_s[span], angles.values[span]
        motion = (
            opensim_motion(times, values) if opensim_filter else smooth_motion(model, times, values)
        )
    found: GroundEstimate | None = None
    applied, notes = _forces_on_feet(model, measured, motion.times_s, bodies)
    asked = estimate_ground is not None
    wanted = estimate_ground if asked else not (bodies or opensim_filter)
    if wanted:
        try:
            found = _estimated(model, measured, motion, angles, every=asked)
        except GaitError as problem:
            if estimate_ground and recording.forces is None:
                raise
            notes.append(f"The ground's forces could not be estimated: {problem.what}")
    if found is not None:
        kinetics = known_kinetics(
            model, inverse_dynamics(model, motion, found.applied), found.known
        )
        notes = [*(notes if recording.forces else ()), *found.notes]
        return Solved(
            model, angles, motion, found.applied, "estimated", kinetics, tuple(notes), found
        )
    kinetics = inverse_dynamics(model, motion, applied) if applied else None
    ground: Ground = "plates" if applied else "none"
    return Solved(model, angles, motion, tuple(applied), ground, kinetics, tuple(notes))


def _estimated(
    model: Model, measured: TrialMeasures, motion: Motion, angles: Kinematics, *, every: bool
) -> GroundEstimate | None:
    """Estimates for feet without a measured step, or for every step beside the plates."""
    forces, events = measured.recording.forces, measured.events
    plates = plates_on_feet(forces_at(forces, motion.times_s), events.contacts) if forces else {}
    sides = unmeasured_feet(events, motion.times_s, plates, every=every)
    if forces is not None and not sides:
        return None
    seen = np.isfinite(angles.error_m).any(axis=0)
    return estimate_ground(
        model,
        motion,
        events,
        measured.names,
        forward=measured.forward,
        plates=plates,
        sides=sides or SIDES,
        seen=[angles.markers[number] for number in np.flatnonzero(seen)],
    )


@contextmanager
def _naming(source: str) -> Generator[None]:
    """Errors of the mathematics name the file whose numbers they are about."""
    try:
        yield
    except GaitError as error:
        if source in error.where:
            raise
        raise GaitError(f"{source}, {error.where}", error.what, error.remedy) from None


def _in_range(markers: Markers, setup: KinematicsSetup | None) -> Markers:
    """The frames that the set-up file asks for."""
    if setup is None:
        return markers
    first, last = setup.time_range_s
    here = (markers.times_s >= first - 1e-9) & (markers.times_s <= last + 1e-9)
    if not here.any():
        raise GaitError(
            "time_range of the set-up file",
            f"It goes from {first:g} to {last:g} s, the recording from {markers.times_s[0]:g} to "
            f"{markers.times_s[-1]:g} s.",
            "Give the set-up file of this recording, or correct its time range.",
        )
    return replace(markers, times_s=markers.times_s[here], positions_m=markers.positions_m[here])


def _solved_frames(angles: Kinematics, model: Model, source: str) -> slice:
    """From the first to the last frame with angles; all between them must have some."""
    found = np.flatnonzero(~np.isnan(angles.values).any(axis=1))
    if len(found) < 2:
        raise GaitError(
            model.name,
            "The model meets the markers in fewer than two frames.",
            "Check that the model's markers have the names of the recording's.",
        )
    span = slice(int(found[0]), int(found[-1]) + 1)
    if len(found) < span.stop - span.start:
        raise GaitError(
            source,
            "Frames without enough markers lie between good ones.",
            "Fill the gaps, or cut the recording.",
        )
    return span


def coordinate_tasks(model: Model, setup: KinematicsSetup | None) -> tuple[CoordinateTask, ...]:
    """Coordinate tasks of a set-up file; those whose goal is in a table are not followed.

    Parameters
    ----------
    model
        Tasks of coordinates that it does not have are left out.
    setup
        As read from the file.
    """
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


def _forces_on_feet(
    model: Model, measured: TrialMeasures, times_s: FloatArray, bodies: Sequence[str]
) -> tuple[list[AppliedForce], list[str]]:
    """Measured forces on the model's feet, at the times of the motion."""
    forces = measured.recording.forces
    if forces is None:
        return [], ["No forces were recorded, so there are no moments."]
    at = forces_at(forces, times_s)
    if len(bodies) == len(at.plates):
        return [
            AppliedForce(body, plate.force_N, _known(plate.point_m), plate.moment_Nm)
            for body, plate in zip(bodies, at.plates, strict=True)
        ], []
    notes: list[str] = []
    loaded: dict[tuple[str, int], np.ndarray[tuple[int, ...], np.dtype[np.bool_]]] = {}
    for contact in measured.events.contacts:
        body = FOOT.get(contact.side or "")
        if body is None or body not in model.bodies:
            reason = contact.reason or "the model has no such foot"
            notes.append(
                f"The load on plate {contact.plate + 1} from {contact.start_s:.2f} to "
                f"{contact.end_s:.2f} s acts on no foot: {reason}."
            )
            continue
        first = np.searchsorted(times_s, contact.start_s)
        last = np.searchsorted(times_s, contact.end_s, "right")
        here = loaded.setdefault((body, contact.plate), np.zeros(len(times_s), np.bool_))
        here[first:last] = True
    # One force for each foot and plate: many steps on a treadmill cost no more than one.
    return [
        AppliedForce(
            body,
            np.where(here[:, None], at.plates[number].force_N, 0.0),
            np.where(here[:, None], _known(at.plates[number].point_m), 0.0),
            np.where(here[:, None], at.plates[number].moment_Nm, 0.0),
        )
        for (body, number), here in loaded.items()
    ], notes


def _known(block: FloatArray) -> FloatArray:
    return np.nan_to_num(block, nan=0.0)
