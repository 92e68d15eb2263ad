"""How the probability of evidence depends on every figure of the knowledge.

The backward pass of the elimination gives, for each row, the belief of every small table;
the derivative of the log probability with respect to a leak or an activation is such a
belief divided by the figure's complement. From leaks and activations it is carried on to the
figures that were entered (sensitivities, priors).
"""

from __future__ import annotations

import numpy as np

from kinechain.domain.case import Case
from kinechain.inference.elimination import Run
from kinechain.inference.figures import SMALLEST
from kinechain.inference.network import Array, Assembly, Network, Weights
from kinechain.inference.template import Template

STEP = 1e-5
"""Step of the central difference in the priors' own small formula."""


def weight_gradient(
    assembly: Assembly, weights: Weights, run: Run, slope: Array
) -> tuple[Array, Array]:
    """Derivatives with respect to leaks and activations.

    Parameters
    ----------
    assembly, weights, run
        A forward pass over one network and several rows of evidence.
    slope
        What is differentiated, as weights on the rows' log sums: shape ``(Q, rows)``.

    Returns
    -------
    leak, activation
        Shapes ``(Q, nodes)`` and ``(Q, edges)``.
    """
    network = assembly.network
    rows = slope.shape[1]
    leak = np.zeros((slope.shape[0], network.size))
    activation = np.zeros((slope.shape[0], network.activation.shape[1]))
    free = 1 - network.leak[0]
    stays = 1 - network.activation[0]

    def onto(columns: list[Array]) -> Array:
        """Weighted sums over the rows, one column for each node or edge."""
        full = [column if column.shape[0] == rows else column.repeat(rows) for column in columns]
        return slope @ np.stack(full, axis=1) if full else np.zeros((slope.shape[0], 0))

    beliefs = [run.belief(assembly.variable[node]) for node in assembly.nodes]
    chances = [_part(belief[:, 1], belief.sum(axis=1)) for belief in beliefs]
    chance = dict(zip(assembly.nodes, chances, strict=True))
    roots = [node for node in assembly.nodes if not network.parents[node]]
    present = onto([chance[node] for node in roots])
    known = network.leak[0, roots]
    leak[:, roots] += present / known - (slope.sum(axis=1, keepdims=True) - present) / free[roots]
    gates = [*assembly.gates, *assembly.ends]
    tied = [run.belief(assembly.auxiliary[node]) for node in gates]
    leak[:, gates] -= onto([_part(one[:, 1], one.sum(axis=1)) for one in tied]) / free[gates]
    edges = [edge for *_, edge in assembly.edges]
    pairs = [run.pair_belief(assembly.edge_table[pair[:2]]) for pair in assembly.edges]
    fired = onto([_part(pair[:, 1, 1], pair.sum(axis=(1, 2))) for pair in pairs])
    activation[:, edges] -= fired / stays[edges]
    for node, counts in weights.absent.items():
        leak[:, node] -= onto([counts])[:, 0] / free[node]
        here = [edge for _, edge in network.parents[node]]
        lost = onto([counts * chance[parent] for parent, _ in network.parents[node]])
        activation[:, here] -= lost / stays[here]
    return leak, activation


def _part(value: Array, whole: Array) -> Array:
    """Their quotient; 0 in rows that are impossible, on which nothing depends."""
    return np.divide(value, whole, out=np.zeros_like(value), where=whole != 0)


class Chain:
    """From the figures to the weights of some people's network, and derivatives back.

    Parameters
    ----------
    template, case
        What every network shares; the people's age, sex and setting.
    values
        Figures, shape ``(1, figures)``.

    Attributes
    ----------
    network
        The people's network.
    """

    def __init__(self, template: Template, case: Case, values: Array) -> None:
        self.template = template
        self._count = values.shape[1]
        leak, fires = template.weights(case, values)
        self.network = Network(template.parents, leak, fires)
        free = 1 - leak[0, template.edge_child]
        moves = ~template.hidden & (fires[0] > SMALLEST)  # below the leak nothing moves
        from_sensitivity = template.edge_sensitivity & moves
        self._entered = np.where(from_sensitivity, 1 / free, np.where(moves, 1.0, 0.0))
        self._lost = np.where(from_sensitivity, -(1 - fires[0]) / free, 0.0)
        self._leak_figure = template.leak_figure(case)
        self._slope = template.figures.slope(values)
        self._prior_figure = template.prior_figures(case)
        self._setting = template.setting_figures(case)
        moved = [
            template.weights(
                case, template.figures.moved(values, list(self._prior_figure.values()), step)
            )
            for step in (STEP, -STEP)
        ]
        # a prior touches its own condition's instances only: all are moved at once
        self._by_prior = (moved[0][0] - moved[1][0])[0] / (2 * STEP)
        change = (moved[0][1] - moved[1][1])[0] / (2 * STEP)
        self._by_prior_edge = np.where(template.hidden, change, 0.0)
        nodes = template.knowledge.graph.nodes
        self._condition_nodes = [
            (place, self._prior_figure[node.template])
            for place, node in enumerate(nodes)
            if node.kind in ("condition", "tendency")
        ]
        self._hidden_edges = [
            (edge, self._prior_figure[nodes[template.edge_child[edge]].template])
            for edge in np.flatnonzero(template.hidden)
        ]

    def figures(self, leak: Array, activation: Array) -> Array:
        """Carry derivatives with respect to the network's weights on to the figures.

        Parameters
        ----------
        leak, activation
            From `weight_gradient`.

        Returns
        -------
        ndarray of shape (Q, figures)
            Derivative with respect to each figure on its own scale: log odds of a
            probability, logarithm of an odds ratio.
        """
        template = self.template
        found = np.zeros((self._count, leak.shape[0]))
        np.add.at(found, template.edge_figure, (activation * self._entered).T)
        total = leak.T.copy()
        np.add.at(total, template.edge_child, (activation * self._lost).T)
        known = self._leak_figure >= 0
        np.add.at(found, self._leak_figure[known], total[known])
        found *= self._slope[:, None]
        by_prior = np.zeros_like(found)
        for place, figure in self._condition_nodes:
            by_prior[figure] += total[place] * self._by_prior[place]
        for edge, figure in self._hidden_edges:
            by_prior[figure] += activation[:, edge] * self._by_prior_edge[edge]
        for conditions, figure in self._setting:  # multiplies the odds that the prior gives
            for name in conditions:
                found[figure] += by_prior[self._prior_figure[name]]
        return (found + by_prior).T
