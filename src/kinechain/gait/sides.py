"""Whether right markers lie on the right, and toes in front."""

from __future__ import annotations

import numpy as np

from kinechain.gait.marker_names import MarkerMap
from kinechain.gait.recording import FloatArray, Markers

PAIRS = ("asis", "psis", "iliac_crest", "hip_joint_centre", "greater_trochanter", "shoulder",
         "knee_lateral", "ankle_lateral", "heel", "toe")  # fmt: skip
CLEAR_M = 0.02


def _middle(markers: Markers, names: MarkerMap, kind: str, side: str) -> FloatArray:
    """Path of a place, shape (n, 3); NaN where there is no such marker."""
    found = [markers.names.index(name) for name in names.find(kind, side)]
    if not found:
        return np.full((len(markers.times_s), 3), np.nan)
    return markers.positions_m[:, found].mean(axis=1)


def _mean(path: FloatArray) -> float:
    seen = path[~np.isnan(path)]
    return float(seen.mean()) if seen.size else float("nan")


def exchanged_sides(markers: Markers, names: MarkerMap) -> tuple[str, ...]:
    """What is wrong with left and right, one sentence; empty when nothing is.

    If all right markers lie on the left, the names are exchanged or an axis of the file is
    mirrored: geometry cannot tell which. If some places contradict the others, their markers
    are exchanged.

    Parameters
    ----------
    markers
        In the ground frame, the person walking or facing forwards.
    names
        Their anatomical names.
    """
    right_of: dict[str, bool] = {}
    for kind in PAIRS:
        apart = _middle(markers, names, kind, "right") - _middle(markers, names, kind, "left")
        mean = _mean(apart[:, 2])
        if abs(mean) > CLEAR_M:
            right_of[kind] = mean > 0
    wrong = [kind for kind, good in right_of.items() if not good]
    if not wrong:
        return ()
    if len(wrong) == len(right_of):
        sentence = (
            "All right markers lie on the left of the body: left and right are exchanged, or an "
            "axis of the file is mirrored."
        )
        return (sentence,)
    return (f"Left and right are exchanged at {', '.join(sorted(wrong))}.",)


def walks_backwards(markers: Markers, names: MarkerMap) -> bool:
    """Whether the toes or the front of the pelvis lie behind.

    Parameters
    ----------
    markers
        In the ground frame.
    names
        Their anatomical names.
    """
    ways: list[float] = []
    for back, front in (("heel", "toe"), ("psis", "asis")):
        for side in ("left", "right"):
            apart = _middle(markers, names, front, side) - _middle(markers, names, back, side)
            ways.append(_mean(apart[:, 0]))
    known = [one for one in ways if not np.isnan(one)]
    return bool(known) and float(np.mean(known)) < 0.0
