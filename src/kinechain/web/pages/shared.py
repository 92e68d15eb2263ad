"""What the pages of a person have in common: the record, who may what, what is kept."""

from __future__ import annotations

import threading
from datetime import date
from typing import Annotated

from fastapi import Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from kinechain.service.clinic.live import Live
from kinechain.service.clinic.records import Record, Records
from kinechain.web.clinic import Clinic
from kinechain.web.security.access import may_use
from kinechain.web.security.visitor import visitor_of

Revision = Annotated[int, Form(ge=0, lt=1 << 31)]
"""The revision of a record that a form was made from."""
_LOCK = threading.Lock()


def records_of(clinic: Clinic) -> Records:
    """The records of a clinic.

    Parameters
    ----------
    clinic
        Of the request.
    """
    return Records(clinic.store, clinic.sources)


def live_of(request: Request) -> Live:
    """What answers what-ifs; one for the whole process, with what it keeps.

    Parameters
    ----------
    request
        Any request.
    """
    state = request.app.state
    with _LOCK:
        if not hasattr(state, "live"):
            state.live = Live(state.clinic.knowledge)
        return state.live


def opened(request: Request, clinic: Clinic, person: str) -> Record:
    """The record of a person, for the visitor to look at, which the trail notes.

    Parameters
    ----------
    request, clinic
        Who asks, and where.
    person
        Whose record.

    Raises
    ------
    HTTPException
        404 where there is no such person.
    """
    found = records_of(clinic).open(person, visitor_of(request).actor)
    if found is None:
        raise HTTPException(404)
    return found


def may(request: Request, route: str) -> bool:
    """Whether the visitor may use a route; pages leave out what they may not.

    Parameters
    ----------
    request
        Who asks.
    route
        Its name.
    """
    return may_use(route, visitor_of(request))


def back_to(address: str) -> Response:
    """After something was changed: to the page that shows it, so that reloading does no harm.

    Parameters
    ----------
    address
        Of the page.
    """
    return RedirectResponse(address, 303)


def day_of(text: str) -> date | None:
    """A day from a form; None where the field was left empty.

    Parameters
    ----------
    text
        As a browser writes it: 2026-11-22.

    Raises
    ------
    ValueError
        When it is not a day.
    """
    return date.fromisoformat(text.strip()) if text.strip() else None
