"""The interview of a patient who sits alone: dangers and history, no examination."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msgspec.structs import replace

from kinechain.domain.case import Case
from kinechain.domain.concepts import Finding, Trait
from kinechain.domain.interview import Answer, Question
from kinechain.domain.record import Fact, Person
from kinechain.intake import CaseReading, parse_case
from kinechain.knowledge import Knowledge
from kinechain.service.clinic.document import NAME, case_document
from kinechain.service.clinic.intake.entered import Entered
from kinechain.service.clinic.intake.facts import (
    BY_LINK,
    FINDINGS,
    PLACES,
    facts_of,
    stored,
    with_birth,
)
from kinechain.service.clinic.intake.words import patient_words
from kinechain.service.interview.asking import Asked, Policy, item_of, question_for, stage_of
from kinechain.service.interview.replies import understood

POLICY = Policy()
MOST_QUESTIONS = 12
"""An intake ends after so many, however much could still be asked."""

SKIPPED, UNKNOWN, NONE = "skip", "unknown", "none"
_STAGES = {"danger": "any_of", "ask": "yes_no"}


@dataclass(frozen=True)
class Point:
    """An interview at one moment: enough to find the next question.

    Attributes
    ----------
    text
        The case so far.
    asked
        What is not to be asked again.
    count
        How many questions were answered.
    """

    text: str
    asked: Asked
    count: int

    @property
    def key(self) -> str:
        """The same for the same moment."""
        parts = (self.text, *sorted(self.asked.keys), str(self.count))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Patient:
    """The record of a patient and what was entered since.

    Attributes
    ----------
    person, facts
        The record; its current facts.
    draft
        Id of the draft.
    today
        The day.
    """

    person: Person
    facts: tuple[Fact, ...]
    draft: str
    today: date

    def text(self, entered: Entered) -> str:
        """The case with what was entered; an earlier intake does not count beside it.

        Parameters
        ----------
        entered
            By the patient.
        """
        person = with_birth(self.person, entered)
        old = [one for one in self.facts if not _is_earlier(one)]
        new = facts_of(entered, self.draft, self.today.isoformat(), with_scores=False)
        said = stored(new, person.id, BY_LINK, person.created_at)
        return case_document(person, [*old, *said], self.today).text


def _is_earlier(fact: Fact) -> bool:
    return fact.by.startswith(BY_LINK) and fact.key in (*FINDINGS, *PLACES, "drawing")


def point_of(patient: Patient, entered: Entered) -> Point:
    """The moment at which an interview is.

    Parameters
    ----------
    patient, entered
        The record, and what was entered since.
    """
    answers = entered.answers
    never = ((name, None) for name in patient_words().not_asked)
    asked = Asked(
        frozenset(one.question.key for one in answers),
        frozenset((item.finding, item.level) for one in answers for item in one.question.items)
        | frozenset(never),
        frozenset({"opening"}),  # age, places and the like are asked on screens of their own
    )
    return Point(patient.text(entered), asked, len(answers))


def next_question(point: Point, knowledge: Knowledge) -> Question | None:
    """What to ask next; None when nothing is worth asking, or enough was asked.

    Parameters
    ----------
    point
        Where the interview is.
    knowledge
        What the questions rest on.
    """
    if point.count >= MOST_QUESTIONS:
        return None
    case = parse_case(point.text, knowledge, NAME).case
    return question_for(case, point.asked, knowledge, POLICY, "history")


def question_of(
    key: str, sides: Sequence[str], case: Case, knowledge: Knowledge
) -> Question | None:
    """A question again by its key, without working out what is worth asking.

    Parameters
    ----------
    key
        As a page brings it back; anything else gives None.
    sides
        The sides that the page offered.
    case
        The person so far.
    knowledge
        The findings.
    """
    kind, _, names = key.partition(":")
    parts = names.split("+") if kind == "danger" else [names]
    if kind not in _STAGES or not all(_may_be_asked(part, knowledge) for part in parts):
        return None
    offered = tuple(side for side in ("left", "right") if side in sides)
    items = tuple(
        item_of(case, knowledge, finding, level or None, offered if kind == "ask" else ())
        for finding, _, level in (part.partition(".") for part in parts)
    )
    return Question(
        key=key, stage="danger" if kind == "danger" else "history",
        expects="any_of" if len(items) > 1 else "yes_no", text="", why="", items=items,
    )  # fmt: skip


def _may_be_asked(name: str, knowledge: Knowledge) -> bool:
    finding, _, level = name.partition(".")
    concept = knowledge.findings.get(finding) or knowledge.traits.get(finding)
    if not isinstance(concept, Finding | Trait) or finding in patient_words().not_asked:
        return False
    return stage_of(concept) == "history" and (not level or level in concept.levels)


def answered(question: Question, reply: str, knowledge: Knowledge) -> Answer:
    """An answer with what follows from it.

    Parameters
    ----------
    question
        What was asked.
    reply
        ``yes``, ``yes left``, ``no``, ``unknown``, ``skip``; numbers for several items.
    knowledge
        The findings.

    Raises
    ------
    kinechain.service.interview.ReplyError
        When it is no answer to this question.
    """
    facts, shown = understood(question, reply, knowledge)
    return Answer(question=question, reply=reply, shown=shown, facts=facts)


def reply_of(said: Mapping[int, str], count: int) -> str:
    """The reply to several items, each answered by itself; those left open are unknown.

    Parameters
    ----------
    said
        ``yes``, ``no`` or ``unknown`` by number, from 1.
    count
        How many items there are.

    Examples
    --------
    >>> reply_of({1: "no", 2: "yes", 3: "no"}, 3), reply_of({1: "no", 2: "no"}, 2)
    ('2 yes', 'none')
    >>> reply_of({1: "no"}, 2), reply_of({}, 2)
    ('2 unknown', 'unknown')
    """
    words = {place: said.get(place, UNKNOWN) for place in range(1, count + 1)}
    if all(word == UNKNOWN for word in words.values()):
        return UNKNOWN
    named = [f"{place} {word}" for place, word in words.items() if word != "no"]
    return ", ".join(named) or NONE


def said_of(reply: str, count: int) -> dict[int, str]:
    """What a reply says of each item; the other way round.

    Parameters
    ----------
    reply, count
        From `reply_of`.

    Examples
    --------
    >>> said_of("2 yes", 3), said_of("none", 2), said_of("skip", 2)
    ({1: 'no', 2: 'yes', 3: 'no'}, {1: 'no', 2: 'no'}, {})
    """
    if reply in (SKIPPED, UNKNOWN):
        return dict.fromkeys(range(1, count + 1), reply) if reply == UNKNOWN else {}
    said = dict.fromkeys(range(1, count + 1), "no")
    for part in reply.split(", ") if reply != NONE else ():
        number, _, word = part.partition(" ")
        said[int(number)] = word
    return said


def with_answer(entered: Entered, answer: Answer) -> Entered:
    """What is entered with one answer more, or with another answer in its old place.

    Parameters
    ----------
    entered
        Before.
    answer
        To a question.
    """
    keys = [one.question.key for one in entered.answers]
    if answer.question.key in keys:
        place = keys.index(answer.question.key)
        answers = (*entered.answers[:place], answer, *entered.answers[place + 1 :])
    else:
        answers = (*entered.answers, answer)
    return replace(entered, answers=answers)


def likely_replies(question: Question) -> tuple[str, ...]:
    """The answers for which it pays to work out the next question while this one is read.

    Parameters
    ----------
    question
        What the patient reads.
    """
    if question.expects == "any_of":
        return (NONE,)
    several = len(question.items[0].sides) > 1
    return ("no", "yes left" if several else "yes")


def read_case(patient: Patient, entered: Entered, knowledge: Knowledge) -> CaseReading:
    """The case so far, as the program reads it.

    Parameters
    ----------
    patient, entered
        The record, and what was entered since.
    knowledge
        The vocabulary.
    """
    return parse_case(patient.text(entered), knowledge, NAME)
