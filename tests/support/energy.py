"""The balance of energy: the power of moments and outside forces is the change of energy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kinechain.gait.kinematics.motion import Motion
from kinechain.gait.kinematics.smoothing import opensim_lowpass, resampled
from kinechain.gait.kinetics.inverse import AppliedForce, inverse_dynamics
from kinechain.gait.model.model import Model
from tests.support.real_gait import RealTrial

STEP_S = 2e-4
EIGHTH_ORDER = (1 / 280, -4 / 105, 1 / 5, -4 / 5, 0.0, 4 / 5, -1 / 5, 4 / 105, -1 / 280)
State = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def energy_of(
    model: Model, times_s: np.ndarray, state: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Kinetic and potential energy, shape (n,), J, of coordinates with their speeds."""
    values, speed = state
    moved = Motion(times_s, values, speed, np.zeros(values.shape))
    energy = inverse_dynamics(model, moved).energy
    return energy.kinetic_J + energy.potential_J


def change_of_energy_W(  # noqa: N802 - the unit's own letter
    model: Model, times_s: np.ndarray, state: State, step_s: float = STEP_S
) -> np.ndarray:
    """By differences of eighth order along a motion that is known at every time, shape (n,)."""
    change = np.zeros(len(times_s))
    for weight, steps in zip(EIGHTH_ORDER, range(-4, 5), strict=True):
        if weight:
            at = times_s + steps * step_s
            change += weight / step_s * energy_of(model, at, state(at))
    return change


def balance_error(
    model: Model,
    motion: Motion,
    state: State,
    forces: Sequence[AppliedForce] = (),
    generalised: np.ndarray | None = None,
    step_s: float = STEP_S,
) -> float:
    """Largest difference of power and change of energy, as a share of the peak power.

    `generalised` are another program's forces for the same motion; ours by default.
    """
    found = inverse_dynamics(model, motion, forces)
    joints = found.energy.joint_power_W
    if generalised is not None:
        joints = np.einsum("nc,nc->n", generalised, motion.speed)
    power = joints + found.energy.external_power_W
    change = change_of_energy_W(model, motion.times_s, state, step_s)
    return float(np.abs(power - change).max() / np.abs(power).max())


def opensim_state(one: RealTrial) -> State:
    """A trial's coordinates as OpenSim filters them, at any time, along its own splines."""
    times, smooth = opensim_lowpass(one.markers.times_s, one.angles, 6.0)

    def at(times_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        speed = np.zeros((len(times_s), smooth.shape[1]))
        for weight, steps in zip(EIGHTH_ORDER, range(-4, 5), strict=True):
            if weight:
                moved = resampled(times, smooth, times_s + steps * STEP_S)
                speed += weight / STEP_S * moved
        return resampled(times, smooth, times_s), speed

    return at
