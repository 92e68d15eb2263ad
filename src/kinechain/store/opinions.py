"""What clinicians say of the origins; the program's word stays as it was."""

from __future__ import annotations

import msgspec
from sqlalchemy import insert, select

from kinechain.domain.record import Opinion
from kinechain.store.columns import digest
from kinechain.store.repository import Repository, made, unknown, values
from kinechain.store.tables import assessments, opinions


class Opinions(Repository):
    """The opinions on all assessments, in the order in which they were given."""

    def add(self, opinion: Opinion) -> None:
        """Keep an opinion; a later one on the same origin takes the place of an earlier.

        Parameters
        ----------
        opinion
            On an origin of a stored assessment.

        Raises
        ------
        StoreError
            When there is no such assessment.
        """
        query = select(assessments.c.person).where(assessments.c.id == opinion.assessment)
        person = self._tx.read(query).scalar_one_or_none()
        if person is None:
            raise unknown(self._tx.where, "assessment", opinion.assessment)
        row = values(msgspec.structs.replace(opinion, number=self._tx.next_number(opinions)))
        self._tx.write(insert(opinions), row)
        self._tx.audit.append(
            "opinion.add",
            f"person:{person}",
            {"opinion": opinion.id, "assessment": opinion.assessment, "digest": digest(row)},
        )

    def history(self, assessment: str) -> tuple[Opinion, ...]:
        """All opinions on an assessment, oldest first.

        Parameters
        ----------
        assessment
            The id.
        """
        query = select(opinions).where(opinions.c.assessment == assessment)
        rows = self._tx.read(query.order_by(opinions.c.number))
        return tuple(made(Opinion, row) for row in rows)

    def standing(self, assessment: str) -> dict[str, Opinion]:
        """The last opinion on each origin of an assessment.

        Parameters
        ----------
        assessment
            The id.
        """
        return {opinion.origin: opinion for opinion in self.history(assessment)}

    def of_person(self, person: str) -> tuple[Opinion, ...]:
        """All opinions on all assessments of a person, oldest first.

        Parameters
        ----------
        person
            The id.
        """
        query = (
            select(opinions)
            .join(assessments, opinions.c.assessment == assessments.c.id)
            .where(assessments.c.person == person)
            .order_by(opinions.c.number)
        )
        return tuple(made(Opinion, row) for row in self._tx.read(query))
