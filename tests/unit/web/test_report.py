"""Printable pages and their PDFs: complete, of their own time, and nobody's name outside them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from importlib.resources import files

import msgspec
import pytest
import yaml

from kinechain.domain.record import StoredAssessment
from kinechain.report import pdf
from kinechain.service.clinic.assessments import Assessments
from kinechain.service.clinic.demonstration import facts_of
from kinechain.service.clinic.opinions import Opinions
from kinechain.service.clinic.printing import LETTER
from kinechain.service.clinic.records import NewFact, Records
from kinechain.web.pages.report import LONGEST, TITLES
from tests.support.pdf import inside, is_accessible, media_box, pages
from tests.support.web import Browser, Web, knowledge, open_web

LABEL = "Wilhelmine <Quast>"
SHOWN = "Wilhelmine &lt;Quast&gt;"
KINDS = tuple(TITLES)
FACTS = [
    NewFact("pain", {"site": "groin", "side": "left", "intensity": 6, "duration": "5 weeks"}),
    NewFact("finding_present", {"hip_rom_limited": "left"}),
    NewFact("finding_absent", "fever"),
    NewFact("drug", "ibuprofen 400 mg"),
    NewFact("allergy", "penicillin"),
    NewFact("treatment", {"treatment": "exercise therapy", "response": "none"}),
    NewFact("note", "Lives alone."),
]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    made = open_web(tmp_path_factory.mktemp("print"))
    yield made
    made.store.close()


def assessed(web: Web, person: str, draws: int = 1) -> StoredAssessment:
    with web.store.reading() as tx:
        record = Records(web.store, web.sources).read(tx, person)
    assert record is not None
    service = Assessments(web.store, knowledge(), web.sources)
    return service.make(record, web.users["clinician"].id, draws=draws).stored


@pytest.fixture
def stored(web: Web) -> StoredAssessment:
    """The assessment of a new person."""
    begun = Records(web.store, web.sources).begin(LABEL, web.users["therapist"].id, facts=FACTS)
    return assessed(web, begun.id)


@pytest.fixture
def clinician(web: Web) -> Browser:
    return web.as_("clinician")


def place(stored: StoredAssessment, kind: str = "referral") -> str:
    return f"/persons/{stored.person}/assessments/{stored.id}/print/{kind}"


def page(browser: Browser, stored: StoredAssessment, kind: str = "referral") -> str:
    answer = browser.get(place(stored, kind))
    assert answer.status_code == 200, answer.text
    return answer.text


def words_of(text: str) -> str:
    """What is read of a page."""
    body = re.sub(r"<(script|style|svg).*?</\1>", " ", text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def make_pdf(browser: Browser, stored: StoredAssessment, kind: str, paper: str = "A4") -> bytes:
    if pdf.why_no_pdf():
        pytest.skip(pdf.why_no_pdf())
    answer = browser.get(f"{place(stored, kind)}/pdf", params={"paper": paper})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="{kind}-{stored.id}.pdf"'
    )
    return answer.content


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_whole_and_keeps_the_policy(
    clinician: Browser, stored: StoredAssessment, kind: str
) -> None:
    text = page(clinician, stored, kind)
    assert SHOWN in text
    assert LABEL not in text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    title = re.search(r"<title>(.*?)</title>", text)
    assert title
    assert title[1] == f"{TITLES[kind]} {stored.id}".replace("'", "&#39;"), "a title is no secret"
    assert text.count("<h1") == 1
    assert "None" not in words_of(text)
    assert "{{" not in text


def test_the_full_report_holds_everything(clinician: Browser, stored: StoredAssessment) -> None:
    text = words_of(page(clinician, stored, "full"))
    for heading in (
        "Cannot wait",
        "Where it hurts",
        "Likely origins",
        "Not excluded",
        "For and against",
        "Ask or examine next",
        "Plan as drafted",
        "Who does what",
        "Approvals",
        "What was recorded",
        "Sources",
    ):
        assert heading in text, heading
    for said in ("6/10", "ibuprofen 400 mg", "penicillin", "Lives alone.", "exercise therapy"):
        assert said in text, said
    assert "No clinician has confirmed or rejected an origin yet." in text


def test_the_letter_says_whose_word_is_whose(clinician: Browser, stored: StoredAssessment) -> None:
    text = page(clinician, stored)
    order = [
        text.index(f'id="{one}"') for one in ("urgent", "question", "history", "origins", "plan")
    ]
    assert order == sorted(order), "what is urgent comes first"
    assert words_of(text).count("by Kinechain") >= 4
    assert "From: clinician" in words_of(text)
    history = words_of(text[text.index('id="history"') : text.index('id="origins"')])
    assert "by Kinechain" not in history, "people recorded this"


def test_opinions_stand_beside_the_program(
    web: Web, clinician: Browser, stored: StoredAssessment
) -> None:
    origin = stored.result["conditions"][0]["condition"]
    Opinions(web.store, web.sources).give(
        stored.person, stored.id, origin, "rejected", web.users["clinician"].id, "MRI <normal>"
    )
    for kind in ("full", "referral"):
        text = page(clinician, stored, kind)
        assert "Rejected by clinician, 2026-11-22: MRI &lt;normal&gt;" in text
        assert "No clinician has confirmed" not in text


def test_own_words_are_shown_and_not_kept(
    web: Web, clinician: Browser, stored: StoredAssessment
) -> None:
    own = "Dear Dr <b>Stein</b>,\nplease see her."
    answer = clinician.submit(place(stored), {"words": own})
    assert answer.status_code == 200
    assert "Dear Dr &lt;b&gt;Stein&lt;/b&gt;,\nplease see her.</p>" in answer.text
    assert "Dear" not in page(clinician, stored)
    with web.store.reading() as tx:
        assert len(tx.facts.history(stored.person)) == len(FACTS)


def letters(web: Web, stored: StoredAssessment) -> list[str]:
    with web.store.reading() as tx:
        notes = [one.entry for one in tx.facts.current(stored.person) if one.key == "note"]
    return [one for one in notes if one.startswith(LETTER)]


def test_own_words_are_kept_on_demand_as_one_note(
    web: Web, clinician: Browser, stored: StoredAssessment
) -> None:
    for words in ("First.", "Second.", "Second."):
        answer = clinician.submit(f"{place(stored)}/note", {"words": words})
        assert answer.headers["location"] == f"{place(stored)}?kept=true"
        assert letters(web, stored) == [f"{LETTER}{words}"]
    text = page(clinician, stored)
    assert "Second.</p>" in text
    assert "recorded after this assessment" not in text, "a letter changes no assessment"
    with web.store.reading() as tx:
        assert len(tx.facts.history(stored.person)) == len(FACTS) + 2
    clinician.submit(f"{place(stored)}/note", {"words": "  "})
    assert letters(web, stored) == []
    assert 'class="own"></p>' in page(clinician, stored)
    clinician.submit(f"{place(stored)}/note", {"words": ""})


def test_own_words_have_a_bound(clinician: Browser, stored: StoredAssessment) -> None:
    for path in (place(stored), f"{place(stored)}/note", f"{place(stored)}/pdf"):
        assert clinician.submit(path, {"words": "x" * (LONGEST + 1)}).status_code == 422


def test_what_came_later_is_said(web: Web, clinician: Browser, stored: StoredAssessment) -> None:
    assert 'class="note"' not in page(clinician, stored)
    Records(web.store, web.sources).record(
        stored.person, [NewFact("drug", "warfarin")], web.users["clinician"].id,
        expected_revision=None,
    )  # fmt: skip
    for kind in ("full", "referral"):
        text = words_of(page(clinician, stored, kind))
        assert "1 entry was recorded after this assessment and is not in it." in text
        assert "warfarin" not in text
    later = assessed(web, stored.person)
    assert "There is a later assessment of this person." in page(clinician, stored)
    assert "warfarin" in page(clinician, later)
    assert "later assessment" not in page(clinician, later)


def test_a_print_rests_on_the_knowledge_of_its_time(
    web: Web, clinician: Browser, stored: StoredAssessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = page(clinician, stored, "full")
    newer = msgspec.structs.replace(knowledge(), version="f" * 12, conditions={}, findings={})
    clinic = web.app.state.clinic
    monkeypatch.setattr("kinechain.service.clinic.printing._DRAFTED", _Forgetful())
    web.app.state.clinic = dataclasses.replace(clinic, knowledge=newer)
    try:
        after = page(clinician, stored, "full")
    finally:
        web.app.state.clinic = clinic
    assert "Made with an earlier version" in after
    note = re.compile(r'<div class="note">.*?</div>', re.DOTALL)
    assert note.sub("", after).split() == before.split()


class _Forgetful:
    """Keeps nothing, so that everything is drafted anew."""

    def of(self, _key: object, make: object) -> object:
        assert callable(make)
        return make()


def test_knowledge_that_cannot_be_read_any_more_is_said(
    web: Web, clinician: Browser, stored: StoredAssessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web.store.writing("tests") as tx:
        tx.knowledge.keep("old", b"\x81\xa1x\x01")
        old = msgspec.structs.replace(stored, id="0" * 32, knowledge_version="old")
        tx.assessments.add(old)
    answer = clinician.get(place(old, "full"))
    assert answer.status_code == 409
    assert "Assess the person again" in answer.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_pdf_is_accessible_and_small(
    clinician: Browser, stored: StoredAssessment, kind: str
) -> None:
    made = make_pdf(clinician, stored, kind)
    is_accessible(made)
    assert len(made) < 300_000
    assert media_box(made) == pytest.approx((595.3, 841.9), abs=0.1)
    assert media_box(make_pdf(clinician, stored, kind, "letter")) == pytest.approx((612, 792))
    metadata = inside(made).partition(b"<x:xmpmeta")[2].partition(b"</x:xmpmeta>")[0]
    assert stored.id.encode() in metadata
    assert b"Wilhelmine" not in metadata


def test_the_letter_as_pdf_holds_the_own_words(
    clinician: Browser, stored: StoredAssessment
) -> None:
    make_pdf(clinician, stored, "referral")
    short = clinician.submit(f"{place(stored)}/pdf", {"words": "Please see her."})
    long = clinician.submit(f"{place(stored)}/pdf", {"words": "line\n" * 250})
    assert short.headers["content-type"] == long.headers["content-type"] == "application/pdf"
    assert pages(short.content) == 1
    assert pages(long.content) > 1
    assert "Wilhelmine" not in str(short.headers)


def test_without_pango_the_page_remains(
    clinician: Browser, stored: StoredAssessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise pdf.NoPdf("PDFs need Pango.", "apt install it.")

    monkeypatch.setattr(pdf, "_engine", missing)
    assert "PDFs need Pango. apt install it." in page(clinician, stored, "full")
    assert "/pdf" not in page(clinician, stored, "full") + page(clinician, stored)
    answer = clinician.get(f"{place(stored)}/pdf")
    assert answer.status_code == 501
    assert "apt install it." in answer.text


def test_who_may_print(web: Web, stored: StoredAssessment) -> None:
    assert web.as_("therapist").get(place(stored)).status_code == 200
    for kind in ("administrator", "patient"):
        assert web.as_(kind).get(place(stored)).status_code == 403
    assert web.as_("nobody").get(place(stored)).status_code == 303
    assert web.as_("clinician").get(place(stored, "other")).status_code == 422
    elsewhere = msgspec.structs.replace(stored, person=web.other)
    assert web.as_("clinician").get(place(elsewhere)).status_code == 404


def test_printing_is_in_the_trail(web: Web, clinician: Browser, stored: StoredAssessment) -> None:
    page(clinician, stored, "patient")
    with web.store.reading() as tx:
        (last, *_) = tx.audit.of(f"person:{stored.person}")
    assert (last.action, last.actor) == ("assessment.print", web.users["clinician"].id)
    assert last.detail == {"assessment": stored.id, "kind": "patient"}


CASES = sorted((files("kinechain") / "examples/demonstration").iterdir(), key=lambda one: one.name)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda one: one.name.partition(".")[0])
def test_a_letter_is_one_page_and_the_patients_page_two(
    web: Web, clinician: Browser, case: object
) -> None:
    content = yaml.safe_load(case.read_text("utf-8"))  # type: ignore[attr-defined]
    begun = Records(web.store, web.sources).begin(
        content["name"], web.users["clinician"].id, is_demonstration=True,
        facts=facts_of(content["record"]),
    )  # fmt: skip
    stored = assessed(web, begun.id)
    assert "A published case, not a patient." in page(clinician, stored, "full")
    for paper in ("A4", "letter"):
        assert pages(make_pdf(clinician, stored, "referral", paper)) == 1
    assert pages(make_pdf(clinician, stored, "patient")) <= 2
    assert pages(make_pdf(clinician, stored, "full")) <= 8
