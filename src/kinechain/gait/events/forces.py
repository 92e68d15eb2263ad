"""Events from force plates, and which foot stood on which plate.

A plate does not tell whose foot is on it, and the file's own statement can be wrong (set-up
files name the same foot for two plates). So the foot is proved: the load has to lie under
the line from heel to toe of one foot and away from the other's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kinechain.gait.events.feet import Foot
from kinechain.gait.events.model import SIDES, Contact, GaitEvent, Side
from kinechain.gait.gaps import runs
from kinechain.gait.recording import FloatArray, ForceRecord, PlateForces

UP = 1


@dataclass(frozen=True)
class ForceSettings:
    """What counts as a foot on a plate.

    Attributes
    ----------
    threshold_N
        Contact begins and ends where the vertical force crosses it.
    release_N
        A dip that stays above it does not end a contact: the hysteresis.
    confirm_N
        A contact that never reaches it is no step.
    shortest_s
        A shorter one is no step.
    near_m
        The load of a foot lies at most so far from the line from its heel to its toe.
    apart_m
        The other foot has to be farther from the load by so much.
    margin_m
        Heel and toe may lie so far outside the plate's edge and the foot still counts as
        whole on it (markers are not the sole).
    bridge_s
        Contacts of one foot on neighbouring plates closer than this are one step.
    """

    threshold_N: float = 20.0  # noqa: N815 - the unit's own letter
    release_N: float = 10.0  # noqa: N815
    confirm_N: float = 100.0  # noqa: N815
    shortest_s: float = 0.1
    near_m: float = 0.10
    apart_m: float = 0.05
    margin_m: float = 0.02
    bridge_s: float = 0.04


def baseline_N(vertical: FloatArray) -> float:  # noqa: N802
    """Offset of an empty plate: the median of the samples near the lowest tenth.

    Zero where the plate is never empty.

    Parameters
    ----------
    vertical
        Shape (n,), N.
    """
    low = float(np.percentile(vertical, 10))
    empty = vertical[np.abs(vertical - low) < 15.0]
    offset = float(np.median(empty)) if empty.size else 0.0
    return offset if abs(offset) < 40.0 else 0.0


def loaded_spans(
    times_s: FloatArray, vertical: FloatArray, settings: ForceSettings
) -> list[tuple[float, float, bool, bool]]:
    """Start, end, and whether each was recorded, of every loading of one plate.

    Parameters
    ----------
    times_s
        Shape (n,), s.
    vertical
        Shape (n,), N, without offset.
    settings
        Thresholds.
    """
    spans: list[tuple[float, float, bool, bool]] = []
    for first, last in runs(vertical > settings.release_N):
        block = vertical[first : last + 1]
        above = np.nonzero(block > settings.threshold_N)[0]
        if not above.size or block.max() < settings.confirm_N:
            continue
        begin, end = first + int(above[0]), first + int(above[-1])
        starts, ends = begin > 0, end < len(vertical) - 1
        start = _crossing(times_s, vertical, begin - 1, settings) if starts else float(times_s[0])
        stop = _crossing(times_s, vertical, end, settings) if ends else float(times_s[-1])
        if stop - start >= settings.shortest_s or not (starts and ends):
            spans.append((start, stop, starts, ends))
    return spans


def _crossing(
    times: FloatArray, vertical: FloatArray, index: int, settings: ForceSettings
) -> float:
    """Time between two samples at which the threshold is crossed."""
    low, high = float(vertical[index]), float(vertical[index + 1])
    share = 0.5 if high == low else (settings.threshold_N - low) / (high - low)
    return float(times[index] + min(max(share, 0.0), 1.0) * (times[index + 1] - times[index]))


def find_contacts(
    forces: ForceRecord,
    times_s: FloatArray,
    feet: dict[Side, Foot],
    settings: ForceSettings | None = None,
) -> tuple[Contact, ...]:
    """Every loading of every plate, with the foot that stood there where it is proved.

    Parameters
    ----------
    forces
        In the ground frame.
    times_s
        Times of the markers, shape (n,), s.
    feet
        Heel and toe of the sides that are seen.
    settings
        What counts as a contact.
    """
    settings = settings or ForceSettings()
    contacts: list[Contact] = []
    for index, plate in enumerate(forces.plates):
        vertical = plate.force_N[:, UP] - baseline_N(plate.force_N[:, UP])
        for start, end, starts, ends in loaded_spans(forces.times_s, vertical, settings):
            contact = Contact(index, None, start, end, starts, ends)
            contacts.append(_prove(contact, forces, plate, times_s, feet, settings))
    return tuple(sorted(contacts, key=lambda one: (one.start_s, one.plate)))


def _prove(
    contact: Contact,
    forces: ForceRecord,
    plate: PlateForces,
    times: FloatArray,
    feet: dict[Side, Foot],
    settings: ForceSettings,
) -> Contact:
    """Which foot's line from heel to toe the load follows."""
    if not feet:
        return replace(contact, reason="no heel and toe markers were found")
    frames = np.arange(
        np.searchsorted(times, contact.start_s), np.searchsorted(times, contact.end_s, "right")
    )
    # Only the samples around the contact, so that a long recording costs no more for each.
    first = max(int(np.searchsorted(forces.times_s, contact.start_s)) - 2, 0)
    here = slice(first, int(np.searchsorted(forces.times_s, contact.end_s)) + 2)
    when = forces.times_s[here]
    load = np.interp(times[frames], when, plate.force_N[here, UP])
    frames = frames[load > max(50.0, 0.2 * float(load.max(initial=0.0)))]
    point = np.column_stack(
        [np.interp(times[frames], when, plate.point_m[here, axis]) for axis in (0, 2)]
    )
    distance: dict[Side, FloatArray] = {
        side: _from_line(point, foot, frames) for side, foot in feet.items()
    }
    seen: dict[Side, float] = {
        side: float((~np.isnan(one)).mean()) if one.size else 0.0 for side, one in distance.items()
    }
    if max(seen.values(), default=0.0) < 0.2:
        return replace(contact, reason="the feet are not seen while the plate is loaded")
    middle: dict[Side, float] = {
        side: float(np.nanmedian(one)) if seen[side] else float("inf")
        for side, one in distance.items()
    }
    near = sorted(middle, key=lambda side: middle[side])
    best = near[0]
    other = middle[near[1]] if len(near) > 1 else float("inf")
    contact = replace(contact, distance_m=middle[best], other_m=other)
    if middle[best] > settings.near_m:
        return replace(contact, reason=f"the load lies {middle[best]:.2f} m from the nearer foot")
    stray = np.nanmean(distance[best] > settings.near_m)
    if other - middle[best] < settings.apart_m:
        return replace(contact, reason="the load lies as near to the other foot")
    if stray > 0.25:
        return replace(contact, reason="the load leaves the foot: both feet were on the plate")
    foot = feet[best]
    return replace(
        contact,
        side=best,
        heel_on=_over(plate, foot.heel, frames, settings),
        toe_on=_over(plate, foot.toe, frames, settings),
    )


def _from_line(point: FloatArray, foot: Foot, frames: np.ndarray) -> FloatArray:
    """Horizontal distance from the load to the line from heel to toe, shape (k,)."""
    heel, toe = foot.heel[frames][:, [0, 2]], foot.toe[frames][:, [0, 2]]
    along = toe - heel
    size = (along**2).sum(axis=1)
    share = ((point - heel) * along).sum(axis=1) / np.where(size > 0, size, np.nan)
    nearest = heel + np.clip(share, -0.1, 1.2)[:, None] * along
    return np.linalg.norm(point - nearest, axis=1)


def _over(
    plate: PlateForces, end: FloatArray, frames: np.ndarray, settings: ForceSettings
) -> bool | None:
    """Whether one end of the foot is over the plate while it bears load."""
    if plate.plate is None:
        return None
    corners = plate.plate.corners_m[:, [0, 2]]
    sides = np.array([corners[0] - corners[1], corners[1] - corners[2]])
    size = np.linalg.norm(sides, axis=1)
    part = frames[len(frames) // 4 : max(len(frames) // 4 + 1, 3 * len(frames) // 4)]
    local = np.abs((end[part][:, [0, 2]] - corners.mean(axis=0)) @ (sides / size[:, None]).T)
    known = ~np.isnan(local[:, 0])
    if not known.any():
        return None
    over = (local[known] <= size / 2 + settings.margin_m).all(axis=1)
    return bool(over.mean() > 0.5)


def step_events(
    contacts: tuple[Contact, ...], settings: ForceSettings | None = None
) -> tuple[GaitEvent, ...]:
    """Contact and off of every step, from the proved contacts.

    A foot that goes from one plate to the next, or stands on two, makes one step. An end that
    was not recorded makes no event; nor does one that happened beside the plate: the contact
    where the heel was beside it, the off where the toe was.

    Parameters
    ----------
    contacts
        As `find_contacts` gives them.
    settings
        What counts as one step.
    """
    settings = settings or ForceSettings()
    events: list[GaitEvent] = []
    for side in SIDES:
        mine = sorted((one for one in contacts if one.side == side), key=lambda one: one.start_s)
        steps: list[list[Contact]] = []
        for one in mine:
            if steps and one.start_s <= max(c.end_s for c in steps[-1]) + settings.bridge_s:
                steps[-1].append(one)
            else:
                steps.append([one])
        for step in steps:
            first = min(step, key=lambda one: one.start_s)
            last = max(step, key=lambda one: one.end_s)
            if first.starts and first.heel_on is not False:
                events.append(GaitEvent("contact", side, first.start_s, "force"))
            if last.ends and last.toe_on is not False:
                events.append(GaitEvent("off", side, last.end_s, "force"))
    return tuple(sorted(events, key=lambda one: one.time_s))
