"""Now and then: every load under each change, recomputed and by published dose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from kinechain.gait.loads.joints import load_series
from kinechain.gait.loads.measures import load_measures
from kinechain.gait.parameters.model import DEFINITIONS, Measure, Whose
from kinechain.gait.what_if.agreement import Agreement, agreement, worst
from kinechain.gait.what_if.asked import Changes, Kind
from kinechain.gait.what_if.dose_effect import DoseEffect, effect_of
from kinechain.gait.what_if.doses import doses_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kinechain.gait.events.model import Side
    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.gait.series import Series
    from kinechain.gait.solution import Solved

LOADS = (
    "knee_adduction_moment_peak",
    "knee_adduction_moment_second_peak",
    "knee_adduction_moment_impulse",
    "knee_flexion_moment_peak",
    "knee_vertical_force_peak",
    "hip_adduction_moment_peak",
    "hip_extensor_moment_peak",
    "ankle_plantarflexor_moment_peak",
    "l5s1_extensor_moment_peak",
    "l5s1_bending_moment_peak",
    "l5s1_compression_peak",
)
"""The measures that are compared, in the order in which they are shown."""

OF_TRUNK = ("l5s1_extensor_moment_peak", "l5s1_bending_moment_peak", "l5s1_compression_peak")
"""Those of them that do not belong to a leg, although some have a side."""

ABSOLUTE = {"Nm/kg": "Nm", "Nm s/kg": "Nm s", "body weight": "N"}

Loads = dict[tuple[str, Whose], tuple[float, ...]]


@dataclass(frozen=True)
class LoadChange:
    """One load under a change.

    Attributes
    ----------
    load, label, side, unit
        Which; `unit` is Nm, Nm s or N: what the joint bears, not over body mass.
    now, then
        Means over the steps; None where the recording or the dose does not give them.
    difference, percent
        Then minus now, and over now; None where `now` is not known or near zero.
    low, high, interval
        Of the change in per cent, and what they are; None where there are none.
    steps
        Number of steps or cycles.
    kind
        How it is known.
    effect
        The published dose; None where recomputed.
    agreement
        How the dose compares with what was recomputed; None where there is nothing to compare.
    """

    load: str
    label: str
    side: Whose
    unit: str
    now: float | None
    then: float | None
    difference: float | None
    percent: float | None
    low: float | None
    high: float | None
    interval: str
    steps: int
    kind: Literal["recomputed", "published dose"]
    effect: DoseEffect | None = None
    agreement: Agreement | None = None


def absolute_loads(
    solved: Solved, measured: TrialMeasures, like: Mapping[tuple[str, str], Series] | None = None
) -> tuple[Loads, dict[tuple[str, str], Series]]:
    """The loads of every step in Nm, Nm s and N, and the series that they come from.

    Parameters
    ----------
    solved
        A state of the recording.
    measured
        The trial.
    like
        Series of the recording itself: what is not known there is not told here either, so that
        both have the same steps.
    """
    series = {(one.name, str(one.side)): one for one in load_series(solved, measured)}
    if like is not None:
        series = {key: _known(one, like.get(key)) for key, one in series.items()}
    weight = solved.model.mass_kg * float(np.linalg.norm(solved.model.tree.gravity))
    found: Loads = {}
    for one in load_measures(series.values(), measured):
        if one.name in LOADS:
            found[one.name, one.side] = _absolute(one, solved.model.mass_kg, weight)
    return found, series


def _known(series: Series, like: Series | None) -> Series:
    if like is None:
        return series
    return replace(series, values=np.where(np.isnan(like.values), np.nan, series.values))


def _absolute(measure: Measure, mass_kg: float, weight_N: float) -> tuple[float, ...]:  # noqa: N803
    factor = weight_N if DEFINITIONS[measure.name].unit == "body weight" else mass_kg
    return tuple(factor * one for one in measure.values)


def recomputed_changes(now: Loads, then: Loads) -> tuple[LoadChange, ...]:
    """The recomputed change of every load.

    Parameters
    ----------
    now, then
        The loads of the same steps before and after.
    """
    found: list[LoadChange] = []
    for name in LOADS:
        for (load, side), before in now.items():
            after = then.get((load, side))
            if load != name or after is None or len(after) != len(before):
                continue
            first, last = float(np.mean(before)), float(np.mean(after))
            each = [_percent(a, b) for a, b in zip(before, after, strict=True)]
            spread = [one for one in each if one is not None] if len(each) > 1 else []
            found.append(
                LoadChange(
                    load,
                    DEFINITIONS[load].label,
                    side,
                    ABSOLUTE[DEFINITIONS[load].unit],
                    first,
                    last,
                    last - first,
                    _percent(first, last),
                    min(spread) if spread else None,
                    max(spread) if spread else None,
                    f"range over {len(each)} steps" if spread else "",
                    len(before),
                    "recomputed",
                )
            )
    return tuple(found)


def _percent(now: float, then: float) -> float | None:
    return 100.0 * (then - now) / now if now > 1e-6 else None


def dose_changes(
    changes: Changes, kind: Kind, now: Loads, alone: tuple[LoadChange, ...], body_mass_kg: float
) -> tuple[LoadChange, ...]:
    """What published doses say of one change, beside what was recomputed of it.

    Parameters
    ----------
    changes
        What is asked for.
    kind
        The change.
    now
        The loads of the recording; empty where it gives none.
    alone
        What was recomputed of this change alone; empty where nothing was.
    body_mass_kg
        The person's; NaN where not known.
    """
    found: list[LoadChange] = []
    for side, amount in _amounts(changes, kind):
        less = amount is not None and amount < 0.0
        for dose in doses_of(kind, less=less):
            effect = effect_of(dose, amount, body_mass_kg)
            sides: tuple[Whose, ...] = ("left", "right") if side == "both" else (side,)
            beside = [x for x in alone if x.load == dose.load and x.side in sides]
            known: list[Whose] = [one for load, one in now if load == dose.load and one in sides]
            if not known or not effect.is_percent:
                found.append(_told(effect, side, None, beside))
                continue
            for one in known:
                mean = float(np.mean(now[dose.load, one]))
                found.append(_told(effect, one, mean, [x for x in beside if x.side == one]))
    return tuple(found)


def _amounts(changes: Changes, kind: Kind) -> list[tuple[Whose, float | None]]:
    """For which leg how much is asked, in the units of the doses; None without an amount."""
    if kind in ("toe_out", "trunk_lean"):
        asked = changes.toe_out_deg if kind == "toe_out" else changes.trunk_lean_deg
        if asked.left == asked.right:
            return [("both", asked.left)]
        return [(side, asked.of(side)) for side in asked.sides]
    if kind == "cane":
        assert changes.cane is not None, "only called for what is asked"
        leg: Side = changes.cane.leg
        return [(leg, changes.cane.percent_body_weight)]
    if kind == "lift":
        assert changes.lift is not None, "only called for what is asked"
        return [(changes.lift.side, changes.lift.height_cm)]
    if kind == "body_mass":
        return [("both", changes.body_mass_kg)]
    if kind == "heel_height":
        return [("both", changes.heel_height_cm)]
    return [("both", None)]


def _told(
    effect: DoseEffect, side: Whose, now: float | None, beside: list[LoadChange]
) -> LoadChange:
    """One published dose as a row; per cent and then only where it says them."""
    dose, value = effect.dose, effect.value
    known = DEFINITIONS.get(dose.load)
    percent = value if effect.is_percent else None
    difference = value if dose.effect == "newton_per_unit" else None
    then = None
    if now is not None and percent is not None:
        difference = now * percent / 100.0
        then = now + difference
    return LoadChange(
        dose.load,
        dose.load_label,
        side,
        ABSOLUTE[known.unit] if known else "N" if dose.effect == "newton_per_unit" else "",
        now,
        then,
        difference,
        percent,
        effect.low if effect.is_percent else None,
        effect.high if effect.is_percent else None,
        dose.interval if effect.low is not None else "",
        0,
        "published dose",
        effect,
        worst(agreement(effect, one.percent) for one in beside),
    )
