"""The start: where each visitor belongs; and whether the server is well."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from kinechain.web.security.access import CARE
from kinechain.web.security.visitor import visitor_of

router = APIRouter(include_in_schema=False)


@router.get("/", name="home")
def home(request: Request) -> Response:
    """To the worklist, the patient's pages, or the sign-in."""
    visitor = visitor_of(request)
    if "patient" in visitor.kinds:
        return RedirectResponse("/intake", 303)
    if not visitor.kinds.isdisjoint(CARE):
        return RedirectResponse("/worklist", 303)
    if visitor.kinds:
        return RedirectResponse("/account", 303)
    return RedirectResponse("/sign-in", 303)


@router.get("/health", name="health")
def health(request: Request) -> Response:
    """Whether the database answers; for the one who watches the server."""
    with request.app.state.clinic.store.reading() as tx:
        tx.users.count()
    return JSONResponse({"status": "ok"})  # no version: it would tell strangers what to try
