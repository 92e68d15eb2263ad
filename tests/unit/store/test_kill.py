"""A process killed while it writes loses nothing that it acknowledged.

KINECHAIN_SOAK=200 kills so many times; 20 by default.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from queue import Queue

from kinechain.store import open_store, verify
from tests.support.clinic import filled

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("KINECHAIN_SOAK") or 20)
AT_ONCE = 4
PATIENCE_S = 60
ANNA = "person-000001"


class Writers:
    """Processes that write; what they said is kept."""

    def __init__(self, address: str) -> None:
        path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.support.writer", address, ANNA],
            cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        self._ready: Queue[int] = Queue()
        self.said: set[str] = set()
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self._parent.stdout is not None
        for line in self._parent.stdout:
            words = line.split()
            if words[0] == "ready":
                self._ready.put(int(words[2]))
            else:
                self.said.add(words[1])

    def start(self, name: str) -> None:
        """Start one."""
        assert self._parent.stdin is not None
        self._parent.stdin.write(f"{name}\n")
        self._parent.stdin.flush()

    def next(self) -> int:
        """The process that has been writing for longest."""
        return self._ready.get(timeout=PATIENCE_S)

    def end(self) -> set[str]:
        """What all of them said, when none is left."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.close()
        self._parent.wait(PATIENCE_S)
        self._listener.join(PATIENCE_S)
        self._parent.stdout.close()
        return self.said


def test_nothing_acknowledged_is_lost_when_writers_are_killed(address: str) -> None:
    with open_store(address) as store:
        filled(store)
    chance = random.Random(20261122)
    writers = Writers(address)
    for number in range(KILLS + AT_ONCE):
        if number < KILLS:
            writers.start(f"w{number}")
        if number >= AT_ONCE:
            process = writers.next()
            time.sleep(chance.uniform(0.0, 0.1))
            os.kill(process, signal.SIGKILL)
    said = writers.end()
    with open_store(address) as store, store.reading() as tx:
        history = tx.facts.history(ANNA)
        found = verify(tx)
        holder = tx.persons.get(ANNA)
    kept = {one.id for one in history}
    print(f"{KILLS} kills, {len(said)} facts acknowledged, {len(kept)} kept")
    assert len(said) >= KILLS
    assert said <= kept, f"{len(said - kept)} of {len(said)} acknowledged facts are lost"
    # What was kept and not acknowledged is at most the one on its way in each writer.
    assert len(kept - said) <= KILLS
    assert found.broken is None
    assert holder is not None
    assert holder.revision == len(history)
    with open_store(address) as store, store.writing("anna") as tx:  # and it goes on
        tx.audit.append("person.view", f"person:{ANNA}")
