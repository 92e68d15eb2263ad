"""One form for the results of all benchmarks."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from kinechain.service.bench_results import KEYS, print_table, row, table_lines, write_results


@pytest.mark.parametrize(
    ("value", "promised", "target", "met"),
    [
        (9.0, {"at_most": 10}, "at most 10", True),
        (10.0, {"at_most": 10}, "at most 10", True),
        (11.0, {"at_most": 10}, "at most 10", False),
        (50.0, {"at_least": 50}, "at least 50", True),
        (49.9, {"at_least": 50}, "at least 50", False),
        (None, {"at_least": 50}, "at least 50", False),
        (3.0, {}, None, None),
    ],
)
def test_a_row_says_whether_it_keeps_what_was_promised(value, promised, target, met) -> None:
    made = row("something", value, "ms", **promised)
    assert tuple(made) == KEYS
    assert (made["target"], made["met"]) == (target, met)


def test_results_are_written_with_machine_and_day(tmp_path: Path) -> None:
    rows = [row("posterior, median", 8.25, "ms", at_most=10), row("cases", 46)]
    path = write_results("speed", rows, tmp_path / "new" / "folder")
    content = json.loads(path.read_text(encoding="utf-8"))
    assert path.name == "speed.json"
    assert content["rows"] == rows
    assert date.fromisoformat(content["date"])
    assert content["machine"]["processor"]
    assert content["machine"]["cores"] >= 1


def test_a_row_with_other_keys_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must have the keys"):
        write_results("speed", [{"metric": "x", "value": 1}], tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_table_stands_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row("short", 1), row("a long metric", 1234.5, "ms", at_most=10), row("none", None)]
    print_table(rows)
    lines = capsys.readouterr().out.splitlines()
    assert lines == table_lines(rows)
    assert lines[0].split() == list(KEYS)
    assert lines[3].split() == ["a", "long", "metric", "1234", "ms", "at", "most", "10", "NO"]
    ends = {line.index(value) + len(value) for line, value in zip(lines[2:], ("1", "1234", "-"),
                                                                  strict=True)}  # fmt: skip
    assert len(ends) == 1, "values are set to the right"
