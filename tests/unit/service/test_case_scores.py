"""Scores of a benchmark: shares, ranks, Brier score, alarms."""

from __future__ import annotations

from typing import Any

import pytest

from kinechain.service.case_comparison import against_naive, mcnemar
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


def scored(kind: str, rank: int | None, *, expected: bool = False, raised: bool = False,
           naive: int | None = 2, **more: Any) -> Scored:  # fmt: skip
    return Scored(kind=kind, rank=rank, rank_equal=1, rank_naive=naive, brier=0.5,
                  alarm_expected=expected, alarm_raised=raised, **more)  # fmt: skip


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
    assert list(found) == ["ordinary", "referred", "emergency", "ordinary and referred",
                           "mimic and emergency", "all", "routine"]  # fmt: skip
    common = found["ordinary and referred"]
    assert [common.ranks.top(number).count for number in (1, 3, 5)] == [1, 2, 3]
    assert common.ranks.median == 3.5
    assert found["referred"].ranks.median is None, "half of them have no rank"
    assert (common.false_alarms.count, common.false_alarms.of) == (1, 4)
    assert (found["emergency"].alarms_met.count, found["emergency"].alarms_met.of) == (1, 2)
    assert common.ranks_equal_priors.top_1.count == 4
    assert (common.ranks_naive.top_1.count, common.ranks_naive.top_3.count) == (0, 4)
    assert common.noticed is None
    assert (found["routine"].false_alarms.count, found["routine"].cases) == (1, 4)


def test_what_lies_outside_is_scored_apart() -> None:
    found = {
        one.kind: one
        for one in summaries([
            scored("ordinary", 1),
            scored("ordinary", None, outside=True, raised=True),
            scored("mimic", None, outside=True, raised=True),
            scored("mimic", None, outside=True, unexplained=True),
            scored("mimic", None, outside=True, asked_next=True),
            scored("mimic", None, outside=True, not_excluded=True),
        ])
    }  # fmt: skip
    assert found["all"].cases == found["ordinary"].cases == 1
    assert "mimic" not in found
    outside = found["outside"]
    assert outside.cases == 5
    assert outside.noticed is not None
    assert outside.noticed.alarmed.count == 1, "an alarm in the ordinary case is a false one"
    assert outside.noticed.any.count == 3, "what is listed there is not what is the matter"
    assert found["routine"].cases == 2, "inside or outside"
    assert found["routine"].false_alarms.count == 1


def test_dangers_are_noticed_in_one_of_several_ways() -> None:
    cases = [
        scored("mimic", 40, raised=True),
        scored("mimic", 40, not_excluded=True),
        scored("emergency", 40, asked_next=True, asked_by_flags=True),
        scored("emergency", 40, asked_by_flags=True),
        scored("emergency", 40, unexplained=True),
        scored("emergency", 1, expected=True, asked_about=True),
    ]
    (noticed,) = [one.noticed for one in summaries(cases) if one.kind == "mimic and emergency"]
    assert noticed is not None
    found = {name: getattr(noticed, name).count for name in noticed.__struct_fields__}
    assert found == {"alarmed": 1, "not_excluded": 1, "asked_next": 1, "asked_by_flags": 2,
                     "asked_about": 1, "unexplained": 1, "any": 4}  # fmt: skip


def test_the_network_against_naive_bayes() -> None:
    cases = [
        scored("ordinary", 1, id="both", naive=1),
        scored("ordinary", 1, id="ours", naive=2),
        scored("referred", 2, id="neither", naive=None),
        scored("mimic", 4, id="theirs", naive=1),
        scored("mimic", None, id="outside", naive=1, outside=True),
    ]
    found = {(one.kind, one.top): one for one in against_naive(cases)}
    first = found["all", 1]
    assert (first.both, first.network_only, first.naive_only, first.neither) == (
        1, ("ours",), ("theirs",), 1)  # fmt: skip
    assert first.p == 1.0
    assert found["ordinary and referred", 1].naive_only == ()
    assert found["ordinary and referred", 3].network_only == ("neither",)
    assert found["all", 5].network_only == ("neither",)


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [(0, 0, 1.0), (0, 6, 2 / 64), (2, 10, 2 * (1 + 12 + 66) / 4096), (4, 4, 1.0)],
)
def test_mcnemar(one: int, other: int, p: float) -> None:
    assert mcnemar(one, other) == pytest.approx(p)
    assert mcnemar(other, one) == pytest.approx(p)


def test_only_the_common_kinds_have_targets() -> None:
    cases = [scored("ordinary", 1), scored("emergency", 9), scored("mimic", None, outside=True)]
    rows = result_rows(summaries(cases))
    promised = {row["metric"]: row["met"] for row in rows if row["target"]}
    assert promised == {
        "ordinary and referred: top-1": True,
        "ordinary and referred: top-3": True,
        "ordinary and referred: top-5": True,
        "routine: false alarms": True,
    }
    metrics = [row["metric"] for row in rows]
    assert "outside: top-1" not in metrics
    assert "emergency: top-1, naive Bayes" in metrics
    assert "outside: noticed" in metrics
