"""Exact answers by enumeration: slow, and too plain to be wrong in the same way."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from kinechain.inference.network import Network

Array = np.ndarray


class States:
    """The joint distribution over the states of all nodes, multiplied out.

    Attributes
    ----------
    present
        For each node, in which states it is present, boolean ``(2 ** nodes,)``.
    weight
        Probability of each state, times the likelihood of the evidence.
    """

    def __init__(
        self, network: Network, likelihood: Mapping[int, tuple[float, float]], draw: int = 0
    ) -> None:
        codes = np.arange(1 << network.size)
        self.present = [codes >> node & 1 == 1 for node in range(network.size)]
        self.weight = np.ones(len(codes))
        for node, pairs in enumerate(network.parents):
            none = np.full(len(codes), 1 - network.leak[draw, node])
            for parent, edge in pairs:
                none[self.present[parent]] *= 1 - network.activation[draw, edge]
            self.weight *= np.where(self.present[node], 1 - none, none)
        for node, (absent, present) in likelihood.items():
            self.weight *= np.where(self.present[node], present, absent)

    @property
    def z(self) -> float:
        """Probability of the evidence."""
        return float(self.weight.sum())

    def chance(self, node: int) -> float:
        """Posterior probability that the node is present."""
        return float(self.weight[self.present[node]].sum() / self.weight.sum())


class Firings:
    """All combinations of which edges would fire and which nodes come up by themselves.

    Attributes
    ----------
    present, fired
        By node, and by (parent, child): in which worlds it is present, or has fired.
    weight
        Probability of each world, times the likelihood of the evidence.
    """

    def __init__(self, network: Network, likelihood: Mapping[int, tuple[float, float]]) -> None:
        edges = network.activation.shape[1]
        codes = np.arange(1 << (network.size + edges))
        own = [codes >> node & 1 == 1 for node in range(network.size)]
        able = [codes >> (network.size + edge) & 1 == 1 for edge in range(edges)]
        self.network = network
        self.weight = np.ones(len(codes))
        for bit, chance in [
            *zip(own, network.leak[0], strict=True),
            *zip(able, network.activation[0], strict=True),
        ]:
            self.weight *= np.where(bit, chance, 1 - chance)
        self.present: list[Array] = []
        self.fired: dict[tuple[int, int], Array] = {}
        for node, pairs in enumerate(network.parents):
            here = own[node]
            for parent, edge in pairs:
                self.fired[parent, node] = able[edge] & self.present[parent]
                here = here | self.fired[parent, node]
            self.present.append(here)
        for node, (absent, present) in likelihood.items():
            self.weight *= np.where(self.present[node], present, absent)

    def chance(self, event: Array) -> float:
        """Posterior probability of an event."""
        return float(self.weight[event].sum() / self.weight.sum())

    def path(self, nodes: Sequence[int]) -> float:
        """Posterior probability that all edges of a path fired."""
        steps = [self.fired[pair] for pair in itertools.pairwise(nodes)]
        return self.chance(np.logical_and.reduce(steps))

    def reaches(self, sources: Iterable[int], ends: Iterable[int]) -> float:
        """Posterior probability that fired edges lead from a source to an end."""
        wanted = set(sources)
        reached: list[Array] = []
        for node, pairs in enumerate(self.network.parents):
            here = self.present[node] & (node in wanted)
            for parent, _ in pairs:
                here = here | self.fired[parent, node] & reached[parent]
            reached.append(here)
        return self.chance(np.logical_or.reduce([reached[end] for end in ends]))


def all_paths(network: Network, starts: Iterable[int], end: int) -> set[tuple[int, ...]]:
    """Every path of edges from one of `starts` to `end`."""
    wanted = set(starts)
    found: set[tuple[int, ...]] = set()

    def climb(path: tuple[int, ...]) -> None:
        for parent, _ in network.parents[path[0]]:
            longer = (parent, *path)
            if parent in wanted:
                found.add(longer)
            climb(longer)

    climb((end,))
    return found


def entropy(chance: float) -> float:
    """Entropy of a yes-or-no matter, in bits."""
    return -sum(part * np.log2(part) for part in (chance, 1 - chance) if part > 0)


def log_odds(chance: float) -> float:
    """Natural logarithm of the odds."""
    return float(np.log(chance) - np.log1p(-chance))
