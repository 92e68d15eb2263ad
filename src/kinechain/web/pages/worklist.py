"""The worklist: red flags first, then what waits for review, then who is due."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from kinechain.domain.record import WorklistEntry
from kinechain.report.words import urgency_words
from kinechain.web.clinic import Clinic, clinic_of
from kinechain.web.render import show

router = APIRouter(include_in_schema=False)
PAGE = 50
GROUPS = {
    "": "Everybody",
    "urgent": "Red flag raised",
    "waiting": "Waiting for review",
    "due": "Follow-up due",
}


@router.get("/worklist", name="worklist")
def worklist(
    request: Request,
    clinic: Annotated[Clinic, Depends(clinic_of)],
    group: Literal["", "urgent", "waiting", "due"] = "",
    find: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """A page of the list, or of what was searched for."""
    with clinic.store.reading() as tx:
        rows: tuple[WorklistEntry, ...]
        if find.strip():
            rows = tx.worklist.find(find.strip(), after=after or None, limit=PAGE + 1)
        else:
            rows = tx.worklist.page(group=group or None, after=after or None, limit=PAGE + 1)
        counts = tx.worklist.counts()
        everybody = tx.persons.count()
        today = tx.at.date()
    return show(
        request,
        "worklist.html.j2",
        rows=rows[:PAGE],
        next=rows[PAGE - 1].person if len(rows) > PAGE else "",
        counts={"": everybody, **counts},
        groups=GROUPS,
        group=group,
        find=find,
        today=today,
        urgency_words=urgency_words,
    )
