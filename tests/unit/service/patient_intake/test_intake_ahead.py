"""The patient's intake: questions that are prepared ahead."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from kinechain.domain.interview import Question
from kinechain.service.clinic.intake import Ahead

QUESTION = Question(key="ask:x", stage="history", expects="yes_no", text="", why="")


def test_what_was_prepared_is_there_at_once() -> None:
    ahead, done = Ahead(), threading.Event()

    def job() -> Question:
        done.set()
        return QUESTION

    ahead.prepare("one", [("key", job)])
    assert done.wait(5)
    found = ahead.get("key", lambda: pytest.fail("worked out again"), 5)
    assert found is not None
    assert found.result() is QUESTION
    assert ahead.known("key") is QUESTION
    assert ahead.known("other") is None
    ahead.close()


def test_a_slow_question_is_not_waited_for() -> None:
    ahead, go_on = Ahead(), threading.Event()

    def slow() -> Question:
        go_on.wait(5)
        return QUESTION

    assert ahead.get("key", slow, 0.01) is None
    assert ahead.known("key") is None
    go_on.set()
    found = ahead.get("key", slow, 5)
    assert found is not None
    ahead.close()


def test_what_is_waited_for_overtakes_and_what_is_not_is_dropped() -> None:
    ahead, go_on, ran = Ahead(), threading.Event(), list[str]()

    def job(name: str) -> Any:
        def run() -> Question:
            ran.append(name)
            go_on.wait(5)
            return QUESTION

        return name, run

    ahead.prepare("one", [job("first"), job("second"), job("third")])
    end = time.monotonic() + 5
    while not ran and time.monotonic() < end:
        time.sleep(0.01)
    assert ahead.get("second", job("second")[1], 0.05) is None  # overtakes the third
    ahead.prepare("one", [job("fourth")])
    go_on.set()
    assert ahead.get("fourth", job("fourth")[1], 5) is not None
    assert ran[:2] == ["first", "second"]
    assert "third" not in ran
    ahead.close()


def test_a_failure_is_told_and_tried_again() -> None:
    ahead = Ahead()

    def fail() -> Question:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        ahead.get("key", fail, 5)
    found = ahead.get("key", lambda: None, 5)
    assert found is not None
    assert found.result() is None
    ahead.close()
