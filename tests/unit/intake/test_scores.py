"""Scores of instruments, as entered and from answers."""

from __future__ import annotations

from datetime import date

import pytest

from kinechain.domain.case import Score
from tests.unit.intake.made_up import read, said

DAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{instrument: odi, on: 2026-11-16, score: 42}",
         [Score(instrument="odi", scale="total", value=42, on=DAY)]),
        ("{instrument: Oswestry, score: 42 %}", [Score(instrument="odi", scale="total", value=42)]),
        ("{instrument: odi, score: 42/100}", [Score(instrument="odi", scale="total", value=42)]),
        ("{odi: 42, on: 2026-11-16}", [Score(instrument="odi", scale="total", value=42, on=DAY)]),
        ("odi: {score: 42}", [Score(instrument="odi", scale="total", value=42)]),
        ("{instrument: koos, scale: Function in sport, score: 3}",
         [Score(instrument="koos", scale="function", value=3)]),
        ("{instrument: koos, score: 3}", [Score(instrument="koos", scale="pain", value=3)]),
        ("{instrument: peg, answers: [6, 5, 4]}",
         [Score(instrument="peg", scale="total", value=5, items=(6, 5, 4))]),
        ("peg: [6, 5, 4]", [Score(instrument="peg", scale="total", value=5, items=(6, 5, 4))]),
        ("{instrument: odi, answers: [1, null, 4]}",
         [Score(instrument="odi", scale="total", value=50, items=(1, None, 4))]),
        ("{instrument: odi, answers: '1, -, 4'}",
         [Score(instrument="odi", scale="total", value=50, items=(1, None, 4))]),
        ("{instrument: odi, answers: 1 - 4, score: 50}",
         [Score(instrument="odi", scale="total", value=50, items=(1, None, 4))]),
        ("{instrument: koos, answers: [1, 2, 3, 4]}",
         [Score(instrument="koos", scale="pain", value=3, items=(1, 2, 3, 4)),
          Score(instrument="koos", scale="function", value=7, items=(1, 2, 3, 4)),
          Score(instrument="koos", scale="mean", value=5, items=(1, 2, 3, 4))]),
        ("{instrument: koos, scale: function, answers: [1, 2, 3, 4]}",
         [Score(instrument="koos", scale="function", value=7, items=(1, 2, 3, 4))]),
    ],
)  # fmt: skip
def test_forms(entry: str, expected: list[Score]) -> None:
    reading = read(f"scores: [{entry}]")
    assert list(reading.case.scores) == expected
    assert {issue.level for issue in reading.issues} <= {"info"}


@pytest.mark.parametrize(
    ("entry", "message", "remedy"),
    [
        ("{instrument: odi, score: 142}",
         "The score total of odi must be from 0 to 100. Got 142.", "correct it"),
        ("{instrument: koos, scale: pain, score: 9}",
         "The score pain of koos must be from 0 to 8. Got 9.", "correct it"),
        ("{instrument: odi, score: bad}", "The score total of odi must be a number", "digits"),
        ("{instrument: odi, score: }", "must be from 0 to 100. Got nothing.", "delete"),
        ("{instrument: odi, score: 21/50}", "must be a number. Got '21/50'", ""),
        ("{instrument: zzqq, score: 4}", "The instrument must be known. Got 'zzqq'.",
         "data/instruments"),
        ("{instrument: koos, scale: colour, score: 4}",
         "The scale of koos must be pain, function or mean. Got 'colour'.", "choose one of pain"),
        ("{instrument: odi, answers: [1, 2]}", "must be 3, one for each item. Got 2.", "null"),
        ("{instrument: odi, answers: [1, 2, 3, 4]}", "must be 3, one for each item. Got 4.", ""),
        ("{instrument: odi, answers: [1, 2, 7]}",
         ("The answer to item 3 of Oswestry Disability Index must be a whole number from 0 to 5. "
         "Got 7."), "null"),
        ("{instrument: odi, answers: [1, 2.5, 3]}", "must be a whole number from 0 to 5", ""),
        ("{instrument: odi, answers: [1, some, 3]}",
         "The answer to item 2 of odi must be a number. Got 'some'.", ""),
        ("{instrument: odi, answers: [1, [2], 3]}", "must be one value. Got a list", ""),
        ("{instrument: odi}", "The entry of odi must be given a score or answers. Got neither.",
         "add score: or answers:"),
        ("{score: 42}", "The entry of scores must be given an instrument. Got none.", "odi"),
        ("{instrument: , score: 42}", "The instrument of a score must be named. Got nothing.", ""),
        ("42", "The entry of scores must be an instrument with its score. Got '42'.", "example"),
        ("[odi]", "must be an instrument with its score. Got a list.", "example"),
        ("{instrument: odi, score: 4, colour: red}", "The keys of scores must be known.", ""),
        ("{instrument: odi, on: yesterday, score: 4}", "The date of odi must be a date", ""),
    ],
)  # fmt: skip
def test_wrong_input(entry: str, message: str, remedy: str) -> None:
    reading = read(f"age: 50\nscores:\n  - {entry}")
    (issue,) = [one for one in reading.issues if one.level == "error"]
    assert message in issue.message
    assert remedy in issue.remedy
    assert issue.remedy
    assert issue.where.startswith("f.yaml:3 scores")


def test_a_wrong_answer_is_reported_on_its_line() -> None:
    reading = read("scores:\n  - instrument: odi\n    answers:\n      - 1\n      - 9\n      - 7")
    assert [issue.where for issue in reading.issues] == [
        "f.yaml:5 scores.answers", "f.yaml:6 scores.answers"]  # fmt: skip
    assert reading.case.scores == ()


def test_a_misspelled_instrument_is_read_for_now() -> None:
    reading = read("scores: [{instrument: Oswestri, score: 4}]")
    assert said(reading, "error") == [
        "The instrument must be known. Got 'Oswestri'. It is read as odi for now."
    ]
    assert len(reading.case.scores) == 1


def test_too_few_answers_give_no_value_and_say_why() -> None:
    reading = read("scores: [{instrument: koos, answers: [1, -, 3, 4]}]")
    assert [(one.scale, one.value) for one in reading.case.scores] == [
        ("pain", None), ("function", 7), ("mean", None)]  # fmt: skip
    assert said(reading, "warning") == [
        "The answers for the score pain of koos must be at least 2. Got 1; it has no value.",
        "The scales for the score mean of koos must be at least 2. Got 1; it has no value.",
    ]


def test_an_entered_score_that_does_not_follow_from_the_answers() -> None:
    reading = read("scores: [{instrument: peg, score: 8, answers: [6, 5, 4]}]")
    assert said(reading, "warning") == [
        "The score total of peg must be that of its answers (5). Got 8; the computed one is used."
    ]
    assert reading.case.scores[0].value == 5


def test_two_scores_of_one_day() -> None:
    day = "{instrument: odi, on: 2026-11-16, score: 42}, {instrument: odi, on: 2026-11-16, score: "
    reading = read(f"scores: [{day} 44}}]")
    assert [one.value for one in reading.case.scores] == [44]
    assert said(reading, "warning") == [
        (
            "The score total of odi of 2026-11-16 must be written once. Got it again; the later "
            "one is used."
        )
    ]
    assert read(f"scores: [{day} 42}}]").issues == ()
    assert len(read("scores: [{odi: 42, on: 2026-11-16}, {odi: 40}]").case.scores) == 2


def test_the_intensity_of_a_pain_stays_with_the_pain() -> None:
    reading = read("scores: []")
    assert reading.case.scores == ()
    assert reading.issues == ()
