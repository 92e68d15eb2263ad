"""The absence of a finding as weights on its causes, without adding it to the network."""

from __future__ import annotations

from collections.abc import Container

from kinechain.inference.network import Network

MOST_TERMS = 8
"""Terms into which the absence of one finding is expanded exactly."""


def absence_terms(
    network: Network, held: Container[int], node: int, most: int = MOST_TERMS
) -> list[tuple[float, dict[int, float]]]:
    """Write "the finding is absent" as weights on the nodes that are held.

    A cause that is held gets the weight ``1 - activation``. One that is not
    (a link without any evidence below it) is summed out: with weight ``w`` when
    present its sum is ``w + (1 - w) (1 - leak) prod(1 - activation) ** x``, two terms. After
    `most` of them, further links are folded into their causes with the product of
    the activations, which is exact as long as at most one of a link's causes is present.

    Parameters
    ----------
    network
        The network.
    held
        Nodes that an assembly holds; every condition must be among them.
    node
        A finding or site without evidence.
    most
        Number of terms after which links are folded.

    Returns
    -------
    list of (coefficient, weights)
        The probability of absence is the sum over terms of the coefficient times the
        expectation of the product of the weights of the nodes that are present.
    """

    def lowered(weights: dict[int, float], child: int) -> dict[int, float]:
        lower = dict(weights)
        for parent, edge in network.parents[child]:
            lower[parent] = lower.get(parent, 1.0) * (1 - float(network.activation[0, edge]))
        return lower

    done: list[tuple[float, dict[int, float]]] = []
    waiting = [(1 - float(network.leak[0, node]), lowered({}, node))]
    while waiting:
        coefficient, weights = waiting.pop()
        outside = [other for other in weights if other not in held]
        if not outside:
            done.append((coefficient, weights))
            continue
        last = max(outside)  # effects come after causes, so nothing more will bear on it
        weight = weights.pop(last)
        if len(done) + len(waiting) >= most:
            leak = float(network.leak[0, last])
            for parent, edge in network.parents[last]:
                step = 1 - float(network.activation[0, edge]) * (1 - weight)
                weights[parent] = weights.get(parent, 1.0) * step
            waiting.append((coefficient * (1 - leak * (1 - weight)), weights))
            continue
        waiting.append((coefficient * weight, dict(weights)))
        free = 1 - float(network.leak[0, last])
        waiting.append((coefficient * (1 - weight) * free, lowered(weights, last)))
    return done
