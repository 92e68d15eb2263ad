"""``kinechain benchmark``: how well the program does, as commands that print tables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kinechain.cli.figures import percent
from kinechain.cli.output import Refusal, show, show_issues, table, title, wrapped
from kinechain.cli.program import Commands
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinechain.service.case_benchmark import Benchmark, Outcome
    from kinechain.service.case_scores import Ranks, Share, Summary

RESULTS = "benchmarks/results"
NAMED = 6
"""How many questions are named for a missed alarm; the JSON has all."""


@click.group(cls=Commands)
def benchmark() -> None:
    """Measure how well the program does."""


@benchmark.command(short_help="Rank the true condition of published cases.")
@click.argument("folder", metavar="FOLDER", type=click.Path(exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, no more.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256),
              help="Processes; as many as there are processors if not given.")  # fmt: skip
@click.option("--results", metavar="FOLDER", type=click.Path(file_okay=False), default=RESULTS,
              show_default=True, help="Where cases.json is written.")  # fmt: skip
def cases(folder: str, as_json: bool, jobs: int | None, results: str) -> None:
    """Rank the true condition of every published case in FOLDER.

    A case counts as found at the best rank of its condition or of an acceptable other name for
    it, over all levels and sides, ordered by the probability that it explains the pain. An alarm
    is a raised red flag, by rule or by probability, with urgency emergency_now or same_day.
    """
    from kinechain.knowledge import load_knowledge
    from kinechain.service.bench_results import print_table, write_results
    from kinechain.service.case_benchmark import run_cases
    from kinechain.service.case_scores import result_rows
    from kinechain.service.published import read_published

    found, issues = read_published(Path(folder), load_knowledge())
    if issues:
        show_issues(issues)
        raise Refusal("Nothing was run; see above.")
    with waiting("Assessing published cases") as tell:
        result = run_cases(found, jobs=jobs or processors(),
                           progress=lambda done, of: tell(f"{done} of {of}"))  # fmt: skip
    rows = result_rows(result.summaries)
    if as_json:
        from kinechain.service.presentation import as_json as text_of

        show(text_of(result), newline=False)
    else:
        _show(result)
        title("Targets")
        print_table([row for row in rows if row["target"]])
    try:
        path = write_results("cases", rows, results)
    except OSError as error:
        raise Refusal(f"{results}/cases.json cannot be written: {error.strerror}.") from error
    click.echo(f"{'' if as_json else chr(10)}All rows are written: {path}", err=as_json)


def processors() -> int:
    """How many processors this program may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _show(result: Benchmark) -> None:
    show(f"{len(result.cases)} published cases, knowledge {result.knowledge_version}")
    title("Rank of the true condition, per cent of cases (Wilson 95 % interval)")
    heads = ("kind", "cases", "top-1", "top-3", "top-5", "median rank", "Brier")
    show(table(heads, [
        (one.kind, str(one.cases), *_tops(one.ranks), f"{one.brier:.2f}")
        for one in result.summaries
    ], right=range(1, 7)))  # fmt: skip
    show("")
    show(wrapped(result.brier_definition, 0, 0))
    title(f"The same with equal priors ({result.equal_prior:g} for every condition)")
    show(table(heads[:-1], [
        (one.kind, str(one.cases), *_tops(one.ranks_equal_priors)) for one in result.summaries
    ], right=range(1, 6)))  # fmt: skip
    _show_alarms(result.summaries)
    title("Every case: rank (with equal priors), how probably the true condition explains it")
    for one in result.cases:
        _show_case(one)
    _show_missed(result.cases)
    broken = [one for one in result.cases if one.issues]
    if broken:
        title("Cases with errors")
    for one in broken:
        show_issues(one.issues, err=False)


def _tops(ranks: Ranks) -> tuple[str, ...]:
    middle = "-" if ranks.median is None else f"{ranks.median:g}"
    return (_share(ranks.top_1), _share(ranks.top_3), _share(ranks.top_5), middle)


def _share(share: Share) -> str:
    return f"{100 * share.value:.0f} ({100 * share.low:.0f}-{100 * share.high:.0f})"


def _show_alarms(summaries: Sequence[Summary]) -> None:
    title("Alarms (emergency now or same day)")
    show(table(
        ("kind", "cases", "raised", "raised where right", "false alarms"),
        [
            (one.kind, str(one.cases), str(one.alarms_raised), _of(one.alarms_met),
             _of(one.false_alarms))
            for one in summaries
        ], right=range(1, 5)))  # fmt: skip


def _of(share: Share) -> str:
    return f"{share.count} of {share.of}" if share.of else "-"


def _show_case(one: Outcome) -> None:
    alarm = {
        (True, True): ", alarm",
        (True, False): ", alarm MISSED",
        (False, True): ", FALSE alarm",
        (False, False): "",
    }[one.alarm_expected, one.alarm_raised]
    ranks = f"{one.rank or '-'!s:>3} ({one.rank_equal or '-'})".ljust(9)
    show(f"{ranks}{percent(one.probability):>7}  {one.id}, {one.kind}{alarm}")
    leading = f"; first is {one.leading}, {percent(one.leading_probability)}"
    show(wrapped(f"{one.found}{'' if one.rank == 1 else leading}", 18))


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
