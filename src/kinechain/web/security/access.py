"""Who may use which route: one table, read before any route runs.

A route that is not in the table is closed to everybody, and a test fails.
"""

from __future__ import annotations

from enum import StrEnum

from fastapi import HTTPException, Request
from starlette.routing import Route

from kinechain.web.security.visitor import Visitor, visitor_of


class Who(StrEnum):
    """Kinds of visitors; the first three are the roles of accounts."""

    CLINICIAN = "clinician"
    THERAPIST = "therapist"
    ADMINISTRATOR = "administrator"
    PATIENT = "patient"
    ANYBODY = "anybody"


CARE = frozenset({Who.CLINICIAN, Who.THERAPIST})
STAFF = CARE | {Who.ADMINISTRATOR}
ANYBODY = frozenset({Who.ANYBODY})
PATIENT = frozenset({Who.PATIENT})

ACCESS: dict[str, frozenset[Who]] = {
    "health": ANYBODY,
    "report_css": ANYBODY,
    "sign_in_page": ANYBODY,
    "sign_in": ANYBODY,
    "second_factor_page": ANYBODY,
    "second_factor": ANYBODY,
    "sign_out": STAFF,
    "home": ANYBODY,
    "worklist": CARE,
}
"""Route name to those who may use it."""


class Refused(HTTPException):
    """The visitor may not use the route; not signed in (401) or not allowed (403)."""


def may_use(route: str, visitor: Visitor) -> bool:
    """Whether a visitor may use a route.

    Parameters
    ----------
    route
        Its name.
    visitor
        Who asks.
    """
    allowed = ACCESS.get(route, frozenset())
    return Who.ANYBODY in allowed or not allowed.isdisjoint(visitor.kinds)


def guard(request: Request) -> None:
    """Refuse a request that the table does not allow; a dependency of the whole application.

    Parameters
    ----------
    request
        Its route and visitor are known by now.

    Raises
    ------
    Refused
        401 for who is not signed in, 403 for who is.
    """
    route = request.scope.get("route")
    name = route.name if isinstance(route, Route) else ""
    visitor = visitor_of(request)
    if not may_use(name, visitor):
        raise Refused(403 if visitor.kinds else 401)
