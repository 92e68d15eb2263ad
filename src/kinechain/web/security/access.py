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
    DUE = "due"
    """Signed in, but a password or a second factor has to be set before anything else."""
    ANYBODY = "anybody"


CLINICIAN = frozenset({Who.CLINICIAN})
CARE = frozenset({Who.CLINICIAN, Who.THERAPIST})
STAFF = CARE | {Who.ADMINISTRATOR}
ANYBODY = frozenset({Who.ANYBODY})
PATIENT = frozenset({Who.PATIENT})
OWNER = STAFF | {Who.DUE}

ACCESS: dict[str, frozenset[Who]] = {
    "health": ANYBODY,
    "static": ANYBODY,
    "report_css": ANYBODY,
    "sign_in_page": ANYBODY,
    "sign_in": ANYBODY,
    "second_factor_page": ANYBODY,
    "second_factor": ANYBODY,
    "sign_out": OWNER,
    "account": OWNER,
    "account_password": OWNER,
    "account_second_factor_page": OWNER,
    "account_second_factor": OWNER,
    "account_other_sessions": OWNER,
    "home": ANYBODY,
    "worklist": CARE,
    "worklist_find": CARE,
    "person_new": CARE,
    "person_begin": CARE,
    "person": CARE,
    "person_change": CARE,
    "person_reviewed": CLINICIAN,
    "person_record": CARE,
    "person_link": CARE,
    "person_link_end": CARE,
    "fact": CARE,
    "fact_correct": CARE,
    "fact_withdraw": CARE,
    "vocabulary": CARE,
    "assessment": CARE,
    "assessment_of": CARE,
    "assessment_make": CARE,
    "assessment_plan": CARE,
    "preview": CARE,
    "what_if_find": CARE,
    "print_page": CARE,
    "print_pdf": CARE,
    "print_letter": CARE,
    "print_letter_pdf": CARE,
    "print_letter_keep": CARE,
    "openapi": ANYBODY,
    "api_me": STAFF,
    "api_knowledge": CARE,
    "api_sites": CARE,
    "api_persons": CARE,
    "api_person_begin": CARE,
    "api_person": CARE,
    "api_facts": CARE,
    "api_facts_record": CARE,
    "api_case": CARE,
    "api_assessments": CARE,
    "api_assess": CARE,
    "api_assessment": CARE,
    "api_recompute": CARE,
    "api_plan": CARE,
    "api_preview": CARE,
    "api_opinions": CARE,
    "api_opinion": CLINICIAN,
    "what_if_record": CARE,
    "opinion": CLINICIAN,
    "open_page": ANYBODY,
    "open_link": ANYBODY,
    "intake": PATIENT,
    "intake_consent_page": PATIENT,
    "intake_consent": PATIENT,
    "intake_step_page": PATIENT,
    "intake_step": PATIENT,
    "intake_question_page": PATIENT,
    "intake_question": PATIENT,
    "intake_enough": PATIENT,
    "intake_alarm_page": PATIENT,
    "intake_alarm": PATIENT,
    "intake_overview": PATIENT,
    "intake_hand_in": PATIENT,
    "intake_thanks": PATIENT,
    "intake_finish": PATIENT,
    "intake_stop_page": PATIENT,
    "intake_stop": PATIENT,
    "intake_goodbye": ANYBODY,
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
