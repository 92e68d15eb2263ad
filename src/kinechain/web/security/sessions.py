"""From the cookie to the visitor, and back."""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from kinechain.service.clinic.accounts import Accounts
from kinechain.service.clinic.links import Links
from kinechain.service.clinic.tokens import Sources
from kinechain.web.security.visitor import NOBODY, Visitor

UNSECURED = "/static/"
STAFF, PATIENT, DEVICE = "session", "stay", "device"
DEVICE_AGE_S = 365 * 24 * 3600


def accounts_of(request: Request) -> Accounts:
    """The accounts of the clinic that a request belongs to.

    Parameters
    ----------
    request
        Any request.
    """
    clinic = request.app.state.clinic
    longest = timedelta(seconds=clinic.settings.longest_s)
    return Accounts(clinic.store, clinic.settings.secret, Sources(), longest)


def links_of(request: Request) -> Links:
    """The links of the clinic that a request belongs to.

    Parameters
    ----------
    request
        Any request.
    """
    return Links(request.app.state.clinic.store, Sources())


async def find_visitor(request: Request) -> Visitor:
    """Who sent a request; nobody where the cookie is missing or its session has ended.

    Parameters
    ----------
    request
        Any request.
    """
    if request.url.path.startswith(UNSECURED):
        return NOBODY
    staff, patient = cookie(request, STAFF), cookie(request, PATIENT)
    if not staff and not patient:
        return NOBODY
    return await run_in_threadpool(_visitor, request, staff, patient)


def _visitor(request: Request, staff: str, patient: str) -> Visitor:
    idle = timedelta(seconds=request.app.state.clinic.settings.idle_s)
    found = accounts_of(request).find(staff, idle) if staff else None
    if found is not None:
        session, user = found
        kinds = frozenset(user.roles) if session.stage == "full" else frozenset[str]()
        name = user.display_name or user.name
        return Visitor(kinds, user.id, name, session=session.digest, csrf=session.csrf,
                       stage=session.stage)  # fmt: skip
    stay = links_of(request).find(patient) if patient else None
    if stay is None:
        return NOBODY
    session, link = stay
    return Visitor(
        frozenset({"patient"}), person=link.person, link=link.id, session=session.digest,
        csrf=session.csrf,
    )  # fmt: skip


def _name(request: Request, name: str) -> str:
    """Over HTTPS browsers hold a cookie of this name to the strictest rules."""
    return f"__Host-{name}" if request.app.state.settings.https else name


def cookie(request: Request, name: str) -> str:
    """The content of a cookie; empty where it is missing.

    Parameters
    ----------
    request
        Any request.
    name
        Without the prefix that HTTPS adds.
    """
    return request.cookies.get(_name(request, name), "")


def set_cookie(
    request: Request, response: Response, name: str, value: str, *, age_s: int | None = None
) -> None:
    """Give the browser a cookie that no script can read and no other site can send.

    Parameters
    ----------
    request, response
        The answer gets it.
    name, value
        Without the prefix that HTTPS adds.
    age_s
        How long it lasts; by default until the browser is closed.
    """
    # Lax, not strict: the first click on a link in a message would otherwise come without it.
    response.set_cookie(
        _name(request, name), value, max_age=age_s, path="/", httponly=True, samesite="lax",
        secure=request.app.state.settings.https,
    )  # fmt: skip


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Take a cookie back.

    Parameters
    ----------
    request, response
        The answer takes it back.
    name
        Without the prefix that HTTPS adds.
    """
    response.delete_cookie(_name(request, name), path="/", httponly=True, samesite="lax",
                           secure=request.app.state.settings.https)  # fmt: skip
