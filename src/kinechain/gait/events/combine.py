"""Forces first, then what the file states, then markers, whose bias is corrected."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from kinechain.gait.events.feet import Foot, find_foot, find_trunk
from kinechain.gait.events.forces import ForceSettings, find_contacts, step_events
from kinechain.gait.events.markers import marker_events
from kinechain.gait.events.model import KINDS, SIDES, Events, GaitEvent, Kind, Method, Side
from kinechain.gait.marker_names import MarkerMap
from kinechain.gait.recording import Recording
from kinechain.gait.yaml_file import read_yaml

METHOD_FILE = Path(__file__).parents[2] / "data" / "gait_methods" / "marker_events.yaml"
SAME_EVENT_S = 0.15
SHORTEST_STRIDE_S = 0.4
FILE_LABELS: dict[str, Kind] = {"foot strike": "contact", "heel strike": "contact",
                                "initial contact": "contact", "foot contact": "contact",
                                "foot off": "off", "toe off": "off"}  # fmt: skip


@dataclass(frozen=True)
class Bias:
    """How late the marker method is, s.

    Attributes
    ----------
    bias_s
        Mean over laboratories.
    between_s, within_s
        Standard deviation of a laboratory's mean, and of one event about it.
    """

    bias_s: float
    between_s: float
    within_s: float


@dataclass(frozen=True)
class Agreement:
    """Marker events against force events of the same steps.

    Attributes
    ----------
    kind
        ``contact`` or ``off``.
    differences_s
        Marker minus force, uncorrected, s.
    missed, steps
        Force events without a marker event, and all force events.
    """

    kind: Kind
    differences_s: tuple[float, ...]
    missed: int
    steps: int

    @property
    def mean_s(self) -> float:
        """Mean difference; NaN without any."""
        return float(np.mean(self.differences_s)) if self.differences_s else float("nan")


@cache
def method_bias() -> dict[str, Bias]:
    """The shipped bias of each kind of event."""
    content: Any = read_yaml(METHOD_FILE)
    return {kind: Bias(**content[kind]) for kind in KINDS}


def agreement(marker: tuple[GaitEvent, ...], force: tuple[GaitEvent, ...]) -> dict[Kind, Agreement]:
    """Compare marker events with force events.

    Parameters
    ----------
    marker, force
        Events of the two methods.
    """
    result: dict[Kind, Agreement] = {}
    times: dict[tuple[Kind, Side], list[float]] = {}
    for one in sorted(marker, key=lambda one: one.time_s):
        times.setdefault((one.kind, one.side), []).append(one.time_s)
    for kind in KINDS:
        differences: list[float] = []
        steps = [one for one in force if one.kind == kind]
        for one in steps:
            nearest = _nearest(times.get((kind, one.side), []), one.time_s)
            if nearest is not None and abs(nearest - one.time_s) <= SAME_EVENT_S:
                differences.append(nearest - one.time_s)
        missed = len(steps) - len(differences)
        result[kind] = Agreement(kind, tuple(differences), missed, len(steps))
    return result


def corrected(marker: tuple[GaitEvent, ...], found: dict[Kind, Agreement]) -> tuple[GaitEvent, ...]:
    """Marker events without their bias.

    The bias is the shipped one, moved towards this trial's own as far as its force events
    carry: the weighted mean with the spread between and within laboratories.

    Parameters
    ----------
    marker
        Uncorrected events.
    found
        This trial's own agreement.
    """
    shift: dict[Kind, tuple[float, float]] = {}
    for kind in KINDS:
        known = method_bias()[kind]
        own = found[kind].differences_s
        prior, data = known.between_s**-2, len(own) * known.within_s**-2
        bias = (prior * known.bias_s + data * (found[kind].mean_s if own else 0.0)) / (prior + data)
        shift[kind] = bias, float(np.sqrt(known.within_s**2 + 1.0 / (prior + data)))
    return tuple(
        replace(one, time_s=one.time_s - shift[one.kind][0], spread_s=shift[one.kind][1])
        for one in marker
    )


def file_events(recording: Recording) -> tuple[GaitEvent, ...]:
    """Contacts and offs that the file states.

    Parameters
    ----------
    recording
        With the file's events.
    """
    found: list[GaitEvent] = []
    for one in recording.events:
        kind = FILE_LABELS.get(one.label.strip().lower())
        if kind is not None and one.side != "unknown":
            found.append(GaitEvent(kind, one.side, one.time_s, "file"))
    return tuple(found)


def find_feet(recording: Recording, names: MarkerMap) -> dict[Side, Foot]:
    """Heel and toe of the sides that the recording shows.

    Parameters
    ----------
    recording, names
        Markers with short gaps filled, and their anatomical names.
    """
    found: dict[Side, Foot] = {}
    for side in SIDES:
        foot = find_foot(recording.markers, names, side)
        if foot is not None:
            found[side] = foot
    return found


def find_events(
    recording: Recording, names: MarkerMap, settings: ForceSettings | None = None
) -> tuple[Events, dict[Kind, Agreement]]:
    """All events of a trial.

    Parameters
    ----------
    recording
        In the ground frame, short gaps filled.
    names
        Anatomical names of its markers.
    settings
        What counts as a foot on a plate.

    Returns
    -------
    events
        In order of time; each step's event once, from the best method that shows it.
    agreement
        The uncorrected marker events against the forces of the same trial.
    """
    feet = find_feet(recording, names)
    trunk = find_trunk(recording.markers, names)
    notes: list[str] = []
    contacts = (
        find_contacts(recording.forces, recording.markers.times_s, feet, settings)
        if recording.forces is not None
        else ()
    )
    for one in contacts:
        place = f"Plate {one.plate + 1}, {one.start_s:.2f} to {one.end_s:.2f} s"
        if one.side is None:
            notes.append(f"{place}: no foot is proved, {one.reason}; its forces are not used.")
        elif one.heel_on is False or one.toe_on is False:
            end = "heel" if one.heel_on is False else "toe"
            notes.append(f"{place}: the {one.side} {end} was beside the plate.")
    force = step_events(contacts, settings)
    if trunk is None or not feet:
        missing = "heel and toe" if not feet else "pelvis"
        notes.append(f"The markers of {missing} are not known; no events come from markers.")
        marker: tuple[GaitEvent, ...] = ()
    else:
        marker = marker_events(recording.markers.times_s, recording.markers.rate_hz, feet, trunk)
    found = agreement(marker, force)
    events = _merged([force, file_events(recording), corrected(marker, found)])
    return Events(events, contacts, tuple(notes)), found


def _merged(sources: list[tuple[GaitEvent, ...]]) -> tuple[GaitEvent, ...]:
    """Each event once: a worse source adds only what no better one has near."""
    kept: list[GaitEvent] = []
    times: dict[tuple[Kind, Side], list[float]] = {}
    rank: dict[Method, int] = {"force": 0, "file": 1, "marker": 2}
    for one in sorted((e for source in sources for e in source), key=lambda e: rank[e.method]):
        near = SAME_EVENT_S if one.method != "marker" else SHORTEST_STRIDE_S / 2
        same = times.setdefault((one.kind, one.side), [])
        nearest = _nearest(same, one.time_s)
        if nearest is None or abs(nearest - one.time_s) >= near:
            kept.append(one)
            insort(same, one.time_s)
    return tuple(sorted(kept, key=lambda e: e.time_s))


def _nearest(times: list[float], wanted: float) -> float | None:
    """The nearest of rising times; None where there is none."""
    at = bisect_left(times, wanted)
    return min(times[max(at - 1, 0) : at + 1], key=lambda one: abs(one - wanted), default=None)
