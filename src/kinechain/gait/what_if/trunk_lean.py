"""A trunk that leans more over the leg that stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.loads.frames import lumbar_joint
from kinechain.gait.what_if.closing import State, closed
from kinechain.gait.what_if.moving import with_change
from kinechain.gait.what_if.stride import stride_phase

if TYPE_CHECKING:
    from kinechain.gait.model.model import Model
    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.gait.recording import FloatArray
    from kinechain.gait.what_if.asked import Angles
    from kinechain.gait.what_if.stride import Phase

ASSUMPTION = (
    "The trunk sways smoothly with the stride, furthest in the middle of single support; pelvis, "
    "legs and the pressure points under the soles stay as recorded, and the force tilts so that "
    "the body stays in balance."
)
NEARLY_FORWARD = 0.8


def bending(model: Model) -> tuple[int, float]:
    """The coordinate that leans the trunk sideways, and its sign to the right.

    Parameters
    ----------
    model
        The model.

    Raises
    ------
    GaitError
        When the trunk cannot lean on the pelvis.
    """
    joint = lumbar_joint(model)
    if joint is not None:
        tree = model.tree
        for k in range(3):
            forward = float((tree.parent_rotation[joint] @ tree.axes[joint, k])[0])
            number = int(tree.coordinate[joint, k])
            if number >= 0 and abs(forward) > NEARLY_FORWARD:
                return number, float(np.sign(forward))
    raise GaitError(
        model.name,
        "Its trunk cannot lean sideways on the pelvis.",
        "Give a model with a lumbar joint that bends sideways.",
    )


def lean_of(phase: Phase, left_rad: float, right_rad: float) -> tuple[FloatArray, ...]:
    """How far the trunk leans to the right over time, and its two derivatives.

    Parameters
    ----------
    phase
        Of the stride.
    left_rad, right_rad
        Largest lean over each leg, towards it, rad.

    Returns
    -------
    lean, rate, bend
        Shape (n,), rad, rad/s, rad/s2: a cosine of the phase that is `right_rad` in the middle
        of right single support and minus `left_rad` in that of left.
    """
    mean, size = (right_rad - left_rad) / 2.0, (right_rad + left_rad) / 2.0
    cosine, sine = np.cos(phase.angle_rad), np.sin(phase.angle_rad)
    return (
        mean + size * cosine,
        -size * sine * phase.rate,
        -size * (cosine * phase.rate**2 + sine * phase.bend),
    )


def with_lean(state: State, measured: TrialMeasures, lean_deg: Angles) -> State:
    """Lean the trunk over the standing leg, and balance the body again.

    Parameters
    ----------
    state
        The state before.
    measured
        The trial, for the phase of the stride.
    lean_deg
        Largest lean over each leg beyond the recorded one, deg.

    Raises
    ------
    GaitError
        The trial has no two single supports, or the model's trunk cannot lean.
    """
    number, sign = bending(state.model)
    phase = stride_phase(measured, state.motion.times_s)
    lean = lean_of(phase, np.radians(lean_deg.left), np.radians(lean_deg.right))
    change = np.zeros((3, *state.motion.values.shape))
    for order in range(3):
        change[order, :, number] = sign * lean[order]
    motion = with_change(state.model, state.motion, change[0], change[1], change[2])
    return closed(state, replace(state, motion=motion))
