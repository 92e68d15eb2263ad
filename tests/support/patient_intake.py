"""An intake that somebody has come to, without its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from msgspec.structs import replace

from kinechain.domain.record import Fact
from kinechain.knowledge import load_knowledge
from kinechain.service.clinic.intake import Intake, Stay, View
from kinechain.service.clinic.intake.entered import Entered
from kinechain.service.clinic.intake.interviewing import (
    answered,
    question_of,
    read_case,
    with_answer,
)
from kinechain.service.clinic.intake.typed import Around, read_step
from kinechain.service.clinic.links import Links
from kinechain.service.clinic.records import Records
from kinechain.service.clinic.tokens import Sources
from kinechain.store import Store

KNOWLEDGE = load_knowledge()
AROUND = Around(date(2026, 11, 23), KNOWLEDGE)
PLACES = Entered(places=("low_back", "calf.left"))
OLDEST_READER = 12
BACK = {"birth": {"age": "71"}, "sex": {"sex": "female"},
        "where": {"place": ["low_back", "calf.left"], "complete": "yes"}}  # fmt: skip
SADDLE = "danger:saddle_anaesthesia+urinary_retention"


def form(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """The fields as a form sends them."""
    return {name: one if isinstance(one, list) else [one] for name, one in fields.items()}


def typed(step: str, fields: Mapping[str, Any], before: Entered | None = None) -> Entered:
    """What is entered after a screen with these fields."""
    return read_step(step, form(fields), before or Entered(), AROUND)


@dataclass
class Desk:
    """An intake that somebody has come to."""

    store: Store
    intake: Intake
    records: Records
    stay: Stay

    def enter(self, step: str, fields: Mapping[str, Any], seen: int | None = None) -> View:
        """Answer a screen."""

        def change(entered: Entered) -> Entered:
            entered = typed(step, fields, entered)
            done = entered.done if step in entered.done else (*entered.done, step)
            return replace(entered, done=done)

        view = self.intake.look(self.stay)
        return self.intake.save(self.stay, step, view.revision if seen is None else seen, change)

    def reply(self, key: str, reply: str) -> View:
        """Answer a question of the interview."""
        view = self.intake.look(self.stay)
        case = read_case(view.patient, view.entered, KNOWLEDGE).case
        asked = question_of(key, (), case, KNOWLEDGE)
        assert asked is not None
        given = answered(asked, reply, KNOWLEDGE)
        return self.intake.save(
            self.stay, f"question:{key}", view.revision, lambda one: with_answer(one, given)
        )

    def facts(self) -> tuple[Fact, ...]:
        """What the record holds."""
        with self.store.reading() as tx:
            return tx.facts.current(self.stay.person)

    def come_again(self) -> Desk:
        """The same person with a new link."""
        return come(self.store, self.stay.person)


def come(store: Store, person: str) -> Desk:
    """The desk of somebody who opened a link."""
    sources = Sources()
    links = Links(store, sources)
    token = links.open(links.give(person, "anna").token)
    assert token is not None
    found = links.find(token)
    assert found is not None
    session, link = found
    stay = Stay(person, link.id, session.digest)
    return Desk(store, Intake(store, KNOWLEDGE, sources), Records(store, sources), stay)
