"""From the cookie to the visitor, and the beginning and end of a stay."""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from kinechain.web.clinic import Clinic, clinic_of
from kinechain.web.security.cookies import (
    DEVICE,
    DEVICE_AGE_S,
    SESSION,
    STAY,
    STAY_AGE_S,
    cookie,
    drop_cookie,
    set_cookie,
)
from kinechain.web.security.visitor import NOBODY, Visitor


async def find_visitor(request: Request) -> Visitor:
    """Who sent a request; nobody where the cookie is missing or its session has ended.

    Parameters
    ----------
    request
        Any request.
    """
    staff, patient = cookie(request, SESSION), cookie(request, STAY)
    if not staff and not patient:
        return NOBODY
    return await run_in_threadpool(_visitor, clinic_of(request), staff, patient)


def _visitor(clinic: Clinic, staff: str, patient: str) -> Visitor:
    idle = timedelta(seconds=clinic.settings.idle_s)
    found = clinic.accounts.find(staff, idle) if staff else None
    if found is not None:
        session, user = found.session, found.user
        kinds = frozenset[str](user.roles) if session.stage == "full" else frozenset[str]()
        due = found.due if kinds else ""
        return Visitor(
            frozenset({"due"}) if due else kinds, user.id, user.display_name or user.name,
            session=session.digest, csrf=session.csrf, stage=session.stage, due=due,
        )  # fmt: skip
    stay = clinic.links.find(patient) if patient else None
    if stay is None:
        return NOBODY
    session, link = stay
    return Visitor(
        frozenset({"patient"}), person=link.person, link=link.id, purpose=link.purpose,
        session=session.digest, csrf=session.csrf,
    )  # fmt: skip


def begin_session(request: Request, response: Response, token: str, device: str = "") -> None:
    """Sign a browser in; a patient's stay on it ends.

    Parameters
    ----------
    request, response
        The answer to the sign-in.
    token
        Of the new session.
    device
        By which the browser is known the next time; empty to leave that as it is.
    """
    set_cookie(request, response, SESSION, token)
    if device:
        set_cookie(request, response, DEVICE, device, age_s=DEVICE_AGE_S)
    patient = cookie(request, STAY)
    if patient:
        clinic_of(request).links.end(patient)
        drop_cookie(request, response, STAY)


def begin_stay(request: Request, response: Response, token: str) -> None:
    """Let a patient in; a session of the staff on the same browser ends.

    A clinician who opens a patient's link on a tablet must not hand over a tablet on which the
    worklist is one press away.

    Parameters
    ----------
    request, response
        The answer to the opening of a link.
    token
        Of the new stay.
    """
    # Longer than the stay: closing the browser loses nothing, and one that ended is told so.
    set_cookie(request, response, STAY, token, age_s=STAY_AGE_S)
    staff = cookie(request, SESSION)
    if staff:
        clinic_of(request).accounts.sign_out(staff)
        drop_cookie(request, response, SESSION)


def end_stay(request: Request, response: Response) -> None:
    """End a patient's stay, here and on the server.

    Parameters
    ----------
    request, response
        The answer to the last step.
    """
    clinic_of(request).links.end(cookie(request, STAY))
    drop_cookie(request, response, STAY)
