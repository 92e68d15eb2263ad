"""How a model and what is fitted to it lie in memory; nothing here needs the compiler.

Body 0 is the ground; body ``j + 1`` is the child of joint ``j``, and every parent comes before
its children. A joint is three rotations about axes fixed in the moving frame, one after the
other, and three translations along axes fixed in the parent's frame, each by a function of at
most one coordinate (the mobilizer of Seth et al. 2010).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

POLYNOMIAL = 0
SPLINE = 1
SUMS = 22


class Tree(NamedTuple):
    """Arrays of a model with b bodies (ground among them), j = b - 1 joints, c coordinates.

    Attributes
    ----------
    parent
        Shape (j,): the body on which each joint stands.
    parent_rotation, parent_place
        Shapes (j, 3, 3) and (j, 3): the joint's frame in the parent body, m.
    child_rotation, child_place
        The child body in the joint's moving frame, same shapes.
    axes
        Shape (j, 6, 3): unit vectors of the three rotations, then of the three translations.
    coordinate
        Shape (j, 6): the coordinate that each axis depends on, or -1.
    own
        Shape (j, 6): the coordinates of each joint, each once, filled up with -1; those that
        shift come before those that turn, as the frame shifts before it turns.
    function
        Shape (j, 6, 3): kind (`POLYNOMIAL`, `SPLINE`), first row and number of rows in `table`.
    table
        Shape (rows, 5). A spline's row is knot, value, and the three coefficients of the cubic
        from there; a polynomial's rows have one coefficient each, highest power first.
    source
        Shape (c,): the coordinate that rules each coordinate: itself, or the independent one
        of a coupler.
    coupler
        Shape (c, 3): the coupler's function like `function`; kind -1 where there is none.
    mass, centre, inertia
        Shapes (b,), (b, 3), (b, 3, 3): kg; m in the body; kg m2 about the centre of mass.
    gravity
        Shape (3,), m/s2.
    """

    parent: IntArray
    parent_rotation: FloatArray
    parent_place: FloatArray
    child_rotation: FloatArray
    child_place: FloatArray
    axes: FloatArray
    coordinate: IntArray
    own: IntArray
    function: IntArray
    table: FloatArray
    source: IntArray
    coupler: IntArray
    mass: FloatArray
    centre: FloatArray
    inertia: FloatArray
    gravity: FloatArray


class Targets(NamedTuple):
    """What the pose is fitted to: m markers, c coordinates of which u are free.

    Attributes
    ----------
    body, place
        Shapes (m,) and (m, 3): the body each marker is on, and where, m.
    weight
        Shape (m,).
    free
        Shape (u,): the coordinates that may change, by number, those of leaves before those of
        the root.
    low, high
        Shape (c,): bounds, rad or m; infinite where there are none.
    coordinate_weight, coordinate_target
        Shape (c,): weight 0 where a coordinate has no task.
    """

    body: IntArray
    place: FloatArray
    weight: FloatArray
    free: IntArray
    low: FloatArray
    high: FloatArray
    coordinate_weight: FloatArray
    coordinate_target: FloatArray


class Room(NamedTuple):
    """Arrays that the fit works in: b bodies, c coordinates of which u are free.

    The sums of a body are, of the markers on it and beyond it: weight; its first moment (3) and
    second moment (xx, yy, zz, xy, xz, yz); weight x residual (3); and weight x place x residual
    (9, by rows). All are in the ground frame about its origin.
    """

    rotation: FloatArray  # (b, 3, 3)
    origin: FloatArray  # (b, 3)
    spin: FloatArray  # (c, 3)
    shift: FloatArray  # (c, 3)
    rate: FloatArray  # (c,), change of each coordinate with its source
    sums: FloatArray  # (b, SUMS)
    matrix: FloatArray  # (u, u)
    factor: FloatArray  # (u, u)
    slope: FloatArray  # (u,)
    step: FloatArray  # (u,)
    held: FloatArray  # (u,), 1 at a bound that is pushed against, else 0
    trial: FloatArray  # (c,)
    pose: FloatArray  # (c,)
    work: FloatArray  # (4, 3)
    column: IntArray  # (c,), place of the coordinate's source among the free ones, or -1


class Loads(NamedTuple):
    """Measured forces: k loads in n frames, ground frame.

    Attributes
    ----------
    body
        Shape (k,): the body each acts on, by number.
    force, point, moment
        Shape (n, k, 3): N, m, and Nm about the point.
    """

    body: IntArray
    force: FloatArray
    point: FloatArray
    moment: FloatArray


class Moving(NamedTuple):
    """The state of every body and joint in one frame, ground frame."""

    rotation: FloatArray  # (b, 3, 3)
    origin: FloatArray  # (b, 3)
    velocity: FloatArray  # (b, 3), of the origin
    acceleration: FloatArray  # (b, 3)
    turning: FloatArray  # (b, 3), angular velocity
    spinup: FloatArray  # (b, 3), angular acceleration
    spin: FloatArray  # (c, 3), as the poses have it
    shift: FloatArray  # (c, 3)
    centre: FloatArray  # (j, 3), origin of each joint's moving frame
    wrench: FloatArray  # (b, 6), force and moment about the ground's origin
    work: FloatArray  # (15, 3)
