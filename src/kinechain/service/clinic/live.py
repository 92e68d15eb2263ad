"""What if: the assessment with some findings supposed, at once and then in full; nothing is kept.

The supposed findings become facts of the same form as recorded ones, so the intake reads them
with the rest, and recording them afterwards gives the same case.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self

import msgspec

from kinechain.domain.assessment import Assessment
from kinechain.domain.case import Case
from kinechain.domain.record import Fact, FactKey, Person, StoredAssessment
from kinechain.inference.posterior import Posterior, posterior
from kinechain.intake import CaseReading
from kinechain.knowledge import Knowledge
from kinechain.service.assess import Abandoned, assess, glance
from kinechain.service.clinic.carried import Carried
from kinechain.service.clinic.document import STATES, CaseDocument, read_record
from kinechain.service.clinic.kept import Kept
from kinechain.service.clinic.records import NewFact
from kinechain.store import Transaction, current

State = Literal["present", "absent", "unknown"]
SUPPOSED = "supposed"
"""How the ids of facts begin that exist on a page only."""
READINGS, POSTERIORS, RESULTS, PAGES = 256, 16, 64, 4096
"""How much is kept of what may be asked for again."""
_KEY_OF: dict[State, FactKey] = {"present": "finding_present", "absent": "finding_absent"}


@dataclass(frozen=True)
class Scene:
    """What an assessment was made from, and it; neither ever changes."""

    stored: StoredAssessment
    facts: tuple[Fact, ...]


class UnknownToggle(LookupError):
    """A toggle of something that is not in the record, or that the program does not know."""


@dataclass(frozen=True)
class Toggle:
    """A finding switched on a page.

    Attributes
    ----------
    kind
        ``fact`` for what is recorded, ``node`` for what is not.
    name
        Id of the fact, or of the finding with its level and side: ``paraesthesia.l3.right``.
    """

    kind: Literal["fact", "node"]
    name: str
    state: State


def read_toggles(fields: Iterable[tuple[str, str]]) -> tuple[Toggle, ...]:
    """The toggles among the fields of a form.

    Parameters
    ----------
    fields
        Names and values: ``fact.0190...``, ``absent``.

    Raises
    ------
    UnknownToggle
        A state that there is not.
    """
    found: list[Toggle] = []
    for field, value in fields:
        kind, _, name = field.partition(".")
        if kind not in ("fact", "node") or not name:
            continue
        try:
            state = msgspec.convert(value, State)
        except msgspec.ValidationError:
            raise UnknownToggle(field) from None
        found.append(Toggle(kind, name, state))
    return tuple(found)


def changes(
    facts: Sequence[Fact], toggles: Iterable[Toggle], knowledge: Knowledge
) -> list[NewFact]:
    """What would be recorded if the toggles were true; nothing for those that say what stands.

    Parameters
    ----------
    facts
        Of the person, in the order of the record.
    toggles
        Of a page.
    knowledge
        The vocabulary.

    Raises
    ------
    UnknownToggle
        A fact that does not stand any more, or a finding that there is not.
    """
    standing = {one.id: one for one in current(facts)}
    found: list[NewFact] = []
    for toggle in toggles:
        if toggle.kind == "node":
            entry = entry_of(toggle.name, knowledge)
            if toggle.state != "unknown":
                found.append(NewFact(_KEY_OF[toggle.state], entry))
            continue
        fact = standing.get(toggle.name)
        if fact is None or fact.key not in STATES:
            raise UnknownToggle(toggle.name)
        if toggle.state == "unknown":
            found.append(NewFact(fact.key, replaces=fact.id, withdrawn=True))
        elif STATES[fact.key] != toggle.state:
            found.append(NewFact(_KEY_OF[toggle.state], fact.entry, on=fact.on, replaces=fact.id))
    return found


def entry_of(node: str, knowledge: Knowledge) -> Any:
    """A finding or trait as a case file takes it.

    Parameters
    ----------
    node
        Its id, with level and side where it has them.
    knowledge
        The vocabulary.

    Raises
    ------
    UnknownToggle
        It is neither a finding nor a trait.

    Examples
    --------
    >>> from kinechain.knowledge import load_knowledge
    >>> entry_of("knee_effusion.right", load_knowledge())
    {'finding': 'knee_effusion', 'side': 'right'}
    """
    place = knowledge.index.get(node)
    if place is not None:
        one = knowledge.graph.nodes[place]
        template, level, side = one.template, one.level, one.side
    else:
        template, level, side = node, None, None
    if template in knowledge.traits:
        return template
    if template not in knowledge.findings:
        raise UnknownToggle(node)
    more = {"side": side, "level": level}
    return {"finding": template, **{name: value for name, value in more.items() if value}}


def supposed(
    person: str, facts: Sequence[Fact], new: Sequence[NewFact], by: str, at: datetime
) -> tuple[Fact, ...]:
    """The facts of a record with some that are supposed.

    Parameters
    ----------
    person, facts
        Whose, and what is recorded.
    new
        As `changes` gives it.
    by, at
        Who supposes it, and when.
    """
    more = [
        Fact(
            id=f"{SUPPOSED}-{number}", person=person, key=one.key, entry=one.entry, on=one.on,
            by=by, at=at, replaces=one.replaces, withdrawn=one.withdrawn,
        )
        for number, one in enumerate(new, 1)
    ]  # fmt: skip
    return (*facts, *more)


def result_of(stored: StoredAssessment) -> Assessment:
    """The result of a kept assessment.

    Parameters
    ----------
    stored
        As it was kept.
    """
    return msgspec.convert(stored.result, Assessment)


class _Newest:
    """The newest question of a page; its quick answers are worked out one at a time."""

    def __init__(self) -> None:
        self.counter = 0
        self.noted = threading.Lock()
        self.turn = threading.Lock()


@dataclass(frozen=True)
class Question:
    """A question of a page; in ``with`` its quick answer is worked out."""

    newest: _Newest
    counter: int

    def wanted(self) -> bool:
        """Whether the page has asked nothing newer since."""
        return self.counter >= self.newest.counter

    def __enter__(self) -> Self:
        self.newest.turn.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.newest.turn.release()


class Live:
    """Answers what-ifs, and keeps what the next one may need.

    Parameters
    ----------
    knowledge
        With which everything is assessed.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._readings: Kept[str, tuple[CaseDocument, CaseReading]] = Kept(READINGS)
        self._posteriors: Kept[Case, Posterior] = Kept(POSTERIORS)
        self._results: Kept[str, tuple[Assessment, Carried]] = Kept(RESULTS)
        self._scenes: Kept[str, Scene] = Kept(RESULTS)
        self._newest: Kept[str, _Newest] = Kept(PAGES)
        self._turn = threading.Semaphore(1)

    def scene(self, tx: Transaction, person: str, assessment: str) -> Scene | None:
        """An assessment with the facts behind it; None where the person has no such one.

        Parameters
        ----------
        tx
            A look at the store.
        person, assessment
            Whose, and which.
        """
        found = self._scenes.get(assessment)
        if found is None:
            stored = tx.assessments.get(assessment)
            if stored is None or stored.person != person:
                return None
            facts = tx.facts.history(person)
            found = Scene(stored, tuple(one for one in facts if one.revision <= stored.revision))
            self._scenes.put(assessment, found)
        return found if found.stored.person == person else None

    def read(
        self, person: Person, facts: Sequence[Fact], at: datetime
    ) -> tuple[CaseDocument, CaseReading]:
        """The case that facts make, recorded or supposed.

        Parameters
        ----------
        person, facts
            Whose, and what.
        at
            The time of the assessment.
        """
        # A fact is never changed, so its id tells what it says; a supposed one tells it itself.
        said = [
            [one.key, one.entry, one.on, one.replaces, one.withdrawn]
            if one.id.startswith(SUPPOSED)
            else one.id
            for one in facts
        ]
        about = [person.id, person.birth_date, person.sex, at.date(), said]
        key = msgspec.json.encode(about).decode()
        return self._readings.of(
            key, lambda: read_record(person, facts, at.date(), self._knowledge)
        )

    def stored(self, stored: StoredAssessment) -> Assessment:
        """The result of a kept assessment, read once.

        Parameters
        ----------
        stored
            As it was kept.
        """
        return self._held(stored)[0]

    def glance(self, reading: CaseReading, stored: StoredAssessment) -> Assessment:
        """Flags and probabilities at once; the intervals are those of `stored`, carried over.

        Parameters
        ----------
        reading
            With the supposed findings.
        stored
            The assessment on the page.
        """
        carried = self._held(stored)[1]
        return glance(reading, self._knowledge, spread=carried, infer=self._infer)

    def full(
        self,
        reading: CaseReading,
        stored: StoredAssessment,
        wanted: Callable[[], bool] = lambda: True,
    ) -> Assessment | None:
        """The whole assessment, as it would be kept; None when nobody waits for it any more.

        One at a time, because a glance of somebody else must not wait for two of these.

        Parameters
        ----------
        reading
            With the supposed findings.
        stored
            Gives draws and seed.
        wanted
            Asked when its turn has come, and before each of its stages.
        """

        def checkpoint(_stage: str) -> None:
            if not wanted():
                raise Abandoned

        with self._turn, suppress(Abandoned):
            return assess(
                reading, self._knowledge, draws=stored.draws, seed=stored.seed,
                infer=self._infer, checkpoint=checkpoint,
            )  # fmt: skip
        return None

    def asked(self, page: str, counter: int) -> Question:
        """Note a question of a page.

        Parameters
        ----------
        page
            Any name that the page gave itself.
        counter
            Counts the page's questions.
        """
        newest = self._newest.of(page, _Newest)
        with newest.noted:
            newest.counter = max(newest.counter, counter)
        return Question(newest, counter)

    def _held(self, stored: StoredAssessment) -> tuple[Assessment, Carried]:
        def read() -> tuple[Assessment, Carried]:
            found = result_of(stored)
            return found, Carried(found)

        return self._results.of(stored.id, read)

    def _infer(self, knowledge: Knowledge, case: Case) -> Posterior:
        return self._posteriors.of(case, lambda: posterior(knowledge, case))
