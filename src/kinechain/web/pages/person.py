"""The person's page: who, what is known, what happened; and how a record begins."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response

from kinechain.domain.record import FactKey
from kinechain.service.clinic.opinions import Opinions
from kinechain.service.clinic.qr_code import qr_picture
from kinechain.service.clinic.records import NewFact
from kinechain.store import Conflict
from kinechain.web.clinic import Clinic, clinic_of
from kinechain.web.pages.person_view import TYPED, page
from kinechain.web.pages.shared import Revision, back_to, day_of, opened, records_of
from kinechain.web.render import show
from kinechain.web.security.visitor import visitor_of

router = APIRouter(include_in_schema=False)
Here = Annotated[Clinic, Depends(clinic_of)]
Name = Annotated[str, Form(max_length=200)]
Short = Annotated[str, Form(max_length=40)]
Sex = Annotated[Literal["", "female", "male"], Form()]
MORE_CAME = (
    "Not marked as reviewed: more came in since you loaded the page. It is below; look at it, "
    "then press Reviewed."
)


@router.get("/persons/new", name="person_new")
def person_new(request: Request, clinic: Here) -> Response:
    """The form for a new person."""
    return _form(request, clinic)


@router.post("/persons/new", name="person_begin")
def person_begin(
    request: Request, clinic: Here, label: Name, birth_date: Short = "", age: Short = "",
    sex: Sex = "", setting: Name = "",
) -> Response:  # fmt: skip
    """Begin the record of a person."""
    typed = {"label": label, "birth_date": birth_date, "age": age, "sex": sex, "setting": setting}
    try:
        born = _birth(birth_date, clinic)
    except ValueError as error:
        return _form(request, clinic, typed, str(error))
    if not label.strip():
        return _form(request, clinic, typed, "Give the person a name or a number.")
    facts: list[NewFact] = []
    if age.strip() and born is None:
        if not age.strip().isdecimal() or int(age) > 120:
            return _form(request, clinic, typed, "The age must be whole years, 0 to 120.")
        facts.append(NewFact("age", int(age)))
    if setting:
        facts.append(NewFact("setting", setting))
    person = records_of(clinic).begin(
        label, visitor_of(request).actor, birth_date=born, sex=sex or None, facts=facts
    )
    return back_to(f"/persons/{person.id}")


@router.get("/persons/{person}", name="person")
def person(
    request: Request, clinic: Here, person: str, key: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """A person in a glance, the timeline, and all that is recorded."""
    known: FactKey = key if key in TYPED else "finding_present"
    return page(request, clinic, opened(request, clinic, person), key=known)


@router.post("/persons/{person}/change", name="person_change")
def person_change(
    request: Request, clinic: Here, person: str, label: Name, revision: Revision,
    birth_date: Short = "", sex: Sex = "",
) -> Response:  # fmt: skip
    """Correct what the person is called, the day of birth, the sex."""
    record, born = opened(request, clinic, person), None
    try:
        born = _birth(birth_date, clinic)
        if not label.strip():
            raise ValueError("Not changed: give the person a name or a number.")
        records_of(clinic).change(
            record.person, visitor_of(request).actor, label=label, birth_date=born,
            sex=sex or None, expected_revision=revision,
        )  # fmt: skip
    except ValueError as error:
        return page(request, clinic, record, status=422, notice=str(error))
    except Conflict:
        words = (
            f"Not changed: the record changed since you loaded the page. You wrote: {label.strip()}"
            f"{f', born {born}' if born else ''}{f', {sex}' if sex else ''}. Look, and correct it "
            "again where it is still wrong."
        )
        return page(request, clinic, record, status=409, notice=words)
    return back_to(f"/persons/{person}")


@router.post("/persons/{person}/reviewed", name="person_reviewed")
def person_reviewed(request: Request, clinic: Here, person: str, revision: Revision) -> Response:
    """A clinician has looked at all there is."""
    opinions = Opinions(clinic.store, clinic.sources)
    try:
        seen = opinions.reviewed(person, visitor_of(request).account, seen_revision=revision)
    except LookupError:
        raise HTTPException(404) from None
    if seen:
        return back_to(f"/persons/{person}")
    return page(request, clinic, opened(request, clinic, person), status=409, notice=MORE_CAME)


@router.post("/persons/{person}/link", name="person_link")
def person_link(request: Request, clinic: Here, person: str) -> Response:
    """A link for the patient, as address and as QR code; shown this once."""
    whose = opened(request, clinic, person).person
    given = clinic.links.give(person, visitor_of(request).actor)
    address = f"{clinic.settings.origin}/open/{given.token}"
    return show(
        request, "person_link.html.j2", person=whose, address=address,
        picture=qr_picture(address), until=given.link.expires_at,
    )  # fmt: skip


@router.post("/persons/{person}/links/{link}/end", name="person_link_end")
def person_link_end(request: Request, clinic: Here, person: str, link: str) -> Response:
    """Take a link back."""
    with clinic.store.reading() as tx:
        found = tx.links.get(link)
    if found is None or found.person != person:
        raise HTTPException(404)
    clinic.links.revoke(link, visitor_of(request).actor)
    return back_to(f"/persons/{person}")


def _birth(text: str, clinic: Clinic) -> date | None:
    """The day of birth, not after today."""
    try:
        born = day_of(text)
    except ValueError:
        raise ValueError("The day of birth must be a day, as 1968-04-30.") from None
    today = clinic.sources.now().date()
    if born is not None and not (today.year - 120 <= born.year and born <= today):
        raise ValueError("The day of birth must lie in the last 120 years.")
    return born


def _form(
    request: Request, clinic: Clinic, typed: dict[str, str] | None = None, wrong: str = ""
) -> Response:
    settings = {name: one.label for name, one in clinic.knowledge.settings.items()}
    empty = dict.fromkeys(("label", "birth_date", "age", "sex", "setting"), "")
    return show(
        request, "person_new.html.j2", 422 if wrong else 200, typed=empty | (typed or {}),
        wrong=wrong, settings=settings,
    )  # fmt: skip
