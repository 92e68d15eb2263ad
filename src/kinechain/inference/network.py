"""A noisy-OR network over binary nodes, and its pairwise rank-2 form.

Every node is a noisy-OR of its parents: it is absent with probability
``(1 - leak) * prod(1 - activation_i) ** x_i``. Written with one two-valued auxiliary
variable ``u`` the gate becomes a sum of two products,

    P(x = 1 | parents) = 1 * prod(1) - (1 - leak) * prod(1 - activation_i) ** x_i,

each factor of which touches one parent only, so the network is pairwise and its tables
stay small [1]_. Likelihood on a node enters the same way: weights ``(absent, present)``
turn the gate into ``present + (absent - present) * prod(...)``. A finding that is merely
absent needs no auxiliary variable: its product folds into the weights of its causes.

References
----------
.. [1] P. Savicky, J. Vomlel, Exploiting tensor rank-one decomposition in probabilistic
   inference, Kybernetika 43 (2007) 747-764.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from kinechain.inference.elimination import Plan, Run, Table, TableTooLarge
from kinechain.inference.order import TooWide, elimination_order, quick_order

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Network:
    """Structure and weights of a noisy-OR network; causes come before their effects.

    Attributes
    ----------
    parents
        For each node its (parent, edge) pairs.
    leak
        Probability of each node without any parent, shape ``(B, nodes)``.
    activation
        Probability that an edge fires when its parent is present, shape ``(B, edges)``.
        The leading axis holds draws of the parameters; ``B`` is one for point values.
    """

    parents: tuple[tuple[tuple[int, int], ...], ...]
    leak: Array
    activation: Array

    @property
    def size(self) -> int:
        """Number of nodes."""
        return len(self.parents)

    @property
    def rows(self) -> int:
        """Number of parameter draws."""
        return max(self.leak.shape[0], self.activation.shape[0])

    def part(self, start: int, stop: int) -> Network:
        """The same network with some of the draws."""
        return replace(
            self, leak=_part(self.leak, start, stop), activation=_part(self.activation, start, stop)
        )

    def ancestors(self, nodes: Iterable[int]) -> set[int]:
        """The nodes themselves and everything that can cause them."""
        found: set[int] = set()
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting.extend(parent for parent, _ in self.parents[node])
        return found


@dataclass(frozen=True)
class Weights:
    """Likelihood weights, one row per question asked of the same structure.

    Attributes
    ----------
    likelihood
        For a node, weights ``(absent, present)`` of shape ``(R or 1, 2)``.
    absent
        For a node without children, how often (0 or 1) its absence counts, ``(R or 1,)``.
    """

    likelihood: Mapping[int, Array] = field(default_factory=dict[int, Array])
    absent: Mapping[int, Array] = field(default_factory=dict[int, Array])

    @property
    def rows(self) -> int:
        """Number of rows."""
        values = [*self.likelihood.values(), *self.absent.values()]
        return max((value.shape[0] for value in values), default=1)

    def part(self, start: int, stop: int) -> Weights:
        """Some of the rows."""
        return Weights(
            {node: _part(values, start, stop) for node, values in self.likelihood.items()},
            {node: _part(values, start, stop) for node, values in self.absent.items()},
        )


def _part(values: Array, start: int, stop: int) -> Array:
    return values[start:stop] if values.shape[0] > 1 else values


Scopes = tuple[tuple[int, ...], ...]

PLANS_KEPT = 32
"""A plan depends on the structure alone, which the persons of a clinic and the answers of one
person have in common: the network before any finding, and every change but a new finding.
"""


@lru_cache(maxsize=PLANS_KEPT)
def _quick_order(variables: int, scopes: Scopes, limit: int) -> list[int] | None:
    return quick_order(variables, scopes, limit.bit_length() - 1)


@lru_cache(maxsize=PLANS_KEPT)
def _plan(variables: int, scopes: Scopes, limit: int) -> Plan:
    try:
        order = elimination_order(variables, scopes, limit.bit_length() - 1)
    except TooWide as error:
        quick = _quick_order(variables, scopes, limit)
        if quick is None:
            raise TableTooLarge(1 << error.together, ()) from error
        order = quick
    return Plan([2] * variables, scopes, limit, order)


class Assembly:
    """The pairwise form of the part of a network that some evidence and queries need.

    Parameters
    ----------
    network
        The network.
    weighted
        Nodes that can carry a likelihood in some row.
    absent
        Childless nodes whose only possible evidence is absence.
    keep
        Further nodes whose probability is wanted.
    limit
        Largest table allowed, in entries.

    Raises
    ------
    TableTooLarge
        Once the plan is wanted, when exact elimination would need a larger table.
    """

    def __init__(
        self,
        network: Network,
        weighted: Sequence[int],
        absent: Sequence[int] = (),
        keep: Sequence[int] = (),
        limit: int = 1 << 22,
    ) -> None:
        self.network = network
        self.weighted = tuple(dict.fromkeys(weighted))
        self.absent = tuple(dict.fromkeys(absent))
        absent_parents = [p for leaf in self.absent for p, _ in network.parents[leaf]]
        active = network.ancestors([*self.weighted, *absent_parents, *keep])
        causes = {parent for node in active for parent, _ in network.parents[node]}
        self.leaves = {node for node in self.weighted if network.parents[node]}
        self.leaves -= causes | set(keep) | set(absent_parents)
        self.nodes = sorted(active - self.leaves)
        self.variable = {node: place for place, node in enumerate(self.nodes)}
        self.auxiliary: dict[int, int] = {}
        scopes: list[tuple[int, ...]] = [(place,) for place in range(len(self.nodes))]
        gates = [node for node in sorted(active) if network.parents[node]]
        for node in gates:
            self.auxiliary[node] = len(self.nodes) + len(self.auxiliary)
        self.gates = [node for node in gates if node not in self.leaves]
        self.ends = [node for node in gates if node in self.leaves]
        scopes += [(self.auxiliary[node], self.variable[node]) for node in self.gates]
        self.end_table = {node: len(scopes) + place for place, node in enumerate(self.ends)}
        scopes += [(self.auxiliary[node],) for node in self.ends]
        self.edges = [
            (parent, node, edge) for node in gates for parent, edge in network.parents[node]
        ]
        self.edge_place = {edge: place for place, (_, _, edge) in enumerate(self.edges)}
        self.first_edge = len(scopes)
        self.edge_table = {
            (parent, node): self.first_edge + place
            for place, (parent, node, _) in enumerate(self.edges)
        }
        scopes += [(self.auxiliary[node], self.variable[parent]) for parent, node, _ in self.edges]
        self.limit = limit
        self.scopes = scopes

    @property
    def variables(self) -> int:
        """Number of variables, auxiliary ones included."""
        return len(self.nodes) + len(self.auxiliary)

    @cached_property
    def _quick(self) -> list[int] | None:
        return _quick_order(self.variables, tuple(self.scopes), self.limit)

    def fits(self) -> bool:
        """Whether an order is quickly found in which all tables stay within the limit."""
        return self._quick is not None

    @cached_property
    def plan(self) -> Plan:
        """The order in which variables are summed out, with all that it needs."""
        return _plan(self.variables, tuple(self.scopes), self.limit)

    def run(self, weights: Weights) -> Run:
        """Sum out everything, for every row of `weights` (or draw of the network) at once."""
        return self.plan.run(self.tables(weights))

    def tables(self, weights: Weights) -> list[Table]:
        """The tables in the order of the plan's scopes."""
        unary = self.unary(weights)
        tables: list[Table] = [unary[:, place] for place in range(len(self.nodes))]
        tables += self._gate_tables()
        tables += self._end_tables(weights)
        tables += self._edge_tables()
        return tables

    def _gate_tables(self) -> list[Table]:
        """What joins a node to its auxiliary variable: rows ``u``, columns ``x``."""
        if not self.gates:
            return []
        free = 1 - self.network.leak[:, self.gates]
        gate = np.zeros((free.shape[0], len(self.gates), 2, 2))
        gate[:, :, 0, 1] = 1
        gate[:, :, 1, 0] = free
        gate[:, :, 1, 1] = -free
        return [gate[:, place] for place in range(len(self.gates))]

    def _end_tables(self, weights: Weights) -> list[Table]:
        """Weights of the auxiliary variable of observed nodes without children."""
        return [self.end_weights(node, weights) for node in self.ends]

    def end_weights(self, node: int, weights: Weights) -> Table:
        """Weights of the auxiliary variable of one observed node without children."""
        likelihood = weights.likelihood[node]
        lost = (likelihood[:, 0] - likelihood[:, 1]) * (1 - self.network.leak[:, node])
        ends = np.empty((max(lost.shape[0], likelihood.shape[0]), 2))
        ends[:, 0] = likelihood[:, 1]
        ends[:, 1] = lost
        return ends

    def _edge_tables(self) -> list[Table]:
        """What joins an auxiliary variable to one parent: rows ``u``, columns ``x``."""
        if not self.edges:
            return []
        edge = np.ones((self.network.activation.shape[0], len(self.edges), 2, 2))
        edge[:, :, 1, 1] = 1 - self.network.activation[:, [index for *_, index in self.edges]]
        return [edge[:, place] for place in range(len(self.edges))]

    def unary(self, weights: Weights) -> Array:
        """Weights of single variables: priors of roots, absences below, likelihood."""
        network = self.network
        rows = max(network.rows, weights.rows)
        counts: list[Array] = []
        edges: list[int] = []
        parents: list[int] = []
        constant: Array = np.zeros(1)
        for leaf, count in weights.absent.items():
            constant = constant + count * np.log1p(-network.leak[:, leaf])
            for parent, edge in network.parents[leaf]:
                counts.append(count)
                edges.append(edge)
                parents.append(self.variable[parent])
        unary = np.ones((rows, len(self.nodes), 2))
        if edges:
            lost = np.log1p(-network.activation[:, edges])
            if any(count.shape[0] > 1 or count[0] != 1 for count in counts):
                lost = lost * np.stack(np.broadcast_arrays(*counts), axis=1)
            gather = np.zeros((len(edges), len(self.nodes)))
            gather[range(len(edges)), parents] = 1
            unary[:, :, 1] = np.exp(lost @ gather)
        roots = [node for node in self.nodes if not network.parents[node]]
        places = [self.variable[node] for node in roots]
        unary[:, places, 0] *= 1 - network.leak[:, roots]
        unary[:, places, 1] *= network.leak[:, roots]
        for node, likelihood in weights.likelihood.items():
            if node in self.variable:
                unary[:, self.variable[node]] *= likelihood
        if len(self.nodes) and weights.absent:
            unary[:, 0] *= np.exp(constant)[:, None]
        return unary

    def portions(self, weights: Weights, entries: int = 1 << 19) -> Iterator[tuple[Assembly, Run]]:
        """Run many rows or draws, a portion at a time so that memory stays bounded.

        Parameters
        ----------
        weights
            Evidence, one row a question; or one row, and a network with many draws.
        entries
            The largest table of one portion has about this size: small enough for the
            processor's cache, as large as that allows.

        Yields
        ------
        part, run
            The assembly restricted to the portion, and its forward pass.
        """
        rows = max(weights.rows, self.network.rows)
        portion = max(1, entries // self.plan.largest)
        for start in range(0, rows, portion):
            stop = min(rows, start + portion)
            part = self.on(self.network.part(start, stop))
            yield part, part.run(weights.part(start, stop))

    def on(self, network: Network) -> Assembly:
        """The same plan for a network of the same structure with other weights."""
        plan = self.plan  # made once for all copies
        other = copy(self)
        other.plan = plan
        other.network = network
        return other

    def solve(self, weights: Weights, nodes: Sequence[int]) -> tuple[Array, Array]:
        """Probability of the evidence and of each node, for many rows or draws.

        Parameters
        ----------
        weights
            Evidence, as for `portions`.
        nodes
            Nodes whose probability of being present is wanted.

        Returns
        -------
        z, present
            Shapes ``(rows,)`` and ``(rows, len(nodes))``.
        """
        z: list[Array] = []
        present: list[Array] = []
        for part, run in self.portions(weights):
            rows = max(run.z.shape[0], 1)
            found = part.marginals(run, nodes)
            z.append(run.z)
            present.append(np.broadcast_to(found, (rows, found.shape[1])))
        return np.concatenate(z), np.concatenate(present)

    def marginals(self, run: Run, nodes: Sequence[int]) -> Array:
        """Probability that each node is present, shape ``(rows, len(nodes))``.

        Values may be NaN where the evidence is impossible; rounding below zero or above
        one by less than 1e-9 is cut off.
        """
        columns: list[Array] = []
        for node in nodes:
            belief = run.belief(self.variable[node])
            with np.errstate(invalid="ignore", divide="ignore"):
                columns.append(belief[:, 1] / belief.sum(axis=1))
        result = np.stack(np.broadcast_arrays(*columns), axis=1) if columns else np.empty((1, 0))
        tiny = (result < 0) & (result > -1e-9) | (result > 1) & (result < 1 + 1e-9)
        return np.where(tiny, np.clip(result, 0, 1), result)

    def fired(self, run: Run, parent: int, child: int) -> Array:
        """Probability that an edge fired, shape ``(rows,)``.

        It is the activation times the belief at ``u = 0`` and parent present: there the
        gate's product is replaced by one, as if the edge alone had settled the child.
        """
        edge = next(edge for other, edge in self.network.parents[child] if other == parent)
        belief = run.pair_belief(self.edge_table[parent, child])
        activation = self.network.activation[:, edge]
        with np.errstate(invalid="ignore", divide="ignore"):
            return activation * belief[:, 0, 1] / belief.sum(axis=(1, 2))
