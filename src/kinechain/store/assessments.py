"""Assessments with all that it takes to compute them again."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Row, insert, select

from kinechain.domain.concepts import Urgency
from kinechain.domain.record import StoredAssessment
from kinechain.store.columns import digest, pack
from kinechain.store.repository import Repository, unknown, unpacked
from kinechain.store.tables import assessments

OVERVIEW = ("id", "person", "at", "by", "program_version", "knowledge_version", "seed", "draws",
            "revision", "number")  # fmt: skip


class Assessments(Repository):
    """The assessments of all persons, in the order in which they were made."""

    def add(
        self,
        made: StoredAssessment,
        *,
        urgency: Urgency | None = None,
        waiting_for_review: bool = False,
        follow_up_due: date | None = None,
        leading: str = "",
    ) -> None:
        """Keep an assessment, and bring the person's line of the worklist up to date.

        Parameters
        ----------
        made
            The assessment; its knowledge must be kept already.
        urgency
            The highest among the raised red flags.
        waiting_for_review
            Whether a clinician has to look at it.
        follow_up_due
            When the person is to be seen again.
        leading
            What it puts first, in words.

        Raises
        ------
        StoreError
            When there is no such person, or the knowledge is not kept.
        """
        self._tx.persons.known(made.person)
        if not self._tx.knowledge.has(made.knowledge_version):
            raise unknown(self._tx.where, "knowledge", made.knowledge_version)
        row: dict[str, Any] = {name: getattr(made, name) for name in OVERVIEW}
        row["number"] = self._tx.next_number(assessments)
        row["input"] = pack(made.input_text.encode())
        row["result"] = pack(msgspec.json.encode(made.result))
        self._tx.write(insert(assessments), row)
        self._tx.audit.append(
            "assessment.add",
            f"person:{made.person}",
            {"assessment": made.id, "digest": digest(row), "revision": made.revision},
        )
        self._tx.worklist.assessed(
            made.person,
            assessment=made.id,
            assessed_at=made.at,
            urgency=urgency,
            waiting_for_review=waiting_for_review,
            follow_up_due=follow_up_due,
            leading=leading,
        )

    def get(self, assessment: str) -> StoredAssessment | None:
        """An assessment by id, with its result; None when there is none.

        Parameters
        ----------
        assessment
            The id.
        """
        query = select(assessments).where(assessments.c.id == assessment)
        row = self._tx.read(query).one_or_none()
        return self._whole(row) if row else None

    def latest(self, person: str) -> StoredAssessment | None:
        """The last one made for a person, with its result; None when there is none.

        Parameters
        ----------
        person
            The id.
        """
        query = (
            select(assessments)
            .where(assessments.c.person == person)
            .order_by(assessments.c.number.desc())
            .limit(1)
        )
        row = self._tx.read(query).one_or_none()
        return self._whole(row) if row else None

    def overview(self, person: str) -> tuple[StoredAssessment, ...]:
        """All of a person, latest first, without input and result.

        Parameters
        ----------
        person
            The id.
        """
        query = (
            select(*(assessments.c[name] for name in OVERVIEW))
            .where(assessments.c.person == person)
            .order_by(assessments.c.number.desc())
        )
        return tuple(
            StoredAssessment(**row._mapping, input_text="", result={})  # pyright: ignore[reportPrivateUsage]
            for row in self._tx.read(query)
        )

    def _whole(self, row: Row[Any]) -> StoredAssessment:
        name = f"assessment {row.id}"
        text = unpacked(row.input, self._tx.where, name).decode()
        result = msgspec.json.decode(unpacked(row.result, self._tx.where, name))
        fields = {name: getattr(row, name) for name in OVERVIEW}
        return StoredAssessment(**fields, input_text=text, result=result)
