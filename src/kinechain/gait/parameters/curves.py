"""Curves over the cycle, their peaks and impulses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinechain.gait.events.cycles import POINTS, Cycle, on_cycle
from kinechain.gait.events.model import Side
from kinechain.gait.recording import FloatArray


@dataclass(frozen=True)
class CycleCurves:
    """One quantity over all cycles of one side.

    Attributes
    ----------
    name, side
        What and whose.
    curves
        Shape (c, 101), one row per cycle, from contact to contact.
    """

    name: str
    side: Side
    curves: FloatArray

    @property
    def mean(self) -> FloatArray:
        """Shape (101,)."""
        return self.curves.mean(axis=0)

    @property
    def sd(self) -> FloatArray:
        """Shape (101,), n - 1; NaN with fewer than two cycles."""
        if len(self.curves) < 2:
            return np.full(self.curves.shape[1], np.nan)
        return self.curves.std(axis=0, ddof=1)


def cycle_curves(
    name: str, times_s: FloatArray, values: FloatArray, cycles: tuple[Cycle, ...], side: Side
) -> CycleCurves:
    """One quantity on 101 points of each of a side's cycles that it covers.

    Parameters
    ----------
    name
        What it is.
    times_s, values
        Both of shape (n,).
    cycles
        The trial's cycles.
    side
        Whose.
    """
    rows = [on_cycle(times_s, values, one.start_s, one.end_s) for one in cycles if one.side == side]
    whole = [row for row in rows if not np.isnan(row).any()]
    return CycleCurves(name, side, np.array(whole).reshape(-1, POINTS))


@dataclass(frozen=True)
class StanceLoad:
    """A moment's load in one stance.

    Attributes
    ----------
    side, start_s
        Which stance.
    first_peak, second_peak
        Largest value in the first and in the second half of stance, the series' unit.
    largest, smallest
        Over the whole stance.
    impulse
        Time integral of its positive part over stance, unit times s.
    """

    side: Side
    start_s: float
    first_peak: float
    second_peak: float
    largest: float
    smallest: float
    impulse: float


def stance_loads(
    times_s: FloatArray, moment: FloatArray, cycles: tuple[Cycle, ...], side: Side
) -> tuple[StanceLoad, ...]:
    """Peaks and impulse of a moment in every stance of a side.

    For the knee adduction moment (external, adduction positive) `first_peak` and `impulse`
    are the ones of the literature; for the flexion moment it is `first_peak`. Stances that
    the series does not cover wholly, and cycles without the foot's off, are left out.

    Parameters
    ----------
    times_s, moment
        Shape (n,); NaN where unknown.
    cycles
        The trial's cycles.
    side
        Whose stances.
    """
    found: list[StanceLoad] = []
    for one in cycles:
        if one.side != side or one.off_s is None:
            continue
        curve = on_cycle(times_s, moment, one.start_s, one.off_s, 2 * POINTS - 1)
        if np.isnan(curve).any():
            continue
        step = (one.off_s - one.start_s) / (len(curve) - 1)
        positive = np.clip(curve, 0.0, None)
        impulse = float((positive.sum() - (positive[0] + positive[-1]) / 2.0) * step)
        middle = len(curve) // 2
        found.append(
            StanceLoad(
                side,
                one.start_s,
                float(curve[: middle + 1].max()),
                float(curve[middle:].max()),
                float(curve.max()),
                float(curve.min()),
                impulse,
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class CycleRange:
    """A quantity's extremes in one cycle, for joints that both legs load, as L5/S1.

    Attributes
    ----------
    side, start_s
        Which cycle.
    largest, smallest
        The series' unit.
    largest_at, smallest_at
        Per cent of the cycle.
    """

    side: Side
    start_s: float
    largest: float
    smallest: float
    largest_at: float
    smallest_at: float


def cycle_ranges(
    times_s: FloatArray, values: FloatArray, cycles: tuple[Cycle, ...], side: Side
) -> tuple[CycleRange, ...]:
    """Extremes of a quantity in every cycle of a side that it covers.

    Parameters
    ----------
    times_s, values
        Shape (n,); NaN where unknown.
    cycles
        The trial's cycles.
    side
        Whose cycles.
    """
    found: list[CycleRange] = []
    for one in cycles:
        if one.side != side:
            continue
        curve = on_cycle(times_s, values, one.start_s, one.end_s)
        if np.isnan(curve).any():
            continue
        high, low = int(np.argmax(curve)), int(np.argmin(curve))
        found.append(
            CycleRange(side, one.start_s, float(curve[high]), float(curve[low]), high, low)
        )
    return tuple(found)
