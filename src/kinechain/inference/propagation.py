"""Loopy belief propagation in a noisy-OR network: fast, and close to the exact answer.

It is never the answer itself. It tells which edges of a large case couple their causes so
little that the exact elimination may do without them (`loosening`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinechain.inference.network import Array

ROUNDS = 40
STEP = 0.5
"""Damping: each message moves half of its way on the log scale."""

SETTLED = 1e-4


@dataclass(frozen=True)
class Arrows:
    """Edges as arrays: from `parent` to `child` with their activation.

    Attributes
    ----------
    leak
        Of every node.
    absent, present
        Weight of every node's two states from the evidence on it.
    """

    parent: NDArray[np.intp]
    child: NDArray[np.intp]
    activation: Array
    leak: Array
    absent: Array
    present: Array


@dataclass(frozen=True)
class Messages:
    """What propagation found.

    Attributes
    ----------
    cause
        For each edge, the probability of the parent before what the child says of it.
    odds
        For each edge, the factor by which the child changes the odds of its parent.
    coupling
        For each edge, how strongly the child ties its parent to its other parents (their
        variances times the curvature of the gate) and to what lies below (its own variance).
    chance
        Probability of every node.
    """

    cause: Array
    odds: Array
    coupling: Array
    chance: Array


def propagate(arrows: Arrows) -> Messages:
    """Pass messages along all edges until they settle.

    Parameters
    ----------
    arrows
        Edges, leaks and evidence of one person.
    """
    parent, child, fires = arrows.parent, arrows.child, arrows.activation
    count = arrows.leak.shape[0]
    log_odds = np.zeros(parent.shape)
    cause = arrows.leak[parent]
    free = np.log1p(-arrows.leak)
    off, absent, present = 1 - arrows.leak, arrows.absent[child], arrows.present[child]
    for _ in range(ROUNDS):
        below = np.bincount(parent, log_odds, count)
        kept = np.log1p(-cause * fires)
        off = np.exp(np.bincount(child, kept, count) + free)
        new_cause = _probability(
            off[parent], arrows.absent[parent], arrows.present[parent], below[parent] - log_odds
        )
        others = off[child] * np.exp(-kept)
        present = arrows.present[child] * np.exp(np.clip(below[child], -60, 60))
        wanted = np.log(_mixed(absent, present, others * (1 - fires)))
        wanted -= np.log(_mixed(absent, present, others))
        moved = max(
            np.abs(wanted - log_odds).max(initial=0), np.abs(new_cause - cause).max(initial=0)
        )
        log_odds = log_odds + STEP * (wanted - log_odds)
        cause = new_cause
        if moved < SETTLED:
            break
    below = np.asarray(np.bincount(parent, log_odds, count), float)
    off = np.exp(np.bincount(child, np.log1p(-cause * fires), count) + free)
    chance = _probability(off, arrows.absent, arrows.present, below)
    now = chance[parent]
    spread = np.sqrt(np.maximum(cause * (1 - cause), now * (1 - now))) * fires
    around = np.bincount(child, spread, count)[child] - spread
    level = off[child]
    bend = np.abs((absent - present) * present) * level / _mixed(absent, present, level) ** 2
    own = (chance * (1 - chance))[child]
    return Messages(cause, np.exp(log_odds), spread * (around * bend + own), chance)


def _mixed(absent: Array, present: Array, off: Array) -> Array:
    """Weight of a gate that is off with the probability given."""
    return np.maximum(absent * off + present * (1 - off), 1e-100)


def _probability(off: Array, absent: Array, present: Array, log_odds: Array) -> Array:
    on = (1 - off) * present * np.exp(np.clip(log_odds, -60, 60))
    return on / np.maximum(on + off * absent, 1e-100)
