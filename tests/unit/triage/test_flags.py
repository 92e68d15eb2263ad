"""Each shipped red flag raises where it must and keeps quiet next to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kinechain.care.readability import grade
from kinechain.domain.case import Case
from kinechain.triage import leaves, parse_rule, triage
from kinechain.triage.rules import FindingLeaf, SiteLeaf, ValueLeaf
from tests.unit.triage.compact import DATA, case, flags, labels, site_parts

CASES: dict[str, dict[str, list[dict[str, Any]]]] = yaml.safe_load(
    Path(__file__).with_name("flag_cases.yaml").read_text("utf-8")
)


def every(kind: str) -> list[Any]:
    return [
        pytest.param(flag, spec, id=f"{flag}-{index}")
        for flag, kinds in CASES.items()
        for index, spec in enumerate(kinds.get(kind, ()))
    ]


def raised(person: Case) -> dict[str, str]:
    found = triage(person, flags().values(), labels(), site_parts())
    return {flag.id: flag.status for flag in found}


def test_every_flag_has_cases_both_ways() -> None:
    assert set(CASES) == set(flags())
    assert all(set(kinds) == {"raises", "near_misses"} for kinds in CASES.values())
    assert [flag for flag, kinds in CASES.items() if min(map(len, kinds.values())) < 2] == []


@pytest.mark.parametrize(("flag", "spec"), every("raises"))
def test_raises(flag: str, spec: dict[str, Any]) -> None:
    assert raised(case(spec)).get(flag) == "raised"


@pytest.mark.parametrize(("flag", "spec"), every("near_misses"))
def test_near_miss_does_not_raise(flag: str, spec: dict[str, Any]) -> None:
    assert raised(case(spec)).get(flag) != "raised"


@pytest.mark.parametrize("flag", flags())
def test_case_words_exist_in_the_rule(flag: str) -> None:
    """A near miss made of misspelt ids would prove nothing."""
    known = {path.stem for folder in ("findings", "traits", "sites")
             for path in (DATA / folder).glob("*.yaml")}  # fmt: skip
    for spec in (one for kind in CASES[flag].values() for one in kind):
        used = [*spec.get("pain", ()), *spec.get("present", ()), *spec.get("absent", ())]
        assert {name.split(".")[0] for name in used} <= known


@pytest.mark.parametrize("flag", flags().values(), ids=flags())
def test_file(flag: Any) -> None:
    rule = parse_rule(flag.rule)
    findings = {leaf.finding for leaf in leaves(rule) if isinstance(leaf, FindingLeaf)}
    known = {path.stem for folder in ("findings", "traits") for path in (DATA / folder).iterdir()}
    sites = {path.stem for path in (DATA / "sites").iterdir()}
    assert flag.sources
    assert flag.ask
    assert findings | set(flag.ask) <= known
    assert {leaf.site for leaf in leaves(rule) if isinstance(leaf, SiteLeaf)} <= sites


@pytest.mark.parametrize("flag", flags().values(), ids=flags())
def test_a_patient_can_read_the_sign(flag: Any) -> None:
    """It stands under "Go to hospital now if", for readers of about twelve."""
    assert flag.plain.endswith(".")
    assert len(flag.plain.split()) <= 16
    assert grade(flag.plain) <= 7


def test_no_sign_is_told_twice() -> None:
    signs = [flag.plain for flag in flags().values()]
    assert len(set(signs)) == len(signs)


@pytest.mark.parametrize("flag", flags().values(), ids=flags())
def test_file_asks_what_can_settle_it(flag: Any) -> None:
    """At least one of the questions of a flag is a leaf of its own rule."""
    findings = {leaf.finding for leaf in leaves(parse_rule(flag.rule))
                if isinstance(leaf, FindingLeaf)}  # fmt: skip
    asked = set(flag.ask)
    assert asked & findings or len(findings) == 1


def test_quantities_are_few_and_named() -> None:
    used = {leaf.quantity for flag in flags().values() for leaf in leaves(parse_rule(flag.rule))
            if isinstance(leaf, ValueLeaf)}  # fmt: skip
    assert used == {"temperature", "heart_rate", "respiratory_rate", "systolic_blood_pressure"}


ORDINARY = [
    {"age": 40, "pain": ["low_back"], "weeks": 6},
    {"age": 48, "pain": ["low_back", "calf.left"], "weeks": 6,
     "present": ["radicular_leg_pain.left", "cough_sneeze_worse", "straight_leg_raise.left"]},
    {"age": 67, "pain": ["knee_medial.right"], "weeks": 200,
     "present": ["morning_stiffness_under_30min", "knee_crepitus.right", "stairs_pain.right"]},
    {"age": 70, "pain": ["groin.left", "buttock.left"], "weeks": 60,
     "present": ["hip_internal_rotation_limited.left", "limp.left", "worse_walking"]},
    {"age": 30, "pain": ["knee_anterior.left"], "weeks": 12,
     "present": ["running_sport", "stairs_pain.left", "squat_pain.left"]},
    {"age": 55, "pain": ["heel_plantar.right"], "weeks": 12, "present": ["first_step_pain.right"]},
    {"age": 35, "pain": ["neck"], "weeks": 2, "present": ["neck_rom_limited", "neck_tenderness"]},
]  # fmt: skip


@pytest.mark.parametrize("spec", ORDINARY)
def test_ordinary_patients_raise_nothing_and_are_asked_little(spec: dict[str, Any]) -> None:
    found = triage(case(spec), flags().values(), labels(), site_parts())
    assert [flag.id for flag in found if flag.status == "raised"] == []
    assert len(found) <= 10
    assert len({asked for flag in found for asked in flag.ask}) <= 25


def test_back_pain_is_asked_about_the_saddle() -> None:
    found = triage(case({"pain": ["low_back"]}), flags().values(), labels(), site_parts())
    assert "saddle_anaesthesia" in {asked for flag in found for asked in flag.ask}


def test_everything_denied_leaves_nothing_to_ask() -> None:
    """When each question of triage is answered with no, no flag stays open."""
    known = [leaf.finding for flag in flags().values() for leaf in leaves(parse_rule(flag.rule))
             if isinstance(leaf, FindingLeaf)]  # fmt: skip
    person = {"age": 40, "sex": "male", "pain": ["low_back"], "drawn": True, "weeks": 20,
              "absent": sorted(set(known))}  # fmt: skip
    assert triage(case(person), flags().values(), labels(), site_parts()) == ()
