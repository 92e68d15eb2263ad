"""Probability that a condition explains a complaint: that a fired path leads there from it.

A condition *explains* when it is present and at least one path of fired edges runs from it
to a pain that the person comes for. The complement, "present or not, but no such path", is
one more sum of products. Along every node that can carry a path a third state is kept:

    0  absent      1  present, not reached from the source      2  reached from the source

A noisy-OR gate over such parents has three outcomes. With ``A`` the product of ``1 - a``
over parents through which the source is felt (the source itself, or a node in state 2) and
``B`` the same over the other present parents and the leak,

    P(2) = 1 - A,    P(1) = A - A B,    P(0) = A B,

so an auxiliary variable with the three values ``1, A, A B`` makes it pairwise again; for a
complaint, "present, yet not reached" is ``A - A B``. Only the tables along the source's own
paths differ from the posterior's, so only the buckets that these touch are worked off again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from kinechain.inference.elimination import Run, Table
from kinechain.inference.network import Array, Assembly, Weights


class Tracker:
    """Asks, of one evaluated network, whether fired paths lead from sources to complaints.

    Parameters
    ----------
    assembly, run, weights
        The pairwise network, its forward pass and the evidence that this was run with.
    """

    def __init__(self, assembly: Assembly, run: Run, weights: Weights) -> None:
        self.assembly = assembly
        self.run = run
        self.network = assembly.network
        self._weights = weights
        unary = assembly.unary(weights)
        self._third = np.concatenate([unary, unary[:, :, 1:]], axis=2)
        self._gate_place = {
            node: len(assembly.nodes) + place for place, node in enumerate(assembly.gates)
        }

    def explains(
        self,
        sources: Iterable[int],
        complaints: Sequence[int],
        copies: Mapping[int, float] | None = None,
    ) -> Array:
        """Probability that a fired path leads from some source to some complaint.

        Parameters
        ----------
        sources
            Nodes from which a path may start.
        complaints
            Observed nodes without children at which it must end.
        copies
            For gates with causes folded into their leak (`loosening`) that count as sources:
            the probability that none of these fired.

        Returns
        -------
        ndarray of shape (B,)

        Raises
        ------
        TableTooLarge
            When a table would exceed the plan's limit.
        """
        start, end = frozenset(sources), frozenset(complaints)
        reached = self._reached(start, end)
        if not reached & end:
            return np.zeros(self.run.z.shape)
        carriers = reached - end
        tables = self._edges(start, carriers, end)
        for node in carriers:
            tables[self.assembly.variable[node]] = self._third[:, self.assembly.variable[node]]
            missed = (copies or {}).get(node, 1.0)
            tables[self._gate_place[node]] = self._gate(node, node in start, missed)
        for node in end & (copies or {}).keys():
            weights = self.assembly.end_weights(node, self._weights)
            missed = (copies or {})[node]
            tables[self.assembly.end_table[node]] = weights * np.array([missed, 1.0])
        cards = {self.assembly.variable[node]: 3 for node in carriers}
        cards |= {self.assembly.auxiliary[node]: 3 for node in carriers}
        chance = 1 - self.run.ratio(tables, cards)
        return np.where(np.abs(chance) < 1e-9, np.maximum(chance, 0), chance)

    def path(self, nodes: Sequence[int]) -> Array:
        """Probability that every edge along `nodes` fired, shape ``(B,)``.

        The first node is present, and each later one is taken to be switched on by the
        one before it: its gate is replaced by one at "present".
        """
        assembly = self.assembly
        strength: Array = np.ones(1)
        first = assembly.variable[nodes[0]]
        unary = self._third[:, first, :2]
        tables = {first: unary * np.array([0.0, 1.0])}
        for parent, child in pairwise(nodes):
            edge = next(edge for other, edge in self.network.parents[child] if other == parent)
            strength = strength * self.network.activation[:, edge]
            if child in self._gate_place:
                tables[self._gate_place[child]] = np.array([[[0.0, 1.0], [0.0, 0.0]]])
            else:
                tables[assembly.end_table[child]] = np.array([[1.0, 0.0]])
        return strength * self.run.ratio(tables, {})

    def alone(self, end: int) -> Array:
        """Probability that an observed node was switched on by nothing but its own leak."""
        leak = self.network.leak[:, end]
        only = np.stack([np.zeros_like(leak), leak], axis=1)
        return self.run.ratio({self.assembly.end_table[end]: only}, {})

    def _reached(self, start: frozenset[int], end: frozenset[int]) -> frozenset[int]:
        """Nodes on a path from the sources to the complaints, the sources' own left out."""
        upstream = self.network.ancestors(end)
        found: set[int] = set()
        for node in sorted(upstream):  # unions of sites come last, and have no children
            if any(parent in start or parent in found for parent, _ in self.network.parents[node]):
                found.add(node)
        return frozenset(found)

    def _gate(self, node: int, is_source: bool, missed: float = 1.0) -> Table:
        """Rows: the auxiliary variable's values 1, A, A B; columns: states 0, 1, 2."""
        free = 1 - self.network.leak[:, node]
        gate = np.zeros((free.shape[0], 3, 3))
        gate[:, 2, 0] = free
        gate[:, 0, 2] = 1
        if is_source:  # whoever switched it on, it is where a path may start
            gate[:, 2, 2] = -free
        else:
            gate[:, 1, 1] = missed
            gate[:, 2, 1] = -free
            gate[:, 1, 2] = -missed
        return gate

    def _edges(
        self, start: frozenset[int], carriers: frozenset[int], end: frozenset[int]
    ) -> dict[int, Table]:
        """New tables of the edges at sources, carriers and complaints."""
        tables: dict[int, Table] = {}
        for parent, child, edge in self.assembly.edges:
            carries, three = parent in carriers, child in carriers
            tells = three or child in end
            felt = parent in start and tells
            if not (carries or three or felt):
                continue
            kept = 1 - self.network.activation[:, edge]
            table = np.ones((kept.shape[0], 3 if three else 2, 3 if carries else 2))
            table[:, -1, 1:] = kept[:, None]
            middle = 1 if three else 0
            if tells and carries:
                table[:, middle, 2] = kept
            elif felt:
                table[:, middle, 1] = kept
            tables[self.assembly.first_edge + self.assembly.edge_place[edge]] = table
        return tables
