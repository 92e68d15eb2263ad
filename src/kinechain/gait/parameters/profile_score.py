"""Gait Profile Score and Movement Analysis Profile against a user's reference curves.

Baker and others 2009: for each of nine kinematic variables the root mean square difference
between a person's curve and the mean curve of a reference group (the Gait Variable Score);
the Gait Profile Score is the root mean square of these. For a side: that side's pelvis, hip,
knee, ankle and foot, nine variables. Overall: fifteen, the pelvis of the left cycle and the
other six of both sides.

The program ships no reference curves. The user's file is YAML::

    reference: what group, how many, which laboratory, which model
    unit: deg
    curves:
      pelvic_tilt: [51 or 101 numbers from contact to contact]
      ...
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.events.cycles import POINTS
from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.recording import FloatArray
from kinechain.gait.yaml_file import read_yaml

if TYPE_CHECKING:
    from kinechain.gait.events.cycles import Cycle
    from kinechain.gait.series import Series

PELVIS = ("pelvic_tilt", "pelvic_obliquity", "pelvic_rotation")
LEG = ("hip_flexion", "hip_adduction", "hip_rotation", "knee_flexion", "ankle_dorsiflexion",
       "foot_progression")  # fmt: skip
VARIABLES = PELVIS + LEG
FEWEST_POINTS = 20
LARGEST_ANGLE = 1e6  # larger is no angle, and NaN is not smaller


@dataclass(frozen=True)
class Reference:
    """Mean curves of a reference group.

    Attributes
    ----------
    description
        Who they are, in the user's words.
    curves
        For each of the nine variables shape (101,), deg.
    """

    description: str
    curves: dict[str, FloatArray]


@dataclass(frozen=True)
class Profile:
    """The scores of one trial, deg.

    Attributes
    ----------
    variable_scores
        The Movement Analysis Profile: side and variable to Gait Variable Score.
    left, right, overall
        Gait Profile Scores; NaN where a variable is missing.
    missing
        Variables without a curve.
    reference
        Who the person is compared with.
    """

    variable_scores: dict[tuple[Side, str], float]
    left: float
    right: float
    overall: float
    missing: tuple[str, ...]
    reference: str


def read_reference(path: Path) -> Reference:
    """Read a user's reference curves.

    Parameters
    ----------
    path
        The YAML file.

    Raises
    ------
    GaitError
        When the file cannot be read, or a curve is missing or no row of numbers.
    """
    content: Any = read_yaml(path)
    curves = content.get("curves") if isinstance(content, dict) else None
    if not isinstance(curves, dict) or content.get("unit") not in ("deg", "rad"):
        raise GaitError(
            str(path),
            "The file must have 'unit' (deg or rad) and 'curves'.",
            "See docs/reference/gait-files.md.",
        )
    factor = 1.0 if content["unit"] == "deg" else float(np.degrees(1.0))
    result: dict[str, FloatArray] = {}
    for name, row in curves.items():
        where = f"{path}, curves, {str(name)[:60]!r}"
        if name not in VARIABLES:
            raise GaitError(
                where, f"The name must be one of {', '.join(VARIABLES)}.", "Rename the curve."
            )
        numbers = isinstance(row, list) and all(
            type(one) in (int, float) and abs(one) < LARGEST_ANGLE for one in row
        )
        if not numbers or len(row) < FEWEST_POINTS:
            raise GaitError(
                where,
                f"A curve must be at least {FEWEST_POINTS} finite numbers from contact to contact.",
                "Give 51 or 101 points.",
            )
        curve = np.array(row, dtype=np.float64) * factor
        grid = np.linspace(0.0, 1.0, len(curve))
        result[name] = np.interp(np.linspace(0.0, 1.0, POINTS), grid, curve)
    return Reference(str(content.get("reference", path.name)), result)


def profile_score(curves: dict[tuple[Side, str], FloatArray], reference: Reference) -> Profile:
    """Scores of a person's mean curves.

    Parameters
    ----------
    curves
        Side and variable to a curve of shape (101,), deg; see `VARIABLES`.
    reference
        As `read_reference` gives it.
    """
    scores: dict[tuple[Side, str], float] = {}
    missing: list[str] = []
    for side in SIDES:
        for name in VARIABLES:
            curve, mean = curves.get((side, name)), reference.curves.get(name)
            if curve is None or mean is None or np.isnan(curve).any():
                missing.append(f"{name} {side}" if curve is None else f"{name} (reference)")
            else:
                scores[side, name] = float(np.sqrt(np.mean((curve - mean) ** 2)))
    sides = [_together([scores.get((side, name)) for name in VARIABLES]) for side in SIDES]
    everything = [scores.get(("left", name)) for name in PELVIS]
    everything += [scores.get((side, name)) for side in SIDES for name in LEG]
    return Profile(
        scores,
        sides[0],
        sides[1],
        _together(everything),
        tuple(dict.fromkeys(missing)),
        reference.description,
    )


def _together(scores: list[float | None]) -> float:
    """Root mean square; NaN where one is missing."""
    known = [one for one in scores if one is not None]
    return float(np.sqrt(np.mean(np.square(known)))) if len(known) == len(scores) else float("nan")


def profile_of(
    series: Iterable[Series], cycles: tuple[Cycle, ...], reference: Reference
) -> Profile:
    """Scores of a trial, from its clinical angles.

    Parameters
    ----------
    series
        Those named as in `VARIABLES` are taken; the pelvis in each side's sign.
    cycles
        The trial's cycles.
    reference
        As `read_reference` gives it.
    """
    curves: dict[tuple[Side, str], FloatArray] = {}
    for one in series:
        if one.name in VARIABLES:
            for cut in one.over_cycles(cycles):
                curves[cut.side, one.name] = cut.mean
    return profile_score(curves, reference)
