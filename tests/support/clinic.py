"""A clinic's database for tests, empty, of either kind, and things to put into it."""

from __future__ import annotations

import atexit
import itertools
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from kinechain.domain.record import Fact, Person, StoredAssessment
from kinechain.store import Store, open_store
from tests.support.postgresql import server

KINDS = ("sqlite", "postgresql")
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
KNOWLEDGE = "knowledge-of-the-day"
_numbers = itertools.count(1)


@cache
def _empty_file() -> Path:
    folder = tempfile.mkdtemp(prefix="kinechain-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = Path(folder) / "empty.sqlite"
    open_store(file, create=True).close()
    return file


@cache
def _empty_database() -> str:
    name = server().new()
    open_store(server().url(name), create=True).close()
    return name


def new_address(kind: str, folder: Path) -> str:
    """The address of an empty database with its tables; skips where there is no such kind."""
    if kind == "sqlite":
        file = folder / f"clinic-{next(_numbers)}.sqlite"
        shutil.copy(_empty_file(), file)
        return str(file)
    return server().url(server().new(_empty_database()))


def without_tables(kind: str, folder: Path) -> str:
    """The address of a database that has nothing in it."""
    if kind == "sqlite":
        return str(folder / f"new-{next(_numbers)}.sqlite")
    return server().url(server().new())


class Clock:
    """A clock that tests set; every look at it takes a second."""

    def __init__(self, start: datetime = START) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def person(number: int = 1, **fields: Any) -> Person:
    """Somebody with an id that tells the number."""
    fields = {"id": f"person-{number:06}", "label": f"Person {number}", **fields}
    return Person(created_at=START, **fields)


def fact(name: str, of: str = "person-000001", **fields: Any) -> Fact:
    """A fact about somebody."""
    fields = {"key": "pain", "entry": {"site": "knee", "intensity": 6}, **fields}
    return Fact(id=name, person=of, by="anna", at=START, **fields)


def assessment(name: str, of: str = "person-000001", **fields: Any) -> StoredAssessment:
    """An assessment of somebody, of the knowledge that `filled` keeps."""
    fields = {"input_text": "pain: [knee]\n", "result": {"origins": [{"explains": 0.1 + 0.2}]},
              **fields}  # fmt: skip
    return StoredAssessment(
        id=name, person=of, at=START, by="anna", program_version="0.1.0",
        knowledge_version=KNOWLEDGE, seed=7, draws=200, **fields,
    )  # fmt: skip


def filled(store: Store, persons: int = 1) -> None:
    """Somebody to record things of, and the knowledge of the day."""
    with store.writing("anna") as tx:
        tx.knowledge.keep(KNOWLEDGE, b"all that is known" * 100)
        for number in range(1, persons + 1):
            tx.persons.add(person(number))
