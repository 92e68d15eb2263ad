"""The screens on which a patient says who they are, where it hurts, and how."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from msgspec.structs import replace

from kinechain.domain.instruments import as_item_range
from kinechain.service.clinic.document import years_between
from kinechain.service.clinic.intake import (
    ClashError,
    Entered,
    HandedInError,
    Intake,
    TypedError,
    View,
)
from kinechain.service.clinic.intake.facts import with_birth
from kinechain.service.clinic.intake.interviewing import next_question, point_of
from kinechain.service.clinic.intake.shown import values_of
from kinechain.service.clinic.intake.steps import QUESTIONS, progress
from kinechain.service.clinic.intake.typed import SCORE, Around, read_step, tells_apart
from kinechain.service.clinic.intake.words import patient_words, place_words
from kinechain.web.pages.patient_map import drawing, listed
from kinechain.web.pages.patient_parts import (
    CONSENT,
    HOME,
    Fields,
    FieldsOf,
    IntakeOf,
    StayOf,
    after,
    ahead_of,
    closed,
    elsewhere,
    first,
    go,
    instead,
    patient_page,
    revision_of,
)

router = APIRouter(include_in_schema=False)


@router.get(f"{HOME}/step/{{name}}", name="intake_step_page")
def step_page(
    request: Request, stay: StayOf, desk: IntakeOf, name: str, then: str = ""
) -> Response:
    """One screen."""
    view = desk.look(stay)
    return elsewhere(request, view) or _screen(request, desk, view, name, then)


@router.post(f"{HOME}/step/{{name}}", name="intake_step")
def step(request: Request, stay: StayOf, desk: IntakeOf, fields: FieldsOf, name: str) -> Response:
    """Keep what a screen brought, and go on."""
    before = desk.look(stay)
    away = closed(request, before)
    if away is not None:
        return away
    then = first(fields, "then")
    if name not in before.steps:  # an answer elsewhere has made it needless
        return go(request, HOME)
    around = _around(desk, before)

    def enter(entered: Entered) -> Entered:
        if not first(fields, "skip"):
            entered = read_step(name, fields, entered, around)
        # Where nothing hurt, nothing was asked; that begins now.
        anew = name == "where" and not before.entered.places
        done = tuple(one for one in entered.done if not (anew and one == QUESTIONS))
        return replace(entered, done=done if name in done else (*done, name))

    again = _is_turned(name, fields, before.entered) and not first(fields, "skip")
    try:
        view = desk.save(stay, name, revision_of(fields), enter)
    except TypedError as error:
        return _screen(request, desk, before, name, then, fields, error=error, status=422)
    except ClashError as clash:
        newer = instead(before, clash.newer)
        return _screen(request, desk, newer, name, then, fields, status=409)
    except HandedInError:
        return go(request, HOME)
    _prepare(request, desk, view)
    if again:
        return go(request, f"{HOME}/step/{name}" + (f"?then={then}" if then else ""))
    return go(request, after(view, name, then))


def _is_turned(name: str, fields: Fields, entered: Entered) -> bool:
    """Whether the places are only now told apart, or put together: the screen is shown anew."""
    what = {"kind": "kinds"}.get(name, name)
    several = len(entered.places) > 1 and "scope" in fields
    return several and tells_apart(fields) != (what in entered.apart)


def _around(desk: Intake, view: View) -> Around:
    person = with_birth(view.patient.person, view.entered)
    today = view.patient.today
    age = years_between(person.birth_date, today) if person.birth_date else None
    return Around(today, desk.knowledge, age)


def _screen(
    request: Request, desk: Intake, view: View, name: str, then: str, typed: Fields | None = None,
    *, error: TypedError | None = None, status: int = 200,
) -> Response:  # fmt: skip
    """A screen, filled with what was entered, or with what was typed and not kept."""
    if name not in view.steps:
        raise HTTPException(404)
    place = view.steps.index(name)
    values = typed if typed is not None else values_of(name, view.entered)
    template, more = name, dict[str, object]()
    if name in ("where", "spread"):
        more = {"figures": drawing(desk.knowledge), "groups": listed(desk.knowledge)}
    elif name.startswith(SCORE):
        template = "score"
        instrument = desk.knowledge.instruments[name.removeprefix(SCORE)]
        more = {"items": list(zip(instrument.item_texts, as_item_range(instrument), strict=True))}
    clash = values_of(name, view.entered) if status == 409 else None
    return patient_page(
        request, template, status, name=name, view=view, entered=view.entered, values=values,
        back=f"{HOME}/step/{view.steps[place - 1]}" if place else CONSENT, then=then,
        progress=progress(view.steps, name), error=error, clash=clash,
        action=f"{HOME}/step/{name}", words=patient_words(), place_words=place_words, **more,
    )  # fmt: skip


def _prepare(request: Request, desk: Intake, view: View) -> None:
    """Find the first question while the last screens before it are filled in."""
    left = [one for one in view.steps if one not in view.entered.done]
    if all(one.startswith(SCORE) for one in left):
        point = point_of(view.patient, view.entered)
        ahead_of(request).prepare(
            view.patient.draft, [(point.key, lambda: next_question(point, desk.knowledge))]
        )
