"""What if: the answers to switched findings, and making them a part of the record."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from starlette.datastructures import FormData

from kinechain.domain.record import FactKey, Person
from kinechain.intake import search
from kinechain.service.clinic.assessments import Assessments
from kinechain.service.clinic.live import Scene
from kinechain.service.clinic.records import NewFact
from kinechain.service.clinic.timeline import names_of, who
from kinechain.service.clinic.toggles import Toggle, UnknownToggle, read_toggles, supposed
from kinechain.service.clinic.wording import KEY_WORDS, fact_words
from kinechain.store import Conflict
from kinechain.web.clinic import Clinic, clinic_of
from kinechain.web.pages.assessment_page import (
    Asked,
    Mode,
    WhatIf,
    changes_of,
    page,
    scene_of,
    values,
)
from kinechain.web.pages.shared import back_to, live_of, opened, records_of
from kinechain.web.pages.toggle_rows import ToggleRow
from kinechain.web.render import show
from kinechain.web.security.visitor import visitor_of

router = APIRouter(include_in_schema=False)
FOUND = 5
"""So many findings answer a search for another what-if."""
Here = Annotated[Clinic, Depends(clinic_of)]


async def fields(request: Request) -> FormData:
    """The fields of a form whose names are not known beforehand; a dependency.

    Parameters
    ----------
    request
        With a form in its body.
    """
    return await request.form()


Fields = Annotated[FormData, Depends(fields)]


@router.post("/persons/{person}/assessment/preview", name="preview")
def preview(request: Request, clinic: Here, person: str, form: Fields) -> Response:
    """The result with findings switched, as parts of the page or, without script, as a page."""
    live, asked = live_of(request), _asked(form)
    scene, whose = scene_of(request, clinic, person, asked.assessment)
    if not request.headers.get("hx-request"):
        what_if = _in_full(request, clinic, scene, whose, asked)
        return page(request, clinic, opened(request, clinic, person), asked.assessment, what_if)
    new = changes_of(scene, asked.toggles, clinic)
    now = clinic.sources.now()
    facts = supposed(person, scene.facts, new, visitor_of(request).actor, now)
    question = live.asked(f"{visitor_of(request).session}:{asked.page}", asked.counter)
    _, reading = live.read(whose, facts, now)
    match asked.mode:
        case "flags":
            result = live.flags(reading, scene.stored)
        case "glance":
            with question:
                result = live.glance(reading, scene.stored, question.wanted)
        case "full":
            result = live.full(reading, scene.stored, question.wanted)
    if result is None:
        return Response(status_code=204)
    shown = values(request, clinic, scene, whose, WhatIf(asked, result, reading))
    answer = show(request, "_what_if.html.j2", oob=True, changed=len(new), **shown)
    answer.headers["X-Order"] = str(asked.order)
    return answer


@router.post("/persons/{person}/assessment/find", name="what_if_find")
def what_if_find(
    request: Request, clinic: Here, person: str,
    find: Annotated[str, Form(max_length=100)] = "",
) -> Response:  # fmt: skip
    """Findings that answer a search, each to be switched."""
    with clinic.store.reading() as tx:
        if tx.persons.get(person) is None:
            raise HTTPException(404)
    rows = _found(clinic, find.strip()) if find.strip() else ()
    return show(request, "_what_if_found.html.j2", rows=rows, find=find.strip())


@router.post("/persons/{person}/assessment/record", name="what_if_record")
def what_if_record(request: Request, clinic: Here, person: str, form: Fields) -> Response:
    """Make what was supposed a part of the record, and assess that."""
    asked, revision = _asked(form), str(form.get("revision", ""))
    scene, whose = scene_of(request, clinic, person, asked.assessment)
    if not (revision.isdigit() and len(revision) < 10):
        raise HTTPException(422)
    new = _with_ids(changes_of(scene, asked.toggles, clinic), str(form.get("once", "")))
    actor = visitor_of(request).actor
    try:
        if new:
            records_of(clinic).record(
                person, new, actor, expected_revision=int(revision), waiting_for_review=False
            )
    except Conflict as error:
        what_if = _in_full(request, clinic, scene, whose, asked)
        record = opened(request, clinic, person)
        notice = _both(clinic, new, error)
        return page(request, clinic, record, asked.assessment, what_if, 409, notice)
    assessments = Assessments(clinic.store, clinic.knowledge, clinic.sources)
    assessments.make(opened(request, clinic, person), actor)
    return back_to(f"/persons/{person}/assessment")


def _asked(form: FormData) -> Asked:
    pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    counter = str(form.get("counter", "0"))
    try:
        toggles: tuple[Toggle, ...] = read_toggles(pairs)
    except UnknownToggle:
        raise HTTPException(422) from None
    if not (counter.isdecimal() and len(counter) < 10):
        raise HTTPException(422)
    mode: Mode
    match form.get("mode"):
        case "flags":
            mode = "flags"
        case "glance":
            mode = "glance"
        case _:
            mode = "full"
    name = str(form.get("page", ""))[:64]
    return Asked(str(form.get("assessment", "")), toggles, int(counter), mode, name)


def _in_full(
    request: Request, clinic: Clinic, scene: Scene, person: Person, asked: Asked
) -> WhatIf:
    """What a page asked, answered in full also where it asks for a glance."""
    asked = replace(asked, mode="full")
    live, now = live_of(request), clinic.sources.now()
    new = changes_of(scene, asked.toggles, clinic)
    facts = supposed(person.id, scene.facts, new, visitor_of(request).actor, now)
    _, reading = live.read(person, facts, now)
    result = live.full(reading, scene.stored)
    assert result is not None, "a whole page is always waited for"
    return WhatIf(asked, result, reading)


def _with_ids(new: list[NewFact], once: str) -> list[NewFact]:
    """The same with ids that the page gave, so that a request sent twice records once."""
    if not (once.isascii() and once.isalnum() and 20 < len(once) < 60):
        raise HTTPException(422)
    return [
        NewFact(one.key, one.entry, one.on, one.replaces, one.withdrawn, f"{once}{number:03x}")
        for number, one in enumerate(new)
    ]


def _found(clinic: Clinic, text: str) -> tuple[ToggleRow, ...]:
    """Rows for the findings of a search, one for each side where there are two."""
    knowledge, rows = clinic.knowledge, list[ToggleRow]()
    for one in search(knowledge, text)[:FOUND]:
        nodes = [knowledge.graph.nodes[place] for place in knowledge.instances.get(one.id, ())]
        # Of what has levels nobody said which; a trait concerns the whole person.
        whole = one.kind == "trait" or any(node.level for node in nodes)
        ids = [one.id] if whole or not nodes else [node.id for node in nodes]
        rows += [
            ToggleRow(f"node.{name}", knowledge.label(name), "unknown", "unknown") for name in ids
        ]
    return tuple(rows)


def _both(clinic: Clinic, new: list[NewFact], error: Conflict) -> dict[str, Any]:
    """What two persons changed, each as it was said."""
    with clinic.store.reading() as tx:
        theirs = tx.facts.get(error.theirs)
        names = names_of(tx.users.all())
    mine = next((one for one in new if theirs and one.replaces == theirs.replaces), None)

    def words(key: FactKey, entry: Any, *, withdrawn: bool) -> str:
        if withdrawn:
            return "taken back"
        return f"{KEY_WORDS[key].lower()}: {fact_words(entry, clinic.knowledge)}"

    return {
        "by": who(theirs.by, names) if theirs else "",
        "at": theirs.at if theirs else None,
        "theirs": words(theirs.key, theirs.entry, withdrawn=theirs.withdrawn) if theirs else "",
        "mine": words(mine.key, mine.entry, withdrawn=mine.withdrawn) if mine else "",
    }
