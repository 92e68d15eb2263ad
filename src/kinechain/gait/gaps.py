"""Short gaps in marker paths filled, longer ones left open and reported."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kinechain.gait.recording import FloatArray, Markers

LONGEST_GAP_S = 0.2
CONTEXT_S = 0.06  # frames on each side from which the slope at the edge is taken
FEWEST_FRAMES = 3


@dataclass(frozen=True)
class Gap:
    """A run of frames in which a marker was not seen.

    Attributes
    ----------
    marker
        Its name in the file.
    start_s, end_s
        First and last missing frame, s.
    frames
        How many frames.
    filled
        Whether it was filled.
    reason
        Why it was not; empty where it was.
    """

    marker: str
    start_s: float
    end_s: float
    frames: int
    filled: bool
    reason: str = ""


def fill_gaps(
    markers: Markers, longest_s: float = LONGEST_GAP_S
) -> tuple[Markers, tuple[Gap, ...]]:
    """Fill gaps by a cubic that continues position and slope of both edges.

    A gap at the beginning or the end has one edge only and is never filled, nor is one whose
    edges show too few frames to tell a slope. For a path with a bounded fourth derivative
    d (m/s^4) the error inside a gap of g seconds is at most d g^4 / 384 beside that of the
    slopes.

    Parameters
    ----------
    markers
        With NaN where a marker was not seen.
    longest_s
        Longest gap to fill, s.

    Returns
    -------
    markers
        With the gaps filled.
    gaps
        Every gap, filled or not.
    """
    positions = markers.positions_m  # copied when the first gap is filled
    times = markers.times_s
    context = max(FEWEST_FRAMES, round(CONTEXT_S * markers.rate_hz) + 1)
    gaps: list[Gap] = []
    for column, name in enumerate(markers.names):
        missing = np.isnan(markers.positions_m[:, column, 0])
        for first, last in runs(missing):
            frames = last - first + 1
            before = _edge(missing, first - 1, -1, context)
            after = _edge(missing, last + 1, 1, context)
            reason = ""
            if first == 0 or last == len(missing) - 1:
                reason = "it lies at an end of the recording"
            elif frames / markers.rate_hz > longest_s + 1e-9:
                reason = f"it is longer than {longest_s:g} s"
            elif min(len(before), len(after)) < FEWEST_FRAMES:
                reason = f"fewer than {FEWEST_FRAMES} frames are seen beside it"
            else:
                path = markers.positions_m[:, column]
                if positions is markers.positions_m:
                    positions = positions.copy()
                positions[first : last + 1, column] = _bridge(
                    times, path, before, after, times[first : last + 1]
                )
            gaps.append(
                Gap(name, float(times[first]), float(times[last]), frames, not reason, reason)
            )
    return replace(markers, positions_m=positions), tuple(gaps)


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """First and last index of every run of True.

    Parameters
    ----------
    mask
        Shape (n,), bool.
    """
    edges = np.diff(np.concatenate([[0], mask.astype(np.int8), [0]]))
    starts, ends = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0] - 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _edge(missing: np.ndarray, start: int, step: int, count: int) -> list[int]:
    """The seen frames next to a gap, nearest first."""
    found: list[int] = []
    at = start
    while 0 <= at < len(missing) and not missing[at] and len(found) < count:
        found.append(at)
        at += step
    return found


def _bridge(
    times: FloatArray, path: FloatArray, before: list[int], after: list[int], wanted: FloatArray
) -> FloatArray:
    """Cubic Hermite through the edges with their slopes."""
    left, right = float(times[before[0]]), float(times[after[0]])
    width = right - left
    share = ((wanted - left) / width)[:, None]
    slope_left, slope_right = _slope(times, path, before), _slope(times, path, after)
    return (
        (1 + 2 * share) * (1 - share) ** 2 * path[before[0]]
        + share * (1 - share) ** 2 * width * slope_left
        + share**2 * (3 - 2 * share) * path[after[0]]
        + share**2 * (share - 1) * width * slope_right
    )


def _slope(times: FloatArray, path: FloatArray, frames: list[int]) -> FloatArray:
    """Slope at the first frame, of a parabola through it fitted to the others."""
    offset = times[frames[1:]] - times[frames[0]]
    table = np.column_stack([offset, offset**2])
    solution = np.linalg.lstsq(table, path[frames[1:]] - path[frames[0]], rcond=None)[0]
    return solution[0]
