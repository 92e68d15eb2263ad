"""Printable pages of a kept assessment, and the same as PDF: full, referral letter, patient's."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from kinechain.report import labels, plan_html
from kinechain.report import words as report_words
from kinechain.report.opinions import elsewhere, opinions_on
from kinechain.report.pdf import NoPdf, PdfError, why_no_pdf, write_pdf
from kinechain.report.plan_model import PlanView
from kinechain.report.referral import Recorded, letter
from kinechain.service.clinic.printing import LETTER, NotPrintable, Print, Printing
from kinechain.service.clinic.records import NewFact, Records
from kinechain.web import render
from kinechain.web.clinic import Clinic, clinic_of
from kinechain.web.security.visitor import visitor_of

router = APIRouter(include_in_schema=False)
Kind = Literal["full", "referral", "patient"]
Paper = Literal["A4", "letter"]
TITLES: dict[Kind, str] = {
    "full": "Clinical report", "referral": "Referral letter", "patient": "Patient's page",
}  # fmt: skip
LONGEST = 1500
"""So much of a clinician's own words fits the letter's page with the rest."""

PATHS, QUESTIONS = 4, 4
"""How many of each the paper shows; the screen shows more."""

PLACE = "/persons/{person}/assessments/{assessment}/print"
STYLE = "/static/print.css"
OwnWords = Annotated[str, Form(max_length=LONGEST)]
TheClinic = Annotated[Clinic, Depends(clinic_of)]
"""What every page here asks for."""


@router.get(PLACE + "/{kind}", name="print_page")
def print_page(
    request: Request, clinic: TheClinic, person: str, assessment: str, kind: Kind,
    kept: Annotated[bool, Query()] = False,
) -> Response:  # fmt: skip
    """A page to look at and to print from the browser."""
    found = _read(request, clinic, person, assessment, kind)
    return render.show(request, f"print_{kind}.html.j2", **_values(request, found, kind, kept=kept))


@router.get(PLACE + "/{kind}/pdf", name="print_pdf")
def print_pdf(
    request: Request, clinic: TheClinic, person: str, assessment: str, kind: Kind,
    paper: Paper = "A4",
) -> Response:  # fmt: skip
    """The same page as PDF."""
    found = _read(request, clinic, person, assessment, kind)
    return _pdf(request, kind, assessment, _values(request, found, kind), paper)


@router.post(PLACE + "/referral", name="print_letter")
def print_letter(
    request: Request, clinic: TheClinic, person: str, assessment: str, words: OwnWords = ""
) -> Response:
    """The letter with the clinician's own words, which are not kept."""
    found = _read(request, clinic, person, assessment, "referral")
    values = _values(request, found, "referral", own_words=words)
    return render.show(request, "print_referral.html.j2", **values)


@router.post(PLACE + "/referral/pdf", name="print_letter_pdf")
def print_letter_pdf(
    request: Request, clinic: TheClinic, person: str, assessment: str, words: OwnWords = "",
    paper: Paper = "A4",
) -> Response:  # fmt: skip
    """The letter with the clinician's own words as PDF."""
    found = _read(request, clinic, person, assessment, "referral")
    values = _values(request, found, "referral", own_words=words)
    return _pdf(request, "referral", assessment, values, paper)


@router.post(PLACE + "/referral/note", name="print_letter_keep")
def print_letter_keep(
    request: Request, clinic: TheClinic, person: str, assessment: str, words: OwnWords = ""
) -> Response:
    """Keep the clinician's own words as a note of the record; emptied, the note is taken back."""
    found = _read(request, clinic, person, assessment, "referral")
    text, before = _plain(words), found.own_words_fact
    if text != found.own_words:
        new = (
            NewFact("note", f"{LETTER}{text}", replaces=before)
            if text
            else NewFact("note", replaces=before, withdrawn=True)
        )
        Records(clinic.store, clinic.sources).record(
            person, [new], visitor_of(request).actor, expected_revision=None,
            waiting_for_review=False,
        )  # fmt: skip
    address = _address(person, assessment)
    return RedirectResponse(f"{address}/referral?kept=true", 303)


def _read(request: Request, clinic: Clinic, person: str, assessment: str, kind: Kind) -> Print:
    printing = Printing(clinic.store, clinic.knowledge, clinic.sources)
    try:
        found = printing.read(person, assessment, visitor_of(request).actor, kind)
    except NotPrintable:
        raise HTTPException(
            409,
            "This assessment was made by an earlier version whose knowledge cannot be read any "
            "more. Assess the person again and print that.",
        ) from None
    if found is None:
        raise HTTPException(404)
    return found


def _values(
    request: Request, found: Print, kind: Kind, *, own_words: str | None = None, kept: bool = False
) -> dict[str, Any]:
    """What the templates show."""
    person, assessment = found.person.id, found.stored.id
    plan = found.report.plan
    assert plan is not None, "a print has one"
    return {
        "print": found, "kind": kind, "titles": TITLES, "words": report_words, "kept": kept,
        "back": f"/persons/{person}", "address": _address(person, assessment),
        "no_pdf": why_no_pdf(), "interval": labels.interval, "opinions_on": opinions_on,
        "elsewhere": elsewhere, "recorded_rows": recorded_rows,
        **(_of_full(found, plan) if kind == "full" else {}),
        **({"tone_of": plan_html.tone} if kind == "patient" else {}),
        **(_of_letter(request, found, own_words) if kind == "referral" else {}),
    }  # fmt: skip


def _of_full(found: Print, plan: PlanView) -> dict[str, Any]:
    page = plan_html.arranged(plan)
    shown = [
        *found.report.raised, *page.now, *page.unsafe,
        *(row for view in found.report.evidence for row in (*view.supporting, *view.opposing)),
    ]  # fmt: skip
    numbers = {number for one in shown for number in one.refs}
    return {
        "page": page, "paths": PATHS, "questions": QUESTIONS,
        "cited": [one for one in found.report.sources if one.number in numbers],
    }  # fmt: skip


def _of_letter(request: Request, found: Print, own_words: str | None) -> dict[str, Any]:
    made = letter(found.report, found.recorded, found.opinions)
    orders = [report_words.urgency_order(flag.urgency) for flag in made.urgent]
    return {
        "letter": made, "urgency_order": report_words.urgency_order, "longest": LONGEST,
        "own_words": found.own_words if own_words is None else _plain(own_words),
        "tone": "calm" if not orders else "alarm" if min(orders) < 2 else "warn",
        "today": clinic_of(request).sources.now().date(),
    }  # fmt: skip


def recorded_rows(recorded: Recorded) -> list[tuple[str, tuple[str, ...]]]:
    """What people recorded, by kind, for a table; kinds without entries are left out.

    Parameters
    ----------
    recorded
        In words.
    """
    rows = [
        ("Pain", recorded.pains), ("No pain", recorded.no_pains), ("Found", recorded.present),
        ("Not found", recorded.absent), ("Measured", recorded.values),
        ("Scores", recorded.scores), ("Tried", recorded.treatments),
        ("Drugs", recorded.drugs or ("none recorded",)),
        ("Allergies", recorded.allergies or ("none recorded",)),
        ("Diseases", recorded.diseases),
    ]  # fmt: skip
    return [row for row in rows if row[1]]


def _pdf(
    request: Request, kind: Kind, assessment: str, values: dict[str, Any], paper: Paper
) -> Response:
    page = bytes(render.show(request, f"print_{kind}.html.j2", **values).body).decode()
    try:
        made = write_pdf(page, {STYLE: (render.STATIC / "print.css").read_bytes()}, paper=paper)
    except PdfError as error:
        raise HTTPException(501 if isinstance(error, NoPdf) else 503, str(error)) from error
    # The name of a file lies open in folders and downloads, so it is no person's.
    headers = {"Content-Disposition": f'attachment; filename="{kind}-{assessment}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


def _address(person: str, assessment: str) -> str:
    return f"/persons/{person}/assessments/{assessment}/print"


def _plain(text: str) -> str:
    """Text with its lines, without what could do harm on paper or in the record."""
    return "\n".join(labels.clean(line) for line in text.splitlines()).strip()
