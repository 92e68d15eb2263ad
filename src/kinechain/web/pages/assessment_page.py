"""The whole page of an assessment, and its parts after a switch, put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from fastapi import HTTPException, Request, Response

from kinechain.domain.assessment import Assessment
from kinechain.domain.record import Person
from kinechain.intake import CaseReading, parse_case
from kinechain.report import labels, words
from kinechain.service.clinic.document import NAME
from kinechain.service.clinic.live import Scene
from kinechain.service.clinic.opinions import REASONS
from kinechain.service.clinic.records import NewFact, Record
from kinechain.service.clinic.timeline import names_of, origin_words, who
from kinechain.service.clinic.toggles import Toggle, UnknownToggle, changes
from kinechain.service.plan import make_plan
from kinechain.store import current
from kinechain.web.clinic import Clinic
from kinechain.web.pages import assessment_view as view
from kinechain.web.pages import toggle_rows
from kinechain.web.pages.shared import live_of, may
from kinechain.web.render import show

Mode = Literal["flags", "glance", "full"]
MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True)
class Asked:
    """What a page asks: which assessment, what is switched, and the how-manieth question it is.

    Attributes
    ----------
    mode
        ``flags`` for what cannot wait alone, ``glance`` for all probabilities, ``full`` for the
        whole.
    page
        A name that the page gave itself.
    """

    assessment: str
    toggles: tuple[Toggle, ...]
    counter: int = 0
    mode: Mode = "full"
    page: str = ""

    @property
    def order(self) -> int:
        """Where its answer stands among those that the page gets."""
        return len(MODES) * self.counter + MODES.index(self.mode)


@dataclass(frozen=True)
class WhatIf:
    """What was asked, with its answer and the case behind it."""

    asked: Asked
    result: Assessment
    reading: CaseReading


def scene_of(
    request: Request, clinic: Clinic, person: str, assessment: str
) -> tuple[Scene, Person]:
    """An assessment with the facts behind it, and the person.

    Parameters
    ----------
    request, clinic
        Where.
    person, assessment
        Whose, and which.

    Raises
    ------
    HTTPException
        404 where the person has no such assessment.
    """
    with clinic.store.reading() as tx:
        whose = tx.persons.get(person)
        scene = live_of(request).scene(tx, person, assessment) if whose is not None else None
    if whose is None or scene is None:
        raise HTTPException(404)
    return scene, whose


def changes_of(scene: Scene, toggles: tuple[Toggle, ...], clinic: Clinic) -> list[NewFact]:
    """What would be recorded if the switches were true.

    Parameters
    ----------
    scene
        With the facts.
    toggles, clinic
        What is switched, and where.

    Raises
    ------
    HTTPException
        422 for something that is not there to be switched.
    """
    try:
        return changes(scene.facts, toggles, clinic.knowledge)
    except UnknownToggle:
        raise HTTPException(422) from None


def page(
    request: Request, clinic: Clinic, record: Record, assessment: str,
    what_if: WhatIf | None = None, status: int = 200, notice: dict[str, Any] | None = None,
) -> Response:  # fmt: skip
    """The whole page, of what is kept or of what is supposed.

    Parameters
    ----------
    request, clinic, record
        Who asks, where, and for whom.
    assessment
        Its id.
    what_if
        What is supposed.
    status, notice
        Where recording it was refused: both versions of what two persons changed.
    """
    scene, whose = scene_of(request, clinic, record.person.id, assessment)
    with clinic.store.reading() as tx:
        names = names_of(tx.users.all())
        line = tx.worklist.get(whose.id)
    given = [one for one in record.opinions if one.assessment == assessment]
    changed = changes_of(scene, what_if.asked.toggles, clinic) if what_if else ()
    return show(
        request, "assessment.html.j2", status, oob=False, record=record, changed=len(changed),
        is_latest=record.assessments[0].id == assessment, latest=record.assessments[0],
        stale=whose.revision > scene.stored.revision,
        other_knowledge=scene.stored.knowledge_version != clinic.knowledge.version,
        waiting=line is not None and line.waiting_for_review,
        standing={one.origin.split(".")[0]: one for one in given},
        opinions=_opinions(record, names, clinic), names=names, who=who, notice=notice,
        once=clinic.sources.new_id(), just_given=False, can_say=may(request, "opinion"),
        can_review=may(request, "person_reviewed"), can_assess=may(request, "assessment_make"),
        **values(request, clinic, scene, whose, what_if),
    )  # fmt: skip


def values(
    request: Request, clinic: Clinic, scene: Scene, person: Person, what_if: WhatIf | None
) -> dict[str, Any]:
    """What the parts of the page show.

    Parameters
    ----------
    request, clinic
        Where.
    scene, person
        What is kept, and whose.
    what_if
        What is supposed.
    """
    live, knowledge, stored = live_of(request), clinic.knowledge, scene.stored
    before = live.stored(stored)
    document, recorded = live.read(person, scene.facts, stored.at)
    toggles = what_if.asked.toggles if what_if else ()
    mode = what_if.asked.mode if what_if is not None else "full"
    if what_if is not None:
        reading, result = what_if.reading, what_if.result
    else:
        reading, result = recorded, before
        if document.text != stored.input_text:  # age or sex were corrected since
            reading = parse_case(stored.input_text, knowledge, NAME)
    plan = None
    if mode == "full" and result.conditions:
        plan = make_plan(reading, knowledge, assessment=result).plan
    shown = view.show(result, reading.case, knowledge, plan)
    found = {
        "person": person, "stored": stored, "shown": shown, "report": shown.report,
        "picture": shown.picture, "words": words, "interval": labels.interval,
        "watched": view.watched(shown.report), "mode": mode, "about": mode == "glance",
        "reasons": REASONS,
        "is_what_if": what_if is not None,
        "said": view.said(before, result) if what_if else None,
        "moved": view.moved(before, result) if what_if else {},
        "counter": what_if.asked.counter if what_if else 0,
        "address": f"/persons/{person.id}/assessments/{stored.id}",
        "is_slow": live.is_slow(stored), "modes": MODES,
    }  # fmt: skip
    if mode != "full":
        return found
    return found | {
        "rows": toggle_rows.recorded_rows(
            current(scene.facts), toggles, document, recorded, knowledge
        ),
        "questions": toggle_rows.question_rows(shown, toggles, knowledge),
        "evidence": [(one, view.evidence_groups(one)) for one in shown.report.evidence],
        "derived": toggle_rows.derived(reading.case, knowledge),
    }  # fmt: skip


def _opinions(record: Record, names: dict[str, str], clinic: Clinic) -> list[dict[str, Any]]:
    """All opinions on the person's assessments, the latest first."""
    return [
        {
            "opinion": one,
            "by": who(one.by, names),
            "origin": origin_words(one.origin, clinic.knowledge),
        }
        for one in reversed(record.opinions)
    ]
