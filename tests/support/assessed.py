"""Persons with an assessment, and what its page asks the server."""

from __future__ import annotations

import re
from typing import Any

from kinechain.domain.record import Fact, StoredAssessment
from kinechain.service.clinic.assessments import Assessments
from kinechain.service.clinic.records import NewFact, Records
from tests.support.web import Web, knowledge

PAIN = NewFact("pain", {"site": "knee_medial", "side": "right", "intensity": 6})

STAIRS = NewFact("finding_present", {"finding": "stairs_pain", "side": "right"})
EFFUSION = NewFact("finding_absent", {"knee_effusion": "right"})
ONCE = "0123456789abcdef" * 2
HX = {"HX-Request": "true"}
EVIL = "<script>alert(1)</script>\"'&"
INLINE = re.compile(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)


def begun(web: Web, *facts: NewFact, label: str = "Somebody") -> str:
    """The id of a person who is just registered."""
    by = web.users["clinician"].id
    return Records(web.store, web.sources).begin(label, by, facts=facts).id


def assess(web: Web, person: str) -> StoredAssessment:
    """An assessment as somebody asks for it."""
    with web.store.reading() as tx:
        record = Records(web.store, web.sources).read(tx, person)
    assert record is not None
    made = Assessments(web.store, knowledge(), web.sources)
    return made.make(record, web.users["clinician"].id, draws=20, waiting_for_review=True).stored


def facts_of(web: Web, person: str) -> tuple[Fact, ...]:
    """All that was ever recorded."""
    with web.store.reading() as tx:
        return tx.facts.history(person)


def revision_of(web: Web, person: str) -> int:
    """Of the record."""
    with web.store.reading() as tx:
        return tx.persons.known(person).revision


def asked(stored: StoredAssessment, toggles: dict[str, str], **more: Any) -> dict[str, Any]:
    """The form of the page with these toggles."""
    return {"assessment": stored.id, "page": "p", "counter": 1, "mode": "glance", "once": ONCE,
            "revision": stored.revision, **toggles, **more}  # fmt: skip


def preview(web: Web, person: str, fields: dict[str, Any], *, hx: bool = True, kind: Any = None):
    """What the live part of the page answers."""
    browser = web.as_(kind or "clinician")
    address = f"/persons/{person}/assessment/preview"
    return browser.submit(address, fields, headers=HX if hx else {})


def parts(text: str) -> set[str]:
    """The ids of the parts that an answer brings."""
    return set(re.findall(r'id="(part-[\w-]+)"[^>]*hx-swap-oob="true"', text))
