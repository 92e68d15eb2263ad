"""Low-pass filters and derivatives of joint angles, the field's usual way and OpenSim's.

The usual filter is a Butterworth of second order run forward and backward, its cut-off raised
by 1 / 0.802 so that both passes together are 3 dB down at the cut-off asked for (Winter 2009,
section 3.4.4.2). OpenSim runs one of third order both ways without that correction.
"""

from __future__ import annotations

import math

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.kernels.arguments import arguments
from kinechain.gait.kernels.layout import FloatArray
from kinechain.gait.kernels.library import call

CUTOFF_HZ = 6.0
TWO_PASSES = (math.sqrt(2.0) - 1.0) ** 0.25  # 0.802
FEWEST_FRAMES = 6
PAD_PERIODS = 4.0  # of the cut-off: what the filter remembers of the edge is gone by then
UNEVEN = 0.02
EPSILON = 2.2204460492503131e-16
MOST_SAMPLES = 100_000


def _checked(times_s: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    times = np.array(times_s, float)
    table = np.array(values, float, order="C")
    if table.ndim != 2 or len(times) != len(table):
        raise GaitError("smoothing", f"Times {times.shape} and values {table.shape} differ.",
                        "Give one row of values per time.")  # fmt: skip
    if len(times) < FEWEST_FRAMES:
        raise GaitError("smoothing", f"There are only {len(times)} frames.",
                        f"Give at least {FEWEST_FRAMES}.")  # fmt: skip
    if not np.isfinite(table).all():
        bad = int(np.flatnonzero(~np.isfinite(table).all(axis=1))[0])
        raise GaitError(f"smoothing, frame {bad + 1} at {times[bad]:.3f} s",
                        "A value is not a number.",
                        "Fill the gap, or take a stretch without gaps.")  # fmt: skip
    if not (np.diff(times) > 0).all():
        raise GaitError("smoothing", "The times do not rise.", "Sort the frames.")
    return times, table


def second_order(cutoff_hz: float, rate_hz: float) -> tuple[FloatArray, FloatArray]:
    """Butterworth low-pass of second order by the bilinear transform.

    Parameters
    ----------
    cutoff_hz, rate_hz
        Where one pass is 3 dB down, and the sampling rate, Hz.

    Returns
    -------
    b, a
        Numerator and denominator, shape (3,).
    """
    k = math.tan(math.pi * cutoff_hz / rate_hz)
    scale = 1.0 / (1.0 + math.sqrt(2.0) * k + k * k)
    b = scale * k * k * np.array([1.0, 2.0, 1.0])
    a = np.array([1.0, 2.0 * scale * (k * k - 1.0), scale * (1.0 - math.sqrt(2.0) * k + k * k)])
    return b, a


def third_order(cutoff_hz: float, rate_hz: float) -> tuple[FloatArray, FloatArray]:
    """Butterworth low-pass of third order, as OpenSim's.

    Parameters
    ----------
    cutoff_hz, rate_hz
        Where one pass is 3 dB down, and the sampling rate, Hz.

    Returns
    -------
    b, a
        Numerator and denominator, shape (4,).
    """
    w = math.tan(math.pi * cutoff_hz / rate_hz)
    w2, w3 = w * w, w * w * w
    scale = 1.0 / ((w + 1.0) * (w2 + w + 1.0))
    b = scale * w3 * np.array([1.0, 3.0, 3.0, 1.0])
    a1, a2 = 3.0 * w3 + 2.0 * w2 - 2.0 * w - 3.0, 3.0 * w3 - 2.0 * w2 - 2.0 * w + 3.0
    return b, np.array([1.0, scale * a1, scale * a2, scale * (w - 1.0) * (w2 - w + 1.0)])


def _padded(values: FloatArray, count: int) -> FloatArray:
    """The columns, mirrored through their first and last point on both sides."""
    before = 2.0 * values[0] - values[count:0:-1]
    after = 2.0 * values[-1] - values[-2 : -count - 2 : -1]
    return np.concatenate([before, values, after])


def _run(table: FloatArray, b: FloatArray, a: FloatArray, state: FloatArray) -> None:
    """One pass over the columns, in place, beginning with what the filter holds."""
    held = np.ascontiguousarray(state)
    call("recursive_filter", arguments((*table.shape, len(held)), table, b, a, held))


def lowpass(times_s: FloatArray, values: FloatArray, cutoff_hz: float = CUTOFF_HZ) -> FloatArray:
    """Fourth-order Butterworth without phase shift: two passes of second order.

    Parameters
    ----------
    times_s
        Shape (n,), even to 2 %, s.
    values
        Shape (n, c), without gaps.
    cutoff_hz
        Where both passes together are 3 dB down, Hz.

    Returns
    -------
    FloatArray
        Shape (n, c).

    Raises
    ------
    GaitError
        Fewer than six frames, gaps, uneven times, or a cut-off that the rate cannot carry.
    """
    times, table = _checked(times_s, values)
    steps = np.diff(times)
    step = float(times[-1] - times[0]) / (len(times) - 1)
    if np.abs(steps - step).max() > UNEVEN * step + 1e-3:
        raise GaitError(
            "filter",
            "The frames are not evenly spaced in time.",
            "Resample the recording, or take a stretch without lost frames.",
        )
    inner = cutoff_hz / TWO_PASSES
    if not 0.0 < inner < 0.5 / step:
        raise GaitError("filter", f"A cut-off of {cutoff_hz:g} Hz does not fit {1 / step:g} Hz.",
                        "Give a cut-off below 0.4 of the sampling rate.")  # fmt: skip
    b, a = second_order(inner, 1.0 / step)
    pad = min(len(times) - 1, math.ceil(PAD_PERIODS / (cutoff_hz * step)))
    rest = np.array([b[1] - a[1] + b[2] - a[2], b[2] - a[2]])
    table = _padded(table, pad)
    for _ in range(2):
        _run(table, b, a, rest[:, None] * table[0])
        table = np.ascontiguousarray(table[::-1])
    return table[pad : pad + len(times)].copy()


def derivatives(times_s: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """First and second derivative of the natural quintic spline through every column.

    Parameters
    ----------
    times_s
        Shape (n,), rising, s.
    values
        Shape (n, c), without gaps.

    Returns
    -------
    first, second
        Shape (n, c) each, per s and per s2.
    """
    times, table = _checked(times_s, values)
    first, second = np.empty(table.shape), np.empty(table.shape)
    work = np.empty((3, len(times), 2, 2))
    call("quintic_spline", arguments(table.shape, times, table, first, second, work))
    return first, second


def resampled(times_s: FloatArray, values: FloatArray, at_s: FloatArray) -> FloatArray:
    """The natural quintic spline through every column at other times.

    Parameters
    ----------
    times_s, values
        Shapes (n,) and (n, c), without gaps.
    at_s
        Shape (k,), rising, s.

    Returns
    -------
    FloatArray
        Shape (k, c).
    """
    times, table = _checked(times_s, values)
    first, second = derivatives(times, table)
    at = np.array(at_s, float)
    out = np.empty((len(at), table.shape[1]))
    given = arguments((*table.shape, len(at_s)), times, table, first, second, at, out)
    call("quintic_at", given)
    return out


def cubic_at(times_s: FloatArray, values: FloatArray, at_s: FloatArray) -> FloatArray:
    """The natural cubic spline at other times, by which OpenSim interpolates forces.

    Parameters
    ----------
    times_s, values
        Shapes (n,) and (n, c), without gaps.
    at_s
        Shape (k,), rising, s.

    Returns
    -------
    FloatArray
        Shape (k, c).
    """
    times, table = _checked(times_s, values)
    at = np.array(at_s, float)
    out = np.empty((len(at), table.shape[1]))
    bend, scale = np.empty(table.shape), np.empty(len(times))
    given = arguments((*table.shape, len(at_s)), times, table, at, bend, scale, out)
    call("cubic_at", given)
    return out


def opensim_lowpass(
    times_s: FloatArray, values: FloatArray, cutoff_hz: float = CUTOFF_HZ
) -> tuple[FloatArray, FloatArray]:
    """Pad, resample and filter exactly as OpenSim 4's inverse-dynamics tool does.

    Parameters
    ----------
    times_s
        Shape (n,), s; where they are uneven, all is resampled at the smallest step.
    values
        Shape (n, c), without gaps.
    cutoff_hz
        OpenSim's ``lowpass_cutoff_frequency_for_coordinates``, Hz.

    Returns
    -------
    times, values
        Shapes (k,) and (k, c): longer than what was given by half of it at each end.
    """
    times, table = _checked(times_s, values)
    half = len(times) // 2
    table = _padded(table, half)
    times = _padded(times[:, None], half)[:, 0]
    step = float(np.diff(times).min())
    if (times[-1] - times[0]) / (len(times) - 1) - step > EPSILON:
        step = max(step, float(times[-1] - times[0]) / MOST_SAMPLES)
        count = int((times[-1] - times[0]) / step) + 2
        grid = np.add.accumulate(np.concatenate([times[:1], np.full(count, step)]))
        grid = grid[grid <= times[-1]]
        times, table = grid, resampled(times, table, grid)
    rate = 1.0 / step
    b, a = third_order(cutoff_hz if cutoff_hz < 0.5 * rate else 0.49 * rate, rate)
    for _ in range(2):
        newest = table[2::-1]  # the first three rows pass unfiltered, and fill the memory
        state = np.array([(b - a)[k + 1 :] @ newest[: 3 - k] for k in range(3)])
        tail = np.ascontiguousarray(table[3:])
        _run(tail, b, a, state)
        table = np.ascontiguousarray(np.concatenate([table[:3], tail])[::-1])
    return times, table
