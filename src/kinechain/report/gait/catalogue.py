"""Which curves and parameters a gait report shows first, under which heading and in which order.

What is not named here is shown too, after the rest: a quantity is never left out because a
report does not know it.
"""

from __future__ import annotations

from dataclasses import dataclass

LIMIT_SD = 1.96
"""The norm's 95 %, as the rules of `kinechain/data/gait_rules` have it."""

LOADS, SPINE = "Loads of the leg", "Loads of the lumbar spine"
OTHER = "Further curves"


@dataclass(frozen=True)
class Shown:
    """Where a curve is shown, and what its directions mean.

    Attributes
    ----------
    part
        The heading.
    up, down
        What larger and smaller values mean.
    label
        Instead of the curve's own, where two are called alike.
    """

    part: str
    up: str
    down: str
    label: str = ""


TRUNK, HIP, LEG = "Pelvis and trunk", "Hip", "Knee, ankle and foot"
CURVES: dict[str, Shown] = {
    "pelvic_tilt": Shown(TRUNK, "forward", "back"),
    "pelvic_obliquity": Shown(TRUNK, "own side up", "down"),
    "pelvic_rotation": Shown(TRUNK, "own side forward", "back"),
    "trunk_forward_lean": Shown(TRUNK, "forward", "back", "Trunk lean forward"),
    "trunk_lean": Shown(TRUNK, "to own side", "away", "Trunk lean sideways"),
    "hip_flexion": Shown(HIP, "flexion", "extension"),
    "hip_adduction": Shown(HIP, "adduction", "abduction"),
    "hip_rotation": Shown(HIP, "inward", "outward"),
    "knee_flexion": Shown(LEG, "flexion", "extension"),
    "ankle_dorsiflexion": Shown(LEG, "dorsiflexion", "plantar"),
    "foot_progression": Shown(LEG, "toe out", "toe in"),
    "knee_adduction_moment": Shown(LOADS, "adducting", "abducting"),
    "knee_flexion_moment": Shown(LOADS, "flexing", "extending"),
    "knee_vertical_force": Shown(LOADS, "pressing", ""),
    "hip_flexion_moment": Shown(LOADS, "flexing", "extending"),
    "hip_adduction_moment": Shown(LOADS, "adducting", "abducting"),
    "hip_rotation_moment": Shown(LOADS, "inward", "outward"),
    "ankle_dorsiflexion_moment": Shown(LOADS, "dorsiflexing", "plantar"),
    "l5s1_extension_moment": Shown(SPINE, "extending", "flexing"),
    "l5s1_bending_moment": Shown(SPINE, "to the right", "to the left"),
    "l5s1_rotation_moment": Shown(SPINE, "to the left", "to the right"),
    "l5s1_compression": Shown(SPINE, "pressing", ""),
    "l5s1_shear_forward": Shown(SPINE, "forward", "back"),
    "l5s1_shear_right": Shown(SPINE, "to the right", "to the left"),
}
PARTS = (TRUNK, HIP, LEG, LOADS, SPINE, OTHER)

# The norm of a peak belongs to a part of the cycle of one curve.
PEAKS: dict[str, tuple[str, str]] = {
    "knee_flexion_peak_swing": ("knee_flexion", "swing"),
    "knee_adduction_moment_peak": ("knee_adduction_moment", "first half of stance"),
}

LEAST_SPAN = {"deg": 10.0, "Nm/kg": 0.2}
"""An axis shows at least so much, so that a still joint does not look restless; judgement."""

PARAMETERS: dict[str, tuple[str, ...]] = {
    "Speed and rhythm": (
        "gait_speed", "cadence", "stride_time", "step_time", "stance_time", "stance_phase",
        "single_support", "double_support_total", "initial_double_support",
    ),
    "Steps": ("stride_length", "step_length", "step_width", "foot_progression",
              "walk_ratio"),
    "By leg length": (
        "stride_length_of_leg", "step_length_of_leg", "step_width_of_leg", "speed_dimensionless",
        "cadence_dimensionless",
    ),
    "Posture and joints": (
        "trunk_lean_peak", "pelvic_drop_peak", "hip_flexion_range", "knee_flexion_range",
        "knee_flexion_peak_loading", "knee_flexion_least_stance", "knee_flexion_peak_swing",
        "ankle_dorsiflexion_range", "ankle_dorsiflexion_peak_stance",
    ),
    "Loads": (
        "knee_adduction_moment_peak", "knee_adduction_moment_second_peak",
        "knee_adduction_moment_impulse", "knee_flexion_moment_peak", "knee_vertical_force_peak",
        "hip_adduction_moment_peak", "hip_extensor_moment_peak", "hip_flexor_moment_peak",
        "ankle_plantarflexor_moment_peak", "l5s1_extensor_moment_peak",
        "l5s1_compression_peak", "l5s1_bending_moment_peak", "l5s1_rotation_moment_peak",
    ),
}  # fmt: skip
OTHER_PARAMETERS = "Further parameters"
TILES = ("gait_speed", "cadence", "stride_length", "stance_phase", "knee_adduction_moment_peak")
ESSENTIAL = frozenset({
    "gait_speed", "cadence", "stride_length", "step_length", "step_width", "stance_phase",
    "single_support", "foot_progression", "trunk_lean_peak",
    "pelvic_drop_peak", "knee_flexion_peak_swing", "knee_adduction_moment_peak",
    "knee_adduction_moment_impulse", "l5s1_extensor_moment_peak",
})  # fmt: skip
"""What a terminal shows of the table."""


def is_of_model(name: str) -> bool:
    """Whether a parameter comes from a solved model and not from the markers alone.

    Parameters
    ----------
    name
        Of the measure.

    Examples
    --------
    >>> is_of_model("knee_flexion_peak_swing"), is_of_model("pelvic_drop_peak")
    (True, False)
    """
    return name.startswith(("hip_", "knee_", "ankle_", "l5s1_"))


def needs_ground(name: str) -> bool:
    """Whether a parameter depends on the force of the ground; L5/S1 does not.

    Parameters
    ----------
    name
        Of the measure.

    Examples
    --------
    >>> needs_ground("hip_extensor_moment_peak"), needs_ground("l5s1_extensor_moment_peak")
    (True, False)
    """
    load = "_moment" in name or "_force" in name
    return load and is_of_model(name) and not name.startswith("l5s1_")


def group_of(name: str) -> str:
    """The heading of a parameter.

    Parameters
    ----------
    name
        Of the measure.

    Examples
    --------
    >>> group_of("step_width"), group_of("knee_flexion_moment_peak_of_size"), group_of("new")
    ('Steps', 'Loads', 'Further parameters')
    """
    for title, names in PARAMETERS.items():
        if name in names or name.removesuffix("_of_size") in names:
            return title
    return OTHER_PARAMETERS


def order_of(name: str) -> int:
    """Where a parameter stands among all; what is not known comes last.

    Parameters
    ----------
    name
        Of the measure.
    """
    names = [one for group in PARAMETERS.values() for one in group]
    known = name if name in names else name.removesuffix("_of_size")
    return names.index(known) if known in names else len(names)
