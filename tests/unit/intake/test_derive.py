"""What follows from values, from height and weight, and from the pain."""

from __future__ import annotations

from math import exp, log

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinechain.domain.case import Observation
from kinechain.domain.concepts import Derive, Soft
from kinechain.domain.estimate import Estimate
from kinechain.intake import parse_case
from kinechain.intake.derive import likelihood_ratio
from kinechain.knowledge import Knowledge
from tests.unit.intake.made_up import KNOWLEDGE


def figure(value: float) -> Estimate:
    return Estimate(value=value, low=value, high=value, basis="judgement", reason="made up")


def soft(mean_with: float, mean_without: float, sd: float, cap: float) -> Soft:
    return Soft(quantity="gait_speed", mean_with=figure(mean_with),
                mean_without=figure(mean_without), sd=figure(sd), cap=cap)  # fmt: skip


def with_finding(name: str, **changes: object) -> Knowledge:
    """The shipped knowledge with one finding changed."""
    finding = msgspec.structs.replace(KNOWLEDGE.findings[name], **changes)
    return msgspec.structs.replace(KNOWLEDGE, findings={**KNOWLEDGE.findings, name: finding})


def found(text: str, name: str, knowledge: Knowledge = KNOWLEDGE) -> list[Observation]:
    observations = parse_case(text, knowledge).case.observations
    return [one for one in observations if one.finding == name]


def states(text: str, name: str, knowledge: Knowledge = KNOWLEDGE) -> list[tuple[str, str]]:
    return sorted((one.side, one.state) for one in found(text, name, knowledge))


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        ("esr: 20 mm/h", "raised_esr", "present"),
        ("esr: 19.9 mm/h", "raised_esr", "absent"),
        ("crp: 1 mg/dL", "raised_crp", "present"),
        ("systolic_blood_pressure: 90 mmHg", "hypotension", "present"),
        ("systolic_blood_pressure: 91 mmHg", "hypotension", "absent"),
        ("body_mass_index: 27 kg/m2", "overweight", "present"),
        ("body_mass_index: 31 kg/m2", "overweight", "absent"),
    ],
)
def test_value_decides(value: str, name: str, expected: str) -> None:
    assert states(f"values: [{value}]", name) == [("midline", expected)]


def test_any_measurement_that_reaches_the_bound_counts() -> None:
    assert states("values: [{esr: 14 mm/h}, {esr: 60 mm/h}]", "raised_esr") == [
        ("midline", "present")
    ]


def test_sides_of_a_value() -> None:
    text = ("values:\n- {quantity: hip_internal_rotation, value: 10, unit: deg, side: left}\n"
            "- {quantity: hip_internal_rotation, value: 30, unit: deg, side: right}")  # fmt: skip
    name = "hip_internal_rotation_limited"
    assert states(text, name) == [("left", "present"), ("right", "absent")]
    assert states(text.replace(", side: right", ""), name) == [("left", "present")]


def test_height_and_weight() -> None:
    text = "height: 178 cm\nweight: 100 kg\npain: [low_back]"
    case = parse_case(text, KNOWLEDGE).case
    assert case.measurements[0].quantity == "body_mass_index"
    assert case.measurements[0].value == pytest.approx(31.56, abs=0.01)
    assert states(text, "obesity") == [("midline", "present")]


def test_record_outweighs_what_follows() -> None:
    text = "values: [{esr: 88 mm/h}]\nfindings: {absent: [raised_esr]}"
    assert states(text, "raised_esr") == [("midline", "absent")]
    agreeing = "values: [{esr: 88 mm/h}]\nfindings: {present: [raised_esr]}"
    assert found(agreeing, "raised_esr")[0].derived_from is None
    assert parse_case(agreeing, KNOWLEDGE).issues == ()


def test_record_outweighs_a_drug() -> None:
    text = "drugs: [warfarin]\nfindings: {absent: [anticoagulant]}"
    assert states(text, "anticoagulant") == [("midline", "absent")]


def pain(words: str) -> str:
    return f"pain: [{{site: knee, side: left, {words}}}]"


def test_onset_and_quality() -> None:
    assert states(pain("onset: sudden"), "sudden_onset") == [("midline", "present")]
    assert states(pain("onset: gradual"), "sudden_onset") == [("midline", "absent")]
    assert states(pain("intensity: 5"), "sudden_onset") == []
    assert states(pain("quality: burning"), "burning_pain") == [("midline", "present")]
    assert states(pain("quality: aching"), "burning_pain") == []


def test_longstanding_pain_says_nothing_of_a_new_one() -> None:
    text = (
        "pain:\n- {site: knee, side: left, onset: gradual}\n"
        "- {site: low_back, onset: sudden, course: longstanding}"
    )
    assert states(text, "sudden_onset") == [("midline", "absent")]


def test_duration_and_sites() -> None:
    derive = Derive(duration_at_least_weeks=12, sites=("knee",))
    knowledge = with_finding("knee_crepitus", derive=derive)
    at = "knee_crepitus"
    assert states(pain("duration: 4 months"), at, knowledge) == [("left", "present")]
    assert states(pain("duration: 2 weeks"), at, knowledge) == [("left", "absent")]
    assert states(pain("intensity: 5"), at, knowledge) == []
    both = "pain: [{site: knee_medial, side: both, duration: 1 year}]"
    assert states(both, at, knowledge) == [("left", "present"), ("right", "present")]
    assert states("pain: [{site: low_back, duration: 1 year}]", at, knowledge) == []
    assert states("pain: [{site: knee, duration: 1 year}]", at, knowledge) == [
        ("unknown", "present")
    ]


def test_soft_evidence_of_a_value() -> None:
    knowledge = with_finding("gait_speed_slow", soft=soft(0.8, 1.2, 0.2, 20), derive=None)
    (slow,) = found("values: [gait_speed: 0.9 m/s]", "gait_speed_slow", knowledge)
    assert slow.state == "present"
    assert slow.likelihood_ratio == pytest.approx(exp((0.8 - 1.2) / 0.04 * (0.9 - 1.0)))
    (fast,) = found("values: [gait_speed: 1.1 m/s]", "gait_speed_slow", knowledge)
    assert fast.state == "absent"
    assert fast.likelihood_ratio == pytest.approx(1 / slow.likelihood_ratio)
    text = "values: [gait_speed: 0.5 m/s]\nfindings: {absent: [gait_speed_slow]}"
    (record,) = found(text, "gait_speed_slow", knowledge)
    assert record.likelihood_ratio is None


@given(
    value=st.floats(-100, 100), more=st.floats(0, 10), with_=st.floats(-5, 5),
    without=st.floats(-5, 5), sd=st.floats(0.1, 5), cap=st.floats(1.1, 100),
)  # fmt: skip
def test_likelihood_ratio_is_that_of_two_normals_capped_and_monotone(
    value: float, more: float, with_: float, without: float, sd: float, cap: float
) -> None:
    one = soft(with_, without, sd, cap)
    ratio = likelihood_ratio(one, value)
    exact = ((value - without) ** 2 - (value - with_) ** 2) / (2 * sd**2)
    assert log(ratio) == pytest.approx(max(-log(cap), min(log(cap), exact)), abs=1e-6)
    assert 1 / cap <= ratio * (1 + 1e-9)
    assert ratio <= cap * (1 + 1e-9)
    rising = likelihood_ratio(one, value + more) >= ratio * (1 - 1e-9)
    falling = likelihood_ratio(one, value + more) <= ratio * (1 + 1e-9)
    assert rising if with_ >= without else falling
