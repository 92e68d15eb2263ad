"""What is printed of a kept assessment: all of it as it was then, nothing computed anew.

Its own input, result and knowledge are used, so that a page printed a year later says what the
page of the day said; that something newer exists is said on it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from kinechain.domain.plan import Plan
from kinechain.domain.record import Fact, Opinion, Person, StoredAssessment
from kinechain.intake import parse_case
from kinechain.knowledge import Knowledge
from kinechain.report import body_map, model, picture, sections
from kinechain.report.opinions import OpinionView
from kinechain.report.referral import Recorded
from kinechain.service.clinic.document import NAME, OUTSIDE
from kinechain.service.clinic.kept import Kept
from kinechain.service.clinic.live import result_of
from kinechain.service.clinic.records import Record, Records
from kinechain.service.clinic.timeline import names_of, origin_words, who
from kinechain.service.clinic.tokens import Sources
from kinechain.service.clinic.wording import fact_words
from kinechain.service.plan import make_plan
from kinechain.service.presentation import extras
from kinechain.store import Store

LETTER = "Referral letter: "
"""How a note begins that holds a clinician's own sentences of a referral letter."""

_VERSIONS: Kept[str, Knowledge] = Kept(2)
_DRAFTED: Kept[str, Drafted] = Kept(32)


class NotPrintable(Exception):
    """The assessment was made with knowledge that this version of the program cannot read."""


@dataclass(frozen=True)
class Drafted:
    """A kept assessment in words and pictures, with the plan that follows from it."""

    report: model.Report
    drawn: picture.Picture
    recorded: Recorded


@dataclass(frozen=True)
class NoteView:
    """A note of the record."""

    text: str
    by: str
    on: date


@dataclass(frozen=True)
class Print:
    """A kept assessment, ready to be laid out.

    Attributes
    ----------
    report, drawn, recorded
        In words, as a body map, and what people recorded.
    made_by
        Who asked for the assessment.
    opinions
        The standing word of clinicians on its origins.
    notes
        Those that stand, without letters.
    own_words
        What a clinician kept for the referral letter since; empty for nothing.
    own_words_fact
        The fact that holds it, or None.
    newer_facts
        How many entries came after the assessment.
    is_latest, is_present_knowledge
        Whether it is the person's last one, and rests on what the program knows now.
    """

    person: Person
    stored: StoredAssessment
    report: model.Report
    drawn: picture.Picture
    recorded: Recorded
    made_by: str
    opinions: tuple[OpinionView, ...]
    notes: tuple[NoteView, ...]
    own_words: str
    own_words_fact: str | None
    newer_facts: int
    is_latest: bool
    is_present_knowledge: bool


@dataclass(frozen=True)
class Printing:
    """Prints of the assessments of a clinic.

    Attributes
    ----------
    store, knowledge, sources
        Where they are kept, what the program knows now, time and chance.
    """

    store: Store
    knowledge: Knowledge
    sources: Sources

    def read(self, person: str, assessment: str, by: str, kind: str) -> Print | None:
        """A kept assessment for printing, which the trail notes; None when there is none.

        Parameters
        ----------
        person, assessment
            Whose, and which.
        by
            Who prints.
        kind
            Which of the pages, for the trail.

        Raises
        ------
        NotPrintable
            Its knowledge cannot be read any more.
        """
        with self.store.writing(by) as tx:
            stored = tx.assessments.get(assessment)
            record = Records(self.store, self.sources).read(tx, person)
            if stored is None or record is None or stored.person != person:
                return None
            names = names_of(tx.users.all())
            detail = {"assessment": assessment, "kind": kind}
            tx.audit.append("assessment.print", f"person:{person}", detail)
        drafted = _DRAFTED.of(stored.id, lambda: self._drafted(stored))
        return self._print(record, stored, drafted, names)

    def plan(self, person: str, assessment: str) -> Plan | None:
        """The plan that follows from a kept assessment; None when there is none of this person.

        Parameters
        ----------
        person, assessment
            Whose, and which.

        Raises
        ------
        NotPrintable
            Its knowledge cannot be read any more.
        """
        with self.store.reading() as tx:
            stored = tx.assessments.get(assessment)
        if stored is None or stored.person != person:
            return None
        knowledge = self._knowledge_of(stored)
        reading = parse_case(stored.input_text, knowledge, NAME)
        return make_plan(reading, knowledge, assessment=result_of(stored)).plan

    def _drafted(self, stored: StoredAssessment) -> Drafted:
        knowledge = self._knowledge_of(stored)
        reading = parse_case(stored.input_text, knowledge, NAME)
        plan = make_plan(reading, knowledge, assessment=result_of(stored)).plan
        beside = extras(reading.case, knowledge, body_map=True)
        report = sections.build(stored.result, beside, plan)
        drawn = picture.draw(body_map.read(beside["sites"]), report)
        return Drafted(report, drawn, recorded_of(json.loads(stored.input_text), knowledge))

    def _knowledge_of(self, stored: StoredAssessment) -> Knowledge:
        version = stored.knowledge_version
        if version == self.knowledge.version:
            return self.knowledge
        held = _VERSIONS.get(version)
        if held is not None:
            return held
        with self.store.reading() as tx:
            content = tx.knowledge.get(version)
        try:
            held = msgspec.msgpack.decode(content, type=Knowledge)
        except msgspec.ValidationError as error:
            raise NotPrintable(version) from error
        _VERSIONS.put(version, held)
        return held

    def _print(
        self, record: Record, stored: StoredAssessment, drafted: Drafted, names: Mapping[str, str]
    ) -> Print:
        notes = [one for one in record.current if one.key == "note"]
        letters = [one for one in notes if _is_letter(one) and one.revision > stored.revision]
        # A withdrawal counts too: the print still shows what was taken back.
        newer = [one for one in record.facts if one.revision > stored.revision]
        newer = [one for one in newer if one.key not in OUTSIDE]
        own = letters[-1] if letters else None
        return Print(
            person=record.person, stored=stored, report=drafted.report, drawn=drafted.drawn,
            recorded=drafted.recorded, made_by=who(stored.by, names),
            opinions=_standing(record.opinions, stored.id, names, self.knowledge),
            notes=tuple(_note(one, names) for one in notes if not _is_letter(one)),
            own_words=str(own.entry).removeprefix(LETTER) if own else "",
            own_words_fact=own.id if own else None,
            newer_facts=len(newer),
            is_latest=record.assessments[0].id == stored.id,
            is_present_knowledge=stored.knowledge_version == self.knowledge.version,
        )  # fmt: skip


def recorded_of(document: Mapping[str, Any], knowledge: Knowledge) -> Recorded:
    """What people recorded, in words.

    Parameters
    ----------
    document
        The content of a case document, as `kinechain.service.clinic.document` writes it.
    knowledge
        The words.
    """
    findings = document.get("findings", {})

    def worded(entries: Sequence[Any]) -> tuple[str, ...]:
        return tuple(fact_words(one, knowledge) for one in entries)

    def listed(key: str) -> tuple[str, ...]:
        return worded(document.get(key, ()))

    return Recorded(
        pains=listed("pain"), no_pains=listed("no_pain"),
        present=worded(findings.get("present", ())), absent=worded(findings.get("absent", ())),
        values=listed("values"), scores=listed("scores"), treatments=listed("treatments"),
        drugs=listed("drugs"), allergies=listed("allergies"), diseases=listed("diseases"),
    )  # fmt: skip


def _is_letter(one: Fact) -> bool:
    return isinstance(one.entry, str) and one.entry.startswith(LETTER)


def _note(one: Fact, names: Mapping[str, str]) -> NoteView:
    return NoteView(str(one.entry), who(one.by, names), one.on or one.at.date())


def _standing(
    opinions: Sequence[Opinion], assessment: str, names: Mapping[str, str], knowledge: Knowledge
) -> tuple[OpinionView, ...]:
    standing = {one.origin: one for one in opinions if one.assessment == assessment}
    return tuple(
        OpinionView(
            origin=one.origin, label=origin_words(one.origin, knowledge), decision=one.decision,
            reason=one.reason, by=who(one.by, names), on=one.at.date(),
        )
        for one in standing.values()
    )  # fmt: skip
