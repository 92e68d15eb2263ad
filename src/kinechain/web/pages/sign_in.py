"""Signing in: password, then the code of the second factor; signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from kinechain.service.clinic.accounts import Client, Entry
from kinechain.web.render import show
from kinechain.web.security.sessions import (
    DEVICE,
    DEVICE_AGE_S,
    STAFF,
    accounts_of,
    cookie,
    drop_cookie,
    set_cookie,
)
from kinechain.web.security.visitor import visitor_of

router = APIRouter(include_in_schema=False)
SHORT = Form(max_length=200)
WRONG = "Name or password is not right."
WRONG_CODE = "The code is not right, or was used already. Wait for the next one."


def client_of(request: Request) -> Client:
    """Where an attempt to sign in comes from.

    Parameters
    ----------
    request
        The attempt.
    """
    return Client(request.client.host if request.client else "", cookie(request, DEVICE))


@router.get("/sign-in", name="sign_in_page")
def sign_in_page(request: Request) -> Response:
    """The form for name and password."""
    if visitor_of(request).account and visitor_of(request).kinds:
        return RedirectResponse("/", 303)
    return _form(request)


@router.post("/sign-in", name="sign_in")
def sign_in(
    request: Request, name: Annotated[str, SHORT], password: Annotated[str, SHORT]
) -> Response:
    """Try a name and a password."""
    entry = accounts_of(request).sign_in(name, password, client_of(request))
    match entry.outcome:
        case "in":
            return _opened(request, entry)
        case "second_factor":
            answer = RedirectResponse("/sign-in/code", 303)
            set_cookie(request, answer, STAFF, entry.token)
            return answer
        case "wait":
            return _form(request, _waiting(entry), name, 429)
        case _:
            return _form(request, WRONG, name, 401)


@router.get("/sign-in/code", name="second_factor_page")
def second_factor_page(request: Request) -> Response:
    """The form for the code of the second factor."""
    if visitor_of(request).stage != "password":
        return RedirectResponse("/sign-in", 303)
    return show(request, "second_factor.html.j2", wrong="")


@router.post("/sign-in/code", name="second_factor")
def second_factor(request: Request, code: Annotated[str, SHORT]) -> Response:
    """Try the code of the second factor."""
    token = cookie(request, STAFF)
    entry = accounts_of(request).second_factor(token, code, client_of(request))
    match entry.outcome:
        case "in":
            return _opened(request, entry)
        case "wait":
            return show(request, "second_factor.html.j2", 429, wrong=_waiting(entry))
        case _:
            return show(request, "second_factor.html.j2", 401, wrong=WRONG_CODE)


@router.post("/sign-out", name="sign_out")
def sign_out(request: Request) -> Response:
    """End the session here and on the server."""
    accounts_of(request).sign_out(cookie(request, STAFF))
    answer = RedirectResponse("/sign-in", 303)
    drop_cookie(request, answer, STAFF)
    return answer


def _form(request: Request, wrong: str = "", name: str = "", status: int = 200) -> Response:
    demonstration = request.app.state.settings.is_demonstration
    return show(
        request, "sign_in.html.j2", status, wrong=wrong, name=name, demonstration=demonstration
    )


def _opened(request: Request, entry: Entry) -> Response:
    answer = RedirectResponse("/", 303)
    set_cookie(request, answer, STAFF, entry.token)
    set_cookie(request, answer, DEVICE, entry.device, age_s=DEVICE_AGE_S)
    return answer


def _waiting(entry: Entry) -> str:
    minutes = -(-entry.wait_s // 60)
    return f"Too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}."
