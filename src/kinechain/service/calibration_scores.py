"""Scores of probabilities against the truth: reliability, calibration, Brier, intervals."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, sqrt

import msgspec
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
EDGES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0)
"""Bins of predicted probability; the upper edge belongs to the bin above, but for 1."""
WORTH = 0.01
"""Conditions below this are left out of calibration and coverage: nearly all are far below, and
would make everything look perfect."""
ONE_IN_A_HUNDRED = 2.326


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """Predictions between two probabilities: their mean, the share that came true, how many."""

    low: float
    high: float
    predicted: float
    observed: float
    n: int


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """How far predictions are from what came true.

    Attributes
    ----------
    error
        Expected calibration error: the mean over all predictions of their bin's distance
        between mean prediction and observed share.
    by_chance
        What it is on average when every prediction is right, by the number of predictions.
    limit
        What it then stays below in 99 of 100 measurements.
    """

    error: float
    by_chance: float
    limit: float
    n: int
    bins: tuple[Bin, ...]


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How often intervals hold the exact posterior of the world, and how wide they are.

    Attributes
    ----------
    share, n
        Of the intervals; `share` is None where nothing is to be covered.
    low, high
        90 % interval of the share, patients resampled.
    width
        Median of the intervals' widths.
    distance
        Mean distance between the model's probability and the world's.
    """

    share: float | None
    low: float | None
    high: float | None
    n: int
    width: float | None
    distance: float | None


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """All scores of one quantity in one world.

    Attributes
    ----------
    brier, brier_prior
        Mean over patients of the sum over conditions of (probability - truth)^2, by the
        posterior and by the prior.
    skill
        One minus their ratio.
    """

    calibration: Calibration
    brier: float
    brier_prior: float
    skill: float
    coverage: Coverage


def calibration(predicted: Array, truth: Array, *, edges: Sequence[float] = EDGES) -> Calibration:
    """Compare predictions with what came true.

    Parameters
    ----------
    predicted
        Probabilities.
    truth
        Zeros and ones, the same shape.
    edges
        Of the bins.

    Examples
    --------
    >>> found = calibration(np.array([0.25] * 4), np.array([1, 0, 0, 0]))
    >>> found.error, found.bins[0].observed
    (0.0, 0.25)
    """
    p, y = np.ravel(predicted), np.ravel(truth).astype(float)
    at = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, len(edges) - 2)
    bins: list[Bin] = []
    total = spread = squares = 0.0
    for place in range(len(edges) - 1):
        here = at == place
        n = int(here.sum())
        if not n:
            continue
        mean, share = float(p[here].mean()), float(y[here].mean())
        bins.append(Bin(low=edges[place], high=edges[place + 1], predicted=mean,
                        observed=share, n=n))  # fmt: skip
        variance = float((p[here] * (1 - p[here])).sum())
        total += n * abs(mean - share)
        spread += sqrt(variance)
        squares += variance
    count = max(len(p), 1)
    by_chance = sqrt(2 / pi) * spread / count
    limit = by_chance + ONE_IN_A_HUNDRED * sqrt((1 - 2 / pi) * squares) / count
    return Calibration(error=total / count, by_chance=by_chance, limit=limit, n=len(p),
                       bins=tuple(bins))  # fmt: skip


def brier(predicted: Array, truth: Array) -> float:
    """Mean over patients of the sum over conditions of the squared distance.

    Parameters
    ----------
    predicted, truth
        Shape ``(patients, conditions)``.
    """
    return float(((predicted - truth) ** 2).sum(axis=1).mean())


def coverage(
    predicted: Array, low: Array, high: Array, exact: Array | None, *, worth: float = WORTH
) -> Coverage:
    """How often intervals hold the world's exact posterior.

    Parameters
    ----------
    predicted
        The model's probabilities, shape ``(patients, conditions)``; those below `worth` are
        left out.
    low, high
        Ends of their intervals, the same shape.
    exact
        The exact posterior under the world's true figures; None where no network describes
        the world.
    worth
        From which probability on a condition counts.
    """
    counts = predicted >= worth
    n = int(counts.sum())
    if not n:
        return Coverage(share=None, low=None, high=None, n=0, width=None, distance=None)
    width = float(np.median((high - low)[counts]))
    if exact is None:
        return Coverage(share=None, low=None, high=None, n=n, width=width, distance=None)
    tiny = 1e-9
    held = (exact >= low - tiny) & (exact <= high + tiny) & counts
    by_patient = np.stack([held.sum(axis=1), counts.sum(axis=1)], axis=1)
    random = np.random.default_rng(0)
    again = by_patient[random.integers(len(by_patient), size=(500, len(by_patient)))].sum(axis=1)
    shares = again[:, 0] / np.maximum(again[:, 1], 1)
    ends = np.quantile(shares, (0.05, 0.95))
    return Coverage(
        share=float(held.sum() / n),
        low=float(ends[0]),
        high=float(ends[1]),
        n=n,
        width=width,
        distance=float(np.abs(predicted - exact)[counts].mean()),
    )


def scores(
    predicted: Array, truth: Array, prior: Array, intervals: Coverage, *, worth: float = WORTH
) -> Scores:
    """All scores of one quantity.

    Parameters
    ----------
    predicted, truth, prior
        Shape ``(patients, conditions)``.
    intervals
        As `coverage` gives them.
    worth
        From which prediction on a condition counts for calibration.
    """
    counts = predicted >= worth
    found, before = brier(predicted, truth), brier(prior, truth)
    return Scores(
        calibration=calibration(predicted[counts], truth[counts]),
        brier=found,
        brier_prior=before,
        skill=1 - found / before if before else 0.0,
        coverage=intervals,
    )
