"""Starts a writer for every line of its input; each writes facts without end until it is killed.

What a writer says is one line in one piece: each fact that is kept, and after the first one that
it is ready to be killed.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count

from kinechain.store import Store, StoreError, open_store
from tests.support.clinic import fact


def say(*words: object) -> None:
    """One line, in one piece also where several write."""
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def keep(store: Store, person: str, name: str) -> None:
    """Write a fact, again while others take too long: the same fact twice does no harm."""
    while True:
        try:
            with store.writing("writer") as tx:
                tx.facts.add(person, [fact(name, of=person)])
            return
        except StoreError as error:
            if error.kind != "locked":
                raise


def write(address: str, person: str, name: str) -> None:
    """Write until the end."""
    with open_store(address) as store:
        for number in count():
            keep(store, person, f"{name}n{number}")
            say("kept", f"{name}n{number}")
            if number == 0:
                say("ready", name, os.getpid())


def main(address: str, person: str) -> None:
    """Fork, so that twenty writers cost one start of Python."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if os.fork() == 0:
            try:
                write(address, person, line.strip())
            finally:
                os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
