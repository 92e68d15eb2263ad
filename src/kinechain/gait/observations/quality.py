"""Whether a trial is good enough to conclude anything from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinechain.gait.events.combine import find_feet
from kinechain.gait.events.feet import find_trunk
from kinechain.gait.events.model import SIDES
from kinechain.gait.events.smooth import derivative
from kinechain.gait.observations.rules import QualityLimits, read_rules
from kinechain.gait.parameters.trial import TrialMeasures
from kinechain.gait.sides import exchanged_sides, walks_backwards

SPEED_WINDOW_S = 0.3


@dataclass(frozen=True)
class Quality:
    """A judgement on a trial.

    Attributes
    ----------
    reasons
        Why nothing is concluded from it, one sentence each; empty for a good trial.
    """

    reasons: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether findings may be offered."""
        return not self.reasons


def judge(trial: TrialMeasures, limits: QualityLimits | None = None) -> Quality:
    """Look for what would hide or make a deviation.

    Parameters
    ----------
    trial
        As `measure_trial` gives it.
    limits
        By default the shipped ones.
    """
    limits = limits or read_rules().quality
    reasons: list[str] = []
    for side in SIDES:
        strides = [one for one in trial.cycles if one.side == side]
        if len(strides) < limits.fewest_strides_a_side:
            reasons.append(
                f"The {side} side has {len(strides)} complete strides; "
                f"{limits.fewest_strides_a_side} are needed."
            )
    if not trial.cycles:
        return Quality(tuple(reasons))
    start = min(one.start_s for one in trial.cycles)
    end = max(one.end_s for one in trial.cycles)
    reasons += _missing(trial, start, end, limits)
    change = _speed_change(trial, start, end)
    if change > limits.largest_speed_change:
        reasons.append(
            f"The speed changes by {change:.0%} between the strides; at most "
            f"{limits.largest_speed_change:.0%} is a steady walk."
        )
    spread = max((one.spread_s for one in trial.events.events), default=0.0)
    if spread > limits.largest_event_spread_s:
        reasons.append(f"The events are known to {spread * 1000:.0f} ms only.")
    for kind, one in trial.agreement.items():
        differences = np.abs(one.differences_s)
        if differences.size and float(differences.max()) > 0.1:
            reasons.append(
                f"Markers and plates disagree on a foot's {kind} by "
                f"{float(differences.max()) * 1000:.0f} ms: their clocks may differ."
            )
    markers = trial.recording.markers
    reasons += exchanged_sides(markers, trial.names)
    if walks_backwards(markers, trial.names):
        reasons.append("The person walks backwards, or heel and toe markers are exchanged.")
    return Quality(tuple(reasons))


def model_doubt(error_mm: float, limits: QualityLimits | None = None) -> str:
    """Why nothing is concluded from a model's angles and loads; empty for a good fit.

    Parameters
    ----------
    error_mm
        Root mean square distance of the markers from the model's.
    limits
        By default the shipped ones.
    """
    limit = (limits or read_rules().quality).largest_model_error_mm
    if error_mm <= limit:
        return ""
    return (
        f"the model meets the markers only within {error_mm:.0f} mm; at most {limit:.0f} mm are "
        "a good fit"
    )


def _missing(trial: TrialMeasures, start: float, end: float, limits: QualityLimits) -> list[str]:
    """Markers of feet and pelvis that are not seen during the strides."""
    inside = (trial.recording.markers.times_s >= start) & (trial.recording.markers.times_s <= end)
    parts = {
        f"{side} {place}": getattr(foot, place)
        for side, foot in find_feet(trial.recording, trial.names).items()
        for place in ("heel", "toe")
    }
    trunk = find_trunk(trial.recording.markers, trial.names)
    if trunk is not None:
        parts["pelvis"] = trunk
    reasons: list[str] = []
    for name, path in parts.items():
        share = float(np.isnan(path[inside, 0]).mean()) if inside.any() else 1.0
        if share > limits.largest_share_missing:
            reasons.append(f"The {name} is not seen in {share:.0%} of the strides' frames.")
    return reasons


def _speed_change(trial: TrialMeasures, start: float, end: float) -> float:
    """Largest difference of the strides' speeds over their mean; the trunk's with one stride."""
    speeds = trial.measure("gait_speed")
    if speeds is not None and len(speeds.values) > 1:
        return float(np.ptp(speeds.values)) / speeds.mean
    trunk = find_trunk(trial.recording.markers, trial.names)
    if trunk is None or trial.belt_m_per_s:
        return 0.0
    rate = trial.recording.markers.rate_hz
    velocity = derivative(trunk[:, 0], rate, 1, SPEED_WINDOW_S)
    times = trial.recording.markers.times_s
    middle = (start + end) / 2
    halves = [
        velocity[(times >= low) & (times < high) & ~np.isnan(velocity)]
        for low, high in ((start, middle), (middle, end))
    ]
    if any(one.size == 0 for one in halves):
        return 0.0
    first, second = (float(one.mean()) for one in halves)
    mean = (first + second) / 2
    return abs(first - second) / mean if mean > 0 else 0.0
