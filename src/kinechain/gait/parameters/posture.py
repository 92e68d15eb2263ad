"""Lean of the trunk and drop of the pelvis, from markers alone."""

from __future__ import annotations

import numpy as np

from kinechain.gait.events.cycles import Cycle
from kinechain.gait.events.feet import place
from kinechain.gait.events.model import SIDES
from kinechain.gait.marker_names import MarkerMap
from kinechain.gait.parameters.model import Measure
from kinechain.gait.recording import FloatArray, Markers

PELVIS_PAIRS = ("asis", "psis", "iliac_crest")


def pelvic_obliquity_rad(
    markers: Markers, names: MarkerMap, forward: FloatArray
) -> FloatArray | None:
    """Angle of the pelvis's transverse line with the horizontal, right side up positive.

    The mean over the pairs of markers that are there (front and back spines, crests), each
    projected on the plane across the direction of walking.

    Parameters
    ----------
    markers, names
        Markers in the ground frame and their anatomical names.
    forward
        Shape (2,), the direction of walking in the ground plane (forward, right).

    Returns
    -------
    FloatArray or None
        Shape (n,), rad; None where no pair is there.
    """
    right = np.array([-forward[1], 0.0, forward[0]])
    angles: list[FloatArray] = []
    for kind in PELVIS_PAIRS:
        left_end, right_end = (place(markers, names, kind, side) for side in SIDES)
        if left_end is None or right_end is None:
            continue
        line = right_end - left_end
        angles.append(np.arctan2(line[:, 1], line @ right))
    return np.mean(angles, axis=0) if angles else None


def trunk_lean_rad(markers: Markers, names: MarkerMap, forward: FloatArray) -> FloatArray | None:
    """Angle of the trunk with the vertical across the direction of walking, to the right positive.

    From the middle of the pelvis to the middle of the shoulders, or to C7, or between the
    clavicles.

    Parameters
    ----------
    markers, names
        Markers in the ground frame and their anatomical names.
    forward
        Shape (2,), the direction of walking in the ground plane (forward, right).

    Returns
    -------
    FloatArray or None
        Shape (n,), rad; None where an end of the line is missing.
    """
    low = _middle(markers, names, ("asis", "psis"))
    if low is None:
        low = _middle(markers, names, ("hip_joint_centre",))
    top: FloatArray | None = None
    for kinds in (("shoulder",), ("c7",), ("clavicle",), ("jugular_notch",)):
        found = _middle(markers, names, kinds)
        if found is not None:
            top = found
            break
    if low is None or top is None:
        return None
    line = top - low
    right = np.array([-forward[1], 0.0, forward[0]])
    return np.arctan2(line @ right, line[:, 1])


def _middle(markers: Markers, names: MarkerMap, kinds: tuple[str, ...]) -> FloatArray | None:
    """Middle of both sides' markers of these places; None where one is missing."""
    blocks: list[FloatArray] = []
    for kind in kinds:
        single = place(markers, names, kind, "")
        if single is not None:
            blocks.append(single)
            continue
        both = [place(markers, names, kind, side) for side in SIDES]
        if both[0] is None or both[1] is None:
            sacrum = place(markers, names, "sacrum", "") if kind == "psis" else None
            if sacrum is None:
                return None
            blocks.append(sacrum)
        else:
            blocks.append((both[0] + both[1]) / 2.0)
    return np.mean(blocks, axis=0)


def posture_measures(
    markers: Markers, names: MarkerMap, cycles: tuple[Cycle, ...], forward: FloatArray
) -> list[Measure]:
    """Largest lean to the standing leg and largest drop of the other side, per cycle.

    Parameters
    ----------
    markers, names
        Markers in the ground frame and their anatomical names.
    cycles
        The trial's cycles.
    forward
        Shape (2,), the direction of walking.
    """
    measures: list[Measure] = []
    curves = {
        "trunk_lean_peak": trunk_lean_rad(markers, names, forward),
        "pelvic_drop_peak": pelvic_obliquity_rad(markers, names, forward),
    }
    for name, curve in curves.items():
        if curve is None:
            continue
        for side in SIDES:
            sign = 1.0 if side == "right" else -1.0
            values: list[float] = []
            for one in cycles:
                if one.side != side or one.other_off_s is None or one.other_contact_s is None:
                    continue
                first = np.searchsorted(markers.times_s, one.other_off_s)
                last = np.searchsorted(markers.times_s, one.other_contact_s, "right")
                part = sign * curve[first:last]
                if part.size and not np.isnan(part).any():
                    values.append(float(np.degrees(part.max())))
            measures.append(Measure(name, side, tuple(values)))
    return measures


def leg_length_m(markers: Markers, names: MarkerMap) -> float | None:
    """Leg length from the markers: hip joint or front spine to the ankle, leg stretched.

    The 95th percentile of the distance over the trial, both sides' mean; from the front spine
    it is the clinical leg length to the ankle.

    Parameters
    ----------
    markers, names
        Markers in the ground frame and their anatomical names.
    """
    lengths: list[float] = []
    for side in SIDES:
        top = place(markers, names, "asis", side)
        ankle = place(markers, names, "ankle_lateral", side)
        if ankle is None:
            ankle = place(markers, names, "ankle_medial", side)
        if top is None or ankle is None:
            continue
        distance = np.linalg.norm(top - ankle, axis=1)
        seen = distance[~np.isnan(distance)]
        if seen.size:
            lengths.append(float(np.percentile(seen, 95)))
    return float(np.mean(lengths)) if lengths else None
