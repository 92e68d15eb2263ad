"""Unused memory goes back to the system."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from kinechain.service.clinic.memory import give_back, giving_back

STATUS = Path("/proc/self/status")


def resident_mb() -> float:
    line = next(one for one in STATUS.read_text().splitlines() if one.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")
def test_what_was_freed_is_given_back() -> None:
    if not give_back():
        pytest.skip("this allocator gives back by itself")
    before = resident_mb()
    kept = []
    small = [np.ones(8_000) for _ in range(4_000)]  # 64 kB each, from the heap
    kept.append(np.ones(8_000))  # lies above them, so the heap cannot shrink by itself
    held = resident_mb()
    assert held - before > 150
    del small
    assert give_back()
    assert resident_mb() < before + 0.3 * (held - before)


def test_it_goes_on_until_the_end_and_no_longer() -> None:
    twice, count = threading.Event(), 0

    def give() -> bool:
        nonlocal count
        count += 1
        if count == 2:
            twice.set()
        return True

    with giving_back(0.001, give):
        assert twice.wait(10)
    assert all(one.name != "memory" for one in threading.enumerate())


def test_where_it_is_of_no_use_it_is_tried_once() -> None:
    done = threading.Event()

    def useless() -> bool:
        assert not done.is_set()
        done.set()
        return False

    with giving_back(0.001, useless):
        assert done.wait(10)
