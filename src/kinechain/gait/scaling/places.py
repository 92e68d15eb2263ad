"""What a recording shows of the body: paths of places, the stillest second, feet that lie flat."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.events.feet import Foot, find_foot, place
from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.marker_names import MarkerMap
from kinechain.gait.recording import FloatArray, Markers

# A person who stands sways by millimetres; in a walk the markers move by decimetres in a second.
STANDING_M = 0.010
STILL_S = 1.0
SAMPLES_A_SECOND = 20
MOST_FRAMES = 300  # more tell no more of lengths and places
FLAT_SHARE = 0.05
FEWEST_FLAT = 3

# One of each group must be marked on both sides (or in the midline) for a model of the legs.
NEEDED = (
    (("asis",), "front iliac spine (asis)"),
    (("knee_lateral", "knee_medial", "knee_joint_centre"), "knee (knee_lateral)"),
    (("ankle_lateral", "ankle_medial", "ankle_joint_centre"), "ankle (ankle_lateral)"),
    (("toe", "metatarsal_1", "metatarsal_2", "metatarsal_5", "midfoot"), "forefoot (toe)"),
)


@dataclass(frozen=True, eq=False)
class Places:
    """The paths of anatomical places in one recording.

    Attributes
    ----------
    markers, names
        The recording's, ground frame, and their anatomical names.
    """

    markers: Markers
    names: MarkerMap

    def path(self, kind: str, side: str = "") -> FloatArray | None:
        """The path of a place, shape (n, 3), m; None where no frame shows it.

        Parameters
        ----------
        kind, side
            Which; a place with several markers is in the middle of them.
        """
        found = place(self.markers, self.names, kind, side)
        return None if found is None or np.isnan(found).all() else found

    def first(self, kinds: tuple[str, ...], side: str = "") -> FloatArray | None:
        """The path of the first of several places that is shown.

        Parameters
        ----------
        kinds, side
            Which, the best first.
        """
        return next((one for kind in kinds if (one := self.path(kind, side)) is not None), None)

    def each(self, kind: str, side: str = "") -> tuple[FloatArray, ...]:
        """The path of every marker of a place, each of shape (n, 3), m.

        Parameters
        ----------
        kind, side
            Which.
        """
        columns = [self.markers.names.index(name) for name in self.names.find(kind, side)]
        return tuple(self.markers.positions_m[:, one] for one in columns)

    def both(self, kind: str) -> tuple[FloatArray, FloatArray] | None:
        """The left and the right path of a place; None where one is not shown.

        Parameters
        ----------
        kind
            Which.
        """
        left, right = (self.path(kind, side) for side in SIDES)
        return None if left is None or right is None else (left, right)

    def back_of_pelvis(self) -> FloatArray | None:
        """The middle of the rear iliac spines, or the sacrum."""
        rear = self.both("psis")
        return self.path("sacrum") if rear is None else (rear[0] + rear[1]) / 2.0

    def foot(self, side: Side) -> Foot:
        """Heel and toe of a side.

        Parameters
        ----------
        side
            Which.

        Raises
        ------
        GaitError
            When the foot is not shown.
        """
        found = find_foot(self.markers, self.names, side)
        if found is None:
            raise GaitError("the markers", f"The {side} foot has no toe.", "Mark it.")
        return found


def missing_places(places: Places) -> tuple[str, ...]:
    """What a model of the legs would need besides, in words; empty where it suffices.

    Parameters
    ----------
    places
        The recording's.
    """
    found = [
        f"{side} {words}"
        for kinds, words in NEEDED
        for side in SIDES
        if places.first(kinds, side) is None
    ]
    if places.back_of_pelvis() is None:
        found.append("rear iliac spines (psis) or sacrum")
    return tuple(found)


def stillest(markers: Markers) -> tuple[Markers, float]:
    """The stillest second as one frame, and how much the markers move in it.

    Parameters
    ----------
    markers
        A recording of any length; a shorter one counts as a whole.

    Returns
    -------
    frame
        The means of the second in which most markers are seen and these move least.
    moved_m
        Root mean square of the markers' deviations from their means.
    """
    count = len(markers.times_s)
    length = min(count, max(1, round(STILL_S * markers.rate_hz)))
    step = max(1, length // 10)
    sparse = max(1, length // SAMPLES_A_SECOND)  # sway is slow
    best: tuple[int, float, int] | None = None
    for start in range(0, count - length + 1, step):
        block = markers.positions_m[start : start + length : sparse]
        seen = ~np.isnan(block).any(axis=(0, 2))
        if not seen.any():
            continue
        moved = float(np.sqrt(block[:, seen].var(axis=0).sum(axis=1).mean()))
        if best is None or (-int(seen.sum()), moved) < best[:2]:
            best = (-int(seen.sum()), moved, start)
    if best is None:
        raise GaitError("the markers", "No marker is seen for a whole second.", "Fill the gaps.")
    _, moved, start = best
    mean = markers.positions_m[start : start + length].mean(axis=0)[None]
    time = markers.times_s[[start + length // 2]]
    return replace(markers, times_s=time, positions_m=mean), moved


def thinned(markers: Markers) -> Markers:
    """Every so manieth frame of a long recording, at most about 300 of them.

    Parameters
    ----------
    markers
        Of any length.
    """
    step = -(-len(markers.times_s) // MOST_FRAMES)
    if step <= 1:
        return markers
    return replace(
        markers,
        times_s=markers.times_s[::step],
        positions_m=markers.positions_m[::step],
        rate_hz=markers.rate_hz / step,
    )


def flat_frames(foot: Foot) -> np.ndarray:
    """Numbers of the frames in which heel and toe together lie lowest.

    Parameters
    ----------
    foot
        One side's.

    Returns
    -------
    ndarray
        The lowest 5 % of the frames that show both, at least three where there are as many.
    """
    height = foot.heel[:, 1] + foot.toe[:, 1]
    seen = np.flatnonzero(~np.isnan(height))
    count = min(len(seen), max(FEWEST_FLAT, round(FLAT_SHARE * len(seen))))
    return np.sort(seen[np.argsort(height[seen], kind="stable")[:count]])
