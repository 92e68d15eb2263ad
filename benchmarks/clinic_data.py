"""A clinic's database for measurements: published cases, and copies of them up to any number."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import yaml
from argon2 import PasswordHasher
from sqlalchemy import Connection, text

from kinechain.knowledge import Knowledge
from kinechain.service.clinic.accounts import Accounts, Client
from kinechain.service.clinic.assessments import Assessments
from kinechain.service.clinic.demonstration import facts_of
from kinechain.service.clinic.passwords import Passwords
from kinechain.service.clinic.records import Records
from kinechain.service.clinic.tokens import Sources, digest_of
from kinechain.store import Store, open_store

ACTOR = "command:benchmark"
PASSWORD = "heron kettle violin"
QUICKLY = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
FEW = 3
"""Facts of a copy whose record is not whole."""

NUMBERS = ("WITH RECURSIVE n(n) AS (SELECT :first WHERE :first <= :last UNION ALL "
           "SELECT n + :step FROM n WHERE n + :step <= :last) ")  # fmt: skip
COPIES = (
    "INSERT INTO persons (id, label, birth_date, sex, is_demonstration, created_at, revision) "
    + NUMBERS +
    "SELECT printf('%032x', n), printf('%s %06d', label, n), birth_date, sex, is_demonstration, "
    "created_at, revision FROM persons, n WHERE id = :of",
    'INSERT INTO facts (number, id, person, key, entry, "on", "by", at, withdrawn, revision) '
    + NUMBERS +
    "SELECT 1000000 + n * 1000 + f.number - f.first, f.id || n, printf('%032x', n), f.key, "
    'f.entry, f."on", f."by", f.at, f.withdrawn, f.revision FROM n, (SELECT *, min(number) '
    "OVER () AS first FROM facts WHERE person = :of) AS f WHERE n <= :whole "
    "OR f.number - f.first < :few",
    'INSERT INTO assessments (number, id, person, at, "by", input, program_version, '
    "knowledge_version, seed, draws, result, revision) " + NUMBERS +
    "SELECT 1000000 + n, printf('%032x', 1000000000 + n), printf('%032x', n), at, \"by\", input, "
    "program_version, knowledge_version, seed, draws, result, revision FROM n, assessments "
    "WHERE person = :of AND n <= :whole",
    "INSERT INTO worklist (person, label, label_key, is_demonstration, urgency, "
    "waiting_for_review, follow_up_due, leading, assessment, assessed_at, urgency_place, "
    "waiting_place, due_place) " + NUMBERS +
    "SELECT printf('%032x', n), printf('%s %06d', label, n), printf('%s %06d', label_key, n), "
    "is_demonstration, urgency, n % 10 = 0, CASE WHEN n % 3 = 0 THEN "
    "date('2026-06-01', '+' || (n % 365) || ' days') END, leading, CASE WHEN n <= :whole THEN "
    "printf('%032x', 1000000000 + n) END, assessed_at, urgency_place, "
    "CASE WHEN n % 10 = 0 THEN 0 ELSE 1 END, CASE WHEN n % 3 = 0 THEN "
    "date('2026-06-01', '+' || (n % 365) || ' days') ELSE '9999-12-31' END "
    "FROM worklist, n WHERE person = :of",
)  # fmt: skip


def person_id(number: int) -> str:
    """The id of a copy.

    Parameters
    ----------
    number
        From 1 on.
    """
    return f"{number:032x}"


def fill(
    path: Path, knowledge: Knowledge, *, persons: int, whole: int, draws: int | None = None
) -> None:
    """Make a database.

    Parameters
    ----------
    path
        Where there is none yet.
    knowledge
        With which the published cases are assessed.
    persons
        How many copies there are.
    whole
        So many of them have the whole record with its assessment; the others a few facts.
    draws
        Of the intervals; as many as usual by default.
    """
    with open_store(path, create=True) as store:
        originals = _published(store, knowledge, draws, whole)
        with store.raw(writing=True) as connection:
            for place, original in enumerate(originals, 1):
                values = {"first": place, "step": len(originals), "last": persons,
                          "of": original, "whole": whole, "few": FEW}  # fmt: skip
                _copy(connection, values)
        with store.raw() as connection:
            raw = connection.connection.dbapi_connection
        if raw is not None:
            raw.execute("ANALYZE")  # as the store does by itself in time


def begin(path: Path, count: int) -> list[str]:
    """Make a database with some persons of whom nothing is recorded.

    Parameters
    ----------
    path
        Where there is none yet.
    count
        How many.

    Returns
    -------
    list of str
        Their ids.
    """
    with open_store(path, create=True) as store:
        records = Records(store, Sources())
        return [records.begin(f"Person {number}", ACTOR).id for number in range(1, count + 1)]


def _copy(connection: Connection, values: dict[str, object]) -> None:
    for statement in COPIES:
        wanted = {name: value for name, value in values.items() if f":{name}" in statement}
        connection.execute(text(statement), wanted)


def _published(store: Store, knowledge: Knowledge, draws: int | None, most: int) -> list[str]:
    """The ids of the published cases, so many at most, each assessed."""
    records = Records(store, Sources())
    assessments = Assessments(store, knowledge, Sources())
    found: list[str] = []
    folder = files("kinechain") / "examples" / "demonstration"
    for file in sorted(folder.iterdir(), key=lambda one: one.name)[:most]:
        content = yaml.safe_load(file.read_text("utf-8"))
        person = records.begin(content["name"], ACTOR, is_demonstration=True,
                               facts=facts_of(content["record"]))  # fmt: skip
        with store.reading() as tx:
            record = records.read(tx, person.id)
        if record is not None:
            assessments.make(record, ACTOR, draws=draws)
            found.append(person.id)
    return found


def sign_in(path: Path, secret: str, count: int) -> list[tuple[str, str]]:
    """Accounts of clinicians, each signed in; hashing their passwords is not what is measured.

    Parameters
    ----------
    path, secret
        Of the server.
    count
        How many.

    Returns
    -------
    list of tuple
        Of each the session's token for the cookie, and the token that its forms carry.
    """
    found: list[tuple[str, str]] = []
    with open_store(path) as store:
        accounts = Accounts(store, secret.encode(), Sources(), passwords=QUICKLY)
        for number in range(1, count + 1):
            name = f"clinician {number}"
            accounts.add(name, ("clinician",), PASSWORD, actor=ACTOR)
            entry = accounts.sign_in(name, PASSWORD, Client(f"10.0.{number}.1"))
            with store.reading() as tx:
                session = tx.sessions.get(digest_of(entry.token))
            assert session is not None, "it was just opened"
            found.append((entry.token, session.csrf))
    return found
