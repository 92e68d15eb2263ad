"""What the patient's pages have in common: whose they are, where a patient belongs, the forms."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from kinechain.service.clinic.intake import Ahead, Entered, Intake, Stay, View
from kinechain.service.clinic.intake.steps import OVERVIEW, QUESTIONS, next_step
from kinechain.web.clinic import Clinic, clinic_of
from kinechain.web.render import show
from kinechain.web.security.visitor import visitor_of

HOME = "/intake"
CONSENT, ALARM, SUMMARY, THANKS = (
    f"{HOME}/{name}" for name in ("consent", "please-tell", "overview", "thanks")
)
SCRIPT = "x-intake"
"""A header of requests that the page's own script sends: it follows no redirect."""

_LOCK = threading.Lock()
Fields = dict[str, list[str]]


async def fields_of(request: Request) -> Fields:
    """The fields of a form, each with all its values; a dependency.

    Parameters
    ----------
    request
        With the form.
    """
    form = await request.form()
    return {name: [one for one in form.getlist(name) if isinstance(one, str)] for name in form}


def stay_of(request: Request) -> Stay:
    """The stay of the patient who asks; a dependency of routes for patients alone.

    Parameters
    ----------
    request
        The access table let it pass.
    """
    visitor = visitor_of(request)
    return Stay(visitor.person, visitor.link, visitor.session)


def intake_of(clinic: Annotated[Clinic, Depends(clinic_of)]) -> Intake:
    """The intakes of the clinic; a dependency.

    Parameters
    ----------
    clinic
        Of the request.
    """
    return Intake(clinic.store, clinic.knowledge, clinic.sources)


def ahead_of(request: Request) -> Ahead:
    """What works out questions ahead; one for the whole process.

    Parameters
    ----------
    request
        Any request.
    """
    state = request.app.state
    with _LOCK:
        if not hasattr(state, "ahead"):
            state.ahead = Ahead()
        return state.ahead


FieldsOf = Annotated[Fields, Depends(fields_of)]
StayOf = Annotated[Stay, Depends(stay_of)]
IntakeOf = Annotated[Intake, Depends(intake_of)]


def go(request: Request, address: str) -> Response:
    """To another page, after something was kept: reloading it then does no harm.

    Parameters
    ----------
    request
        From the browser, or from the page's script, which goes there itself.
    address
        Of the page.
    """
    if request.headers.get(SCRIPT):
        return JSONResponse({"next": address})
    return RedirectResponse(address, 303)


def closed(request: Request, view: View) -> Response | None:
    """To where a patient belongs who cannot save anything; None for who can.

    Parameters
    ----------
    request
        That brings an answer.
    view
        Where the patient is.
    """
    if view.draft is not None and not view.is_handed_in:
        return None
    return go(request, THANKS if view.is_handed_in else CONSENT)


def elsewhere(request: Request, view: View, here: str = "") -> Response | None:
    """To where a patient belongs who cannot be on this page; None for who can.

    Parameters
    ----------
    request
        Of the page.
    view
        Where the patient is.
    here
        Address of the page, where it is one that others lead to.
    """
    if view.is_handed_in:
        needed = THANKS
    elif view.draft is None:
        needed = CONSENT
    elif view.entered.alarms:
        needed = ALARM
    else:
        return None
    return None if needed == here else go(request, needed)


def place_of(view: View) -> str:
    """Address of the first screen that is still open.

    Parameters
    ----------
    view
        Where the patient is.
    """
    step = next_step(view.steps, view.entered)
    if step != QUESTIONS:
        return f"{HOME}/step/{step}"
    if QUESTIONS in view.entered.done:
        return SUMMARY
    return question_address(len(view.entered.answers) + 1)


def question_address(number: int) -> str:
    """Address of a question.

    Parameters
    ----------
    number
        From 1.
    """
    return f"{HOME}/question/{number}"


def after(view: View, step: str, then: str) -> str:
    """Where it goes on after a screen.

    Parameters
    ----------
    view
        With what the screen brought.
    step
        Its name.
    then
        ``overview`` when the patient came from there to change something.
    """
    if view.entered.alarms:
        return ALARM
    if then != OVERVIEW and step in view.steps:
        place = view.steps.index(step) + 1
        if place < len(view.steps):
            return f"{HOME}/step/{view.steps[place]}"
        return question_address(1)
    return place_of(view)


def instead(view: View, entered: Entered) -> View:
    """A view with something else entered.

    Parameters
    ----------
    view
        Where the patient is.
    entered
        What stands.
    """
    return replace(view, entered=entered)


def revision_of(fields: Fields) -> int:
    """Revision of the draft that a form was made from.

    Parameters
    ----------
    fields
        Of the form.
    """
    text = first(fields, "revision")
    return int(text) if text.isdigit() and len(text) < 10 else 0


def first(fields: Fields, name: str) -> str:
    """The value of a field that has one; empty where it is missing.

    Parameters
    ----------
    fields, name
        Of the form.
    """
    return next(iter(fields.get(name, [])), "")


def patient_page(request: Request, template: str, status: int = 200, **values: object) -> Response:
    """A page for patients.

    Parameters
    ----------
    request, template, status, **values
        As `kinechain.web.render.show` takes them.
    """
    shown = {"view": None, "progress": None, "then": "", **values}
    return show(request, f"patient_{template}.html.j2", status, **shown)
