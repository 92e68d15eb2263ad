"""The interview, one question a screen."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from msgspec.structs import replace

from kinechain.domain.interview import Answer, Question
from kinechain.knowledge import Knowledge
from kinechain.service.clinic.intake import ClashError, Entered, HandedInError, Intake, View
from kinechain.service.clinic.intake.interviewing import (
    NONE,
    SKIPPED,
    answered,
    likely_replies,
    next_question,
    point_of,
    question_of,
    read_case,
    reply_of,
    said_of,
    with_answer,
)
from kinechain.service.clinic.intake.shown import REPLIES
from kinechain.service.clinic.intake.steps import OVERVIEW, QUESTIONS, next_step, progress
from kinechain.service.clinic.intake.words import question_words
from kinechain.service.interview import ReplyError
from kinechain.web.pages.patient_parts import (
    ALARM,
    HOME,
    SUMMARY,
    Fields,
    FieldsOf,
    IntakeOf,
    StayOf,
    ahead_of,
    closed,
    elsewhere,
    first,
    go,
    instead,
    patient_page,
    question_address,
    revision_of,
)

router = APIRouter(include_in_schema=False)
WAIT_S = 0.35
"""A question that takes longer shows a page that asks for it again."""

SAYS = ("yes", "no", "unknown")
CHOOSE = "Please choose an answer, or press Skip."
BOTH = "You said yes to one. Please press Next, or change it to no."


@dataclass(frozen=True)
class Asked:
    """A question as its screen shows it.

    Attributes
    ----------
    items
        Number, words and what was said, where several things are asked.
    choices
        Reply, its words, and whether it was given, where one thing is asked.
    side
        The only side that is meant.
    sides
        As the form brings them back.
    """

    key: str
    text: str
    items: tuple[tuple[int, str, str], ...]
    choices: tuple[tuple[str, str, bool], ...]
    side: str
    sides: str
    is_danger: bool
    is_answered: bool


@router.get(f"{HOME}/question/{{number}}", name="intake_question_page")
def question_page(
    request: Request, stay: StayOf, desk: IntakeOf, number: int, then: str = ""
) -> Response:
    """A question: one that was answered, to look at or change, or the next."""
    view = desk.look(stay)
    away = elsewhere(request, view)
    if away is not None:
        return away
    answers = view.entered.answers
    if 1 <= number <= len(answers):
        given = answers[number - 1]
        return _screen(request, desk, view, number, then, given.question, given.reply)
    step = next_step(view.steps, view.entered)
    if step != QUESTIONS or number != len(answers) + 1:
        return go(request, HOME)
    if view.entered.enough:
        return _finished(request, stay, desk, view)
    point = point_of(view.patient, view.entered)
    found = ahead_of(request).get(point.key, lambda: next_question(point, desk.knowledge), WAIT_S)
    if found is None:
        answer = patient_page(request, "wait", progress=progress(view.steps, QUESTIONS, number))
        answer.headers["Refresh"] = "1"  # for browsers without script
        return answer
    question = found.result()
    if question is None:
        return _finished(request, stay, desk, view)
    _prepare(request, desk, view, question)
    return _screen(request, desk, view, number, then, question, "")


def _finished(request: Request, stay: StayOf, desk: Intake, view: View) -> Response:
    """Nothing more is asked: on to the overview."""
    if QUESTIONS not in view.entered.done:
        desk.save(stay, QUESTIONS, view.revision, _done, dangers=False)
    return go(request, SUMMARY)


def _done(entered: Entered) -> Entered:
    done = entered.done if QUESTIONS in entered.done else (*entered.done, QUESTIONS)
    return replace(entered, done=done)


@router.post(f"{HOME}/question/{{number}}", name="intake_question")
def question(
    request: Request, stay: StayOf, desk: IntakeOf, fields: FieldsOf, number: int
) -> Response:
    """Keep an answer, and go on; at an alarm, to the page that says what to do now."""
    view = desk.look(stay)
    away = closed(request, view)
    if away is not None:
        return away
    asked = _asked_again(request, view, fields, desk.knowledge)
    if asked is None:
        raise HTTPException(422)
    then = first(fields, "then")
    try:
        given = answered(asked, _reply(asked, fields), desk.knowledge)
        after = desk.save(
            stay, f"question:{asked.key}", revision_of(fields),
            lambda entered: with_answer(entered, given),
        )  # fmt: skip
    except ReplyError as error:
        return _screen(request, desk, view, number, then, asked, "", fields, str(error), 422)
    except ClashError as clash:
        newer = instead(view, clash.newer)
        return _screen(request, desk, newer, number, then, asked, "", fields, status=409)
    except HandedInError:
        return go(request, HOME)
    if after.entered.alarms:
        return go(request, ALARM)
    if then == OVERVIEW:
        return go(request, HOME)
    keys = [one.question.key for one in after.entered.answers]
    return go(request, question_address(keys.index(asked.key) + 2))


@router.post(f"{HOME}/enough", name="intake_enough")
def enough(request: Request, stay: StayOf, desk: IntakeOf, fields: FieldsOf) -> Response:
    """The patient wants no more questions, or some more after all."""
    is_enough = first(fields, "answer") != "more"

    def change(entered: Entered) -> Entered:
        entered = replace(entered, enough=is_enough)
        if is_enough:
            return _done(entered)
        done = tuple(one for one in entered.done if one != QUESTIONS)
        return replace(entered, done=done)

    with contextlib.suppress(ClashError, HandedInError):
        desk.save(stay, "enough", revision_of(fields), change, dangers=False)
    return go(request, HOME)


def _asked_again(
    request: Request, view: View, fields: Fields, knowledge: Knowledge
) -> Question | None:
    """The question that a form answers: as it was asked, or made again from its key."""
    key = first(fields, "key")
    for given in view.entered.answers:
        if given.question.key == key:
            return given.question
    found = ahead_of(request).known(point_of(view.patient, view.entered).key)
    if found is not None and found.key == key:
        return found
    case = read_case(view.patient, view.entered, knowledge).case
    return question_of(key, first(fields, "sides").split(","), case, knowledge)


def _reply(asked: Question, fields: Fields) -> str:
    if first(fields, "skip"):
        return SKIPPED
    if asked.expects == "yes_no":
        reply = first(fields, "reply")
        if reply not in REPLIES:
            raise ReplyError(CHOOSE)
        return reply
    said = {
        place: word
        for place in range(1, len(asked.items) + 1)
        if (word := first(fields, f"item-{place}")) in SAYS
    }
    if first(fields, "none"):
        if any(word != "no" for word in said.values()):
            raise ReplyError(BOTH)
        return NONE
    if not said:
        raise ReplyError(CHOOSE)
    return reply_of(said, len(asked.items))


def _screen(
    request: Request, desk: Intake, view: View, number: int, then: str, asked: Question,
    reply: str, typed: Fields | None = None, error: str = "", status: int = 200,
) -> Response:  # fmt: skip
    shown = _shown(asked, reply, typed, desk.knowledge)
    stands = next((one for one in view.entered.answers if one.question.key == asked.key), None)
    back = question_address(number - 1) if number > 1 else f"{HOME}/step/{view.steps[-1]}"
    return patient_page(
        request, "question", status, asked=shown, view=view, number=number, then=then, back=back,
        progress=progress(view.steps, QUESTIONS, number), error=error,
        clash=_in_words(stands, desk.knowledge) if status == 409 and stands else (),
        action=question_address(number), next_address=question_address(number + 1),
    )  # fmt: skip


def _in_words(given: Answer, knowledge: Knowledge) -> tuple[str, ...]:
    """What an answer says, a line for each thing that was asked."""
    items = given.question.items
    if given.question.expects == "yes_no":
        return (REPLIES.get(given.reply, given.shown),)
    said = said_of(given.reply, len(items))
    return tuple(
        f"{question_words(items[place - 1], knowledge)} {REPLIES[word]}"
        for place, word in said.items()
    )


def _shown(asked: Question, reply: str, typed: Fields | None, knowledge: Knowledge) -> Asked:
    words = [question_words(item, knowledge) for item in asked.items]
    sides = asked.items[0].sides if len(asked.items) == 1 else ()
    is_several = asked.expects == "any_of"
    said = said_of(reply, len(words)) if reply and is_several else {}
    if typed is not None:
        said = {place: first(typed, f"item-{place}") for place in range(1, len(words) + 1)}
        reply = first(typed, "reply")
    yes = ("yes left", "yes right", "yes both") if len(sides) > 1 else ("yes",)
    return Asked(
        key=asked.key,
        text="Is one of these so?" if is_several else words[0],
        items=tuple((place, one, said.get(place, "")) for place, one in enumerate(words, 1))
        if is_several else (),
        choices=() if is_several else tuple(
            (one, REPLIES[one], one == reply) for one in (*yes, "no", "unknown")
        ),
        side=sides[0] if len(sides) == 1 else "",
        sides=",".join(sides),
        is_danger=asked.stage == "danger",
        is_answered=bool(reply),
    )  # fmt: skip


def _prepare(request: Request, desk: Intake, view: View, asked: Question) -> None:
    """Find the questions after the likely answers while this one is read."""
    jobs: list[tuple[str, object]] = []
    for reply in likely_replies(asked):
        entered = with_answer(view.entered, answered(asked, reply, desk.knowledge))
        point = point_of(view.patient, entered)
        jobs.append((point.key, lambda point=point: next_question(point, desk.knowledge)))
    ahead_of(request).prepare(view.patient.draft, jobs)  # type: ignore[arg-type]
