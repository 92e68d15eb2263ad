"""Writes facts without end and says each one that is kept; it is killed from outside."""

from __future__ import annotations

import sys
from itertools import count

from kinechain.store import open_store
from tests.support.clinic import fact


def main(address: str, person: str, name: str) -> None:
    """Write until the end."""
    with open_store(address) as store:
        print("ready", flush=True)
        for number in count():
            with store.writing(name) as tx:
                tx.facts.add(person, [fact(f"{name}n{number}", of=person)])
            print(f"{name}n{number}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
