"""Persons and what is recorded of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import msgspec

from kinechain.domain.record import Fact, FactKey, Opinion, Person, StoredAssessment
from kinechain.service.clinic.tokens import Sources
from kinechain.store import Store, Transaction, current


@dataclass(frozen=True)
class NewFact:
    """Something to record.

    Attributes
    ----------
    key, entry
        As a case file has it.
    on
        The day that it is about, when that is not today.
    replaces
        The fact that it corrects.
    withdrawn
        Whether that one is taken back and nothing put in its place.
    id
        Made by the page, where a request may be sent twice; made here by default.
    """

    key: FactKey
    entry: Any = None
    on: date | None = None
    replaces: str | None = None
    withdrawn: bool = False
    id: str = ""


@dataclass(frozen=True)
class Record:
    """All that is kept of one person.

    Attributes
    ----------
    facts
        Every fact ever recorded, oldest first.
    assessments
        Without their results, latest first.
    opinions
        On all assessments, oldest first.
    """

    person: Person
    facts: tuple[Fact, ...]
    assessments: tuple[StoredAssessment, ...]
    opinions: tuple[Opinion, ...]

    @property
    def current(self) -> tuple[Fact, ...]:
        """The facts that stand."""
        return current(self.facts)


@dataclass(frozen=True)
class Records:
    """The records of a clinic.

    Attributes
    ----------
    store
        Where they are kept.
    sources
        Time and chance.
    """

    store: Store
    sources: Sources

    def begin(
        self,
        label: str,
        by: str,
        *,
        birth_date: date | None = None,
        sex: Literal["female", "male"] | None = None,
        is_demonstration: bool = False,
        facts: Sequence[NewFact] = (),
    ) -> Person:
        """Begin the record of a person.

        Parameters
        ----------
        label
            What the clinic calls the person.
        by
            Who begins it.
        birth_date, sex
            Where they are known.
        is_demonstration
            A published case, not a patient.
        facts
            What is known from the start.
        """
        person = Person(
            id=self.sources.new_id(), label=label.strip(), birth_date=birth_date, sex=sex,
            is_demonstration=is_demonstration, created_at=self.sources.now(),
        )  # fmt: skip
        with self.store.writing(by) as tx:
            tx.persons.add(person)
            return tx.facts.add(person.id, self.made(person.id, facts, by)) if facts else person

    def record(
        self,
        person: str,
        facts: Sequence[NewFact],
        by: str,
        *,
        expected_revision: int | None,
        waiting_for_review: bool = True,
    ) -> Person:
        """Add facts to a record.

        Parameters
        ----------
        person
            Whose.
        facts
            What to record; corrections name what they replace.
        by
            Who records it.
        expected_revision
            Of the record that the writer saw; see `kinechain.store.facts.Facts.add`.
        waiting_for_review
            Whether a clinician has to look at it: not when one recorded it.

        Raises
        ------
        kinechain.store.Conflict
            Somebody else corrected the same fact meanwhile. Nothing was kept.
        """
        with self.store.writing(by) as tx:
            made = self.made(person, facts, by)
            after = tx.facts.add(person, made, expected_revision=expected_revision)
            if waiting_for_review:
                tx.worklist.set(person, waiting_for_review=True)
            return after

    def change(
        self,
        person: Person,
        by: str,
        *,
        label: str,
        birth_date: date | None,
        sex: Literal["female", "male"] | None,
        expected_revision: int,
    ) -> Person:
        """Correct what a person is called, the day of birth or the sex.

        Parameters
        ----------
        person
            As it was read.
        by
            Who corrects it.
        label, birth_date, sex
            As they are to be.
        expected_revision
            Of the record that the writer saw.

        Raises
        ------
        kinechain.store.Conflict
            Something changed since. Nothing was kept.
        """
        wanted = msgspec.structs.replace(
            person, label=label.strip(), birth_date=birth_date, sex=sex
        )
        with self.store.writing(by) as tx:
            return tx.persons.change(wanted, expected_revision=expected_revision)

    def open(self, person: str, by: str) -> Record | None:
        """A person's record, for somebody to look at, which the trail notes.

        Parameters
        ----------
        person
            Whose.
        by
            Who looks.
        """
        with self.store.writing(by) as tx:
            found = self.read(tx, person)
            if found is not None:
                tx.audit.append("person.view", f"person:{person}")
        return found

    def read(self, tx: Transaction, person: str) -> Record | None:
        """A person's record inside a transaction; None when there is none.

        Parameters
        ----------
        tx
            Reading or writing.
        person
            Whose.
        """
        found = tx.persons.get(person)
        if found is None:
            return None
        return Record(
            found,
            tx.facts.history(person),
            tx.assessments.overview(person),
            tx.opinions.of_person(person),
        )

    def made(self, person: str, facts: Sequence[NewFact], by: str) -> list[Fact]:
        """Facts as the store takes them.

        Parameters
        ----------
        person, facts, by
            Whose, what, and who says so.
        """
        return [
            Fact(
                id=one.id or self.sources.new_id(), person=person, key=one.key, entry=one.entry,
                on=one.on, by=by, at=self.sources.now(), replaces=one.replaces,
                withdrawn=one.withdrawn,
            )
            for one in facts
        ]  # fmt: skip
