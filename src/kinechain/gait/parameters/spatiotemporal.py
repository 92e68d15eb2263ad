"""Speed, lengths, widths and phases of the steps."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from math import inf

import numpy as np

from kinechain.gait.events.cycles import Cycle, between
from kinechain.gait.events.feet import Foot
from kinechain.gait.events.model import SIDES, Events, Side
from kinechain.gait.parameters.model import Measure
from kinechain.gait.recording import FloatArray

# The foot lies flat between these shares of its stance; the heel rests.
FLAT_FROM, FLAT_TO = 0.15, 0.45
FLAT_WITHOUT_OFF_S = (0.10, 0.28)
LEAST_FLAT_FRAMES = 3
LONGEST_STEP_S = 1.5
STANDARD_GRAVITY = 9.80665  # m/s2, as OpenSim and CODATA have it


@dataclass(frozen=True)
class Rest:
    """A foot lying flat on the ground.

    Attributes
    ----------
    side
        Which foot.
    contact_s
        When it came down, s.
    heel, toe
        Shape (2,): forward and right, m, ground frame.
    """

    side: Side
    contact_s: float
    heel: FloatArray
    toe: FloatArray


def find_rests(
    times_s: FloatArray, feet: dict[Side, Foot], events: Events, belt_m_per_s: float = 0.0
) -> tuple[Rest, ...]:
    """Where each foot lay in each of its stances that are seen.

    Parameters
    ----------
    times_s
        Shape (n,), s.
    feet
        Heel and toe of each side.
    events
        The trial's events.
    belt_m_per_s
        Speed of a treadmill's belt; positions are given on the belt.
    """
    found: list[Rest] = []
    for side, foot in feet.items():
        offs = events.of(side, "off")
        contacts = events.of(side, "contact")
        for number, contact in enumerate(contacts):
            last = number + 1 == len(contacts)
            later = between(offs, contact, inf if last else contacts[number + 1])
            if later:
                stance = later[0] - contact
                low, high = contact + FLAT_FROM * stance, contact + FLAT_TO * stance
            else:
                low, high = contact + FLAT_WITHOUT_OFF_S[0], contact + FLAT_WITHOUT_OFF_S[1]
            flat = slice(*np.searchsorted(times_s, [low, np.nextafter(high, inf)]).tolist())
            moved = np.array([1.0, 0.0]) * belt_m_per_s * times_s[flat][:, None]
            heel = foot.heel[flat][:, [0, 2]] + moved
            toe = foot.toe[flat][:, [0, 2]] + moved
            seen = ~np.isnan(heel).any(axis=1) & ~np.isnan(toe).any(axis=1)
            if seen.sum() >= LEAST_FLAT_FRAMES:
                found.append(
                    Rest(
                        side,
                        contact,
                        np.median(heel[seen], axis=0),
                        np.median(toe[seen], axis=0),
                    )
                )
    return tuple(sorted(found, key=lambda one: one.contact_s))


def direction(rests: tuple[Rest, ...], trunk: FloatArray) -> FloatArray:
    """Unit vector of walking in the ground plane (forward, right).

    From the strides where there are any, else from the way of the trunk.

    Parameters
    ----------
    rests
        As `find_rests` gives them.
    trunk
        Shape (n, 3), m.
    """
    way = np.zeros(2)
    for side in SIDES:
        mine = [one for one in rests if one.side == side]
        if len(mine) > 1:
            way = way + mine[-1].heel - mine[0].heel
    if not way.any():
        seen = trunk[~np.isnan(trunk[:, 0])][:, [0, 2]]
        way = seen[-1] - seen[0] if len(seen) > 1 else np.array([1.0, 0.0])
    size = float(np.linalg.norm(way))
    return way / size if size > 0 else np.array([1.0, 0.0])


def spatial_measures(rests: tuple[Rest, ...], forward: FloatArray) -> list[Measure]:
    """Lengths, widths and foot angles.

    Parameters
    ----------
    rests
        As `find_rests` gives them.
    forward
        Shape (2,), the direction of walking.
    """
    right = np.array([-forward[1], forward[0]])
    measures: list[Measure] = []
    speeds: list[float] = []
    for side in SIDES:
        mine = [one for one in rests if one.side == side]
        others = [one for one in rests if one.side != side]
        when = [one.contact_s for one in others]
        strides: list[float] = []
        steps: list[float] = []
        widths: list[float] = []
        for before, after in pairwise(mine):
            first, last = (
                bisect_right(when, before.contact_s), bisect_left(when, after.contact_s)
            )  # fmt: skip
            if last - first != 1:
                continue
            line = after.heel - before.heel
            size = float(np.linalg.norm(line))
            strides.append(float(line @ forward))
            speeds.append(float(line @ forward) / (after.contact_s - before.contact_s))
            offset = others[first].heel - before.heel
            if size > 0.1:
                widths.append(abs(float(line[0] * offset[1] - line[1] * offset[0])) / size)
        for one in mine:
            behind = bisect_left(when, one.contact_s) - 1
            if behind >= 0 and one.contact_s - when[behind] < LONGEST_STEP_S:
                steps.append(float((one.heel - others[behind].heel) @ forward))
        outward = 1.0 if side == "right" else -1.0
        angles = [
            float(np.degrees(np.arctan2(outward * (foot @ right), foot @ forward)))
            for foot in (one.toe - one.heel for one in mine)
        ]
        measures += [
            Measure("stride_length", side, tuple(strides)),
            Measure("step_length", side, tuple(steps)),
            Measure("step_width", side, tuple(widths)),
            Measure("foot_progression", side, tuple(angles)),
        ]
    measures.append(Measure("gait_speed", "both", tuple(speeds)))
    return measures


def temporal_measures(events: Events, cycles: tuple[Cycle, ...]) -> list[Measure]:
    """Times, phases and cadence.

    Parameters
    ----------
    events
        The trial's events.
    cycles
        Its complete cycles.
    """
    measures: list[Measure] = []
    every: list[float] = []
    for side in SIDES:
        other: Side = "right" if side == "left" else "left"
        steps: list[float] = []
        mine_s, others_s = events.of(side, "contact"), events.of(other, "contact")
        for number, contact in enumerate(mine_s):
            before = between(others_s, contact - LONGEST_STEP_S, contact)
            if before and (number == 0 or before[-1] > mine_s[number - 1]):
                steps.append(contact - before[-1])
        every += steps
        mine = [one for one in cycles if one.side == side]
        measures += [
            Measure("step_time", side, tuple(steps)),
            Measure("stride_time", side, tuple(one.duration_s for one in mine)),
            Measure("stance_phase", side, _shares(mine, "stance")),
            Measure("initial_double_support", side, _shares(mine, "initial")),
            Measure("single_support", side, _shares(mine, "single")),
            Measure("double_support_total", side, _shares(mine, "double")),
        ]
    measures.append(Measure("cadence", "both", tuple(60.0 / one for one in every)))
    return measures


def _shares(cycles: list[Cycle], what: str) -> tuple[float, ...]:
    """Phases in per cent of the cycle; cycles that lack an event are left out."""
    values: list[float] = []
    for one in cycles:
        off, other_off, other_contact = one.off_s, one.other_off_s, one.other_contact_s
        length: float | None = None
        if off is not None and what == "stance":
            length = off - one.start_s
        elif other_off is not None and what == "initial":
            length = other_off - one.start_s
        elif other_off is not None and other_contact is not None and what == "single":
            length = other_contact - other_off
        elif off is not None and other_off is not None and other_contact is not None:
            length = (other_off - one.start_s) + (off - other_contact) if what == "double" else None
        if length is not None and length > 0:
            values.append(100.0 * length / one.duration_s)
    return tuple(values)


def by_leg_length(measures: list[Measure], leg_length_m: float) -> list[Measure]:
    """Lengths and speed freed from the size of the person (Hof 1996).

    Parameters
    ----------
    measures
        Spatial and temporal measures.
    leg_length_m
        From the hip to the floor, m.
    """
    scale = {
        "step_length": ("step_length_of_leg", 100.0 / leg_length_m),
        "step_width": ("step_width_of_leg", 100.0 / leg_length_m),
        "gait_speed": (
            "speed_dimensionless",
            1.0 / float(np.sqrt(STANDARD_GRAVITY * leg_length_m)),
        ),
        "cadence": (
            "cadence_dimensionless",
            float(np.sqrt(leg_length_m / STANDARD_GRAVITY)) / 60.0,
        ),
    }
    return [
        Measure(scale[one.name][0], one.side, tuple(x * scale[one.name][1] for x in one.values))
        for one in measures
        if one.name in scale
    ]
