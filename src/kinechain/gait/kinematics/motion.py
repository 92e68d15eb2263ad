"""Coordinates with their derivatives: what inverse dynamics starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.kernels.layout import FloatArray
from kinechain.gait.kinematics.smoothing import CUTOFF_HZ, derivatives, lowpass, opensim_lowpass
from kinechain.gait.model.functions import Function, evaluate

if TYPE_CHECKING:
    from kinechain.gait.model.model import Model


@dataclass(frozen=True, eq=False)
class Motion:
    """Coordinates over time with first and second derivative.

    Attributes
    ----------
    times_s
        Shape (n,).
    values, speed, acceleration
        Shape (n, c) in the order of the model's coordinates; rad or m, per s, per s2.
    """

    times_s: FloatArray
    values: FloatArray
    speed: FloatArray
    acceleration: FloatArray

    def between(self, first_s: float, last_s: float) -> Motion:
        """The frames between two times, both included.

        Parameters
        ----------
        first_s, last_s
            Times, s.
        """
        here = (self.times_s >= first_s - 1e-9) & (self.times_s <= last_s + 1e-9)
        return Motion(
            self.times_s[here], self.values[here], self.speed[here], self.acceleration[here]
        )


def coupler_function(model: Model, number: int) -> Function:
    """The function by which a dependent coordinate follows its source.

    Parameters
    ----------
    model
        The model.
    number
        The dependent coordinate.
    """
    kind, first, rows = model.tree.coupler[number]
    return Function(int(kind), model.tree.table[first : first + rows])


def _follow_couplers(
    model: Model, values: FloatArray, speed: FloatArray, acceleration: FloatArray
) -> None:
    """Set what depends on others by the chain rule, in place."""
    for number in np.flatnonzero(model.tree.coupler[:, 0] >= 0):
        source = model.tree.source[number]
        value, slope, bend = evaluate(coupler_function(model, int(number)), values[:, source])
        values[:, number] = value
        speed[:, number] = slope * speed[:, source]
        acceleration[:, number] = slope * acceleration[:, source] + bend * speed[:, source] ** 2


def smooth_motion(
    model: Model, times_s: FloatArray, values: FloatArray, cutoff_hz: float | None = CUTOFF_HZ
) -> Motion:
    """Filter coordinates the usual way and differentiate them; couplers hold exactly.

    Parameters
    ----------
    model
        The model.
    times_s
        Shape (n,), evenly spaced, s.
    values
        Shape (n, c), rad or m, without gaps.
    cutoff_hz
        Of the zero-lag fourth-order low-pass; None leaves the values as they are.

    Returns
    -------
    Motion
        At the same times.

    Raises
    ------
    GaitError
        As :func:`kinechain.gait.kinematics.smoothing.lowpass` says.
    """
    smooth = np.array(values, float) if cutoff_hz is None else lowpass(times_s, values, cutoff_hz)
    speed, acceleration = derivatives(times_s, smooth)
    _follow_couplers(model, smooth, speed, acceleration)
    return Motion(np.array(times_s, float), smooth, speed, acceleration)


def opensim_motion(
    times_s: FloatArray, values: FloatArray, cutoff_hz: float | None = CUTOFF_HZ
) -> Motion:
    """Filter and differentiate exactly as OpenSim 4's inverse-dynamics tool does.

    Parameters
    ----------
    times_s
        Shape (n,), s.
    values
        Shape (n, c), rad or m, without gaps.
    cutoff_hz
        OpenSim's cut-off; None for no filter.

    Returns
    -------
    Motion
        At OpenSim's times within the range given: where the times are uneven (a TRC file rounds
        them) they are those of the resampling, and dependent coordinates are filtered by
        themselves.
    """
    first, last = float(times_s[0]), float(times_s[-1])
    if cutoff_hz is None:
        times, smooth = np.array(times_s, float), np.array(values, float)
    else:
        times, smooth = opensim_lowpass(times_s, values, cutoff_hz)
    speed, acceleration = derivatives(times, smooth)
    start = max(int(np.searchsorted(times, first, side="right")) - 1, 0)
    stop = int(np.searchsorted(times, last, side="right"))
    here = slice(start, stop)
    return Motion(times[here], smooth[here], speed[here], acceleration[here])
