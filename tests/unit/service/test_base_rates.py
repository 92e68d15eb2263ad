"""Base rates in use: the case of the clinic, and what the reader is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinechain.intake import parse_case
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.knowledge.base_rates import BaseRates, Rate
from kinechain.service.assess import assess
from kinechain.service.base_rates import clinic_knowledge, in_clinic, told
from tests.unit.knowledge.test_base_rates import GOOD

CASE = "age: 45\npain:\n- {site: low_back}\n- {site: calf, side: left}\n"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture
def rated(tmp_path: Path, knowledge: Knowledge) -> tuple[Knowledge, BaseRates]:
    path = tmp_path / "rates.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return clinic_knowledge(path, knowledge)


def test_an_assessment_with_them(knowledge: Knowledge, rated: tuple[Knowledge, BaseRates]) -> None:
    own, rates = rated
    reading = parse_case(CASE, knowledge)
    here = assess(in_clinic(reading, rates, knowledge), own, draws=20)
    before = assess(reading, knowledge, draws=20)
    assert here.knowledge_version == own.version != before.knowledge_version
    (issue,) = [one for one in here.issues if one.where == "base rates"]
    assert issue.level == "info"
    disc = [
        next(one.present for one in result.conditions if one.condition == "lumbar_disc_herniation")
        for result in (before, here)
    ]
    assert disc[0] < disc[1]
    assert not [one for one in here.issues if one.level == "error"]


def test_the_setting_of_the_file_is_that_of_a_case_without(
    knowledge: Knowledge, rated: tuple[Knowledge, BaseRates]
) -> None:
    _, rates = rated
    found = in_clinic(parse_case(CASE, knowledge), rates, knowledge)
    assert found.case.setting == "primary_care"
    assert [one.level for one in found.issues if one.where == "base rates"] == ["info"]


def test_another_setting_of_the_case_stays_and_is_told(
    knowledge: Knowledge, rated: tuple[Knowledge, BaseRates]
) -> None:
    _, rates = rated
    found = in_clinic(parse_case(CASE + "setting: spine_clinic\n", knowledge), rates, knowledge)
    assert found.case.setting == "spine_clinic"
    (warning,) = [one for one in found.issues if one.level == "warning"]
    assert "(primary care)" in warning.message
    assert "(spine clinic)" in warning.message
    same = in_clinic(parse_case(CASE + "setting: primary_care\n", knowledge), rates, knowledge)
    assert not [one for one in same.issues if one.level == "warning"]


def test_a_file_without_a_setting_leaves_the_case_alone(knowledge: Knowledge) -> None:
    rate = Rate(value=0.1, low=0.1, high=0.1)
    rates = BaseRates(source="x", conditions={next(iter(knowledge.conditions)): rate})
    reading = parse_case(CASE, knowledge)
    assert in_clinic(reading, rates, knowledge).case == reading.case


def test_what_is_told(knowledge: Knowledge) -> None:
    rate = Rate(value=0.125, low=0.1, high=0.15)
    names = list(knowledge.conditions)
    one = told(BaseRates(source="our list", conditions={names[0]: rate}), knowledge)
    base = knowledge.conditions[names[0]].prior.base.value
    assert "1 condition is the clinic's own (our list)" in one.message
    assert f"{knowledge.label(names[0])} 12 % instead of {100 * base:.2g} %" in one.message
    many = told(BaseRates(source="our list", conditions=dict.fromkeys(names[:8], rate)), knowledge)
    assert "8 conditions are" in many.message
    assert many.message.endswith("and 3 more.")
