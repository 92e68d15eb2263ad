"""The plan for a terminal: narrow, the urgent first, without harm."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from kinechain.domain.plan import Plan
from kinechain.report import plan_terminal, sections, terminal
from tests.unit.report import hostile_plan, invented, invented_plan

PLANS = {"whole": invented_plan.plan, "hostile": hostile_plan.plan}
EACH = pytest.mark.parametrize("make", PLANS.values(), ids=PLANS)


def rendered(plan: Plan, width: int = 80, *, colour: bool = False) -> str:
    view, sources = sections.plan_report(plan, invented.extras())
    return plan_terminal.render(view, sources, width=width, colour=colour)


def for_patient(plan: Plan, width: int = 80) -> str:
    view, _ = sections.plan_report(plan, invented.extras())
    return plan_terminal.render_patient(view, width=width)


@EACH
@pytest.mark.parametrize("width", range(50, 111, 5))
def test_no_line_is_too_long(make: Callable[[], Plan], width: int) -> None:
    for shown in (rendered(make(), width), for_patient(make(), width)):
        assert max(map(len, shown.splitlines())) <= width


def test_red_flags_come_first() -> None:
    shown = rendered(invented_plan.plan())
    order = [
        "WHAT CANNOT WAIT",
        "Possible cauda equina syndrome",
        "Possible spinal malignancy",
        "DRUGS TO LOOK AT NOW",
        "FOR THESE ORIGINS",
        "FIRST",
        "RECOMMENDED",
        "NOT SAFE FOR THIS PERSON NOW",
        "ADVISED AGAINST",
        "WHO DOES WHAT",
        "SOURCES",
    ]
    places = [shown.index(title) for title in order]
    assert places == sorted(places)


def test_every_treatment_appears() -> None:
    plan = invented_plan.plan()
    shown = rendered(plan)
    assert all(one.label in shown for one in plan.treatments)


@EACH
def test_is_plain_unless_colour_is_asked_for(make: Callable[[], Plan]) -> None:
    for shown in (rendered(make()), for_patient(make())):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert "\x1b[" in rendered(make(), colour=True)


def test_hostile_text_is_text() -> None:
    coloured = rendered(hostile_plan.plan(), colour=True)
    assert "\x1b[2J" not in coloured
    assert "\u202e" not in coloured
    assert "[bold" in coloured.replace("\n", " "), "markup from a record is shown, not obeyed"


def test_the_patients_page_has_every_section() -> None:
    plan = invented_plan.plan()
    shown = for_patient(plan)
    for one in plan.patient_page.sections:
        assert one.heading.upper() in shown
        assert all(text in shown for text in (*one.sentences, *one.points))


def test_the_assessment_shows_the_plan_in_short() -> None:
    shown = terminal.render(invented.assessment(), invented.extras(), plan=invented_plan.plan())
    place = shown[shown.index("\nPLAN\n") : shown.index("\nISSUES\n")]
    words = re.sub(r" \[[\d, ]+\]", "", " ".join(place.split()))
    assert "Recommended: Invented emergency, Invented walking" in words
    assert "Not safe for this person now: Invented tablet" in words
    cited = {int(one) for one in re.findall(r"\d+", " ".join(re.findall(r"\[([\d, ]+)\]", place)))}
    listed = {int(one) for one in re.findall(r"^ *\[(\d+)\]", shown, re.MULTILINE)}
    assert cited
    assert cited <= listed, "what is cited is listed"
