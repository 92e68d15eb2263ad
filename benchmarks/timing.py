"""Taking the time: repeats, a limit, medians, and word of how far it is."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from math import ceil, inf, isfinite
from statistics import median
from time import perf_counter
from types import FrameType

from kinechain.inference.elimination import TableTooLarge
from kinechain.service.bench_results import Row, row

LIMIT_S = 30.0
"""What takes longer is broken off, and counts as infinitely long."""

ENOUGH_S = 2.0
"""No further repeat after this time."""


class CannotRun(Exception):
    """The benchmark cannot be run here; the message says why and what to do."""


class _TimeUp(Exception):
    pass


def milliseconds(
    call: Callable[[], object], *, repeats: int = 3, limit_s: float = LIMIT_S
) -> float:
    """Median time of a call.

    Parameters
    ----------
    call
        What is timed.
    repeats
        How often; less often where that would take longer than `ENOUGH_S`.
    limit_s
        Time after which a call is broken off.

    Returns
    -------
    float
        Infinite when the call was broken off, or refused for the size of its tables.
    """
    times: list[float] = []
    while len(times) < repeats and sum(times) < ENOUGH_S:
        start = perf_counter()
        try:
            with _limited(limit_s):
                call()
        except (_TimeUp, TableTooLarge):
            return inf
        times.append(perf_counter() - start)
    return 1000 * median(times)


@contextmanager
def _limited(seconds: float) -> Generator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise _TimeUp

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def middle(values: Sequence[float]) -> float | None:
    """Median; None when there is none or it is infinite.

    Parameters
    ----------
    values
        Any numbers, infinite ones for what was not done.
    """
    found = median(values) if values else inf
    return round(found, 3) if isfinite(found) else None


def percentile_95(values: Sequence[float]) -> float | None:
    """The smallest value that at least 95 % of the values do not exceed; None if infinite.

    Parameters
    ----------
    values
        As for `middle`.
    """
    found = sorted(values)[ceil(0.95 * len(values)) - 1] if values else inf
    return round(found, 3) if isfinite(found) else None


def time_rows(
    metric: str,
    times: Sequence[float],
    *,
    target_ms: float | None = None,
    target_95_ms: float | None = None,
) -> list[Row]:
    """Rows of the median and of the 95th percentile; none when nothing was timed.

    Parameters
    ----------
    metric
        What was timed.
    times
        In milliseconds, one for each patient.
    target_ms, target_95_ms
        What was promised of the median and of the 95th percentile.
    """
    if not times:
        return []
    return [
        row(f"{metric}, median", middle(times), "ms", at_most=target_ms),
        row(f"{metric}, 95th percentile", percentile_95(times), "ms", at_most=target_95_ms),
    ]


def tell(text: str) -> None:
    """Say on standard error how far it is; a terminal shows the latest only.

    Parameters
    ----------
    text
        What is being done; empty to clear the line.
    """
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
    elif text:
        sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
