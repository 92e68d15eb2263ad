"""When each leg bears the body, where its ankle stands, and the phase of the stride."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.kinematics.inverse import body_poses
from kinechain.gait.loads.coverage import stances

if TYPE_CHECKING:
    from kinechain.gait.model.model import Model
    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.gait.recording import FloatArray


@dataclass(frozen=True, eq=False)
class Phase:
    """The phase of the stride over time: 0 in the middle of right single support, pi of left.

    Attributes
    ----------
    angle_rad, rate, bend
        Shape (n,): the phase and its two derivatives, per s and per s2.
    """

    angle_rad: FloatArray
    rate: FloatArray
    bend: FloatArray


def other(side: Side) -> Side:
    """The other leg.

    Parameters
    ----------
    side
        One leg.
    """
    return "left" if side == "right" else "right"


def single_supports(measured: TrialMeasures, side: Side) -> tuple[tuple[float, float], ...]:
    """From when to when only this leg bears the body, s.

    Parameters
    ----------
    measured
        The trial with its events.
    side
        The leg that stands.
    """
    swings = [(one.end_s, two.start_s) for one, two in pairwise(stances(measured, other(side)))]
    own = stances(measured, side)
    return tuple(
        (start, end)
        for start, end in swings
        if any(one.start_s <= start and end <= one.end_s for one in own)
    )


def stride_phase(measured: TrialMeasures, times_s: FloatArray) -> Phase:
    """The phase of the stride, smooth, from the middles of the single supports.

    Parameters
    ----------
    measured
        The trial with its events.
    times_s
        Shape (n,), s.

    Raises
    ------
    GaitError
        When the trial has fewer than two single supports that follow each other.
    """
    found: list[tuple[float, Side]] = [
        ((start + end) / 2.0, side)
        for side in SIDES
        for start, end in single_supports(measured, side)
    ]
    middles = sorted(found)
    sides = [side for _, side in middles]
    if len(middles) < 2 or any(a == b for a, b in pairwise(sides)):
        raise GaitError(
            measured.recording.source,
            "The trial must have single supports of both legs, one after the other.",
            "Record at least two steps.",
        )
    knots = np.array([time for time, _ in middles])
    first = 0 if sides[0] == "right" else 1
    angles = np.pi * np.arange(first, first + len(knots), dtype=np.float64)
    return _smooth(knots, angles, times_s)


def _smooth(knots: FloatArray, angles: FloatArray, times_s: FloatArray) -> Phase:
    """Cubic Hermite pieces through the knots, straight beyond them."""
    steps = np.diff(knots)
    slopes = np.diff(angles) / steps
    # a mean of neighbours that never exceeds either by much keeps the phase rising
    inner = 2.0 * slopes[:-1] * slopes[1:] / (slopes[:-1] + slopes[1:])
    tangents = np.concatenate([slopes[:1], inner, slopes[-1:]])
    piece = np.clip(np.searchsorted(knots, times_s, side="right") - 1, 0, len(steps) - 1)
    step = steps[piece]
    u = (times_s - knots[piece]) / step
    a, b = angles[piece], angles[piece + 1]
    m, n = tangents[piece] * step, tangents[piece + 1] * step
    value = a + u * (m + u * (3 * (b - a) - 2 * m - n + u * (2 * (a - b) + m + n)))
    rate = (m + u * (2 * (3 * (b - a) - 2 * m - n) + 3 * u * (2 * (a - b) + m + n))) / step
    bend = (2 * (3 * (b - a) - 2 * m - n) + 6 * u * (2 * (a - b) + m + n)) / step**2
    before, after = times_s < knots[0], times_s > knots[-1]
    for beyond, knot in ((before, 0), (after, -1)):
        value[beyond] = angles[knot] + tangents[knot] * (times_s[beyond] - knots[knot])
        rate[beyond], bend[beyond] = tangents[knot], 0.0
    return Phase(value, rate, bend)


def belt_path(measured: TrialMeasures, times_s: FloatArray) -> FloatArray:
    """How far a treadmill's belt has carried the floor, shape (n, 3), m; zero over ground.

    Parameters
    ----------
    measured
        The trial, for the belt's speed and the direction of walking.
    times_s
        Shape (n,), s.
    """
    ahead, right = measured.forward
    return -measured.belt_m_per_s * np.outer(times_s, [ahead, 0.0, right])


def joint_path(model: Model, values: FloatArray, body: int) -> FloatArray:
    """Path of the centre of the joint that holds a body, shape (n, 3), m, ground frame.

    Parameters
    ----------
    model
        The model.
    values
        Its coordinates, shape (n, c), rad or m.
    body
        The body's number.
    """
    rotation, origin = body_poses(model, values)
    tree = model.tree
    centre = -tree.child_rotation[body - 1].T @ tree.child_place[body - 1]
    return origin[:, body] + rotation[:, body] @ centre


def below(model: Model, first: int | None) -> tuple[int, ...]:
    """A body's number and those of all bodies that hang on it; none for None.

    Parameters
    ----------
    model
        The model.
    first
        The number of the body.
    """
    if first is None:
        return ()
    found = [first]
    for body in range(first + 1, len(model.bodies)):
        if int(model.tree.parent[body - 1]) in found:
            found.append(body)
    return tuple(found)
