"""Motions whose derivatives are known exactly, for the model with every kind of joint."""

from __future__ import annotations

import numpy as np

from kinechain.gait.kinematics.motion import Motion
from kinechain.gait.kinetics.inverse import AppliedForce
from kinechain.gait.model.model import Model

CAP, SCALE = np.array([0.2, 0.8, 0.1]), 0.9  # of the doll's coupler


def sines(
    times_s: np.ndarray, count: int, seed: int = 2
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sines of different size, rate and phase with both derivatives, each of shape (n, count)."""
    size, rate, phase = np.random.default_rng(seed).uniform(
        [[0.2], [3.0], [0.0]], [[0.8], [8.0], [6.0]], (3, count)
    )
    angle = rate * times_s[:, None] + phase
    return size * np.sin(angle), size * rate * np.cos(angle), -size * rate**2 * np.sin(angle)


def doll_state(model: Model, times_s: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The doll's coordinates, the kneecap following the knee, with both derivatives."""
    values, speed, gain = sines(times_s, len(model.coordinates))
    knee, cap = model.coordinate_number["knee"], model.coordinate_number["cap"]
    first, second = np.polyder(CAP), np.polyder(CAP, 2)
    x, dx, ddx = values[:, knee], speed[:, knee], gain[:, knee]
    values[:, cap] = SCALE * np.polyval(CAP, x)
    speed[:, cap] = SCALE * np.polyval(first, x) * dx
    gain[:, cap] = SCALE * (np.polyval(first, x) * ddx + np.polyval(second, x) * dx**2)
    return values, speed, gain


def doll_motion(model: Model, frames: int = 301) -> Motion:
    """One second of `doll_state`."""
    times = np.linspace(0.0, 1.0, frames)
    return Motion(times, *doll_state(model, times))


def doll_load(times_s: np.ndarray) -> list[AppliedForce]:
    """Forces that change, on the foot and on the arm."""
    t, one = times_s[:, None], np.ones((len(times_s), 1))
    return [
        AppliedForce("foot", np.hstack([30 * np.sin(5 * t), 600 + 50 * t, 20 * one]),
                     np.hstack([0.1 + t, 0 * t, 0.2 * one]),
                     np.hstack([t, 3 * np.cos(t), 1 - t])),
        AppliedForce("arm", np.hstack([5 * one, -t, t]), np.hstack([t, t, t]),
                     np.zeros((len(times_s), 3))),
    ]  # fmt: skip
