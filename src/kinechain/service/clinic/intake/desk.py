"""What happens with a patient's draft: begun, saved with every step, handed in, or stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from kinechain.domain.concepts import Urgency
from kinechain.domain.record import Draft
from kinechain.knowledge import Knowledge
from kinechain.service.assess import red_flags
from kinechain.service.clinic.assessments import URGENCIES, Assessments
from kinechain.service.clinic.intake.entered import Entered, plain_entered, read_entered
from kinechain.service.clinic.intake.facts import (
    BY_LINK,
    fact_id,
    facts_of,
    merged,
    stored,
    with_birth,
)
from kinechain.service.clinic.intake.interviewing import Patient, read_case
from kinechain.service.clinic.intake.steps import steps_of, value_of
from kinechain.service.clinic.records import NewFact, Records
from kinechain.service.clinic.tokens import Sources
from kinechain.store import Conflict, Store, Transaction
from kinechain.store.facts import current

SHOWN = timedelta(minutes=15)
"""So long after handing in the last page can be looked at; nothing else opens by then."""

WORDING = "2026-11"
"""Which wording of the consent was agreed to."""

URGENT: tuple[Urgency, ...] = ("emergency_now", "same_day")
"""Flags of which the worklist is told before anything is handed in."""

BEFORE_HANDING_IN = (
    "Red flag raised by the patient's answers before they were handed in: {label}. "
    "The patient was asked to tell the staff."
)
TRIES = 5
Change = Callable[[Entered], Entered]
Flags = dict[str, Urgency]


class ClashError(Exception):
    """The same screen was answered differently in another window meanwhile.

    Attributes
    ----------
    newer
        What stands.
    """

    def __init__(self, newer: Entered) -> None:
        super().__init__("answered in another window")
        self.newer = newer


class HandedInError(Exception):
    """The draft was handed in already; nothing can be changed any more."""


@dataclass(frozen=True)
class Stay:
    """A patient's stay: whose it is, by which link and session."""

    person: str
    link: str
    session: str

    @property
    def actor(self) -> str:
        """How the record names who did something."""
        return f"{BY_LINK}{self.link}"


@dataclass(frozen=True)
class View:
    """A draft with what it stands beside.

    Attributes
    ----------
    draft
        None before the consent.
    steps
        The screens before the interview.
    """

    draft: Draft | None
    entered: Entered
    patient: Patient
    steps: tuple[str, ...]

    @property
    def revision(self) -> int:
        """Of the draft; 0 before the consent."""
        return self.draft.revision if self.draft else 0

    @property
    def is_handed_in(self) -> bool:
        """Whether nothing can be changed any more."""
        return self.draft is not None and self.draft.submitted_at is not None


@dataclass(frozen=True)
class Intake:
    """The intakes of a clinic.

    Attributes
    ----------
    store, knowledge, sources
        Where they are kept, what they rest on, time and chance.
    """

    store: Store
    knowledge: Knowledge
    sources: Sources

    def look(self, stay: Stay) -> View:
        """Where a patient is.

        Parameters
        ----------
        stay
            Whose.
        """
        with self.store.reading() as tx:
            return self._view(tx, stay)

    def _view(self, tx: Transaction, stay: Stay) -> View:
        draft = tx.drafts.of_link(stay.link)
        person, facts = tx.persons.known(stay.person), current(tx.facts.history(stay.person))
        entered = read_entered(draft.content) if draft else Entered()
        patient = Patient(person, facts, draft.id if draft else "", self.sources.now().date())
        return View(draft, entered, patient, steps_of(entered, person, facts, self.knowledge))

    def agree(self, stay: Stay) -> None:
        """Begin: the patient agrees, which the record notes at once.

        Parameters
        ----------
        stay
            Whose.
        """
        now = self.sources.now()
        with self.store.writing(stay.actor) as tx:
            if tx.drafts.of_link(stay.link) is not None:
                return
            draft = Draft(id=self.sources.new_id(), person=stay.person, link=stay.link,
                          content=plain_entered(Entered()), saved_at=now)  # fmt: skip
            tx.drafts.save(draft, expected_revision=None)
            self._consent(tx, stay, "agreed")

    def refuse(self, stay: Stay) -> None:
        """Note that the patient does not agree; the stay ends.

        Parameters
        ----------
        stay
            Whose.
        """
        with self.store.writing(stay.actor) as tx:
            self._consent(tx, stay, "refused")
            tx.sessions.delete_of_link(stay.link)

    def stop(self, stay: Stay) -> None:
        """Throw away what was entered, and note that the consent was taken back.

        Parameters
        ----------
        stay
            Whose.
        """
        with self.store.writing(stay.actor) as tx:
            draft = tx.drafts.of_link(stay.link)
            if draft is not None and draft.submitted_at is None:
                tx.drafts.delete(draft.id)
                self._consent(tx, stay, "taken back", fact_id(stay.link, "consent", "agreed"))
            tx.sessions.delete_of_link(stay.link)

    def finish(self, stay: Stay) -> None:
        """End the stay; a draft that was not handed in is kept.

        Parameters
        ----------
        stay
            Whose.
        """
        with self.store.writing(stay.actor) as tx:
            tx.sessions.delete_of_link(stay.link)

    def _consent(self, tx: Transaction, stay: Stay, words: str, old: str | None = None) -> None:
        entry = {"intake": words, "wording": WORDING}
        fact = NewFact("consent", entry, replaces=old, id=fact_id(stay.link, "consent", words))
        tx.facts.add(stay.person, stored([fact], stay.person, stay.actor, self.sources.now()))

    def save(
        self, stay: Stay, part: str, seen: int, change: Change, *, dangers: bool = True
    ) -> View:
        """Keep what a screen brought.

        Two windows that answer different screens do not hinder each other. When a flag for
        now or for the same day is raised, the worklist shows it in the same moment.

        Parameters
        ----------
        stay
            Whose.
        part
            The screen: a step, or ``question:`` and its key.
        seen
            Revision of the draft that the screen was made from.
        change
            What it enters; called again when another window was faster.
        dangers
            Whether it can raise a red flag.

        Raises
        ------
        ClashError
            When the same screen was answered differently meanwhile.
        HandedInError
            When nothing can be changed any more.
        """
        for _ in range(TRIES):
            before = self.look(stay)
            if before.draft is None or before.is_handed_in:
                raise HandedInError
            after = change(before.entered)
            differs = value_of(part, after) != value_of(part, before.entered)
            if differs and before.entered.stamps.get(part, 0) > seen:
                raise ClashError(before.entered)
            if after == before.entered:
                return before
            flags = self._new_flags(before, after) if dangers else {}
            try:
                return self._keep(stay, before, after, part if differs else "", flags)
            except Conflict:  # another window was faster; look again
                continue
        raise Conflict("draft", "It was saved from elsewhere again and again.", "Try again.")

    def _new_flags(self, before: View, after: Entered) -> Flags:
        """Urgent flags that are raised now and were neither told nor known to the record."""
        if before.patient.text(before.entered) == before.patient.text(after):
            return {}
        found = self._urgent(before.patient, after)
        fresh: Flags = {name: one for name, one in found.items() if name not in after.told}
        if not fresh:
            return {}
        known = self._urgent(before.patient, Entered())
        new: Flags = {name: one for name, one in fresh.items() if name not in known}
        return new

    def _urgent(self, patient: Patient, entered: Entered) -> Flags:
        case = read_case(patient, entered, self.knowledge).case
        flags = red_flags(case, self.knowledge)
        raised = {flag.id for flag in flags if flag.status == "raised"}
        known = self.knowledge.red_flags
        found: Flags = {one: known[one].urgency for one in sorted(raised)}
        return {name: urgency for name, urgency in found.items() if urgency in URGENT}

    def _keep(self, stay: Stay, before: View, after: Entered, part: str, flags: Flags) -> View:
        assert before.draft is not None, "the caller looked"
        now, revision = self.sources.now(), before.revision + 1
        alarms = [name for name, urgency in flags.items() if urgency == "emergency_now"]
        after = msgspec.structs.replace(
            after, told=(*after.told, *flags), alarms=(*after.alarms, *alarms),
            stamps={**after.stamps, **({part: revision} if part else {})},
        )  # fmt: skip
        draft = msgspec.structs.replace(before.draft, content=plain_entered(after), saved_at=now)
        with self.store.writing(stay.actor) as tx:
            tx.drafts.save(draft, expected_revision=before.revision)
            if flags:
                self._tell(tx, stay, before, flags)
            return self._view(tx, stay)

    def _tell(self, tx: Transaction, stay: Stay, view: View, flags: Flags) -> None:
        """Put the flags on the worklist, with a note of what was raised and by whom."""
        line = tx.worklist.get(stay.person)
        shown = {line.urgency} if line is not None else set[Urgency | None]()
        highest: Urgency = next(one for one in URGENCIES if one in {*flags.values(), *shown})
        tx.worklist.set(stay.person, urgency=highest, waiting_for_review=True)
        notes = [
            NewFact("note", BEFORE_HANDING_IN.format(label=self.knowledge.red_flags[name].label),
                    id=fact_id(view.patient.draft, "flag", name))
            for name in flags
        ]  # fmt: skip
        tx.facts.add(stay.person, stored(notes, stay.person, stay.actor, self.sources.now()))

    def seen(self, stay: Stay) -> None:
        """Note that the patient was shown the alarms.

        Parameters
        ----------
        stay
            Whose.
        """
        self.save(stay, "alarms", 10**9, lambda one: msgspec.structs.replace(one, alarms=()),
                  dangers=False)  # fmt: skip

    def hand_in(self, stay: Stay) -> None:
        """Put what was entered into the record, all at once; a second time changes nothing.

        Parameters
        ----------
        stay
            Whose. It ends, but for the last page.

        Raises
        ------
        HandedInError
            When there is nothing to hand in.
        """
        now = self.sources.now()
        with self.store.writing(stay.actor) as tx:
            view = self._view(tx, stay)
            if view.draft is None:
                raise HandedInError
            if view.is_handed_in:
                return
            person = with_birth(view.patient.person, view.entered)
            if person != view.patient.person:
                tx.persons.change(person, expected_revision=person.revision)
            new = facts_of(view.entered, view.draft.id, now.date().isoformat())
            facts = merged(view.patient.facts, new, view.draft.id)
            if facts:
                tx.facts.add(stay.person, stored(facts, stay.person, stay.actor, now))
            tx.worklist.set(stay.person, waiting_for_review=True)
            tx.drafts.submit(view.draft.id, now)
            tx.sessions.touch(stay.session, seen_at=now, expires_at=now + SHOWN)

    def assess(self, stay: Stay) -> None:
        """Assess what was handed in, unless that was done.

        Parameters
        ----------
        stay
            Whose.
        """
        with self.store.reading() as tx:
            record = Records(self.store, self.sources).read(tx, stay.person)
            latest = tx.assessments.latest(stay.person)
        if record is None or (latest and latest.revision == record.person.revision):
            return
        made = Assessments(self.store, self.knowledge, self.sources)
        made.make(record, stay.actor, waiting_for_review=True)
