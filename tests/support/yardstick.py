"""Time in a machine's own measure, so that a limit means the same on a slow and a busy one."""

from __future__ import annotations

import time
from collections.abc import Callable

STEPS = 300_000
TRIES = 3


def yardstick_s() -> float:
    """Processor seconds that 300,000 small sums take here, the best of five; 0.023 s in 2026."""
    return min(_seconds(lambda: sum(i * i for i in range(STEPS))) for _ in range(5))


def yardsticks(work: Callable[[], object]) -> float:
    """Processor time of some work over that of the yardstick beside it, the best of three.

    What else the machine does can only make a try slower, so the best one is the nearest to
    what the work costs.
    """
    return min(_seconds(work) / yardstick_s() for _ in range(TRIES))


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
