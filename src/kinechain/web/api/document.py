"""The interface's own description (OpenAPI 3.1), made from the routes and the types."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.openapi.utils import get_openapi

from kinechain.domain.assessment import Assessment
from kinechain.domain.plan import Plan
from kinechain.domain.record import Opinion, Person
from kinechain.web.api import about, assessments, models, persons
from kinechain.web.api.exchange import PLACE, reply
from kinechain.web.security.cookies import SESSION
from kinechain.web.security.csrf import HEADER

PREFIX = "/api/v1"
VERSION = "1.0"
ABOUT = """\
Records, assessments, plans and opinions of a clinic that runs Kinechain. Sign in on the page
`/sign-in`; the cookie of the session then opens this interface too. `GET /me` gives the token that
every changing request sends as the header `X-CSRF-Token`. Kinechain supports clinicians, who see
the basis of each statement and decide; it is no diagnosis.
"""
TYPES: tuple[type[msgspec.Struct], ...] = (
    models.About, models.AssessmentGiven, models.AssessmentKept, models.AssessmentsPage,
    models.CaseShown, models.ConflictProblem, models.FactsGiven, models.FactsKept,
    models.FactsPage, models.Me, models.OpinionGiven, models.OpinionsPage, models.PersonGiven,
    models.PersonsPage, models.PreviewGiven, models.Problem, models.Recomputed, Assessment,
    Opinion, Person, Plan,
)  # fmt: skip
CHANGING = ("post", "put", "patch", "delete")

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json", name="openapi")
def openapi(request: Request) -> Response:
    """The description; it holds nothing of any person, so anybody may read it."""
    https = request.app.state.settings.https
    return reply(described_api(f"__Host-{SESSION}" if https else SESSION))


@cache
def described_api(cookie: str) -> dict[str, Any]:
    """The OpenAPI document.

    Parameters
    ----------
    cookie
        Name of the one that holds the session; over HTTPS it is another.
    """
    routes = [one for part in (about, persons, assessments) for one in part.router.routes]
    made = get_openapi(title="Kinechain", version=VERSION, description=ABOUT, routes=routes,
                       servers=[{"url": PREFIX}])  # fmt: skip
    _, schemas = msgspec.json.schema_components(TYPES, ref_template=PLACE)
    made["components"] = {
        "schemas": dict(sorted(schemas.items())),
        "securitySchemes": {
            "session": {"type": "apiKey", "in": "cookie", "name": cookie},
            "token": {"type": "apiKey", "in": "header", "name": HEADER},
        },
    }
    for operations in made["paths"].values():
        for method, operation in operations.items():
            needs = {"session": [], **({"token": []} if method in CHANGING else {})}
            operation["security"] = [needs]
    return made
