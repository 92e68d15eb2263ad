"""The screens of the intake in their order, where a patient is among them, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kinechain.domain.record import Fact, Person
from kinechain.knowledge import Knowledge
from kinechain.service.clinic.intake.entered import Entered
from kinechain.service.clinic.intake.typed import SCORE
from kinechain.service.clinic.intake.words import questionnaires

PAIN = ("where", "spread", "strength", "kind", "since", "began")
QUESTIONS, OVERVIEW = "questions", "overview"
USUAL_QUESTIONS = 11
"""So many questions an interview mostly has; a guess for the bar that shows progress."""
LEAST_LEFT = 2
FIELDS: dict[str, tuple[str, ...]] = {
    "birth": ("birth_date", "age"), "sex": ("sex",), "size": ("height_cm", "weight_kg"),
    "where": ("places", "complete"), "spread": ("spread_from", "spread_to"),
    "strength": ("strength",), "kind": ("kinds",), "since": ("since",), "began": ("began",),
    "questions": (),
}  # fmt: skip
"""What each step enters, to see whether two windows entered different things."""


def steps_of(
    entered: Entered, person: Person, facts: Sequence[Fact], knowledge: Knowledge
) -> tuple[str, ...]:
    """The screens before the interview, in order: of the person only what the record lacks.

    Parameters
    ----------
    entered
        What was answered here stays among them, so that it can be changed.
    person, facts
        The record, its current facts.
    knowledge
        The questionnaires.
    """
    held = {fact.key for fact in facts}
    lacking = {
        "birth": person.birth_date is None and "age" not in held,
        "sex": person.sex is None and "sex" not in held,
        "size": not {"height", "weight"} <= held,
    }
    about = [name for name, lacks in lacking.items() if lacks or name in entered.done]
    pain = [name for name in PAIN if name == "where" or entered.places]
    scores = [f"{SCORE}{one.id}" for one in questionnaires(knowledge)]
    return (*about, *pain, *scores)


def next_step(steps: Sequence[str], entered: Entered) -> str:
    """The first screen that was neither answered nor skipped; `questions` after all.

    Parameters
    ----------
    steps
        From `steps_of`.
    entered
        What was done.
    """
    return next((one for one in steps if one not in entered.done), QUESTIONS)


def value_of(part: str, entered: Entered) -> object:
    """What one screen has entered, to be compared.

    Parameters
    ----------
    part
        A step, or ``question:`` and its key.
    entered
        All of it.
    """
    if part.startswith("question:"):
        key = part.partition(":")[2]
        return [one.reply for one in entered.answers if one.question.key == key]
    if part.startswith(SCORE):
        return entered.scores.get(part.removeprefix(SCORE))
    return [getattr(entered, name) for name in FIELDS.get(part, (part,))]


@dataclass(frozen=True)
class Progress:
    """How far a patient is.

    Attributes
    ----------
    number, total
        This screen, and about how many there are.
    """

    number: int
    total: int


def progress(steps: Sequence[str], here: str, question: int = 0) -> Progress:
    """How far a screen is from the beginning; the share never goes down on the way.

    Parameters
    ----------
    steps
        From `steps_of`.
    here
        The step, `questions` or `overview`.
    question
        Which question, from 1.
    """
    before = 1  # the consent
    if here in steps:
        number = before + steps.index(here) + 1
        return Progress(number, before + len(steps) + USUAL_QUESTIONS + 1)
    number = before + len(steps) + question
    if here == QUESTIONS:
        left = max(USUAL_QUESTIONS - question, LEAST_LEFT) + 1
        return Progress(number, number + left)
    return Progress(number + 1, number + 1)
