"""Recording, correcting and taking back; what was typed is never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response

from kinechain.domain.record import Fact
from kinechain.intake import search
from kinechain.intake.names import Kind
from kinechain.service.clinic.entries import LONGEST, EntryError, entry_text, read_entry
from kinechain.service.clinic.records import NewFact, Record
from kinechain.service.clinic.timeline import names_of, who
from kinechain.service.clinic.toggles import SUPPOSED, supposed
from kinechain.store import Conflict
from kinechain.web.clinic import Clinic, clinic_of
from kinechain.web.pages import person_view as view
from kinechain.web.pages.shared import Revision, back_to, day_of, live_of, opened, records_of
from kinechain.web.render import show
from kinechain.web.security.visitor import visitor_of

router = APIRouter(include_in_schema=False)
Here = Annotated[Clinic, Depends(clinic_of)]
KINDS: dict[str, tuple[Kind, ...]] = {
    "finding_present": ("finding", "trait"), "finding_absent": ("finding", "trait"),
    "pain": ("site",), "no_pain": ("site",), "value": ("quantity",), "drug": ("drug_class",),
    "allergy": ("drug_class",), "disease": ("condition", "trait", "factor"),
    "treatment": ("treatment",), "score": ("instrument",), "setting": ("setting",),
}  # fmt: skip
"""What is searched for while somebody types."""
WITH_VALUE = frozenset({"value", "score"})
"""Keys where a value follows the name."""
SUGGESTED = 8


class EntryForm:
    """The fields of the form; a dependency."""

    def __init__(
        self,
        key: Annotated[str, Form(max_length=20)],
        once: Annotated[str, Form(pattern="^[0-9a-f]{32}$")],
        revision: Revision,
        text: Annotated[str, Form(max_length=2 * LONGEST)] = "",
        side: Annotated[str, Form(pattern="^(|left|right|both|midline)$")] = "",
        on: Annotated[str, Form(max_length=20)] = "",
    ) -> None:
        if key not in view.TYPED:
            raise HTTPException(422)
        self.typed = view.Typed(key=key, text=text, side=side, on=on)
        self.once, self.revision = once, revision


Typed = Annotated[EntryForm, Depends()]


@router.post("/persons/{person}/facts", name="person_record")
def person_record(request: Request, clinic: Here, person: str, form: Typed) -> Response:
    """Record something."""
    record = opened(request, clinic, person)
    refused = _record(request, clinic, record, form, None)
    if refused is None:
        return back_to(f"/persons/{person}?key={form.typed.key}#record")
    typed, status = refused
    if status == 409:
        record = opened(request, clinic, person)
    return view.page(request, clinic, record, typed, status)


@router.get("/persons/{person}/facts/{fact}", name="fact")
def fact(request: Request, clinic: Here, person: str, fact: str) -> Response:
    """One fact with its history, to be corrected or taken back."""
    record = opened(request, clinic, person)
    return _page(request, clinic, record, _known(record, fact))


@router.post("/persons/{person}/facts/{fact}", name="fact_correct")
def fact_correct(request: Request, clinic: Here, person: str, fact: str, form: Typed) -> Response:
    """Put something else in its place; what it was stays in the history."""
    record = opened(request, clinic, person)
    known = _known(record, fact)
    refused = _record(request, clinic, record, form, known)
    if refused is None:
        return back_to(f"/persons/{person}")
    typed, status = refused
    if status == 409:
        record = opened(request, clinic, person)
    return _page(request, clinic, record, known, typed, status)


@router.post("/persons/{person}/facts/{fact}/withdraw", name="fact_withdraw")
def fact_withdraw(
    request: Request, clinic: Here, person: str, fact: str,
    once: Annotated[str, Form(pattern="^[0-9a-f]{32}$")],
) -> Response:  # fmt: skip
    """Take it back; what it was stays in the history."""
    record = opened(request, clinic, person)
    known = _known(record, fact)
    new = NewFact(known.key, replaces=known.id, withdrawn=True, id=once)
    try:
        records_of(clinic).record(
            person, [new], visitor_of(request).actor, expected_revision=None,
            waiting_for_review=False,
        )  # fmt: skip
    except Conflict as error:
        record = opened(request, clinic, person)
        typed = _conflict(record, clinic, view.Typed(key=known.key), error)
        return _page(request, clinic, record, known, typed, 409)
    return back_to(f"/persons/{person}")


@router.post("/vocabulary", name="vocabulary")
def vocabulary(
    request: Request, clinic: Here, key: Annotated[str, Form(max_length=20)] = "",
    text: Annotated[str, Form(max_length=2 * LONGEST)] = "",
) -> Response:  # fmt: skip
    """What the program calls what is being typed."""
    kinds, words = KINDS.get(key, ()), text.strip()
    found = search(clinic.knowledge, words[:100], kinds)[:SUGGESTED] if kinds and words else ()
    return show(request, "_vocabulary.html.j2", found=found, after=": " * (key in WITH_VALUE))


def _known(record: Record, fact: str) -> Fact:
    found = next((one for one in record.facts if one.id == fact), None)
    if found is None or found.withdrawn:
        raise HTTPException(404)
    return found


def _record(
    request: Request, clinic: Clinic, record: Record, form: EntryForm, replaces: Fact | None
) -> tuple[view.Typed, int] | None:
    """Record what was typed; what to show instead where that cannot be."""
    typed = form.typed
    try:
        on = _day(typed.on, clinic)
        entry = read_entry(typed.key, typed.text, side=typed.side, on=on)
    except EntryError as error:
        return replace(typed, wrong=(str(error),)), 422
    new = NewFact(typed.key, entry, on=on, replaces=replaces.id if replaces else None, id=form.once)
    wrong = _objections(request, clinic, record, new)
    if wrong:
        return replace(typed, wrong=wrong), 422
    try:
        records_of(clinic).record(
            record.person.id, [new], visitor_of(request).actor, expected_revision=form.revision,
            waiting_for_review=False,
        )  # fmt: skip
    except Conflict as error:
        after = opened(request, clinic, record.person.id)
        return _conflict(after, clinic, typed, error), 409
    return None


def _day(text: str, clinic: Clinic) -> date | None:
    try:
        on = day_of(text)
    except ValueError:
        raise EntryError("The day must be written as 2026-11-22.") from None
    if on is not None and on > clinic.sources.now().date():
        raise EntryError("The day must not lie in the future.")
    return on


def _objections(request: Request, clinic: Clinic, record: Record, new: NewFact) -> tuple[str, ...]:
    """Why the intake could not use an entry; its warnings do not keep it out of the record."""
    now = clinic.sources.now()
    facts = supposed(record.person.id, record.facts, [new], visitor_of(request).actor, now)
    document, reading = live_of(request).read(record.person, facts, now)
    return tuple(
        f"{one.message} {one.remedy}".strip()
        for one in reading.issues
        if one.level == "error" and document.fact_at(one.where).startswith(SUPPOSED)
    )


def _conflict(record: Record, clinic: Clinic, typed: view.Typed, error: Conflict) -> view.Typed:
    """What was typed, beside what somebody else made of the same thing meanwhile."""
    theirs = next((one for one in record.facts if one.id == error.theirs), None)
    if theirs is None:
        return replace(typed, wrong=(error.remedy,))
    with clinic.store.reading() as tx:
        names = names_of(tx.users.all())
    return replace(
        typed,
        theirs=view.said(theirs, clinic.knowledge, key=True),
        by=f"{who(theirs.by, names)}, {theirs.at:%H:%M}",
        standing="" if theirs.withdrawn else theirs.id,
    )


def _page(
    request: Request, clinic: Clinic, record: Record, known: Fact,
    typed: view.Typed | None = None, status: int = 200,
) -> Response:  # fmt: skip
    """The page of a fact: what was said in turn, and the form for what is to be said now."""
    facts = {one.id: one for one in record.facts}
    after = {one.replaces: one for one in record.facts if one.replaces}
    last = known
    while last.id in after:
        last = after[last.id]
    with clinic.store.reading() as tx:
        names = names_of(tx.users.all())
    history = [
        {"fact": one, "said": view.said(one, clinic.knowledge, key=True), "by": who(one.by, names)}
        for one in view.chain(last, facts)
    ]
    if typed is None or not (typed.text or typed.wrong or typed.theirs):
        base = typed or view.Typed()
        typed = replace(base, key=known.key, text=entry_text(known.entry),
                        on=known.on.isoformat() if known.on else "")  # fmt: skip
    return show(
        request, "fact.html.j2", status, person=record.person, record=record, history=history,
        last=last, typed=typed, keys=view.TYPED, examples=view.EXAMPLES,
        once=clinic.sources.new_id(), again=clinic.sources.new_id(),
        today=clinic.sources.now().date(),
    )  # fmt: skip
