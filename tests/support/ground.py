"""Real walks with plates, solved once with them and once as if there were none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from kinechain.gait.events.cycles import Cycle
from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.io.read import forces_at
from kinechain.gait.kinetics.ground import GroundMethod, ground_method, plates_on_feet
from kinechain.gait.kinetics.ground.estimate import GroundEstimate, estimate_ground
from kinechain.gait.kinetics.ground.foot import FootPlace, foot_places
from kinechain.gait.kinetics.ground.support import find_supports
from kinechain.gait.kinetics.inverse import inverse_dynamics
from kinechain.gait.loads.coverage import stances
from kinechain.gait.loads.joints import load_series
from kinechain.gait.model.model import Model
from kinechain.gait.model.osim import read_model
from kinechain.gait.model.setup import KinematicsSetup, read_kinematics_setup
from kinechain.gait.parameters.curves import stance_loads
from kinechain.gait.parameters.trial import TrialMeasures, measure_trial
from kinechain.gait.recording import Recording
from kinechain.gait.scaling.scale import scale_model
from kinechain.gait.solution import Solved, solve
from tests.support.gait import OPENCAP, real, real_measures, without_forces

GRAVITY = 9.80665
OPENCAP_MODEL = f"{OPENCAP}/optimized_scale_and_markers.osim"
WALKS: dict[str, tuple[str, str | None, str | None]] = {
    "rajagopal walk": (
        "rajagopal",
        "opensim_rajagopal_walk/opensim46/subject_scaled_walk.osim",
        "opensim_rajagopal_walk/ik_setup_walk.xml",
    ),
    "gait2354 walk1": (
        "gait2354",
        "opensim_gait2354_walk/subject01_simbody.osim",
        "opensim_gait2354_walk/subject01_Setup_IK.xml",
    ),
    **{
        f"opencap walking{kind}": ("opencap", OPENCAP_MODEL, None)
        for kind in ("", "TI", "TO", "TS")
    },
    "duarte Gait": ("duarte", None, None),
    "core test_walking": ("core", None, None),
    "core walking2": ("core", None, None),
    "core walking5": ("core", None, None),
}  # fmt: skip
MOMENTS = ("knee_adduction_moment", "knee_flexion_moment", "hip_flexion_moment",
           "hip_adduction_moment", "ankle_dorsiflexion_moment")  # fmt: skip
FORCES = ("fore_aft", "vertical", "sideways")


@dataclass(frozen=True, eq=False)
class HiddenWalk:
    """A walk with and without its plates.

    Attributes
    ----------
    laboratory
        Whose.
    model, setup
        The model that came with it, or the shipped one scaled to the walk.
    plates, hidden
        The trial as it is, and as a laboratory without plates would have it.
    solved
        With the plates.
    """

    laboratory: str
    model: Model
    setup: KinematicsSetup | None
    plates: TrialMeasures
    hidden: TrialMeasures
    solved: Solved

    def estimate(
        self, method: GroundMethod | None = None, *, exact: bool = False
    ) -> GroundEstimate:
        """The forces from the motion alone."""
        return estimate_ground(
            self.model,
            self.solved.motion,
            self.hidden.events,
            self.hidden.names,
            forward=self.hidden.forward,
            seen=self.solved.angles.markers,
            method=method,
            exact=exact,
        )


def _mass_kg(measured: TrialMeasures) -> float:
    """Of a walk at even speed: a stance's impulse bears the body for half a stride."""
    forces = measured.recording.forces
    assert forces is not None
    strides = [gap for side in SIDES for gap in np.diff(measured.events.of(side, "contact"))]
    found: list[float] = []
    for one in measured.events.contacts:
        if one.whole:
            here = (forces.times_s >= one.start_s) & (forces.times_s <= one.end_s)
            up = forces.plates[one.plate].force_N[here, 1]
            found.append(float(np.trapezoid(up, forces.times_s[here])))
    return float(np.mean(found) / (GRAVITY * np.median(strides) / 2))


def _cut(recording: Recording, span: slice) -> Recording:
    """The frames that tell the whole body."""
    markers = recording.markers
    return replace(
        recording,
        markers=replace(
            markers, times_s=markers.times_s[span], positions_m=markers.positions_m[span]
        ),
    )


@cache
def hidden_walk(name: str) -> HiddenWalk:
    """One of `WALKS`."""
    laboratory, model_file, setup_file = WALKS[name]
    measured = real_measures(name)
    if model_file is None:
        scaled = scale_model(measured.recording.markers, measured.names, _mass_kg(measured))
        measured = measure_trial(_cut(measured.recording, scaled.span), measured.names)
        model = scaled.model
    else:
        model = read_model(real(model_file))
    hidden = measure_trial(without_forces(measured.recording), measured.names)
    setup = read_kinematics_setup(real(setup_file)) if setup_file else None
    solved = solve(model, measured, setup, estimate_ground=False)
    return HiddenWalk(laboratory, model, setup, measured, hidden, solved)


@dataclass(eq=False)
class Errors:
    """Differences of estimates from plates, by what they are of.

    Attributes
    ----------
    single, double
        By component: forces in N/kg, points in m, free moments in Nm/kg, in all frames.
    moments
        By load, Nm/kg, over stance.
    relative
        By component: root mean square over a foot's stances, over the range of what the plates
        measured.
    peaks
        By load: largest value of the first half of each stance (of all of it for the ankle),
        from plates and estimated.
    """

    single: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    double: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    moments: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    relative: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    peaks: dict[str, list[tuple[float, float]]] = field(
        default_factory=dict[str, list[tuple[float, float]]]
    )


def errors_of(walk: HiddenWalk, found: GroundEstimate) -> Errors:
    """How far an estimate is from the plates, where a plate bore the whole foot."""
    errors = Errors()
    motion, mass = walk.solved.motion, walk.model.mass_kg
    forces = walk.plates.recording.forces
    assert forces is not None
    measured = plates_on_feet(forces_at(forces, motion.times_s), walk.plates.events.contacts)
    supports = find_supports(walk.plates.events, motion.times_s)
    ahead, right = walk.hidden.forward
    turn = np.array([[ahead, 0.0, right], [0.0, 1.0, 0.0], [-right, 0.0, ahead]])
    for side, estimate in zip(SIDES, found.applied, strict=True):
        if side not in measured:
            continue
        plate, covered = measured[side]
        other = supports["right" if side == "left" else "left"]
        difference = (estimate.force_N - plate.force_N) @ turn.T
        there = covered & found.known[side]
        extent = np.ptp((plate.force_N @ turn.T)[there], axis=0)
        for axis, name in enumerate(FORCES):
            share = np.sqrt(np.mean(difference[there, axis] ** 2)) / extent[axis]
            errors.relative.setdefault(name, []).append(float(share))
        for kind, mine in ((errors.single, ~other.on), (errors.double, other.on)):
            here = covered & found.known[side] & other.known & mine
            for axis, name in enumerate(FORCES):
                kind.setdefault(name, []).extend(difference[here, axis] / mass)
            twist = (estimate.moment_Nm - plate.moment_Nm)[here, 1] / mass
            kind.setdefault("free_moment", []).extend(twist)
            here &= (estimate.force_N[:, 1] > 50.0) & (plate.force_N[:, 1] > 50.0)
            away = (estimate.point_m - plate.point_m)[here] @ turn.T
            kind.setdefault("point_fore_aft", []).extend(away[:, 0])
            kind.setdefault("point_sideways", []).extend(away[:, 2])
    _moment_errors(walk, found, errors)
    return errors


def estimated_solution(walk: HiddenWalk, found: GroundEstimate) -> Solved:
    """The walk solved with an estimate."""
    kinetics = inverse_dynamics(walk.model, walk.solved.motion, found.applied)
    return replace(
        walk.solved, applied=found.applied, ground="estimated", kinetics=kinetics, estimate=found
    )


def _moment_errors(walk: HiddenWalk, found: GroundEstimate, errors: Errors) -> None:
    truth = {(one.name, one.side): one for one in load_series(walk.solved, walk.plates)}
    solved = estimated_solution(walk, found)
    supports = find_supports(walk.plates.events, walk.solved.motion.times_s)
    for one in load_series(solved, walk.hidden):
        if one.name not in MOMENTS or one.side == "both":
            continue
        plate = truth[one.name, one.side]
        own = np.where(found.known[one.side], one.values, np.nan)
        here = supports[one.side].on & np.isfinite(own) & np.isfinite(plate.values)
        errors.moments.setdefault(one.name, []).extend((own - plate.values)[here])
        steps = _stances(walk.plates, one.side)
        both = [
            stance_loads(one.times_s, values, steps, one.side)
            for values in (np.where(here | ~supports[one.side].on, plate.values, np.nan),
                           np.where(here | ~supports[one.side].on, own, np.nan))
        ]  # fmt: skip
        for a in both[0]:
            for b in both[1]:
                if a.start_s == b.start_s:
                    top = "largest" if one.name.startswith("ankle") else "first_peak"
                    pair = (getattr(a, top), getattr(b, top))
                    errors.peaks.setdefault(one.name, []).append(pair)


def _stances(measured: TrialMeasures, side: Side) -> tuple[Cycle, ...]:
    """The stances of a side with both their events."""
    return tuple(
        Cycle(side, one.start_s, one.end_s, one.end_s, None, None)
        for one in stances(measured, side)
        if np.isfinite(one.start_s) and np.isfinite(one.end_s)
    )


def load_path(walk: HiddenWalk, phase: np.ndarray) -> list[np.ndarray]:
    """How far ahead of the ball plates found the load, over the foot's length, of every step."""
    motion = walk.solved.motion
    forces = walk.plates.recording.forces
    assert forces is not None
    places = foot_places(walk.model, motion, walk.plates.names)
    found: list[np.ndarray] = []
    for one in walk.plates.events.contacts:
        if not one.whole or one.start_s < motion.times_s[0] or one.end_s > motion.times_s[-1]:
            continue
        assert one.side is not None
        place = places[one.side]
        at = one.start_s + phase * (one.end_s - one.start_s)
        point = forces_at(forces, at).plates[one.plate].point_m[:, [0, 2]]
        found.append(_ahead(place, motion.times_s, at, point))
    return found


def _ahead(place: FootPlace, times: np.ndarray, at: np.ndarray, point: np.ndarray) -> np.ndarray:
    def then(table: np.ndarray) -> np.ndarray:
        return np.column_stack([np.interp(at, times, column) for column in table.T])

    away = point - then(place.ball_m[:, [0, 2]])
    return (away * then(place.heading)).sum(axis=1) / place.length_m


def method_without(laboratory: str | None, walks: Iterable[HiddenWalk]) -> GroundMethod:
    """The method with the load's path from all laboratories but one."""
    shipped = ground_method()
    curves: dict[str, list[np.ndarray]] = {}
    for walk in walks:
        if walk.laboratory != laboratory:
            curves.setdefault(walk.laboratory, []).extend(load_path(walk, shipped.phase))
    ahead = np.mean([np.mean(one, axis=0) for one in curves.values()], axis=0)
    # at the very ends the plate's load is too small to lie anywhere
    ahead[[0, -1]] = ahead[[1, -2]]
    return replace(shipped, ahead=ahead)
