"""Scores of a benchmark: shares, ranks, Brier score, alarms."""

from __future__ import annotations

import pytest

from kinechain.service.case_scores import Scored, brier, rank_of, result_rows, summaries, wilson


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [  # Newcombe, Statistics in Medicine 1998;17:857, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson(count: int, of: int, low: float, high: float) -> None:
    share = wilson(count, of)
    assert share.low == pytest.approx(low, abs=5.1e-5)
    assert share.high == pytest.approx(high, abs=5.1e-5)


def test_a_share_of_nothing_says_nothing() -> None:
    share = wilson(0, 0)
    assert (share.value, share.low, share.high) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("explains", "right", "aside", "score"),
    [
        ({"a": 1.0, "b": 0.0}, ["a"], [], 0.0),
        ({"a": 0.0, "b": 1.0}, ["a"], [], 2.0),
        ({}, ["a"], [], 1.0),
        ({"a": 0.5, "b": 0.5}, ["a"], [], 0.5),
        ({"a": 0.5, "b": 0.5}, ["a"], ["b"], 0.25),  # another true one
        ({"a": 0.1, "b": 0.9}, ["a", "b"], [], 0.01),  # another name for the true one
    ],
)
def test_brier(explains, right, aside, score: float) -> None:
    assert brier(explains, right, aside) == pytest.approx(score)


def test_rank_is_the_best_of_the_right_ones() -> None:
    assert rank_of(["a", "b", "c"], ["c", "b"]) == 2
    assert rank_of(["a"], ["c"]) is None


def scored(kind: str, rank: int | None, *, expected: bool = False, raised: bool = False) -> Scored:
    return Scored(kind=kind, rank=rank, rank_equal=1, brier=0.5, alarm_expected=expected,
                  alarm_raised=raised)  # fmt: skip


def test_summaries_by_kind_and_together() -> None:
    found = {
        one.kind: one
        for one in summaries([
            scored("ordinary", 1),
            scored("ordinary", 4, raised=True),
            scored("referred", 3),
            scored("referred", None),
            scored("emergency", 2, expected=True, raised=True),
            scored("emergency", 9, expected=True),
        ])
    }  # fmt: skip
    assert set(found) == {"ordinary", "referred", "emergency", "ordinary and referred", "all"}
    common = found["ordinary and referred"]
    assert [common.ranks.top(number).count for number in (1, 3, 5)] == [1, 2, 3]
    assert common.ranks.median == 3.5
    assert found["referred"].ranks.median is None, "half of them have no rank"
    assert (common.false_alarms.count, common.false_alarms.of) == (1, 4)
    assert (found["emergency"].alarms_met.count, found["emergency"].alarms_met.of) == (1, 2)
    assert common.ranks_equal_priors.top_1.count == 4


def test_only_the_common_kinds_have_targets() -> None:
    rows = result_rows(summaries([scored("ordinary", 1), scored("emergency", 9)]))
    promised = {row["metric"]: row["met"] for row in rows if row["target"]}
    assert promised == {"ordinary and referred: top-1": True, "ordinary and referred: top-3": True}
