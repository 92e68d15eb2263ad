"""What every person's network shares, and how a person's priors follow from it.

Age, sex and setting enter here, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kinechain.domain.case import Case
from kinechain.domain.concepts import AgeBand, Condition
from kinechain.domain.estimate import Estimate
from kinechain.inference.figures import LARGEST, SMALLEST, Array, Figures
from kinechain.knowledge import Knowledge
from kinechain.knowledge.graph import Node


class Template:
    """What every person's network shares: structure and the places of the figures."""

    def __init__(self, knowledge: Knowledge) -> None:
        graph = knowledge.graph
        self.knowledge = knowledge
        self.figures = Figures(knowledge)
        self.conditions = tuple(
            place for place, node in enumerate(graph.nodes) if node.kind == "condition"
        )
        parents: list[list[tuple[int, int]]] = [[] for _ in graph.nodes]
        for place, edge in enumerate(graph.edges):
            parents[edge.child].append((edge.parent, place))
        self.parents = tuple(tuple(pairs) for pairs in parents)
        figure_of = [self.figures.index[id(figure)] for figure in graph.figures]
        self.hidden = np.array([edge.effect < 0 for edge in graph.edges], bool)
        self.edge_figure = np.array(
            [figure_of[edge.effect] if edge.effect >= 0 else 0 for edge in graph.edges], int
        )
        self.edge_parent = np.array([edge.parent for edge in graph.edges], int)
        self.edge_child = np.array([edge.child for edge in graph.edges], int)
        self._own = _own_nodes(knowledge, self.figures.index)
        self._leak_figures: dict[tuple[float | None, str | None], NDArray[np.intp]] = {}
        self.risks: dict[str, list[tuple[str, Estimate]]] = {}
        for condition in knowledge.conditions.values():
            for risk in condition.prior.risks:
                self.risks.setdefault(risk.trait, []).append((condition.id, risk.odds_ratio))
        self.edge_sensitivity = np.array(
            [edge.effect >= 0 and graph.sensitivities[edge.effect] for edge in graph.edges], bool
        )

    def weights(self, case: Case, values: Array) -> tuple[Array, Array]:
        """Leak of every node and activation of every edge for this person.

        Parameters
        ----------
        case
            The person.
        values
            Figures, shape ``(B, figures)``.

        Returns
        -------
        leak, activation
            Shapes ``(B, nodes)`` and ``(B, edges)``.
        """
        figure = self.leak_figure(case)
        leak = np.zeros((values.shape[0], len(figure)))
        known = figure >= 0
        leak[:, known] = values[:, figure[known]]
        activation = values[:, self.edge_figure]
        strong = self._priors(case, values, leak)
        leak = np.clip(leak, SMALLEST, LARGEST)
        self._share(strong, leak, activation)
        lost = leak[:, self.edge_child]
        from_sensitivity = (activation - lost) / (1 - lost)
        activation = np.where(self.edge_sensitivity, from_sensitivity, activation)
        return leak, np.clip(activation, SMALLEST, LARGEST)

    def _priors(self, case: Case, values: Array, leak: Array) -> Array:
        """Write the priors of conditions and tendencies into `leak`.

        Returns
        -------
        ndarray of shape (B, nodes)
            For each tendency, the chance of a side when it is present.
        """
        by_person = np.stack(
            [self._person_prior(one, case, values) for one in self.knowledge.conditions.values()],
            axis=1,
        )
        own = self._own
        prior = by_person[:, own.condition] * own.share
        paired = own.other >= 0
        other = np.maximum(values[:, own.other[paired]], prior[:, paired])
        prior[:, paired] /= 2 - other
        leak[:, own.place] = prior
        tendency = own.place[paired & own.is_tendency]
        which = own.is_tendency[paired]
        shared, strong = _shared(prior[:, paired & own.is_tendency], other[:, which])
        leak[:, tendency] = shared
        found = np.zeros_like(leak)
        found[:, tendency] = strong
        return found

    def leak_figure(self, case: Case) -> NDArray[np.intp]:
        """Which figure is each node's leak, -1 where it follows from a prior."""
        key = (case.age_years, case.sex)
        if key in self._leak_figures:
            return self._leak_figures[key]
        found = np.full(len(self.knowledge.graph.nodes), -1)
        for place, node in enumerate(self.knowledge.graph.nodes):
            if node.kind in ("link", "finding", "site", "trait"):
                found[place] = self.figures.index[id(self._leak(node, case))]
        self._leak_figures[key] = found
        return found

    def prior_figures(self, case: Case) -> dict[str, int]:
        """Which figure is each condition's prior at this age, by condition id."""
        found: dict[str, int] = {}
        for name, condition in self.knowledge.conditions.items():
            band = band_for(condition.prior.by_age, case)
            estimate = band.estimate if band else condition.prior.base
            found[name] = self.figures.index[id(estimate)]
        return found

    def setting_figures(self, case: Case) -> list[tuple[tuple[str, ...], int]]:
        """Conditions and figure of each odds ratio of the person's setting."""
        setting = self.knowledge.settings.get(case.setting or "")
        return [
            (rule.conditions, self.figures.index[id(rule.odds_ratio)])
            for rule in (setting.odds if setting else ())
        ]

    def _leak(self, node: Node, case: Case) -> Estimate:
        """The leak of a link, finding or site, the prevalence of a trait."""
        concept: Any = self.knowledge.concept(node.template)
        if node.kind == "trait":
            return concept.prevalence
        return _band(getattr(concept, "leak_by_age", ()), case) or concept.leak

    def _person_prior(self, condition: Condition, case: Case, values: Array) -> Array:
        """Probability per person, all sides and levels, by age, sex and setting."""
        index, prior = self.figures.index, condition.prior
        band = band_for(prior.by_age, case)
        value = values[:, index[id(band.estimate if band else prior.base)]]
        odds = value / (1 - value)
        if prior.female_odds_ratio is not None and case.sex and not (band and band.sex):
            ratio = values[:, index[id(prior.female_odds_ratio)]]
            odds = odds * np.where(case.sex == "female", ratio, 1) / (1 + 0.5 * (ratio - 1))
        setting = self.knowledge.settings.get(case.setting or "")
        for rule in setting.odds if setting else ():
            if condition.id in rule.conditions:
                odds = odds * values[:, index[id(rule.odds_ratio)]]
        return odds / (1 + odds)

    def multipliers(
        self, trait: str, present: bool, level: str | None, side: str | None, values: Array
    ) -> dict[int, Array]:
        """Factors by which a recorded trait multiplies the odds of condition instances.

        The trait's share is already in the prior, so absence lowers the odds as presence
        raises them. A trait of one side or joint bears on that side or joint only.

        Returns
        -------
        dict
            Graph node to factors of shape ``(B,)``.
        """
        concept = self.knowledge.traits[trait]
        share = values[:, self.figures.index[id(concept.prevalence)]]
        found: dict[int, Array] = {}
        for condition, odds_ratio in self.risks.get(trait, ()):
            ratio = values[:, self.figures.index[id(odds_ratio)]]
            factor = (ratio if present else 1.0) / (1 + share * (ratio - 1))
            for place in self.knowledge.instances[condition]:
                node = self.knowledge.graph.nodes[place]
                if side in ("left", "right") and node.side not in (side, None):
                    continue
                if (
                    concept.levels
                    and node.level in concept.levels
                    and level not in (node.level, None)
                ):
                    continue
                found[place] = factor
        return found

    def _share(self, strong: Array, leak: Array, activation: Array) -> None:
        """Split each side's prior between its own leak and the shared tendency."""
        places = np.flatnonzero(self.hidden)
        parent, child = self.edge_parent[places], self.edge_child[places]
        prior, share = leak[:, child], leak[:, parent]
        chance = np.maximum(strong[:, parent], prior)
        own = np.clip((prior - share * chance) / (1 - share), SMALLEST, LARGEST)
        leak[:, child] = own
        activation[:, places] = (chance - own) / (1 - own)


class _Own(NamedTuple):
    """The nodes of conditions and their tendencies: where each node's own prior comes from.

    `condition` counts the conditions, `share` is that of the level, `other` the figure of the
    other side's chance, -1 where a condition has one side.
    """

    place: NDArray[np.intp]
    condition: NDArray[np.intp]
    share: Array
    other: NDArray[np.intp]
    is_tendency: NDArray[np.bool_]


def _own_nodes(knowledge: Knowledge, index: dict[int, int]) -> _Own:
    number = {name: place for place, name in enumerate(knowledge.conditions)}
    rows: list[tuple[int, int, float, int, bool]] = []
    for place, node in enumerate(knowledge.graph.nodes):
        if node.kind in ("condition", "tendency"):
            prior = knowledge.conditions[node.template].prior
            other = prior.other_side
            rows.append(
                (
                    place,
                    number[node.template],
                    prior.level_share.get(node.level or "", 1.0),
                    -1 if other is None else index[id(other)],
                    node.kind == "tendency",
                )
            )
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    return _Own(
        np.array(columns[0], np.intp),
        np.array(columns[1], np.intp),
        np.array(columns[2], float),
        np.array(columns[3], np.intp),
        np.array(columns[4], bool),
    )


def _shared(prior: Array, other: Array) -> tuple[Array, Array]:
    """Tendency's probability and the chance of a side given it.

    With ``p`` the prior of one side and ``q`` the chance of the second side given the
    first, one side follows a two-point mixture with mean ``p`` and second moment ``p q``;
    its upper point is set to ``(1 + q) / 2``.
    """
    strong = (1 + other) / 2
    low = prior - prior * (other - prior) / (strong - prior)
    return (prior - low) / (strong - low), strong


def band_for(bands: Sequence[AgeBand], case: Case) -> AgeBand | None:
    """The band of a person's age, that of the person's sex before one for both.

    Parameters
    ----------
    bands
        Bands that do not overlap for one sex.
    case
        The person; without an age no band fits.
    """
    if case.age_years is None:
        return None
    fitting = [
        band
        for band in bands
        if band.from_years <= case.age_years < band.to_years and band.sex in (None, case.sex)
    ]
    return max(fitting, key=lambda band: band.sex is not None, default=None)


def _band(bands: Sequence[AgeBand], case: Case) -> Any:
    band = band_for(bands, case)
    return band.estimate if band else None


@lru_cache(maxsize=4)
def _template(version: str, holder: _Holder) -> Template:
    return Template(holder.knowledge)


class _Holder:
    """Lets the cache key be the version while the knowledge itself is passed along."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def __hash__(self) -> int:
        return hash(self.knowledge.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Holder) and other.knowledge is self.knowledge


def template_of(knowledge: Knowledge) -> Template:
    """The template of `knowledge`, made once."""
    return _template(knowledge.version, _Holder(knowledge))
