"""Where the feet are: heel and toe of each side and the trunk, from markers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinechain.gait.events.model import Side
from kinechain.gait.marker_names import MarkerMap
from kinechain.gait.recording import FloatArray, Markers

# In order of preference; the first group that is seen is taken.
HEELS = (("heel",), ("ankle_lateral", "ankle_medial"), ("ankle_joint_centre",))
TOES = (("toe",), ("metatarsal_2",), ("metatarsal_1", "metatarsal_5"), ("metatarsal_5",),
        ("metatarsal_1",), ("midfoot",))  # fmt: skip
TRUNK = (("psis", "asis"), ("sacrum",), ("psis",), ("asis",), ("hip_joint_centre",),
         ("iliac_crest",), ("greater_trochanter",), ("c7",))  # fmt: skip


@dataclass(frozen=True)
class Foot:
    """One foot's ends.

    Attributes
    ----------
    heel, toe
        Shape (n, 3), m, ground frame; NaN where not seen.
    """

    heel: FloatArray
    toe: FloatArray


def place(markers: Markers, names: MarkerMap, kind: str, side: str) -> FloatArray | None:
    """Mean of the markers of a place, shape (n, 3); None where there are none."""
    found = names.find(kind, side)
    if not found:
        return None
    columns = [markers.names.index(name) for name in found]
    return markers.positions_m[:, columns].mean(axis=1)


def _first(
    markers: Markers, names: MarkerMap, groups: tuple[tuple[str, ...], ...], sides: tuple[str, ...]
) -> FloatArray | None:
    best: FloatArray | None = None
    seen = 0.0
    for group in groups:
        blocks = [
            block
            for kind in group
            for side in sides
            if (block := place(markers, names, kind, side)) is not None
        ]
        if len(blocks) < len(group):
            continue
        middle = np.mean(blocks, axis=0)
        share = float((~np.isnan(middle[:, 0])).mean())
        if share > seen + 0.1:
            best, seen = middle, share
    return best


def find_foot(markers: Markers, names: MarkerMap, side: Side) -> Foot | None:
    """Heel and toe of one side; None where the recording does not show them.

    Parameters
    ----------
    markers, names
        The recording's markers and their anatomical names.
    side
        Which foot.
    """
    heel = _first(markers, names, HEELS, (side,))
    toe = _first(markers, names, TOES, (side,))
    return None if heel is None or toe is None else Foot(heel, toe)


def find_trunk(markers: Markers, names: MarkerMap) -> FloatArray | None:
    """A point that goes with the pelvis, shape (n, 3); None where there is none.

    Parameters
    ----------
    markers, names
        The recording's markers and their anatomical names.
    """
    best: FloatArray | None = None
    seen = 0.0
    for group in TRUNK:
        blocks: list[FloatArray] = []
        for kind in group:
            for side in ("left", "right", ""):
                block = place(markers, names, kind, side)
                if block is not None:
                    blocks.append(block)
        if len(blocks) < len(group):
            continue
        middle = np.mean(blocks, axis=0)
        share = float((~np.isnan(middle[:, 0])).mean())
        if share > seen + 0.1:
            best, seen = middle, share
    return best
