"""The network of one person: the knowledge's graph with this person's priors and evidence.

Age, sex, setting and recorded traits enter here, once, as priors. What is observed becomes
items of evidence; an item whose side or level is not known, or a site named only in general
("the knee"), becomes one node that is present when any of its members is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from kinechain.domain.case import Case, Issue
from kinechain.domain.concepts import AgeBand, Condition
from kinechain.domain.estimate import Estimate
from kinechain.inference.easing import eased_weights, fold
from kinechain.inference.evidence import Evidence, Item, gather
from kinechain.inference.figures import LARGEST, SMALLEST, Array, Figures
from kinechain.inference.network import Network, Weights
from kinechain.knowledge import Knowledge


@dataclass(frozen=True)
class Person:
    """A network with this person's evidence on it.

    Attributes
    ----------
    network
        Nodes ``0 .. n-1`` are those of the knowledge's graph; further nodes are unions for
        items of evidence whose side, level or exact place is unknown.
    quiet, eased
        Links that are folded and items that are eased (`easing`); None where the network is
        small enough to need neither.
    items
        The evidence; ``nodes`` holds the network node of each.
    """

    knowledge: Knowledge
    case: Case
    network: Network
    items: tuple[Item, ...]
    nodes: tuple[int, ...]
    multipliers: tuple[dict[int, Array], ...]
    issues: tuple[Issue, ...]
    quiet: frozenset[int] | None = None
    eased: Mapping[int, float] = field(default_factory=dict[int, float])

    @property
    def conditions(self) -> tuple[int, ...]:
        """Nodes of all condition instances."""
        return template_of(self.knowledge).conditions

    @property
    def complaints(self) -> tuple[int, ...]:
        """Nodes of the pains that the person comes for."""
        return tuple(node for item, node in zip(self.items, self.nodes, strict=True)
                     if item.complaint)

    def folds(self, item: int) -> bool:
        """Whether an item is plain absence of something without effects of its own."""
        node = self.nodes[item]
        graph = self.knowledge.graph.nodes
        childless = node >= len(graph) or graph[node].kind in ("finding", "site")
        return self.items[item].is_absent and childless

    @property
    def weighted(self) -> list[int]:
        """Nodes that carry a likelihood."""
        found = [node for place, node in enumerate(self.nodes)
                 if not self.folds(place) and place not in self.eased]
        found += [node for factors in self.multipliers for node in factors]
        if self.quiet is not None:
            found += self._folded(np.ones((1, len(self.items))))
        return found

    @property
    def absent(self) -> list[int]:
        """Childless nodes that are merely absent."""
        if self.quiet is not None:
            return []
        return [node for place, node in enumerate(self.nodes) if self.folds(place)]

    def label(self, node: int) -> str:
        """Readable name of a node."""
        if node < len(self.knowledge.graph.nodes):
            return self.knowledge.label(self.knowledge.graph.nodes[node].id)
        return self.items[self.nodes.index(node)].label

    def node_id(self, node: int) -> str:
        """Id of a node; unions are named by what was recorded."""
        if node < len(self.knowledge.graph.nodes):
            return self.knowledge.graph.nodes[node].id
        return self.items[self.nodes.index(node)].id

    def easier(self, eased: Mapping[int, float]) -> "Person":
        """The same with links folded, and with some positive items eased (`easing`)."""
        kept = [node for place, node in enumerate(self.nodes)
                if not self.folds(place) and place not in eased]
        loud = self.network.ancestors(kept)
        graph = self.knowledge.graph.nodes
        quiet = frozenset(place for place, node in enumerate(graph)
                          if node.kind == "link" and place not in loud)
        return replace(self, quiet=quiet, eased=dict(eased))

    def on(self, network: Network, multipliers: tuple[dict[int, Array], ...]) -> "Person":
        """The same evidence on a network with other weights."""
        return replace(self, network=network, multipliers=multipliers)

    def weights(self, included: Array | None = None) -> Weights:
        """Likelihood weights of the evidence.

        Parameters
        ----------
        included
            Zeros and ones of shape ``(R, items)``: which items count in which row. All of
            them, in one row, when not given.
        """
        if included is None:
            included = np.ones((1, len(self.items)))
        likelihood: dict[int, Array] = {}
        absent: dict[int, Array] = {}
        for place, (item, node) in enumerate(zip(self.items, self.nodes, strict=True)):
            counts = included[:, place]
            for other, factor in self.multipliers[place].items():
                _multiply(likelihood, other, np.where(counts > 0, factor, 1.0))
            if self.folds(place):
                absent[node] = counts
            elif place not in self.eased:
                weight = np.where(counts[:, None] > 0, np.array([item.likelihood]), 1.0)
                likelihood[node] = likelihood.get(node, 1.0) * weight
        if self.quiet is None:
            return Weights(likelihood, absent)
        for node, factor in self._folded(included).items():
            _multiply(likelihood, node, factor)
        return Weights(likelihood, {})

    def _folded(self, included: Array) -> dict[int, Array]:
        """Weights on causes from absent and eased items, quiet links folded."""
        network, found = self.network, dict[int, Array]()
        for place, node in enumerate(self.nodes):
            counts = included[:, place]
            if self.folds(place):
                for parent, edge in network.parents[node]:
                    lost = 1 - network.activation[:, edge]
                    found[parent] = found.get(parent, 1.0) * np.where(counts > 0, lost, 1.0)
            elif place in self.eased:
                for parent, raised in eased_weights(network, node, self.eased[place]).items():
                    found[parent] = found.get(parent, 1.0) * np.where(counts > 0, raised, 1.0)
        return fold(network, self.quiet or (), found)


def _multiply(likelihood: dict[int, Array], node: int, odds: Array) -> None:
    weight = np.stack([np.ones_like(odds), odds], axis=1)
    likelihood[node] = likelihood.get(node, 1.0) * weight


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
        self.edge_child = np.array([edge.child for edge in graph.edges], int)
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
        knowledge, graph = self.knowledge, self.knowledge.graph
        index = self.figures.index
        leak = np.zeros((values.shape[0], len(graph.nodes)))
        activation = values[:, self.edge_figure]
        tendency: dict[tuple[str, str | None], tuple[Array, Array]] = {}
        priors: dict[str, Array] = {}
        for place, node in enumerate(graph.nodes):
            concept: Any = knowledge.concept(node.template)
            if node.kind in ("link", "finding", "site"):
                estimate = _band(getattr(concept, "leak_by_age", ()), case) or concept.leak
                leak[:, place] = values[:, index[id(estimate)]]
            elif node.kind == "trait":
                leak[:, place] = values[:, index[id(concept.prevalence)]]
            else:
                if node.template not in priors:
                    priors[node.template] = self._person_prior(concept, case, values)
                prior = priors[node.template]
                prior = prior * concept.prior.level_share.get(node.level or "", 1.0)
                if concept.prior.other_side is not None:
                    other = np.maximum(values[:, index[id(concept.prior.other_side)]], prior)
                    prior = prior / (2 - other)
                    if node.kind == "tendency":
                        tendency[node.template, node.level] = _shared(prior, other)
                        leak[:, place] = tendency[node.template, node.level][0]
                        continue
                leak[:, place] = prior
        leak = np.clip(leak, SMALLEST, LARGEST)
        self._share(tendency, leak, activation)
        lost = leak[:, self.edge_child]
        from_sensitivity = (activation - lost) / (1 - lost)
        activation = np.where(self.edge_sensitivity, from_sensitivity, activation)
        return leak, np.clip(activation, SMALLEST, LARGEST)

    def _person_prior(self, condition: Condition, case: Case, values: Array) -> Array:
        """Probability per person, all sides and levels, by age, sex and setting."""
        index, prior = self.figures.index, condition.prior
        band = _band_for(prior.by_age, case)
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
                if concept.levels and node.level in concept.levels and level not in (
                    node.level, None):
                    continue
                found[place] = factor
        return found

    def _share(
        self,
        tendency: dict[tuple[str, str | None], tuple[Array, Array]],
        leak: Array,
        activation: Array,
    ) -> None:
        """Split each side's prior between its own leak and the shared tendency."""
        graph = self.knowledge.graph
        for place, edge in enumerate(graph.edges):
            if edge.effect >= 0:
                continue
            node = graph.nodes[edge.parent]
            share, strong = tendency[node.template, node.level]
            prior = leak[:, edge.child]
            strong = np.maximum(strong, prior)
            own = np.clip((prior - share * strong) / (1 - share), SMALLEST, LARGEST)
            leak[:, edge.child] = own
            activation[:, place] = (strong - own) / (1 - own)


def _shared(prior: Array, other: Array) -> tuple[Array, Array]:
    """Tendency's probability and the chance of a side given it.

    With ``p`` the prior of one side and ``q`` the chance of the second side given the
    first, one side follows a two-point mixture with mean ``p`` and second moment ``p q``;
    its upper point is set to ``(1 + q) / 2``.
    """
    strong = (1 + other) / 2
    low = prior - prior * (other - prior) / (strong - prior)
    return (prior - low) / (strong - low), strong


def _band_for(bands: Sequence[AgeBand], case: Case) -> AgeBand | None:
    if case.age_years is None:
        return None
    fitting = [
        band
        for band in bands
        if band.from_years <= case.age_years < band.to_years and band.sex in (None, case.sex)
    ]
    return max(fitting, key=lambda band: band.sex is not None, default=None)


def _band(bands: Sequence[AgeBand], case: Case) -> Any:
    band = _band_for(bands, case)
    return band.estimate if band else None


@lru_cache(maxsize=4)
def _template(version: str, holder: "_Holder") -> Template:
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


def person_of(
    knowledge: Knowledge, case: Case, *, draws: int = 0, seed: int = 0,
    evidence: Evidence | None = None,
) -> Person:
    """Build the network of one person.

    Parameters
    ----------
    draws
        Number of random parameter sets; zero for the point values.
    seed
        Seed of the draws.
    evidence
        What was gathered from the case, when that is already known.
    """
    template = template_of(knowledge)
    values = template.figures.draw(draws, seed) if draws else template.figures.point()
    leak, activation = template.weights(case, values)
    evidence = evidence or gather(knowledge, case)
    parents = list(template.parents)
    leaks, activations = [leak], [activation]
    nodes: list[int] = []
    multipliers: list[dict[int, Array]] = []
    edges = activation.shape[1]
    for item in evidence.items:
        multipliers.append(
            template.multipliers(item.finding, item.state == "present", item.level, item.side,
                                 values)
            if item.finding in knowledge.traits else {}
        )
        if len(item.members) == 1:
            nodes.append(item.members[0])
            continue
        union, none, fires = _union(template, item, leak, activation)
        parents.append(tuple((parent, edges + place) for place, parent in enumerate(union)))
        edges += len(union)
        nodes.append(len(parents) - 1)
        leaks.append(none)
        activations.append(fires)
    network = Network(
        tuple(parents), np.concatenate(leaks, axis=1), np.concatenate(activations, axis=1)
    )
    return Person(knowledge, case, network, evidence.items, tuple(nodes), tuple(multipliers),
                  evidence.issues)


def _union(
    template: Template, item: Item, leak: Array, activation: Array
) -> tuple[list[int], Array, Array]:
    """Parents, leak and activations of "at least one of the members is present".

    Members that are causes themselves (a condition known but not its level) become the
    parents; members without children are replaced by their own parents.
    """
    kinds = {template.knowledge.graph.nodes[member].kind for member in item.members}
    members = list(item.members)
    if kinds & {"condition", "trait", "link"}:
        shape = (leak.shape[0], len(members))
        return members, np.full((leak.shape[0], 1), SMALLEST), np.full(shape, LARGEST)
    kept: dict[int, Array] = {}
    for member in members:
        for parent, edge in template.parents[member]:
            kept[parent] = kept.get(parent, 1.0) * (1 - activation[:, edge])
    none = 1 - np.prod(1 - leak[:, members], axis=1, keepdims=True)
    fires = np.stack([1 - kept[parent] for parent in kept], axis=1)
    return list(kept), np.clip(none, SMALLEST, LARGEST), np.clip(fires, SMALLEST, LARGEST)
