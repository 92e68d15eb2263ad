"""A quick estimate of what every unanswered question would tell.

Valuing a question exactly takes a run of the whole network, and there are hundreds of
questions. The estimate takes the conditions as independent given what is known: condition
``c`` alone makes finding ``f`` present with a strength that follows from the graph, so

    P(f absent) = (1 - leak) * prod over c of (1 - strength * P(c)),

and the same with ``P(c)`` set to one gives the answer's bearing on ``c``. It only decides
which questions are worth the exact calculation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kinechain.inference.network import Array, Network


def entropy(chance: Array) -> Array:
    """Entropy of a yes-or-no matter, in bits."""
    safe = np.clip(chance, 1e-300, 1)
    other = np.clip(1 - chance, 1e-300, 1)
    return -(chance * np.log2(safe) + (1 - chance) * np.log2(other))


def strengths(network: Network, causes: Sequence[int]) -> Array:
    """How probably each cause alone, over all its paths, makes each node present.

    Returns
    -------
    ndarray of shape (nodes, causes)
        Leaks are left out; paths are taken as independent.
    """
    reach = np.zeros((network.size, len(causes)))
    own = {node: place for place, node in enumerate(causes)}
    activation = network.activation[0]
    for node, parents in enumerate(network.parents):
        kept: Array | None = None
        for parent, edge in parents:
            if parent >= node:
                break
            row = reach[parent]
            if row.any():
                step = 1 - activation[edge] * row
                kept = step if kept is None else kept * step
        if kept is not None:
            reach[node] = 1 - kept
        if node in own:
            reach[node, own[node]] = 1
    return reach


def answers_from(strength: Array, leak: Array, chance: Array) -> tuple[Array, Array, Array]:
    """Estimated probability of "present", and of each condition after either answer.

    Parameters
    ----------
    strength
        How probably each condition alone makes each finding present, shape
        ``(questions, conditions)``.
    leak
        Of each finding.
    chance
        Of each condition.

    Returns
    -------
    yes, present, absent
        Shapes ``(questions,)``, ``(questions, conditions)`` and the same.
    """
    absent = np.clip(1 - strength * chance, 1e-12, 1)
    no = (1 - leak)[:, None] * absent.prod(axis=1, keepdims=True)
    no_given = no * (1 - strength) / absent
    joint_absent = np.clip(chance * no_given / no, 0, 1)
    joint_present = np.clip((chance - no * joint_absent) / np.maximum(1 - no, 1e-12), 0, 1)
    return 1 - no[:, 0], joint_present, joint_absent


def estimated_bits(
    network: Network,
    conditions: Sequence[int],
    chance: Array,
    questions: Sequence[int],
    matters: Array,
) -> Array:
    """Estimated information of each question about all conditions together, in bits.

    Parameters
    ----------
    network
        The person's network.
    conditions, chance
        Conditions and their present probabilities.
    questions
        Findings that could be asked.
    matters
        Weight of each condition.

    Returns
    -------
    ndarray of shape (questions,)
    """
    strength = strengths(network, conditions)[list(questions)]
    yes, present, absent = answers_from(strength, network.leak[0, list(questions)], chance)
    yes = yes[:, None]
    gain = entropy(chance) - (1 - yes) * entropy(absent) - yes * entropy(present)
    return np.maximum(gain, 0) @ matters
