"""Peaks, ranges and impulses of loads and angles, one value for each stance or cycle."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.events.cycles import Cycle, on_cycle
from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.loads.coverage import stances
from kinechain.gait.parameters.curves import CycleRange, StanceLoad, cycle_ranges, stance_loads
from kinechain.gait.parameters.model import Measure
from kinechain.gait.parameters.spatiotemporal import STANDARD_GRAVITY

if TYPE_CHECKING:
    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.gait.recording import FloatArray
    from kinechain.gait.series import Series

OfStance = Callable[[StanceLoad], float]

# The measure, the curve it is read from, and how.
STANCE_LOADS: tuple[tuple[str, str, OfStance], ...] = (
    ("knee_adduction_moment_peak", "knee_adduction_moment", lambda one: one.first_peak),
    ("knee_adduction_moment_second_peak", "knee_adduction_moment", lambda one: one.second_peak),
    ("knee_adduction_moment_impulse", "knee_adduction_moment", lambda one: one.impulse),
    ("knee_flexion_moment_peak", "knee_flexion_moment", lambda one: one.first_peak),
    ("knee_vertical_force_peak", "knee_vertical_force", lambda one: one.largest),
    ("hip_adduction_moment_peak", "hip_adduction_moment", lambda one: one.largest),
    ("hip_extensor_moment_peak", "hip_flexion_moment", lambda one: one.first_peak),
    ("hip_flexor_moment_peak", "hip_flexion_moment", lambda one: -one.smallest),
    ("ankle_plantarflexor_moment_peak", "ankle_dorsiflexion_moment", lambda one: one.largest),
)
BY_SIZE = ("knee_adduction_moment_peak", "knee_adduction_moment_second_peak",
           "knee_flexion_moment_peak")  # fmt: skip
# The measure and the curve whose largest value in each cycle it is; of either leg's cycles.
LUMBAR = (("l5s1_extensor_moment_peak", "l5s1_extension_moment"),
          ("l5s1_compression_peak", "l5s1_compression"))  # fmt: skip
# The measure and the curve that is positive to the right, or to the left.
LUMBAR_SIDED: tuple[tuple[str, str, Side], ...] = (
    ("l5s1_bending_moment_peak", "l5s1_bending_moment", "right"),
    ("l5s1_rotation_moment_peak", "l5s1_rotation_moment", "left"),
)


def load_measures(
    series: Iterable[Series], measured: TrialMeasures, height_m: float | None = None
) -> tuple[Measure, ...]:
    """Every named parameter that loads and clinical angles give.

    Parameters
    ----------
    series
        As :func:`load_series` and :func:`angle_series` give them; others are passed over.
    measured
        The trial, for its stances and cycles.
    height_m
        The person's, for moments in per cent of body weight times height; None leaves these
        out.

    Returns
    -------
    tuple of Measure
        Without those that no stance or cycle gives. A stance in which the foot's force is not
        wholly known gives no value.
    """
    known = {(one.name, one.side): one for one in series}
    found: list[Measure] = []
    for side in SIDES:
        steps = _as_cycles(measured, side)
        cycles = tuple(one for one in measured.cycles if one.side == side)
        read_already: dict[str, tuple[StanceLoad, ...]] = {}
        for name, curve, read in STANCE_LOADS:
            one = known.get((curve, side))
            if one is None:
                continue
            if curve not in read_already:
                read_already[curve] = stance_loads(one.times_s, one.values, steps, side)
            found.append(Measure(name, side, tuple(read(load) for load in read_already[curve])))
        found += _angles(known, side, steps, cycles)
    found += _lumbar(known, measured.cycles)
    if height_m is not None:
        found += [_by_size(one, height_m) for one in found if one.name in BY_SIZE]
    return tuple(one for one in found if one.values)


def _as_cycles(measured: TrialMeasures, side: Side) -> tuple[Cycle, ...]:
    """The stances from contact to off, also those after which no contact was recorded."""
    return tuple(
        Cycle(side, one.start_s, one.end_s, one.end_s, None, None)
        for one in stances(measured, side)
        if np.isfinite(one.start_s) and np.isfinite(one.end_s)
    )


def _by_size(measure: Measure, height_m: float) -> Measure:
    """Nm/kg as per cent of body weight times height."""
    share = 100.0 / (STANDARD_GRAVITY * height_m)
    return Measure(
        f"{measure.name}_of_size", measure.side, tuple(share * x for x in measure.values)
    )


def _lumbar(known: dict[tuple[str, str], Series], cycles: tuple[Cycle, ...]) -> list[Measure]:
    """Peaks of the lumbar joint's loads, over the leg's cycles of which more are covered."""
    found: list[Measure] = []
    for name, curve in LUMBAR:
        one = known.get((curve, "both"))
        if one is not None:
            ranges = _longer(one, cycles)
            found.append(Measure(name, "both", tuple(x.largest for x in ranges)))
    for name, curve, positive in LUMBAR_SIDED:
        one = known.get((curve, "both"))
        if one is not None:
            ranges = _longer(one, cycles)
            for side in SIDES:
                high = side == positive
                values = tuple(x.largest if high else -x.smallest for x in ranges)
                found.append(Measure(name, side, values))
    return found


def _longer(series: Series, cycles: tuple[Cycle, ...]) -> tuple[CycleRange, ...]:
    both = [cycle_ranges(series.times_s, series.values, cycles, side) for side in SIDES]
    return max(both, key=len)


def _angles(
    known: dict[tuple[str, str], Series],
    side: Side,
    steps: tuple[Cycle, ...],
    cycles: tuple[Cycle, ...],
) -> list[Measure]:
    """Ranges and extremes of one leg's angles."""
    found: list[Measure] = []
    for joint in ("hip_flexion", "knee_flexion", "ankle_dorsiflexion"):
        one = known.get((joint, side))
        if one is not None:
            ranges = cycle_ranges(one.times_s, one.values, cycles, side)
            found.append(
                Measure(f"{joint}_range", side, tuple(x.largest - x.smallest for x in ranges))
            )
    knee, ankle = known.get(("knee_flexion", side)), known.get(("ankle_dorsiflexion", side))
    if knee is not None:
        whole = stance_loads(knee.times_s, knee.values, steps, side)
        found += [
            Measure("knee_flexion_peak_swing", side, _in_swing(knee, cycles, np.max)),
            Measure("knee_flexion_peak_loading", side, tuple(x.first_peak for x in whole)),
            Measure("knee_flexion_least_stance", side, tuple(x.smallest for x in whole)),
        ]
    if ankle is not None:
        whole = stance_loads(ankle.times_s, ankle.values, steps, side)
        found.append(
            Measure("ankle_dorsiflexion_peak_stance", side, tuple(x.largest for x in whole))
        )
    return found


def _in_swing(
    series: Series, cycles: tuple[Cycle, ...], read: Callable[[FloatArray], float]
) -> tuple[float, ...]:
    """One number of the curve between off and the next contact, of each cycle covered."""
    values: list[float] = []
    for one in cycles:
        if one.off_s is None:
            continue
        part = on_cycle(series.times_s, series.values, one.off_s, one.end_s)
        if not np.isnan(part).any():
            values.append(float(read(part)))
    return tuple(values)
