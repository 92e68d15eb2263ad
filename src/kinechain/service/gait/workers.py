"""Worker processes that may die or hang without taking more than their own task with them."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import ceil, inf
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

SLOWEST_START_S = 180.0
FARTHEST_LOOK_S = 1.0
GRACE_S = 30.0
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Broken:
    """A task that ended without a result.

    Attributes
    ----------
    what
        What happened to its process, a sentence.
    """

    what: str


class WorkersError(RuntimeError):
    """No worker process can be started."""


class _Worker(Generic[Task, Result]):
    """One process, the task it has, and until when it may take for it."""

    def __init__(
        self, work: Callable[[Task], Result], prepare: Callable[[], object], limit_s: float
    ) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(
            target=_serve, args=(theirs, work, prepare, limit_s), daemon=True
        )
        _start(self.process)
        theirs.close()
        self.limit_s = limit_s
        self.task: Task | None = None
        self.is_ready = False
        self.is_alive = True
        self.deadline = monotonic() + SLOWEST_START_S

    def give(self, task: Task) -> bool:
        """Hand over a task; false when the process has died meanwhile."""
        try:
            self.connection.send(task)
        except OSError:
            return False
        self.task = task
        self.deadline = monotonic() + self.limit_s
        return True

    def hear(self) -> Result | Broken:
        """What came of its task; it is stopped when it is dead or over its time."""
        try:
            in_time = self.connection.poll()
            answer: Result | Broken = (
                self.connection.recv()
                if in_time
                else Broken(f"It was not finished after {self.limit_s:g} s.")
            )
        except (EOFError, OSError):
            in_time = False
            self.process.join(GRACE_S)
            answer = Broken(_death(self.process.exitcode))
        self.task = None
        self.deadline = inf
        if not in_time:
            self.stop()
        elif not self.is_ready:
            self.is_ready = True
        return answer

    def stop(self) -> None:
        """End the process."""
        self.is_alive = False
        self.connection.close()
        self.process.kill()
        self.process.join()


def _death(status: int | None) -> str:
    if status == -signal.SIGKILL:
        return "The system ended the process that read it, perhaps because memory ran out."
    if status is not None and status < 0:
        return f"The process that read it was ended by signal {-status}."
    return f"The process that read it ended with status {status}."


def _start(process: BaseProcess) -> None:
    """Start a process that Ctrl-C does not reach and whose arithmetic stays on one core."""
    missing = [name for name in ONE_THREAD if name not in os.environ]
    os.environ.update(dict.fromkeys(missing, "1"))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for name in missing:
            del os.environ[name]


def _serve(
    connection: Connection,
    work: Callable[[Task], Result],
    prepare: Callable[[], object],
    limit_s: float,
) -> None:
    """What a worker does: make ready, then one task after another until nobody is there."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - the device, no file
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    prepare()
    with suppress(EOFError, OSError):
        connection.send(None)
        while True:
            task = connection.recv()
            # Ends this process also when nobody is left to do so.
            signal.alarm(ceil(limit_s + GRACE_S))
            result = work(task)
            signal.alarm(0)
            connection.send(result)


def each_apart(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    jobs: int,
    limit_s: float,
    prepare: Callable[[], object],
) -> Iterator[tuple[Task, Result | Broken]]:
    """Do every task in another process than this one, at most `jobs` at a time.

    Parameters
    ----------
    work
        What is done; importable by name. What it raises ends its process.
    tasks
        What it is done to.
    jobs
        Number of processes.
    limit_s
        A task that takes longer is given up and its process ended, s.
    prepare
        What a process does before its first task, outside the limit; importable by name.

    Yields
    ------
    task, result
        As they are done, in any order; `Broken` where the process died or the time ran out.

    Raises
    ------
    WorkersError
        When a process does not get as far as its first task.
    """
    left = deque(tasks)
    workers: list[_Worker[Task, Result]] = []
    try:
        while left or any(one.task is not None for one in workers):
            under_way = sum(one.task is not None for one in workers)
            while len(workers) < min(jobs, len(left) + under_way):
                workers.append(_Worker(work, prepare, limit_s))
            for worker in _awake(workers):
                task, was_ready = worker.task, worker.is_ready
                answer = worker.hear()
                if not worker.is_alive:
                    workers.remove(worker)
                    if not was_ready:
                        said = answer.what if isinstance(answer, Broken) else ""
                        raise WorkersError(f"A process for the work did not start. {said}")
                if task is not None:
                    yield task, answer
            for worker in list(workers):
                if worker.is_ready and worker.task is None and left:
                    task = left.popleft()
                    if not worker.give(task):
                        left.appendleft(task)
                        worker.stop()
                        workers.remove(worker)
    finally:
        for worker in workers:
            worker.stop()


def _awake(workers: Sequence[_Worker[Task, Result]]) -> list[_Worker[Task, Result]]:
    """Workers that have something to say, have died, or whose time is over."""
    soonest = min(one.deadline for one in workers) - monotonic()
    ready = wait(
        [one.connection for one in workers], timeout=min(max(soonest, 0.0), FARTHEST_LOOK_S)
    )
    now = monotonic()
    return [one for one in workers if one.connection in ready or now >= one.deadline]
