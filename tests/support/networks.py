"""Random noisy-OR networks and evidence on them."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from kinechain.domain.case import Case
from kinechain.domain.concepts import Prior
from kinechain.domain.estimate import Estimate
from kinechain.inference.evidence import Item
from kinechain.inference.network import Network, Weights
from kinechain.inference.person import Person
from kinechain.knowledge.graph import Edge, Graph, Node

ABSENT, PRESENT = (1.0, 0.0), (0.0, 1.0)

chances = st.floats(0.002, 0.98)
ratios = st.floats(0.05, 20).map(lambda ratio: (1.0, ratio))
likelihoods = st.one_of(st.sampled_from([ABSENT, PRESENT, PRESENT]), ratios)


@dataclass(frozen=True)
class Problem:
    """A network and what was observed on it.

    Attributes
    ----------
    likelihood
        Weights (absent, present) of each observed node.
    absent
        Childless nodes of `likelihood` that are handed over as plain absences.
    """

    network: Network
    likelihood: dict[int, tuple[float, float]]
    absent: tuple[int, ...]

    @property
    def weighted(self) -> tuple[int, ...]:
        return tuple(node for node in self.likelihood if node not in self.absent)

    def weights(self, counts: np.ndarray | None = None) -> Weights:
        """Weights with one row per row of `counts`, zeros and ones over the observed nodes."""
        if counts is None:
            counts = np.ones((1, len(self.likelihood)))
        likelihood, absent = {}, {}
        for count, (node, pair) in zip(counts.T, self.likelihood.items(), strict=True):
            if node in self.absent:
                absent[node] = count
            else:
                likelihood[node] = np.where(count[:, None] > 0, np.array([pair]), 1.0)
        return Weights(likelihood, absent)

    def counted(self, row: np.ndarray) -> dict[int, tuple[float, float]]:
        """The evidence that counts in one row."""
        return {
            node: pair
            for count, (node, pair) in zip(row, self.likelihood.items(), strict=True)
            if count
        }


def childless(network: Network) -> list[int]:
    """The nodes that cause nothing."""
    causes = {parent for pairs in network.parents for parent, _ in pairs}
    return [node for node in range(network.size) if node not in causes]


@st.composite
def networks(
    draw: st.DrawFn,
    smallest: int = 1,
    largest: int = 14,
    edges: int = 99,
    in_degree: int = 4,
    draws: int = 1,
    sure: bool = False,
    ends: int = 1,
) -> Network:
    """Any network, causes before effects; the last `ends` nodes cause nothing.

    With `sure`, figures may be zero or one.
    """
    size = draw(st.integers(smallest, largest))
    parents: list[tuple[tuple[int, int], ...]] = []
    count = 0
    for node in range(size):
        causes = min(node, size - ends)
        most = min(causes, in_degree, edges - count)
        number = most - draw(st.integers(0, most))  # random integers are often zero
        chosen = draw(st.permutations(range(causes)))[:number] if number else []
        parents.append(tuple((parent, count + place) for place, parent in enumerate(chosen)))
        count += number
    figure = st.one_of(chances, st.sampled_from([0.0, 1.0])) if sure else chances
    number = draws * (size + count)
    values = draw(st.lists(figure, min_size=number, max_size=number))
    table = np.array(values).reshape(draws, size + count)
    return Network(tuple(parents), table[:, :size], table[:, size:])


@st.composite
def problems(
    draw: st.DrawFn,
    smallest: int = 1,
    largest: int = 14,
    edges: int = 99,
    draws: int = 1,
    sure: bool = False,
) -> Problem:
    """A network with hard and soft evidence on some nodes."""
    network = draw(networks(smallest, largest, edges, draws=draws, sure=sure))
    number = network.size - draw(st.integers(0, network.size))
    nodes = draw(st.permutations(range(network.size)))[:number]
    likelihood = {node: draw(likelihoods) for node in nodes}
    foldable = [node for node in childless(network) if likelihood.get(node) == ABSENT]
    absent = tuple(node for node in foldable if draw(st.booleans()))
    return Problem(network, likelihood, absent)


@st.composite
def persons(draw: st.DrawFn, largest: int = 7, edges: int = 10) -> Person:
    """A person on a small network: traits, conditions, links, findings, and some complaints.

    The knowledge behind it holds a graph and nothing else.
    """
    network = draw(networks(4, largest, edges, in_degree=3, ends=draw(st.integers(1, 3))))
    ends = [node for node in childless(network) if network.parents[node]]
    kinds: list[str] = []
    for node, pairs in enumerate(network.parents):
        if node in ends[-1:]:
            kinds.append("site")
        elif node in ends:
            kinds.append(draw(st.sampled_from(["site", "site", "finding"])))
        elif pairs:
            kinds.append(draw(st.sampled_from(["link", "condition"])))
        else:
            kinds.append(draw(st.sampled_from(["condition", "condition", "trait", "link"])))
    observed: dict[int, tuple[float, float]] = {}
    for node, kind in enumerate(kinds):
        if node in ends[-1:]:
            observed[node] = PRESENT
        elif kind == "site":
            observed[node] = draw(st.sampled_from([PRESENT, ABSENT]))
        elif draw(st.integers(0, 2)) == 0:
            observed[node] = draw(likelihoods)
    return person_on(network, kinds, observed)


def person_on(
    network: Network, kinds: list[str], observed: dict[int, tuple[float, float]]
) -> Person:
    """A person whose knowledge is the bare graph of `network`; present sites are complaints."""
    nodes = tuple(
        Node(f"{kind}_{place}", f"{kind}_{place}", kind, None, None)
        for place, kind in enumerate(kinds)
    )
    edges = tuple(
        Edge(parent, child, 0) for child, pairs in enumerate(network.parents) for parent, _ in pairs
    )
    figure = Estimate(value=0.5, low=0.4, high=0.6, basis="judgement", reason="invented")
    prior = Prior(base=figure)
    knowledge: Any = SimpleNamespace(
        version="a bare graph",
        graph=Graph(nodes, edges, (figure,), (False,)),
        conditions={
            node.id: SimpleNamespace(id=node.id, prior=prior, danger=None)
            for node in nodes
            if node.kind == "condition"
        },
        traits={},
        links={},
        findings={
            node.id: SimpleNamespace(leak=figure, leak_by_age=(), only_with_pain=())
            for node in nodes
            if node.kind == "finding"
        },
        sites={},
        settings={},
        concept=lambda name: SimpleNamespace(burden=0, label=name),
    )
    items = tuple(
        Item(
            nodes[node].id,
            nodes[node].id,
            nodes[node].template,
            (node,),
            pair,
            "absent" if pair == ABSENT else "present",
            None,
            complaint=kinds[node] == "site" and pair == PRESENT,
            group="one" if node % 3 else "other",
        )
        for node, pair in observed.items()
    )
    return Person(
        knowledge, Case(id="random"), network, items, tuple(observed), tuple({} for _ in items), ()
    )
