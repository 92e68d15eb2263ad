"""A motion with a change of its coordinates added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.kinematics.motion import Motion, coupler_function
from kinechain.gait.model.functions import evaluate

if TYPE_CHECKING:
    from kinechain.gait.model.model import Model
    from kinechain.gait.recording import FloatArray


def with_change(
    model: Model,
    motion: Motion,
    change: FloatArray,
    speed: FloatArray,
    acceleration: FloatArray,
) -> Motion:
    """Add a change and its derivatives to a motion; dependent coordinates follow.

    Parameters
    ----------
    model, motion
        Whose motion.
    change, speed, acceleration
        Shape (n, c): the change of the coordinates, rad or m, and its two derivatives; what
        stands in the columns of dependent coordinates is not looked at.

    Returns
    -------
    Motion
        A dependent coordinate changes by as much as its function does, so that a motion whose
        couplers hold only nearly is not pulled straight.
    """
    tree = model.tree
    dependent = np.flatnonzero(tree.coupler[:, 0] >= 0)
    free = np.ones(len(model.coordinates))
    free[dependent] = 0.0
    moved = Motion(
        motion.times_s,
        motion.values + free * change,
        motion.speed + free * speed,
        motion.acceleration + free * acceleration,
    )
    for number in dependent:
        source = int(tree.source[number])
        function = coupler_function(model, int(number))
        value, slope, bend = evaluate(function, motion.values[:, source])
        new_value, new_slope, new_bend = evaluate(function, moved.values[:, source])
        rate, new_rate = motion.speed[:, source], moved.speed[:, source]
        gain, new_gain = motion.acceleration[:, source], moved.acceleration[:, source]
        moved.values[:, number] += new_value - value
        moved.speed[:, number] += new_slope * new_rate - slope * rate
        moved.acceleration[:, number] += (
            new_slope * new_gain + new_bend * new_rate**2 - slope * gain - bend * rate**2
        )
    return moved
