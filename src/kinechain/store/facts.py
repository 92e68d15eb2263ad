"""Facts: added, corrected and taken back by adding; never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import insert, select

from kinechain.domain.record import FACT_KEYS, SINGLE_KEYS, Fact, Person
from kinechain.store.columns import digest
from kinechain.store.errors import Conflict, StoreError
from kinechain.store.repository import Repository, made, unknown, values
from kinechain.store.tables import facts

SAME = ("person", "key", "entry", "on", "replaces", "withdrawn")
"""What makes a fact that comes twice under one id the same fact."""


def current(history: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts that stand: neither replaced nor taken back.

    Parameters
    ----------
    history
        All facts of a person.
    """
    known = tuple(history)
    replaced = {fact.replaces for fact in known}
    return tuple(fact for fact in known if fact.id not in replaced and not fact.withdrawn)


class Facts(Repository):
    """The facts of all persons, in the order in which they came."""

    def history(self, person: str) -> tuple[Fact, ...]:
        """Everything that was ever recorded of a person, oldest first.

        Parameters
        ----------
        person
            The id.
        """
        rows = self._tx.read(select(facts).where(facts.c.person == person).order_by(facts.c.number))
        return tuple(made(Fact, row) for row in rows)

    def current(self, person: str) -> tuple[Fact, ...]:
        """What stands of a person, oldest first.

        Parameters
        ----------
        person
            The id.
        """
        return current(self.history(person))

    def since(self, person: str, revision: int) -> tuple[Fact, ...]:
        """What came after a revision, oldest first.

        Parameters
        ----------
        person
            The id.
        revision
            The last one that was seen.
        """
        rows = self._tx.read(
            select(facts)
            .where(facts.c.person == person, facts.c.revision > revision)
            .order_by(facts.c.number)
        )
        return tuple(made(Fact, row) for row in rows)

    def get(self, fact: str) -> Fact | None:
        """A fact by id; None when there is none.

        Parameters
        ----------
        fact
            The id.
        """
        row = self._tx.read(select(facts).where(facts.c.id == fact)).one_or_none()
        return made(Fact, row) if row else None

    def add(
        self, person: str, new: Sequence[Fact], *, expected_revision: int | None = None
    ) -> Person:
        """Record facts; what others recorded meanwhile stays beside them.

        A fact that is already there under its id is passed over, so a request that is sent
        again after the network dropped does no harm.

        Parameters
        ----------
        person
            Whose facts they are.
        new
            With ids that no other fact has. One that `replaces` another corrects it; with
            `withdrawn` it takes it back.
        expected_revision
            Of the person that the writer saw; without it no value that a case file has once
            is compared with what came meanwhile.

        Returns
        -------
        Person
            With the revision after it.

        Raises
        ------
        Conflict
            When the corrected fact is already corrected, or a value that a case file has once
            was recorded by another since `expected_revision`. Nothing is kept then.
        StoreError
            When there is no such person, or a fact is wrongly made.
        """
        holder = self._tx.persons.known(person)
        fresh = self._fresh(new)
        for fact in fresh:
            self._check(fact, person)
        if expected_revision is not None and expected_revision < holder.revision:
            self._check_single(fresh, self.since(person, expected_revision))
        if not fresh:
            return holder
        self._check_replaced(fresh, person)
        holder = self._tx.persons.advance(holder)
        number = self._tx.next_number(facts)
        rows = [
            values(msgspec.structs.replace(fact, number=number + place, revision=holder.revision))
            for place, fact in enumerate(fresh)
        ]
        self._tx.write(insert(facts), rows)
        kept = [[row["id"], digest(row)] for row in rows]
        self._tx.audit.append(
            "facts.add", f"person:{person}", {"revision": holder.revision, "facts": kept}
        )
        return holder

    def _fresh(self, new: Sequence[Fact]) -> list[Fact]:
        """Those that are not there yet, their entries as plain JSON."""
        query = select(facts).where(facts.c.id.in_([fact.id for fact in new]))
        known = {row.id: made(Fact, row) for row in self._tx.read(query)}
        fresh: list[Fact] = []
        for given in new:
            fact = msgspec.structs.replace(given, entry=msgspec.to_builtins(given.entry))
            there = known.setdefault(fact.id, fact)
            if there is fact:
                fresh.append(fact)
            elif any(getattr(there, name) != getattr(fact, name) for name in SAME):
                raise Conflict(
                    f"fact {fact.id}",
                    "There is another fact with this id.",
                    "Look at the record as it stands and enter it again.",
                    mine=fact.id,
                    theirs=fact.id,
                )
        return fresh

    def _check(self, fact: Fact, person: str) -> None:
        wrong = ""
        if fact.person != person:
            wrong = f"Fact {fact.id} is about another person than the one it is added to."
        elif fact.key not in FACT_KEYS:
            wrong = f"Fact {fact.id} has a key that a case file does not have."
        elif fact.withdrawn and fact.replaces is None:
            wrong = f"Fact {fact.id} takes something back and does not say what."
        if wrong:
            raise StoreError(
                self._tx.where,
                wrong,
                "This is a fault in the program; nothing was kept.",
                "misuse",
            )

    def _check_replaced(self, new: Sequence[Fact], person: str) -> None:
        wanted = [fact.replaces for fact in new if fact.replaces is not None]
        if not wanted:
            return
        query = select(facts.c.id, facts.c.person).where(facts.c.id.in_(wanted))
        holders = {row.id: row.person for row in self._tx.read(query)}
        query = select(facts.c.replaces, facts.c.id).where(facts.c.replaces.in_(wanted))
        replaced = {row.replaces: row.id for row in self._tx.read(query)}
        for fact in new:
            if fact.replaces is not None:
                if holders.get(fact.replaces) != person:
                    raise unknown(self._tx.where, "fact to correct", fact.replaces)
                theirs = replaced.setdefault(fact.replaces, fact.id)
                if theirs != fact.id:
                    raise Conflict(
                        f"fact {fact.replaces}",
                        f"It was corrected meanwhile by {theirs}; the correction {fact.id} was "
                        "not kept.",
                        "Look at the correction that stands, and correct that one if it is wrong.",
                        mine=fact.id,
                        theirs=theirs,
                    )
            holders[fact.id] = person  # one of the same request may be corrected by the next

    def _check_single(self, new: Sequence[Fact], others: Sequence[Fact]) -> None:
        standing = {fact.key: fact for fact in others if not fact.withdrawn}
        for fact in new:
            theirs = standing.get(fact.key)
            if fact.key in SINGLE_KEYS and fact.replaces is None and theirs is not None:
                raise Conflict(
                    f"the {fact.key} of person {fact.person}",
                    f"It was recorded meanwhile by fact {theirs.id}; fact {fact.id} was not kept.",
                    "Look at the value that stands, and correct it if it is wrong.",
                    mine=fact.id,
                    theirs=theirs.id,
                )
