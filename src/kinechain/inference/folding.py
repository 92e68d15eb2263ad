"""A way round large tables that costs almost nothing: folding quiet links.

A link below which nothing positive was found is *quiet*. Its causes get the weights that the
absences below it give each of them when it is the only one present: exact as long as no two
causes of the same link are present together, and close to exact otherwise, because the
absences make that improbable.
"""

from __future__ import annotations

from collections.abc import Iterable

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
