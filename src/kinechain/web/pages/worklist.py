"""The worklist: red flags first, then what waits for review, then who is due."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response

from kinechain.domain.record import WorklistEntry
from kinechain.report.words import urgency_words
from kinechain.store import StoreError, Transaction
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
Group = Literal["", "urgent", "waiting", "due"]
Here = Annotated[Clinic, Depends(clinic_of)]


@router.get("/worklist", name="worklist")
def worklist(
    request: Request,
    clinic: Here,
    group: Group = "",
    after: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """A page of the list."""
    return _shown(request, clinic, group, "", after)


@router.post("/worklist", name="worklist_find")
def worklist_find(
    request: Request,
    clinic: Here,
    find: Annotated[str, Form(max_length=100)] = "",
    after: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Persons whose name begins so; it is not in the address, where names do not belong."""
    return _shown(request, clinic, "", find.strip(), after)


def _shown(request: Request, clinic: Clinic, group: Group, find: str, after: str) -> Response:
    with clinic.store.reading() as tx:
        rows = _rows(tx, group, find, after)
        counts = tx.worklist.counts()
        everybody = tx.persons.count()
        today = tx.at.date()
    return show(
        request, "worklist.html.j2", rows=rows[:PAGE],
        next=rows[PAGE - 1].person if len(rows) > PAGE else "",
        counts={"": everybody, **counts}, groups=GROUPS, group=group, find=find, today=today,
        urgency_words=urgency_words,
    )  # fmt: skip


def _rows(tx: Transaction, group: Group, find: str, after: str) -> tuple[WorklistEntry, ...]:
    """A page, and one more to see whether there is another."""
    try:
        if find:
            return tx.worklist.find(find, after=after or None, limit=PAGE + 1)
        return tx.worklist.page(group=group or None, after=after or None, limit=PAGE + 1)
    except StoreError as error:
        if error.kind == "misuse":  # after somebody who is not there
            raise HTTPException(404) from None
        raise
