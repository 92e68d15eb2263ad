"""The page of a plan: complete, without harm, accessible, and it prints."""

from __future__ import annotations

import base64
import hashlib
import inspect
import itertools
import re
from collections.abc import Callable
from typing import get_args

import msgspec
import pytest

from kinechain.care import patient
from kinechain.domain.plan import PatientSection, Plan, Status
from kinechain.report import html, plan_html, sections
from tests.unit.report import hostile_plan, invented, invented_plan
from tests.unit.report.test_renderers import ADDRESSES, Page, contrast


def rendered(plan: Plan) -> str:
    return plan_html.render(*sections.plan_report(plan, invented.extras()))


def bare() -> Plan:
    """A plan that knows nothing."""
    return msgspec.structs.replace(
        invented_plan.plan(), as_of=None, urgent=(), origins=(), first_tests=(), meanwhile=(),
        parts=(), treatments=(), approvals=(), would_change=(), history=(), medication_review=(),
    )  # fmt: skip


PLANS = {"whole": invented_plan.plan, "hostile": hostile_plan.plan, "bare": bare}
EACH = pytest.mark.parametrize("make", PLANS.values(), ids=PLANS)


def section(page: str, identifier: str) -> str:
    """The part of the page under one heading."""
    return page.split(f'<h2 id="{identifier}"')[1].split("</section>")[0]


def test_says_what_matters() -> None:
    page = rendered(invented_plan.plan()).replace("\xa0", " ")
    for expected in (
        "Knee osteoarthritis",
        "62 %",
        "40 to 80 %",
        "Not firm yet",
        "the radiograph is not known",
        "Radiograph of the knee",
        "adds Invented brace",
        "takes an invented drug now",
        "Dr Invented",
        "worst pain",
        "by 2027-01-03",
        "a new red flag",
        "version 2 of 2026-11-22",
        "An invented guideline on what cannot wait",
    ):
        assert expected in page, expected


@EACH
def test_is_well_formed_and_accessible(make: Callable[[], Plan]) -> None:
    page = Page(rendered(make()))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for reference in (attributes.get("aria-labelledby") or "").split():
            assert reference in ids
        target = attributes.get("href") or ""
        if target.startswith("#"):
            assert target[1:] in ids
    for landmark in ("header", "nav", "main", "footer", "h1"):
        assert len(page.all(landmark)) == 1, landmark
    assert page.all("html")[0]["lang"] == "en"
    assert all(header.get("scope") for header in page.all("th"))
    headings = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert headings[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(headings))
    assert len(page.all("details")) == len(page.all("summary"))


@EACH
def test_refers_to_nothing_outside_and_runs_nothing(make: Callable[[], Plan]) -> None:
    page = rendered(make())
    for tag, attributes in Page(page).elements:
        assert tag not in {"script", "img", "iframe", "object", "link", "form"}
        for name, value in attributes.items():
            assert name != "style", "inline style is barred by the policy"
            assert not name.startswith("on")
            assert name not in ADDRESSES or (tag == "a" and name == "href"), f"{tag} {name}={value}"
    assert "@import" not in page
    assert "<script" not in page


def test_policy_admits_its_own_style_only() -> None:
    page = rendered(invented_plan.plan())
    found = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert found is not None
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    policies = [m for m in Page(page).all("meta") if m.get("http-equiv")]
    assert [one["http-equiv"] for one in policies] == ["Content-Security-Policy"]
    policy = policies[0]["content"] or ""
    assert policy.startswith("default-src 'none'")
    assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_nothing_hostile_gets_through() -> None:
    page = rendered(hostile_plan.plan())
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "{{7*7}}" in page, "text from a record is not a template"
    assert "javascript:" not in page


def test_what_cannot_wait_comes_first_and_the_most_urgent_before_the_rest() -> None:
    page = rendered(invented_plan.plan())
    titles = [re.sub(r"<.*?>", "", t) for t in re.findall(r"<h2[^>]*>(.*?)</h2>", page)]
    assert titles == [
        "Cannot wait",
        "Drugs to look at now",
        "Likely origins",
        "Test first",
        "Safe meanwhile",
        "Now",
        "Not safe now",
        "Step 1 Care to start with",
        "Step 2 When active care was not enough",
        "Step 3 Operations, last of all",
        "Not safe for this person now",
        "Advised against",
        "Who does what, towards what",
        "Approvals",
        "What would change this plan",
        "Sources",
        "Your plan",
    ]
    urgent = section(page, "urgent")
    assert urgent.index("Emergency MRI now.") < urgent.index("MRI of the spine.")
    assert 'class="card band alarm" aria-labelledby="urgent"' in page
    now = section(page, "now")
    assert now.index("Invented emergency") < now.index("Invented walking")


def test_nothing_urgent_is_said_too() -> None:
    assert "Nothing raised that cannot wait." in section(rendered(bare()), "urgent")


def test_every_treatment_appears_where_it_belongs() -> None:
    plan = invented_plan.plan()
    page = rendered(plan)
    places: dict[Status, str] = {
        "contraindicated": section(page, "unsafe"),
        "not_recommended": section(page, "advised-against"),
    }
    for one in plan.treatments:
        place = places.get(one.status) or section(page, f"step-{one.step}")
        assert one.label in place, one.label
        assert plan_html.badge_words(one.status) in page
    assert "the tablet harms the kidney" in places["contraindicated"]
    assert "Invented tablet" not in section(page, "step-1")


def test_a_treatment_tells_both_sides_and_what_to_mind() -> None:
    page = rendered(invented_plan.plan())
    card = section(page, "step-1").split("<li>\n<details")[2]
    assert "Invented walking" in card
    for expected in (
        "Frailty (weigh): falls happen",
        "Do you fall?",
        "Invented brace: both load the knee",
        "Half an hour a day.",
        "sore muscles",
        "Invented as a device.",
        "MD -1.5 (-2.1 to -0.9)",
        "points of 10",
        "very low",
        "Invented Society 2021 (conditional)",
    ):
        assert expected in card, expected
    before, after = card.split("</span> Against</caption>")
    assert "Invented Society" in before
    assert "Other Body" in after.split("</table>")[0]
    assert "Superseded Body" not in page


def test_a_body_that_speaks_of_two_origins_stands_once() -> None:
    view, _ = sections.plan_report(invented_plan.plan(), invented.extras())
    said = view.groups[0].treatments[0].rows.said
    assert [(one.body, one.ranks) for one in said] == [
        ("Invented Society", (1, 2)),
        ("Other Body", (1,)),
    ]


def test_what_waits_says_what_is_missing() -> None:
    step = section(rendered(invented_plan.plan()), "step-2")
    assert "Waits for: 6 weeks of active care (none is recorded)" in step
    assert "active care brought no relief" in step


def test_approvals_can_be_signed() -> None:
    approvals = section(rendered(invented_plan.plan()), "approvals")
    assert approvals.count('<td class="line"></td>') == 2
    assert "approved by Dr Invented" in approvals


def test_the_patient_has_a_page_of_its_own() -> None:
    plan = invented_plan.plan()
    page = rendered(plan)
    place = section(page, "patient")
    for one in plan.patient_page.sections:
        assert f"<h3>{one.heading}</h3>" in place
        assert all(text in place for text in (*one.sentences, *one.points))
    assert re.search(r"@media print \{.*?\.patient \{\s*break-before: page", page, re.DOTALL)


@pytest.mark.parametrize(
    ("heading", "tone"),
    [
        ("Go to hospital now", "alarm"),
        ("Go to hospital now if", "alarm"),
        ("See a doctor today", "warn"),
        ("Call us the same day if", "warn"),
        ("What is not safe for you now", "warn"),
        ("What you can do", "doing"),
        ("When to come back", "calm"),
    ],
)
def test_headings_of_the_patients_page_look_as_urgent_as_they_are(heading: str, tone: str) -> None:
    assert plan_html.tone(PatientSection(heading=heading)) == tone
    assert f'heading="{heading}"' in inspect.getsource(patient), "care words it so"


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast_is_enough(scheme: int) -> None:
    blocks = re.findall(r":root \{(.*?)\}", rendered(bare()), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[scheme]))
    pairs = [("calm", "card"), ("warn", "card"), ("alarm", "card"), ("o1", "card"), ("on", "calm")]
    pairs += [("ink", f"{tone}-soft") for tone in ("alarm", "warn", "calm")]
    for front, back in pairs:
        assert contrast(colours[front], colours[back]) >= 4.5, (front, back)


def test_every_status_has_its_badge() -> None:
    assert len({plan_html.badge_words(one) for one in get_args(Status)}) == len(get_args(Status))


def test_the_assessment_shows_the_plan_in_short() -> None:
    page = html.render(invented.assessment(), invented.extras(), invented_plan.plan())
    short = section(page, "plan")
    for expected in (
        "Not firm yet",
        "Radiograph of the knee",
        "Invented walking",
        "<strong>Against:</strong> Other Body 2019",
        "the tablet harms the kidney",
        "6 weeks of active care",
    ):
        assert expected in short, expected
    Page(page)
    assert page.index('id="next"') < page.index('id="plan"') < page.index('id="issues"')
    assert 'id="plan"' not in html.render(invented.assessment(), invented.extras())
