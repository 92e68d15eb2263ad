"""Dangerous conditions: alerts when a threshold is crossed, and what is not excluded.

These are not red flags: flags are rules and stand by themselves (`triage`). An alert says
that the probability of something dangerous is high enough to act upon.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kinechain.domain.assessment import Flag, NotExcluded
from kinechain.domain.concepts import Condition
from kinechain.inference.posterior import Posterior
from kinechain.inference.uncertainty import Intervals


def alerts(result: Posterior) -> tuple[Flag, ...]:
    """Dangerous conditions whose probability has crossed their threshold for action.

    Parameters
    ----------
    result
        The posterior.

    Returns
    -------
    tuple of Flag
        With basis ``probability``, the most probable first.
    """
    found: list[tuple[float, Flag]] = []
    for condition in result.person.knowledge.conditions.values():
        chance = result.template_present.get(condition.id, 0.0)
        danger = condition.danger
        if danger is None or chance < danger.threshold.value:
            continue
        source = danger.threshold.source
        found.append(
            (
                chance,
                Flag(
                    id=f"probability:{condition.id}",
                    label=result.person.knowledge.label(condition.id)
                    if condition.levels
                    else condition.label,
                    urgency=danger.urgency,
                    status="raised",
                    basis="probability",
                    because=(_words(chance, danger.threshold.value),),
                    action=danger.action,
                    sources=(source,) if source else (),
                    condition=condition.id,
                    ask=_open(condition, _recorded(result)),
                ),
            )
        )
    return tuple(flag for _, flag in sorted(found, key=lambda one: (-one[0], one[1].id)))


def not_excluded(
    result: Posterior, intervals: Intervals, flagged: Collection[str]
) -> tuple[NotExcluded, ...]:
    """Dangerous conditions neither flagged by a rule nor surely below their threshold.

    Parameters
    ----------
    result, intervals
        The posterior and its 90 % intervals: a condition counts when the upper end of its
        probability reaches the threshold.
    flagged
        Conditions for which a red flag is raised already.

    Returns
    -------
    tuple of NotExcluded
        The nearest to, or farthest above, its threshold first.
    """
    found: list[NotExcluded] = []
    for condition in result.person.knowledge.conditions.values():
        danger = condition.danger
        if danger is None or condition.id in flagged:
            continue
        chance = result.template_present.get(condition.id, 0.0)
        high = intervals.template_present.get(condition.id, (0.0, chance))[1]
        if high < danger.threshold.value:
            continue
        found.append(
            NotExcluded(
                condition=condition.id,
                label=result.person.knowledge.label(condition.id)
                if condition.levels
                else condition.label,
                probability=chance,
                high=high,
                threshold=danger.threshold.value,
                ask=_open(condition, _recorded(result)),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.probability / one.threshold, one.condition)))


def _words(chance: float, threshold: float) -> str:
    return f"its probability, {chance:.1%}, is above the {threshold:.1%} from which on one acts"


def _recorded(result: Posterior) -> Mapping[str, str]:
    return {item.finding: item.state for item in result.person.items}


def _open(condition: Condition, recorded: Mapping[str, str]) -> tuple[str, ...]:
    """The condition's own questions that are not answered yet."""
    danger = condition.danger
    return tuple(name for name in (danger.ask if danger else ()) if name not in recorded)
