"""Value of information: what an unanswered question would tell, before it is asked.

The gain of a question is the mutual information, in bits, between its answer and each
condition that may lie behind the complaint, summed over these conditions; beside it stands
the expected number of dangerous conditions that the answer would carry across their
threshold for action, in either direction.

All questions are estimated (`screening`), the most promising are then valued exactly. The
answer "absent" only reweights the finding's causes, so it is a row or a few of one batched
run; "present" follows from the law of total probability. A trait takes two rows, one for
each answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kinechain.domain.concepts import Finding
from kinechain.inference.absence import MOST_TERMS, absence_terms
from kinechain.inference.network import Array, Assembly, Weights
from kinechain.inference.person import Person
from kinechain.inference.screening import entropy, estimated_bits
from kinechain.inference.template import template_of

CROSSING_IN_BITS = 4.0
"""What a certain threshold crossing is worth beside one bit about the origins (expert
judgement: a missed emergency weighs more than any refinement of the ranking)."""

EXACT = 12
"""How many questions are valued exactly."""

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
        if node.side is not None and hurting and node.side not in hurting:
            continue
        if node.kind == "trait" or _makes_sense(person, knowledge.findings[node.template]):
            found.append(place)
    return found


def _makes_sense(person: Person, finding: Finding) -> bool:
    """Whether one of the sites hurts without whose pain the question is empty."""
    if not finding.only_with_pain:
        return True
    wanted = {part for site in finding.only_with_pain for part in person.knowledge.parts(site)}
    nodes = person.knowledge.graph.nodes
    return any(
        nodes[place].template in wanted
        for item in person.items
        if item.complaint
        for place in item.members
    )


def questions(
    person: Person,
    assembly: Assembly,
    thresholds: Mapping[str, float],
    *,
    candidates: Sequence[int] | None = None,
    relevance: Mapping[int, float] | None = None,
    exact: int = EXACT,
) -> Questions:
    """Value the unanswered questions.

    Parameters
    ----------
    person
        Network and evidence, with one set of parameters.
    assembly
        The pairwise form of this network and evidence, as the posterior made it.
    thresholds
        Probability from which on a dangerous condition is acted upon, by condition id.
    candidates
        Nodes to value; all unanswered ones by default.
    relevance
        How far each condition, if present, explains the complaint: what a question tells of
        it counts in that proportion for the order of the questions.
    exact
        How many of them, the most promising by estimate, are valued exactly.

    Returns
    -------
    Questions
        The questions valued exactly, the most useful for its burden first.
    """
    graph = person.knowledge.graph.nodes
    upstream = person.network.ancestors(person.complaints)
    conditions = tuple(place for place in person.conditions if place in upstream)
    asked = list(unanswered(person) if candidates is None else candidates)
    run = assembly.run(person.weights())
    now = assembly.marginals(run, conditions)[0]
    if not conditions or not asked:
        return Questions(conditions, now, ())
    bounds = np.array([thresholds.get(graph[node].template, np.nan) for node in conditions])
    matters = np.array(
        [1.0 if relevance is None else relevance.get(node, 0.0) for node in conditions]
    )
    chosen = _promising(person, conditions, now, bounds, matters, asked)[:exact]
    result = [
        _question(answers, now, bounds, matters, person)
        for answers in answers_to(person, assembly, float(run.z[0]), conditions, now, chosen)
    ]
    result.sort(key=lambda one: (-one.score, graph[one.node].id))
    return Questions(conditions, now, tuple(result))


@dataclass(frozen=True)
class Answers:
    """What either answer to a question would do.

    Attributes
    ----------
    node
        The finding or trait asked about.
    yes
        Probability that the answer is "present".
    present, absent
        Probability of each condition after either answer.
    """

    node: int
    yes: float
    present: Array
    absent: Array


def answers_to(
    person: Person,
    assembly: Assembly,
    z: float,
    conditions: Sequence[int],
    now: Array,
    chosen: Sequence[int],
    most: int = MOST_TERMS,
) -> list[Answers]:
    """Evaluate exactly what the answers to some questions would do.

    Parameters
    ----------
    person, assembly
        Network and evidence, and their pairwise form.
    z
        Probability of the evidence, from a run of the assembly.
    conditions, now
        The conditions whose probabilities are wanted, and what they are now.
    chosen
        Findings and traits without evidence.
    most
        Terms into which an absence is expanded; with 0 every link outside the assembly is
        folded.
    """
    if not chosen:
        return []
    rows, terms = _rows(person, assembly, chosen, most)
    weights, chance = assembly.solve(rows, conditions)
    weights = weights / z
    found: list[Answers] = []
    for node in chosen:
        coefficients, places = terms[node]
        weight = coefficients * weights[places]
        if person.knowledge.graph.nodes[node].kind == "trait":
            yes = float(weight[0] / weight.sum())
            found.append(Answers(node, yes, chance[places[0]], chance[places[1]]))
            continue
        no = float(np.clip(weight.sum(), 0, 1))
        absent = np.clip((weight[:, None] * chance[places]).sum(axis=0) / weight.sum(), 0, 1)
        present = np.clip((now - no * absent) / (1 - no), 0, 1) if 1 - no > 1e-12 else now
        found.append(Answers(node, 1 - no, present, absent))
    return found


def _promising(
    person: Person,
    conditions: Sequence[int],
    now: Array,
    bounds: Array,
    matters: Array,
    asked: Sequence[int],
) -> list[int]:
    """Questions by estimated bits for their burden; danger's own questions count double."""
    bits = estimated_bits(person.network, conditions, now, asked, matters)
    graph, knowledge = person.knowledge.graph.nodes, person.knowledge
    near = {
        graph[node].template
        for node, chance, bound in zip(conditions, now, bounds, strict=True)
        if np.isfinite(bound) and chance >= bound / 10
    }
    telling: set[str] = set()
    for name in near:
        danger = knowledge.conditions[name].danger
        telling.update(danger.ask if danger else ())
    score: dict[int, float] = {}
    for node, gain in zip(asked, bits, strict=True):
        template = graph[node].template
        if graph[node].kind == "trait":
            factors = trait_factors(person, node, present=True)
            reached = [place for place, one in enumerate(conditions) if one in factors]
            gain = (
                float(sum(now[place] * (1 - now[place]) * matters[place] for place in reached)) / 10
            )
        burden = int(getattr(knowledge.concept(template), "burden", 0))
        score[node] = (float(gain) + (0.05 if template in telling else 0)) / COST[burden]
    return sorted(score, key=lambda node: (-score[node], graph[node].id))


def _rows(
    person: Person, assembly: Assembly, chosen: Sequence[int], most: int
) -> tuple[Weights, dict[int, tuple[Array, list[int]]]]:
    """One row for every term of every answer, and which rows belong to which question."""
    graph, network = person.knowledge.graph.nodes, person.network
    rows: list[dict[int, float]] = []
    clamped: list[tuple[int, int, bool]] = []
    terms: dict[int, tuple[Array, list[int]]] = {}
    for node in chosen:
        first = len(rows)
        if graph[node].kind == "trait":
            share = float(network.leak[0, node])
            held = node in assembly.variable  # it feeds links that matter here
            coefficients = [1.0, 1.0] if held else [share, 1 - share]
            for present in (True, False):
                factors = trait_factors(person, node, present=present)
                rows.append({other: float(factor[0]) for other, factor in factors.items()})
                if held:
                    clamped.append((len(rows) - 1, node, present))
        else:
            coefficients = []
            for coefficient, weights in absence_terms(network, assembly.variable, node, most):
                coefficients.append(coefficient)
                rows.append(weights)
        terms[node] = (np.array(coefficients), list(range(first, len(rows))))
    base = person.weights()
    likelihood = {
        node: np.repeat(weight, len(rows), axis=0) for node, weight in base.likelihood.items()
    }
    for row, weights in enumerate(rows):
        for node, weight in weights.items():
            if node not in likelihood:
                likelihood[node] = np.ones((len(rows), 2))
            likelihood[node][row, 1] *= weight
    for row, node, present in clamped:
        if node not in likelihood:
            likelihood[node] = np.ones((len(rows), 2))
        likelihood[node][row, 0 if present else 1] = 0
    return Weights(likelihood, base.absent), terms


def trait_factors(person: Person, node: int, *, present: bool) -> dict[int, Array]:
    """Factors by which an answer about a trait multiplies the odds of conditions.

    Parameters
    ----------
    person
        Network and evidence.
    node
        The trait.
    present
        The answer.
    """
    template = template_of(person.knowledge)
    name = person.knowledge.graph.nodes[node].template
    return template.multipliers(name, present, None, None, template.figures.point())


def _question(
    answers: Answers, now: Array, bounds: Array, matters: Array, person: Person
) -> Question:
    node, yes, present, absent = answers.node, answers.yes, answers.present, answers.absent
    no = 1 - yes
    gain = entropy(now) - yes * entropy(present) - no * entropy(absent)
    danger = np.isfinite(bounds)
    before = now >= bounds
    flips_up = (present >= bounds) != before
    flips_down = (absent >= bounds) != before
    crossings = yes * flips_up + no * flips_down
    moved = yes * flips_up * _shift(present, now) + no * flips_down * _shift(absent, now)
    weighty = float((moved * matters)[danger].sum())
    bits = float(np.maximum(gain, 0).sum())
    useful = float((np.maximum(gain, 0) * matters).sum())
    crossed = float(crossings[danger].sum())
    concept = person.knowledge.concept(person.knowledge.graph.nodes[node].template)
    cost = COST[int(getattr(concept, "burden", 0))]
    return Question(
        node, yes, bits, crossed, (useful + CROSSING_IN_BITS * weighty) / cost, present, absent
    )


def _shift(after: Array, before: Array) -> Array:
    """How far an answer moves a probability: log odds in units of log 2, at most one.

    A threshold that is crossed by a hair is hardly a reason to ask.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.abs(np.log(after / (1 - after)) - np.log(before / (1 - before)))
    return np.clip(np.nan_to_num(moved / np.log(2), posinf=1.0), 0, 1)
