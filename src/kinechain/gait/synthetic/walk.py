"""One synthetic walk: markers, forces and events, with everything known.

The feet roll in closed form. The pelvis sways as sines of the stride; pelvis, thighs and
shanks are rigid, the knee follows from hip and ankle. The ground's force is exactly mass
times (acceleration of the centre of mass plus gravity), the centre of mass going with the
pelvis; in double support it passes from one foot to the other. Its angular momentum is not
balanced, so joint moments have no truth here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kinechain.gait.events.model import SIDES, GaitEvent, Side
from kinechain.gait.recording import (
    FileEvent,
    FloatArray,
    ForceRecord,
    Markers,
    Plate,
    PlateForces,
    Recording,
)
from kinechain.gait.synthetic.body import body_markers
from kinechain.gait.synthetic.feet import FOOT_M, Gait, heel_path, pitch

GRAVITY = 9.80665
PLATE_LENGTH_M, PLATE_WIDTH_M = 0.56, 0.40


@dataclass(frozen=True)
class Truth:
    """What the walk is made of.

    Attributes
    ----------
    speed_m_per_s, step_length_left_m
        The right step takes the rest of the stride.
    step_width_m
        Between the heels.
    toe_out_deg, pelvic_drop_deg, trunk_lean_deg
        Both sides alike; the last two are peaks in the middle of single support.
    mass_kg
        Of the person.
    duration_s, marker_rate_hz, force_rate_hz
        Of the recording.
    first_left_contact_s
        When the walk's first left contact is.
    noise_m, seed
        Standard deviation of the markers' noise, and the random numbers' seed.
    plates
        Which steps, counted from the first contact of the trial, meet a plate each.
    gait
        Timing of the feet.
    """

    speed_m_per_s: float = 1.25
    step_length_left_m: float = 0.67
    step_width_m: float = 0.10
    toe_out_deg: float = 7.0
    pelvic_drop_deg: float = 4.0
    trunk_lean_deg: float = 2.0
    mass_kg: float = 70.0
    duration_s: float = 4.0
    marker_rate_hz: float = 100.0
    force_rate_hz: float = 400.0
    first_left_contact_s: float = 0.30
    noise_m: float = 0.0003
    seed: int = 20240611
    plates: tuple[int, ...] = (2, 3, 4)
    gait: Gait = field(default_factory=Gait)

    @property
    def stride_length_m(self) -> float:
        """Speed times stride time."""
        return self.speed_m_per_s * self.gait.stride_time_s

    @property
    def step_length_right_m(self) -> float:
        """The rest of the stride."""
        return self.stride_length_m - self.step_length_left_m


@dataclass(frozen=True)
class Step:
    """One stance of the walk.

    Attributes
    ----------
    side, contact_s, off_s
        Whose and when.
    heel_m
        Shape (2,): where the heel rests, forward and right, m.
    """

    side: Side
    contact_s: float
    off_s: float
    heel_m: FloatArray


@dataclass(frozen=True)
class Walk:
    """The walk and its truth.

    Attributes
    ----------
    truth
        What it is made of.
    recording
        What a laboratory would have recorded, ground frame.
    steps
        Every stance, also those outside the recording.
    events
        Contacts and offs inside the recording.
    knee_flexion_rad
        Per side, shape (n,), from hip, knee and ankle centres.
    """

    truth: Truth
    recording: Recording
    steps: tuple[Step, ...]
    events: tuple[GaitEvent, ...]
    knee_flexion_rad: dict[Side, FloatArray]


def steps_of(truth: Truth) -> tuple[Step, ...]:
    """Every stance that touches the recording, and one before and after.

    Parameters
    ----------
    truth
        What the walk is made of.
    """
    stride, stance = truth.gait.stride_time_s, truth.gait.stance_s
    found: list[Step] = []
    for number in range(-2, int(truth.duration_s / stride) + 2):
        start = truth.first_left_contact_s + number * stride
        # the middle of the pelvis is over the middle between the feet, in the mean
        ahead = truth.speed_m_per_s * start + 0.5 * truth.step_length_left_m - FOOT_M / 2
        width = truth.step_width_m / 2
        for side, time, way, across in (
            ("left", start, ahead, -width),
            ("right", start + stride / 2, ahead + truth.step_length_right_m, width),
        ):
            heel = np.array([way, across])
            found.append(Step(side, time, time + stance, heel))  # type: ignore[arg-type]
    return tuple(found)


def foot_paths(
    truth: Truth, times_s: FloatArray, side: Side
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Heel, pitch and heading of a foot: shapes (n, 3), (n,) and (3,), ground frame.

    Parameters
    ----------
    truth
        What the walk is made of.
    times_s
        Shape (n,), s.
    side
        Which foot.
    """
    mine = [one for one in steps_of(truth) if one.side == side]
    heel = np.full((len(times_s), 3), np.nan)
    angle = np.full(len(times_s), np.nan)
    out = np.radians(truth.toe_out_deg) * (1.0 if side == "right" else -1.0)
    heading = np.array([np.cos(out), 0.0, np.sin(out)])
    for one in mine:
        last = one.contact_s + truth.gait.stride_time_s
        inside = (times_s >= one.contact_s) & (times_s < last)
        since = times_s[inside] - one.contact_s
        # the part of the way that the foot's own plane does not hold is made in swing
        own = heel_path(truth.gait, since, truth.stride_length_m * heading[0])
        stance = truth.gait.stance_s
        swing = np.clip((since - stance) / (truth.gait.stride_time_s - stance), 0.0, 1.0)
        smooth = swing**3 * (10 - 15 * swing + 6 * swing**2)
        rest = np.array([one.heel_m[0], 0.0, one.heel_m[1]])
        side_way = np.array([truth.stride_length_m, 0.0, 0.0])
        side_way = side_way - (side_way @ heading) * heading
        heel[inside] = (
            rest
            + own[:, :1] * heading
            + own[:, 1:] * np.array([0.0, 1.0, 0.0])
            + smooth[:, None] * side_way
        )
        angle[inside] = pitch(truth.gait, since)
    return heel, angle, heading


def phase(truth: Truth, times_s: FloatArray) -> FloatArray:
    """Angle of the stride, 0 in the middle of the double support after a left contact."""
    middle = truth.gait.stride_time_s * (truth.gait.stance_share - 0.5) / 2
    return 2 * np.pi * (times_s - truth.first_left_contact_s - middle) / truth.gait.stride_time_s


def centre_of_mass(truth: Truth, times_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Position and acceleration of the centre of mass, each of shape (n, 3)."""
    angle = phase(truth, times_s)
    rate = 2 * np.pi / truth.gait.stride_time_s
    sway, lift, surge = 0.018, 0.018, 0.008
    position = np.column_stack(
        [
            truth.speed_m_per_s * times_s + surge * np.sin(2 * angle),
            0.955 - lift * np.cos(2 * angle),
            -sway * np.sin(angle),
        ]
    )
    acceleration = np.column_stack(
        [
            -4 * rate**2 * surge * np.sin(2 * angle),
            4 * rate**2 * lift * np.cos(2 * angle),
            rate**2 * sway * np.sin(angle),
        ]
    )
    return position, acceleration


def foot_shares(truth: Truth, times_s: FloatArray) -> list[tuple[Step, FloatArray]]:
    """For every stance the share of the body's load it bears, shape (n,)."""
    steps = sorted(steps_of(truth), key=lambda one: one.contact_s)
    result: list[tuple[Step, FloatArray]] = []
    for index, one in enumerate(steps):
        share = ((times_s >= one.contact_s) & (times_s <= one.off_s)).astype(np.float64)
        if index > 0:
            share = np.minimum(share, _ramp(times_s, one.contact_s, steps[index - 1].off_s))
        if index + 1 < len(steps):
            after = _ramp(times_s, steps[index + 1].contact_s, one.off_s)
            share = np.minimum(share, 1.0 - after)
        result.append((one, share))
    return result


def _ramp(times: FloatArray, start: float, end: float) -> FloatArray:
    """From 0 to 1, steeper at its ends, so that a threshold is crossed at once."""
    share = np.clip((times - start) / (end - start), 0.0, 1.0)
    return share + np.sin(2 * np.pi * share) * 0.1


def plate_records(truth: Truth, times_s: FloatArray) -> tuple[PlateForces, ...]:
    """The plates under the chosen steps, with what they measure."""
    _, acceleration = centre_of_mass(truth, times_s)
    total = truth.mass_kg * (acceleration + np.array([0.0, GRAVITY, 0.0]))
    inside = [
        (step, share)
        for step, share in foot_shares(truth, times_s)
        if 0.0 < step.contact_s < truth.duration_s
    ]
    records: list[PlateForces] = []
    for number, chosen in enumerate(truth.plates, start=1):
        step, share = inside[chosen]
        out = np.radians(truth.toe_out_deg) * (1.0 if step.side == "right" else -1.0)
        heading = np.array([np.cos(out), 0.0, np.sin(out)])
        done = np.clip((times_s - step.contact_s) / (step.off_s - step.contact_s), 0.0, 1.0)
        way = FOOT_M * (0.05 + 0.95 * done**1.5)
        point = np.array([step.heel_m[0], 0.0, step.heel_m[1]]) + way[:, None] * heading
        force = share[:, None] * total
        moment = np.zeros_like(force)
        moment[:, 1] = 4.0 * share * np.sin(2 * np.pi * done)
        centre = np.array([step.heel_m[0] + FOOT_M / 2, 0.0, step.heel_m[1]])
        half = np.array([PLATE_LENGTH_M / 2, PLATE_WIDTH_M / 2])
        corners = centre + np.array(
            [
                [half[0], 0.0, half[1]],
                [-half[0], 0.0, half[1]],
                [-half[0], 0.0, -half[1]],
                [half[0], 0.0, -half[1]],
            ]
        )
        plate = Plate(corners, np.array([0.0, 0.0, -0.04]))
        unloaded = share == 0.0
        point[unloaded] = centre
        records.append(PlateForces(f"plate {number}", force, point, moment, plate))
    return tuple(records)


def make_walk(truth: Truth | None = None) -> Walk:
    """The walk, the same for the same truth.

    Parameters
    ----------
    truth
        What it is made of; by default the shipped one.

    Examples
    --------
    >>> walk = make_walk()
    >>> len(walk.recording.markers.times_s), len(walk.recording.forces.plates)
    (401, 3)
    """
    truth = truth or Truth()
    count = round(truth.duration_s * truth.marker_rate_hz) + 1
    times = np.arange(count) / truth.marker_rate_hz
    feet: dict[Side, tuple[FloatArray, FloatArray, FloatArray]] = {
        side: foot_paths(truth, times, side) for side in SIDES
    }
    centre, _ = centre_of_mass(truth, times)
    sway = -np.sin(phase(truth, times))
    names, positions, knees = body_markers(
        centre,
        feet,
        obliquity_rad=np.radians(truth.pelvic_drop_deg) * sway,
        lean_rad=np.radians(truth.trunk_lean_deg) * sway,
    )
    noise = np.random.default_rng(truth.seed).normal(0.0, truth.noise_m, positions.shape)
    force_times = np.arange(round(truth.duration_s * truth.force_rate_hz) + 1) / truth.force_rate_hz
    steps = steps_of(truth)
    events: list[GaitEvent] = []
    for one in steps:
        for kind, time in (("contact", one.contact_s), ("off", one.off_s)):
            if 0.0 <= time <= truth.duration_s:
                events.append(GaitEvent(kind, one.side, time, "file"))  # type: ignore[arg-type]
    events.sort(key=lambda one: one.time_s)
    recording = Recording(
        markers=Markers(names, times, positions + noise, truth.marker_rate_hz),
        forces=ForceRecord(force_times, plate_records(truth, force_times)),
        events=(),
        source="synthetic walk",
        notes=(),
    )
    return Walk(truth, recording, steps, tuple(events), knees)


def stated_events(walk: Walk) -> tuple[FileEvent, ...]:
    """The true events as a file states them.

    Parameters
    ----------
    walk
        As `make_walk` gives it.
    """
    label = {"contact": "Foot Strike", "off": "Foot Off"}
    return tuple(FileEvent(label[one.kind], one.side, one.time_s) for one in walk.events)
