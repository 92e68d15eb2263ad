"""A person in a glance, and all that is recorded, as the person's page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request, Response

from kinechain.domain.assessment import Assessment, Flag
from kinechain.domain.record import Fact, FactKey
from kinechain.intake import CaseReading
from kinechain.knowledge import Knowledge
from kinechain.report import labels, words
from kinechain.service.assess import red_flags
from kinechain.service.clinic.entries import entry_text
from kinechain.service.clinic.records import Record
from kinechain.service.clinic.timeline import names_of, timeline, who
from kinechain.service.clinic.wording import KEY_WORDS, fact_words
from kinechain.service.presentation import case_shown
from kinechain.store import Transaction
from kinechain.web.clinic import Clinic
from kinechain.web.pages.shared import live_of, may
from kinechain.web.pages.toggle_rows import issues_by_fact
from kinechain.web.render import show

GROUPS: dict[str, tuple[FactKey, ...]] = {
    "Pain": ("pain", "no_pain", "drawing"),
    "Findings that are there": ("finding_present",),
    "Findings that were looked for and not found": ("finding_absent",),
    "Values and scores": ("value", "score"),
    "Drugs and allergies": ("drug", "allergy"),
    "Diseases and treatments": ("disease", "treatment"),
    "About the person and the visit": ("age", "sex", "height", "weight", "setting", "complaint"),
    "Notes": ("note", "consent"),
}
PLAIN_GROUPS = frozenset({"pain", "finding_present", "finding_absent", "note"})
"""Keys that the heading of their group says already."""
TYPED: dict[FactKey, str] = {
    "finding_present": "Finding, present", "finding_absent": "Finding, absent", "pain": "Pain",
    "no_pain": "No pain at", "value": "Value", "drug": "Drug", "allergy": "Allergy",
    "disease": "Disease", "treatment": "Treatment tried", "score": "Score", "note": "Note",
    "height": "Height", "weight": "Weight", "setting": "Seen in", "complaint": "Complaint",
    "drawing": "Pain drawing", "age": "Age", "sex": "Sex",
}  # fmt: skip
"""What a clinician records, in the order of the list."""
EXAMPLES: dict[FactKey, str] = {
    "finding_present": "straight_leg_raise, or {finding: paraesthesia, level: l5}",
    "finding_absent": "fever",
    "pain": "low_back, or {site: groin, intensity: 6, duration: 5 weeks}",
    "no_pain": "hip", "value": "esr: 14 mm/h", "drug": "ibuprofen 400 mg",
    "allergy": "penicillin", "disease": "diabetes", "treatment": "exercise therapy: none",
    "score": "odi: 42", "note": "free text; it is not used", "height": "168 cm",
    "weight": "74 kg", "setting": "primary_care", "complaint": "new, changed or longstanding",
    "drawing": "complete or partial", "age": "58", "sex": "female or male",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A fact that stands.

    Attributes
    ----------
    what, words
        Its kind, where the heading does not say it, and what it says.
    by, at
        Who recorded it, and when.
    before
        What stood in its place, the latest first.
    issues
        What the intake says of it.
    """

    id: str
    what: str
    words: str
    by: str
    at: datetime
    before: tuple[str, ...]
    issues: tuple[str, ...]


@dataclass(frozen=True)
class Typed:
    """What somebody typed into the form, to be shown again where it was not kept.

    Attributes
    ----------
    wrong
        Why it was not.
    theirs, by
        Where somebody else was faster: what they said, and who.
    """

    key: FactKey = "finding_present"
    text: str = ""
    side: str = ""
    on: str = ""
    wrong: tuple[str, ...] = ()
    theirs: str = ""
    by: str = ""
    standing: str = ""


@dataclass(frozen=True)
class Glance:
    """A person in a glance.

    Attributes
    ----------
    flags
        Raised now, by rule; and alerts of the latest assessment while it is not out of date.
    leading
        The leading origin of the latest assessment.
    """

    case: Mapping[str, Any]
    flags: tuple[Flag, ...]
    leading: Any
    stale: bool


def page(
    request: Request, clinic: Clinic, record: Record, typed: Typed | None = None,
    status: int = 200, notice: str = "", key: FactKey = "finding_present",
) -> Response:  # fmt: skip
    """The page of a person.

    Parameters
    ----------
    request, clinic, record
        Who asks, where, and for whom.
    typed
        What was typed and not kept.
    status, notice
        Where something was refused: why.
    key
        What the form begins with.
    """
    now = clinic.sources.now()
    document, reading = live_of(request).read(record.person, record.facts, now)
    issues = issues_by_fact(document, reading)
    with clinic.store.reading() as tx:
        names = names_of(tx.users.all())
        line = tx.worklist.get(record.person.id)
        links = tx.links.of(record.person.id)
        latest = _latest(request, tx, record)
    rows = fact_rows(record, names, issues, clinic.knowledge)
    keys = {one.id: one.key for one in record.current}
    groups = {
        title: [one for one in rows if keys[one.id] in members] for title, members in GROUPS.items()
    }
    return show(
        request, "person.html.j2", status, record=record, person=record.person,
        glance=_glance(record, reading, latest, clinic.knowledge), line=line,
        groups={title: found for title, found in groups.items() if found},
        other_issues=issues.get("", ()), notice=notice, words=words, interval=labels.interval,
        days=timeline(record, links, names, clinic.knowledge, now),
        typed=typed or Typed(key=key), keys=TYPED, examples=EXAMPLES,
        once=clinic.sources.new_id(), today=now.date(), open_links=_open(links, now),
        can_review=may(request, "person_reviewed"), can_assess=may(request, "assessment_make"),
    )  # fmt: skip


def fact_rows(
    record: Record,
    names: Mapping[str, str],
    issues: Mapping[str, Sequence[str]],
    knowledge: Knowledge,
) -> list[Row]:
    """The facts that stand, each with what stood before it.

    Parameters
    ----------
    record, names
        What is recorded, and who recorded it.
    issues
        By fact.
    knowledge
        The words.
    """
    known = {one.id: one for one in record.facts}
    return [
        Row(
            one.id, "" if one.key in PLAIN_GROUPS else KEY_WORDS[one.key], said(one, knowledge),
            who(one.by, names), one.at,
            tuple(said(old, knowledge, key=old.key != one.key) for old in chain(one, known)[1:]),
            tuple(issues.get(one.id, ())),
        )
        for one in record.current
    ]  # fmt: skip


def chain(fact: Fact, known: Mapping[str, Fact]) -> list[Fact]:
    """A fact and what it replaced, back to the first.

    Parameters
    ----------
    fact
        Where to begin.
    known
        All facts of the person, by id.
    """
    found = [fact]
    while (before := known.get(found[-1].replaces or "")) is not None:
        found.append(before)
    return found


def said(fact: Fact, knowledge: Knowledge, *, key: bool = False) -> str:
    """What a fact says.

    Parameters
    ----------
    fact
        Recorded.
    knowledge
        The words.
    key
        Whether to name its kind too.
    """
    if fact.withdrawn:
        return "taken back"
    text = fact_words(fact.entry, knowledge)
    if fact.on is not None and fact.on.isoformat() not in entry_text(fact.entry):
        text = f"{text}, on {fact.on}"
    return f"{KEY_WORDS[fact.key].lower()}: {text}" if key else text


def _latest(request: Request, tx: Transaction, record: Record) -> Assessment | None:
    if not record.assessments:
        return None
    scene = live_of(request).scene(tx, record.person.id, record.assessments[0].id)
    return live_of(request).stored(scene.stored) if scene else None


def _glance(
    record: Record, reading: CaseReading, latest: Assessment | None, knowledge: Knowledge
) -> Glance:
    stale = not record.assessments or record.assessments[0].revision < record.person.revision
    if latest is not None and not stale:
        flags = latest.red_flags
    else:  # what came since is triaged at once, whether or not somebody has it assessed
        flags = red_flags(reading.case, knowledge)
    leading = latest.conditions[0] if latest is not None and latest.conditions else None
    return Glance(
        case_shown(reading.case, knowledge),
        tuple(one for one in flags if one.status == "raised"),
        leading,
        stale,
    )


def _open(links: Sequence[Any], now: datetime) -> list[Any]:
    return [
        one
        for one in links
        if one.used_at is None and one.revoked_at is None and one.expires_at > now
    ]
