"""The patient comes in by a link, agrees or not, may stop, hands in, and is told what happens."""

from __future__ import annotations

import contextlib
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.background import BackgroundTask

from kinechain.service.clinic.intake import HandedInError
from kinechain.service.clinic.intake.shown import overview
from kinechain.service.clinic.intake.steps import OVERVIEW, progress
from kinechain.service.clinic.tokens import digest_of
from kinechain.web.clinic import Clinic, clinic_of
from kinechain.web.pages.patient_parts import (
    CONSENT,
    HOME,
    THANKS,
    FieldsOf,
    IntakeOf,
    StayOf,
    elsewhere,
    first,
    go,
    patient_page,
    place_of,
    question_address,
)
from kinechain.web.security.cookies import STAY, cookie
from kinechain.web.security.sessions import begin_stay, end_stay
from kinechain.web.security.visitor import visitor_of

router = APIRouter(include_in_schema=False)
ClinicOf = Annotated[Clinic, Depends(clinic_of)]
How = Literal["declined", "stopped", "finished"]


@router.get("/open/{token}", name="open_page")
def open_page(request: Request, clinic: ClinicOf, token: str) -> Response:
    """What a link leads to; looking does not use it up, because mail programs look too."""
    state = _state(request, clinic, token)
    return patient_page(request, "open", 410 if state == "ended" else 200, state=state, token=token)


@router.post("/open/{token}", name="open_link")
def open_link(request: Request, clinic: ClinicOf, token: str) -> Response:
    """Open a link, once. Whoever was signed in on this device is signed out."""
    state = _state(request, clinic, token)
    if state == "open":
        return go(request, HOME)
    stay = clinic.links.open(token) if state == "new" else None
    if stay is None:
        return patient_page(request, "open", 410, state="ended", token="")
    old = cookie(request, STAY)
    if old:
        clinic.links.end(old)
    answer = go(request, HOME)
    begin_stay(request, answer, stay)
    return answer


def _state(request: Request, clinic: Clinic, token: str) -> Literal["new", "open", "ended"]:
    visitor = visitor_of(request)
    if visitor.link:
        with clinic.store.reading() as tx:
            link = tx.links.get(visitor.link)
        if link is not None and link.digest == digest_of(token):
            return "open"
    return "new" if clinic.links.can_open(token) else "ended"


@router.get(HOME, name="intake")
def intake(request: Request, stay: StayOf, desk: IntakeOf) -> Response:
    """On to the first screen that is open."""
    view = desk.look(stay)
    return elsewhere(request, view) or go(request, place_of(view))


@router.get(CONSENT, name="intake_consent_page")
def consent_page(request: Request, stay: StayOf, desk: IntakeOf) -> Response:
    """What is asked, who sees it, and whether the patient agrees."""
    view = desk.look(stay)
    away = elsewhere(request, view, CONSENT)
    return away or patient_page(request, "consent", agreed=view.draft is not None)


@router.post(CONSENT, name="intake_consent")
def consent(request: Request, stay: StayOf, desk: IntakeOf, fields: FieldsOf) -> Response:
    """Begin, or end without keeping anything but the refusal."""
    if first(fields, "answer") == "agree":
        desk.agree(stay)
        return go(request, HOME)
    view = desk.look(stay)
    if view.is_handed_in:
        return go(request, THANKS)
    if view.draft is not None:  # had agreed before
        desk.stop(stay)
    else:
        desk.refuse(stay)
    return _goodbye(request, "declined")


@router.get(f"{HOME}/overview", name="intake_overview")
def overview_page(request: Request, stay: StayOf, desk: IntakeOf) -> Response:
    """Everything that was entered, each with a way to change it."""
    view = desk.look(stay)
    away = elsewhere(request, view)
    if away is not None:
        return away
    screens, questions = overview(view.entered, view.steps, desk.knowledge)
    count = len(view.entered.answers)
    return patient_page(
        request, "overview", screens=screens, questions=questions, view=view,
        progress=progress(view.steps, OVERVIEW, count),
        back=question_address(count) if count else place_of(view),
    )  # fmt: skip


@router.post(f"{HOME}/hand-in", name="intake_hand_in")
def hand_in(request: Request, stay: StayOf, desk: IntakeOf) -> Response:
    """Put it into the record; the assessment is made when the patient has the answer."""
    try:
        desk.hand_in(stay)
    except HandedInError:
        return go(request, HOME)
    answer = go(request, THANKS)
    answer.background = BackgroundTask(desk.assess, stay)
    return answer


@router.get(THANKS, name="intake_thanks")
def thanks_page(request: Request, stay: StayOf, desk: IntakeOf) -> Response:
    """What happens next."""
    view = desk.look(stay)
    if not view.is_handed_in:
        return elsewhere(request, view) or go(request, place_of(view))
    known = desk.knowledge.red_flags
    urgent = {known[name].urgency for name in view.entered.told if name in known}
    return patient_page(request, "thanks", urgent=urgent)


@router.post(f"{HOME}/finish", name="intake_finish")
def finish(request: Request, stay: StayOf, desk: IntakeOf) -> Response:
    """End the stay on this device."""
    desk.finish(stay)
    return _goodbye(request, "finished")


@router.get(f"{HOME}/stop", name="intake_stop_page")
def stop_page(request: Request, stay: StayOf, desk: IntakeOf) -> Response:
    """Whether to pause or to stop."""
    view = desk.look(stay)
    return elsewhere(request, view) or patient_page(request, "stop", on=place_of(view))


@router.post(f"{HOME}/stop", name="intake_stop")
def stop(request: Request, stay: StayOf, desk: IntakeOf) -> Response:
    """Throw away what was entered."""
    if desk.look(stay).is_handed_in:
        return go(request, THANKS)
    desk.stop(stay)
    return _goodbye(request, "stopped")


def _goodbye(request: Request, how: How) -> Response:
    answer = go(request, f"{HOME}/goodbye/{how}")
    end_stay(request, answer)
    return answer


@router.get(f"{HOME}/goodbye/{{how}}", name="intake_goodbye")
def goodbye(request: Request, how: How) -> Response:
    """A friendly end."""
    return patient_page(request, "goodbye", how=how)


@router.get(f"{HOME}/please-tell", name="intake_alarm_page")
def alarm_page(request: Request, stay: StayOf, desk: IntakeOf) -> Response:
    """Something that cannot wait: no diagnosis, but what to do now."""
    view = desk.look(stay)
    if view.is_handed_in or not view.entered.alarms:
        return go(request, HOME)
    flags = [desk.knowledge.red_flags.get(name) for name in view.entered.alarms]
    signs = [flag.plain for flag in flags if flag is not None and flag.plain]
    return patient_page(request, "alarm", signs=signs)


@router.post(f"{HOME}/please-tell", name="intake_alarm")
def alarm(request: Request, stay: StayOf, desk: IntakeOf) -> Response:
    """Go on after the alarm."""
    with contextlib.suppress(HandedInError):
        desk.seen(stay)
    return go(request, HOME)
