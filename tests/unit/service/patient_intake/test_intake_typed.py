"""The patient's intake: what is typed, and the steps."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from kinechain.care.readability import reading_age
from kinechain.domain.record import Fact
from kinechain.service.clinic.intake.entered import EVERYWHERE, Entered, Since
from kinechain.service.clinic.intake.shown import overview, values_of
from kinechain.service.clinic.intake.steps import USUAL_QUESTIONS, next_step, progress, steps_of
from kinechain.service.clinic.intake.typed import READERS, TypedError
from tests.support.patient_intake import (
    KNOWLEDGE,
    OLDEST_READER,
    PLACES,
    Desk,
    form,
    typed,
)


@pytest.mark.parametrize(
    ("step", "fields", "found"),
    [
        ("birth", {"day": "2", "month": "3", "year": "1955"}, {"birth_date": "1955-03-02"}),
        ("birth", {"age": "71"}, {"age": 71}),
        ("sex", {"sex": "male"}, {"sex": "male"}),
        ("size", {"height_cm": "165,5", "weight_kg": "80"}, {"height_cm": 165.5, "weight_kg": 80}),
        ("size", {"feet": "5", "inches": "5", "pounds": "176"},
         {"height_cm": 165.1, "weight_kg": 79.8}),
        ("where", {"place": ["calf.left", "nonsense", "low_back"]},
         {"places": ("calf.left", "low_back"), "complete": False}),
        ("score-nprs", {"item-1": "6"}, {"scores": {"nprs": (6,)}}),
    ],
)  # fmt: skip
def test_what_is_typed(step: str, fields: dict[str, Any], found: dict[str, Any]) -> None:
    assert typed(step, fields) == Entered(**found)


@pytest.mark.parametrize(
    ("step", "fields", "field"),
    [
        ("birth", {}, "day"),
        ("birth", {"day": "31", "month": "2", "year": "1955"}, "day"),
        ("birth", {"day": "2", "month": "3"}, "day"),
        ("birth", {"day": "2", "month": "3", "year": "2055"}, "year"),
        ("birth", {"day": "2", "month": "3", "year": "55"}, "year"),
        ("birth", {"age": "140"}, "age"),
        ("birth", {"age": "old"}, "age"),
        ("sex", {"sex": "x"}, "sex"),
        ("size", {}, "height_cm"),
        ("size", {"height_cm": "1.65"}, "height_cm"),
        ("size", {"weight_kg": "8000"}, "weight_kg"),
        ("where", {}, "place"),
        ("score-nprs", {"item-1": "11"}, "item-1"),
        ("score-nprs", {}, "item-1"),
    ],
)
def test_what_cannot_be_used_is_told_in_plain_words(
    step: str, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(TypedError) as told:
        typed(step, fields)
    assert told.value.field == field
    assert reading_age(str(told.value)) <= OLDEST_READER


def test_the_same_at_all_places_and_then_each_by_itself() -> None:
    same = typed("kind", {"scope": "same", "kind": ["aching", "nonsense"]}, PLACES)
    assert same.about("kinds", "calf.left") == ("aching",)
    apart = typed("kind", {"scope": "apart", "kind": ["aching"]}, same)
    assert apart.kinds == {"low_back": ("aching",), "calf.left": ("aching",)}
    apart = typed("kind", {"scope": "apart", "kind:low_back": ["numb"]}, apart)
    assert apart.about("kinds", "low_back") == ("numb",)
    assert apart.about("kinds", "calf.left") is None
    assert apart.apart == ("kinds",)
    again = typed("kind", {"scope": "same"}, apart)
    assert again.kinds == {EVERYWHERE: ("numb",)}
    assert again.apart == ()


def test_how_long() -> None:
    found = typed("since", {"number": "1", "unit": "weeks"}, PLACES)
    assert found.since[EVERYWHERE].words == "1 week"
    assert Since(2.5, "years").words == "2.5 years"
    for fields in ({"number": "3"}, {"number": "0", "unit": "days"}, {"number": "x"},
                   {"number": "80", "unit": "years"}, {}):  # fmt: skip
        with pytest.raises(TypedError):
            typed("since", fields, replace(PLACES, age=71))


def test_where_it_spreads() -> None:
    found = typed("spread", {"from": "calf.left", "place": ["foot_plantar.left"]}, PLACES)
    assert (found.spread_from, found.spread_to) == ("calf.left", ("foot_plantar.left",))
    found = replace(found, kinds={"calf.left": ("numb",), "low_back": ("dull",)})
    assert found.about("kinds", "foot_plantar.left") == ("numb",)
    assert found.all_places == ("low_back", "calf.left", "foot_plantar.left")
    assert typed("spread", {"none": "1"}, found).spread_to == ()
    with pytest.raises(TypedError):
        typed("spread", {"from": "low_back", "place": ["low_back"]}, PLACES)


def test_the_screens_show_what_was_entered() -> None:
    entered = PLACES
    given: dict[str, dict[str, Any]] = {
        "birth": {"day": "2", "month": "3", "year": "1955"},
        "sex": {"sex": "female"},
        "size": {"height_cm": "165", "weight_kg": "80"},
        "where": {"place": ["low_back", "calf.left"], "complete": ["yes"]},
        "spread": {"from": "low_back", "place": ["foot_plantar.left"]},
        "strength": {"strength:low_back": "6", "strength:calf.left": "7"},
        "kind": {"scope": "apart", "kind:low_back": ["numb"], "kind:calf.left": ["sharp"]},
        "since": {"scope": "same", "number": "6", "unit": "weeks"},
        "began": {"scope": "same", "began": "gradual"},
    }
    for step in READERS:
        entered = typed(step, given[step], entered)
    for step, fields in given.items():
        assert values_of(step, entered) == form(fields), step
    screens, _ = overview(entered, tuple(given), KNOWLEDGE)
    assert [line.words for line in screens] == [
        "2 March 1955", "Female", "165 cm, 80 kg", "low back; left calf. Nowhere else",
        "From low back to sole of the left foot", "low back: 6 of 10; left calf: 7 of 10",
        "low back: numb; left calf: sharp", "6 weeks", "Slowly, bit by bit",
    ]  # fmt: skip
    empty, _ = overview(Entered(), tuple(given), KNOWLEDGE)
    assert {line.words for line in empty} == {"not answered"}


def test_the_record_is_not_asked_for_what_it_has(desk: Desk) -> None:
    view = desk.intake.look(desk.stay)
    assert view.steps == ("birth", "sex", "size", "where", "score-nprs")
    person = replace(view.patient.person, birth_date=date(1955, 3, 2), sex="female")
    size = [Fact(id=key, person=person.id, key=key, by="anna", at=person.created_at)
            for key in ("height", "weight")]  # fmt: skip
    assert steps_of(Entered(), person, size, KNOWLEDGE) == ("where", "score-nprs")
    answered_here = Entered(done=("sex",), places=("neck",))
    steps = steps_of(answered_here, person, size, KNOWLEDGE)
    assert steps[:3] == ("sex", "where", "spread")
    assert next_step(steps, replace(answered_here, done=steps)) == "questions"


def test_progress_never_goes_back() -> None:
    steps = ("birth", "where", "score-nprs")
    way = [progress(steps, one) for one in steps]
    way += [progress(steps, "questions", number) for number in range(1, USUAL_QUESTIONS + 6)]
    way += [progress(steps, "overview", USUAL_QUESTIONS + 5)]
    shares = [one.number / one.total for one in way]
    assert shares == sorted(shares)
    assert shares[-1] == 1
