"""A bounded way out when exact elimination would need too large a table.

Two steps, tried in this order and only as far as needed:

1. A link below which nothing positive was found (a *quiet* link) is folded into its causes:
   each cause gets the weight that the absences below the link give it when it is the only
   one. That is exact as long as no two causes of the same link are present together.
2. A positive finding that is not a complaint is *eased*. With ``s`` the sum over its present
   causes of ``-log(1 - activation)``, its logarithm ``log(1 - exp(-s))`` is concave and lies
   below each of its tangents, so ``exp(tangent)`` bounds its probability from above and is a
   product of weights on single causes [1]_. The tangent is laid at the expected ``s``.
   Findings whose ``s`` varies least, for which the tangent is nearly the curve, are eased.

References
----------
.. [1] T. S. Jaakkola, M. I. Jordan, Variational probabilistic inference and the QMR-DT
   network, Journal of Artificial Intelligence Research 10 (1999) 291-322.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from kinechain.inference.network import Array, Network


def fold(network: Network, quiet: Iterable[int], weights: dict[int, Array]) -> dict[int, Array]:
    """Move the weights of quiet links to their causes.

    Parameters
    ----------
    network
        The network.
    quiet
        Links to fold.
    weights
        Weight of each node when present, relative to absent, shape ``(rows,)``; changed.
    """
    for node in sorted(quiet, reverse=True):  # effects before causes
        weight = weights.pop(node, None)
        if weight is None:
            continue
        free = 1 - network.leak[:, node]
        none = weight + (1 - weight) * free
        for parent, edge in network.parents[node]:
            one = weight + (1 - weight) * free * (1 - network.activation[:, edge])
            weights[parent] = weights.get(parent, 1.0) * (one / none)
    return weights


def slope(network: Network, node: int, present: Mapping[int, float]) -> float:
    """Slope of the tangent to ``log(1 - exp(-s))`` at the expected ``s`` of a finding.

    Parameters
    ----------
    network
        The network.
    node
        The finding.
    present
        Probability of each of its causes.
    """
    expected, _ = _moments(network, node, present)
    return float(np.exp(-expected) / -np.expm1(-expected))


def gap(network: Network, node: int, present: Mapping[int, float]) -> float:
    """How far the tangent is expected to lie above: half the curvature times the variance.

    Parameters
    ----------
    network, node, present
        As for `slope`.
    """
    expected, variance = _moments(network, node, present)
    return float(variance * np.exp(-expected) / np.expm1(-expected) ** 2 / 2)


def _moments(network: Network, node: int, present: Mapping[int, float]) -> tuple[float, float]:
    """Mean and variance of ``s``, the causes taken as independent."""
    expected, variance = -float(np.log1p(-network.leak[0, node])), 0.0
    for parent, edge in network.parents[node]:
        step = -float(np.log1p(-network.activation[0, edge]))
        chance = present.get(parent, 0.0)
        expected += chance * step
        variance += chance * (1 - chance) * step * step
    return expected, variance


def eased_weights(network: Network, node: int, steepness: float) -> dict[int, Array]:
    """Weights that an eased finding gives its causes."""
    return {
        parent: np.exp(-steepness * np.log1p(-network.activation[:, edge]))
        for parent, edge in network.parents[node]
    }


def chances(network: Network, quiet: Iterable[int], known: dict[int, float]) -> dict[int, float]:
    """Add the probability of quiet links, taking their causes as independent."""
    for node in sorted(quiet):
        none = 1 - float(network.leak[0, node])
        for parent, edge in network.parents[node]:
            none *= 1 - known.get(parent, 0.0) * float(network.activation[0, edge])
        known[node] = 1 - none
    return known
