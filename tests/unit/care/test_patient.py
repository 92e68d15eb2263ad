"""The page that the patient takes home, and how easy it is to read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kinechain.care.readability import grade, reading_age, syllables
from kinechain.domain.care import Contraindication
from kinechain.domain.case import Case, Pain
from kinechain.domain.plan import PatientPage
from kinechain.knowledge import load_knowledge
from tests.support.care import (
    BACK,
    KNEE,
    drafted,
    flag,
    knowledge_of,
    question,
    result_of,
    said,
    treatment,
)

ALWAYS = ["What we think", "Call us the same day if", "When to come back", "Go to hospital now if"]
CASE = Case(id="x", as_of=date(2026, 11, 22), pain=(Pain(site="low_back"),))


def page(*treatments: Any, **more: Any) -> PatientPage:
    given: dict[str, Any] = {"case": CASE, "results": (result_of(BACK, 0.6),), **more}
    return drafted(*treatments, **given).patient_page


def headings(found: PatientPage) -> list[str]:
    return [one.heading for one in found.sections]


def section(found: PatientPage, heading: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    (one,) = [one for one in found.sections if one.heading == heading]
    return one.sentences, one.points


def own(name: str, **more: Any) -> Any:
    return treatment(name, said(conditions=(BACK,)), **{"plain": f"do {name}", **more})


def test_the_page_of_a_person_with_little_to_say_is_complete() -> None:
    found = page()
    assert headings(found) == ALWAYS
    assert found.title == "Your plan"
    for heading in ("Call us the same day if", "Go to hospital now if"):
        assert section(found, heading)[1]


def test_all_sections_stand_in_order() -> None:
    refused = Contraindication(factor="diabetes", severity="absolute", why="h", reason="r")
    case = Case(id="x", pain=(Pain(site="low_back"),), factors=("diabetes",))
    found = page(
        own("walk"), own("press", role="physical_therapist"), own("cut", step=3, kind="drug"),
        own("pill", kind="drug", contraindications=(refused,)),
        case=case, flags=(
            flag("meningitis", "emergency_now", name="headache_fever_meningism"),
            flag("spinal_infection", "same_day", name="spinal_infection_fever"),
        ),
    )  # fmt: skip
    assert headings(found)[:3] == ["Go to hospital now", "See a doctor today", "What we think"]
    assert headings(found)[3:] == ["What is not safe for you now", *ALWAYS[1:]]
    known = load_knowledge().red_flags
    (sign,) = section(found, "Go to hospital now")[1]
    assert sign.rstrip(".").lower() == known["headache_fever_meningism"].plain.lower().rstrip(".")  # type: ignore[union-attr]
    calm = page(own("walk"), own("press", role="physical_therapist"), own("cut", step=3))
    assert headings(calm) == [
        "What we think", "What you can do", "What we can do with you", "What may come later",
        *ALWAYS[1:],
    ]  # fmt: skip
    assert section(calm, "What you can do")[1] == ("Do walk.",)
    assert section(calm, "What we can do with you")[1] == ("Do press.",)
    assert section(calm, "What may come later")[0][0] == "Give this plan 6 weeks."


def test_an_alert_by_probability_alone_sends_nobody_to_hospital() -> None:
    found = page(flags=(flag("meningitis", basis="probability"),))
    assert headings(found)[0] == "What we think"


def test_what_is_thought_is_said_with_its_doubt() -> None:
    plain = load_knowledge().conditions
    results = (result_of(BACK, 0.6), result_of("lumbar_spinal_stenosis", 0.35))
    sentences, points = section(page(results=results), "What we think")
    assert plain[BACK].plain in sentences
    assert points == (plain["lumbar_spinal_stenosis"].plain,)
    assert "It could also be one of these:" in sentences
    alone, none = section(page(), "What we think")
    assert "It could also be one of these:" not in alone
    assert none == ()
    assert section(page(results=()), "What we think")[0] == (
        "We do not know yet where your pain comes from.",
    )
    turned = {BACK: (0.6, 0.01), KNEE: (0.01, 0.9)}
    unsure = page(own("walk"), results=(result_of(BACK, 0.6), result_of(KNEE, 0.01)),
                  following=(question(turned, {}),))  # fmt: skip
    assert "The answers may change this plan." in section(unsure, "What we think")[0][2]


def test_it_says_when_to_come_back() -> None:
    assert section(page(), "When to come back")[0][0] == "Come back on or before 2027-01-03."
    undated = Case(id="x", pain=CASE.pain)
    assert section(page(case=undated), "When to come back")[0][0] == "Come back in 6 weeks."
    slow = page(case=undated, results=(result_of(KNEE, 0.6),))
    assert section(slow, "When to come back")[0][0] == "Come back in 12 weeks."


def test_signs_are_those_of_the_painful_regions() -> None:
    flags = load_knowledge().red_flags
    conditions = load_knowledge().conditions
    saddle = section(page(), "Go to hospital now if")[1]
    signs = {
        (one.plain or "").rstrip(".").lower(): one
        for one in flags.values()
        if one.urgency == "emergency_now"
    }
    for sign in saddle:
        flag_ = signs[sign.rstrip(".").lower()]
        assert "lumbar" in conditions[flag_.condition].regions
    ankle = page(case=Case(id="x", pain=(Pain(site="ankle_lateral"),)), results=())
    assert section(ankle, "Go to hospital now if")[1] != saddle


def test_without_any_flag_the_page_still_says_when_to_go() -> None:
    known = knowledge_of(red_flags={})
    found = page(known=known)
    assert section(found, "Go to hospital now if")[1]
    assert section(found, "Call us the same day if")[1]


def test_at_most_six_points_and_what_is_recommended_first() -> None:
    weak = treatment("aaa", said("for", "conditional", conditions=(BACK,)), plain="Weak.")
    found = page(weak, *(own(f"b{place}") for place in range(7)))
    assert section(found, "What you can do")[1] == tuple(f"Do b{place}." for place in range(6))


PLATYPUS = "The Australian platypus is seemingly a hybrid of a mammal and reptilian creature."
"""Published with 13 words, 24 syllables and grade 11.3."""
LEAFLET = "Go to hospital now. You cannot feel your leg."
"""4 + 5 words; 6 + 6 syllables: 0.39 * 9 / 2 + 11.8 * 12 / 9 - 15.59 = 1.898."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [(PLATYPUS, 11.3), (LEAFLET, 1.9), ("", 0.0), ("12 - 34.", 0.0)],
)
def test_the_grade_is_that_of_the_published_formula(text: str, expected: float) -> None:
    assert grade(text) == pytest.approx(expected, abs=0.05)
    assert reading_age(text) == pytest.approx(6 + expected, abs=0.06)


def test_a_line_ends_a_sentence_and_an_abbreviated_word_is_one() -> None:
    assert grade("Go to hospital now\nYou cannot feel your leg") == grade(LEAFLET)
    assert grade("Don't go.") == grade("Dont go.")


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("leg", 1), ("use", 1), ("table", 2), ("needed", 2), ("started", 2), ("helped", 1),
        ("the", 1), ("surgery", 3), ("eye", 1), ("knee", 1), ("rhythm", 1),
    ],
)  # fmt: skip
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == syllables(word.upper()) == count
