"""Which question of an interview is worth asking: estimated for all, exact for the best.

A question is worth asking for three reasons: it may carry a dangerous condition across its
threshold, it may change which origin leads, and it tells conditions that explain the
complaint from each other. All three follow from the probabilities of the conditions after
either answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kinechain.inference.network import Array, Network
from kinechain.inference.outlook import Outlook
from kinechain.inference.screening import answers_from, entropy, strengths
from kinechain.inference.value import CROSSING_IN_BITS, answers_to, trait_factors

LEADER_IN_BITS = 2.0
"""What certainty about the leading origin is worth beside one bit (judgement)."""


@dataclass(frozen=True)
class Worth:
    """What asking about a finding or trait is worth.

    Attributes
    ----------
    node
        Place in the knowledge's graph.
    yes
        Probability of "present".
    bits
        Information about conditions, each counted as far as it explains the complaint.
    crossing
        Probability that a danger crosses its threshold, less where it is by a hair or where
        the danger hardly explains the complaint.
    leader
        Expected gain of the probability that the leading origin is the right one.
    present, absent
        Probability of each condition of the outlook after either answer.
    """

    node: int
    yes: float
    bits: float
    crossing: float
    leader: float
    present: Array
    absent: Array

    @property
    def value(self) -> float:
        """All three in bits; the burden is not counted."""
        return self.bits + CROSSING_IN_BITS * self.crossing + LEADER_IN_BITS * self.leader


def estimate(
    outlook: Outlook, nodes: Sequence[int], thresholds: Mapping[str, float]
) -> tuple[Worth, ...]:
    """Estimate all questions, as if the conditions were independent.

    Parameters
    ----------
    outlook
        What is likely now.
    nodes
        Findings and traits without evidence.
    thresholds
        Probability from which on a dangerous condition is acted upon, by condition id.
    """
    if not nodes or not outlook.conditions or not outlook.possible:
        return ()
    person, now = outlook.person, outlook.present
    strength = _strengths(_Holder(outlook), outlook.conditions)[list(nodes)]
    yes, present, absent = answers_from(strength, person.network.leak[0, list(nodes)], now)
    column = {node: place for place, node in enumerate(outlook.conditions)}
    for row, node in enumerate(nodes):
        if person.knowledge.graph.nodes[node].kind == "trait":
            for answer, after in ((True, present), (False, absent)):
                after[row] = now
                for other, factor in trait_factors(person, node, present=answer).items():
                    if other in column:
                        odds = now[column[other]] * float(factor[0])
                        after[row, column[other]] = odds / (1 - now[column[other]] + odds)
    return _worth(outlook, nodes, yes, present, absent, thresholds)


def evaluate(
    outlook: Outlook, nodes: Sequence[int], thresholds: Mapping[str, float]
) -> tuple[Worth, ...]:
    """The same for a few questions, exact but for the folding of links.

    Parameters
    ----------
    outlook, nodes, thresholds
        As for `estimate`.
    """
    if not nodes or not outlook.conditions or not outlook.possible:
        return ()
    answers = answers_to(
        outlook.person, outlook.assembly, float(outlook.run.z[0]), outlook.conditions,
        outlook.present, nodes, most=0,
    )  # fmt: skip
    return _worth(
        outlook,
        nodes,
        np.array([one.yes for one in answers]),
        np.stack([one.present for one in answers]),
        np.stack([one.absent for one in answers]),
        thresholds,
    )


def _worth(
    outlook: Outlook,
    nodes: Sequence[int],
    yes: Array,
    present: Array,
    absent: Array,
    thresholds: Mapping[str, float],
) -> tuple[Worth, ...]:
    now, relevance, families = outlook.present, outlook.relevance, outlook.families
    no = 1 - yes
    gain = entropy(now) - yes[:, None] * entropy(present) - no[:, None] * entropy(absent)
    bits = np.maximum(gain, 0) @ relevance
    member = np.zeros((len(now), len(families)))
    for column, places in enumerate(families.values()):
        member[list(places), column] = 1
    origin = [np.minimum((chance * relevance) @ member, 1) for chance in (now, present, absent)]
    leader = yes * origin[1].max(axis=1) + no * origin[2].max(axis=1) - origin[0].max()
    bounds = np.array([thresholds.get(name, np.nan) for name in families])
    danger = np.isfinite(bounds)
    before, if_yes, if_no = (
        np.clip(chance @ member[:, danger], 1e-12, 1 - 1e-12) for chance in (now, present, absent)
    )
    related = np.clip((now * relevance) @ member[:, danger] / before, 0, 1)
    crossing = np.zeros(len(nodes))
    for weight, after in ((yes, if_yes), (no, if_no)):
        crossed = (after >= bounds[danger]) != (before >= bounds[danger])
        crossing += weight * (crossed * _shift(after, before) * related).sum(axis=1)
    return tuple(
        Worth(node, float(yes[row]), float(bits[row]), float(crossing[row]),
              max(float(leader[row]), 0.0), present[row], absent[row])
        for row, node in enumerate(nodes)
    )  # fmt: skip


def _shift(after: Array, before: Array) -> Array:
    """How far an answer moves a probability: log odds in units of log 2, at most one."""
    moved = np.abs(np.log(after / (1 - after)) - np.log(before / (1 - before)))
    return np.minimum(moved / np.log(2), 1.0)


class _Holder:
    """A network as a key: what its activations depend on."""

    def __init__(self, outlook: Outlook) -> None:
        self.network: Network | None = outlook.person.network
        case = outlook.person.case
        self.knowledge = outlook.person.knowledge
        self.about = (case.age_years, case.sex, case.setting)

    def __hash__(self) -> int:
        return hash((self.knowledge.version, self.about))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Holder)
            and other.knowledge is self.knowledge
            and other.about == self.about
        )


@lru_cache(maxsize=16)
def _strengths(holder: _Holder, conditions: tuple[int, ...]) -> Array:
    network, holder.network = holder.network, None
    assert network is not None, "a holder is used once"
    return strengths(network, conditions)[: len(holder.knowledge.graph.nodes)]
