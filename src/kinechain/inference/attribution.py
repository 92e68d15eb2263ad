"""Which paths fired: from a condition or exposure, over links, to a painful site.

The probability that one edge fired comes from the posterior's own backward pass. For a
longer path the last edges are taken as fired (their gates replaced by one, the nodes on
them present) and the same pass, one row per such tail, yields the first edge of every path
that ends in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinechain.inference.explains import Tracker
from kinechain.inference.network import Array, Weights
from kinechain.inference.person import Person


@dataclass(frozen=True)
class Path:
    """A way from an origin to a painful site.

    Attributes
    ----------
    nodes
        From the origin to the site.
    fired
        Probability that every edge of it fired, shape ``(B,)``.
    """

    nodes: tuple[int, ...]
    fired: Array


@dataclass(frozen=True)
class SiteAttribution:
    """Where the pain at one site comes from.

    Attributes
    ----------
    item
        Place of the site among the person's evidence items.
    paths
        All paths, the most probable first.
    unexplained
        Probability that no path from anything modelled fired, shape ``(B,)``.
    """

    item: int
    paths: tuple[Path, ...]
    unexplained: Array

    def responsibilities(self) -> list[float]:
        """Share of each path; with `unexplained` they sum to one."""
        total = sum(float(path.fired.mean()) for path in self.paths)
        explained = 1 - float(self.unexplained.mean())
        return [
            float(path.fired.mean()) / total * explained if total > 0 else 0.0
            for path in self.paths
        ]


@dataclass(frozen=True)
class _Tail:
    """Fired edges from a link down to a site: nodes, head first."""

    nodes: tuple[int, ...]
    strength: Array  # product of the activations on it, (B,)


def _tails(person: Person, site: int) -> list[_Tail]:
    """All chains of carriers that end at the site; the first is the site itself."""
    graph = person.knowledge.graph.nodes
    network = person.network
    found = [_Tail((site,), np.ones(network.activation.shape[0]))]
    for tail in found:  # grows while it is walked
        for parent, edge in network.parents[tail.nodes[0]]:
            if graph[parent].kind in ("link", "condition") and _has_causes(person, parent):
                found.append(_Tail((parent, *tail.nodes),
                                   tail.strength * network.activation[:, edge]))
    return found


def _has_causes(person: Person, node: int) -> bool:
    graph = person.knowledge.graph.nodes
    return any(graph[parent].kind != "tendency" for parent, _ in person.network.parents[node])


def attribute(person: Person, tracker: Tracker) -> tuple[SiteAttribution, ...]:
    """Attribute the pain at each site to the paths that lead there.

    Parameters
    ----------
    person
        Network and evidence, with one set of parameters.
    tracker
        The evaluated network of the same person and evidence.

    Raises
    ------
    TableTooLarge
        When exact elimination would need a larger table.
    """
    places = [place for place, item in enumerate(person.items) if item.complaint]
    tails = [(place, tail) for place in places for tail in _tails(person, person.nodes[place])]
    if not tails:
        return ()
    fired = _fired(person, tails, tracker)
    graph = person.knowledge.graph.nodes
    starts = [place for place, node in enumerate(graph) if node.kind in ("condition", "trait")]
    result: list[SiteAttribution] = []
    for place in places:
        paths = [path for owner, path in fired if owner == place]
        paths.sort(key=lambda path: (-float(path.fired.mean()), path.nodes))
        unexplained = 1 - tracker.explains(starts, [person.nodes[place]])
        result.append(SiteAttribution(place, tuple(paths), unexplained))
    return tuple(result)


def _fired(
    person: Person, tails: list[tuple[int, _Tail]], tracker: Tracker
) -> list[tuple[int, Path]]:
    """Probability of every path, by one backward pass with a row for each tail."""
    network, graph = person.network, person.knowledge.graph.nodes
    base = person.weights()
    likelihood = {node: np.repeat(weight, len(tails), axis=0)
                  for node, weight in base.likelihood.items()}
    settled: dict[int, np.ndarray[tuple[int], np.dtype[np.bool_]]] = {}
    for row, (_, tail) in enumerate(tails):
        likelihood[tail.nodes[-1]][row] = (1.0, 1.0)
        for node in tail.nodes[:-1]:
            settled.setdefault(node, np.zeros(len(tails), bool))[row] = True
    assembly = tracker.assembly
    run = assembly.run(Weights(likelihood, base.absent, settled))
    found: list[tuple[int, Path]] = []
    for row, (owner, tail) in enumerate(tails):
        head = tail.nodes[0]
        for parent, edge in network.parents[head]:
            if graph[parent].kind not in ("condition", "trait"):
                continue
            belief = run.pair_belief(assembly.edge_table[parent, head])
            here = belief[row if belief.shape[0] > 1 else 0]
            total = here.sum()
            share = here[0, 1] / total if total else np.nan
            chance = tail.strength * network.activation[:, edge] * share * run.z[row] / tracker.run.z
            found.append((owner, Path((parent, *tail.nodes), np.maximum(chance, 0.0))))
    return found

