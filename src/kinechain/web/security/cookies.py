"""The program's cookies: no script can read them and no other site can send them."""

from __future__ import annotations

from fastapi import Request, Response

SESSION, STAY, DEVICE = "session", "stay", "device"
DEVICE_AGE_S = 365 * 24 * 3600
STAY_AGE_S = 24 * 3600


def _name(request: Request, name: str) -> str:
    """Over HTTPS browsers hold a cookie of this name to the strictest rules."""
    return f"__Host-{name}" if request.app.state.settings.https else name


def cookie(request: Request, name: str) -> str:
    """The content of a cookie; empty where it is missing.

    Parameters
    ----------
    request
        Any request.
    name
        Without the prefix that HTTPS adds.
    """
    return request.cookies.get(_name(request, name), "")


def set_cookie(
    request: Request, response: Response, name: str, value: str, *, age_s: int | None = None
) -> None:
    """Give the browser a cookie that no script can read and no other site can send.

    Parameters
    ----------
    request, response
        The answer gets it.
    name, value
        Without the prefix that HTTPS adds.
    age_s
        How long it lasts; by default until the browser is closed.
    """
    # Lax, not strict: the first click on a link in a message would otherwise come without it.
    # What changes something asks for the session's token besides.
    response.set_cookie(
        _name(request, name), value, max_age=age_s, path="/", httponly=True, samesite="lax",
        secure=request.app.state.settings.https,
    )  # fmt: skip


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Take a cookie back.

    Parameters
    ----------
    request, response
        The answer takes it back.
    name
        Without the prefix that HTTPS adds.
    """
    response.delete_cookie(_name(request, name), path="/", httponly=True, samesite="lax",
                           secure=request.app.state.settings.https)  # fmt: skip
