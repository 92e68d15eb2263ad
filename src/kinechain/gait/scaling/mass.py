"""Body mass from the force plates: what the ground carries in the mean is the person's weight."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kinechain.gait.events.feet import find_foot, find_trunk
from kinechain.gait.events.model import SIDES, Contact, Side
from kinechain.gait.gaps import runs
from kinechain.gait.kinematics.smoothing import derivatives, lowpass
from kinechain.gait.loads.coverage import SAME_S, stances
from kinechain.gait.marker_names import MarkerMap
from kinechain.gait.parameters.spatiotemporal import STANDARD_GRAVITY
from kinechain.gait.parameters.trial import TrialMeasures
from kinechain.gait.recording import FloatArray, ForceRecord, Recording

LEAST_KG, LARGEST_KG = 10.0, 300.0
# Judgement: gain and offset of plates.
PLATE_SHARE = 0.01
# A shorter time hangs on the pelvis's vertical speed. In eight walks whose mass was known from a
# whole step, pieces of 0.37 s gave it with a standard deviation of 0.5 to 2.2 %.
SHORTEST_S, SHORT_SHARE = 0.3, 0.02
# Judgement: how much legs differ in what they carry, in people with a limp.
LIMP_SHARE = 0.05


@dataclass(frozen=True)
class MassEstimate:
    """A body mass and how far it may be off.

    Attributes
    ----------
    mass_kg, spread_kg
        The mass and its standard error, kg.
    how
        What it comes from, in words.
    """

    mass_kg: float
    spread_kg: float
    how: str

    def sentence(self) -> str:
        """For the notes."""
        return f"Body mass {self.mass_kg:.1f} kg (± {self.spread_kg:.1f}), {self.how}."


def mass_from_walk(measured: TrialMeasures) -> MassEstimate | None:
    """The mass of somebody who walks over force plates.

    Best is a time in which plates measured whatever stood on the ground: the mean force over a
    stride or a step is the weight, but for the change of the pelvis's vertical speed between its
    ends. In a shorter time that change counts more. Without such a time the impulses of single
    steps are used, which carry the weight over one stride together.

    Parameters
    ----------
    measured
        The trial with its events and contacts.

    Returns
    -------
    MassEstimate or None
        None where no whole step was measured.
    """
    forces = measured.recording.forces
    stride_s = _stride_s(measured)
    whole = [one for one in measured.events.contacts if one.whole]
    if forces is None or not whole or not np.isfinite(stride_s):
        return None
    load = _load(forces, whole)
    found = _over_steps(measured, forces.times_s, load, stride_s)
    if found is None:
        found = _of_impulses(forces, whole, stride_s)
    return found if LEAST_KG < found.mass_kg < LARGEST_KG else None


def mass_from_standing(recording: Recording, names: MarkerMap) -> MassEstimate | None:
    """The mass of somebody who stands on plates.

    Parameters
    ----------
    recording
        The standing trial.
    names
        Anatomical names of its markers.

    Returns
    -------
    MassEstimate or None
        None where it is not known that both feet stand on plates.
    """
    forces = recording.forces
    if forces is None or not _both_on(recording, forces, names):
        return None
    total = np.sum([one.force_N[:, 1] for one in forces.plates], axis=0)
    mass = float(np.median(total)) / STANDARD_GRAVITY
    found = MassEstimate(mass, PLATE_SHARE * mass, "from the plates in the standing trial")
    return found if LEAST_KG < mass < LARGEST_KG else None


def _both_on(recording: Recording, forces: ForceRecord, names: MarkerMap) -> bool:
    """Whether heel and toe of both feet lie over plates whose place is known."""
    boxes = [one.plate.corners_m[:, [0, 2]] for one in forces.plates if one.plate is not None]
    for side in SIDES:
        foot = find_foot(recording.markers, names, side)
        if foot is None:
            return False
        for end in (foot.heel, foot.toe):
            place = np.nanmedian(end[:, [0, 2]], axis=0)
            if not any((box.min(axis=0) <= place).all() and (place <= box.max(axis=0)).all()
                       for box in boxes):  # fmt: skip
                return False
    return True


def _stride_s(measured: TrialMeasures) -> float:
    """Mean duration of the cycles, or twice that of the steps; NaN without either."""
    if measured.cycles:
        return float(np.mean([one.duration_s for one in measured.cycles]))
    contacts = [one for one in measured.events.events if one.kind == "contact"]
    steps = [
        after.time_s - before.time_s
        for before, after in pairwise(contacts)
        if before.side != after.side
    ]
    return 2.0 * float(np.mean(steps)) if steps else float("nan")


def _load(forces: ForceRecord, contacts: list[Contact]) -> FloatArray:
    """What the steps that were measured wholly press on their plates, shape (n,), N."""
    total = np.zeros(len(forces.times_s))
    for one in contacts:
        here = (forces.times_s >= one.start_s) & (forces.times_s <= one.end_s)
        total += np.where(here, forces.plates[one.plate].force_N[:, 1], 0.0)
    return total


def _all_measured(measured: TrialMeasures, times_s: FloatArray) -> np.ndarray:
    """Times at which each foot swings or stands on a plate that measured its whole step."""
    good = np.ones(len(times_s), bool)
    for side in SIDES:
        own = stances(measured, side)
        contacts = [one for one in measured.events.contacts if one.side == side and one.whole]
        known = [one.time_s for one in measured.events.events if one.side == side]
        if not known:
            return np.zeros(len(times_s), bool)
        good &= (times_s >= known[0] - SAME_S) & (times_s <= known[-1] + SAME_S)
        for one in own:
            if not any(abs(c.start_s - one.start_s) < SAME_S and abs(c.end_s - one.end_s) < SAME_S
                       for c in contacts):  # fmt: skip
                good &= (times_s < one.start_s) | (times_s > one.end_s)
    return good


def _rise(measured: TrialMeasures, times_s: FloatArray) -> FloatArray:
    """Vertical speed of the pelvis at given times, m/s; zero where it is not seen."""
    markers = measured.recording.markers
    trunk = find_trunk(markers, measured.names)
    speed = np.zeros(len(times_s))
    if trunk is None:
        return speed
    first, last = max(runs(~np.isnan(trunk[:, 1])), key=lambda one: one[1] - one[0], default=(0, 0))
    span = slice(first, last + 1)
    if last - first < 20:
        return speed
    seen = markers.times_s[span]
    smooth = lowpass(seen, trunk[span, 1:2])
    rate, _ = derivatives(seen, smooth)
    return np.interp(times_s, seen, rate[:, 0])


def _over_steps(
    measured: TrialMeasures, times_s: FloatArray, load: FloatArray, stride_s: float
) -> MassEstimate | None:
    """From the longest time in which all that stood on the ground was measured."""
    step_s = float(times_s[1] - times_s[0])
    longest = max(runs(_all_measured(measured, times_s)), key=lambda one: one[1] - one[0],
                  default=(0, 0))  # fmt: skip
    span = slice(longest[0], longest[1] + 1)
    part, speed = load[span], _rise(measured, times_s)[span]
    whole_s = (len(part) - 1) * step_s
    if whole_s >= stride_s / 2.0:
        strides = whole_s >= stride_s
        length_s, share = stride_s if strides else stride_s / 2.0, PLATE_SHARE
        words = f"from the mean force on the plates over one {'stride' if strides else 'step'}"
    elif whole_s >= SHORTEST_S and speed.any():
        length_s, share = whole_s, SHORT_SHARE
        words = "from the force on one foot and the rise and fall of the pelvis"
    else:
        return None
    count = min(round(length_s / step_s), len(part) - 1)
    impulse = np.concatenate([[0.0], np.cumsum((part[1:] + part[:-1]) / 2.0 * step_s)])
    got = impulse[count:] - impulse[:-count]
    masses = got / (STANDARD_GRAVITY * count * step_s + speed[count:] - speed[:-count])
    mass = float(masses.mean())
    return MassEstimate(mass, float(np.hypot(masses.std(), share * mass)), words)


def _of_impulses(forces: ForceRecord, contacts: list[Contact], stride_s: float) -> MassEstimate:
    """From single steps: one of each leg carries the weight over one stride."""
    step_s = float(forces.times_s[1] - forces.times_s[0])
    by_side: dict[Side, list[float]] = {}
    for one in contacts:
        assert one.side is not None, "whole contacts have a side"
        by_side.setdefault(one.side, []).append(float(_load(forces, [one]).sum() * step_s))
    means = [float(np.mean(one)) for one in by_side.values()]
    mass = 2.0 * float(np.mean(means)) / (STANDARD_GRAVITY * stride_s)
    if len(means) == 2:
        words, share = "from the impulse of a step of each leg on the plates", 2 * PLATE_SHARE
    else:
        words, share = "from one leg's impulse on a plate, both legs taken as alike", LIMP_SHARE
    return MassEstimate(mass, share * mass, words)
