"""The parts of a model as they are read, before they become arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from kinechain.gait.model.functions import Function, polynomial

FloatArray = npt.NDArray[np.float64]
Motion = Literal["rotational", "translational", "coupled"]


@dataclass(frozen=True)
class Pose:
    """Where one frame is in another.

    Attributes
    ----------
    rotation
        Shape (3, 3): columns are the axes of the inner frame in the outer.
    place_m
        Shape (3,): origin of the inner frame in the outer, m.
    """

    rotation: FloatArray = field(default_factory=lambda: np.eye(3))
    place_m: FloatArray = field(default_factory=lambda: np.zeros(3))

    def then(self, inner: Pose) -> Pose:
        """The pose of a frame that is given in this one.

        Parameters
        ----------
        inner
            Its pose in this frame.
        """
        return Pose(self.rotation @ inner.rotation, self.place_m + self.rotation @ inner.place_m)

    def inverse(self) -> Pose:
        """The outer frame's pose in the inner."""
        return Pose(self.rotation.T, -self.rotation.T @ self.place_m)


def rotation_xyz(angles_rad: FloatArray) -> FloatArray:
    """Rotation about x, then the turned y, then the twice turned z.

    Parameters
    ----------
    angles_rad
        Shape (3,), rad.

    Returns
    -------
    FloatArray
        Shape (3, 3).
    """
    (sx, sy, sz), (cx, cy, cz) = np.sin(angles_rad), np.cos(angles_rad)
    x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return x @ y @ z


@dataclass(frozen=True)
class Body:
    """A rigid body.

    Attributes
    ----------
    name
        As in the file.
    mass_kg, centre_m
        Mass, and centre of mass in the body, shape (3,).
    inertia_kg_m2
        About the centre of mass, in the body's axes, shape (3, 3).
    """

    name: str
    mass_kg: float
    centre_m: FloatArray
    inertia_kg_m2: FloatArray


@dataclass(frozen=True)
class Coordinate:
    """A degree of freedom.

    Attributes
    ----------
    name, joint
        Its name and that of its joint.
    motion
        Rotational (rad), translational (m), or coupled when it is neither by itself.
    default, low, high
        Value at rest and range, rad or m.
    clamped
        Whether the range is a bound.
    locked
        Whether it stays at its default.
    """

    name: str
    joint: str
    motion: Motion
    default: float = 0.0
    low: float = -np.inf
    high: float = np.inf
    clamped: bool = False
    locked: bool = False


@dataclass(frozen=True)
class Axis:
    """One of a joint's six movements.

    Attributes
    ----------
    direction
        Unit vector, shape (3,).
    coordinate
        The coordinate it depends on; None for a constant.
    function
        Angle in rad or distance in m for a value of the coordinate.
    """

    direction: FloatArray
    coordinate: str | None = None
    function: Function = field(default_factory=lambda: polynomial(0.0))


@dataclass(frozen=True)
class Joint:
    """What holds a child body to its parent.

    Attributes
    ----------
    name, parent, child
        Names of the joint and the two bodies.
    in_parent, in_child
        The joint's frames in the two bodies.
    axes
        Three rotations, then three translations.
    """

    name: str
    parent: str
    child: str
    in_parent: Pose
    in_child: Pose
    axes: tuple[Axis, ...]


@dataclass(frozen=True)
class Coupler:
    """A coordinate that follows another.

    Attributes
    ----------
    dependent, independent
        Names of the coordinates.
    function
        Value of the dependent for a value of the independent.
    """

    dependent: str
    independent: str
    function: Function


@dataclass(frozen=True)
class ModelMarker:
    """A marker on a body.

    Attributes
    ----------
    name, body
        Names of both.
    place_m
        Shape (3,), m, in the body.
    """

    name: str
    body: str
    place_m: FloatArray


@dataclass(frozen=True)
class Parts:
    """All parts of a model.

    Attributes
    ----------
    name
        The model's name.
    gravity_m_s2
        Shape (3,).
    bodies
        Without the ground.
    joints, coordinates, couplers, markers
        In the order of the file.
    frames
        Named frames that are no bodies: body and pose in it.
    """

    name: str
    gravity_m_s2: FloatArray
    bodies: tuple[Body, ...]
    joints: tuple[Joint, ...]
    coordinates: tuple[Coordinate, ...]
    couplers: tuple[Coupler, ...]
    markers: tuple[ModelMarker, ...]
    frames: Mapping[str, tuple[str, Pose]] = field(default_factory=dict[str, tuple[str, Pose]])
