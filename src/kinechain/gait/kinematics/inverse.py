"""Inverse kinematics: the joint angles that bring the model's markers to the measured ones.

The cost is OpenSim's: sum over markers of weight x squared distance; clamped ranges are bounds,
locked coordinates stay, couplers hold exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.kernels.arguments import arguments, of_tree, room_for
from kinechain.gait.kernels.layout import FloatArray, IntArray, Targets
from kinechain.gait.kernels.library import call

if TYPE_CHECKING:
    from kinechain.gait.model.model import Model
    from kinechain.gait.recording import Markers

FEWEST_MARKERS = 3
UPRIGHT = 0.99
BLOCK_FRAMES = 5000
QUARTERS_RAD = (0.0, np.pi, np.pi / 2, -np.pi / 2)


@dataclass(frozen=True, eq=False)
class CoordinateTask:
    """A wish that a coordinate stay near a value.

    Attributes
    ----------
    coordinate
        Its name.
    weight
        Against marker weights: weight x rad2 (or m2) stands beside weight x m2.
    target
        One value for all frames or one per frame, shape (n,), rad or m.
    """

    coordinate: str
    weight: float
    target: FloatArray


@dataclass(frozen=True, eq=False)
class Kinematics:
    """Coordinates over time, and how well the markers are met.

    Attributes
    ----------
    times_s
        Shape (n,).
    coordinates
        Names, c of them, in the model's order.
    values
        Shape (n, c), rad or m; NaN in frames without enough markers.
    markers
        Names of the m markers that were used.
    error_m
        Shape (n, m): distance of every marker from the model's, m; NaN where it was not seen.
    cost
        Shape (n,): the weighted sum of squares that was minimised.
    converged
        Shape (n,).
    """

    times_s: FloatArray
    coordinates: tuple[str, ...]
    values: FloatArray
    markers: tuple[str, ...]
    error_m: FloatArray
    cost: FloatArray
    converged: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class _Problem:
    names: tuple[str, ...]
    seen: FloatArray
    targets: Targets
    goals: FloatArray


def _chosen(model: Model, markers: Markers, weights: Mapping[str, float] | None) -> list[str]:
    here = set(model.markers)
    names = [name for name in markers.names if name in here]
    if weights is not None:
        names = [name for name in names if weights.get(name, 0.0) > 0.0]
    if len(names) < FEWEST_MARKERS:
        raise GaitError(
            "inverse kinematics",
            f"Only {len(names)} markers of the recording are markers of the model {model.name}.",
            "Map the recording's marker names to the model's, or give the model's marker set.",
        )
    return names


def _bounds(model: Model) -> tuple[FloatArray, FloatArray]:
    low, high = np.full((2, len(model.coordinates)), np.inf)
    low *= -1.0
    for number in model.free:
        if model.coordinates[number].clamped:
            low[number] = model.coordinates[number].low
            high[number] = model.coordinates[number].high
    return low, high


def _problem(
    model: Model,
    markers: Markers,
    weights: Mapping[str, float] | None,
    tasks: tuple[CoordinateTask, ...],
) -> _Problem:
    names = _chosen(model, markers, weights)
    columns = [markers.names.index(name) for name in names]
    rows = [model.markers.index(name) for name in names]
    seen = np.ascontiguousarray(markers.positions_m[:, columns])
    seen[np.isnan(seen).any(axis=2)] = np.nan
    count = len(model.coordinates)
    weight = np.zeros(count)
    varying = any(task.target.size > 1 for task in tasks)
    goals = np.tile(model.default_pose, (len(seen) if varying else 1, 1))
    for task in tasks:
        number = model.coordinate_number.get(task.coordinate)
        if number is None:
            raise GaitError(
                f"inverse kinematics, task of {task.coordinate}",
                f"The model {model.name} has no such coordinate.",
                "Correct its name in the set-up file.",
            )
        weight[number] = task.weight
        goals[:, number] = task.target
    low, high = _bounds(model)
    targets = Targets(
        body=np.ascontiguousarray(model.marker_body[rows]),
        place=np.ascontiguousarray(model.marker_place_m[rows]),
        weight=np.array([1.0 if weights is None else weights[name] for name in names]),
        free=model.free,
        low=low,
        high=high,
        coordinate_weight=weight,
        coordinate_target=np.zeros(count),
    )
    return _Problem(tuple(names), seen, targets, goals)


def starting_poses(model: Model) -> FloatArray:
    """Poses to try in the first frame: the default, facing four ways.

    Parameters
    ----------
    model
        Where a coordinate turns the first body about the vertical, that one is varied.

    Returns
    -------
    FloatArray
        Shape (4, c), or (1, c) where no coordinate turns the model about the vertical.
    """
    tree = model.tree
    up = -tree.gravity / max(float(np.linalg.norm(tree.gravity)), 1e-9)
    for joint in np.flatnonzero(tree.parent == 0):
        for k in range(3):
            number = tree.coordinate[joint, k]
            direction = tree.parent_rotation[joint] @ tree.axes[joint, k]
            if number >= 0 and abs(direction @ up) > UPRIGHT and number in model.free:
                poses = np.tile(model.default_pose, (len(QUARTERS_RAD), 1))
                poses[:, number] += QUARTERS_RAD
                return poses
    return model.default_pose[None].copy()


def marker_positions(model: Model, values: FloatArray) -> FloatArray:
    """Where the model's markers are.

    Parameters
    ----------
    model
        The model.
    values
        Shape (n, c), rad or m, dependent coordinates included.

    Returns
    -------
    FloatArray
        Shape (n, m, 3), m, ground frame, in the order of `model.markers`.
    """
    return _placed(model, model.marker_body, model.marker_place_m, values)


def _placed(model: Model, body: IntArray, place: FloatArray, values: FloatArray) -> FloatArray:
    out = np.empty((len(values), len(body), 3))
    given = of_tree(model.tree) + room_for(model.tree, model.free)[1]
    given += arguments((len(body), len(values)), body, place, np.ascontiguousarray(values), out)
    call("marker_places", given)
    return out


def marker_jacobian(model: Model, values: FloatArray) -> FloatArray:
    """How the model's markers move with its coordinates, couplers not followed.

    Parameters
    ----------
    model
        The model.
    values
        Shape (n, c), rad or m.

    Returns
    -------
    FloatArray
        Shape (n, m, 3, c), m per rad or m.
    """
    body, place = model.marker_body, model.marker_place_m
    out = np.zeros((len(values), len(body), 3, values.shape[1]))
    given = of_tree(model.tree) + room_for(model.tree, model.free)[1]
    given += arguments((len(body), len(values)), body, place, np.ascontiguousarray(values), out)
    call("marker_jacobian", given)
    return out


def body_poses(model: Model, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where the bodies are.

    Parameters
    ----------
    model
        The model.
    values
        Shape (n, c), rad or m, dependent coordinates included.

    Returns
    -------
    rotation, origin_m
        Shapes (n, b, 3, 3), its columns the body's axes in the ground, and (n, b, 3), m.
    """
    n, b = len(values), len(model.bodies)
    rotation, origin = np.empty((n, b, 3, 3)), np.empty((n, b, 3))
    given = of_tree(model.tree) + room_for(model.tree, model.free)[1]
    given += arguments((n,), np.ascontiguousarray(values), rotation, origin)
    call("body_poses", given)
    return rotation, origin


def _fit(
    model: Model, problem: _Problem, good: IntArray, starts: FloatArray
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Values, cost and iterations of the frames that have enough markers."""
    targets, n = problem.targets, len(good)
    seen = problem.seen if n == len(problem.seen) else np.ascontiguousarray(problem.seen[good])
    goals = np.ascontiguousarray(problem.goals[good] if len(problem.goals) > 1 else problem.goals)
    q, cost, steps = np.empty((n, len(model.coordinates))), np.empty(n), np.zeros(n, np.int64)
    sizes = (len(targets.body), n, len(goals), len(starts))
    given = of_tree(model.tree) + room_for(model.tree, targets.free)[1]
    given += arguments(sizes, *targets, seen, goals, starts, q, cost, steps)
    call("fit_frames", given)
    return q, cost, steps


def inverse_kinematics(
    model: Model,
    markers: Markers,
    weights: Mapping[str, float] | None = None,
    tasks: tuple[CoordinateTask, ...] = (),
    start: FloatArray | None = None,
) -> Kinematics:
    """Fit the model to the markers of every frame.

    Parameters
    ----------
    model
        The model.
    markers
        In the ground frame; markers that the model does not have are left out, as are NaN.
    weights
        By marker name; markers without a weight are left out. None weighs all alike.
    tasks
        Coordinates that should stay near values.
    start
        A pose from which the first frame starts, shape (c,), rad or m.

    Returns
    -------
    Kinematics
        All coordinates, the dependent and the locked ones too.

    Raises
    ------
    GaitError
        Fewer than three markers are shared, or a task names no coordinate of the model.

    Notes
    -----
    A frame with fewer than three markers seen has NaN and is reported as not converged; the
    next one starts from the last good frame.
    """
    problem = _problem(model, markers, weights, tasks)
    n, count = len(problem.seen), len(model.coordinates)
    good = np.flatnonzero((~np.isnan(problem.seen[:, :, 0])).sum(axis=1) >= FEWEST_MARKERS)
    values = np.full((n, count), np.nan)
    error = np.full((n, len(problem.names)), np.nan)
    cost = np.full(n, np.nan)
    converged = np.zeros(n, bool)
    if len(good) > 0:
        starts = starting_poses(model) if start is None else np.array(start, float)[None]
        q, c, steps = _fit(model, problem, good, starts)
        values[good], cost[good], converged[good] = q, c, steps >= 0
        # In blocks: a long recording has many markers, and their residuals need not be kept.
        for first in range(0, len(good), BLOCK_FRAMES):
            here = good[first : first + BLOCK_FRAMES]
            body, place = problem.targets.body, problem.targets.place
            placed = _placed(model, body, place, values[here])
            error[here] = np.linalg.norm(problem.seen[here] - placed, axis=2)
    names = tuple(one.name for one in model.coordinates)
    return Kinematics(markers.times_s, names, values, problem.names, error, cost, converged)


def marker_residuals(model: Model, markers: Markers, found: Kinematics) -> FloatArray:
    """Where the markers are minus where the model has them.

    Parameters
    ----------
    model, markers
        What `found` was computed from.
    found
        The coordinates.

    Returns
    -------
    FloatArray
        Shape (n, m, 3), m, ground frame, in the order of `found.markers`; NaN where a marker
        was not seen.
    """
    columns = [markers.names.index(name) for name in found.markers]
    rows = [model.markers.index(name) for name in found.markers]
    return markers.positions_m[:, columns] - marker_positions(model, found.values)[:, rows]
