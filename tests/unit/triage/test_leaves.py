"""When a leaf is true, false or not recorded."""

from __future__ import annotations

from typing import Any

import pytest

from kinechain.domain.case import Case, Measurement, Observation, Pain
from kinechain.triage import parse_rule
from kinechain.triage.leaves import expand, leaf_truth
from tests.unit.triage.compact import case

PARTS = {
    "knee": ("knee_medial", "knee_lateral"),
    "leg": ("thigh", "knee", "calf"),
    "hip": ("groin", "buttock"),
    "loop": ("loop",),
}

TABLE = [
    # a finding counts on any side, unless the rule names one
    ({"finding": "fever"}, {}, None),
    ({"finding": "fever"}, {"present": ["fever"]}, True),
    ({"finding": "fever"}, {"absent": ["fever"]}, False),
    ({"finding": "fever"}, {"absent": ["malaise"]}, None),
    ({"finding": "limp"}, {"present": ["limp.right"]}, True),
    ({"finding": "limp", "side": "left"}, {"present": ["limp.left"]}, True),
    ({"finding": "limp", "side": "left"}, {"present": ["limp.right"]}, None),
    ({"finding": "limp", "side": "left"}, {"present": ["limp.unknown"]}, True),
    ({"finding": "limp", "side": "left"}, {"present": ["limp"]}, True),
    ({"finding": "limp", "side": "left"}, {"present": ["limp.both"]}, True),
    ({"finding": "limp", "side": "left"}, {"absent": ["limp.left"]}, False),
    ({"finding": "limp", "side": "left"}, {"absent": ["limp.right"]}, None),
    # one present outweighs an absent
    ({"finding": "limp"}, {"present": ["limp.left"], "absent": ["limp.right"]}, True),
    ({"finding": "fever"}, {"present": ["fever"], "absent": ["fever"]}, True),
    # an absence answers for the painful sides it covers
    ({"finding": "limp"}, {"pain": ["calf.left"], "absent": ["limp.left"]}, False),
    ({"finding": "limp"}, {"pain": ["calf.left"], "absent": ["limp.right"]}, None),
    ({"finding": "limp"}, {"pain": ["calf.both"], "absent": ["limp.left"]}, None),
    ({"finding": "limp"}, {"pain": ["calf.both"], "absent": ["limp.left", "limp.right"]}, False),
    ({"finding": "limp"}, {"pain": ["calf.both"], "absent": ["limp"]}, False),
    ({"finding": "limp"}, {"pain": ["low_back"], "absent": ["limp.left"]}, False),
    # levels
    ({"finding": "warm", "level": "knee"}, {"present": ["warm.knee"]}, True),
    ({"finding": "warm", "level": "knee"}, {"present": ["warm.ankle"]}, None),
    ({"finding": "warm", "level": "knee"}, {"absent": ["warm.ankle"]}, None),
    ({"finding": "warm", "level": "knee"}, {"present": ["warm"]}, True),
    ({"finding": "warm"}, {"present": ["warm.ankle"]}, True),
    # sites
    ({"site": "low_back"}, {}, None),
    ({"site": "low_back"}, {"pain": ["low_back"]}, True),
    ({"site": "low_back"}, {"pain": ["calf.left"]}, None),
    ({"site": "low_back"}, {"pain": ["calf.left"], "drawn": True}, False),
    ({"site": "low_back"}, {"drawn": True}, False),
    ({"site": "knee"}, {"pain": ["knee_medial.left"]}, True),
    ({"site": "leg"}, {"pain": ["knee_medial.left"]}, True),
    ({"site": "knee_medial"}, {"pain": ["knee.left"]}, True),
    ({"site": "knee_medial"}, {"pain": ["leg.left"]}, True),
    ({"site": "knee_medial"}, {"pain": ["knee_lateral.left"], "drawn": True}, False),
    ({"site": "hip"}, {"pain": ["leg.left"], "drawn": True}, False),
    ({"site": "knee", "side": "left"}, {"pain": ["knee_medial.right"], "drawn": True}, False),
    ({"site": "knee", "side": "left"}, {"pain": ["knee_medial.both"]}, True),
    ({"site": "knee", "side": "left"}, {"pain": ["knee_medial.unknown"]}, True),
    # age and sex
    ({"age": {"at_least": 50}}, {}, None),
    ({"age": {"at_least": 50}}, {"age": 50}, True),
    ({"age": {"at_least": 50}}, {"age": 49.9}, False),
    ({"age": {"below": 50}}, {"age": 50}, False),
    ({"age": {"below": 50}}, {"age": 49.9}, True),
    ({"age": {"at_least": 9, "below": 16}}, {"age": 16}, False),
    ({"age": {"at_least": 9}}, {"age": float("nan")}, None),
    ({"sex": "male"}, {}, None),
    ({"sex": "male"}, {"sex": "male"}, True),
    ({"sex": "male"}, {"sex": "female"}, False),
    # values
    ({"value": {"quantity": "crp", "at_least": 5}}, {}, None),
    ({"value": {"quantity": "crp", "at_least": 5}}, {"values": {"esr": 9}}, None),
    ({"value": {"quantity": "crp", "at_least": 5}}, {"values": {"crp": 5}}, True),
    ({"value": {"quantity": "crp", "at_least": 5}}, {"values": {"crp": 4}}, False),
    ({"value": {"quantity": "crp", "at_most": 5}}, {"values": {"crp": 5}}, True),
    ({"value": {"quantity": "crp", "below": 5}}, {"values": {"crp": 5}}, False),
    ({"value": {"quantity": "crp", "below": 5}}, {"values": {"crp": 4}}, True),
    ({"value": {"quantity": "crp", "below": 5}}, {"values": {"crp": float("nan")}}, None),
    # onset, duration, drugs
    ({"onset": "sudden"}, {}, None),
    ({"onset": "sudden"}, {"pain": ["calf"]}, None),
    ({"onset": "sudden"}, {"pain": ["calf"], "onset": "sudden"}, True),
    ({"onset": "sudden"}, {"pain": ["calf"], "onset": "gradual"}, False),
    ({"duration": {"at_most_weeks": 2}}, {"pain": ["calf"]}, None),
    ({"duration": {"at_most_weeks": 2}}, {"pain": ["calf"], "weeks": 2}, True),
    ({"duration": {"at_most_weeks": 2}}, {"pain": ["calf"], "weeks": 3}, False),
    ({"duration": {"at_least_weeks": 2}}, {"pain": ["calf"], "weeks": 1}, False),
    ({"drug": "warfarin"}, {}, None),
    ({"drug": "warfarin"}, {"drugs": ["warfarin"]}, True),
    ({"drug": "warfarin"}, {"drugs": ["paracetamol"]}, None),
]


@pytest.mark.parametrize(("rule", "spec", "truth"), TABLE)
def test_truth(rule: dict[str, Any], spec: dict[str, Any], truth: bool | None) -> None:
    leaf: Any = parse_rule(rule)
    assert leaf_truth(leaf, case(spec), PARTS) is truth


def test_some_pains_without_a_duration_leave_it_open() -> None:
    leaf: Any = parse_rule({"duration": {"at_most_weeks": 2}})
    old, undated = Pain(site="calf", duration_weeks=50), Pain(site="low_back")
    assert leaf_truth(leaf, Case(id="x", pain=(old, undated)), PARTS) is None
    fresh = Pain(site="low_back", duration_weeks=1)
    assert leaf_truth(leaf, Case(id="x", pain=(old, undated, fresh)), PARTS) is True


def test_a_normal_value_does_not_undo_an_abnormal_one() -> None:
    leaf: Any = parse_rule({"value": {"quantity": "crp", "at_least": 5}})
    values = tuple(Measurement(quantity="crp", value=value) for value in (80, 3))
    assert leaf_truth(leaf, Case(id="x", measurements=values), {}) is True


@pytest.mark.parametrize("state", ["present", "absent"])
def test_soft_evidence_is_no_record(state: Any) -> None:
    leaf: Any = parse_rule({"finding": "raised_crp"})
    record = Observation(finding="raised_crp", state=state, likelihood_ratio=1.2)
    assert leaf_truth(leaf, Case(id="x", observations=(record,)), {}) is None


def test_expand_ends_on_circles() -> None:
    assert expand("loop", PARTS) == {"loop"}
    assert expand("leg", PARTS) == {"leg", "thigh", "knee", "knee_medial", "knee_lateral", "calf"}
