"""Value of information: what an unanswered question would tell, before it is asked.

For every unanswered finding the absent outcome only reweights its causes, so all of them
are rows of one run; the present outcome follows from the law of total probability. A trait
needs two rows, one for each answer. The gain of a question is the mutual information, in
bits, between its answer and each condition that may lie behind the complaint, summed over
these conditions; beside it stands the expected number of dangerous conditions that the
answer would carry across their threshold for action, in either direction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kinechain.inference.network import Array, Assembly, Network, Weights
from kinechain.inference.person import Person, template_of

CROSSING_IN_BITS = 4.0
"""What a certain threshold crossing is worth beside one bit about the origins (expert
judgement: a missed emergency weighs more than any refinement of the ranking)."""

COST = (1.0, 1.5, 2.0, 4.0, 8.0, 16.0)
"""Divisor of the value by burden, 0 (asked) to 5 (invasive) (expert judgement)."""


@dataclass(frozen=True)
class Question:
    """An unanswered question and what its answers would do.

    Attributes
    ----------
    node
        The finding or trait asked about.
    chance
        Probability that the answer is "present".
    gain_bits, threshold_crossings
        See the module's description.
    present, absent
        Probability of each condition of `Questions.conditions` after either answer.
    """

    node: int
    chance: float
    gain_bits: float
    threshold_crossings: float
    score: float
    present: Array
    absent: Array


@dataclass(frozen=True)
class Questions:
    """All questions, the most useful for its burden first."""

    conditions: tuple[int, ...]
    now: Array
    asked: tuple[Question, ...]


def unanswered(person: Person) -> list[int]:
    """Graph nodes of findings and traits that nothing was recorded about.

    Of paired ones only the sides on which it hurts are asked, both when that is unknown.
    Traits are asked once, whatever their side and level.
    """
    knowledge, graph = person.knowledge, person.knowledge.graph.nodes
    known = {place for item in person.items for place in item.members}
    hurting = {item.side for item in person.items if item.complaint and item.side}
    found: list[int] = []
    for place, node in enumerate(graph):
        if place in known or node.kind not in ("finding", "trait"):
            continue
        if node.kind == "trait" and (
            node.template not in template_of(knowledge).risks
            or place != knowledge.instances[node.template][0]
        ):
            continue
        if node.side is None or not hurting or node.side in hurting:
            found.append(place)
    return found


def questions(
    person: Person,
    thresholds: Mapping[str, float],
    *,
    candidates: Sequence[int] | None = None,
    limit: int = 1 << 22,
) -> Questions:
    """Value every unanswered question.

    Parameters
    ----------
    person
        Network and evidence, with one set of parameters.
    thresholds
        Probability from which on a dangerous condition is acted upon, by condition id.
    candidates
        Nodes to value; all unanswered ones by default.
    """
    graph = person.knowledge.graph.nodes
    asked = list(unanswered(person) if candidates is None else candidates)
    network = person.network
    upstream = network.ancestors(person.complaints)
    conditions = tuple(
        place for place in person.conditions
        if place in upstream or graph[place].template in thresholds
    )
    findings = [node for node in asked if graph[node].kind == "finding"]
    traits = [node for node in asked if graph[node].kind == "trait"]
    if not conditions or not asked:
        return Questions(conditions, np.zeros(len(conditions)), ())
    reach = _Reach(network, conditions)
    findings = [node for node in findings if reach.touches(node)]
    assembly = Assembly(network, [*person.weighted, *_nodes_at_risk(person, traits)],
                        [*person.absent, *findings], list(conditions), limit)
    run = assembly.run(_rows(person, findings, traits))
    chance = assembly.marginals(run, conditions)
    z = run.z
    now = chance[0]
    bounds = np.array([thresholds.get(graph[node].template, np.nan) for node in conditions])
    result: list[Question] = []
    for row, node in enumerate(findings, start=1):
        absent = float(np.clip(z[row] / z[0], 0, 1))
        result.append(_question(node, 1 - absent, now, None, chance[row], bounds, person))
    for place, node in enumerate(traits):
        row = 1 + len(findings) + 2 * place
        prevalence = float(network.leak[0, node])
        yes, no = prevalence * z[row], (1 - prevalence) * z[row + 1]
        result.append(_question(node, float(yes / (yes + no)), now, chance[row], chance[row + 1],
                                bounds, person))
    result.sort(key=lambda one: (-one.score, graph[one.node].id))
    return Questions(conditions, now, tuple(result))


class _Reach:
    """Which findings have any of the conditions among their causes."""

    def __init__(self, network: Network, conditions: Sequence[int]) -> None:
        wanted = set(conditions)
        self._reached = [False] * network.size
        for node in range(network.size):
            self._reached[node] = node in wanted or any(
                parent < node and self._reached[parent] for parent, _ in network.parents[node]
            )

    def touches(self, node: int) -> bool:
        return self._reached[node]


def _nodes_at_risk(person: Person, traits: Sequence[int]) -> list[int]:
    found: dict[int, None] = {}
    for node in traits:
        found.update(dict.fromkeys(_factors(person, node, present=True)))
    return list(found)


def _factors(person: Person, node: int, *, present: bool) -> dict[int, Array]:
    template = template_of(person.knowledge)
    name = person.knowledge.graph.nodes[node].template
    return template.multipliers(name, present, None, None, template.figures.point())


def _rows(person: Person, findings: Sequence[int], traits: Sequence[int]) -> Weights:
    """Row 0 is what is known; then each finding absent; then each trait, yes and no."""
    rows = 1 + len(findings) + 2 * len(traits)
    base = person.weights()
    absent = dict(base.absent)
    for row, node in enumerate(findings, start=1):
        counts = np.zeros(rows)
        counts[row] = 1
        absent[node] = counts
    likelihood = {node: np.repeat(weight, rows, axis=0)
                  for node, weight in base.likelihood.items()}
    for place, node in enumerate(traits):
        for answer, present in enumerate((True, False)):
            row = 1 + len(findings) + 2 * place + answer
            for other, factor in _factors(person, node, present=present).items():
                if other not in likelihood:
                    likelihood[other] = np.ones((rows, 2))
                likelihood[other][row, 1] *= factor[0]
    return Weights(likelihood, absent, base.settled)


def _question(
    node: int,
    yes: float,
    now: Array,
    present: Array | None,
    absent: Array,
    bounds: Array,
    person: Person,
) -> Question:
    no = 1 - yes
    if present is None:
        present = np.clip((now - no * absent) / yes, 0, 1) if yes > 1e-12 else now
    gain = _entropy(now) - yes * _entropy(present) - no * _entropy(absent)
    danger = np.isfinite(bounds)
    before = now >= bounds
    crossings = yes * ((present >= bounds) != before) + no * ((absent >= bounds) != before)
    bits = float(np.maximum(gain, 0).sum())
    crossed = float(crossings[danger].sum())
    concept = person.knowledge.concept(person.knowledge.graph.nodes[node].template)
    cost = COST[int(getattr(concept, "burden", 0))]
    return Question(node, yes, bits, crossed, (bits + CROSSING_IN_BITS * crossed) / cost,
                    present, absent)


def _entropy(chance: Array) -> Array:
    """Entropy of a yes-or-no matter, in bits."""
    safe = np.clip(chance, 1e-300, 1)
    other = np.clip(1 - chance, 1e-300, 1)
    return -(chance * np.log2(safe) + (1 - chance) * np.log2(other))

