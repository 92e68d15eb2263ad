"""Times are medians; what was not done counts as infinitely long and keeps no target."""

from __future__ import annotations

import time
from math import inf

import pytest

from benchmarks.timing import middle, milliseconds, percentile_95, tell, time_rows
from kinechain.inference.elimination import TableTooLarge


def test_a_call_is_repeated_and_the_median_is_taken() -> None:
    pauses = iter([0.001, 0.2, 0.001])
    assert 1 <= milliseconds(lambda: time.sleep(next(pauses))) < 100
    assert next(pauses, None) is None


def test_a_slow_call_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.timing.ENOUGH_S", 0.001)
    calls: list[int] = []
    milliseconds(lambda: (calls.append(1), time.sleep(0.01)))
    assert len(calls) == 1


def test_what_takes_too_long_is_broken_off() -> None:
    start = time.perf_counter()
    assert milliseconds(lambda: time.sleep(5), limit_s=0.05) == inf
    assert time.perf_counter() - start < 2


def test_a_refused_table_counts_as_infinitely_long() -> None:
    def refuse() -> None:
        raise TableTooLarge(1 << 30, ())

    assert milliseconds(refuse) == inf


def test_other_failures_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        milliseconds(lambda: 1 / 0)


def test_median_and_percentile() -> None:
    times = [float(number) for number in range(1, 21)]
    assert middle(times) == 10.5
    assert percentile_95(times) == 19
    assert percentile_95([*times[:-1], inf]) == 19
    assert percentile_95([*times[:-2], inf, inf]) is None
    assert middle([1.0, inf, inf]) is None
    assert middle([]) is None
    assert percentile_95([]) is None


def test_rows_keep_or_miss_their_targets() -> None:
    rows = time_rows("posterior", [1.0, 2.0, 300.0], target_ms=10, target_95_ms=60)
    assert [one["met"] for one in rows] == [True, False]
    assert [one["met"] for one in time_rows("draws", [inf], target_ms=10)] == [False, None]
    assert time_rows("nothing", []) == []


def test_progress_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    tell("half way")
    tell("")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "half way" in shown.err
