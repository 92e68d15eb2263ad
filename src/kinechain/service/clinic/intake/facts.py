"""From what a patient entered to facts of the record, with ids that are the same each time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec

from kinechain.domain import interview
from kinechain.domain.record import SINGLE_KEYS, Fact, Person
from kinechain.service.clinic.intake.entered import Entered
from kinechain.service.clinic.intake.words import place_words
from kinechain.service.clinic.records import NewFact

BY_LINK = "link:"
FINDINGS = ("finding_present", "finding_absent")
PLACES = ("pain", "no_pain")
MEASURED = ("height", "weight", "age", "sex")
"""What the staff measured or asked is not put aside by what the patient remembers."""


def fact_id(draft: str, *about: str) -> str:
    """The id of a fact that a draft makes; the same when it is handed in twice.

    Parameters
    ----------
    draft
        Its id.
    *about
        What the fact is about.
    """
    return hashlib.sha256("\0".join((draft, *about)).encode()).hexdigest()[:32]


def facts_of(entered: Entered, draft: str, day: str, *, with_scores: bool = True) -> list[NewFact]:
    """Everything that was entered, as a case file has it; day of birth and sex excepted.

    Parameters
    ----------
    entered
        What the patient entered.
    draft
        From whose id the ids of the facts are made.
    day
        Of the answers, as 2026-11-22.
    with_scores
        Whether with questionnaires and notes, which say nothing of the origin.
    """
    found = [*_about(entered), *_pains(entered), *_findings(entered)]
    if with_scores:
        found += [*_scores(entered, day), *_notes(entered)]
    made = {fact_id(draft, *about): fact for about, fact in found}
    return [replace(fact, id=name) for name, fact in made.items()]


_Found = Iterator[tuple[tuple[str, ...], NewFact]]


def _about(entered: Entered) -> _Found:
    if entered.age is not None:
        yield ("age",), NewFact("age", entered.age)
    if entered.height_cm is not None:
        yield ("height",), NewFact("height", f"{entered.height_cm:g} cm")
    if entered.weight_kg is not None:
        yield ("weight",), NewFact("weight", f"{entered.weight_kg:g} kg")


def _pains(entered: Entered) -> _Found:
    hurts = False
    for place in entered.all_places:
        where = _site(place)
        if entered.strength.get(place) == 0:
            yield ("no_pain", place), NewFact("no_pain", where)
            continue
        hurts = True
        pain: dict[str, Any] = dict(where)
        if place in entered.strength:
            pain["intensity"] = entered.strength[place]
        if kinds := entered.about("kinds", place):
            pain["quality"] = list(kinds)
        if began := entered.about("began", place):
            pain["onset"] = began
        if since := entered.about("since", place):
            pain["duration"] = since.words
        yield ("pain", place), NewFact("pain", pain)
    if hurts:
        words = "complete" if entered.complete else "partial"
        yield ("drawing",), NewFact("drawing", words)


def _site(place: str) -> dict[str, str]:
    site, _, side = place.partition(".")
    return {"site": site, "side": side} if side else {"site": site}


def _findings(entered: Entered) -> _Found:
    for answer in entered.answers:
        for fact in answer.facts:
            if fact.kind == "finding" and fact.state is not None:
                about = (fact.name, fact.level or "", fact.side or "")
                key = "finding_present" if fact.state == "present" else "finding_absent"
                yield ("finding", *about), NewFact(key, _finding(fact))


def _finding(fact: interview.Fact) -> Any:
    if fact.level:
        side = {"side": fact.side} if fact.side else {}
        return {"finding": fact.name, **side, "level": fact.level}
    return {fact.name: fact.side} if fact.side else fact.name


def _scores(entered: Entered, day: str) -> _Found:
    for instrument, answers in entered.scores.items():
        whole = [int(one) if one is not None and one == int(one) else one for one in answers]
        entry = {"instrument": instrument, "on": day, "answers": whole}
        yield ("score", instrument), NewFact("score", entry)


def _notes(entered: Entered) -> _Found:
    if entered.spread_to and entered.spread_from:
        goals = ", ".join(map(place_words, entered.spread_to))
        words = f"By the patient: spreads from {place_words(entered.spread_from)} to {goals}."
        yield ("note", "spread"), NewFact("note", words)


def stored(facts: Iterable[NewFact], person: str, by: str, at: datetime) -> list[Fact]:
    """Facts as the record would hold them.

    Parameters
    ----------
    facts, person, by, at
        What, of whom, who says so, and when.
    """
    return [
        Fact(id=one.id, person=person, key=one.key, entry=one.entry, by=by, at=at,
             replaces=one.replaces, withdrawn=one.withdrawn)
        for one in facts
    ]  # fmt: skip


def merged(held: Sequence[Fact], new: Sequence[NewFact], draft: str) -> list[NewFact]:
    """What is to be added to a record so that it says what the patient says now.

    The patient's newer word takes the place of the patient's older one. What the staff
    recorded stays: a pain at the same place is brought up to date, a body height is not, and
    a finding on which both differ stands twice, for the clinician to settle.

    Parameters
    ----------
    held
        The current facts of the record.
    new
        What the patient entered.
    draft
        From whose id the ids of the facts are made.
    """
    own = [one for one in held if one.by.startswith(BY_LINK)]
    places = {_place(one.entry): one for one in held if one.key in PLACES}
    findings = {_named(one.entry): one for one in own if one.key in FINDINGS}
    single = {one.key: one for one in held if one.key in SINGLE_KEYS}
    found: list[NewFact] = []
    for fact in new:
        old: Fact | None = None
        if fact.key in PLACES:
            old = places.get(_place(fact.entry))
        elif fact.key in FINDINGS:
            old = findings.get(_named(fact.entry))
        elif fact.key in SINGLE_KEYS:
            old = single.get(fact.key)
            if old is not None and fact.key in MEASURED and not old.by.startswith(BY_LINK):
                continue
        found.append(replace(fact, replaces=old.id if old is not None else None))
    if any(one.key in PLACES for one in new):  # the earlier drawing is put aside as a whole
        taken = {one.replaces for one in found}
        found += [
            NewFact(one.key, replaces=one.id, withdrawn=True, id=fact_id(draft, "gone", one.id))
            for one in own
            if one.key in PLACES and one.id not in taken
        ]
    return found


def _place(entry: Any) -> str:
    """The place of a pain, as this program's pages write it."""
    match entry:
        case {"site": site, "side": ("left" | "right") as side}:
            return f"{site}.{side}"
        case {"site": site}:
            return str(site)
        case dict() if len(entry) == 1:
            ((site, side),) = entry.items()
            return f"{site}.{side}"
        case _:
            return str(entry)


def _named(entry: Any) -> tuple[str, str, str]:
    """What a finding is about: its name, side and level."""
    match entry:
        case {"finding": name}:
            return str(name), str(entry.get("side", "")), str(entry.get("level", ""))
        case dict() if len(entry) == 1:
            ((name, side),) = entry.items()
            return str(name), str(side), ""
        case _:
            return str(entry), "", ""


def with_birth(person: Person, entered: Entered) -> Person:
    """The person with day of birth and sex, where the record lacks them.

    Parameters
    ----------
    person
        As the record has it.
    entered
        What the patient entered.
    """
    born = date.fromisoformat(entered.birth_date) if entered.birth_date else None
    return msgspec.structs.replace(
        person, birth_date=person.birth_date or born, sex=person.sex or entered.sex
    )
