"""Every page of the clinic as somebody sees it: who looks, and where it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import FastAPI

from kinechain.service.clinic.tokens import digest_of
from tests.support.browser import ACCOUNT, ADMINISTRATOR, Site
from tests.support.routes import routes

CASE = "smith2022hiplumbar"
URGENT = "baldwin2014sacralinsufficiency"

# Name of the route -> (who looks, address) of each sight of it. {person} and {assessment} are
# those of CASE, {urgent} and {urgent_assessment} of URGENT, {empty} has no record yet.
SIGHTS: dict[str, tuple[tuple[str, str], ...]] = {
    "sign_in_page": (("", "/sign-in"),),
    "second_factor_page": (("half", "/sign-in/code"),),
    "account": ((ACCOUNT, "/account"), (ADMINISTRATOR, "/account")),
    "account_second_factor_page": ((ACCOUNT, "/account/second-factor"),),
    "person_new": ((ACCOUNT, "/persons/new"),),
    "person": ((ACCOUNT, "/persons/{urgent}"), (ACCOUNT, "/persons/{empty}")),
    "fact": ((ACCOUNT, "/persons/{person}/facts/{fact}"),),
    "open_page": (("", "/open/{link}"),),
    "intake_goodbye": (("patient", "/intake/goodbye/stopped"),),
    "worklist": ((ACCOUNT, "/worklist"), (ACCOUNT, "/worklist?group=due")),
    "assessment": (
        (ACCOUNT, "/persons/{person}/assessment"),
        (ACCOUNT, "/persons/{empty}/assessment"),
    ),
    "assessment_of": ((ACCOUNT, "/persons/{urgent}/assessments/{urgent_assessment}"),),
    "print_page": (
        (ACCOUNT, "/persons/{person}/assessments/{assessment}/print/full"),
        (ACCOUNT, "/persons/{urgent}/assessments/{urgent_assessment}/print/referral"),
        (ACCOUNT, "/persons/{urgent}/assessments/{urgent_assessment}/print/patient"),
    ),
}
NO_PAGES = {
    "home": "leads elsewhere",
    "health": "JSON",
    "report_css": "a style sheet",
    "assessment_plan": "a part of a page",
    "print_pdf": "a PDF",
    "static": "files",
}
"""Routes that are asked for with GET and show no page of their own."""

ON_THE_WAY = frozenset({
    "intake", "intake_consent_page", "intake_step_page", "intake_question_page",
    "intake_overview", "intake_thanks", "intake_stop_page", "intake_alarm_page",
})  # fmt: skip
"""Pages that a patient comes to one after the other; looked at in tests/browser/test_patient.py."""


def shown(app: FastAPI) -> set[str]:
    """The names of all routes that a browser can open by their address."""
    return {
        one.name for one in routes(app) if one.method == "GET" and not one.path.startswith("/api/")
    }


def address(site: Site, pattern: str) -> str:
    """An address with the ids of this site."""
    names = {"person": site.persons[CASE], "urgent": site.persons[URGENT],
             "empty": site.persons["empty"]}  # fmt: skip
    with site.store.reading() as tx:
        for one, kind in (("person", "assessment"), ("urgent", "urgent_assessment")):
            latest = tx.assessments.latest(names[one])
            assert latest is not None
            names[kind] = latest.id
        names["fact"] = tx.facts.history(names["person"])[0].id
    names["link"] = site.link(names["empty"])
    return pattern.format(**names)


def half_signed_in(site: Site) -> Any:
    """The cookie of a session whose second factor is missing."""
    cookie, now = site.cookie(), site.clinic.sources.now()
    with site.store.writing("tests") as tx:
        tx.sessions.touch(digest_of(cookie["value"]), seen_at=now, stage="password",
                          expires_at=now + timedelta(minutes=10))  # fmt: skip
    return cookie
