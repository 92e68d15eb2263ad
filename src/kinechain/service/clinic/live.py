"""What if: the assessment with some findings supposed, at once and then in full."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import msgspec

from kinechain.domain.assessment import Assessment
from kinechain.domain.case import Case
from kinechain.domain.record import Fact, Person, StoredAssessment
from kinechain.inference.posterior import Posterior, posterior
from kinechain.intake import CaseReading
from kinechain.knowledge import Knowledge
from kinechain.service.assess import Abandoned, assess, glance, red_flags, with_flags
from kinechain.service.clinic.carried import Carried
from kinechain.service.clinic.document import CaseDocument, read_record
from kinechain.service.clinic.kept import Kept
from kinechain.service.clinic.toggles import SUPPOSED
from kinechain.store import Transaction

PATIENCE_MS = 50.0
"""So long the first answer may be in coming; beyond it the red flags come by themselves."""
READINGS, POSTERIORS, RESULTS, PAGES = 256, 16, 64, 4096
"""How much is kept of what may be asked for again."""


@dataclass(frozen=True)
class Scene:
    """What an assessment was made from, and it; neither ever changes."""

    stored: StoredAssessment
    facts: tuple[Fact, ...]


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
        # More at once than there are cores would not be quicker, only larger.
        self._cores = threading.Semaphore(os.cpu_count() or 1)

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

    def flags(self, reading: CaseReading, stored: StoredAssessment) -> Assessment:
        """The red flags alone, at once; all else is still that of `stored`, its alerts included.

        Parameters
        ----------
        reading
            With the supposed findings.
        stored
            The assessment on the page.
        """
        before = self.stored(stored)
        alerts = [one for one in before.red_flags if one.basis == "probability"]
        return with_flags(before, (*red_flags(reading.case, self._knowledge), *alerts))

    def is_slow(self, stored: StoredAssessment) -> bool:
        """Whether the probabilities of an assessment took longer than an eye waits.

        Parameters
        ----------
        stored
            The assessment on the page.
        """
        return self.stored(stored).timing_ms.get("posterior", 0.0) > PATIENCE_MS

    def glance(
        self,
        reading: CaseReading,
        stored: StoredAssessment,
        wanted: Callable[[], bool] = lambda: True,
    ) -> Assessment | None:
        """Flags and probabilities at once; None when nobody waits for them any more.

        The intervals are those of `stored`, carried over.

        Parameters
        ----------
        reading
            With the supposed findings.
        stored
            The assessment on the page.
        wanted
            Asked when its turn has come.
        """
        carried = self._held(stored)[1]
        with self._cores:
            if not wanted():
                return None
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
