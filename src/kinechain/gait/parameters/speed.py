"""Parameters freed from walking speed.

References
----------
Murakami and Otaka 2017, doi 10.1589/jpts.29.722 (walk ratio, and where it stops being constant).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinechain.gait.parameters.model import Measure

if TYPE_CHECKING:
    from collections.abc import Iterable


def speed_measures(measures: Iterable[Measure], leg_length_m: float | None) -> tuple[Measure, ...]:
    """Walk ratio of each side, and stride length over leg length.

    Parameters
    ----------
    measures
        Spatial and temporal measures of one trial.
    leg_length_m
        From the hip to the floor, m; None where not known.

    Examples
    --------
    >>> given = (Measure("cadence", "both", (110.0,)), Measure("step_length", "left", (0.66,)))
    >>> [round(x, 2) for x in speed_measures(given, None)[0].values]
    [6.0]
    """
    known = tuple(measures)
    found: list[Measure] = []
    cadence = next((one for one in known if one.name == "cadence" and one.values), None)
    for one in known:
        if one.name == "step_length" and one.values and cadence is not None:
            values = tuple(1000.0 * length / cadence.mean for length in one.values)
            found.append(Measure("walk_ratio", one.side, values))
        elif one.name == "stride_length" and one.values and leg_length_m:
            shares = tuple(100.0 * length / leg_length_m for length in one.values)
            found.append(Measure("stride_length_of_leg", one.side, shares))
    return tuple(found)
