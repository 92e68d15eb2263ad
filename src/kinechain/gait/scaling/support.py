"""Which coordinates the markers tell, in the whole trial and at each moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from kinechain.gait.gaps import runs
from kinechain.gait.kinematics.inverse import marker_jacobian
from kinechain.gait.model.model import Model
from kinechain.gait.model.parts import Coordinate
from kinechain.gait.recording import FloatArray

# Judgement: skin moves over bone by about 5 mm; where the markers move less than this per radian,
# that alone would turn the joint by 10 degrees.
LEAST_M_PER_RAD = 0.03
TINY = 1e-8  # m2: keeps the matrix invertible where nothing tells a coordinate

# Without pelvis, hips, knees, ankles and trunk a moment is left out; head, arms and the heel's
# turning are held still where they are lost for more than this share of the rest.
NEEDED_JOINTS = ("ground_pelvis", "hip", "knee", "ankle", "back")
LARGEST_LOST_SHARE = 0.1


def leverage(jacobian: FloatArray) -> FloatArray:
    """How far the markers move with each coordinate beyond what all others could make up for.

    Parameters
    ----------
    jacobian
        Shape (r, c): rows are the coordinates of the markers that are seen.

    Returns
    -------
    FloatArray
        Shape (c,), m per rad (1 for a translation): the root of the sum of squares over the
        markers.
    """
    square = jacobian.T @ jacobian + TINY * np.eye(jacobian.shape[1])
    return 1.0 / np.sqrt(np.diag(np.linalg.inv(square)))


def rest_jacobian(model: Model) -> FloatArray:
    """How the markers move at the default pose, shape (m, 3, c).

    Parameters
    ----------
    model
        The model.
    """
    return marker_jacobian(model, model.default_pose[None])[0]


def untold(jacobian: FloatArray, free: Sequence[int]) -> tuple[list[int], list[int]]:
    """Coordinates that the markers do not tell, those farthest from the pelvis given up first.

    Parameters
    ----------
    jacobian
        Shape (m, 3, c).
    free
        Numbers of the coordinates that may move.

    Returns
    -------
    free, given_up
        Numbers of coordinates.
    """
    left, lost = sorted(free), list[int]()
    while left:
        weak = np.flatnonzero(leverage(jacobian.reshape(-1, jacobian.shape[-1])[:, left])
                              < LEAST_M_PER_RAD)  # fmt: skip
        if len(weak) == 0:
            break
        lost.append(left.pop(int(weak[-1])))
    return left, lost


def told_at(
    jacobian: FloatArray, free: Sequence[int], seen: np.ndarray
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """At each moment, which of the free coordinates the markers seen then tell.

    Parameters
    ----------
    jacobian
        Shape (m, 3, c).
    free
        Numbers of the coordinates that may move.
    seen
        Shape (n, m), bool.

    Returns
    -------
    ndarray
        Shape (n, f), bool.
    """
    own = jacobian[:, :, list(free)]
    told = np.zeros((len(seen), len(free)), np.bool_)
    # markers come and go seldom: what a set of them tells is found once
    changes = np.flatnonzero((seen[1:] != seen[:-1]).any(axis=1)) + 1
    known: dict[bytes, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]] = {}
    for first, last in pairwise([0, *changes.tolist(), len(seen)]):
        key = seen[first].tobytes()
        if key not in known:
            rows = own[seen[first]].reshape(-1, len(free))
            known[key] = leverage(rows) >= LEAST_M_PER_RAD
        told[first:last] = known[key]
    return told


def is_needed(coordinate: Coordinate) -> bool:
    """Whether a moment without this coordinate is left out.

    Parameters
    ----------
    coordinate
        Of the shipped model.
    """
    return coordinate.joint.removesuffix("_r").removesuffix("_l") in NEEDED_JOINTS


def longest_run(good: np.ndarray) -> slice:
    """The longest run of True; empty where there is none.

    Parameters
    ----------
    good
        Shape (n,), bool.
    """
    found = max(runs(good), key=lambda one: one[1] - one[0], default=(0, -1))
    return slice(found[0], found[1] + 1)


def locked_where(coordinates: Sequence[Coordinate], names: Sequence[str]) -> tuple[Coordinate, ...]:
    """The coordinates with some of them locked where they are.

    Parameters
    ----------
    coordinates
        All of a model's.
    names
        Of those to lock.
    """
    return tuple(replace(one, locked=one.locked or one.name in names) for one in coordinates)
