"""Questions worked out ahead, while the patient reads the one before."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet

from kinechain.domain.interview import Question

KEPT = 400
Job = Callable[[], Question | None]
Found = Future[Question | None]


class Ahead:
    """Works out next questions in the background, and keeps the last ones found.

    What a patient waits for goes before what might be needed. Of the latter one is worked out
    at a time, and what is not begun is dropped when the patient has gone on, so that it takes
    no more than part of one processor.
    """

    def __init__(self) -> None:
        self._now = ThreadPoolExecutor(2, "next-question")
        self._maybe = ThreadPoolExecutor(1, "maybe-next")
        self._held: OrderedDict[str, Found] = OrderedDict()
        self._prepared: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, job: Job, wait_s: float) -> Found | None:
        """The question of a moment; None while it is being worked out.

        Parameters
        ----------
        key
            Of the moment.
        job
            Finds the question.
        wait_s
            So long it is waited for.

        Raises
        ------
        Exception
            What the job raised; it is tried anew the next time.
        """
        with self._lock:
            found = self._held.get(key)
            # What waits in the slow row and was not begun changes over to the quick one.
            if found is None or found.cancel() or found.cancelled():
                found = self._keep(key, self._now.submit(job))
        try:
            found.result(wait_s)
        except NotYet:
            return None
        except Exception:
            with self._lock:
                self._held.pop(key, None)
            raise
        return found

    def known(self, key: str) -> Question | None:
        """The question of a moment where it is found already.

        Parameters
        ----------
        key
            Of the moment.
        """
        with self._lock:
            found = self._held.get(key)
        if found is None or found.cancelled() or not found.done() or found.exception():
            return None
        return found.result()

    def prepare(self, owner: str, jobs: Sequence[tuple[str, Job]]) -> None:
        """Work out what somebody may ask for soon, instead of what was prepared before.

        Parameters
        ----------
        owner
            Whose questions they are.
        jobs
            Moments with what finds their question, the likeliest first.
        """
        with self._lock:
            wanted = {key for key, _ in jobs}
            for key in self._prepared.pop(owner, ()):
                if key not in wanted and key in self._held and self._held[key].cancel():
                    del self._held[key]
            for key, job in jobs:
                if key not in self._held:
                    self._keep(key, self._maybe.submit(job))
            self._prepared[owner] = tuple(wanted)
            while len(self._prepared) > KEPT:
                self._prepared.popitem(last=False)

    def _keep(self, key: str, found: Found) -> Found:
        self._held[key] = found
        self._held.move_to_end(key)
        while len(self._held) > KEPT:
            self._held.popitem(last=False)[1].cancel()
        return found

    def close(self) -> None:
        """Begin nothing more."""
        for pool in (self._now, self._maybe):
            pool.shutdown(wait=False, cancel_futures=True)
