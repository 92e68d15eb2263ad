"""What clinicians say of the program's origins, and that they have looked at a person."""

from __future__ import annotations

from dataclasses import dataclass

from kinechain.domain.record import Decision, Opinion, StoredAssessment
from kinechain.service.clinic.live import result_of
from kinechain.service.clinic.tokens import Sources
from kinechain.store import Store

LONGEST_REASON = 1000
REASONS = (
    "The examination speaks against it",
    "Imaging or tests show otherwise",
    "Another origin explains it better",
    "The record is wrong or incomplete",
)
"""What disagreeing most often rests on; offered so that a reason costs one press."""


class NotAnOrigin(LookupError):
    """The assessment is not there, is of another person, or has no such origin."""


@dataclass(frozen=True)
class Opinions:
    """The opinions of a clinic on its assessments.

    Attributes
    ----------
    store, sources
        Where they are kept; time and chance.
    """

    store: Store
    sources: Sources

    def give(
        self, person: str, assessment: str, origin: str, decision: Decision, by: str,
        reason: str = "",
    ) -> Opinion:  # fmt: skip
        """Keep an opinion; an earlier one on the same origin stays in the history.

        Parameters
        ----------
        person, assessment
            Whose, and which.
        origin
            Id of a condition of the assessment, or of one of its places.
        decision, by, reason
            What is said, by whom, and why.

        Raises
        ------
        NotAnOrigin
            There is no such origin there.
        """
        with self.store.writing(by) as tx:
            stored = tx.assessments.get(assessment)
            if stored is None or stored.person != person or origin not in origins_of(stored):
                raise NotAnOrigin(origin)
            opinion = Opinion(
                id=self.sources.new_id(), assessment=assessment, origin=origin,
                decision=decision, reason=reason.strip()[:LONGEST_REASON], by=by,
                at=self.sources.now(),
            )  # fmt: skip
            tx.opinions.add(opinion)
        return opinion

    def reviewed(self, person: str, by: str, *, seen_revision: int) -> bool:
        """Note that a clinician has looked at all there is; False when more came meanwhile.

        Parameters
        ----------
        person
            Who does not wait any more.
        by
            Who looked.
        seen_revision
            Of the record that was looked at.

        Raises
        ------
        LookupError
            There is no such person.
        """
        with self.store.writing(by) as tx:
            found = tx.persons.get(person)
            if found is None:
                raise LookupError(person)
            if found.revision != seen_revision:
                return False
            tx.worklist.set(person, waiting_for_review=False)
            tx.audit.append("person.review", f"person:{person}", {"revision": seen_revision})
        return True


def origins_of(stored: StoredAssessment) -> frozenset[str]:
    """What an opinion on an assessment can be about: its conditions, and each of their places.

    Parameters
    ----------
    stored
        With its result.
    """
    found = result_of(stored)
    return frozenset(
        [one.condition for one in found.conditions] + [one.id for one in found.origins]
    )
