"""Assessments of a person: made, read, computed again, supposed otherwise, and judged."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from kinechain.domain.assessment import Assessment
from kinechain.domain.plan import Plan
from kinechain.domain.record import Opinion, StoredAssessment
from kinechain.service.clinic.assessments import Assessments
from kinechain.service.clinic.opinions import NotAnOrigin, Opinions
from kinechain.service.clinic.printing import NotPrintable, Printing
from kinechain.service.clinic.records import Records
from kinechain.service.clinic.toggles import Toggle, UnknownToggle, changes, supposed
from kinechain.web.api import models
from kinechain.web.api.exchange import AssessmentId, PersonId, body, described, reply
from kinechain.web.clinic import Clinic, clinic_of
from kinechain.web.pages.shared import live_of
from kinechain.web.security.visitor import visitor_of

router = APIRouter(prefix="/persons/{person}/assessments", tags=["assessments"])
Here = Annotated[Clinic, Depends(clinic_of)]


@router.get("", name="api_assessments", **described(models.AssessmentsPage, 404))
def assessments(
    request: Request,
    clinic: Here,
    person: PersonId,
    after: Annotated[str, Query(pattern=f"{models.ID}|^$")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """The assessments of a person, the latest first."""
    record = Records(clinic.store, clinic.sources).open(person, visitor_of(request).actor)
    if record is None:
        raise HTTPException(404)
    known = [one.id for one in record.assessments]
    if after and after not in known:
        raise HTTPException(404)
    begin = known.index(after) + 1 if after else 0
    page = record.assessments[begin : begin + limit]
    more = page[-1].id if begin + limit < len(known) else None
    return reply({"assessments": [_overview(one) for one in page], "next": more})


@router.post("", name="api_assess", **described(
    models.AssessmentKept, 404, status=201, takes=models.AssessmentGiven
))  # fmt: skip
def assess(
    request: Request,
    clinic: Here,
    person: PersonId,
    given: Annotated[models.AssessmentGiven, Depends(body(models.AssessmentGiven))],
) -> Response:
    """Assess what stands in the record, and keep it."""
    actor = visitor_of(request).actor
    record = Records(clinic.store, clinic.sources).open(person, actor)
    if record is None:
        raise HTTPException(404)
    made = Assessments(clinic.store, clinic.knowledge, clinic.sources).make(
        record, actor, draws=given.draws, seed=given.seed
    )
    where = f"/api/v1/persons/{person}/assessments/{made.stored.id}"
    return reply(_whole(made.stored), 201, {"Location": where})


@router.get("/{assessment}", name="api_assessment", **described(models.AssessmentKept, 404))
def assessment_of(
    request: Request, clinic: Here, person: PersonId, assessment: AssessmentId
) -> Response:
    """An assessment as it was made."""
    return reply(_whole(_stored(request, clinic, person, assessment)))


@router.post("/{assessment}/recompute", name="api_recompute",
             **described(models.Recomputed, 404))  # fmt: skip
def recompute(
    request: Request, clinic: Here, person: PersonId, assessment: AssessmentId
) -> Response:
    """Compute an assessment again from its own input and knowledge; nothing is kept."""
    _stored(request, clinic, person, assessment)
    service = Assessments(clinic.store, clinic.knowledge, clinic.sources)
    found = service.recompute(assessment)
    return reply(models.Recomputed(agrees=not found, differences=found[:100]))


@router.get("/{assessment}/plan", name="api_plan", **described(Plan, 404, 409))
def plan(request: Request, clinic: Here, person: PersonId, assessment: AssessmentId) -> Response:
    """The plan as it follows from an assessment."""
    _stored(request, clinic, person, assessment)
    try:
        made = Printing(clinic.store, clinic.knowledge, clinic.sources).plan(person, assessment)
    except NotPrintable:
        raise HTTPException(409, "Its knowledge cannot be read any more. Assess again.") from None
    return reply(made)


@router.post("/{assessment}/preview", name="api_preview", **described(
    Assessment, 404, takes=models.PreviewGiven
))  # fmt: skip
def preview(
    request: Request,
    clinic: Here,
    person: PersonId,
    assessment: AssessmentId,
    given: Annotated[models.PreviewGiven, Depends(body(models.PreviewGiven))],
) -> Response:
    """What if: the result with findings supposed to be otherwise; nothing is kept."""
    live = live_of(request)
    with clinic.store.reading() as tx:
        whose = tx.persons.get(person)
        scene = live.scene(tx, person, assessment) if whose is not None else None
    if whose is None or scene is None:
        raise HTTPException(404)
    toggles = [Toggle(one.kind, one.name, one.state) for one in given.toggles]
    try:
        new = changes(scene.facts, toggles, clinic.knowledge)
    except UnknownToggle:
        raise HTTPException(404, "A toggle names what is not there.") from None
    now = clinic.sources.now()
    facts = supposed(person, scene.facts, new, visitor_of(request).actor, now)
    _, reading = live.read(whose, facts, now)
    result = live.full(reading, scene.stored) if given.full else live.glance(reading, scene.stored)
    return reply(result)


@router.get("/{assessment}/opinions", name="api_opinions", **described(models.OpinionsPage, 404))
def opinions(
    request: Request, clinic: Here, person: PersonId, assessment: AssessmentId
) -> Response:
    """What clinicians said of the origins."""
    _stored(request, clinic, person, assessment)
    with clinic.store.reading() as tx:
        found = tx.opinions.history(assessment)
    return reply(models.OpinionsPage(opinions=found))


@router.post("/{assessment}/opinions", name="api_opinion", **described(
    Opinion, 404, status=201, takes=models.OpinionGiven
))  # fmt: skip
def opinion(
    request: Request,
    clinic: Here,
    person: PersonId,
    assessment: AssessmentId,
    given: Annotated[models.OpinionGiven, Depends(body(models.OpinionGiven))],
) -> Response:
    """Confirm or reject an origin; the program's own word stays beside it."""
    _stored(request, clinic, person, assessment)
    try:
        kept = Opinions(clinic.store, clinic.sources).give(
            person, assessment, given.origin, given.decision, visitor_of(request).account,
            given.reason,
        )  # fmt: skip
    except NotAnOrigin:
        raise HTTPException(404, "The assessment has no such origin.") from None
    return reply(kept, 201)


def _stored(request: Request, clinic: Clinic, person: str, assessment: str) -> StoredAssessment:
    """An assessment of a person, for somebody to look at, which the trail notes."""
    with clinic.store.writing(visitor_of(request).actor) as tx:
        found = tx.assessments.get(assessment)
        if found is None or found.person != person:
            raise HTTPException(404)
        tx.audit.append("person.view", f"person:{person}", {"assessment": assessment})
    return found


def _overview(one: StoredAssessment) -> dict[str, Any]:
    return {name: getattr(one, name) for name in models.AssessmentOverview.__struct_fields__}


def _whole(one: StoredAssessment) -> dict[str, Any]:
    return {**_overview(one), "input": json.loads(one.input_text), "result": one.result}
