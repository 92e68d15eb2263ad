"""``kinechain benchmark alarms``: how many alarms ordinary patients would get."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kinechain.cli.benchmark import RESULTS, processors
from kinechain.cli.output import Refusal, show, table, title, wrapped
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from kinechain.service.alarm_counts import AlarmBenchmark, FlagCount, Policy
    from kinechain.service.case_scores import Share

PATIENTS = 1000


@click.command(cls=Command, short_help="Count the alarms of ordinary patients.")
@click.option("--patients", metavar="N", type=click.IntRange(1, 1_000_000), default=PATIENTS,
              show_default=True, help="How many.")  # fmt: skip
@click.option("--seed", metavar="N", type=click.IntRange(0, 2**31), default=0, show_default=True,
              help="Seed of everything random.")  # fmt: skip
@click.option("--alerts", metavar="N", type=click.IntRange(0, 1_000_000), default=0,
              show_default=True,
              help="In how many of them the probabilities are computed as well.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, no more.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256),
              help="Processes; as many as there are processors if not given.")  # fmt: skip
@click.option("--results", metavar="FOLDER", type=click.Path(file_okay=False), default=RESULTS,
              show_default=True, help="Where alarms.json is written.")  # fmt: skip
def alarms(
    patients: int, seed: int, alerts: int, as_json: bool, jobs: int | None, results: str
) -> None:
    """Count the alarms that ordinary patients of primary care would get.

    Adults are drawn from the network; those with pain of back, neck, knee, hip, leg, foot or head
    come. Part of the history and of the examination of the painful region is recorded, and triage
    run on it. Shown is how many are alarmed, how many of them have something dangerous, and how
    many of those with something dangerous are alarmed; beside it an alarm at any one red flag of
    a published list.

    A thousand patients take less than a minute; each of --alerts takes about a second more.
    """
    from kinechain.service.alarm_benchmark import run_alarms
    from kinechain.service.alarm_counts import result_rows
    from kinechain.service.bench_results import write_results

    with waiting("Drawing ordinary patients") as tell:
        result = run_alarms(patients, seed, alerts=alerts, jobs=jobs or processors(),
                            progress=lambda done, of: tell(f"{done} of {of}"))  # fmt: skip
    if as_json:
        from kinechain.service.presentation import as_json as text_of

        show(text_of(result), newline=False)
    else:
        _show(result)
    try:
        path = write_results("alarms", result_rows(result), results)
    except OSError as error:
        raise Refusal(f"{results}/alarms.json cannot be written: {error.strerror}.") from error
    click.echo(f"{'' if as_json else chr(10)}All rows are written: {path}", err=as_json)


def _show(result: AlarmBenchmark) -> None:
    came = ", ".join(f"{name} {count}" for name, count in result.complaints.items())
    show(f"{result.patients} patients of {result.adults} adults drawn, seed {result.seed}, "
         f"{result.setting}, knowledge {result.knowledge_version}")  # fmt: skip
    show(wrapped(f"They come for: {came}. A dangerous condition have "
                 f"{_thousand(result.dangerous)} of 1000; a flag left to ask have "
                 f"{_thousand(result.to_ask)}.", 0, 0))  # fmt: skip
    title("Alarms")
    show(table(("alarm", "patients of 1000", "right, %", "found, %"),
               [_policy(one) for one in result.policies], right=range(1, 4)))  # fmt: skip
    show("")
    for words in result.definitions:
        show(wrapped(words, 0, 0))
    title("Dangerous conditions, and in how many of those who have one a flag is raised")
    show(table(("condition", "patients", "flag raised"),
               [(one.condition, str(one.patients), str(one.raised)) for one in result.dangers],
               right=(1, 2)))  # fmt: skip
    raised = [one for one in result.flags if one.raised.count]
    title("Red flags raised, by how often")
    show(table(("flag", "urgency", "raised of 1000", "to ask", "own", "dangerous"),
               [_flag(one, result.patients) for one in raised], right=range(2, 6)))  # fmt: skip
    show("")
    show(wrapped(f"Own and dangerous: in how many of the patients raised its own condition, or any "
                 f"dangerous one, is present. The other {len(result.flags) - len(raised)} flags "
                 "are raised in nobody.", 0, 0))  # fmt: skip


def _policy(one: Policy) -> tuple[str, ...]:
    return (one.name, _thousand(one.alarmed), _percent(one.right), _percent(one.found))


def _flag(one: FlagCount, patients: int) -> tuple[str, ...]:
    own = "-" if one.own is None else f"{one.own} of {one.raised.count}"
    return (one.id, one.urgency, _thousand(one.raised), f"{1000 * one.to_ask / patients:.0f}",
            own, f"{one.dangerous} of {one.raised.count}")  # fmt: skip


def _thousand(share: Share) -> str:
    value, low, high = (_rounded(1000 * one) for one in (share.value, share.low, share.high))
    return f"{value} ({low}-{high})"


def _rounded(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2g}"


def _percent(share: Share) -> str:
    if not share.of:
        return "-"
    return f"{100 * share.value:.0f} ({100 * share.low:.0f}-{100 * share.high:.0f})"
