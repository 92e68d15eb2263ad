"""Which paths fired: from a condition or exposure, over links, to a painful site.

The probability that one edge fired comes from the posterior's own backward pass. That of a
longer path is at most that of its least probable edge; where this bound is not negligible
already, the path is evaluated exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from kinechain.inference.elimination import TableTooLarge
from kinechain.inference.explains import Tracker
from kinechain.inference.loosening import gate_belief
from kinechain.inference.person import Person

NEGLIGIBLE = 1e-2
"""Longer paths of which some edge fired less probably than this are left out."""

LARGE = 2_000_000
"""Table entries from which on a case is so large that only the main paths are evaluated."""

NEGLIGIBLE_IF_LARGE = 0.03


@dataclass(frozen=True)
class Path:
    """A way from an origin to a painful site.

    Attributes
    ----------
    nodes
        From the origin to the site.
    fired
        Probability that every edge of it fired.
    """

    nodes: tuple[int, ...]
    fired: float


@dataclass(frozen=True)
class SiteAttribution:
    """Where the pain at one site comes from.

    Attributes
    ----------
    item
        Place of the site among the person's evidence items.
    paths
        The paths, the most probable first.
    unexplained
        Probability that no path from anything modelled fired.
    exact
        Whether it is; otherwise it is the probability that no edge at the site itself
        fired, which leaves out links that came on by themselves.
    left_out
        For nodes from which further, improbable paths start or pass: the sum of the
        probabilities of the edges at which these were left, which bounds them together.
    """

    item: int
    paths: tuple[Path, ...]
    unexplained: float
    exact: bool = True
    left_out: Mapping[int, float] = field(default_factory=dict[int, float])

    def responsibilities(self) -> list[float]:
        """Share of each path; with `unexplained` they sum to one."""
        total = sum(path.fired for path in self.paths)
        if total <= 0:
            return [0.0 for _ in self.paths]
        return [path.fired / total * (1 - self.unexplained) for path in self.paths]


def attribute(
    person: Person, tracker: Tracker, *, negligible: float | None = None
) -> tuple[SiteAttribution, ...]:
    """Attribute the pain at each site to the paths that lead there.

    Parameters
    ----------
    person
        Network and evidence, with one set of parameters.
    tracker
        The evaluated network of the same person and evidence.
    negligible
        Paths of several edges are left out when one of their edges is less probable; by
        default `NEGLIGIBLE`, or more where the tables are large.

    Returns
    -------
    tuple of SiteAttribution
        One for each painful site, in the order of the person's items.
    """
    graph = person.knowledge.graph.nodes
    starts = [place for place, node in enumerate(graph) if node.kind in ("condition", "trait")]
    large = tracker.assembly.plan.total > LARGE
    if negligible is None:
        negligible = NEGLIGIBLE_IF_LARGE if large else NEGLIGIBLE
    result: list[SiteAttribution] = []
    cut = _cut_edges(person, tracker)
    edges = dict(cut)
    for place, item in enumerate(person.items):
        if not item.complaint:
            continue
        site = person.nodes[place]
        if not person.uncut().network.parents[site]:  # nothing in the knowledge causes it
            result.append(SiteAttribution(place, (), 1.0))
            continue
        left_out: dict[int, float] = {}
        found = [
            Path(nodes, edges[nodes] if len(nodes) == 2 else _chance(tracker, nodes, cut))
            for nodes in _paths(person, tracker, (site,), edges, negligible, left_out)
        ]
        found.sort(key=lambda path: (-path.fired, path.nodes))
        unexplained, exact = _unexplained(person, tracker, starts, site, large)
        result.append(
            SiteAttribution(
                place,
                tuple(found),
                unexplained,
                exact,
                _upstream(person, left_out),
            )
        )
    return tuple(result)


def _unexplained(
    person: Person, tracker: Tracker, starts: list[int], site: int, large: bool
) -> tuple[float, bool]:
    """Probability that no path fired, and whether it is exact but for the edges that were cut.

    The copy of a cause that was folded into a gate's leak counts as a cause; a link of which
    nothing but copies is left counts as one itself.
    """
    missed: dict[int, float] = {}
    for one in person.cuts:
        fires = one.cause * float(person.network.activation[0, one.edge])
        missed[one.child] = missed.get(one.child, 1.0) * (1 - fires)
    leak, whole = person.network.leak[0, site], person.uncut().network.leak[0, site]
    own = float(whole * missed.get(site, 1.0) / leak)  # of its leak, what is no copy
    if site not in tracker.assembly.end_table:  # all its edges were cut
        return own, False
    bare = [node for node in missed if not person.network.parents[node]]
    with suppress(TableTooLarge):
        if not large:
            return float(1 - tracker.explains([*starts, *bare], [site], missed)[0]), True
    return float(tracker.alone(site)[0]) * own, False


def _cut_edges(person: Person, tracker: Tracker) -> dict[tuple[int, int], float]:
    """Probability that each edge which was cut fired: its copy did, and the child is on."""
    found: dict[tuple[int, int], float] = {}
    for cut in person.cuts:
        fires = cut.cause * float(person.network.activation[0, cut.edge])
        alone, tied = gate_belief(tracker.assembly, tracker.run, cut.child)
        found[cut.parent, cut.child] = float(np.clip(fires * alone / (alone + tied), 0, 1))
    return found


def _paths(
    person: Person,
    tracker: Tracker,
    tail: tuple[int, ...],
    edges: dict[tuple[int, int], float],
    negligible: float,
    left_out: dict[int, float],
) -> Iterator[tuple[int, ...]]:
    """Paths that end in `tail`, walked upwards over edges that may have fired."""
    graph = person.knowledge.graph.nodes
    head = tail[0]
    for parent, _ in person.uncut().network.parents[head]:
        if graph[parent].kind == "tendency":
            continue
        edge = (parent, head)
        if edge not in edges:
            fired = tracker.assembly.fired(tracker.run, *edge)[0]
            edges[edge] = float(np.clip(fired, 0, 1))
        if len(tail) > 1 and edges[edge] < negligible:
            left_out[parent] = left_out.get(parent, 0.0) + edges[edge]
            continue
        if graph[parent].kind in ("condition", "trait"):
            yield (parent, *tail)
        if edges[edge] < negligible:
            for other, _ in person.uncut().network.parents[parent]:
                left_out[other] = left_out.get(other, 0.0) + edges[edge]
        elif graph[parent].kind in ("condition", "link"):
            yield from _paths(person, tracker, (parent, *tail), edges, negligible, left_out)


def _upstream(person: Person, left_out: Mapping[int, float]) -> dict[int, float]:
    """What was left out, summed for every node from which it can come."""
    found: dict[int, float] = {}
    for node, chance in left_out.items():
        for cause in person.uncut().network.ancestors([node]):
            found[cause] = found.get(cause, 0.0) + chance
    return found


def _chance(
    tracker: Tracker, nodes: tuple[int, ...], cut: Mapping[tuple[int, int], float]
) -> float:
    """Probability that every edge of a path fired.

    A path over edges that were cut falls into pieces; each follows the one before it as if it
    depended on nothing but the node where they meet.
    """
    chance, piece = 1.0, [nodes[0]]
    for parent, child in pairwise(nodes):
        if (parent, child) in cut:
            chance *= _piece(tracker, tuple(piece), first=piece[0] == nodes[0])
            chance *= cut[parent, child] / max(_present(tracker, parent), 1e-12)
            piece = [child]
        else:
            piece.append(child)
    if len(piece) > 1 or piece[0] == nodes[0]:
        chance *= _piece(tracker, tuple(piece), first=piece[0] == nodes[0])
    return float(np.clip(chance, 0, 1))


def _piece(tracker: Tracker, nodes: tuple[int, ...], *, first: bool) -> float:
    """Probability of a piece; given its first node, unless the path begins there."""
    before = 1.0 if first else max(_present(tracker, nodes[0]), 1e-12)
    if len(nodes) == 1:
        return _present(tracker, nodes[0]) / before
    return float(tracker.path(nodes)[0]) / before


def _present(tracker: Tracker, node: int) -> float:
    return float(tracker.assembly.marginals(tracker.run, [node])[0, 0])
