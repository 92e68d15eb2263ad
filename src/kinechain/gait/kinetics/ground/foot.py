"""Where a foot is, and where under it the load usually lies in the course of a stance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.events.model import SIDES
from kinechain.gait.kinematics.inverse import body_poses

if TYPE_CHECKING:
    from kinechain.gait.events.model import Side
    from kinechain.gait.kinematics.motion import Motion
    from kinechain.gait.kinetics.ground.method import GroundMethod
    from kinechain.gait.marker_names import MarkerMap
    from kinechain.gait.model.model import Model
    from kinechain.gait.recording import FloatArray

BLOCK_FRAMES = 5000
Spots = list[tuple[int, "FloatArray"]]
FOOT: dict[Side, str] = {"left": "calcn_l", "right": "calcn_r"}
TOES: dict[Side, str] = {"left": "toes_l", "right": "toes_r"}
BALLS = (("metatarsal_1", "metatarsal_5"), ("metatarsal_2",), ("toe",))

# Judgement, from where plates put the load: behind the heel marker and ahead of the ball, and to
# either side, in lengths from heel to ball. A load outside these is no load under the foot.
BEHIND, AHEAD, BESIDE = -1.15, 0.45, 0.3

# Judgement: a heel marker that rests between these heights shows that y = 0 is the floor; one
# that does not is taken to rest at the usual height above it.
HEEL_REST_M = (-0.01, 0.12)
USUAL_HEEL_REST_M = 0.04


@dataclass(frozen=True, eq=False)
class FootPlace:
    """Heel and ball of a foot over time.

    Attributes
    ----------
    heel_m, ball_m
        Shape (n, 3), m, ground frame.
    """

    heel_m: FloatArray
    ball_m: FloatArray

    def turned(self, turn: FloatArray) -> FootPlace:
        """The same in other axes.

        Parameters
        ----------
        turn
            Shape (3, 3): rows are the other axes.
        """
        return FootPlace(self.heel_m @ turn.T, self.ball_m @ turn.T)

    @property
    def length_m(self) -> float:
        """From heel to ball, m."""
        return float(np.median(np.linalg.norm(self.ball_m - self.heel_m, axis=1)))

    @property
    def heading(self) -> FloatArray:
        """Horizontal unit vector from heel to ball, shape (n, 2): forward, right."""
        way = (self.ball_m - self.heel_m)[:, [0, 2]]
        return way / np.linalg.norm(way, axis=1)[:, None]


@dataclass(frozen=True, eq=False)
class UsualLoad:
    """Where the load of a standing foot usually lies.

    Attributes
    ----------
    point_m
        Shape (n, 2), m: forward, right.
    spread_m2
        Shape (n, 2, 2): its covariance.
    """

    point_m: FloatArray
    spread_m2: FloatArray


def joint_spot(model: Model, joint: int) -> FloatArray:
    """The centre of a joint in its child body, shape (3,), m.

    Parameters
    ----------
    model, joint
        The model, and the joint's number.
    """
    return -model.tree.child_rotation[joint].T @ model.tree.child_place[joint]


def points_on(
    model: Model, values: FloatArray, spots: Sequence[tuple[int, FloatArray]]
) -> FloatArray:
    """Where points of bodies are, shape (n, k, 3), m, ground frame.

    Parameters
    ----------
    model
        The model.
    values
        Coordinates, shape (n, c), rad or m.
    spots
        Number of the body and place in it, m, of each of k points.
    """
    bodies = [body for body, _ in spots]
    places = np.array([place for _, place in spots])
    found = np.empty((len(values), len(spots), 3))
    for first in range(0, len(values), BLOCK_FRAMES):  # all bodies' poses are large
        here = slice(first, first + BLOCK_FRAMES)
        rotation, origin = body_poses(model, values[here])
        found[here] = origin[:, bodies]
        found[here] += np.einsum("nkij,kj->nki", rotation[:, bodies], places)
    return found


def foot_places(model: Model, motion: Motion, names: MarkerMap) -> dict[Side, FootPlace]:
    """Heel and ball of both feet as the model moves them.

    The heel is the model's heel marker, without one the origin of the heel's body; the ball the
    joint of the toes, without one the markers of the metatarsals or the toe.

    Parameters
    ----------
    model, motion
        The model and its motion.
    names
        Anatomical names of the model's markers.

    Raises
    ------
    GaitError
        The model lacks a foot, or nothing shows its ball.
    """
    parts = [part for side in SIDES for part in _parts_of(model, names, side)]
    path = points_on(model, motion.values, [spot for part in parts for spot in part])
    ends = np.cumsum([len(part) for part in parts])[:-1]
    heel_l, ball_l, heel_r, ball_r = (
        one.mean(axis=1) for one in np.split(path, ends.tolist(), axis=1)
    )
    return {"left": FootPlace(heel_l, ball_l), "right": FootPlace(heel_r, ball_r)}


def _parts_of(model: Model, names: MarkerMap, side: Side) -> tuple[Spots, Spots]:
    """The points whose means are heel and ball."""
    if FOOT[side] not in model.bodies:
        raise GaitError(
            f"model {model.name}",
            f"It has no body {FOOT[side]} for the {side} foot.",
            "Use a model with feet.",
        )

    def marked(kinds: tuple[str, ...]) -> Spots:
        groups = [
            [(int(model.marker_body[number]), model.marker_place_m[number])
             for number, name in enumerate(model.markers)
             if names.anatomical.get(name) == f"{kind}.{side}"] for kind in kinds
        ]  # fmt: skip
        return [spot for group in groups for spot in group] if all(groups) else []

    heel = marked(("heel",)) or [(model.bodies.index(FOOT[side]), np.zeros(3))]
    if TOES[side] in model.bodies:
        body = model.bodies.index(TOES[side])
        return heel, [(body, joint_spot(model, body - 1))]
    ball = next((found for kinds in BALLS if (found := marked(kinds))), None)
    if ball is None:
        raise GaitError(
            f"model {model.name}",
            f"Neither toes nor forefoot markers show the ball of the {side} foot.",
            "Use a model with toes or with forefoot markers.",
        )
    return heel, ball


def usual_load(place: FootPlace, phase: FloatArray, method: GroundMethod) -> UsualLoad:
    """Where the load usually lies at a phase of stance, on the line from heel to ball.

    Parameters
    ----------
    place
        The foot.
    phase
        Shape (n,): share of the stance that is over.
    method
        The figures.
    """
    length, along = place.length_m, place.heading
    across = np.column_stack([-along[:, 1], along[:, 0]])
    ahead = length * np.interp(phase, method.phase, method.ahead)
    spread = length * np.interp(phase, method.phase, method.ahead_spread)
    outer = np.einsum("ni,nj->nij", along, along), np.einsum("ni,nj->nij", across, across)
    return UsualLoad(
        place.ball_m[:, [0, 2]] + ahead[:, None] * along,
        spread[:, None, None] ** 2 * outer[0] + method.across_spread_m**2 * outer[1],
    )


def under_foot(point_m: FloatArray, place: FootPlace) -> FloatArray:
    """The nearest points under the foot.

    Parameters
    ----------
    point_m
        Shape (n, 2), m: forward, right.
    place
        The foot.
    """
    length, along = place.length_m, place.heading
    across = np.column_stack([-along[:, 1], along[:, 0]])
    away = point_m - place.ball_m[:, [0, 2]]
    forward = np.clip((away * along).sum(axis=1), BEHIND * length, AHEAD * length)
    beside = np.clip((away * across).sum(axis=1), -BESIDE * length, BESIDE * length)
    return place.ball_m[:, [0, 2]] + forward[:, None] * along + beside[:, None] * across


def ground_height(places: tuple[FootPlace, ...]) -> float:
    """Height of the floor, m: that of the ground frame, unless the heels rest elsewhere.

    Parameters
    ----------
    places
        Both feet.
    """
    rest = float(np.median([np.percentile(one.heel_m[:, 1], 10) for one in places]))
    low, high = HEEL_REST_M
    return 0.0 if low <= rest <= high else rest - USUAL_HEEL_REST_M
