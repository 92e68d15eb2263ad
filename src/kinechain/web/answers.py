"""Errors as answers: a page, a part of a page, or JSON; none says more than it must."""

from __future__ import annotations

import logging

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from kinechain.web import render
from kinechain.web.security.cookies import STAY, cookie
from kinechain.web.security.visitor import visitor_of

LOG = logging.getLogger("kinechain.web")
API = "/api/"
ACCOUNT, SIGN_IN, CODE = "/account", "/sign-in", "/sign-in/code"
MESSAGES: dict[int, tuple[str, str]] = {
    400: ("This could not be read", "Go back, correct it, and send it again."),
    403: ("Not allowed", "Your account may not see or do this."),
    404: ("Not found", "The address is wrong, or what was there is not for you."),
    405: ("Not found", "The address is wrong, or what was there is not for you."),
    408: ("It took too long", "Nothing was saved. Try again with a better connection."),
    409: (
        "Somebody else changed this in the meantime",
        "Nothing of theirs or yours is lost. Load the page again, look, and decide.",
    ),
    410: ("This link has ended", "Ask the clinic for a new one."),
    413: ("Too large", "Send less at once."),
    421: ("Another address", "This program does not answer at this address."),
    422: ("This could not be read", "Go back, correct it, and send it again."),
    429: ("Too many requests", "Wait a moment."),
    503: ("The database does not answer", "Nothing was saved. Try again in a moment."),
}
OTHERWISE = ("Something went wrong", "Nothing was saved. Try again; if it stays, tell the clinic.")


def answer(
    request: Request, status: int, detail: str = "", headers: dict[str, str] | None = None
) -> Response:
    """An error as page, as part of a page, or as JSON.

    Parameters
    ----------
    request
        Which of the three it asks for.
    status
        The HTTP status.
    detail
        What to do, where it is known better than in general.
    headers
        More headers, ``Retry-After`` for example.
    """
    heading, remedy = MESSAGES.get(status, OTHERWISE)
    if request.scope["path"].startswith(API):
        return JSONResponse({"error": heading, "remedy": detail or remedy}, status, headers)
    if status == 401 or (status == 403 and visitor_of(request).due):
        return _elsewhere(request)
    shown = render.show(
        request, "message.html.j2", status, heading=heading, text=detail or remedy, remedy="",
        back="/", back_words="To the start",
    )  # fmt: skip
    shown.headers.update(headers or {})
    return shown


def _elsewhere(request: Request) -> Response:
    """To where the visitor gets in, or has to do something first."""
    visitor = visitor_of(request)
    if visitor.stage == "password":
        place = CODE
    elif visitor.due:
        place = ACCOUNT
    elif cookie(request, STAY):
        return answer(request, 410, "Your time for this has ended. Ask the clinic for a new link.")
    else:
        place = SIGN_IN
    if request.headers.get("hx-request"):
        # A redirect would put the whole page where a part of one is expected.
        return Response(status_code=401, headers={"HX-Redirect": place})
    return RedirectResponse(place, 303)


def refused(request: Request, error: HTTPException) -> Response:
    """The answer to an error that a route or the router raised.

    Parameters
    ----------
    request, error
        What was asked, and what is wrong.
    """
    known = error.detail if error.detail != HTTPException(error.status_code).detail else ""
    return answer(request, error.status_code, known, dict(error.headers or {}))


def unreadable(request: Request, _error: Exception) -> Response:
    """The answer to a request that is not of the route's form; it does not repeat what was sent.

    Parameters
    ----------
    request
        What was asked.
    _error
        What is wrong; it would repeat what was sent.
    """
    return answer(request, 422)


def no_database(request: Request, error: Exception) -> Response:
    """The answer when the database cannot do what was asked.

    Parameters
    ----------
    request, error
        What was asked, and what is wrong.
    """
    told(request, error)
    return answer(request, 503, headers={"Retry-After": "5"})


def told(request: Request, error: BaseException) -> None:
    """Note a failure in the log: method, pattern of the route, kind of error, and no more.

    A message or a traceback can hold what was entered about a person; an address holds ids.

    Parameters
    ----------
    request, error
        What was asked, and what went wrong.
    """
    pattern = getattr(request.scope.get("route"), "path", "?")
    LOG.error("%s %s failed: %s", request.method, pattern, type(error).__name__)
