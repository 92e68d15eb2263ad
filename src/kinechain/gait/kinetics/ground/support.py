"""Which foot is on the ground in each frame, and since when, as far as the events tell."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kinechain.gait.events.model import SIDES

if TYPE_CHECKING:
    from kinechain.gait.events.model import Events, GaitEvent, Side
    from kinechain.gait.recording import FloatArray

BoolArray = npt.NDArray[np.bool_]

# Judgement: before its first and after its last event a foot is taken to stay where it is for
# this share of the shortest stance or swing of the trial; later an event may have been missed.
TRUSTED_SHARE = 0.9


@dataclass(frozen=True, eq=False)
class FootSupport:
    """Whether a foot stands.

    Attributes
    ----------
    on
        Shape (n,): it is on the ground.
    known
        Shape (n,): the events tell whether it is.
    start_s, end_s
        Shape (n,): contact and off of the stance that a frame belongs to, s; where one of them
        was not recorded, as of the trial's usual stance. NaN where the foot does not stand.
    """

    on: BoolArray
    known: BoolArray
    start_s: FloatArray
    end_s: FloatArray

    def phase(self, times_s: FloatArray) -> FloatArray:
        """How much of its stance is over, 0 to 1, shape (n,); 0 where the foot does not stand.

        Parameters
        ----------
        times_s
            Shape (n,), the frames' times, s.
        """
        share = (times_s - self.start_s) / (self.end_s - self.start_s)
        return np.clip(np.nan_to_num(share, nan=0.0), 0.0, 1.0)


def find_supports(events: Events, times_s: FloatArray) -> dict[Side, FootSupport]:
    """Stance and swing of both feet.

    Where an event's time is uncertain, the stance is taken longer by twice its standard
    deviation: a foot that is thought to swing can bear nothing, one that is thought to stand may.

    Parameters
    ----------
    events
        The trial's.
    times_s
        Shape (n,), s.

    Returns
    -------
    dict
        Of both sides. A foot without events is not known in any frame; nor is one between two
        contacts, or two offs, in a row.
    """
    marks: dict[Side, list[tuple[float, str]]] = {
        side: [(_outer(one), one.kind) for one in events.events if one.side == side]
        for side in SIDES
    }
    spans = [pair for side in SIDES for pair in pairwise(marks[side])]
    stances = [b[0] - a[0] for a, b in spans if (a[1], b[1]) == ("contact", "off")]
    swings = [b[0] - a[0] for a, b in spans if (a[1], b[1]) == ("off", "contact")]
    return {side: _support(marks[side], times_s, stances, swings) for side in SIDES}


def _outer(event: GaitEvent) -> float:
    """The side of an event's likely times that makes the stance longer."""
    return event.time_s + 2.0 * (event.spread_s if event.kind == "off" else -event.spread_s)


def _support(
    marks: list[tuple[float, str]], times: FloatArray, stances: list[float], swings: list[float]
) -> FootSupport:
    n = len(times)
    on, known = np.zeros(n, bool), np.zeros(n, bool)
    start, end = np.full(n, np.nan), np.full(n, np.nan)
    usual = float(np.median(stances)) if stances else 0.0
    lasting = {
        True: TRUSTED_SHARE * min(stances, default=0.0),
        False: TRUSTED_SHARE * min(swings, default=0.0),
    }

    def put(first: float, last: float, contact: float, off: float, *, stands: bool) -> None:
        here = slice(np.searchsorted(times, first), np.searchsorted(times, last, "right"))
        on[here], known[here] = stands, True
        start[here], end[here] = (contact, off) if stands else (np.nan, np.nan)

    if marks:
        (time, kind), (late, last) = marks[0], marks[-1]
        stood = kind == "off"
        put(time - lasting[stood], time, time - usual, time, stands=stood)
        stands = last == "contact"
        put(late, late + lasting[stands], late, late + usual, stands=stands)
    for (begin, first_kind), (until, last_kind) in pairwise(marks):
        if first_kind != last_kind:
            put(begin, until, begin, until, stands=first_kind == "contact")
    return FootSupport(on, known, start, end)
