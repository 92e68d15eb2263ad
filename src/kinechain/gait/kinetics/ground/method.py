"""The figures of the method, and its errors against plates, as they were measured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.yaml_file import read_yaml

if TYPE_CHECKING:
    from kinechain.gait.recording import FloatArray

NAMED = {
    "knee_adduction_moment": "knee adduction",
    "knee_flexion_moment": "knee flexion",
    "hip_flexion_moment": "hip flexion",
    "hip_adduction_moment": "hip adduction",
    "ankle_dorsiflexion_moment": "ankle",
}
METHOD_FILE = Path(__file__).parents[3] / "data" / "gait_methods" / "ground_reactions.yaml"


@dataclass(frozen=True)
class GroundError:
    """Root mean square difference of estimates from plates, in trials the method had not seen.

    Attributes
    ----------
    trials, people, laboratories
        How many.
    speed_m_per_s
        Slowest and fastest.
    single, double
        Errors in single and in double support by component: `vertical`, `fore_aft`,
        `sideways` in N/kg, `point_fore_aft`, `point_sideways` in m, `free_moment` in Nm/kg.
    relative
        Errors of the three forces over the range of what the plates measured.
    moments
        Errors of joint moments over stance in Nm/kg, by the names of the loads.
    peaks
        Estimate minus plates of these moments' peaks, mean and standard deviation, Nm/kg.
    """

    trials: int
    people: int
    laboratories: int
    speed_m_per_s: tuple[float, float]
    single: dict[str, float]
    double: dict[str, float]
    relative: dict[str, float]
    moments: dict[str, float]
    peaks: dict[str, tuple[float, float]]

    def sentence(self) -> str:
        """What everybody who reads an estimate has to know."""
        low, high = self.speed_m_per_s
        forces = ", ".join(
            f"{words} {self.single[name]:.1f} N/kg on one foot and {self.double[name]:.1f} on two"
            for name, words in (
                ("vertical", "vertical force"),
                ("fore_aft", "fore-aft"),
                ("sideways", "sideways"),
            )
        )
        moments = ", ".join(f"{words} {self.moments[name]:.2f}" for name, words in NAMED.items())
        peaks = ", ".join(
            f"{NAMED[name]} {self.peaks[name][0]:+.2f} (SD {self.peaks[name][1]:.2f})"
            for name in ("knee_adduction_moment", "ankle_dorsiflexion_moment")
        )
        return (
            f"Against plates, in {self.trials} level walks of {self.people} adults at {low:.1f} to "
            f"{high:.1f} m/s who met the ground heel first, such estimates were wrong by (root "
            f"mean square): {forces}; point of application "
            f"{1000 * self.single['point_fore_aft']:.0f} mm along and "
            f"{1000 * self.single['point_sideways']:.0f} mm across; moments in Nm/kg: {moments}; "
            f"peaks, estimate minus plates: {peaks}."
        )


@dataclass(frozen=True, eq=False)
class GroundMethod:
    """How far the motion and the usual place of the load are each believed.

    Attributes
    ----------
    phase
        Shape (k,): share of the stance that is over, from 0 to 1.
    ahead
        Shape (k,): how far the load is ahead of the ball of the foot, over the length from heel
        to ball, at these phases.
    ahead_spread
        Shape (k,): standard deviation between people, same unit.
    across_spread_m
        Standard deviation of the load across the line from heel to ball, m.
    force_fore_aft_N_per_kg, force_sideways_N_per_kg
        Standard deviation of the error of the horizontal force that the motion gives.
    force_height_share
        How high up such an error acts, as a share of the pelvis's height.
    moment_sagittal_Nm_per_kg, moment_frontal_Nm_per_kg
        Standard deviation of the rest of the moment's error.
    free_moment_share
        How much of the vertical moment that is left over is believed.
    error
        What remains, against plates.
    """

    phase: FloatArray
    ahead: FloatArray
    ahead_spread: FloatArray
    across_spread_m: float
    force_fore_aft_N_per_kg: float  # noqa: N815 - the unit's own letter
    force_sideways_N_per_kg: float  # noqa: N815
    force_height_share: float
    moment_sagittal_Nm_per_kg: float  # noqa: N815
    moment_frontal_Nm_per_kg: float  # noqa: N815
    free_moment_share: float
    error: GroundError


@cache
def ground_method() -> GroundMethod:
    """The shipped figures.

    Raises
    ------
    GaitError
        When the file lacks one, or curves differ in length.
    """
    content: Any = read_yaml(METHOD_FILE)
    try:
        under, motion, error = content["under_foot"], content["motion"], dict(content["error"])
        curves = {name: np.array(under[name], float) for name in ("phase", "ahead", "ahead_spread")}
        error["speed_m_per_s"] = tuple(error["speed_m_per_s"])
        error["peaks"] = {name: tuple(pair) for name, pair in error["peaks"].items()}
        method = GroundMethod(
            **curves,
            across_spread_m=under["across_spread_m"],
            **motion,
            error=GroundError(**error),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise GaitError(
            str(METHOD_FILE), f"It lacks a figure ({problem}).", "Restore the file."
        ) from None
    if len({len(one) for one in curves.values()}) != 1:
        raise GaitError(str(METHOD_FILE), "Its curves differ in length.", "Restore the file.")
    return method
