"""The owner's own account: password, second factor, sessions elsewhere."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from kinechain.domain.record import User
from kinechain.service.clinic.entry import AccountError
from kinechain.service.clinic.own_account import OwnAccount
from kinechain.service.clinic.qr_code import qr_picture
from kinechain.web.answers import ACCOUNT
from kinechain.web.clinic import Clinic, clinic_of
from kinechain.web.render import show
from kinechain.web.security.cookies import SESSION, cookie
from kinechain.web.security.sessions import begin_session
from kinechain.web.security.visitor import visitor_of

router = APIRouter(include_in_schema=False)
SHORT = Form(max_length=200)
SEED = Form(pattern="^[0-9a-f]{32}$")
TOLD = {
    "password": "The password is changed. All other sessions have ended.",
    "second_factor": "The second factor is on.",
    "sessions": "All other sessions have ended.",
}


@router.get("/account", name="account")
def account(
    request: Request, clinic: Annotated[Clinic, Depends(clinic_of)], done: str = ""
) -> Response:
    """What the owner may change."""
    return _page(request, clinic, told=TOLD.get(done, ""))


@router.post("/account/password", name="account_password")
def change_password(
    request: Request,
    clinic: Annotated[Clinic, Depends(clinic_of)],
    old: Annotated[str, SHORT],
    new: Annotated[str, SHORT],
    again: Annotated[str, SHORT],
) -> Response:
    """Change the password; other sessions end."""
    if new != again:
        return _page(request, clinic, 422, wrong="The new password was typed differently twice.")
    try:
        token = OwnAccount(clinic.accounts).change_password(_owner(request, clinic), old, new)
    except AccountError as error:
        return _page(request, clinic, 422, wrong=str(error))
    answer = RedirectResponse(f"{ACCOUNT}?done=password", 303)
    begin_session(request, answer, token)
    return answer


@router.get("/account/second-factor", name="account_second_factor_page")
def second_factor_page(request: Request, clinic: Annotated[Clinic, Depends(clinic_of)]) -> Response:
    """A new key as QR code and in letters; it counts after a first right code."""
    return _key(request, clinic, _owner(request, clinic))


@router.post("/account/second-factor", name="account_second_factor")
def second_factor(
    request: Request,
    clinic: Annotated[Clinic, Depends(clinic_of)],
    seed: Annotated[str, SEED],
    code: Annotated[str, SHORT],
    password: Annotated[str, SHORT],
) -> Response:
    """Turn the second factor on; show the recovery codes, once."""
    owner, own = _owner(request, clinic), OwnAccount(clinic.accounts)
    try:
        own.prove(owner, password)
        codes = own.keep_second_factor(owner, seed, code)
    except AccountError as error:
        return _key(request, clinic, owner, seed, str(error))
    # Whoever else is signed in to the account has not shown the second factor.
    clinic.accounts.end_others(owner.id, cookie(request, SESSION))
    return show(request, "recovery_codes.html.j2", codes=codes)


@router.post("/account/sessions", name="account_other_sessions")
def end_other_sessions(request: Request, clinic: Annotated[Clinic, Depends(clinic_of)]) -> Response:
    """End every other session of the account."""
    clinic.accounts.end_others(visitor_of(request).account, cookie(request, SESSION))
    return RedirectResponse(f"{ACCOUNT}?done=sessions", 303)


def _owner(request: Request, clinic: Clinic) -> User:
    with clinic.store.reading() as tx:
        found = tx.users.get(visitor_of(request).account)
    if found is None:
        raise HTTPException(404)
    return found


def _page(
    request: Request, clinic: Clinic, status: int = 200, *, wrong: str = "", told: str = ""
) -> Response:
    owner = _owner(request, clinic)
    with clinic.store.reading() as tx:
        held = tx.users.credentials(owner.id)
    return show(
        request, "account.html.j2", status, owner=owner, wrong=wrong, told=told,
        has_second_factor=held.totp_secret is not None, codes_left=len(held.recovery_hashes),
    )  # fmt: skip


def _key(
    request: Request, clinic: Clinic, owner: User, seed: str = "", wrong: str = ""
) -> Response:
    seed, key, address = OwnAccount(clinic.accounts).new_second_factor(owner, seed)
    grouped = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    return show(
        request, "second_factor_key.html.j2", 422 if wrong else 200, seed=seed, key=grouped,
        picture=qr_picture(address), wrong=wrong,
    )  # fmt: skip
