"""The assessment page: what cannot wait, where the pain comes from, what would change it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response

from kinechain.domain.record import Decision
from kinechain.report import labels, words
from kinechain.report.plan_html import arranged, badge_words, reason, tone
from kinechain.report.sections import plan_report
from kinechain.service.clinic.assessments import Assessments
from kinechain.service.clinic.opinions import LONGEST_REASON, REASONS, NotAnOrigin, Opinions
from kinechain.service.clinic.timeline import origin_words
from kinechain.service.plan import make_plan
from kinechain.service.presentation import words_beside
from kinechain.web.clinic import Clinic, clinic_of
from kinechain.web.pages.assessment_page import page, scene_of
from kinechain.web.pages.shared import back_to, live_of, may, opened
from kinechain.web.render import show
from kinechain.web.security.visitor import visitor_of

router = APIRouter(include_in_schema=False)
Here = Annotated[Clinic, Depends(clinic_of)]
Short = Annotated[str, Form(max_length=200)]


@router.get("/persons/{person}/assessment", name="assessment")
def assessment(request: Request, clinic: Here, person: str) -> Response:
    """The latest assessment of a person."""
    record = opened(request, clinic, person)
    if record.assessments:
        return page(request, clinic, record, record.assessments[0].id)
    can_assess = may(request, "assessment_make")
    return show(request, "assessment_none.html.j2", person=record.person, can_assess=can_assess)


@router.get("/persons/{person}/assessments/{assessment}", name="assessment_of")
def assessment_of(request: Request, clinic: Here, person: str, assessment: str) -> Response:
    """One assessment of a person, also an earlier one."""
    return page(request, clinic, opened(request, clinic, person), assessment)


@router.post("/persons/{person}/assessment", name="assessment_make")
def assessment_make(request: Request, clinic: Here, person: str) -> Response:
    """Assess what is recorded now, and keep it."""
    record = opened(request, clinic, person)
    Assessments(clinic.store, clinic.knowledge, clinic.sources).make(
        record, visitor_of(request).actor
    )
    return back_to(f"/persons/{person}/assessment")


@router.get("/persons/{person}/assessments/{assessment}/plan", name="assessment_plan")
def assessment_plan(request: Request, clinic: Here, person: str, assessment: str) -> Response:
    """The whole plan as it was drafted on an assessment."""
    opened(request, clinic, person)
    scene, whose = scene_of(request, clinic, person, assessment)
    live = live_of(request)
    _, reading = live.read(whose, scene.facts, scene.stored.at)
    found = live.stored(scene.stored)
    plan = make_plan(reading, clinic.knowledge, assessment=found).plan
    view, sources = plan_report(plan, words_beside(clinic.knowledge))
    return show(
        request, "assessment_plan.html.j2", person=whose, stored=scene.stored, plan=view,
        page=arranged(view), sources=sources, words=words, interval=labels.interval,
        badge=badge_words, reason=reason, tone=tone,
    )  # fmt: skip


@router.post("/persons/{person}/assessments/{assessment}/opinions", name="opinion")
def opinion(
    request: Request, clinic: Here, person: str, assessment: str, origin: Short,
    decision: Annotated[Decision, Form()],
    reason: Annotated[str, Form(max_length=LONGEST_REASON)] = "",
) -> Response:  # fmt: skip
    """Agree or disagree with an origin."""
    try:
        given = Opinions(clinic.store, clinic.sources).give(
            person, assessment, origin, decision, visitor_of(request).account, reason
        )
    except NotAnOrigin:
        raise HTTPException(404) from None
    address = f"/persons/{person}/assessments/{assessment}"
    if not request.headers.get("hx-request"):
        return back_to(f"{address}#origin-{origin.split('.')[0]}")
    return show(
        request, "_opinion.html.j2", opinion=given, key=origin, reasons=REASONS,
        by=visitor_of(request).name, address=address, just_given=True, can_say=True,
        label=origin_words(origin, clinic.knowledge),
    )  # fmt: skip
