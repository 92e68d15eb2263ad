"""Health factors under diseases and under findings."""

from __future__ import annotations

import pytest

from kinechain.domain.case import Observation
from tests.unit.intake.made_up import read, said


@pytest.mark.parametrize(
    ("text", "factors", "traits"),
    [
        ("peptic_ulcer", ("peptic_ulcer",), set[str]()),
        ("Stomach ulcer", ("peptic_ulcer",), set[str]()),
        ("bleeding stomach ulcer in 2019", ("peptic_ulcer",), set[str]()),
        ("diabetes", ("diabetes",), {"diabetes"}),
        ("badly controlled diabetes", ("diabetes",), {"diabetes"}),
        ("OSA", ("sleep_apnoea",), set[str]()),
        ("smoking", (), {"smoking"}),
    ],
)
def test_diseases(text: str, factors: tuple[str, ...], traits: set[str]) -> None:
    reading = read(f"diseases: [{text}]")
    assert reading.case.factors == factors
    assert {one.finding for one in reading.case.observations} == traits
    assert {issue.level for issue in reading.issues} <= {"info"}


def test_a_condition_stays_a_known_condition() -> None:
    case = read("diseases: [knee osteoarthritis, frail]").case
    assert case.known_conditions == ("knee_osteoarthritis",)
    assert case.factors == ("frailty",)


def test_a_misspelled_factor_is_used() -> None:
    reading = read("diseases: [peptic_ulcre]")
    assert reading.case.factors == ("peptic_ulcer",)
    assert said(reading, "warning") == [
        "The disease must be known. Got 'peptic_ulcre'. It is read as peptic_ulcer for now."
    ]


def test_several_factors_inside_one_text_are_a_warning() -> None:
    reading = read("diseases: [frail with stomach ulcer]")
    assert set(reading.case.factors) == {"frailty", "peptic_ulcer"}
    assert "was read as peptic_ulcer (Peptic ulcer) and as frailty" in said(reading, "warning")[0]


def test_denied_diseases_do_not_count() -> None:
    assert read("diseases: [no stomach ulcer]").case.factors == ()
    reading = read("diseases: [{peptic_ulcer: no}]")
    assert reading.case.factors == ()
    assert reading.has_errors


def test_findings_present_and_absent() -> None:
    reading = read("findings: {present: [frailty, limp: left], absent: [stomach ulcer, OSA]}")
    assert reading.case.factors == ("frailty",)
    assert reading.case.factors_absent == ("peptic_ulcer", "sleep_apnoea")
    assert [one.finding for one in reading.case.observations] == ["limp"]
    assert {issue.level for issue in reading.issues} == {"info"}


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("name", ["diabetes", "urinary_retention"])
def test_one_name_of_both_is_both(name: str, state: str) -> None:
    case = read(f"findings: {{{state}: [{name}]}}").case
    assert case.observations == (Observation(finding=name, state=state),)  # type: ignore[arg-type]
    assert (case.factors, case.factors_absent) == (
        ((name,), ()) if state == "present" else ((), (name,))
    )


def test_no_fever_does_not_mean_no_infection() -> None:
    reading = read("findings: {absent: [fever], present: [night_pain]}")
    assert (reading.case.factors, reading.case.factors_absent) == ((), ())
    assert reading.issues == ()


def test_a_misspelled_finding_that_is_a_synonym_of_a_factor_stays_a_finding() -> None:
    case = read("findings: {present: [feverr]}").case
    assert [one.finding for one in case.observations] == ["fever"]


def test_a_misspelled_factor_among_the_findings() -> None:
    reading = read("findings: {present: [slep apnoea], absent: [peptic_ulcre]}")
    assert reading.case.factors == ("sleep_apnoea",)
    assert reading.case.factors_absent == ()
    assert said(reading, "error") == [
        "The finding must be known. Got 'slep apnoea'. It is read as sleep_apnoea for now.",
        "The finding must be known. Got 'peptic_ulcre'.",
    ]


def test_a_factor_with_a_side() -> None:
    reading = read("findings: {present: [frailty: left], absent: [sleep_apnoea: left]}")
    assert reading.case.factors == ("frailty",)
    assert reading.case.factors_absent == ()
    assert said(reading, "error")[0] == (
        "The side of frailty must be left out, because it concerns the whole person. Got 'left'."
    )


def test_present_outweighs_absent() -> None:
    reading = read("diseases: [frailty]\nfindings: {absent: [frailty]}")
    assert reading.case.factors == ("frailty",)
    assert reading.case.factors_absent == ()
    (issue,) = [one for one in reading.issues if one.level == "error"]
    assert issue.message == (
        "The record of frailty must be either present or absent. Got frailty present on line 1 "
        "and frailty absent on line 2."
    )
    assert issue.remedy == "delete the wrong one; until then it is taken as present"


def test_trait_and_factor_contradict_themselves_once() -> None:
    reading = read("diseases: [diabetes]\nfindings: {absent: [diabetes]}")
    assert len(said(reading, "error")) == 1
    assert reading.case.factors == ("diabetes",)
