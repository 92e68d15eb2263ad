"""What was entered, as the screens show it again and as the overview sums it up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from kinechain.domain.interview import Answer
from kinechain.knowledge import Knowledge
from kinechain.service.clinic.intake.entered import EVERYWHERE, Entered, Since
from kinechain.service.clinic.intake.interviewing import SKIPPED, UNKNOWN, said_of
from kinechain.service.clinic.intake.typed import SCORE
from kinechain.service.clinic.intake.words import patient_words, place_words, question_words

Shown = dict[str, list[str]]
NOTHING = "not answered"
REPLIES = {
    "yes": "Yes", "no": "No", UNKNOWN: "I do not know", SKIPPED: NOTHING,
    "yes left": "Yes, left", "yes right": "Yes, right", "yes both": "Yes, both sides",
}  # fmt: skip
TITLES = {
    "birth": "Born", "sex": "Sex", "size": "Height and weight", "where": "Where it hurts",
    "spread": "Where it spreads", "strength": "How strong", "kind": "What it is like",
    "since": "Since when", "began": "How it began",
}  # fmt: skip


def values_of(step: str, entered: Entered) -> Shown:
    """The fields of a screen, filled with what was entered.

    Parameters
    ----------
    step
        Its name.
    entered
        By the patient.
    """
    found: Shown = {}
    match step:
        case "birth":
            if entered.birth_date:
                born = date.fromisoformat(entered.birth_date)
                found = {"day": [str(born.day)], "month": [str(born.month)],
                         "year": [str(born.year)]}  # fmt: skip
            elif entered.age is not None:
                found = {"age": [str(entered.age)]}
        case "sex":
            found = {"sex": [entered.sex or ""]}
        case "size":
            sizes = {"height_cm": entered.height_cm, "weight_kg": entered.weight_kg}
            found = {name: [f"{one:g}"] for name, one in sizes.items() if one is not None}
        case "where":
            found = {"place": list(entered.places), "complete": ["yes"] if entered.complete else []}
        case "spread":
            found = {"place": list(entered.spread_to), "from": [entered.spread_from]}
        case "strength":
            found = {f"strength:{place}": [str(one)] for place, one in entered.strength.items()}
        case "kind":
            found = _by_place("kinds", entered, _kinds)
        case "since":
            found = _by_place("since", entered, _since)
        case "began":
            found = _by_place("began", entered, _began)
        case _:
            answers = entered.scores.get(step.removeprefix(SCORE), ())
            found = {f"item-{place}": [f"{one:g}"] for place, one in enumerate(answers, 1)
                     if one is not None}  # fmt: skip
    return found


def _kinds(name: str, said: tuple[str, ...]) -> Shown:
    return {f"kind{name}": list(said)}


def _began(name: str, said: str) -> Shown:
    return {f"began{name}": [said]}


def _since(name: str, said: Since) -> Shown:
    return {f"number{name}": [f"{said.number:g}"], f"unit{name}": [said.unit]}


def _by_place(
    what: Literal["kinds", "since", "began"], entered: Entered, fields: Callable[[str, Any], Shown]
) -> Shown:
    found: Shown = {"scope": ["apart" if what in entered.apart else "same"]}
    said: dict[str, Any] = getattr(entered, what)
    for place, one in said.items():
        found |= fields(f":{place}" if place != EVERYWHERE else "", one)
    return found


@dataclass(frozen=True)
class Line:
    """One line of the overview.

    Attributes
    ----------
    title, words
        What was asked, and what was said.
    change
        Name of the step, or ``question/3``.
    details
        More words, one a line.
    is_open
        Whether these are shown at once: where something was not denied.
    """

    title: str
    words: str
    change: str
    details: tuple[str, ...] = ()
    is_open: bool = False


def overview(
    entered: Entered, steps: tuple[str, ...], knowledge: Knowledge
) -> tuple[list[Line], list[Line]]:
    """Everything that was entered, in words: the screens, and the questions.

    Parameters
    ----------
    entered
        By the patient.
    steps
        From `steps_of`.
    knowledge
        Words of questions and questionnaires.
    """
    screens: list[Line] = []
    for step in steps:
        if step.startswith(SCORE):
            instrument = knowledge.instruments[step.removeprefix(SCORE)]
            answers = entered.scores.get(instrument.id, ())
            words = ", ".join("-" if one is None else f"{one:g}" for one in answers) or NOTHING
            screens.append(Line(instrument.item_texts[0], words, f"step/{step}"))
        else:
            screens.append(Line(TITLES[step], _words(step, entered) or NOTHING, f"step/{step}"))
    questions = [
        _question(number, answer, knowledge) for number, answer in enumerate(entered.answers, 1)
    ]
    return screens, questions


def _words(step: str, entered: Entered) -> str:
    match step:
        case "birth":
            if entered.birth_date:
                born = date.fromisoformat(entered.birth_date)
                return f"{born.day} {born:%B} {born.year}"
            return f"{entered.age} years old" if entered.age is not None else ""
        case "sex":
            return (entered.sex or "").capitalize()
        case "size":
            height = f"{entered.height_cm:g} cm" if entered.height_cm else ""
            weight = f"{entered.weight_kg:g} kg" if entered.weight_kg else ""
            return ", ".join(filter(None, (height, weight)))
        case "where":
            words = "; ".join(map(place_words, entered.places))
            return f"{words}. Nowhere else" if words and entered.complete else words
        case "spread":
            if not entered.spread_to:
                return "It does not spread" if "spread" in entered.done else ""
            goals = "; ".join(map(place_words, entered.spread_to))
            return f"From {place_words(entered.spread_from)} to {goals}"
        case "strength":
            return _each({place: f"{one} of 10" for place, one in entered.strength.items()
                          if place in entered.places}, entered)  # fmt: skip
        case "kind":
            names = patient_words().kinds
            return _each({place: " / ".join(names[one] for one in said)
                          for place, said in entered.kinds.items()}, entered)  # fmt: skip
        case "since":
            return _each({place: said.words for place, said in entered.since.items()}, entered)
        case _:
            names = patient_words().began
            return _each({place: names[said] for place, said in entered.began.items()}, entered)


def _each(said: dict[str, str], entered: Entered) -> str:
    """What is said of each place; the place is left out where there is one, or it is of all."""
    if EVERYWHERE in said:
        return said[EVERYWHERE]
    if len(entered.places) == 1:
        return next(iter(said.values()), "")
    return "; ".join(
        f"{place_words(place)}: {words}" for place, words in said.items() if place in entered.places
    )


def _question(number: int, answer: Answer, knowledge: Knowledge) -> Line:
    question = answer.question
    change = f"question/{number}"
    if question.expects == "yes_no":
        words = question_words(question.items[0], knowledge)
        return Line(words, REPLIES.get(answer.reply, answer.shown), change)
    texts = {place: question_words(item, knowledge) for place, item in enumerate(question.items, 1)}
    said = said_of(answer.reply, len(texts))
    details = tuple(f"{texts[place]} {REPLIES[word]}" for place, word in said.items())
    if not said:
        return Line("Is one of these so?", NOTHING, change, tuple(texts.values()))
    is_denied = set(said.values()) == {"no"}
    words = "No to all" if is_denied else "See each:"
    return Line("Is one of these so?", words, change, details, is_open=not is_denied)
