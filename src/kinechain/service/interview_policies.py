"""Ways of asking, each against the same simulated patients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import process_time
from typing import Literal, cast

import msgspec

from kinechain.domain.case import Case, Observation, Side, State
from kinechain.domain.concepts import Finding, Trait
from kinechain.domain.interview import Item, Question
from kinechain.inference.outlook import Outlook, outlook, some_of
from kinechain.inference.ranking import estimate, evaluate
from kinechain.inference.value import COST
from kinechain.knowledge import Knowledge
from kinechain.service.assess import red_flags
from kinechain.service.interview.asking import (
    Asked,
    Policy,
    item_of,
    question_for,
    stage_of,
    thresholds_of,
)
from kinechain.service.simulation import Patient

Way = Literal["kinechain", "fixed order", "bits alone"]
WAYS: tuple[Way, ...] = ("kinechain", "fixed order", "bits alone")
BITS_EXACT = 6
RELEVANT_BITS = 1e-4
"""A fixed form asks only what bears on the complaint by more than this at the beginning."""


@dataclass(frozen=True)
class Moment:
    """What stands after a question was answered.

    Attributes
    ----------
    items
        How many findings were asked about so far; a bundle holds several.
    leading
        Id of the condition that leads.
    recognised
        Dangerous conditions with a raised flag or alert, or leading.
    milliseconds
        Processor time that it took to find this question.
    """

    items: int
    leading: str
    recognised: frozenset[str]
    milliseconds: float


def interview(
    knowledge: Knowledge, patient: Patient, way: Way, most: int, policy: Policy | None = None
) -> tuple[list[Moment], Case]:
    """Interview a simulated patient.

    Parameters
    ----------
    knowledge
        The knowledge.
    patient
        Who knows the answer to everything.
    way
        How the next question is found.
    most
        After how many questions it ends at the latest.
    policy
        What `kinechain` asks.

    Returns
    -------
    moments, case
        The first moment is that before any question.
    """
    case = patient.case
    asked = Asked(frozenset(), frozenset(), frozenset({"opening"}))
    plan = _fixed(knowledge, case) if way == "fixed order" else iter(())
    moments = [_moment(knowledge, case, 0, 0.0)]
    for _ in range(most):
        start = process_time()
        question: Question | None = None
        if way == "kinechain":
            question = question_for(case, asked, knowledge, policy or Policy())
            items = question.items if question else ()
        elif way == "bits alone":
            items = _by_bits(knowledge, case, asked)
        else:
            items = next(plan, ())
        elapsed = (process_time() - start) * 1000
        if not items:
            break
        case = answered(knowledge, patient, case, items)
        asked = Asked(asked.keys | ({question.key} if question else set()),
                      asked.items | {(item.finding, item.level) for item in items},
                      asked.ended)  # fmt: skip
        moments.append(_moment(knowledge, case, len(asked.items), elapsed))
    return moments, case


def answered(knowledge: Knowledge, patient: Patient, case: Case, items: tuple[Item, ...]) -> Case:
    """The case with the true answers to some items.

    Parameters
    ----------
    knowledge
        The knowledge.
    patient
        Who answers.
    case
        What is known so far.
    items
        What is asked.
    """
    found = list(case.observations)
    for item in items:
        for side in item.sides or (None,):
            state: State = (
                "present" if patient.has(knowledge, item.finding, item.level, side) else "absent"
            )
            paired = knowledge.concept(item.finding).sides == "paired"
            where: Side = side or ("unknown" if paired else "midline")
            found.append(Observation(finding=item.finding, state=state, side=where,
                                     level=item.level))  # fmt: skip
    return msgspec.structs.replace(case, observations=tuple(found))


def full_record(knowledge: Knowledge, patient: Patient) -> Case:
    """The case with the true answers to everything that could be asked.

    Parameters
    ----------
    knowledge, patient
        As for `interview`.
    """
    view = outlook(knowledge, patient.case)
    return answered(knowledge, patient, patient.case, tuple(_items(knowledge, patient.case, view)))


def leading(knowledge: Knowledge, view: Outlook) -> str:
    """The condition that most probably explains the complaint.

    Parameters
    ----------
    knowledge
        The knowledge.
    view
        What is likely.
    """
    origins = {name: float(some_of(view.explains, at)) for name, at in view.families.items()}
    return max(origins, key=lambda name: (origins[name], name)) if origins else ""


def _moment(knowledge: Knowledge, case: Case, items: int, milliseconds: float) -> Moment:
    view = outlook(knowledge, case)
    first = leading(knowledge, view)
    alarmed = {flag.condition for flag in red_flags(case, knowledge) if flag.status == "raised"}
    bounds = thresholds_of(knowledge)
    alarmed |= {
        name for name, places in view.families.items()
        if name in bounds and float(some_of(view.present, places)) >= bounds[name]
    }  # fmt: skip
    return Moment(items, first, frozenset(alarmed | {first}), milliseconds)


def _items(knowledge: Knowledge, case: Case, view: Outlook) -> Iterator[Item]:
    """Everything that could be asked, each finding and level once."""
    nodes = knowledge.graph.nodes
    seen: set[tuple[str, str | None]] = set()
    for place in view.unanswered:
        node = nodes[place]
        level = node.level if node.kind == "finding" else None
        if (node.template, level) not in seen:
            seen.add((node.template, level))
            yield item_of(case, knowledge, node.template, level)


def _fixed(knowledge: Knowledge, case: Case) -> Iterator[tuple[Item, ...]]:
    """Red flags, history, examination and tests in the order of their files."""
    view = outlook(knowledge, case)
    bearing = {
        knowledge.graph.nodes[one.node].template
        for one in estimate(view, view.unanswered, thresholds_of(knowledge))
        if one.value >= RELEVANT_BITS
    }
    flags = [flag for flag in red_flags(case, knowledge) if flag.status == "to_ask"]
    first = [name for flag in flags for name in flag.ask]
    order = {"history": 0, "examination": 1, "tests": 2}

    def place(item: Item) -> tuple[int, int]:
        concept = cast("Finding | Trait", knowledge.concept(item.finding))
        flagged = item.finding in first and stage_of(concept) != "tests"
        return (-1, first.index(item.finding)) if flagged else (order[stage_of(concept)], 0)

    wanted = [item for item in _items(knowledge, case, view)
              if item.finding in bearing or item.finding in first]  # fmt: skip
    yield from ((item,) for item in sorted(wanted, key=place))


def _by_bits(knowledge: Knowledge, case: Case, asked: Asked) -> tuple[Item, ...]:
    """The question with the most bits about the origins, whatever its burden."""
    view = outlook(knowledge, case)
    nodes = knowledge.graph.nodes
    open_ones = [one for one in view.unanswered if not asked.has(nodes[one].template,
                                                                 nodes[one].level)]  # fmt: skip
    bounds = thresholds_of(knowledge)
    best = sorted(estimate(view, open_ones, bounds), key=lambda one: -one.bits)[:BITS_EXACT]
    exact = evaluate(view, [one.node for one in best], bounds)
    if not exact:
        return ()
    node = nodes[max(exact, key=lambda one: one.bits).node]
    level = node.level if node.kind == "finding" else None
    return (item_of(case, knowledge, node.template, level),)


def burden(knowledge: Knowledge, items: set[tuple[str, str | None]]) -> float:
    """What some items cost, in questions of history.

    Parameters
    ----------
    knowledge
        Where the burden stands.
    items
        Findings with their level.
    """
    return sum(COST[cast("Finding | Trait", knowledge.concept(name)).burden] for name, _ in items)
