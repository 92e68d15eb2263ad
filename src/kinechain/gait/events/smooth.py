"""Local polynomials: a path and its derivatives, smoothed, without a phase shift."""

from __future__ import annotations

from functools import cache
from math import factorial

import numpy as np

from kinechain.gait.gaps import runs
from kinechain.gait.recording import FloatArray


@cache
def _weights(half: int, degree: int, derivative: int) -> FloatArray:
    """Convolution weights of the polynomial fitted to 2 half + 1 samples (Savitzky, Golay 1964)."""
    offsets = np.arange(-half, half + 1, dtype=np.float64)
    table = np.vander(offsets, degree + 1, increasing=True)
    return np.linalg.pinv(table)[derivative] * factorial(derivative)


def derivative(
    path: FloatArray, rate_hz: float, order: int, window_s: float, degree: int = 3
) -> FloatArray:
    """A derivative of a path by local polynomials; NaN stays NaN.

    Parameters
    ----------
    path
        Shape (n,) or (n, k); NaN where missing.
    rate_hz
        Samples in a second.
    order
        0 for the smoothed path itself.
    window_s
        Width of the local fit, s.
    degree
        Of the polynomial.

    Returns
    -------
    FloatArray
        Same shape, in the path's unit per second to the power of `order`; NaN also in runs
        that are shorter than the window.
    """
    table = path.reshape(len(path), -1)
    half = max(round(window_s * rate_hz / 2), (degree + 2) // 2)
    weights = _weights(half, degree, order) * rate_hz**order
    result = np.full(table.shape, np.nan)
    for column in range(table.shape[1]):
        for first, last in runs(~np.isnan(table[:, column])):
            block = table[first : last + 1, column]
            if len(block) < 2 * half + 1:
                continue
            # mirrored through the end point, so that slopes go on
            before = 2 * block[0] - block[half:0:-1]
            after = 2 * block[-1] - block[-2 : -half - 2 : -1]
            longer = np.concatenate([before, block, after])
            result[first : last + 1, column] = np.convolve(longer, weights[::-1], mode="valid")
    return result.reshape(path.shape)
