"""Scores of a benchmark on published cases: shares with intervals, ranks, Brier, alarms."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import sqrt
from statistics import median

import msgspec

from kinechain.service.bench_results import Row, row
from kinechain.service.published import KINDS

Z_95 = 1.959963984540054
TOPS = (1, 3, 5)
COMMON = ("ordinary", "referred")
TARGETS = {1: 50.0, 3: 80.0}
"""In per cent of the ordinary and referred cases, at the setting's priors."""

BRIER = (
    "Brier score of a case: the sum over all conditions of (explains - truth)^2, where truth is 1 "
    "for the true condition and 0 for the others; acceptable and second ones are left out, except "
    "that the likeliest right one stands for the true one. 0 is perfect, 1 is what one gets by "
    "saying nothing at all, 2 is certainty of one wrong condition. Shown is the mean over cases."
)


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How many of how many, with Wilson's 95 % interval."""

    count: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share; 0 of no cases."""
        return self.count / self.of if self.of else 0.0


class Ranks(msgspec.Struct, frozen=True, kw_only=True):
    """Ranks of the true condition over some cases; `median` counts a missing rank as last."""

    top_1: Share
    top_3: Share
    top_5: Share
    median: float | None

    def top(self, number: int) -> Share:
        """Share of cases whose true condition is among the first `number`."""
        return {1: self.top_1, 3: self.top_3, 5: self.top_5}[number]


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """What the scores need of one case.

    Attributes
    ----------
    rank, rank_equal
        Of the true condition, with the setting's priors and with equal ones; None when the
        findings are impossible together.
    """

    kind: str
    rank: int | None
    rank_equal: int | None
    brier: float
    alarm_expected: bool
    alarm_raised: bool


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Scores over the cases of one kind, or of several.

    Attributes
    ----------
    alarms_met
        Cases with an alarm among those where one is right.
    false_alarms
        Cases with an alarm among those where none is right.
    """

    kind: str
    cases: int
    ranks: Ranks
    ranks_equal_priors: Ranks
    brier: float
    alarms_raised: int
    alarms_met: Share
    false_alarms: Share


def wilson(count: int, of: int) -> Share:
    """A share with Wilson's 95 % interval.

    Parameters
    ----------
    count, of
        How many of how many.

    Examples
    --------
    >>> share = wilson(5, 10)
    >>> round(share.low, 3), round(share.high, 3)
    (0.237, 0.763)
    """
    if of == 0:
        return Share(count=0, of=0, low=0.0, high=1.0)
    share, z2 = count / of, Z_95**2
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z_95 / (1 + z2 / of) * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return Share(count=count, of=of, low=max(0.0, centre - half), high=min(1.0, centre + half))


def brier(explains: Mapping[str, float], right: Sequence[str], aside: Collection[str]) -> float:
    """Brier score of one case; `BRIER` defines it.

    Parameters
    ----------
    explains
        Of every condition.
    right
        Ids of which any is the right answer.
    aside
        Conditions that count neither as right nor as wrong.

    Examples
    --------
    >>> brier({"a": 1.0, "b": 0.0}, ["a"], [])
    0.0
    >>> brier({}, ["a"], [])
    1.0
    """
    true = max(explains.get(name, 0.0) for name in right)
    left_out = {*right, *aside}
    wrong = sum(value**2 for name, value in explains.items() if name not in left_out)
    return (1 - true) ** 2 + wrong


def rank_of(order: Sequence[str], right: Collection[str]) -> int | None:
    """Best rank of the right conditions in a ranking that starts with the first.

    Parameters
    ----------
    order
        Condition ids.
    right
        Ids of which any is the right answer.
    """
    places = (place for place, name in enumerate(order, start=1) if name in right)
    return next(places, None)


def summaries(cases: Sequence[Scored]) -> tuple[Summary, ...]:
    """Scores by kind of case, of the two common kinds together, and of all.

    Parameters
    ----------
    cases
        The scored cases.
    """
    groups = [(kind, (kind,)) for kind in KINDS]
    groups += [("ordinary and referred", COMMON), ("all", KINDS)]
    found = [_summary(name, [one for one in cases if one.kind in kinds]) for name, kinds in groups]
    return tuple(one for one in found if one.cases)


def _summary(name: str, cases: Sequence[Scored]) -> Summary:
    right = [one for one in cases if one.alarm_expected]
    wrong = [one for one in cases if not one.alarm_expected]
    return Summary(
        kind=name,
        cases=len(cases),
        ranks=_ranks([one.rank for one in cases]),
        ranks_equal_priors=_ranks([one.rank_equal for one in cases]),
        brier=sum(one.brier for one in cases) / len(cases) if cases else 0.0,
        alarms_raised=sum(one.alarm_raised for one in cases),
        alarms_met=wilson(sum(one.alarm_raised for one in right), len(right)),
        false_alarms=wilson(sum(one.alarm_raised for one in wrong), len(wrong)),
    )


def _ranks(ranks: Sequence[int | None]) -> Ranks:
    tops = {
        number: wilson(sum(rank is not None and rank <= number for rank in ranks), len(ranks))
        for number in TOPS
    }
    middle = median([rank if rank is not None else float("inf") for rank in ranks] or [0])
    return Ranks(top_1=tops[1], top_3=tops[3], top_5=tops[5],
                 median=middle if middle != float("inf") else None)  # fmt: skip


def result_rows(found: Sequence[Summary]) -> list[Row]:
    """The scores as rows of a benchmark.

    Parameters
    ----------
    found
        As `summaries` gives them.
    """
    rows: list[Row] = []
    for one in found:
        promised = TARGETS if one.kind == "ordinary and referred" else {}
        rows.append(row(f"{one.kind}: cases", one.cases))
        for number in TOPS:
            share = one.ranks.top(number)
            rows.append(row(f"{one.kind}: top-{number}", round(100 * share.value, 1), "%",
                            at_least=promised.get(number)))  # fmt: skip
        for number in TOPS:
            share = one.ranks_equal_priors.top(number)
            rows.append(row(f"{one.kind}: top-{number}, equal priors",
                            round(100 * share.value, 1), "%"))  # fmt: skip
        rows.append(row(f"{one.kind}: Brier score", round(one.brier, 3)))
        if one.alarms_met.of:
            rows.append(row(f"{one.kind}: alarms raised where right", one.alarms_met.count,
                            f"of {one.alarms_met.of}"))  # fmt: skip
        if one.false_alarms.of:
            rows.append(row(f"{one.kind}: false alarms", one.false_alarms.count,
                            f"of {one.false_alarms.of}"))  # fmt: skip
    return rows
