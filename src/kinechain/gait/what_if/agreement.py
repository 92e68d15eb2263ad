"""Whether a published dose and the recomputed recording say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kinechain.gait.what_if.dose_effect import DoseEffect

Agreement = Literal["agree", "larger", "smaller", "opposite", "same direction"]

WORDS: dict[Agreement, str] = {
    "agree": "Recomputed and published change agree:",
    "larger": "They disagree in size, recomputed is larger than published:",
    "smaller": "They disagree in size, recomputed is smaller than published:",
    "opposite": "They disagree, recomputed goes the other way than published:",
    "same direction": "Same direction, sizes cannot be compared:",
}
FACTOR = 2.0
"""Without an interval, changes within this factor of each other agree (judgement)."""
SMALL_PERCENT = 5.0
"""Changes smaller than this agree with each other and with "no significant change" (judgement:
studies of some tens of people do not find less)."""


def agreement(effect: DoseEffect, recomputed_percent: float | None) -> Agreement | None:
    """How a dose compares with the recomputed change of the same load.

    Parameters
    ----------
    effect
        What the dose says.
    recomputed_percent
        The recomputed change; None where there is none.

    Returns
    -------
    Agreement or None
        None where either says nothing.
    """
    told, mine = effect.value, recomputed_percent
    if told is None or mine is None:
        return None
    if effect.dose.effect == "none":
        return "agree" if abs(mine) < SMALL_PERCENT else "larger"
    if effect.is_percent and max(abs(told), abs(mine)) < SMALL_PERCENT:
        return "agree"
    if told * mine < 0.0:
        return "opposite"
    if not effect.is_percent:
        return "same direction"
    if effect.low is not None and effect.high is not None:
        near, far = sorted((abs(effect.low), abs(effect.high)))
        if effect.low * effect.high < 0.0:
            near = 0.0
    else:
        near, far = abs(told) / FACTOR, abs(told) * FACTOR
    if abs(mine) > far:
        return "larger"
    return "smaller" if abs(mine) < near else "agree"


def worst(found: Iterable[Agreement | None]) -> Agreement | None:
    """The one of several comparisons that agrees least; None without any.

    Parameters
    ----------
    found
        Comparisons of one dose with several legs.
    """
    order: tuple[Agreement, ...] = ("opposite", "larger", "smaller", "same direction", "agree")
    told = set(found)
    return next((one for one in order if one in told), None)
