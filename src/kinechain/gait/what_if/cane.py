"""A cane in the hand opposite to a leg."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.kinetics.inverse import AppliedForce
from kinechain.gait.loads.coverage import stances
from kinechain.gait.loads.frames import ANKLE_CHILD, TRUNK, find_body
from kinechain.gait.what_if.closing import State, closed
from kinechain.gait.what_if.stride import belt_path, joint_path

if TYPE_CHECKING:
    from kinechain.gait.events.model import Side
    from kinechain.gait.model.model import Model
    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.gait.recording import FloatArray
    from kinechain.gait.what_if.asked import Cane

ASSUMPTION = (
    "The cane is upright, its tip 15 cm outside the little toe of its own side, it bears a half "
    "sine over the other leg's stance with the stated peak in its middle, the person walks as "
    "recorded, and the force on the foot tilts so that the body stays in balance."
)
OUTSIDE_M = 0.1524 + 0.05
"""From the ankle's centre to the tip: 6 inches outside the little toe, where a cane is fitted
(Kumar et al., see data/load_doses), and from there to the ankle about 5 cm (judgement: half the
breadth of a forefoot)."""
HAND = ("hand", "radius", "forearm", "ulna", "humerus", "upper_arm", "upperarm")


def with_cane(state: State, measured: TrialMeasures, cane: Cane) -> State:
    """Let a cane bear a part of the body in every stance of the leg opposite to it.

    The force acts on the hand (on the trunk of a model without arms) through the tip, as that
    of a light, rigid cane; the force on the feet is less by as much.

    Parameters
    ----------
    state
        The state before.
    measured
        The trial, for the stances.
    cane
        Which hand, and how much.

    Raises
    ------
    GaitError
        When no whole stance of the leg is in the trial, or the model has no foot or trunk.
    """
    model, times = state.model, state.motion.times_s
    whole = [
        one
        for one in stances(measured, cane.leg)
        if np.isfinite(one.start_s) and np.isfinite(one.end_s)
    ]
    if not whole:
        raise GaitError(
            measured.recording.source,
            f"It has no whole stance of the {cane.leg} leg, which the cane should support.",
            "Record at least one from contact to off.",
        )
    weight_N = model.mass_kg * float(np.linalg.norm(model.tree.gravity))  # noqa: N806
    peak_N = cane.percent_body_weight / 100.0 * weight_N  # noqa: N806
    force, tip = np.zeros((len(times), 3)), np.zeros((len(times), 3))
    floor = belt_path(measured, times)
    paths = _ankles(model, state.motion.values, cane)
    for one in whole:
        here = (times >= one.start_s) & (times <= one.end_s)
        if not here.any():
            continue
        part = (times[here] - one.start_s) / (one.end_s - one.start_s)
        force[here, 1] = peak_N * np.sin(np.pi * part)
        tip[here] = _tip(paths, here, cane.hand)
        tip[here] += floor[here] - floor[here][len(floor[here]) // 2]
    pushed = AppliedForce(_hand(model, cane.hand), force, tip, np.zeros_like(force))
    return closed(state, replace(state, others=(*state.others, pushed)))


def _hand(model: Model, side: Side) -> str:
    number = find_body(model, HAND, side)
    number = find_body(model, TRUNK) if number is None else number
    if number is None:
        raise GaitError(model.name, "It has no hand and no trunk.", "Give a whole-body model.")
    return model.bodies[number]


def _ankles(model: Model, values: FloatArray, cane: Cane) -> tuple[FloatArray, FloatArray]:
    """Paths of the ankles of the supported leg and of the cane's side, shape (n, 3) each."""
    leg = find_body(model, ANKLE_CHILD, cane.leg)
    passing = find_body(model, ANKLE_CHILD, cane.hand)
    if leg is None or passing is None:
        raise GaitError(model.name, "It lacks a foot.", "Give a model with both feet.")
    return joint_path(model, values, leg), joint_path(model, values, passing)


def _tip(
    paths_m: tuple[FloatArray, FloatArray],
    here: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    hand: Side,
) -> FloatArray:
    """Where the tip stands during one stance, shape (3,), m.

    Level with the ankle that it supports in the middle of stance, and outside the other foot
    where that passes.
    """
    supported, passing = paths_m[0][here], paths_m[1][here]
    middle = len(supported) // 2
    outward = OUTSIDE_M if hand == "right" else -OUTSIDE_M
    return np.array([supported[middle, 0], 0.0, passing[middle, 2] + outward])
