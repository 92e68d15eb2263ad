"""Which body is which, and the axes that moments and angles are told about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.kinematics.inverse import body_poses

if TYPE_CHECKING:
    from kinechain.gait.model.model import Model
    from kinechain.gait.recording import FloatArray

LETTER: dict[Side, str] = {"left": "_l", "right": "_r"}
OUTWARD: dict[Side, float] = {"left": -1.0, "right": 1.0}
"""The sign of the side's own direction on the axis to the right."""

# What OpenSim's models for gait call these bodies; the first that a model has is taken.
PELVIS = ("pelvis",)
TRUNK = ("torso", "thorax", "trunk")
THIGH, SHANK = ("femur", "thigh"), ("tibia", "shank")
ANKLE_CHILD, FOOT = ("talus", "calcn", "foot"), ("calcn", "foot", "talus")
ALIGNED_WITHIN_DEG = 30.0
PIECE_FRAMES = 4096


@dataclass(frozen=True, eq=False)
class Pose:
    """How the chain's bodies are turned over time.

    Attributes
    ----------
    model
        Whose bodies.
    rotation
        By the body's number, shape (n, 3, 3): columns are its axes in the ground.
    """

    model: Model
    rotation: dict[int, FloatArray]

    @cached_property
    def neutral(self) -> FloatArray:
        """The bodies' axes with all angles at zero, shape (b, 3, 3)."""
        return body_poses(self.model, np.zeros((1, len(self.model.coordinates))))[0][0]

    def aligned(self, bodies: tuple[int, ...]) -> bool:
        """Whether axes of bodies are forward, up and right with all angles at zero.

        OpenSim's models for gait are built so; in another model the loads' names would be
        wrong.

        Parameters
        ----------
        bodies
            Numbers.
        """
        along = np.einsum("bii->bi", self.neutral[list(bodies)])
        return bool((along > np.cos(np.radians(ALIGNED_WITHIN_DEG))).all())

    def axis(self, body: int, which: int) -> FloatArray:
        """One axis of a body in the ground, shape (n, 3): 0 forward, 1 up, 2 right.

        Parameters
        ----------
        body
            Its number.
        which
            Of the three.
        """
        return self.rotation[body][:, :, which]


def pose_of(model: Model, values: FloatArray) -> Pose:
    """How the bodies that angles and loads are told of are turned.

    Parameters
    ----------
    model
        The model.
    values
        Coordinates, shape (n, c), rad or m.
    """
    wanted = {find_body(model, names) for names in (PELVIS, TRUNK)}
    for names in (THIGH, SHANK, FOOT):
        wanted |= {find_body(model, names, side) for side in SIDES}
    rotation = {one: np.empty((len(values), 3, 3)) for one in wanted if one is not None}
    # In pieces, so that the poses of all bodies in a long trial are never held at once.
    for first in range(0, len(values), PIECE_FRAMES):
        here = slice(first, first + PIECE_FRAMES)
        turned, _ = body_poses(model, values[here])
        for one, kept in rotation.items():
            kept[here] = turned[:, one]
    return Pose(model, rotation)


def find_body(model: Model, names: tuple[str, ...], side: Side | None = None) -> int | None:
    """The number of the first body that the model has; None where it has none of them.

    Parameters
    ----------
    model
        The model.
    names
        Without the letter of the side.
    side
        Whose; None for what lies in the middle.
    """
    bodies = [one.lower() for one in model.bodies]
    ending = LETTER[side] if side else ""
    wanted = [f"{name}{ending}" for name in names]
    return next((bodies.index(one) for one in wanted if one in bodies), None)


def lumbar_joint(model: Model) -> int | None:
    """The joint by which the trunk stands on the pelvis; None where there is none.

    In a model with several vertebrae it is the lowest of their joints.

    Parameters
    ----------
    model
        The model.
    """
    pelvis, trunk = find_body(model, PELVIS), find_body(model, TRUNK)
    if pelvis is None or trunk is None:
        return None
    body = trunk
    while body > 0:
        joint = body - 1
        if int(model.tree.parent[joint]) == pelvis:
            return joint
        body = int(model.tree.parent[joint])
    return None


def floating_axis(proximal_right: FloatArray, distal_up: FloatArray) -> FloatArray:
    """The forward axis that is square to one body's right axis and the other's long axis.

    The second axis of the joint coordinate system (Schache and Baker 2007).

    Parameters
    ----------
    proximal_right, distal_up
        Unit vectors, shape (n, 3).

    Returns
    -------
    FloatArray
        Unit vectors, shape (n, 3).
    """
    cross = np.cross(distal_up, proximal_right)
    return cross / np.linalg.norm(cross, axis=1)[:, None]
