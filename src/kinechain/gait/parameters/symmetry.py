"""How alike the sides are, and how alike the strides."""

from __future__ import annotations

from dataclasses import dataclass

from kinechain.gait.parameters.model import Measure

FEWEST_FOR_VARIABILITY = 3


@dataclass(frozen=True)
class Symmetry:
    """Both sides of one parameter.

    Attributes
    ----------
    name
        The parameter.
    left, right
        Means.
    index_percent
        Symmetry index of Robinson and others (1987): the difference right minus left over
        the mean of both, in per cent. 0 is equal, positive larger on the right.
    """

    name: str
    left: float
    right: float
    index_percent: float


def symmetry_index_percent(left: float, right: float) -> float:
    """100 (right - left) / ((right + left) / 2); NaN where the mean is not positive.

    Parameters
    ----------
    left, right
        Two values of one sign.

    Examples
    --------
    >>> round(symmetry_index_percent(0.60, 0.66), 2)
    9.52
    """
    middle = (left + right) / 2.0
    return 100.0 * (right - left) / middle if middle > 0 else float("nan")


def symmetries(measures: list[Measure]) -> list[Symmetry]:
    """Every positive parameter that both sides have.

    Angles are left out: their zero is a convention, so that a share of it means nothing.

    Parameters
    ----------
    measures
        Of one trial or of several.
    """
    left = {one.name: one for one in measures if one.side == "left" and one.values}
    right = {one.name: one for one in measures if one.side == "right" and one.values}
    angles = {"foot_progression", "trunk_lean_peak", "pelvic_drop_peak"}
    return [
        Symmetry(
            name,
            left[name].mean,
            right[name].mean,
            symmetry_index_percent(left[name].mean, right[name].mean),
        )
        for name in left
        if name in right and name not in angles
    ]


def pooled(trials: list[list[Measure]]) -> list[Measure]:
    """One person's measures over several trials.

    Parameters
    ----------
    trials
        The measures of each trial.
    """
    values: dict[tuple[str, str], list[float]] = {}
    first: dict[tuple[str, str], Measure] = {}
    for trial in trials:
        for one in trial:
            key = (one.name, one.side)
            first.setdefault(key, one)
            values.setdefault(key, []).extend(one.values)
    return [Measure(one.name, one.side, tuple(values[key])) for key, one in first.items()]
