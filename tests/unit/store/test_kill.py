"""A process killed while it writes loses nothing that it acknowledged.

KINECHAIN_SOAK=200 kills so many times; 20 by default.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from kinechain.store import open_store, verify
from tests.support.clinic import filled

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("KINECHAIN_SOAK") or 20)
AT_ONCE = 4
ANNA = "person-000001"


def children(address: str, generation: int) -> list[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.support.writer", address, ANNA]
    path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    return [
        subprocess.Popen(
            [*command, f"g{generation}c{child}"], cwd=ROOT, text=True, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        for child in range(AT_ONCE)
    ]  # fmt: skip


def acknowledged(process: subprocess.Popen[str]) -> list[str]:
    """What a dead child had said; a line that it did not finish was not acknowledged."""
    assert process.stdout is not None
    rest = process.stdout.read()
    process.stdout.close()
    return [line.rstrip("\n") for line in rest.splitlines(keepends=True) if line.endswith("\n")]


def test_nothing_acknowledged_is_lost_when_writers_are_killed(address: str) -> None:
    with open_store(address) as store:
        filled(store)
    chance = random.Random(20261122)
    said: set[str] = set()
    for generation in range(-(-KILLS // AT_ONCE)):
        running = children(address, generation)
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in running:
            time.sleep(chance.uniform(0.0, 0.1))
            process.send_signal(signal.SIGKILL)
        for process in running:
            process.wait()
            said.update(acknowledged(process))
    with open_store(address) as store, store.reading() as tx:
        history = tx.facts.history(ANNA)
        found = verify(tx)
        holder = tx.persons.get(ANNA)
    kept = {one.id for one in history}
    assert said
    assert said <= kept, f"{len(said - kept)} of {len(said)} acknowledged facts are lost"
    # What was kept and not acknowledged is at most the one on its way in each child.
    assert len(kept - said) <= KILLS + AT_ONCE
    assert found.broken is None
    assert holder is not None
    assert holder.revision == len(history)
    with open_store(address) as store, store.writing("anna") as tx:  # and it goes on
        tx.audit.append("person.view", f"person:{ANNA}")
