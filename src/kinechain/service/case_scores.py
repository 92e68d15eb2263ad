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
WATCHED = ("mimic", "emergency")
OUTSIDE = "outside"
ROUTINE = "routine"
TARGETS = {1: 55.0, 3: 82.0, 5: 90.0}
"""In per cent of the ordinary and referred cases, at the setting's priors."""
FALSE_ALARMS = 10.0
"""At most, in per cent of the routine cases."""

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
    rank_naive
        Of the true condition, by naive Bayes (`naive_bayes`).
    outside
        Whether the true condition lies outside the knowledge.
    not_excluded
        Whether it stands in the list of what is not excluded.
    asked_next, asked_by_flags
        Whether a question that would have revealed it is among the first few to ask next, or
        among the first few that open red flags ask.
    asked_about
        Whether a question of either kind is one that the knowledge has for the true condition,
        whatever its answer would have been in this patient.
    unexplained
        Whether the result says that something is not explained by anything it knows.
    """

    id: str = ""
    kind: str
    rank: int | None
    rank_equal: int | None
    rank_naive: int | None = None
    brier: float
    alarm_expected: bool
    alarm_raised: bool
    outside: bool = False
    not_excluded: bool = False
    asked_next: bool = False
    asked_by_flags: bool = False
    asked_about: bool = False
    unexplained: bool = False

    @property
    def is_routine(self) -> bool:
        """Whether an alarm would be a false one: nothing dangerous, felt near or far."""
        return self.kind in COMMON and not self.alarm_expected

    @property
    def alarmed(self) -> bool:
        """Whether an alarm was raised that is not a false one."""
        return self.alarm_raised and not self.is_routine

    @property
    def is_noticed(self) -> bool:
        """Whether the result says in some way that there is more to look for.

        Within the knowledge by an alarm, by the list of what is not excluded, or by a
        question; outside of it, where nothing can be listed, by what stays unexplained.
        """
        told = self.unexplained if self.outside else self.not_excluded
        return self.alarmed or told or self.asked_next or self.asked_by_flags


class Noticed(msgspec.Struct, frozen=True, kw_only=True):
    """In how many cases the danger, or what lies outside the knowledge, was noticed, and how.

    Attributes
    ----------
    any
        Noticed in at least one of the ways that count for the group.
    """

    alarmed: Share
    not_excluded: Share
    asked_next: Share
    asked_by_flags: Share
    asked_about: Share
    unexplained: Share
    any: Share


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Scores over the cases of one kind, or of several.

    Attributes
    ----------
    alarms_met
        Cases with an alarm among those where one is right.
    false_alarms
        Cases with an alarm among those where none is right.
    noticed
        For mimics, emergencies and what lies outside the knowledge.
    """

    kind: str
    cases: int
    ranks: Ranks
    ranks_equal_priors: Ranks
    ranks_naive: Ranks
    brier: float
    alarms_raised: int
    alarms_met: Share
    false_alarms: Share
    noticed: Noticed | None = None


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


def is_within(rank: int | None, top: int) -> bool:
    """Whether a rank is among the first `top`; a missing one never is."""
    return rank is not None and rank <= top


def summaries(cases: Sequence[Scored]) -> tuple[Summary, ...]:
    """Scores by kind of case and of kinds together, those outside the knowledge apart.

    Parameters
    ----------
    cases
        The scored cases.

    Returns
    -------
    tuple of Summary
        The kinds, the two common ones together, the two dangerous ones together, and all, of
        the cases inside the knowledge; then those outside; then the routine ones, inside or
        outside, on which false alarms are counted.
    """
    inside = [one for one in cases if not one.outside]
    groups = [(kind, (kind,)) for kind in KINDS]
    groups += [(" and ".join(COMMON), COMMON), (" and ".join(WATCHED), WATCHED), ("all", KINDS)]
    found = [_summary(name, [one for one in inside if one.kind in kinds]) for name, kinds in groups]
    found.append(_summary(OUTSIDE, [one for one in cases if one.outside]))
    found.append(_summary(ROUTINE, [one for one in cases if one.is_routine]))
    return tuple(one for one in found if one.cases)


def _summary(name: str, cases: Sequence[Scored]) -> Summary:
    right = [one for one in cases if one.alarm_expected]
    wrong = [one for one in cases if not one.alarm_expected]
    watched = name in (*WATCHED, " and ".join(WATCHED), OUTSIDE)
    return Summary(
        kind=name,
        cases=len(cases),
        ranks=_ranks([one.rank for one in cases]),
        ranks_equal_priors=_ranks([one.rank_equal for one in cases]),
        ranks_naive=_ranks([one.rank_naive for one in cases]),
        brier=sum(one.brier for one in cases) / len(cases) if cases else 0.0,
        alarms_raised=sum(one.alarm_raised for one in cases),
        alarms_met=wilson(sum(one.alarm_raised for one in right), len(right)),
        false_alarms=wilson(sum(one.alarm_raised for one in wrong), len(wrong)),
        noticed=_noticed(cases) if watched else None,
    )


def _noticed(cases: Sequence[Scored]) -> Noticed:
    return Noticed(
        alarmed=wilson(sum(one.alarmed for one in cases), len(cases)),
        not_excluded=wilson(sum(one.not_excluded for one in cases), len(cases)),
        asked_next=wilson(sum(one.asked_next for one in cases), len(cases)),
        asked_by_flags=wilson(sum(one.asked_by_flags for one in cases), len(cases)),
        asked_about=wilson(sum(one.asked_about for one in cases), len(cases)),
        unexplained=wilson(sum(one.unexplained for one in cases), len(cases)),
        any=wilson(sum(one.is_noticed for one in cases), len(cases)),
    )


def _ranks(ranks: Sequence[int | None]) -> Ranks:
    tops = {
        number: wilson(sum(is_within(rank, number) for rank in ranks), len(ranks))
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
        rows.append(row(f"{one.kind}: cases", one.cases))
        if one.kind == ROUTINE:
            rows.append(row(f"{one.kind}: false alarms", _percent(one.false_alarms), "%",
                            at_most=FALSE_ALARMS))  # fmt: skip
            continue
        if one.kind != OUTSIDE:
            rows += _rank_rows(one)
        if one.alarms_met.of:
            rows.append(row(f"{one.kind}: alarms raised where right", one.alarms_met.count,
                            f"of {one.alarms_met.of}"))  # fmt: skip
        if one.false_alarms.of:
            rows.append(row(f"{one.kind}: false alarms", one.false_alarms.count,
                            f"of {one.false_alarms.of}"))  # fmt: skip
        if one.noticed:
            rows.append(row(f"{one.kind}: noticed", one.noticed.any.count, f"of {one.cases}"))
    return rows


def _rank_rows(one: Summary) -> list[Row]:
    promised = TARGETS if one.kind == " and ".join(COMMON) else {}
    rows = [
        row(f"{one.kind}: top-{number}", _percent(one.ranks.top(number)), "%",
            at_least=promised.get(number))
        for number in TOPS
    ]  # fmt: skip
    for words, ranks in (
        ("equal priors", one.ranks_equal_priors),
        ("naive Bayes", one.ranks_naive),
    ):
        rows += [
            row(f"{one.kind}: top-{number}, {words}", _percent(ranks.top(number)), "%")
            for number in TOPS
        ]
    return [*rows, row(f"{one.kind}: Brier score", round(one.brier, 3))]


def _percent(share: Share) -> float:
    return round(100 * share.value, 1)
