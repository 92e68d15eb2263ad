"""Many recordings at once: each apart from the others, restartable, into one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec

from kinechain import __version__
from kinechain.gait.errors import GaitError
from kinechain.gait.kernels.library import warm_up
from kinechain.knowledge import load_knowledge
from kinechain.service.gait.analysis import GaitAnalysis, GaitRequest, analyse_gait
from kinechain.service.gait.batch_files import (
    Found,
    inputs_hash,
    options_hash,
    sha256,
)
from kinechain.service.gait.batch_journal import Journal
from kinechain.service.gait.results_table import Outcome, values_of, write_table
from kinechain.service.gait.workers import Broken, each_apart

TIME_LIMIT_S = 300.0


@dataclass(frozen=True)
class Batch:
    """What a batch does.

    Attributes
    ----------
    found
        The recordings.
    asked
        What is asked of each; its `recording` and `forces` do not count.
    table
        Where the results go.
    jobs
        Number of processes.
    limit_s
        A recording that takes longer is given up, s.
    """

    found: tuple[Found, ...]
    asked: GaitRequest
    table: Path
    jobs: int = 1
    limit_s: float = TIME_LIMIT_S


@dataclass(frozen=True)
class BatchResult:
    """What became of a batch.

    Attributes
    ----------
    counts
        How many recordings have each status.
    faults
        Those that were refused or failed, without their values.
    kept
        How many were finished by an earlier run.
    rows
        Of the table.
    """

    counts: dict[str, int]
    faults: tuple[Outcome, ...]
    kept: int
    rows: int


@dataclass(frozen=True)
class _Task:
    """One recording, with everything that its process has to know."""

    found: Found
    asked: GaitRequest
    sha256: str
    inputs: str
    options: str
    knowledge_version: str


def run_batch(
    batch: Batch, begun: Callable[[int], None], told: Callable[[Outcome], None]
) -> BatchResult:
    """Analyse every recording that is not in the journal yet, then write the table.

    Parameters
    ----------
    batch
        What to do.
    begun
        Called once before the first, with how many an earlier run has finished.
    told
        Called after each recording with what became of it.

    Raises
    ------
    GaitError
        When the journal cannot be used.
    OSError
        When journal or table cannot be written, or a file that was asked for be read.
    WorkersError
        When no process can be started.
    KeyboardInterrupt
        When it is broken off; the journal then holds all that was finished.
    """
    version = load_knowledge().version
    options = options_hash(batch.asked, version)
    with closing(Journal(batch.table)) as journal:
        every = [_task(one, batch.asked, options, version) for one in batch.found]
        tasks = [
            one
            for one in every
            if isinstance(one, Outcome) or not journal.holds(one.found.name, one.inputs, options)
        ]
        kept = len(every) - len(tasks)
        begun(kept)
        for outcome in _done(tasks, batch):
            journal.add(outcome)
            told(outcome)
        return _written(batch, journal, kept)


def _done(tasks: Sequence[_Task | Outcome], batch: Batch) -> Iterator[Outcome]:
    """What becomes of the tasks, in any order."""
    yield from (one for one in tasks if isinstance(one, Outcome))
    work = [one for one in tasks if isinstance(one, _Task)]
    if not work:
        return
    warm_up()
    for task, answer in each_apart(_analysed, work, batch.jobs, batch.limit_s, load_knowledge):
        yield _broken(task, answer) if isinstance(answer, Broken) else answer


def _task(found: Found, asked: GaitRequest, options: str, version: str) -> _Task | Outcome:
    """What a process has to know of a recording; an outcome where it cannot be read at all."""
    task = _Task(found, asked, "", "", options, version)
    try:
        own = sha256(found.path)
    except OSError as error:
        return _outcome(
            task,
            status="failed",
            where=found.name,
            what=f"It cannot be read: {error.strerror}.",
            remedy="Check the file and its rights.",
        )
    return replace(task, sha256=own, inputs=inputs_hash(own, found.forces))


def _outcome(task: _Task, **more: Any) -> Outcome:
    forces = task.found.forces
    return Outcome(
        recording=task.found.name,
        sha256=task.sha256,
        inputs=task.inputs,
        options=task.options,
        program_version=__version__,
        knowledge_version=task.knowledge_version,
        forces=(Path(task.found.name).parent / forces.name).as_posix() if forces else None,
        age_years=task.asked.age_years,
        sex=task.asked.sex,
        **more,
    )


def _broken(task: _Task, answer: Broken) -> Outcome:
    return _outcome(
        task,
        status="failed",
        where=task.found.name,
        what=answer.what,
        remedy="Run the batch again; with fewer --jobs or a longer --time-limit if it recurs.",
    )


def _analysed(task: _Task) -> Outcome:
    """Analyse one recording, in a process that must outlive whatever is wrong with it."""
    start = perf_counter()
    asked = replace(task.asked, recording=task.found.path, forces=task.found.forces)
    try:
        found = analyse_gait(asked, load_knowledge())
        outcome = _outcome(
            task,
            status="analysed" if found.findings.quality.good else "poor",
            quality=found.findings.quality.reasons,
            values=values_of(found),
            ground=_ground(found),
            model=found.solved.model.name if found.solved else None,
            mass_kg=round(found.solved.model.mass_kg, 3) if found.solved else None,
        )
    except GaitError as error:
        outcome = _outcome(
            task, status="refused", where=error.where, what=error.what, remedy=error.remedy
        )
    except Exception as error:  # noqa: BLE001 - one recording must not end the batch
        words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        outcome = _outcome(
            task,
            status="failed",
            where=task.found.name,
            what=f"This is a fault in the program, not in the file ({words}).",
            remedy="Please report it, without any person's data.",
        )
    return msgspec.structs.replace(outcome, seconds=round(perf_counter() - start, 3))


def _ground(found: GaitAnalysis) -> str:
    if found.solved is not None:
        return found.solved.ground
    return "plates" if found.measured.recording.forces is not None else "none"


def _written(batch: Batch, journal: Journal, kept: int) -> BatchResult:
    """Write the table from the journal, and count on the way."""
    counts: dict[str, int] = {}
    faults: list[Outcome] = []

    def counted() -> Iterator[Outcome]:
        for one in journal.outcomes(found.name for found in batch.found):
            counts[one.status] = counts.get(one.status, 0) + 1
            if one.status in ("refused", "failed"):
                faults.append(one)
            yield one

    rows = write_table(batch.table, counted())
    return BatchResult(counts, tuple(faults), kept, rows)
