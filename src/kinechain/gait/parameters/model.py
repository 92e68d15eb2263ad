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
    "knee_flexion_peak_loading": Definition(
        "Knee flexion in loading", "deg", "Largest knee flexion in the first half of stance."
    ),
    "knee_flexion_least_stance": Definition(
        "Least knee flexion in stance", "deg", "Smallest knee flexion in stance."
    ),
    "ankle_dorsiflexion_peak_stance": Definition(
        "Ankle dorsiflexion in stance", "deg", "Largest dorsiflexion in stance."
    ),
    "hip_flexion_range": Definition(
        "Hip flexion, range", "deg", "Largest minus smallest hip flexion of a cycle."
    ),
    "knee_flexion_range": Definition(
        "Knee flexion, range", "deg", "Largest minus smallest knee flexion of a cycle."
    ),
    "ankle_dorsiflexion_range": Definition(
        "Ankle dorsiflexion, range", "deg", "Largest minus smallest dorsiflexion of a cycle."
    ),
    "knee_adduction_moment_peak": Definition(
        "Knee adduction moment, first peak",
        "Nm/kg",
        "Largest external adduction moment in the first half of stance over body mass.",
    ),
    "knee_adduction_moment_second_peak": Definition(
        "Knee adduction moment, second peak",
        "Nm/kg",
        "Largest external adduction moment in the second half of stance over body mass.",
    ),
    "knee_adduction_moment_impulse": Definition(
        "Knee adduction moment, impulse",
        "Nm s/kg",
        "Time integral over stance of the external moment where it is adducting.",
    ),
    "knee_flexion_moment_peak": Definition(
        "Knee flexion moment",
        "Nm/kg",
        "Largest external flexion moment in the first half of stance; the knee's extensors "
        "must give as much.",
    ),
    "knee_adduction_moment_peak_of_size": Definition(
        "Knee adduction moment, first peak, by size",
        "% body weight x height",
        "The same over body weight times height.",
    ),
    "knee_adduction_moment_second_peak_of_size": Definition(
        "Knee adduction moment, second peak, by size",
        "% body weight x height",
        "The same over body weight times height.",
    ),
    "knee_flexion_moment_peak_of_size": Definition(
        "Knee flexion moment, by size",
        "% body weight x height",
        "The same over body weight times height.",
    ),
    "knee_vertical_force_peak": Definition(
        "Knee, net vertical force",
        "body weight",
        "Largest downward force between thigh and shank in stance, without the muscles' pull; "
        "the force that the joint surfaces bear is larger.",
    ),
    "hip_adduction_moment_peak": Definition(
        "Hip adduction moment",
        "Nm/kg",
        "Largest external adduction moment in stance; the hip's abductors must give as much.",
    ),
    "hip_extensor_moment_peak": Definition(
        "Hip extensor moment",
        "Nm/kg",
        "Largest moment that the hip's extensors must give in the first half of stance.",
    ),
    "hip_flexor_moment_peak": Definition(
        "Hip flexor moment",
        "Nm/kg",
        "Largest moment that the hip's flexors must give in stance.",
    ),
    "ankle_plantarflexor_moment_peak": Definition(
        "Ankle plantarflexor moment",
        "Nm/kg",
        "Largest moment that the ankle's plantarflexors must give in stance.",
    ),
    "l5s1_extensor_moment_peak": Definition(
        "L5/S1 extensor moment",
        "Nm/kg",
        "Largest moment of a cycle that extends the trunk on the pelvis; it follows from the "
        "bodies above and needs no force plate.",
    ),
    "l5s1_bending_moment_peak": Definition(
        "L5/S1 moment to this side",
        "Nm/kg",
        "Largest moment of a cycle that bends the trunk on the pelvis towards this side.",
    ),
    "l5s1_rotation_moment_peak": Definition(
        "L5/S1 rotation moment to this side",
        "Nm/kg",
        "Largest moment of a cycle that turns the trunk on the pelvis towards this side.",
    ),
    "l5s1_compression_peak": Definition(
        "L5/S1, net force along the trunk",
        "body weight",
        "Largest force of a cycle with which the pelvis bears the trunk, along the trunk, "
        "without the muscles' pull; the force on the disc is larger.",
    ),
    "step_length_of_leg": Definition(
        "Step length by leg length", "% leg length", "Step length over leg length."
    ),
    "step_width_of_leg": Definition(
        "Step width by leg length", "% leg length", "Step width over leg length."
    ),
    "stride_length_of_leg": Definition(
        "Stride length by leg length", "% leg length", "Stride length over leg length."
    ),
    "walk_ratio": Definition(
        "Walk ratio",
        "mm/(steps/min)",
        "Step length over cadence: nearly the same at all but slow speeds, so that it tells of a "
        "change of gait and not of speed.",
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
