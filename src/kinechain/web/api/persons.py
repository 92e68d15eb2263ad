"""Persons and their facts."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from kinechain.domain.case import Issue
from kinechain.domain.record import Fact, Person
from kinechain.service.clinic.document import CaseDocument, read_record, years_between
from kinechain.service.clinic.records import NewFact, Record, Records
from kinechain.store import Conflict, StoreError, Transaction
from kinechain.web.api import models
from kinechain.web.api.exchange import PersonId, body, described, reply
from kinechain.web.clinic import Clinic, clinic_of
from kinechain.web.security.visitor import visitor_of

router = APIRouter(prefix="/persons", tags=["persons"])
OLDEST = 120
NOT_THERE = "A fact to correct or to take back is not in this record."
Here = Annotated[Clinic, Depends(clinic_of)]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Text = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]
After = Annotated[str, Query(pattern=f"{models.ID}|^$", description="`next` of the last page.")]


@router.get("", name="api_persons", **described(models.PersonsPage, 404))
def persons(
    clinic: Here,
    group: Literal["", "urgent", "waiting", "due"] = "",
    find: Text = "",
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """The worklist, or with `find` the persons whose label begins so."""
    with clinic.store.reading() as tx:
        if after and tx.persons.get(after) is None:
            raise HTTPException(404)
        if find.strip():
            rows = tx.worklist.find(find.strip(), after=after or None, limit=limit + 1)
        else:
            rows = tx.worklist.page(group=group or None, after=after or None, limit=limit + 1)
    more = rows[limit - 1].person if len(rows) > limit else None
    return reply(models.PersonsPage(persons=rows[:limit], next=more))


@router.post("", name="api_person_begin",
             **described(Person, status=201, takes=models.PersonGiven))  # fmt: skip
def begin(
    request: Request,
    clinic: Here,
    given: Annotated[models.PersonGiven, Depends(body(models.PersonGiven))],
) -> Response:
    """Begin the record of a person."""
    today = clinic.sources.now().date()
    if given.birth_date is not None and not 0 <= years_between(given.birth_date, today) <= OLDEST:
        raise HTTPException(422, "The day of birth must be a past one, of a living person.")
    person = _records(clinic).begin(
        given.label, visitor_of(request).actor, birth_date=given.birth_date, sex=given.sex
    )
    return reply(person, 201, {"Location": f"/api/v1/persons/{person.id}"})


@router.get("/{person}", name="api_person", **described(Person, 404))
def person_of(request: Request, clinic: Here, person: PersonId) -> Response:
    """A person."""
    return reply(_opened(request, clinic, person).person)


@router.get("/{person}/facts", name="api_facts", **described(models.FactsPage, 404))
def facts(
    request: Request,
    clinic: Here,
    person: PersonId,
    history: Annotated[bool, Query(description="Also those that stand no more.")] = False,
    after: Annotated[int, Query(ge=0, le=2**60, description="`next` of the last page.")] = 0,
    limit: Limit = 200,
) -> Response:
    """The facts of a person, oldest first."""
    record = _opened(request, clinic, person)
    standing = {one.id for one in record.current}
    chosen = [one for one in record.facts if one.number > after and (history or one.id in standing)]
    shown = tuple(models.FactShown(fact=one, stands=one.id in standing) for one in chosen[:limit])
    more = chosen[limit - 1].number if len(chosen) > limit else None
    return reply(models.FactsPage(person=record.person, facts=shown, next=more))


@router.post("/{person}/facts", name="api_facts_record", **described(
    models.FactsKept, 404, 409, status=201, takes=models.FactsGiven,
    conflict=models.ConflictProblem,
))  # fmt: skip
def record_facts(
    request: Request,
    clinic: Here,
    person: PersonId,
    given: Annotated[models.FactsGiven, Depends(body(models.FactsGiven))],
) -> Response:
    """Record facts, correct some, take some back; all of it or nothing.

    What the intake says of the record afterwards comes with the answer. An entry that it cannot
    read is kept all the same, because somebody recorded it, and bears on nothing.
    """
    actor = visitor_of(request).actor
    with clinic.store.reading() as tx:
        if tx.persons.get(person) is None:
            raise HTTPException(404)
        new = [_new(one, clinic) for one in given.facts]
        new += [_taken_back(one, tx, clinic) for one in given.withdraw]
    try:
        _records(clinic).record(person, new, actor, expected_revision=given.expected_revision)
    except Conflict as error:
        return _conflict(clinic, person, given, new, error)
    except StoreError as error:
        if error.kind != "misuse":
            raise
        raise HTTPException(404, NOT_THERE) from None
    with clinic.store.reading() as tx:
        record = _records(clinic).read(tx, person)
    assert record is not None, "persons are never deleted"
    ids = {one.id for one in new}
    kept = tuple(one for one in record.facts if one.id in ids)
    _, issues = _case(clinic, record)
    return reply(models.FactsKept(person=record.person, facts=kept, issues=issues), 201)


@router.get("/{person}/case", name="api_case", **described(models.CaseShown, 404))
def case(request: Request, clinic: Here, person: PersonId) -> Response:
    """The case file that the standing facts make, with what the intake says of it."""
    document, issues = _case(clinic, _opened(request, clinic, person))
    return reply(models.CaseShown(document=json.loads(document.text), issues=issues))


def _records(clinic: Clinic) -> Records:
    return Records(clinic.store, clinic.sources)


def _opened(request: Request, clinic: Clinic, person: str) -> Record:
    found = _records(clinic).open(person, visitor_of(request).actor)
    if found is None:
        raise HTTPException(404)
    return found


def _new(one: models.FactGiven, clinic: Clinic) -> NewFact:
    if len(msgspec.json.encode(one.entry)) > models.LARGEST_ENTRY:
        raise HTTPException(413, f"An entry has at most {models.LARGEST_ENTRY} bytes.")
    return NewFact(one.key, one.entry, one.on, one.replaces,
                   id=one.id or clinic.sources.new_id())  # fmt: skip


def _taken_back(fact: str, tx: Transaction, clinic: Clinic) -> NewFact:
    known = tx.facts.get(fact)
    if known is None:
        raise HTTPException(404, NOT_THERE)
    return NewFact(known.key, replaces=fact, withdrawn=True, id=clinic.sources.new_id())


def _case(clinic: Clinic, record: Record) -> tuple[CaseDocument, tuple[models.FactIssue, ...]]:
    today = clinic.sources.now().date()
    document, reading = read_record(record.person, record.facts, today, clinic.knowledge)
    return document, tuple(_issue(one, document) for one in reading.issues)


def _issue(one: Issue, document: CaseDocument) -> models.FactIssue:
    return models.FactIssue(
        fact=document.fact_at(one.where) or None, level=one.level, message=one.message,
        remedy=one.remedy,
    )  # fmt: skip


def _conflict(
    clinic: Clinic, person: str, given: models.FactsGiven, new: list[NewFact], error: Conflict
) -> Response:
    """Both versions: the one that was refused and the one that stands."""
    with clinic.store.reading() as tx:
        theirs: Fact | None = tx.facts.get(error.theirs)
        known = tx.persons.get(person)
    place = next((at for at, one in enumerate(new) if one.id == error.mine), len(new))
    return reply(
        models.ConflictProblem(
            error="Somebody else recorded this in the meantime", remedy=error.remedy,
            mine=given.facts[place] if place < len(given.facts) else None,
            theirs=theirs if theirs is not None and theirs.person == person else None,
            revision=known.revision if known is not None else 0,
        ),
        409,
    )  # fmt: skip
