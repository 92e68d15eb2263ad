"""Gait cycles: from one contact of a foot to its next."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kinechain.gait.events.model import SIDES, Events, Side
from kinechain.gait.recording import FloatArray

SHORTEST_S, LONGEST_S = 0.5, 3.0
POINTS = 101


@dataclass(frozen=True)
class Cycle:
    """One cycle of one side.

    Attributes
    ----------
    side
        Whose contacts begin and end it.
    start_s, end_s
        The two contacts, s.
    off_s
        The foot leaves the ground in between, s; None where that is not known.
    other_off_s, other_contact_s
        The other foot leaves the ground and meets it again, s; None where not known.
    """

    side: Side
    start_s: float
    end_s: float
    off_s: float | None
    other_off_s: float | None
    other_contact_s: float | None

    @property
    def duration_s(self) -> float:
        """From contact to contact, s."""
        return self.end_s - self.start_s


def find_cycles(events: Events) -> tuple[Cycle, ...]:
    """The complete cycles of a trial, in order of time.

    Two contacts of a foot without its off between them, closer than 0.5 s or farther than
    3 s apart, or with more than one contact of the other foot between them, are no cycle:
    an event was missed.

    Parameters
    ----------
    events
        As `find_events` gives them.
    """
    found: list[Cycle] = []
    for side in SIDES:
        other: Side = "right" if side == "left" else "left"
        contacts, every_off = events.of(side, "contact"), events.of(side, "off")
        others = events.of(other, "contact"), events.of(other, "off")
        for start, end in pairwise(contacts):
            offs = between(every_off, start, end)
            other_contacts, other_offs = (between(one, start, end) for one in others)
            if not SHORTEST_S <= end - start <= LONGEST_S:
                continue
            if len(offs) != 1 or len(other_contacts) > 1 or len(other_offs) > 1:
                continue
            found.append(
                Cycle(
                    side,
                    start,
                    end,
                    offs[0],
                    other_offs[0] if other_offs else None,
                    other_contacts[0] if other_contacts else None,
                )
            )
    return tuple(sorted(found, key=lambda one: one.start_s))


def between(times: tuple[float, ...], start: float, end: float) -> tuple[float, ...]:
    """The times between two others, without these.

    Parameters
    ----------
    times
        Rising.
    start, end
        The two.
    """
    return times[bisect_right(times, start) : bisect_left(times, end)]


def on_cycle(
    times_s: FloatArray, values: FloatArray, start_s: float, end_s: float, points: int = POINTS
) -> FloatArray:
    """A curve on equally spaced points of a cycle, from its first to its last contact.

    Linear between samples; NaN where the curve is not known on both sides of a point.

    Parameters
    ----------
    times_s
        Shape (n,), s.
    values
        Shape (n,) or (n, k).
    start_s, end_s
        Begin and end, s.
    points
        How many points.

    Returns
    -------
    FloatArray
        Shape (points,) or (points, k).
    """
    wanted = np.linspace(start_s, end_s, points)
    table = values.reshape(len(values), -1)
    before, after = (
        (times_s[1] - times_s[0], times_s[-1] - times_s[-2]) if times_s.size > 1 else (0.0, 0.0)
    )
    inside = (wanted >= times_s[0] - before / 2) & (wanted <= times_s[-1] + after / 2)
    index = np.clip(np.searchsorted(times_s, wanted, side="right") - 1, 0, times_s.size - 2)
    share = np.clip((wanted - times_s[index]) / (times_s[index + 1] - times_s[index]), 0.0, 1.0)
    curve = np.where(
        share[:, None] == 0.0,
        table[index],
        np.where(
            share[:, None] == 1.0,
            table[index + 1],
            (1 - share[:, None]) * table[index] + share[:, None] * table[index + 1],
        ),
    )
    curve[~inside] = np.nan
    return curve.reshape((points, *values.shape[1:]))
