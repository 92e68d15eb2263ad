"""When the ground's force on a foot is wholly known, so that the leg's loads mean something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kinechain.gait.events.model import SIDES
from kinechain.gait.io.read import forces_at
from kinechain.gait.loads.frames import FOOT, LETTER, find_body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinechain.gait.events.model import Contact, Side
    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.gait.recording import FloatArray
    from kinechain.gait.solution import Solved

BoolArray = npt.NDArray[np.bool_]

# An event and the edge of a contact that belong together differ by less than half a double
# support; the plate's threshold and the filter of the events are within it.
SAME_S = 0.06
LEAST_LOAD_N = 20.0
# Noise of an empty plate, and what interpolation changes.
SAME_LOAD_N, SAME_LOAD_SHARE = 30.0, 0.05


@dataclass(frozen=True)
class Stance:
    """A foot on the ground, as the events tell.

    Attributes
    ----------
    start_s, end_s
        Contact and off, s; infinite where the recording begins or ends with the foot down.
    """

    start_s: float
    end_s: float


def stances(measured: TrialMeasures, side: Side) -> tuple[Stance, ...]:
    """Every time that a foot is on the ground.

    Parameters
    ----------
    measured
        The trial.
    side
        Which foot.
    """
    events = [one for one in measured.events.events if one.side == side]
    found: list[Stance] = []
    start: float | None = -np.inf
    since = -np.inf
    for one in events:
        if one.kind == "contact":
            if start is not None and np.isfinite(start):
                # The off between two contacts was missed: nothing is known until the second.
                found.append(Stance(start, one.time_s))
            start = one.time_s
        else:
            # Of an off without a contact nothing is known since the off before it.
            found.append(Stance(since if start is None else start, one.time_s))
            start, since = None, one.time_s
    if start is not None:
        found.append(Stance(start, np.inf))
    return tuple(found)


def covered(solved: Solved, measured: TrialMeasures, side: Side) -> BoolArray:
    """Frames of the motion in which everything that acts on a foot is known.

    A foot in swing has no load. A foot on the ground counts only where one whole plate
    measured it from contact to off, heel and toe over it. In the model that force, and no
    other, must act on this foot: a file of external loads may name the wrong one. Estimated
    forces count in every stance that has one.

    Parameters
    ----------
    solved
        The model's motion and the forces on it.
    measured
        The trial with its events and contacts.
    side
        Which foot.

    Returns
    -------
    BoolArray
        Shape (n,).
    """
    times = solved.motion.times_s
    own = stances(measured, side)
    if solved.ground == "none" or not own:
        return np.zeros(len(times), bool)
    load = _vertical_load(solved, side)
    contacts = [one for one in measured.events.contacts if one.side == side]
    known = np.ones(len(times), bool)
    if solved.ground == "plates":
        proved = _proved_load(measured, contacts, times)
        known = np.abs(load - proved) <= SAME_LOAD_N + SAME_LOAD_SHARE * np.abs(proved)
    for one in own:
        here = (times >= one.start_s) & (times <= one.end_s)
        if not here.any():
            continue
        quarter = int(here.sum()) // 4
        middle = load[here][quarter : int(here.sum()) - quarter]
        loaded = bool((middle > LEAST_LOAD_N).all())
        if solved.ground == "plates":
            loaded = loaded and any(_holds(contact, one, times) for contact in contacts)
        if not loaded:
            known[here] = False
    return known


def _proved_load(
    measured: TrialMeasures, contacts: list[Contact], times_s: FloatArray
) -> FloatArray:
    """What presses on the plates while geometry proves that this foot stands there, (n,), N."""
    total = np.zeros(len(times_s))
    if measured.recording.forces is None:
        return total
    plates = forces_at(measured.recording.forces, times_s).plates
    for one in contacts:
        here = (times_s >= one.start_s) & (times_s <= one.end_s)
        total += np.where(here, plates[one.plate].force_N[:, 1], 0.0)
    return total


def _vertical_load(solved: Solved, side: Side) -> FloatArray:
    """What presses on the foot's bodies, shape (n,), N."""
    total = np.zeros(len(solved.motion.times_s))
    names = [
        solved.model.bodies[number]
        for kind in (*FOOT, "toes")
        if (number := find_body(solved.model, (kind,), side)) is not None
    ]
    for one in solved.applied:
        if one.body in names:
            total = total + one.force_N[:, 1]
    return total


def _holds(contact: Contact, stance: Stance, times_s: FloatArray) -> bool:
    """Whether one plate measured the stance wholly, as far as the motion goes."""
    if contact.heel_on is False or contact.toe_on is False:
        return False
    first, last = float(times_s[0]), float(times_s[-1])
    begins = abs(contact.start_s - stance.start_s) < SAME_S or (
        contact.start_s <= first and stance.start_s <= first
    )
    ends = abs(contact.end_s - stance.end_s) < SAME_S or (
        contact.end_s >= last and stance.end_s >= last
    )
    return begins and ends


def wrong_feet(contacts: Sequence[Contact], bodies: Sequence[str]) -> tuple[str, ...]:
    """Where a file of external loads names another foot than the one that stood on a plate.

    Parameters
    ----------
    contacts
        With the side that geometry proves.
    bodies
        For each plate the body that the file names.

    Returns
    -------
    tuple of str
        One sentence for each plate; empty where nothing contradicts the file.
    """
    found: list[str] = []
    for number, body in enumerate(bodies):
        named = next((side for side in SIDES if body.lower().endswith(LETTER[side])), None)
        stood = {one.side for one in contacts if one.plate == number and one.side is not None}
        if named is not None and stood - {named}:
            other = " and ".join(sorted(stood))
            found.append(
                f"The file of external loads puts plate {number + 1} on the {named} foot "
                f"({body}), but the {other} foot stood on it; the feet that stood there are taken."
            )
    return tuple(found)
