"""The nouns of gait parameters, and what each of them means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Whose = Literal["left", "right", "both"]


@dataclass(frozen=True)
class Definition:
    """What a parameter is.

    Attributes
    ----------
    label, unit
        For people.
    text
        How it is computed, one or two sentences.
    """

    label: str
    unit: str
    text: str


@dataclass(frozen=True)
class Measure:
    """One parameter of one side, with the value of every step or stride.

    Attributes
    ----------
    name
        A key of `DEFINITIONS`.
    side
        ``both`` where the parameter has no side.
    values
        One per step or stride, in the definition's unit.
    """

    name: str
    side: Whose
    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean over steps or strides; NaN without any."""
        return float(np.mean(self.values)) if self.values else float("nan")

    @property
    def sd(self) -> float:
        """Standard deviation (n - 1); NaN with fewer than two."""
        return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else float("nan")

    @property
    def coefficient_of_variation(self) -> float:
        """Standard deviation as a share of the mean; NaN with fewer than two."""
        return self.sd / abs(self.mean) if self.values and self.mean else float("nan")


DEFINITIONS: dict[str, Definition] = {
    "gait_speed": Definition(
        "Walking speed", "m/s", "Stride length over stride time, both sides' strides."
    ),
    "cadence": Definition("Cadence", "steps/min", "Sixty over the step time, both sides' steps."),
    "stride_time": Definition("Stride time", "s", "From a foot's contact to its next."),
    "step_time": Definition("Step time", "s", "From the other foot's contact to this foot's."),
    "stance_time": Definition("Stance time", "s", "From contact to off."),
    "stride_length": Definition(
        "Stride length",
        "m",
        "Way of the resting heel between two stances of a foot, along the direction of walking.",
    ),
    "step_length": Definition(
        "Step length",
        "m",
        "How far this foot's resting heel is ahead of the other's, along the direction of walking.",
    ),
    "step_width": Definition(
        "Step width",
        "m",
        "Distance of the resting heel from the line through the other foot's two resting heels.",
    ),
    "stance_phase": Definition("Stance", "% of the cycle", "From contact to off."),
    "single_support": Definition(
        "Single support", "% of the cycle", "From the other foot's off to its contact."
    ),
    "double_support_total": Definition(
        "Double support", "% of the cycle", "Both feet on the ground, beginning and end of stance."
    ),
    "initial_double_support": Definition(
        "First double support", "% of the cycle", "From contact to the other foot's off."
    ),
    "foot_progression": Definition(
        "Foot progression angle",
        "deg",
        "From the direction of walking to the line from heel to toe, foot flat; outwards positive.",
    ),
    "trunk_lean_peak": Definition(
        "Trunk lean",
        "deg",
        "Largest lean of the line from the middle of the pelvis to the shoulders, towards the "
        "standing leg, in its single support, in the plane across the direction of walking.",
    ),
    "pelvic_drop_peak": Definition(
        "Pelvic drop",
        "deg",
        "Largest drop of the other side of the pelvis in this leg's single support, in the plane "
        "across the direction of walking.",
    ),
    "knee_flexion_peak_swing": Definition(
        "Knee flexion in swing", "deg", "Largest knee flexion between off and the next contact."
    ),
    "knee_adduction_moment_peak": Definition(
        "Knee adduction moment",
        "Nm/kg",
        "Largest external adduction moment in the first half of stance over body mass.",
    ),
    "step_length_of_leg": Definition(
        "Step length by leg length", "% leg length", "Step length over leg length."
    ),
    "step_width_of_leg": Definition(
        "Step width by leg length", "% leg length", "Step width over leg length."
    ),
    "speed_dimensionless": Definition(
        "Speed by leg length",
        "1",
        "Speed over the root of gravity times leg length (Hof 1996), to compare people of "
        "different size.",
    ),
    "cadence_dimensionless": Definition(
        "Cadence by leg length",
        "1",
        "Steps a second times the root of leg length over gravity (Hof 1996).",
    ),
}
