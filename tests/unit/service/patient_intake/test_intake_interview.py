"""The patient's intake: the interview."""

from __future__ import annotations

from typing import Any

import pytest

from kinechain.service.clinic.intake.entered import Entered
from kinechain.service.clinic.intake.interviewing import (
    MOST_QUESTIONS,
    next_question,
    point_of,
    question_of,
    read_case,
    reply_of,
    said_of,
)
from kinechain.service.clinic.intake.shown import overview
from tests.support.patient_intake import (
    BACK,
    KNOWLEDGE,
    PLACES,
    SADDLE,
    Desk,
)


def test_replies_to_several_items_there_and_back() -> None:
    said = {1: "no", 2: "yes", 3: "unknown"}
    assert said_of(reply_of(said, 3), 3) == said
    assert said_of(reply_of({1: "yes"}, 2), 2) == {1: "yes", 2: "unknown"}
    assert said_of("unknown", 2) == {1: "unknown", 2: "unknown"}


def test_what_was_left_open_is_unknown_and_not_denied(desk: Desk) -> None:
    desk.intake.agree(desk.stay)
    desk.enter("where", BACK["where"])
    view = desk.reply(SADDLE, reply_of({2: "no"}, 2))
    facts = [fact for one in view.entered.answers for fact in one.facts]
    assert [(fact.name, fact.state) for fact in facts] == [("urinary_retention", "absent")]


@pytest.mark.slow
def test_a_question_is_the_same_again_by_its_key(desk: Desk) -> None:
    desk.intake.agree(desk.stay)
    for step, fields in BACK.items():
        desk.enter(step, fields)
    view = desk.enter("since", {"number": "6", "unit": "weeks"})
    for _ in range(4):
        asked = next_question(point_of(view.patient, view.entered), KNOWLEDGE)
        assert asked is not None
        case = read_case(view.patient, view.entered, KNOWLEDGE).case
        again = question_of(asked.key, asked.items[0].sides, case, KNOWLEDGE)
        assert again is not None
        assert (again.items, again.expects, again.stage) == (
            asked.items, asked.expects, asked.stage)  # fmt: skip
        view = desk.reply(asked.key, "none" if asked.expects == "any_of" else "no")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "ask:",
        "ask:nonsense",
        "tell:fever",
        "ask:obesity",
        "ask:fever.l5",
        "danger:fever+x",
        "ask:crp",
        "ask:straight_leg_raise",
    ],
)
def test_keys_that_no_page_has_made(key: str, desk: Desk) -> None:
    view = desk.intake.look(desk.stay)
    case = read_case(view.patient, Entered(), KNOWLEDGE).case
    assert question_of(key, (), case, KNOWLEDGE) is None


def test_enough_is_enough(desk: Desk) -> None:
    view = desk.intake.look(desk.stay)
    point = point_of(view.patient, PLACES)
    assert next_question(replace_count(point), KNOWLEDGE) is None
    assert next_question(point_of(view.patient, Entered()), KNOWLEDGE) is None


def replace_count(point: Any) -> Any:
    return type(point)(point.text, point.asked, MOST_QUESTIONS)


def test_another_answer_takes_the_place_of_the_first(desk: Desk) -> None:
    desk.intake.agree(desk.stay)
    desk.enter("where", BACK["where"])
    desk.reply(SADDLE, "none")
    desk.reply("ask:limp", "no")
    view = desk.reply(SADDLE, "unknown")
    assert [one.reply for one in view.entered.answers] == ["unknown", "no"]
    _, lines = overview(view.entered, view.steps, KNOWLEDGE)
    assert [line.change for line in lines] == ["question/1", "question/2"]
    assert lines[0].is_open
