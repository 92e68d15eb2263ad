"""The parser of the rule language refuses what it does not know, and says where."""

from __future__ import annotations

from typing import Any

import pytest

from kinechain.triage import RuleError, leaves, parse_rule
from kinechain.triage.parser import MAX_DEPTH
from kinechain.triage.rules import (
    AgeLeaf,
    AllOf,
    AnyOf,
    AtLeast,
    DrugLeaf,
    DurationLeaf,
    FindingLeaf,
    Not,
    OnsetLeaf,
    SexLeaf,
    SiteLeaf,
    ValueLeaf,
)

FEVER = {"finding": "fever"}


def nested(depth: int) -> Any:
    rule: Any = FEVER
    for _ in range(depth):
        rule = {"not": rule}
    return rule


GOOD = [
    (FEVER, FindingLeaf(finding="fever")),
    (
        {"finding": "joint_warmth", "side": "left", "level": "knee"},
        FindingLeaf(finding="joint_warmth", side="left", level="knee"),
    ),
    ({"site": "low_back"}, SiteLeaf(site="low_back")),
    ({"site": "calf", "side": "right"}, SiteLeaf(site="calf", side="right")),
    ({"age": {"at_least": 50, "below": 70}}, AgeLeaf(at_least=50, below=70)),
    ({"sex": "male"}, SexLeaf(sex="male")),
    (
        {"value": {"quantity": "temperature", "at_least": 38.0}},
        ValueLeaf(quantity="temperature", at_least=38.0),
    ),
    (
        {"value": {"quantity": "crp", "at_least": 5, "at_most": 5}},
        ValueLeaf(quantity="crp", at_least=5, at_most=5),
    ),
    ({"onset": "sudden"}, OnsetLeaf(onset="sudden")),
    ({"duration": {"at_most_weeks": 2}}, DurationLeaf(at_most_weeks=2)),
    ({"drug": "warfarin"}, DrugLeaf(drug="warfarin")),
    ({"all": [FEVER]}, AllOf(of=(FindingLeaf(finding="fever"),))),
    ({"any": [FEVER]}, AnyOf(of=(FindingLeaf(finding="fever"),))),
    ({"not": FEVER}, Not(rule=FindingLeaf(finding="fever"))),
    (
        {"at_least": {"count": 1, "of": [FEVER]}},
        AtLeast(count=1, of=(FindingLeaf(finding="fever"),)),
    ),
]

MUST_FAIL = [
    (None, "rule: must be a mapping"),
    ([], "rule: must be a mapping"),
    ("fever", "rule: must be a mapping"),
    ({}, "exactly one of"),
    ({"findings": "fever"}, "exactly one of"),
    ({"finding": "fever", "site": "calf"}, "exactly one of"),
    ({1: "fever"}, "keys must be words"),
    ({"finding": "fever", "sides": "left"}, "unknown key sides"),
    ({"finding": "fever", "present": True}, "unknown key present"),
    ({"finding": ["fever"]}, "must be an id"),
    ({"finding": ""}, "must be an id"),
    ({"finding": "raised temperature"}, "must be an id"),
    ({"finding": "fever", "side": "both"}, "side must be left or right"),
    ({"finding": "fever", "level": 5}, "level: must be an id"),
    ({"site": "calf", "level": "l5"}, "unknown key level"),
    ({"site": None}, "must be an id"),
    ({"age": 50}, "rule.age: must be a mapping"),
    ({"age": {}}, "at least one of"),
    ({"age": {"at_most": 50}}, "unknown key at_most"),
    ({"age": {"at_least": "50"}}, "must be a finite number"),
    ({"age": {"at_least": True}}, "must be a finite number"),
    ({"age": {"below": float("nan")}}, "must be a finite number"),
    ({"age": {"below": float("inf")}}, "must be a finite number"),
    ({"age": {"at_least": 70, "below": 50}}, "exclude every value"),
    ({"age": {"at_least": 50, "below": 50}}, "exclude every value"),
    ({"sex": "f"}, "must be female or male"),
    ({"value": {"at_least": 38}}, "quantity: must be an id"),
    ({"value": {"quantity": "crp"}}, "at least one of"),
    ({"value": {"quantity": "crp", "above": 5}}, "unknown key above"),
    ({"value": {"quantity": "crp", "at_least": 6, "at_most": 5}}, "exclude every value"),
    ({"onset": 3}, "must be an id"),
    ({"duration": {"weeks": 3}}, "unknown key weeks"),
    ({"duration": {"at_least_weeks": 5, "at_most_weeks": 2}}, "exclude every value"),
    ({"drug": {}}, "must be an id"),
    ({"all": []}, "at least one rule"),
    ({"all": FEVER}, "must be a list"),
    ({"any": "fever"}, "must be a list"),
    ({"any": [FEVER, {"site": 3}]}, r"rule.any[1].site: must be an id"),
    ({"not": [FEVER]}, "rule.not: must be a mapping"),
    ({"at_least": 2, "of": [FEVER]}, "unknown key of"),
    ({"at_least": {"of": [FEVER]}}, "count: must be a whole number"),
    ({"at_least": {"count": 2, "of": [FEVER]}}, "from 1 to 1"),
    ({"at_least": {"count": 0, "of": [FEVER]}}, "from 1 to 1"),
    ({"at_least": {"count": True, "of": [FEVER]}}, "must be a whole number"),
    ({"at_least": {"count": 1.0, "of": [FEVER]}}, "must be a whole number"),
    ({"at_least": {"count": 1}}, "at_least.of: must be a list"),
    ({"at_least": {"count": 1, "of": [FEVER], "any": []}}, "unknown key any"),
    (nested(MAX_DEPTH), "nested deeper"),
]


@pytest.mark.parametrize(("data", "rule"), GOOD)
def test_reads(data: Any, rule: object) -> None:
    assert parse_rule(data) == rule


@pytest.mark.parametrize(("data", "message"), MUST_FAIL)
def test_must_fail(data: Any, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(data)
    assert message in str(caught.value)


def test_every_fault_is_named() -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule({"all": [{"finding": 1}, FEVER, {"any": [{"sex": "x"}, {"age": {}}]}]})
    places = [problem.split(":")[0] for problem in caught.value.problems]
    assert places == ["rule.all[0].finding", "rule.all[2].any[0].sex", "rule.all[2].any[1].age"]


def test_depth_just_allowed() -> None:
    assert parse_rule(nested(MAX_DEPTH - 1))


def test_leaves_in_order() -> None:
    rule = parse_rule(
        {"all": [{"site": "calf"}, {"not": FEVER}, {"at_least": {"count": 1, "of": [
            {"sex": "male"}, {"any": [{"drug": "warfarin"}]}]}}]}
    )  # fmt: skip
    assert [type(leaf).__name__ for leaf in leaves(rule)] == [
        "SiteLeaf", "FindingLeaf", "SexLeaf", "DrugLeaf"]  # fmt: skip
