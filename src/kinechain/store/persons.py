"""Persons: who they are, and the revision that every change of their record counts up."""

from __future__ import annotations

import msgspec
from sqlalchemy import func, insert, select, update

from kinechain.domain.record import Person, WorklistEntry
from kinechain.store.errors import Conflict
from kinechain.store.repository import Repository, made, unknown, values
from kinechain.store.tables import persons


class Persons(Repository):
    """The persons whose record is kept."""

    def add(self, person: Person) -> None:
        """Begin a record.

        Parameters
        ----------
        person
            With an id that nobody has yet; its revision is 0.

        Raises
        ------
        Conflict
            When there is a person with this id.
        """
        if self.get(person.id) is not None:
            raise Conflict(
                f"person {person.id}",
                "There is already a person with this id.",
                "Open that person, or register again.",
                mine=person.id,
                theirs=person.id,
            )
        self._tx.write(insert(persons), values(msgspec.structs.replace(person, revision=0)))
        self._tx.worklist.begin(
            WorklistEntry(
                person=person.id, label=person.label, is_demonstration=person.is_demonstration
            )
        )
        self._tx.audit.append(
            "person.add", f"person:{person.id}", {"is_demonstration": person.is_demonstration}
        )

    def get(self, person: str) -> Person | None:
        """A person by id; None when there is none.

        Parameters
        ----------
        person
            The id.
        """
        row = self._tx.read(select(persons).where(persons.c.id == person)).one_or_none()
        return made(Person, row) if row else None

    def known(self, person: str) -> Person:
        """A person who must be there.

        Parameters
        ----------
        person
            The id.

        Raises
        ------
        StoreError
            When there is none.
        """
        found = self.get(person)
        if found is None:
            raise unknown(self._tx.where, "person", person)
        return found

    def count(self) -> int:
        """How many there are, demonstration persons included."""
        return int(self._tx.read(select(func.count()).select_from(persons)).scalar_one())

    def change(self, person: Person, *, expected_revision: int) -> Person:
        """Correct label, birth date or sex.

        Parameters
        ----------
        person
            As it is to be; the rest stays.
        expected_revision
            Of the person that the writer saw.

        Returns
        -------
        Person
            With its new revision.

        Raises
        ------
        Conflict
            When something about the person changed since.
        """
        before = self.known(person.id)
        if before.revision != expected_revision:
            raise Conflict(
                f"person {person.id}",
                f"The record changed meanwhile (revision {expected_revision} was seen, "
                f"{before.revision} stands).",
                "Look at the record as it stands and enter the correction again.",
            )
        after = msgspec.structs.replace(
            before, label=person.label, birth_date=person.birth_date, sex=person.sex,
            revision=before.revision + 1,
        )  # fmt: skip
        self._tx.write(update(persons).where(persons.c.id == person.id).values(**values(after)))
        if after.label != before.label:
            self._tx.worklist.rename(person.id, after.label)
        changed = [name for name in ("label", "birth_date", "sex")
                   if getattr(before, name) != getattr(after, name)]  # fmt: skip
        self._tx.audit.append(
            "person.change", f"person:{person.id}", {"changed": changed, "revision": after.revision}
        )
        return after

    def advance(self, person: Person) -> Person:
        """Count the revision up; called by what adds to a person's record.

        Parameters
        ----------
        person
            As it stands in this transaction.
        """
        revision = person.revision + 1
        self._tx.write(update(persons).where(persons.c.id == person.id).values(revision=revision))
        return msgspec.structs.replace(person, revision=revision)
