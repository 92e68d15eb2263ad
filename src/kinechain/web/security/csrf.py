"""Requests that change something must come from the program's own pages."""

from __future__ import annotations

import hmac

from fastapi import HTTPException, Request

from kinechain.web.security.visitor import visitor_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "csrf"
HEADER = "X-CSRF-Token"


class ForeignRequest(HTTPException):
    """A changing request that does not come from one of the program's pages."""

    def __init__(self) -> None:
        super().__init__(403, "The form was too old or came from elsewhere. Load the page again.")


async def own_pages_only(request: Request) -> None:
    """Refuse a changing request from elsewhere; a dependency of the whole application.

    The browser's own word (``Sec-Fetch-Site``, ``Origin``) is asked first, so that also forms
    of visitors without a session are safe; with a session the token must come along too.

    Parameters
    ----------
    request
        Any request.

    Raises
    ------
    ForeignRequest
        It comes from elsewhere, or without the session's token.
    """
    if request.method in SAFE:
        return
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForeignRequest
    origin = request.headers.get("origin")
    if origin is not None and origin != request.app.state.settings.origin:
        raise ForeignRequest
    expected = visitor_of(request).csrf
    if not expected:
        return
    given = request.headers.get(HEADER)
    if given is None and "form" in request.headers.get("content-type", ""):
        given = str((await request.form()).get(FIELD, ""))
    if not hmac.compare_digest((given or "").encode(), expected.encode()):
        raise ForeignRequest
