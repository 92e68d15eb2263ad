"""What ``kinechain benchmark cases`` prints: what is asked, what is reached, and every case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinechain.cli.figures import percent
from kinechain.cli.output import show, show_issues, table, title, wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kinechain.service.case_benchmark import Benchmark, Outcome
    from kinechain.service.case_comparison import Compared
    from kinechain.service.case_scores import Ranks, Share, Summary

NAMED = 6
"""How many questions are named for a missed alarm; the JSON has all."""


def show_cases(result: Benchmark, rows: Sequence[Mapping[str, object]]) -> None:
    """Write the tables and every case.

    Parameters
    ----------
    result
        The benchmark.
    rows
        As `result_rows` gives them.
    """
    show(f"{len(result.cases)} published cases, knowledge {result.knowledge_version}")
    _show_asked(result.summaries, rows)
    _show_ranks(result)
    _show_noticed(result.summaries)
    _show_alarms(result.summaries)
    _show_against(result.against_naive)
    title("Every case: rank (with equal priors, by naive Bayes), how probably the true condition "
          "explains it")  # fmt: skip
    for one in result.cases:
        _show_case(one)
    _show_missed(result.cases)
    broken = [one for one in result.cases if one.issues]
    if broken:
        title("Cases with errors")
    for one in broken:
        show_issues(one.issues, err=False)


def _show_asked(summaries: Sequence[Summary], rows: Sequence[Mapping[str, object]]) -> None:
    title("What is asked, and what is reached (Wilson 95 % interval)")
    shares: dict[str, Share] = {}
    for one in summaries:
        shares[f"{one.kind}: false alarms"] = one.false_alarms
        for number in (1, 3, 5):
            shares[f"{one.kind}: top-{number}"] = one.ranks.top(number)
    show(table(("", "asked, %", "reached, %", "cases", ""), [
        (str(row["metric"]), str(row["target"]), _share(shares[str(row["metric"])]),
         _of(shares[str(row["metric"])]), "yes" if row["met"] else "NO")
        for row in rows if row["target"]
    ], right=(2, 3)))  # fmt: skip


def _show_ranks(result: Benchmark) -> None:
    title("Rank of the true condition, per cent of cases inside the knowledge (Wilson 95 %)")
    cells: list[tuple[str, ...]] = []
    for one in result.summaries:
        if one.kind in ("outside", "routine"):
            continue
        cells += [
            (one.kind, str(one.cases), "network", *_tops(one.ranks), f"{one.brier:.2f}"),
            ("", "", "equal priors", *_tops(one.ranks_equal_priors), ""),
            ("", "", "naive Bayes", *_tops(one.ranks_naive), ""),
        ]
    heads = ("kind", "cases", "read by", "top-1", "top-3", "top-5", "median", "Brier")
    show(table(heads, cells, right=(1, 3, 4, 5, 6, 7)))
    show("")
    show(wrapped(f"Equal priors: {result.equal_prior:g} for every condition. "
                 f"{result.brier_definition}", 0, 0))  # fmt: skip


def _tops(ranks: Ranks) -> tuple[str, ...]:
    middle = "-" if ranks.median is None else f"{ranks.median:g}"
    return (_share(ranks.top_1), _share(ranks.top_3), _share(ranks.top_5), middle)


def _share(share: Share) -> str:
    return f"{100 * share.value:.0f} ({100 * share.low:.0f}-{100 * share.high:.0f})"


def _show_noticed(summaries: Sequence[Summary]) -> None:
    watched = [one for one in summaries if one.noticed]
    if not watched:
        return
    title("Mimics, emergencies, and what lies outside the knowledge: noticed how")
    cells: list[tuple[str, ...]] = []
    for one in watched:
        found = one.noticed
        assert found is not None, "chosen for it"
        counts = (found.alarmed, found.not_excluded, found.unexplained, found.asked_next,
                  found.asked_by_flags, found.asked_about)  # fmt: skip
        cells.append((one.kind, str(one.cases), *(str(share.count) for share in counts),
                      _of(found.any), _share(found.any)))  # fmt: skip
    heads = ("kind", "cases", "alarm", "listed", "unexplained", "next", "flags", "about", "any",
             "%")  # fmt: skip
    show(table(heads, cells, right=range(1, 10)))
    show("")
    show(wrapped(
        "Listed: the true condition stands under not excluded. Unexplained: half or more of the "
        "pain at some site, or the findings as a whole. Next: a question whose answer, as the "
        "case tells, would have revealed it is among the first three; flags: it is among the "
        "first three that open red flags ask. About: one of these questions is one that the "
        "knowledge has for the true condition, whatever the answer. Any: alarm, listed (outside "
        "the knowledge: unexplained), next or flags.", 0, 0))  # fmt: skip


def _show_alarms(summaries: Sequence[Summary]) -> None:
    title("Alarms (emergency now or same day)")
    show(table(
        ("kind", "cases", "raised", "raised where right", "raised where none is asked"),
        [
            (one.kind, str(one.cases), str(one.alarms_raised), _of(one.alarms_met),
             _of(one.false_alarms))
            for one in summaries
        ], right=range(1, 5)))  # fmt: skip


def _of(share: Share) -> str:
    return f"{share.count} of {share.of}" if share.of else "-"


def _show_against(found: Sequence[Compared]) -> None:
    title("The network and naive Bayes on the same cases (exact McNemar test)")
    show(table(
        ("kind", "among", "both", "network only", "naive only", "neither", "difference", "p"),
        [
            (one.kind, f"top-{one.top}", str(one.both), str(len(one.network_only)),
             str(len(one.naive_only)), str(one.neither), _difference(one), f"{one.p:.2f}")
            for one in found
        ], right=range(2, 8)))  # fmt: skip
    for one in found:
        if one.kind != "all":
            continue
        for words, names in (("network", one.network_only), ("naive Bayes", one.naive_only)):
            show(wrapped(f"top-{one.top}, {words} only: {', '.join(names) or 'none'}"))


def _difference(one: Compared) -> str:
    of = one.both + one.neither + len(one.network_only) + len(one.naive_only)
    return f"{100 * (len(one.network_only) - len(one.naive_only)) / of:+.0f} %"


def _show_case(one: Outcome) -> None:
    alarm = {
        (True, True): ", alarm",
        (True, False): ", alarm MISSED",
        (False, True): ", FALSE alarm" if one.is_routine else ", alarm though none is expected",
        (False, False): "",
    }[one.alarm_expected, one.alarm_raised]
    kind = f"{one.kind}, outside" if one.outside else one.kind
    ranks = f"{one.rank or '-'!s:>3} ({one.rank_equal or '-'}, {one.rank_naive or '-'})".ljust(14)
    show(f"{ranks}{percent(one.probability):>7}  {one.id}, {kind}{alarm}")
    leading = f"; first is {one.leading}, {percent(one.leading_probability)}"
    show(wrapped(f"{one.found}{'' if one.rank == 1 else leading}", 23))


def _show_missed(cases: Sequence[Outcome]) -> None:
    missed = [one for one in cases if one.open is not None]
    title("No alarm where one would have been right, and what would have revealed it")
    if not missed:
        show("  None.")
    for one in missed:
        found = one.open
        assert found is not None, "chosen for it"
        show(wrapped(f"{one.id} ({one.condition})", 2))
        listed = "stands under not excluded" if found.not_excluded else "NOT under not excluded"
        show(wrapped(f"it {listed}", 4))
        for words, names in (("to ask about it", found.ask), ("flags to ask", found.flags),
                             ("asked next", found.next)):  # fmt: skip
            more = f"; and {len(names) - NAMED} more" if len(names) > NAMED else ""
            if names:
                show(wrapped(f"{words}: {'; '.join(names[:NAMED])}{more}", 4))
