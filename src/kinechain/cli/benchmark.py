"""``kinechain benchmark``: how well the program does, as commands that print tables."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kinechain.cli.output import Refusal, show, show_issues
from kinechain.cli.program import Commands
from kinechain.cli.progress import waiting

RESULTS = "benchmarks/results"


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
    is a raised red flag, by rule or by probability, with urgency emergency_now or same_day; it is
    false in an ordinary or referred case that holds no published red flag.

    Beside the network stand the same cases with equal priors, and read by naive Bayes: each
    condition against the rest, its findings taken as independent.
    """
    from kinechain.cli.benchmark_cases import show_cases
    from kinechain.knowledge import load_knowledge
    from kinechain.service.bench_results import write_results
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
        show_cases(result, rows)
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
