"""``kinechain gait batch``: every recording below a folder, into one table."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from kinechain.cli.gait_options import request_of
from kinechain.cli.output import Refusal, new_file, show, wrapped
from kinechain.cli.program import Command

if TYPE_CHECKING:
    from kinechain.service.gait.batch import Batch, BatchResult
    from kinechain.service.gait.results_table import Outcome

STOPPED = 130
"""Exit status after Ctrl-C, as shells have it."""
MOST_JOBS = 256
MOST_FAULTS_SHOWN = 20


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


@click.command(cls=Command, short_help="Analyse every recording below a folder, into one table.")
@click.argument("folder", metavar="FOLDER", type=click.Path())
@click.option("--out", metavar="FILE", type=click.Path(), required=True,
              help="The table: results.parquet, or .csv.")  # fmt: skip
@click.option("--pattern", metavar="GLOB", help="Only these files, as '*walk*.c3d'.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, MOST_JOBS),
              help="Processes at a time; as many as there are cores if not given.")  # fmt: skip
@click.option("--time-limit", metavar="SECONDS", type=click.FloatRange(min=0, min_open=True),
              default=300.0, show_default=True,
              help="A recording that takes longer is given up.")  # fmt: skip
def batch(folder: str, out: str, pattern: str | None, jobs: int | None, time_limit: float,
          **options: Any) -> None:  # fmt: skip
    """Analyse every C3D and TRC file below FOLDER and write all parameters into one table.

    A row holds one parameter of one side of one recording, beside its norm. A TRC file goes with
    the forces beside it: walk.trc with walk_grf.mot, or an external-loads file as
    walk_external_forces.xml. All recordings are compared with norms for the same age and sex.

    What is finished stands in a journal beside the table, so that a run that was broken off goes
    on where it stopped; files that changed are done again. A file that cannot be used has its
    error in the table and stops nothing; the exit status is then 2.
    """
    table = new_file(out)
    assert table is not None, "the option is required"
    from kinechain.gait.errors import GaitError
    from kinechain.service.gait.batch import Batch
    from kinechain.service.gait.batch_files import find_recordings
    from kinechain.service.gait.results_table import check_table

    try:
        check_table(table)
        found = find_recordings(Path(folder), pattern)
    except (GaitError, OSError) as error:
        raise Refusal(str(error)) from error
    if not found:
        which = f" that match {pattern!r}" if pattern else ""
        click.echo(f"There are no C3D or TRC files{which} below {folder}.", err=True)
        raise click.exceptions.Exit(1)
    asked = request_of(Path(folder), options)
    job = Batch(found, asked, table, min(jobs or _cores(), len(found)), time_limit)
    result = _run(job)
    _show(result, job)
    if result.faults:
        raise click.exceptions.Exit(2)


def _run(job: Batch) -> BatchResult:
    from kinechain.gait.errors import GaitError
    from kinechain.service.gait.batch import run_batch
    from kinechain.service.gait.workers import WorkersError

    try:
        with _progress(len(job.found)) as progress:
            return run_batch(job, progress.begun, progress.told)
    except (GaitError, WorkersError, OSError) as error:
        raise Refusal(str(error)) from error
    except KeyboardInterrupt:
        click.echo("\nBroken off. The same command goes on where it stopped.", err=True)
        raise click.exceptions.Exit(STOPPED) from None


class _Progress(Protocol):
    """What tells of a batch while it runs."""

    def begun(self, kept: int) -> None: ...
    def told(self, outcome: Outcome) -> None: ...


@contextmanager
def _progress(total: int) -> Generator[_Progress]:
    if not sys.stderr.isatty():
        yield _Lines(total)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("Analysing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
               TextColumn("{task.description}", markup=False))  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Bar(bar, total)


class _Lines:
    """A line for each recording, for an output that is no terminal."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.finished = 0

    def begun(self, kept: int) -> None:
        """An earlier run has done some."""
        self.finished = kept
        if kept:
            click.echo(f"{kept} of {self.total} are finished by an earlier run.", err=True)

    def told(self, outcome: Outcome) -> None:
        """One more is done."""
        self.finished += 1
        click.echo(f"{self.finished}/{self.total} {_line(outcome)}", err=True)


class _Bar:
    """A bar that grows."""

    def __init__(self, bar: Any, total: int) -> None:
        self.bar = bar
        self.task = bar.add_task("", total=total)

    def begun(self, kept: int) -> None:
        """An earlier run has done some."""
        self.bar.update(self.task, completed=kept)

    def told(self, outcome: Outcome) -> None:
        """One more is done."""
        self.bar.update(self.task, advance=1, description=outcome.recording)
        if outcome.status in ("refused", "failed"):
            self.bar.console.print(_line(outcome), markup=False, highlight=False)


def _line(outcome: Outcome) -> str:
    from kinechain.report.labels import clean

    words = {"analysed": f"{len(outcome.values)} values", "poor": "of poor quality"}
    what = words.get(outcome.status) or f"{outcome.status}: {outcome.what}"
    return f"{clean(outcome.recording)}: {clean(what)} ({outcome.seconds:.1f} s)"


def _alike(result: BatchResult) -> dict[tuple[str, str], list[str]]:
    """What went wrong, with the recordings: a file that many of them share is told once."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in result.faults:
        where = one.where if one.where and one.where != one.recording else ""
        words = f"{where + ': ' if where else ''}{one.what} {one.remedy or ''}".strip()
        found.setdefault((one.status, words), []).append(one.recording)
    return found


def _show(result: BatchResult, job: Batch) -> None:
    from kinechain.report.labels import clean

    counts = result.counts
    parts = [f"{counts.get('analysed', 0)} analysed"]
    parts += [
        f"{counts[status]} {words}"
        for status, words in (("poor", "of poor quality"), ("refused", "refused"),
                              ("failed", "failed"))
        if counts.get(status)
    ]  # fmt: skip
    earlier = f" {result.kept} of them by an earlier run." if result.kept else ""
    number = len(job.found)
    things = "recording" if number == 1 else "recordings"
    show(wrapped(f"{number} {things}: {', '.join(parts)}.{earlier}", 0, 2))
    alike = _alike(result)
    for (status, words), names in list(alike.items())[:MOST_FAULTS_SHOWN]:
        first = names[0] if len(names) == 1 else f"{len(names)} recordings, as {names[0]}"
        named = "" if len(names) == 1 and first in words else f"{first}: "
        show(wrapped(clean(f"- {status}: {named}{words}")))
    if len(alike) > MOST_FAULTS_SHOWN:
        show(f"  and {len(alike) - MOST_FAULTS_SHOWN} more; the table holds all of them")
    show(f"Written: {job.table} ({result.rows} rows)")
