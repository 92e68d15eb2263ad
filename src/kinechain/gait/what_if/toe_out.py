"""Feet that turn outwards more, with the leg above them and the pressure under them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.kinematics.inverse import (
    CoordinateTask,
    Kinematics,
    body_poses,
    inverse_kinematics,
)
from kinechain.gait.kinematics.smoothing import derivatives
from kinechain.gait.loads.coverage import stances
from kinechain.gait.loads.frames import ANKLE_CHILD, FOOT, SHANK, THIGH, find_body
from kinechain.gait.recording import Markers
from kinechain.gait.what_if.balance import centre_of_mass
from kinechain.gait.what_if.closing import State, closed, tilted
from kinechain.gait.what_if.moving import with_change
from kinechain.gait.what_if.stride import below, belt_path, joint_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinechain.gait.kinematics.motion import Motion
    from kinechain.gait.kinetics.inverse import AppliedForce
    from kinechain.gait.model.model import Model
    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.gait.recording import FloatArray

ASSUMPTION = (
    "The foot turns about the vertical through its ankle, whose path stays; the pressure point "
    "turns with the sole about where the ankle rests in stance, the leg turns from the hip, the "
    "other leg, pelvis and trunk stay as recorded, and the force tilts so that the body stays in "
    "balance."
)
FAINT, DISTAL, KNEE = 1e-7, 100.0, 0.05
CORNERS_M = np.array([[0.1, 0.0, 0.0], [0.0, 0.1, 0.0], [0.0, 0.0, 0.1], [-0.1, -0.1, -0.1]])


@dataclass(frozen=True, eq=False)
class Turning:
    """How one foot turns.

    Attributes
    ----------
    angle_rad
        About the upward vertical.
    ankle_m
        Path of the ankle, about which the foot turns, shape (n, 3), m.
    rest_m
        Where the ankle rests on the floor in the stance of each frame, about which the pressure
        point turns, shape (n, 3), m; in swing the ankle itself. A treadmill's belt carries it.
    """

    angle_rad: float
    ankle_m: FloatArray
    rest_m: FloatArray

    def sole(self, points_m: FloatArray) -> FloatArray:
        """Where points of the foot go, m.

        Parameters
        ----------
        points_m
            Shape (n, k, 3), m.
        """
        return _turned(points_m, self.ankle_m[:, None], self.angle_rad)

    def pressure(self, points_m: FloatArray) -> FloatArray:
        """Where the pressure point goes, m.

        Parameters
        ----------
        points_m
            Shape (n, 3), m.
        """
        return _turned(points_m, self.rest_m, self.angle_rad)


def _turned(points_m: FloatArray, pivot_m: FloatArray, angle_rad: float) -> FloatArray:
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    # the rotation less identity, so that no turn leaves every digit as it is
    less = np.array([[cosine - 1.0, 0.0, sine], [0.0, 0.0, 0.0], [-sine, 0.0, cosine - 1.0]])
    return points_m + (points_m - pivot_m) @ less.T


def turning(
    model: Model, motion: Motion, measured: TrialMeasures, side: Side, outward_rad: float
) -> Turning:
    """How a foot turns outwards about its ankle.

    Parameters
    ----------
    model, motion
        Whose foot.
    measured
        The trial, for the stances.
    side
        Which foot.
    outward_rad
        By how much.

    Raises
    ------
    GaitError
        When the model has no such foot.
    """
    foot = find_body(model, ANKLE_CHILD, side)
    if foot is None:
        raise GaitError(model.name, f"It has no {side} foot.", "Give a model with both feet.")
    path = joint_path(model, motion.values, foot)
    angle = -outward_rad if side == "right" else outward_rad
    return Turning(angle, path, _rests(path, measured, motion.times_s, side))


def _rests(
    path_m: FloatArray, measured: TrialMeasures, times_s: FloatArray, side: Side
) -> FloatArray:
    """Where the ankle moves least on the floor in each stance; its path elsewhere."""
    floor = belt_path(measured, times_s)
    on_floor = path_m - floor
    speed = np.linalg.norm(np.gradient(on_floor, times_s, axis=0), axis=1)
    rest = path_m.copy()
    for one in stances(measured, side):
        here = np.flatnonzero((times_s >= one.start_s) & (times_s <= one.end_s))
        if len(here):
            rest[here] = on_floor[here[np.argmin(speed[here])]] + floor[here]
    return rest


@dataclass(frozen=True, eq=False)
class LegTurn:
    """How one leg turns outwards.

    Attributes
    ----------
    side, turning
        Which leg, and how its foot turns.
    change
        Of the coordinates, shape (n, c), rad or m.
    gap_m
        How far at most the model's foot stays from where it should be, because its joints cannot
        turn it so, m.
    """

    side: Side
    turning: Turning
    change: FloatArray
    gap_m: float


def leg_turn(
    model: Model, motion: Motion, measured: TrialMeasures, side: Side, outward_deg: float
) -> LegTurn:
    """Find the joint angles that turn one foot outwards and leave pelvis and trunk in place.

    Parameters
    ----------
    model, motion
        Whose leg.
    measured
        The trial, for the stances.
    side
        Which leg.
    outward_deg
        By how much the foot turns beyond the recorded angle, deg.

    Raises
    ------
    GaitError
        When the model lacks the foot.

    Notes
    -----
    The model is fitted to corners of the pelvis and of the sole, once where they are and once
    where they should be; all between is free. The difference is the change, so that no turn is
    no change, exactly.
    """
    how = turning(model, motion, measured, side, float(np.radians(outward_deg)))
    values, times = motion.values, motion.times_s
    thigh = find_body(model, THIGH, side)
    soles = below(model, find_body(model, FOOT, side))
    if thigh is None or not soles:
        raise GaitError(model.name, f"It has no {side} leg.", "Give a model with both legs.")
    held = [int(model.tree.parent[thigh - 1]), *soles]
    rotation, origin = body_poses(model, values)
    corners = origin[:, held, None] + np.einsum("nbij,kj->nbki", rotation[:, held], CORNERS_M)
    goals = corners.copy()
    for place in range(1, len(held)):
        goals[:, place] = how.sole(corners[:, place])
    names = tuple(f"{model.bodies[b]} {k}" for b in held for k in range(len(CORNERS_M)))
    marked = replace(
        model,
        markers=names,
        marker_body=np.repeat(np.array(held, np.int64), len(CORNERS_M)),
        marker_place_m=np.tile(CORNERS_M, (len(held), 1)),
    )
    tasks = _stay(model, values, set(below(model, thigh)))
    rate = (len(times) - 1) / float(times[-1] - times[0])

    def fitted(places: FloatArray) -> Kinematics:
        seen = Markers(names, times, places.reshape(len(times), -1, 3), rate)
        return inverse_kinematics(marked, seen, tasks=tasks, start=values[0])

    before, after = fitted(corners), fitted(goals)
    return LegTurn(side, how, after.values - before.values, float(np.max(after.error_m)))


def with_turns(state: State, turns: Sequence[LegTurn]) -> State:
    """Turn legs outwards, and balance the body again.

    Parameters
    ----------
    state
        The state before; its motion is the one that the turns were found for.
    turns
        At most one for each leg.
    """
    model = state.model
    change = np.zeros_like(state.motion.values)
    feet: dict[int, Turning] = {}
    for one in turns:
        change += one.change
        foot = find_body(model, ANKLE_CHILD, one.side)
        feet.update(dict.fromkeys(below(model, foot), one.turning))
    rates = derivatives(state.motion.times_s, change)
    moved = with_change(model, state.motion, change, *rates)
    centre = centre_of_mass(model, moved)
    ground = tuple(
        _under(one, feet.get(model.bodies.index(one.body)), centre) for one in state.ground
    )
    return closed(state, replace(state, motion=moved, ground=ground))


def _under(one: AppliedForce, foot: Turning | None, centre_m: FloatArray) -> AppliedForce:
    """The force under a foot, its point turned with the sole."""
    if foot is None:
        return one
    shift = foot.pressure(one.point_m) - one.point_m
    shift[(one.force_N == 0.0).all(axis=1)] = 0.0
    return tilted(one, shift, centre_m)


def _stay(model: Model, values: FloatArray, legs: set[int]) -> tuple[CoordinateTask, ...]:
    """Wishes that all angles stay: faint ones, and a firm one for the knees.

    The faint ones decide nothing but what the corners leave open: in a leg with more joints
    than it needs the hip turns, and not the ankle. Hip and ankle stay as far apart as they are,
    so that the knee need not bend; near a straight knee a millimetre that the foot lacks would
    bend it by degrees from frame to frame.
    """
    tree = model.tree
    shanks = {find_body(model, SHANK, side) for side in SIDES}
    tasks: list[CoordinateTask] = []
    for number in model.free:
        joint = int(np.flatnonzero((tree.own == number).any(axis=1))[0])
        weight = FAINT
        if joint + 1 in legs and joint + 1 in shanks:
            weight = KNEE
        elif joint + 1 in legs and int(tree.parent[joint]) in legs:
            weight = FAINT * DISTAL
        tasks.append(CoordinateTask(model.coordinates[number].name, weight, values[:, number]))
    return tuple(tasks)
