"""Rounded or interrupted times put back on a regular grid."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kinechain.gait.errors import RecordingError
from kinechain.gait.recording import FloatArray

ROUNDING_S = 0.0006  # times are written with three decimals at least
SAME_RATE = 0.02
LONGEST_HOLE_FRAMES = 100_000
MOST_CELLS = 100_000_000  # marker positions and holes together; ten minutes have four million


def regular(
    times_s: FloatArray, stated_rate_hz: float, positions: FloatArray, where: str
) -> tuple[FloatArray, float, FloatArray, list[str]]:
    """Put frames on the grid that their rounded times stand for.

    Parameters
    ----------
    times_s
        Times as written, shape (n,), s.
    stated_rate_hz
        The rate of the header.
    positions
        Shape (n, m, 3).
    where
        For messages.

    Returns
    -------
    times_s
        Regular times, shape (k,), k >= n.
    rate_hz
        Frames in a second: the header's where the times agree with it, else from the times.
    positions
        Shape (k, m, 3); NaN in frames that the file left out.
    notes
        What was changed.

    Raises
    ------
    RecordingError
        When times do not rise or are no grid with holes.
    """
    if not np.isfinite(times_s).all() or (times_s.size > 1 and (np.diff(times_s) <= 0).any()):
        steps = np.diff(times_s)
        row = int(np.nonzero(~(steps > 0))[0][0]) + 1 if times_s.size > 1 else 0
        raise RecordingError(
            f"{where}, row {row + 1}",
            f"Times must be finite and rise from frame to frame. Got {times_s[row]:.6g}.",
            "Correct the times or export the file again.",
        )
    rate, index = _grid(times_s, stated_rate_hz, where)
    notes: list[str] = []
    if rate != stated_rate_hz:
        notes.append(
            f"The header states {stated_rate_hz:g} frames a second; the times say {rate:g}."
        )
    count = int(index[-1]) + 1
    missing = count - times_s.size
    cells = count * positions.shape[1] * positions.shape[2]
    if missing > LONGEST_HOLE_FRAMES or (missing and cells > MOST_CELLS):
        raise RecordingError(
            where, f"{missing} frames are missing between the rows.", "Correct the times."
        )
    if missing:
        filled = np.full((count, *positions.shape[1:]), np.nan)
        filled[index] = positions
        positions = filled
        notes.append(f"{missing} frames are not in the file; they count as frames without markers.")
    return times_s[0] + np.arange(count) / rate, rate, positions, notes


def _grid(times_s: FloatArray, stated: float, where: str) -> tuple[float, npt.NDArray[np.int64]]:
    """Rate and position on the grid of each frame.

    The header's rate where the times have it; else the times' own rate where they have one;
    else the header's rate with holes.
    """
    if times_s.size == 1:
        return stated, np.zeros(1, dtype=np.int64)
    usual = 1.0 / float(np.median(np.diff(times_s)))
    mean = (times_s.size - 1) / float(times_s[-1] - times_s[0])
    candidates: list[tuple[float, bool]] = []
    if min(abs(mean / stated - 1.0), abs(usual / stated - 1.0)) <= SAME_RATE:
        candidates.append((stated, True))
    if abs(mean / usual - 1.0) <= SAME_RATE:
        candidates.append((mean, False))
    candidates += [(stated, True), (usual, True)]
    worst = 0
    for rate, holes in candidates:
        steps = (times_s - times_s[0]) * rate
        index = np.rint(steps).astype(np.int64)
        excess = np.abs(steps - index) - (max(ROUNDING_S * rate, 0.02) + 1e-4 * np.abs(steps))
        worst = int(np.argmax(excess))
        rising = np.diff(index)
        if (excess <= 0).all() and (rising >= 1).all() and (holes or (rising == 1).all()):
            return rate, index
    raise RecordingError(
        f"{where}, row {worst + 1}",
        f"Frames must lie {1.0 / usual:.4g} s or whole multiples of it apart. "
        f"Got {times_s[worst]:.6g} s.",
        "Resample the recording to a constant rate.",
    )
