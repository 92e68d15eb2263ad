"""Every patient that a decision rule can tell apart, as the network sees them.

The patients of one age and one set of traits differ only in which findings are present.
"Present" follows from absences by inclusion and exclusion,

    P(exactly the findings of A absent) = sum over T containing A of (-1)^|T - A| P(T absent),

and absent findings need no table of their own, so that all patients come from one batched
elimination with a row for each set of absent findings, with the condition free and put away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import msgspec
import numpy as np

from kinechain.domain.case import Case, Observation, Pain, State
from kinechain.domain.decision_rules import DecisionRule, RuleAge, RuleItem
from kinechain.inference.network import Array, Assembly, Weights
from kinechain.inference.person import Person, person_of
from kinechain.knowledge import Knowledge

SIDE = "right"
LEAST_SHARE = 1e-12
"""Patients rarer than this are lost in rounding and left out."""


@dataclass(frozen=True)
class GridPatient:
    """One patient of a rule.

    Attributes
    ----------
    met
        For each item that is asked, whether it is met.
    share
        How often such a patient comes, among those who have the rule's complaint; relative.
    probability
        Of the condition, by the network.
    case
        As a record.
    """

    met: tuple[bool, ...]
    age: RuleAge
    score: float
    share: float
    probability: float
    case: Case


def grid(knowledge: Knowledge, rule: DecisionRule) -> tuple[GridPatient, ...]:
    """All combinations of a rule's items and ages, with what the network makes of each.

    Parameters
    ----------
    knowledge
        The knowledge.
    rule
        The rule; its names must exist (`check_rules`).

    Raises
    ------
    TableTooLarge
        When the network cannot be evaluated exactly.
    """
    traits = [place for place, item in enumerate(rule.asked) if _is_trait(item, knowledge)]
    others = [place for place in range(len(rule.asked)) if place not in traits]
    found: list[GridPatient] = []
    for age in rule.ages:
        for states in product((False, True), repeat=len(traits)):
            fixed = dict(zip(traits, states, strict=True))
            found += _patients(knowledge, rule, age, fixed, others)
    return tuple(found)


def _is_trait(item: RuleItem, knowledge: Knowledge) -> bool:
    return any(name in knowledge.traits for name in item.ids)


def case_of(knowledge: Knowledge, rule: DecisionRule, age: RuleAge, met: Sequence[bool]) -> Case:
    """A patient of a rule as a record.

    Of several findings of which one is enough, the first is recorded as present.

    Parameters
    ----------
    knowledge
        Says which findings have sides.
    rule, age, met
        The rule, the age group, and for each item that is asked whether it is met.
    """
    observations = [_observed(knowledge, name, "present") for name in rule.patient.present]
    for item, one in zip(rule.asked, met, strict=True):
        here = one == bool(item.of)
        for place, name in enumerate(item.ids):
            if not here:
                observations.append(_observed(knowledge, name, "absent"))
            elif place == 0:
                observations.append(_observed(knowledge, name, "present"))
    return Case(
        id=rule.id,
        age_years=age.years,
        sex=rule.patient.sex,
        setting=rule.patient.setting,
        pain=tuple(Pain(site=site, side=SIDE) for site in rule.patient.pain),
        observations=tuple(observations),
    )


def _observed(knowledge: Knowledge, name: str, state: State) -> Observation:
    plain, _, level = name.partition(".")
    paired = knowledge.concept(plain).sides == "paired"
    return Observation(
        finding=plain, state=state, side=SIDE if paired else "midline", level=level or None
    )


def _patients(
    knowledge: Knowledge,
    rule: DecisionRule,
    age: RuleAge,
    fixed: dict[int, bool],
    others: list[int],
) -> Iterator[GridPatient]:
    """The patients of one age and one set of traits."""
    items = rule.asked
    met = [fixed.get(place, bool(item.of)) for place, item in enumerate(items)]
    case = case_of(knowledge, rule, age, met)
    more = [
        _observed(knowledge, name, "present") for place in others for name in items[place].ids[1:]
    ]
    case = msgspec.structs.replace(case, observations=(*case.observations, *more))
    person = person_of(knowledge, case)
    signs = [_nodes(person, items[place]) for place in others]
    z = _absences(person, signs, _instances(knowledge, rule))
    everyone, without = _exactly(z[0]), _exactly(z[1])
    for pattern in range(len(everyone)):
        share = float(everyone[pattern])
        if share < LEAST_SHARE:
            continue
        for bit, place in enumerate(others):
            absent = bool(pattern >> bit & 1)
            met[place] = absent != bool(items[place].of)
        yield GridPatient(
            met=tuple(met),
            age=age,
            score=rule.score(met, age),
            share=share * age.share,
            probability=float(np.clip(1 - without[pattern] / share, 0, 1)),
            case=case_of(knowledge, rule, age, met),
        )


def _nodes(person: Person, item: RuleItem) -> list[int]:
    """Network nodes of an item's findings."""
    wanted = {tuple(name.partition(".")[::2]) for name in item.ids}
    return [
        node
        for evidence, node in zip(person.items, person.nodes, strict=True)
        if (evidence.finding, evidence.level or "") in wanted
    ]


def _instances(knowledge: Knowledge, rule: DecisionRule) -> list[int]:
    return [place for name in rule.condition for place in knowledge.instances[name]]


def _absences(person: Person, signs: list[list[int]], condition: list[int]) -> Array:
    """Sums of products for each set of absent signs, shape ``(2, 2 ** len(signs))``.

    Bit ``j`` of the column says that the sign ``j`` is absent; in the second row the
    condition is put away.
    """
    asked = {node for nodes in signs for node in nodes}
    kept = [place for place, node in enumerate(person.nodes) if node not in asked]
    base = replace(
        person,
        items=tuple(person.items[place] for place in kept),
        nodes=tuple(person.nodes[place] for place in kept),
        multipliers=tuple(person.multipliers[place] for place in kept),
    ).weights()
    columns = 1 << len(signs)
    pattern = np.tile(np.arange(columns), 2)
    away = np.repeat([0.0, 1.0], columns)
    likelihood, absent = dict(base.likelihood), dict(base.absent)
    for node in condition:
        weight = np.stack([np.ones_like(away), 1 - away], axis=1)
        likelihood[node] = likelihood.get(node, 1.0) * weight
    for bit, nodes in enumerate(signs):
        gone = (pattern >> bit & 1).astype(float)
        for node in nodes:
            absent[node] = np.maximum(absent.get(node, 0.0), gone)
    assembly = Assembly(person.network, list(likelihood), list(absent))
    z = np.concatenate([run.z for _, run in assembly.portions(Weights(likelihood, absent))])
    return np.broadcast_to(z, (2 * columns,)).reshape(2, columns)


def _exactly(z: Array) -> Array:
    """From "these are absent" to "these are absent and the others present"."""
    found = z.copy()
    places = np.arange(len(z))
    bit = 1
    while bit < len(z):
        without = places[(places & bit) == 0]
        found[without] -= found[without | bit]
        bit <<= 1
    return found
