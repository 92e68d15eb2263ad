"""Shows on a terminal that something is under way, once it has taken two seconds."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic

PATIENCE_SECONDS = 2.0
STEP_SECONDS = 0.5


@contextmanager
def waiting(what: str) -> Generator[Callable[[str], None]]:
    """Show what is under way and for how long, while a block runs.

    Nothing is shown when the error output is not a terminal.

    Parameters
    ----------
    what
        What is being done.

    Yields
    ------
    callable
        Takes a note on how far it is, ``"12 of 46"`` for example.
    """
    note = [""]

    def tell(text: str) -> None:
        note[0] = text

    if not sys.stderr.isatty():
        yield tell
        return
    done = threading.Event()
    thread = threading.Thread(target=_tick, args=(what, note, done), daemon=True)
    thread.start()
    try:
        yield tell
    finally:
        done.set()
        thread.join()


def _tick(what: str, note: list[str], done: threading.Event) -> None:
    start, longest = monotonic(), 0
    if done.wait(PATIENCE_SECONDS):
        return
    while True:
        far = f", {note[0]}" if note[0] else ""
        line = f"{what}{far} ({monotonic() - start:.0f} s) ..."
        longest = max(longest, len(line))
        sys.stderr.write("\r" + line.ljust(longest))
        sys.stderr.flush()
        if done.wait(STEP_SECONDS):
            break
    sys.stderr.write("\r" + " " * longest + "\r")
    sys.stderr.flush()
