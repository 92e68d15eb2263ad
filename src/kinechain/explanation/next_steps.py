"""What to ask, examine or test next, and what each answer would change."""

from __future__ import annotations

from typing import Any

import numpy as np

from kinechain.domain.assessment import Change, Next
from kinechain.inference.network import Array
from kinechain.inference.person import Person
from kinechain.inference.value import Question, Questions

CHANGES_SHOWN = 3
SMALLEST_CHANGE = 0.005


def next_steps(person: Person, questions: Questions, shown: int = 10) -> tuple[Next, ...]:
    """The most useful questions, in words.

    Parameters
    ----------
    person
        Network and evidence.
    questions
        Valued questions.
    shown
        How many to give.
    """
    return tuple(_next(person, questions, one) for one in questions.asked[:shown])


def _next(person: Person, questions: Questions, one: Question) -> Next:
    knowledge = person.knowledge
    node = knowledge.graph.nodes[one.node]
    concept: Any = knowledge.concept(node.template)
    is_trait = node.kind == "trait"
    return Next(
        finding=node.template,
        id=node.template if is_trait else node.id,
        label=concept.label if is_trait else knowledge.label(node.id),
        question=concept.question,
        kind="history" if is_trait else concept.kind,
        burden=concept.burden,
        chance=one.chance,
        gain_bits=one.gain_bits,
        threshold_crossings=one.threshold_crossings,
        if_present=_changes(person, questions, one.present),
        if_absent=_changes(person, questions, one.absent),
    )


def _changes(person: Person, questions: Questions, after: Array) -> tuple[Change, ...]:
    """The conditions that an answer would move most."""
    order = np.argsort(-np.abs(after - questions.now))[:CHANGES_SHOWN]
    knowledge = person.knowledge
    return tuple(
        Change(
            id=knowledge.graph.nodes[questions.conditions[place]].id,
            label=knowledge.label(knowledge.graph.nodes[questions.conditions[place]].id),
            present=float(after[place]),
            before=float(questions.now[place]),
        )
        for place in order
        if abs(after[place] - questions.now[place]) >= SMALLEST_CHANGE
    )
