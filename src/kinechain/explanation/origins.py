"""Conditions and their instances, ranked by how probably they explain the complaint."""

from __future__ import annotations

from collections.abc import Mapping

from kinechain.domain.assessment import ConditionResult, Origin
from kinechain.inference.posterior import Posterior
from kinechain.inference.uncertainty import Intervals


def origin_results(
    result: Posterior, intervals: Intervals, judgement: Mapping[int, float]
) -> tuple[Origin, ...]:
    """All instances of conditions, the most explaining first.

    Parameters
    ----------
    result, intervals
        The posterior and its intervals.
    judgement
        Share of each leading node's log odds that rests on judgement; for the others the
        prior is what counts.
    """
    knowledge = result.person.knowledge
    found: list[Origin] = []
    for place, node in enumerate(result.nodes):
        instance = knowledge.graph.nodes[node]
        found.append(
            Origin(
                id=instance.id,
                condition=instance.template,
                label=knowledge.label(instance.id),
                level=instance.level,
                side=instance.side,
                explains=_cut(result.explains[place]),
                low=_cut(intervals.explains[0, place]),
                high=_cut(intervals.explains[1, place]),
                present=_cut(result.present[place]),
                prior=_cut(result.prior[place]),
                judgement_share=judgement.get(
                    node,
                    float(knowledge.conditions[instance.template].prior.base.is_judgement),
                ),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.explains, -one.present, one.id)))


def condition_results(
    result: Posterior, intervals: Intervals, origins: tuple[Origin, ...]
) -> tuple[ConditionResult, ...]:
    """All conditions over their levels and sides, the most explaining first.

    Parameters
    ----------
    result, intervals
        The posterior and its intervals.
    origins
        Their instances, already ranked.
    """
    knowledge = result.person.knowledge
    found: list[ConditionResult] = []
    for name, condition in knowledge.conditions.items():
        low, high = intervals.template_explains.get(name, (0.0, 0.0))
        found.append(
            ConditionResult(
                condition=name,
                label=result.person.knowledge.label(condition.id)
                if condition.levels
                else condition.label,
                explains=_cut(result.template_explains.get(name, 0.0)),
                low=_cut(low),
                high=_cut(high),
                present=_cut(result.template_present.get(name, 0.0)),
                origins=tuple(one.id for one in origins if one.condition == name),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.explains, -one.present, one.condition)))


def _cut(value: float) -> float:
    return min(max(float(value), 0.0), 1.0)
