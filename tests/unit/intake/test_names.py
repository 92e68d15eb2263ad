"""Looking up names, the nearest right ones, and the search."""

from __future__ import annotations

import pytest

from kinechain.intake import search
from kinechain.intake.names import Kind, Names, all_names
from kinechain.knowledge import load_knowledge

KNOWLEDGE = load_knowledge()
FINDINGS: tuple[Kind, ...] = ("finding", "trait")


@pytest.fixture
def names() -> Names:
    return Names(KNOWLEDGE)


@pytest.mark.parametrize(
    "text",
    ["straight_leg_raise", "Straight leg raise", "straight-leg-raise", "STRAIGHT LEG RAISE", "slr",
     "Lasègue"],
)  # fmt: skip
def test_case_spaces_hyphens_and_accents_do_not_matter(text: str, names: Names) -> None:
    assert [name.id for name in names.look_up(text, FINDINGS)] == ["straight_leg_raise"]


@pytest.mark.parametrize(
    ("text", "name"),
    [("saddle anesthesia", "saddle_anaesthesia"), ("pitting edema", "pitting_oedema"),
     ("paresthesia", "paraesthesia")],
)  # fmt: skip
def test_american_and_british_spellings(text: str, name: str, names: Names) -> None:
    assert [one.id for one in names.look_up(text, FINDINGS)] == [name]


@pytest.mark.parametrize("text", ["l4_5", "L4/5", "L4-L5", "l45"])
def test_levels(text: str, names: Names) -> None:
    assert [name.id for name in names.look_up(text, ("level",))] == ["l4_5"]


def test_an_id_outweighs_a_synonym(names: Names) -> None:
    for name in all_names(KNOWLEDGE):
        if name.said == "id":
            found = names.look_up(name.id, (name.kind,))
            assert [one.id for one in found] == [name.id]


def test_every_kind_is_looked_up_alone(names: Names) -> None:
    assert names.look_up("knee", ("site",))
    assert not names.look_up("knee", ("finding",))


def test_nearest(names: Names) -> None:
    assert names.nearest("strait leg raise", FINDINGS)[0] == "straight_leg_raise"
    assert set(names.nearest("cancer", FINDINGS)) >= {"history_of_cancer", "active_cancer"}
    assert names.nearest("qqqqq", FINDINGS) == ()


def test_questions_about_nearness_are_limited(names: Names) -> None:
    for number in range(40):
        names.nearest(f"strait leg raise {number}", FINDINGS)
    assert names.nearest("strait leg raise", FINDINGS) == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [("low_bakc", None), ("feverr", "fever"), ("saddel anaesthesia", "saddle_anaesthesia"),
     ("xry_hip_fracture", "xray_hip_fracture"), ("knee_examination_abnormal", None),
     ("hypertensoin", "hypertension"), ("hip_fracture", None), ("slq", None)],
)  # fmt: skip
def test_guess_only_what_is_evident(text: str, name: str | None, names: Names) -> None:
    found = names.guess(text, FINDINGS)
    assert (found.id if found else None) == name


@pytest.mark.parametrize(
    ("text", "kinds", "name"),
    [("lasegue", FINDINGS, "straight_leg_raise"), ("night pain", FINDINGS, "night_pain"),
     ("saddle", FINDINGS, "saddle_anaesthesia"), ("feverr", FINDINGS, "fever"),
     ("slipped disc", ("condition",), "lumbar_disc_herniation"), ("kneecap", ("site",),
      "knee_anterior")],
)  # fmt: skip
def test_search(text: str, kinds: tuple[Kind, ...], name: str) -> None:
    assert search(KNOWLEDGE, text, kinds)[0].id == name


def test_search_without_words_lists_everything_once() -> None:
    found = search(KNOWLEDGE)
    assert len(found) == len(KNOWLEDGE.findings) + len(KNOWLEDGE.traits)
    assert len({one.id for one in found}) == len(found)


def test_search_without_an_answer() -> None:
    assert search(KNOWLEDGE, "zzzzqqqq") == ()


def test_search_ranks_an_exact_name_first() -> None:
    for finding in list(KNOWLEDGE.findings.values())[::20]:
        assert search(KNOWLEDGE, finding.id)[0].id == finding.id
