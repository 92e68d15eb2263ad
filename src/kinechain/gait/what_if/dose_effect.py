"""What a published dose says of the amount that is asked for, and where it says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Literal

from kinechain.gait.what_if.doses import Dose, Point

Basis = Literal["studied", "between", "slope", "as_such", "unstated", "beyond", "no_mass"]

WORDS: dict[Basis, str] = {
    "studied": "at the amount that was studied",
    "between": "between amounts that were studied, in a straight line",
    "slope": "by the slope that was found",
    "as_such": "for the change as it was studied",
    "unstated": "for the change as it was taught in the study, whose amount is not stated",
    "beyond": "beyond what was studied: nothing is said",
    "no_mass": "the person's mass is not known: nothing is said",
}


@dataclass(frozen=True)
class DoseEffect:
    """The effect that a dose gives for an amount.

    Attributes
    ----------
    dose
        Where it comes from.
    amount
        What is asked for, in the dose's unit; None where the change has no amount.
    basis
        How the amount lies to what was studied.
    value, low, high
        In per cent, newton or standard deviations as `dose.effect` says, for the whole amount;
        None beyond what was studied, and low and high where the study prints none.
    """

    dose: Dose
    amount: float | None
    basis: Basis
    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def is_percent(self) -> bool:
        """Whether it says by how many per cent the load changes for the amount asked for."""
        told = self.basis in ("studied", "between", "slope", "as_such")
        return told and self.dose.effect in ("percent", "percent_per_unit", "none")


def effect_of(dose: Dose, amount: float | None, body_mass_kg: float) -> DoseEffect:
    """The effect of an amount, never beyond what was studied.

    Parameters
    ----------
    dose
        The published dose.
    amount
        What is asked for, in the dose's unit; None where the change has none.
    body_mass_kg
        The person's, for doses whose range is a share of it; NaN where not known.
    """
    if dose.effect in ("percent_per_unit", "newton_per_unit"):
        return _by_slope(dose, amount or 0.0, body_mass_kg)
    if amount is None or dose.points[0].amount is None:
        point = dose.points[0]
        basis: Basis = "as_such" if amount is None else "unstated"
        return DoseEffect(dose, amount, basis, point.value, point.low, point.high)
    start = dose.control.amount
    assert start is not None, "checked when read"
    known = sorted((Point(amount=start, value=0.0), *dose.points), key=_amount)
    if not _amount(known[0]) <= amount <= _amount(known[-1]):
        return DoseEffect(dose, amount, "beyond", None)
    for one in dose.points:
        if one.amount == amount:
            return DoseEffect(dose, amount, "studied", one.value, one.low, one.high)
    below = max((one for one in known if _amount(one) <= amount), key=_amount)
    above = min((one for one in known if _amount(one) >= amount), key=_amount)
    if _amount(above) == _amount(below):
        return DoseEffect(dose, amount, "between", below.value)
    share = (amount - _amount(below)) / (_amount(above) - _amount(below))
    ends = [_between(low, high, share) for low, high in _ends(below, above, start)]
    return DoseEffect(
        dose, amount, "between", _between(below.value, above.value, share), ends[0], ends[1]
    )


def _amount(point: Point) -> float:
    assert point.amount is not None, "only points with an amount are compared"
    return point.amount


def _ends(
    below: Point, above: Point, start: float
) -> tuple[tuple[float | None, float | None], ...]:
    """The lows and the highs of two points; the control has no spread."""

    def end(point: Point, which: float | None) -> float | None:
        return 0.0 if point.amount == start else which

    return (
        (end(below, below.low), end(above, above.low)),
        (end(below, below.high), end(above, above.high)),
    )


def _between(one: float | None, two: float | None, share: float) -> float | None:
    return None if one is None or two is None else one + share * (two - one)


def _by_slope(dose: Dose, amount: float, body_mass_kg: float) -> DoseEffect:
    point, most = dose.points[0], dose.studied_percent_of_mass
    assert most is not None, "checked when read"
    if isnan(body_mass_kg):
        return DoseEffect(dose, amount, "no_mass", None)
    lost = -100.0 * amount / body_mass_kg
    if not 0.0 <= lost <= most:
        return DoseEffect(dose, amount, "beyond", None)
    low = None if point.low is None else point.low * amount
    high = None if point.high is None else point.high * amount
    ends = (low, high) if low is None or high is None or low <= high else (high, low)
    return DoseEffect(dose, amount, "slope", point.value * amount, *ends)
