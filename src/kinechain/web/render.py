"""Pages from templates: the report's own macros and style sheet, and the clinic's beside them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from kinechain.report import page
from kinechain.web.security.visitor import visitor_of

STATIC = Path(__file__).parent / "static"


@cache
def environment() -> jinja2.Environment:
    """The web's templates before the report's; everything that they show is escaped."""
    shared = page.environment()
    made = shared.overlay()
    made.loader = jinja2.ChoiceLoader([jinja2.PackageLoader("kinechain.web"), shared.loader])  # type: ignore[list-item]
    made.globals["asset"] = asset
    return made


@cache
def report_style() -> bytes:
    """The report's style sheet, served as a file because the pages allow no inline style."""
    return page.style()[0].encode()


@cache
def asset(name: str) -> str:
    """The address of a static file, which changes with its content.

    Parameters
    ----------
    name
        Of a file in ``static``, or ``report.css``.
    """
    content = report_style() if name == "report.css" else (STATIC / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


def show(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page or a part of one.

    Parameters
    ----------
    request
        Whose visitor the page greets.
    template
        Its file name; one that begins with ``_`` is a part.
    status
        The HTTP status.
    **values
        What the template shows.
    """
    visitor = visitor_of(request)
    text = environment().get_template(template).render(visitor=visitor, request=request, **values)
    return HTMLResponse(text, status)
