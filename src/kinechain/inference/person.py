"""The network of one person: the knowledge's graph with this person's priors and evidence.

Age, sex, setting and recorded traits enter here, once, as priors. What is observed becomes
items of evidence; an item whose side or level is not known, or a site named only in general
("the knee"), becomes one node that is present when any of its members is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kinechain.domain.case import Case, Issue
from kinechain.inference.evidence import Evidence, Item, gather
from kinechain.inference.figures import LARGEST, SMALLEST
from kinechain.inference.folding import fold
from kinechain.inference.network import Array, Network, Weights
from kinechain.inference.template import Template, template_of
from kinechain.knowledge import Knowledge


@dataclass(frozen=True)
class Cut:
    """An edge that was taken out of a large network, and what makes up for it (`loosening`).

    Attributes
    ----------
    parent, child, edge
        Nodes, and the place of the edge's activation.
    cause
        Probability of the copy of the parent that is folded into the child's leak.
    odds
        Factor by which the child changes the odds of the parent.
    """

    parent: int
    child: int
    edge: int
    cause: float
    odds: float


@dataclass(frozen=True)
class Person:
    """A network with this person's evidence on it.

    Attributes
    ----------
    network
        Nodes ``0 .. n-1`` are those of the knowledge's graph; further nodes are unions for
        items of evidence whose side, level or exact place is unknown.
    quiet
        Links that are folded (`folding`); None where the network is small enough.
    items
        The evidence; ``nodes`` holds the network node of each.
    cuts
        Weak edges that were taken out (`loosening`).
    whole
        The same before any edge was cut; None where none was.
    """

    knowledge: Knowledge
    case: Case
    network: Network
    items: tuple[Item, ...]
    nodes: tuple[int, ...]
    multipliers: tuple[dict[int, Array], ...]
    issues: tuple[Issue, ...]
    quiet: frozenset[int] | None = None
    cuts: tuple[Cut, ...] = ()
    whole: Person | None = None

    @property
    def conditions(self) -> tuple[int, ...]:
        """Nodes of all condition instances."""
        return template_of(self.knowledge).conditions

    @property
    def complaints(self) -> tuple[int, ...]:
        """Nodes of the pains that the person comes for."""
        return tuple(
            node for item, node in zip(self.items, self.nodes, strict=True) if item.complaint
        )

    def is_end(self, item: int) -> bool:
        """Whether an item is on a node that causes nothing."""
        node, graph = self.nodes[item], self.knowledge.graph.nodes
        return node >= len(graph) or graph[node].kind in ("finding", "site")

    def folds(self, item: int) -> bool:
        """Whether an item is plain absence of something without effects of its own."""
        return self.items[item].is_absent and self.is_end(item)

    @property
    def weighted(self) -> list[int]:
        """Nodes that carry a likelihood."""
        found = [node for place, node in enumerate(self.nodes) if not self.folds(place)]
        found += [node for factors in self.multipliers for node in factors]
        found += [cut.parent for cut in self.cuts]
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

    def folded(self) -> Person:
        """The same with quiet links folded into their causes (`folding`)."""
        kept = [node for place, node in enumerate(self.nodes) if not self.folds(place)]
        loud = self.network.ancestors(kept)
        quiet = frozenset(
            place
            for place, node in enumerate(self.knowledge.graph.nodes)
            if node.kind == "link" and place not in loud
        )
        return replace(self, quiet=quiet)

    def without(self, item: int) -> Person:
        """The same without one item of evidence."""
        keep = [place for place in range(len(self.items)) if place != item]
        return replace(
            self,
            items=tuple(self.items[place] for place in keep),
            nodes=tuple(self.nodes[place] for place in keep),
            multipliers=tuple(self.multipliers[place] for place in keep),
        )

    def on(self, network: Network, multipliers: tuple[dict[int, Array], ...]) -> Person:
        """The same evidence on a network with other weights, with the same edges cut."""
        if self.whole is None:
            return replace(self, network=network, multipliers=multipliers)
        return replace(self.whole, network=network, multipliers=multipliers).cut(self.cuts)

    def cut(self, cuts: tuple[Cut, ...]) -> Person:
        """The same with some edges taken out, instead of those taken out before."""
        whole = self.whole or self
        if not cuts:
            return whole
        gone = {cut.edge for cut in cuts}
        parents = list(whole.network.parents)
        for child in {cut.child for cut in cuts}:
            parents[child] = tuple(pair for pair in parents[child] if pair[1] not in gone)
        free = 1 - whole.network.leak
        for cut in cuts:
            free[:, cut.child] *= 1 - cut.cause * whole.network.activation[:, cut.edge]
        leak = np.clip(1 - free, SMALLEST, LARGEST)
        network = replace(whole.network, parents=tuple(parents), leak=leak)
        return replace(whole, network=network, cuts=cuts, whole=whole)

    def uncut(self) -> Person:
        """The same before any edge was cut."""
        return self.whole or self

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
            else:
                weight = np.where(counts[:, None] > 0, np.array([item.likelihood]), 1.0)
                likelihood[node] = likelihood.get(node, 1.0) * weight
        if self.cuts:
            place_of = {node: place for place, node in enumerate(self.nodes)}
            for cut in self.cuts:
                place = place_of.get(cut.child)  # a link's message stands whatever is left out
                counts = included[:, place] if place is not None else np.ones(1)
                _multiply(likelihood, cut.parent, np.where(counts > 0, cut.odds, 1.0))
        if self.quiet is None:
            return Weights(likelihood, absent)
        for node, factor in self._folded(included).items():
            _multiply(likelihood, node, factor)
        return Weights(likelihood, {})

    def _folded(self, included: Array) -> dict[int, Array]:
        """Weights on causes from absent items, quiet links folded."""
        network, found = self.network, dict[int, Array]()
        for place, node in enumerate(self.nodes):
            counts = included[:, place]
            if self.folds(place):
                for parent, edge in network.parents[node]:
                    lost = 1 - network.activation[:, edge]
                    found[parent] = found.get(parent, 1.0) * np.where(counts > 0, lost, 1.0)
        return fold(network, self.quiet or (), found)


def _multiply(likelihood: dict[int, Array], node: int, odds: Array) -> None:
    weight = np.stack([np.ones_like(odds), odds], axis=1)
    likelihood[node] = likelihood.get(node, 1.0) * weight


def person_of(
    knowledge: Knowledge,
    case: Case,
    *,
    draws: int = 0,
    seed: int = 0,
    evidence: Evidence | None = None,
) -> Person:
    """Build the network of one person.

    Parameters
    ----------
    knowledge
        The knowledge.
    case
        The person.
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
            template.multipliers(
                item.finding, item.state == "present", item.level, item.side, values
            )
            if item.finding in knowledge.traits
            else {}
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
    return Person(
        knowledge, case, network, evidence.items, tuple(nodes), tuple(multipliers), evidence.issues
    )


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
    rows = leak.shape[0]
    fires = np.concatenate(
        [np.zeros((rows, 0)), *((1 - kept[one])[:, None] for one in kept)], axis=1
    )
    return list(kept), np.clip(none, SMALLEST, LARGEST), np.clip(fires, SMALLEST, LARGEST)
