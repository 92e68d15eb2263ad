"""A hundred thousand persons: the worklist and a person's page stay quick."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from kinechain.store import Store, Transaction, open_store
from kinechain.store.columns import pack
from tests.support.clinic import KINDS, KNOWLEDGE, fact, filled, new_address

PERSONS = 100_000
LIMIT_MS = 60.0
"""A look without its index takes hundreds; on a quiet machine the slowest takes 19 ms."""

PATIENCE_S = 10.0
TODAY = date(2026, 11, 22)

ROWS = {
    "sqlite": "WITH RECURSIVE n(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < {last}) ",
    "postgresql": "WITH n(n) AS (SELECT generate_series(2, {last})) ",
}
# One in twenty with a red flag, one in ten waiting, one in three due some day, of all letters.
PERSON = "'p' || n"
LABEL = "substr('abcdefghijklmnopqrstuvwxyz', 1 + n * 7 % 26, 1) || n"
INTO = {
    "persons (id, label, is_demonstration, created_at, revision)":
        f"SELECT {PERSON}, {LABEL}, {{no}}, {{at}}, 1 FROM n",
    "facts (number, id, person, key, entry, by, at, withdrawn, revision)":
        f"SELECT n, 'f' || n, {PERSON}, 'pain', '\"knee\"', 'anna', {{at}}, {{no}}, 1 FROM n",
    "assessments (number, id, person, at, by, input, program_version, knowledge_version, seed, "
    "result, revision)":
        f"SELECT n, 'a' || n, {PERSON}, {{at}}, 'anna', {{packed}}, '0', '{KNOWLEDGE}', 0, "
        "{packed}, 1 FROM n",
    "worklist (person, label, label_key, is_demonstration, urgency, waiting_for_review, "
    "follow_up_due, leading, assessment, assessed_at, urgency_place, waiting_place, due_place)":
        f"SELECT {PERSON}, {LABEL}, {LABEL}, {{no}}, CASE WHEN n % 20 = 0 THEN 'soon' END, "
        "{waiting}, {due}, 'Hip', 'a' || n, {at}, CASE WHEN n % 20 = 0 THEN 3 ELSE 4 END, "
        "CASE WHEN n % 10 = 0 THEN 0 ELSE 1 END, coalesce({due}, {never}) FROM n",
}  # fmt: skip


@pytest.fixture(scope="module", params=KINDS)
def large(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    kind = request.param
    with open_store(new_address(kind, tmp_path_factory.mktemp("large"))) as store:
        filled(store)
        packed = pack(b"{}").hex()
        day = ("date('2026-11-01', '+' || (n % 365) || ' days')" if kind == "sqlite"
               else "DATE '2026-11-01' + n % 365")  # fmt: skip
        words = {
            "no": "0" if kind == "sqlite" else "false",
            "at": "'2026-11-22T09:00:00.000000Z'",
            "packed": f"x'{packed}'" if kind == "sqlite" else f"'\\x{packed}'::bytea",
            "waiting": "n % 10 = 0",
            "due": f"CASE WHEN n % 3 = 0 THEN {day} END",
            "never": "'9999-12-31'" if kind == "sqlite" else "DATE '9999-12-31'",
        }
        with store.raw(writing=True) as connection:
            if kind == "postgresql":  # what is made here refers to what is there
                connection.execute(text("SET session_replication_role = replica"))
            for columns, rows in INTO.items():
                table, _, names = columns.partition(" ")
                quoted = re.sub(r"\w+", r'"\g<0>"', names)
                statement = (f"INSERT INTO {table} {quoted} " + ROWS[kind].format(last=PERSONS)
                             + rows.format(**words))  # fmt: skip
                start = time.perf_counter()
                connection.exec_driver_sql(statement.replace("%", "%%")
                                           if kind == "postgresql" else statement)  # fmt: skip
                print(table, f"{time.perf_counter() - start:.1f} s")
        with store.raw() as connection:
            raw = connection.connection.dbapi_connection
        assert raw is not None
        if kind == "postgresql":
            raw.autocommit = True
        raw.execute("ANALYZE" if kind == "sqlite" else "VACUUM ANALYZE")  # as it does by itself
        yield store


def page_of_a_person(tx: Transaction) -> object:
    person = tx.persons.known("p50000")
    latest = tx.assessments.latest(person.id)
    return (person, tx.facts.history(person.id), tx.assessments.overview(person.id), latest,
            tx.opinions.of_person(person.id), tx.worklist.get(person.id),
            tx.drafts.of_person(person.id), tx.links.of(person.id))  # fmt: skip


def worklist_of_all(tx: Transaction) -> object:
    return tx.worklist.counts(TODAY), tx.worklist.page(today=TODAY)


LOOKS: dict[str, Callable[[Transaction], object]] = {
    "worklist with counts": worklist_of_all,
    "worklist, far down": lambda tx: tx.worklist.page(after="p77777"),
    "red flags": lambda tx: tx.worklist.page(group="urgent"),
    "waiting, far down": lambda tx: tx.worklist.page(group="waiting", after="p90010"),
    "due": lambda tx: tx.worklist.page(group="due", today=TODAY),
    "search": lambda tx: tx.worklist.find("k12"),
    "a person's page": page_of_a_person,
}


def quickest_ms(name: str, work: Callable[[], object]) -> float:
    """Of at least nine tries, and more on a busy machine, which can only make one slower."""
    times, end = [], time.perf_counter() + PATIENCE_S
    while len(times) < 9 or (min(times) >= LIMIT_MS and time.perf_counter() < end):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    print(f"{name}: {min(times):.1f} ms, median {statistics.median(times):.1f} ms")
    return min(times)


@pytest.mark.slow
@pytest.mark.parametrize("name", LOOKS)
def test_a_look_is_quick(large: Store, name: str) -> None:
    def look() -> None:
        with large.reading() as tx:
            assert LOOKS[name](tx)

    assert quickest_ms(f"{large.where.rpartition('/')[2]}: {name}", look) < LIMIT_MS


@pytest.mark.slow
def test_a_change_is_quick(large: Store) -> None:
    numbers = count()

    def change() -> None:
        with large.writing("anna") as tx:
            tx.facts.add("p50000", [fact(f"new{next(numbers)}", of="p50000")])
            tx.worklist.set("p50000", waiting_for_review=True)

    assert quickest_ms(f"{large.where.rpartition('/')[2]}: a fact kept", change) < LIMIT_MS


def test_the_file_is_not_larger_than_it_should_be(large: Store) -> None:
    if large.file is not None:
        size = Path(large.file).stat().st_size / PERSONS
        print(f"{size:.0f} bytes per person with a fact and an empty assessment")
        assert size < 2000
