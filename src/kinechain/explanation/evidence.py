"""What speaks for and against an origin, with the sources of the figures behind it."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, log

import numpy as np

from kinechain.domain.assessment import ContributionResult
from kinechain.domain.estimate import Estimate
from kinechain.inference.contributions import Contribution
from kinechain.inference.person import Person
from kinechain.inference.posterior import Posterior


class Ways:
    """The strongest way from each of some origins to every node it can bear on.

    Parameters
    ----------
    person
        The network.
    origins
        Nodes from which the ways start.
    """

    def __init__(self, person: Person, origins: Sequence[int]) -> None:
        self._person = person
        network = person.network
        self._column = {origin: place for place, origin in enumerate(origins)}
        self._strength = np.zeros((network.size, len(origins)))
        self._edge = np.full((network.size, len(origins)), -1)
        below = set(self._column)  # the origins and what they can bear on
        for node, parents in enumerate(network.parents):
            best = self._strength[node]
            if node in self._column:
                best[self._column[node]] = 1
            for parent, edge in parents:
                # A later parent is the union of several causes of one condition.
                if parent > node or parent not in below:
                    continue
                below.add(node)
                reached = self._strength[parent] * network.activation[0, edge]
                better = reached > best
                if better.any():
                    best[better] = reached[better]
                    self._edge[node, better] = edge

    def figures(self, origin: int, item: int) -> list[Estimate]:
        """Figures on the strongest way from an origin to an item, its leak included."""
        graph = self._person.knowledge.graph
        column = self._column[origin]
        members = [
            node for node in self._person.items[item].members if self._edge[node, column] >= 0
        ]
        if not members:
            return []
        node = max(members, key=lambda one: self._strength[one, column])
        leak = getattr(self._person.knowledge.concept(graph.nodes[node].template), "leak", None)
        found: list[Estimate] = [leak] if leak is not None else []
        while self._edge[node, column] >= 0:
            edge = graph.edges[self._edge[node, column]]
            if edge.effect >= 0:
                found.append(graph.figures[edge.effect])
            node = edge.parent
        return found


def contribution_results(
    person: Person, contributions: Sequence[Contribution]
) -> dict[str, tuple[ContributionResult, ...]]:
    """Contributions by origin, in words and with their sources.

    Parameters
    ----------
    person
        Network and evidence.
    contributions
        As `kinechain.inference.contributions.contributions` gives them.

    Returns
    -------
    dict
        Origin id to contributions; groups of several findings have ``finding`` null.
    """
    found: dict[str, list[ContributionResult]] = {}
    ways = Ways(person, sorted({one.origin for one in contributions}))
    for one in contributions:
        figures = [figure for item in one.items for figure in _figures(person, ways, one, item)]
        single = person.items[one.items[0]] if len(one.items) == 1 else None
        states = {person.items[item].state for item in one.items}
        found.setdefault(person.node_id(one.origin), []).append(
            ContributionResult(
                group=one.group,
                finding=single.id if single else None,
                label=single.label if single else _group_label(one.group),
                state=states.pop() if len(states) == 1 else "mixed",
                removed=_finite(one.removed),
                alone=_finite(one.alone),
                sources=tuple(dict.fromkeys(figure.source for figure in figures if figure.source)),
                judgement=any(figure.is_judgement for figure in figures) or not figures,
            )
        )
    return {origin: tuple(results) for origin, results in found.items()}


def _figures(person: Person, ways: Ways, one: Contribution, item: int) -> list[Estimate]:
    figures = ways.figures(one.origin, item)
    if figures:
        return figures
    condition = person.knowledge.graph.nodes[one.origin].template
    return [
        risk.odds_ratio
        for risk in person.knowledge.conditions[condition].prior.risks
        if risk.trait == person.items[item].finding
    ]


def judgement_shares(result: Posterior, contributions: Sequence[Contribution]) -> dict[int, float]:
    """Share of an origin's log odds that rests on figures without a study.

    The prior and every finding count with the size of their log odds; a finding's weight
    is divided among the figures on the strongest way from the origin to it.

    Returns
    -------
    dict
        Node of each origin among the contributions to a share between 0 and 1.
    """
    person = result.person
    total: dict[int, float] = {}
    judged: dict[int, float] = {}
    ways = Ways(person, sorted({one.origin for one in contributions}))
    prior = dict(zip(result.nodes, result.prior, strict=True))
    for one in contributions:
        if one.origin not in total:
            chance = min(max(float(prior[one.origin]), 1e-12), 1 - 1e-12)
            weight = abs(log(chance / (1 - chance)))
            condition = person.knowledge.graph.nodes[one.origin].template
            base = person.knowledge.conditions[condition].prior.base
            total[one.origin] = weight
            judged[one.origin] = weight * base.is_judgement
        first, *others = one.items
        if others:
            continue
        weight = abs(_finite(one.removed))
        figures = _figures(person, ways, one, first)
        total[one.origin] += weight
        share = sum(f.is_judgement for f in figures) / len(figures) if figures else 1.0
        judged[one.origin] += weight * share
    return {origin: judged[origin] / total[origin] if total[origin] else 1.0 for origin in total}


def _finite(value: float) -> float:
    """Log odds cut off where they would be infinite, so that every reader can take them."""
    if isfinite(value):
        return value
    return 0.0 if value != value else (50.0 if value > 0 else -50.0)


def _group_label(group: str) -> str:
    return f"all of: {group.replace('_', ' ')}"
