"""Frames from points and angles from frames, for many moments at once.

A frame is a rotation of shape (n, 3, 3), whose columns are its axes x forward, y up and z to the
right in the ground, and an origin of shape (n, 3).
"""

from __future__ import annotations

import numpy as np

from kinechain.gait.recording import FloatArray

MIRROR = np.array([1.0, 1.0, -1.0])
UP = np.array([0.0, 1.0, 0.0])


def unit(vectors: FloatArray) -> FloatArray:
    """Vectors of length one.

    Parameters
    ----------
    vectors
        Shape (..., 3).
    """
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def across(vectors: FloatArray, line: FloatArray) -> FloatArray:
    """The part of vectors that stands across a line.

    Parameters
    ----------
    vectors, line
        Shapes (..., 3); `line` of any length.
    """
    way = unit(line)
    return vectors - np.sum(vectors * way, axis=-1, keepdims=True) * way


def upright(y: FloatArray, right: FloatArray) -> FloatArray:
    """Frames whose y is given and whose z is as near to a direction as it can be.

    Parameters
    ----------
    y, right
        Shape (n, 3), of any length.

    Returns
    -------
    FloatArray
        Shape (n, 3, 3).
    """
    up = unit(y)
    forward = unit(np.cross(up, right))
    return np.stack([forward, up, np.cross(forward, up)], axis=-1)


def inside(rotation: FloatArray, vectors: FloatArray) -> FloatArray:
    """Vectors of the ground in the axes of frames.

    Parameters
    ----------
    rotation
        Shape (n, 3, 3).
    vectors
        Shape (n, 3).
    """
    return np.einsum("nji,nj->ni", rotation, vectors)


def outside(rotation: FloatArray, vectors: FloatArray) -> FloatArray:
    """Vectors in the axes of frames, in the ground.

    Parameters
    ----------
    rotation
        Shape (n, 3, 3).
    vectors
        Shape (n, 3) or (3,).
    """
    return np.einsum("nij,j->ni" if vectors.ndim == 1 else "nij,nj->ni", rotation, vectors)


def mean_rotation(rotations: FloatArray) -> FloatArray:
    """The rotation nearest to many, in the sense of least squares of their elements.

    Parameters
    ----------
    rotations
        Shape (n, 3, 3); those with NaN do not count.

    Returns
    -------
    FloatArray
        Shape (3, 3).
    """
    known = rotations[~np.isnan(rotations).any(axis=(1, 2))]
    left, _, right = np.linalg.svd(known.sum(axis=0))
    sign = np.diag([1.0, 1.0, float(np.sign(np.linalg.det(left @ right)))])
    return left @ sign @ right


def middle(points: FloatArray) -> FloatArray:
    """Median of each coordinate over the moments in which it is known, shape (3,).

    Parameters
    ----------
    points
        Shape (n, 3).
    """
    return np.median(points[~np.isnan(points).any(axis=1)], axis=0)


def turn(axis: FloatArray, angle_rad: float) -> FloatArray:
    """The rotation about an axis.

    Parameters
    ----------
    axis
        Shape (3,), unit vector.
    angle_rad
        Angle, rad.

    Returns
    -------
    FloatArray
        Shape (3, 3).
    """
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + np.sin(angle_rad) * cross + (1.0 - np.cos(angle_rad)) * cross @ cross


def angles_zxy(rotation: FloatArray) -> FloatArray:
    """Angles about z, then the turned x, then the twice turned y, that make a rotation.

    Parameters
    ----------
    rotation
        Shape (3, 3).

    Returns
    -------
    FloatArray
        Shape (3,), rad, the second between minus and plus a quarter turn.
    """
    return np.array(
        [
            np.arctan2(-rotation[0, 1], rotation[1, 1]),
            np.arcsin(np.clip(rotation[2, 1], -1.0, 1.0)),
            np.arctan2(-rotation[2, 0], rotation[2, 2]),
        ]
    )


def rotation_zxy(angles_rad: FloatArray) -> FloatArray:
    """The rotation that :func:`angles_zxy` takes apart.

    Parameters
    ----------
    angles_rad
        Shape (3,), rad.
    """
    x, y, z = np.eye(3)
    first, second, third = (float(one) for one in angles_rad)
    return turn(z, first) @ turn(x, second) @ turn(y, third)
