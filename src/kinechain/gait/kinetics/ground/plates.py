"""What plates measured on each foot, and of which foot they measured no step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.events.model import SIDES
from kinechain.gait.kinetics.ground.balance import LEAST_N, FootWrench
from kinechain.gait.kinetics.ground.support import find_supports

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kinechain.gait.events.model import Contact, Events, Side
    from kinechain.gait.kinetics.ground.support import BoolArray
    from kinechain.gait.recording import FloatArray, ForceRecord


def plates_on_feet(
    forces: ForceRecord, contacts: Iterable[Contact]
) -> dict[Side, tuple[FootWrench, BoolArray]]:
    """What plates measured on each foot, and in which frames.

    A contact counts where its foot is proved and stood with heel and toe on the plate. A foot
    on two plates has the sum of both.

    Parameters
    ----------
    forces
        At the motion's times.
    contacts
        The trial's.
    """
    n = len(forces.times_s)
    found: dict[Side, tuple[FootWrench, BoolArray]] = {}
    for side in SIDES:
        loaded: dict[int, BoolArray] = {}
        for one in contacts:
            if one.side != side or one.heel_on is False or one.toe_on is False:
                continue
            first = np.searchsorted(forces.times_s, one.start_s)
            last = np.searchsorted(forces.times_s, one.end_s, "right")
            loaded.setdefault(one.plate, np.zeros(n, bool))[first:last] = True
        wrench: FootWrench | None = None
        # many steps on a treadmill's plate cost no more than one
        for number, here in loaded.items():
            plate = forces.plates[number]
            point = np.nan_to_num(plate.point_m, nan=0.0)
            measured = FootWrench(plate.force_N, point, plate.moment_Nm).only(here)
            wrench = measured if wrench is None else _sum(wrench, measured)
        covered = np.any(list(loaded.values()), axis=0) if loaded else np.zeros(n, bool)
        if wrench is not None and covered.any():
            found[side] = (wrench, covered)
    return found


def _sum(one: FootWrench, other: FootWrench) -> FootWrench:
    """Both together, at the centre of their vertical forces."""
    force = one.force_N + other.force_N
    up, more = np.maximum(one.force_N[:, 1:2], 0.0), np.maximum(other.force_N[:, 1:2], 0.0)
    part = np.where(up + more > LEAST_N, up / np.maximum(up + more, LEAST_N), up >= more)
    # where one of them bears nothing its point means nothing
    first = np.where(up > 0.0, one.point_m, other.point_m)
    second = np.where(more > 0.0, other.point_m, first)
    point: FloatArray = part * first + (1.0 - part) * second
    moment = one.moment_Nm + other.moment_Nm
    moment = moment + np.cross(first - point, one.force_N)
    return FootWrench(force, point, moment + np.cross(second - point, other.force_N))


def unmeasured_feet(
    events: Events,
    times_s: FloatArray,
    plates: Mapping[Side, tuple[FootWrench, BoolArray]],
    *,
    every: bool = False,
) -> tuple[Side, ...]:
    """The feet that stand, and of which plates measured no whole step.

    A foot with a measured step is not among them: its loads are read from that step, and
    estimates of others would only blur them.

    Parameters
    ----------
    events
        The trial's.
    times_s
        Shape (n,), s.
    plates
        As :func:`plates_on_feet` gives them.
    every
        Also those that stand beside the plates and have a measured step.
    """
    whole = {one.side for one in events.contacts if one.whole and one.side in plates}
    supports = find_supports(events, times_s)
    found: list[Side] = []
    for side, one in supports.items():
        stands = one.on & one.known
        if side in plates:
            stands &= ~plates[side][1]
        if (every or side not in whole) and stands.any():
            found.append(side)
    return tuple(found)
