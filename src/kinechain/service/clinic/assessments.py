"""Assess a person's record, keep the result with all that made it, and compute it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose
from typing import Any

import msgspec

from kinechain.domain.assessment import Assessment
from kinechain.domain.concepts import Urgency
from kinechain.domain.record import StoredAssessment
from kinechain.intake import CaseReading, parse_case
from kinechain.knowledge import Knowledge
from kinechain.service.assess import assess
from kinechain.service.clinic.document import NAME, CaseDocument, read_record
from kinechain.service.clinic.records import Record
from kinechain.service.clinic.tokens import Sources
from kinechain.store import Store

URGENCIES: tuple[Urgency, ...] = ("emergency_now", "same_day", "within_2_weeks", "soon")
TOLERANCE = 1e-9
SAID_FROM = 0.05
"""A less probable origin is not named as the leading one."""


@dataclass(frozen=True)
class Made:
    """An assessment as it was made, with the case behind it."""

    stored: StoredAssessment
    assessment: Assessment
    reading: CaseReading
    document: CaseDocument


@dataclass(frozen=True)
class Assessments:
    """The assessments of a clinic.

    Attributes
    ----------
    store, knowledge, sources
        Where they are kept, what they rest on, time and chance.
    """

    store: Store
    knowledge: Knowledge
    sources: Sources

    def make(
        self,
        record: Record,
        by: str,
        *,
        draws: int | None = None,
        seed: int = 0,
        waiting_for_review: bool = False,
    ) -> Made:
        """Assess what stands in a record, and keep it.

        Parameters
        ----------
        record
            As it was read; its revision is kept with the assessment.
        by
            Who asked for it.
        draws, seed
            Of the intervals.
        waiting_for_review
            Whether a clinician has to look at it; what waits already goes on waiting.
        """
        person = record.person
        as_of = self.sources.now().date()
        document, reading = read_record(person, record.facts, as_of, self.knowledge)
        found = assess(reading, self.knowledge, draws=draws, seed=seed)
        stored = StoredAssessment(
            id=self.sources.new_id(), person=person.id, at=self.sources.now(), by=by,
            input_text=document.text, program_version=found.program_version,
            knowledge_version=found.knowledge_version, seed=seed, draws=draws,
            result=msgspec.to_builtins(found), revision=person.revision,
        )  # fmt: skip
        self._keep(stored, found, waiting_for_review=waiting_for_review)
        return Made(stored, found, reading, document)

    def _keep(
        self, stored: StoredAssessment, found: Assessment, *, waiting_for_review: bool
    ) -> None:
        with self.store.reading() as tx:
            known = tx.knowledge.has(stored.knowledge_version)
        content = b"" if known else msgspec.msgpack.encode(self.knowledge)
        with self.store.writing(stored.by) as tx:
            if not known:
                tx.knowledge.keep(stored.knowledge_version, content)
            before = tx.worklist.get(stored.person)
            waits = before is not None and before.waiting_for_review
            tx.assessments.add(
                stored, urgency=highest_urgency(found),
                waiting_for_review=waiting_for_review or waits,
                follow_up_due=before.follow_up_due if before else None,
                leading=leading_origin(found),
            )  # fmt: skip

    def latest(self, person: str) -> StoredAssessment | None:
        """The last assessment of a person; None when there is none.

        Parameters
        ----------
        person
            Whose.
        """
        with self.store.reading() as tx:
            return tx.assessments.latest(person)

    def recompute(self, assessment: str) -> tuple[str, ...]:
        """Compute a kept assessment again from its own input and knowledge.

        Parameters
        ----------
        assessment
            Its id.

        Returns
        -------
        tuple of str
            Where the two differ by more than 1e-9; empty when they agree.

        Raises
        ------
        LookupError
            When it is not there.
        """
        with self.store.reading() as tx:
            stored = tx.assessments.get(assessment)
            if stored is None:
                raise LookupError(assessment)
            content = tx.knowledge.get(stored.knowledge_version)
        knowledge = (
            self.knowledge
            if self.knowledge.version == stored.knowledge_version
            else msgspec.msgpack.decode(content, type=Knowledge)
        )
        reading = parse_case(stored.input_text, knowledge, NAME)
        again = assess(reading, knowledge, draws=stored.draws, seed=stored.seed)
        return tuple(differences(stored.result, msgspec.to_builtins(again)))


def highest_urgency(found: Assessment) -> Urgency | None:
    """The most urgent of the raised flags and alerts; None when nothing is raised.

    Parameters
    ----------
    found
        The assessment.
    """
    raised = {one.urgency for one in found.red_flags if one.status == "raised"}
    return next((one for one in URGENCIES if one in raised), None)


def leading_origin(found: Assessment) -> str:
    """What an assessment puts first, in the words of its page; empty without probabilities.

    Parameters
    ----------
    found
        The assessment.
    """
    if not found.conditions or found.conditions[0].explains < SAID_FROM:
        return ""
    first = found.conditions[0]
    places = [one for one in found.origins if one.condition == first.condition]
    notable = [one for one in places if one.explains >= max(SAID_FROM, first.explains / 10)]
    return notable[0].label if len(notable) == 1 else first.label


def differences(before: Any, after: Any, where: str = "") -> Iterator[str]:
    """Where two results differ; times that computing took are not compared.

    Parameters
    ----------
    before, after
        Plain values.
    where
        Path to them.
    """
    match before, after:
        case dict(), dict():
            for key in sorted({*before, *after} - {"timing_ms"}):
                yield from differences(before.get(key), after.get(key), f"{where}.{key}")
        case list() | tuple(), list() | tuple():
            if len(before) != len(after):
                yield f"{where}: {len(before)} entries, now {len(after)}"
            for place, (one, other) in enumerate(zip(before, after, strict=False)):
                yield from differences(one, other, f"{where}[{place}]")
        case float() | int(), float() | int():
            if not isclose(before, after, rel_tol=0, abs_tol=TOLERANCE):
                yield f"{where}: {before}, now {after}"
        case _:
            if before != after:
                yield f"{where}: {before!r}, now {after!r}"
