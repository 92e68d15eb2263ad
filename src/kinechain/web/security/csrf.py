"""Requests must come from the program's own pages, above all those that change something."""

from __future__ import annotations

import hmac
from collections.abc import AsyncGenerator
from typing import TypedDict

from fastapi import HTTPException, Request
from starlette.datastructures import Headers

from kinechain.web.security.visitor import visitor_of


class FormLimits(TypedDict):
    """How much one form may hold: fields, files, bytes of one field."""

    max_fields: int
    max_files: int
    max_part_size: int


SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OWN = frozenset({"same-origin", "none"})
FORM: FormLimits = {"max_fields": 400, "max_files": 20, "max_part_size": 200_000}
FIELD = "csrf"
HEADER = "X-CSRF-Token"
WORDS = "The form was too old or came from elsewhere. Load the page again."


class ForeignRequest(HTTPException):
    """A changing request that does not come from one of the program's pages."""

    def __init__(self) -> None:
        super().__init__(403, WORDS)


def is_foreign(method: str, headers: Headers, origin: str) -> bool:
    """Whether the browser itself says that another site is behind a request.

    Asked before the body is read and before the visitor is known. What another site may do is to
    link to a page; it may not fetch, embed or send anything. A request that carries neither
    ``Origin`` nor ``Sec-Fetch-Site`` comes from no present browser; :func:`own_pages_only` asks it
    for the session's token.

    Parameters
    ----------
    method, headers
        Of the request.
    origin
        The program's own.
    """
    site = headers.get("sec-fetch-site", "none")
    if method in SAFE:
        return site not in OWN and headers.get("sec-fetch-mode") != "navigate"
    return site not in OWN or headers.get("origin", origin) != origin


async def own_pages_only(request: Request) -> AsyncGenerator[None]:
    """Refuse a changing request from elsewhere; a dependency of the whole application.

    With a session its token must come along, in the form or in a header. Without one (signing
    in, opening a link) the browser must have said where the request comes from; otherwise
    another site could sign somebody in to an account of its own.

    Parameters
    ----------
    request
        Any request.

    Raises
    ------
    ForeignRequest
        It comes from elsewhere, or without the session's token.
    """
    try:
        if request.method not in SAFE and not await _is_own(request):
            raise ForeignRequest
        yield
    finally:
        await request.close()  # files of a form that was read here


async def _is_own(request: Request) -> bool:
    expected = visitor_of(request).csrf
    if not expected:
        return "origin" in request.headers or "sec-fetch-site" in request.headers
    given = request.headers.get(HEADER)
    if given is None and "form" in request.headers.get("content-type", ""):
        given = str((await request.form(**FORM)).get(FIELD, ""))
    return hmac.compare_digest((given or "").encode(), expected.encode())
