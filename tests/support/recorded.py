"""Exact answers about a person by enumeration, from the definition of each item."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from kinechain.inference.figures import LARGEST, SMALLEST
from kinechain.inference.person import Person

Array = np.ndarray


def item_factor(person: Person, place: int, present: Mapping[int, Array], draw: int = 0) -> Array:
    """Weight of one item in every state.

    An item says of its members that at least one is present, or that none is. A diagnosis
    without its level or side says so nearly for sure.
    """
    item = person.items[place]
    kinds = {person.knowledge.graph.nodes[node].kind for node in item.members}
    union = len(item.members) > 1 and not kinds & {"finding", "site"}
    none = np.ones(len(present[item.members[0]]))
    for node in item.members:
        none[present[node]] *= 1 - LARGEST if union else 0.0
    none *= 1 - SMALLEST if union else 1.0
    factor = item.likelihood[0] * none + item.likelihood[1] * (1 - none)
    for node, odds in person.multipliers[place].items():
        factor = factor * np.where(present[node], odds[draw], 1.0)
    return factor


class Recorded:
    """All states of the nodes of the bare graph that matter to a person.

    Parameters
    ----------
    person
        The person; of the network only the figures of the graph's own nodes are read.
    keep
        Further nodes whose probability is wanted.
    draw
        Row of the figures.
    """

    def __init__(self, person: Person, keep: Iterable[int] = (), draw: int = 0) -> None:
        network = person.network
        wanted = {node for item in person.items for node in item.members}
        wanted |= {*person.conditions, *keep}
        for node in range(len(person.knowledge.graph.nodes) - 1, -1, -1):
            if node in wanted:
                wanted.update(parent for parent, _ in network.parents[node])
        self.person, self.draw = person, draw
        codes = np.arange(1 << len(wanted), dtype=np.int32)
        self.present = {node: codes >> place & 1 == 1 for place, node in enumerate(sorted(wanted))}
        self.free = np.ones(len(codes))
        for node in self.present:
            on = self.gate(node)
            self.free *= np.where(self.present[node], on, 1 - on)
        self.factors = [
            item_factor(person, place, self.present, draw) for place in range(len(person.items))
        ]
        self.weight = self.weighed(range(len(person.items)))

    def gate(self, node: int) -> Array:
        """Probability that the node is present given its causes' states."""
        network = self.person.network
        none = np.full(len(self.present[node]), 1 - network.leak[self.draw, node])
        for parent, edge in network.parents[node]:
            none[self.present[parent]] *= 1 - network.activation[self.draw, edge]
        return 1 - none

    def weighed(self, places: Iterable[int]) -> Array:
        """Weight of every state when only the items at `places` are known."""
        weight = self.free
        for place in places:
            weight = weight * self.factors[place]
        return weight

    def chance(self, nodes: Iterable[int], weight: Array | None = None) -> float:
        """Probability that at least one of the nodes is present."""
        weight = self.weight if weight is None else weight
        some = np.logical_or.reduce([self.present[node] for node in nodes])
        return float(weight[some].sum() / weight.sum())

    def fired(self, parent: int, child: int) -> Array:
        """Probability that an edge fired, given the states of all nodes."""
        pairs = dict(self.person.network.parents[child])
        if parent not in pairs:
            return np.zeros(len(self.free))
        chance = self.person.network.activation[self.draw, pairs[parent]] / self.gate(child)
        return np.where(self.present[parent] & self.present[child], chance, 0.0)

    def path(self, nodes: Sequence[int], ends: Iterable[int]) -> float:
        """Probability that all edges along `nodes`, and one from the last to an end, fired."""
        chance = self.weight / self.weight.sum()
        for parent, child in itertools.pairwise(nodes):
            chance = chance * self.fired(parent, child)
        idle = np.ones(len(chance))
        for end in ends:
            idle = idle * (1 - self.fired(nodes[-1], end))
        return float((chance * (1 - idle)).sum())


def reaches(person: Person, sources: Iterable[int], complaints: Iterable[int]) -> float:
    """Probability that fired edges lead from a source to a member of some complaint.

    Each node is absent, present, or present and reached; the distribution over these is
    carried from causes to effects, one node after the other.

    Parameters
    ----------
    complaints
        Places of the complaints among the person's items.
    """
    network, start = person.network, set(sources)
    ends = {node for place in complaints for node in person.items[place].members}
    upstream = network.ancestors(ends)
    due: dict[int, list[int]] = {}
    for place, item in enumerate(person.items):
        due.setdefault(max(item.members + tuple(person.multipliers[place])), []).append(place)
    nodes = sorted(
        network.ancestors(
            {node for item in person.items for node in item.members}
            | {node for one in person.multipliers for node in one}
        )
    )
    present: dict[int, Array] = {}
    reached: dict[int, Array] = {}
    weight = np.ones(1)
    for node in nodes:
        unreached, plain = np.ones(len(weight)), np.full(len(weight), 1 - network.leak[0, node])
        for parent, edge in network.parents[node]:
            felt = reached[parent]
            unreached[felt] *= 1 - network.activation[0, edge]
            plain[present[parent] & ~felt] *= 1 - network.activation[0, edge]
        none = unreached * plain
        here = (1 - none if node in start else 1 - unreached) * (node in upstream)
        weight = (weight[:, None] * np.stack([none, 1 - none - here, here], axis=1)).ravel()
        state = np.tile([0, 1, 2], len(none))
        present = {other: np.repeat(values, 3) for other, values in present.items()}
        reached = {other: np.repeat(values, 3) for other, values in reached.items()}
        present[node], reached[node] = state > 0, state == 2
        for place in due.get(node, ()):
            weight = weight * item_factor(person, place, present)
        kept = weight > 0
        present = {other: values[kept] for other, values in present.items()}
        reached = {other: values[kept] for other, values in reached.items()}
        weight = weight[kept]
    led = np.logical_or.reduce([reached[node] for node in ends])
    return float(weight[led].sum() / weight.sum())
