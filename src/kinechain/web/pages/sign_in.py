"""Signing in: password, then the code of the second factor; signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from kinechain.service.clinic.entry import Client, Entry
from kinechain.web.answers import ACCOUNT, CODE, SIGN_IN
from kinechain.web.clinic import Clinic, clinic_of
from kinechain.web.render import show
from kinechain.web.security.cookies import DEVICE, SESSION, cookie, drop_cookie
from kinechain.web.security.limits import client_network
from kinechain.web.security.sessions import begin_session
from kinechain.web.security.visitor import visitor_of

router = APIRouter(include_in_schema=False)
SHORT = Form(max_length=200)
WRONG = "Name or password is not right."
WRONG_CODE = "The code is not right, or was used already. Wait for the next one."
BUSY = "Many are signing in at this moment. Try again in a few seconds."


def client_of(request: Request) -> Client:
    """Where an attempt to sign in comes from.

    Parameters
    ----------
    request
        The attempt.
    """
    return Client(client_network(request.scope), cookie(request, DEVICE))


@router.get("/sign-in", name="sign_in_page")
def sign_in_page(request: Request) -> Response:
    """The form for name and password."""
    visitor = visitor_of(request)
    if visitor.account and visitor.kinds:
        return RedirectResponse(ACCOUNT if visitor.due else "/", 303)
    return _form(request)


@router.post("/sign-in", name="sign_in")
def sign_in(
    request: Request,
    clinic: Annotated[Clinic, Depends(clinic_of)],
    name: Annotated[str, SHORT],
    password: Annotated[str, SHORT],
) -> Response:
    """Try a name and a password."""
    before = cookie(request, SESSION)
    entry = clinic.accounts.sign_in(name, password, client_of(request), before)
    match entry.outcome:
        case "in":
            return _opened(request, entry, "/")
        case "second_factor":
            return _opened(request, entry, CODE)
        case "refused":
            return _form(request, WRONG, name, 401)
        case "wait" | "busy":
            return _later(_form(request, _wait_words(entry), name, _status(entry)), entry)


@router.get("/sign-in/code", name="second_factor_page")
def second_factor_page(request: Request) -> Response:
    """The form for the code of the second factor."""
    if visitor_of(request).stage != "password":
        return RedirectResponse(SIGN_IN, 303)
    return show(request, "second_factor.html.j2", wrong="")


@router.post("/sign-in/code", name="second_factor")
def second_factor(
    request: Request, clinic: Annotated[Clinic, Depends(clinic_of)], code: Annotated[str, SHORT]
) -> Response:
    """Try the code of the second factor."""
    if visitor_of(request).stage != "password":
        return RedirectResponse(SIGN_IN, 303)
    entry = clinic.accounts.second_factor(cookie(request, SESSION), code, client_of(request))
    match entry.outcome:
        case "in":
            return _opened(request, entry, "/")
        case "wait" | "busy":
            words = _wait_words(entry)
            return _later(
                show(request, "second_factor.html.j2", _status(entry), wrong=words), entry
            )
        case "refused" | "second_factor":
            return show(request, "second_factor.html.j2", 401, wrong=WRONG_CODE)


@router.post("/sign-out", name="sign_out")
def sign_out(request: Request, clinic: Annotated[Clinic, Depends(clinic_of)]) -> Response:
    """End the session here and on the server."""
    clinic.accounts.sign_out(cookie(request, SESSION))
    answer = RedirectResponse(SIGN_IN, 303)
    drop_cookie(request, answer, SESSION)
    return answer


def _form(request: Request, wrong: str = "", name: str = "", status: int = 200) -> Response:
    demonstration = request.app.state.settings.is_demonstration
    return show(
        request, "sign_in.html.j2", status, wrong=wrong, name=name, demonstration=demonstration
    )


def _opened(request: Request, entry: Entry, place: str) -> Response:
    answer = RedirectResponse(place, 303)
    begin_session(request, answer, entry.token, entry.device)
    return answer


def _status(entry: Entry) -> int:
    return 503 if entry.outcome == "busy" else 429


def _wait_words(entry: Entry) -> str:
    if entry.outcome == "busy":
        return BUSY
    minutes = -(-entry.wait_s // 60)
    return f"Too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}."


def _later(answer: Response, entry: Entry) -> Response:
    answer.headers["Retry-After"] = str(entry.wait_s or 5)
    return answer
