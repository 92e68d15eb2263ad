"""Colour only where it is wanted, and progress only on a terminal."""

from __future__ import annotations

import io
import sys
import time

import pytest

from kinechain.cli import output, progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("terminal", "environment", "wanted"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colour(terminal, environment, wanted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    assert output.colour() is wanted
    output.title("Head")
    assert ("\x1b[" in stream.getvalue()) is wanted


def test_width_keeps_to_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    for columns, expected in (("20", 50), ("90", 90), ("400", 110)):
        monkeypatch.setenv("COLUMNS", columns)
        assert output.width() == expected


def wait_for(stream: io.StringIO, words: str) -> bool:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if words in stream.getvalue():
            return True
        time.sleep(0.01)
    return False


def test_progress_is_shown_once_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(progress, "STEP_SECONDS", 0.01)
    with progress.waiting("Counting") as tell:
        tell("3 of 4")
        assert wait_for(stream, "Counting, 3 of 4 (0 s) ...")
    assert stream.getvalue().endswith(" \r"), "the line is wiped"


def test_nothing_is_shown_for_short_work_or_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress.waiting("Counting"):
        pass
    assert sys.stderr.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0.0)
    with progress.waiting("Counting") as tell:
        tell("1 of 2")
    assert sys.stderr.getvalue() == ""
