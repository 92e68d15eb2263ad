"""What triage reports: order, relevance, words, and that it never fails."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinechain.domain.case import Case, Measurement
from kinechain.domain.concepts import Citation, RedFlag
from kinechain.triage import leaves, parse_rule, read_flags, triage
from kinechain.triage.rules import FindingLeaf
from tests.unit.triage.compact import case, flags, labels, site_parts
from tests.unit.triage.strategies import random_cases

SOURCES = (Citation(source="some2020study", where="abstract"),)
LABELS = {"fever": "Fever", "limp": "Limp", "low_back": "Low back", "warm": "Warm joint"}
FINDINGS = sorted(
    {leaf.finding for flag in flags().values() for leaf in leaves(parse_rule(flag.rule))
     if isinstance(leaf, FindingLeaf)}
)  # fmt: skip
SITES = ["low_back", "neck", "head", "groin", "buttock", "knee", "calf", "leg", "foot_dorsal"]


def flag(rule: Any, urgency: Any = "emergency_now", name: str = "a", ask: Any = ()) -> RedFlag:
    return RedFlag(id=name, label=name, condition="x", urgency=urgency, rule=rule, action="go",
                   sources=SOURCES, ask=tuple(ask))  # fmt: skip


def run(rule: Any, spec: dict[str, Any], **more: Any) -> Any:
    found = triage(case(spec), [flag(rule, **more)], LABELS, {})
    return found[0] if found else None


def test_raised_carries_everything() -> None:
    rule = {"all": [{"site": "low_back"}, {"finding": "fever"}, {"not": {"finding": "limp"}}]}
    found = run(rule, {"pain": ["low_back"], "present": ["fever"], "absent": ["limp"]},
                ask=["fever", "malaise"])  # fmt: skip
    assert found.status == "raised"
    assert found.basis == "rule"
    assert found.because == ("pain: Low back", "Fever", "not: Limp")
    assert found.ask == ("malaise",)
    assert found.unknown == ()
    assert (found.action, found.sources, found.urgency) == ("go", SOURCES, "emergency_now")


def test_words_of_every_leaf() -> None:
    rule = {
        "all": [
            {"finding": "warm", "side": "left", "level": "knee"},
            {"finding": "not_labelled"},
            {"site": "low_back", "side": "left"},
            {"age": {"at_least": 50, "below": 70}},
            {"sex": "male"},
            {"value": {"quantity": "crp", "at_least": 5, "at_most": 100}},
            {"onset": "sudden"},
            {"duration": {"at_least_weeks": 1, "at_most_weeks": 6}},
            {"drug": "warfarin"},
        ]
    }
    found = run(
        rule,
        {"present": ["warm.knee.left", "not_labelled"], "pain": ["low_back.left"], "age": 61.5,
         "sex": "male", "values": {"crp": 31}, "weeks": 2, "onset": "sudden",
         "drugs": ["warfarin"]},
    )  # fmt: skip
    assert found.because == (
        "Warm joint (left, knee)", "not labelled", "pain: Low back (left)", "age 61.5",
        "male sex", "crp 31", "sudden onset", "pain for 1 or more and at most 6 weeks",
        "takes warfarin",
    )  # fmt: skip
    asked = run(rule, {"present": ["warm.knee.left", "not_labelled"], "age": 61.5, "sex": "male",
                       "values": {"crp": 31}, "drugs": ["warfarin"], "weeks": 2,
                       "onset": "sudden"})  # fmt: skip
    assert asked is None  # three answers are missing
    two = {"all": [{"finding": "fever"}, {"value": {"quantity": "crp", "below": 5}},
                   {"age": {"below": 9}}]}  # fmt: skip
    assert run(two, {"present": ["fever"]}).unknown == ("crp under 5", "age under 9")


def test_several_measurements_are_named_by_the_bound() -> None:
    values = tuple(Measurement(quantity="crp", value=value) for value in (80, 3))
    rule = {"value": {"quantity": "crp", "at_least": 5}}
    found = triage(Case(id="x", measurements=values), [flag(rule)], LABELS, {})
    assert found[0].because == ("crp 5 or more",)


def test_because_says_a_thing_once() -> None:
    rule = {"all": [{"finding": "fever"}, {"any": [{"finding": "fever"}, {"finding": "limp"}]}]}
    assert run(rule, {"present": ["fever"]}).because == ("Fever",)


BACK_FEVER_RISK = {
    "all": [{"site": "low_back"}, {"finding": "fever"}, {"finding": "risk"}, {"finding": "sign"}]
}

RELEVANCE = [
    # rule, case, urgency, status
    (BACK_FEVER_RISK, {"pain": ["low_back"]}, "emergency_now", None),
    (BACK_FEVER_RISK, {"pain": ["low_back"], "present": ["fever"]}, "same_day", "to_ask"),
    (BACK_FEVER_RISK, {"pain": ["low_back"], "present": ["fever"]}, "soon", "to_ask"),
    (BACK_FEVER_RISK, {"pain": ["calf"], "present": ["fever"]}, "emergency_now", None),
    (BACK_FEVER_RISK, {"present": ["fever"]}, "soon", None),
    (BACK_FEVER_RISK, {"present": ["fever", "risk"]}, "soon", "to_ask"),
    (BACK_FEVER_RISK, {"pain": ["calf"], "present": ["fever", "risk"]}, "soon", None),
    (BACK_FEVER_RISK, {"pain": ["calf"], "present": ["fever", "risk"]}, "same_day", None),
    (BACK_FEVER_RISK, {"pain": ["calf"], "present": ["fever", "risk"]}, "emergency_now", "to_ask"),
    (BACK_FEVER_RISK, {"pain": ["calf"], "drawn": True, "present": ["fever", "risk"]},
     "emergency_now", None),
    (BACK_FEVER_RISK, {"pain": ["low_back"], "present": ["fever"], "absent": ["risk"]},
     "emergency_now", None),
    ({"all": [{"site": "low_back"}, {"finding": "numb"}]}, {"pain": ["low_back"]},
     "emergency_now", "to_ask"),
    ({"all": [{"site": "low_back"}, {"finding": "numb"}]}, {"pain": ["low_back"]},
     "same_day", None),
    ({"all": [{"site": "low_back"}, {"finding": "numb"}]}, {}, "emergency_now", None),
    ({"all": [{"age": {"at_least": 50}}, {"finding": "numb"}]}, {"age": 60}, "emergency_now", None),
    ({"all": [{"finding": "fever"}, {"not": {"finding": "numb"}}]}, {"present": ["fever"]},
     "soon", "to_ask"),
    ({"all": [{"finding": "fever"}, {"not": {"finding": "numb"}}]}, {"absent": ["numb"]},
     "emergency_now", None),
    ({"all": [{"finding": "fever"}, {"drug": "warfarin"}]}, {"drugs": ["warfarin"]},
     "soon", "to_ask"),
    ({"finding": "numb"}, {}, "emergency_now", None),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "spec", "urgency", "status"), RELEVANCE)
def test_relevance(rule: Any, spec: dict[str, Any], urgency: Any, status: str | None) -> None:
    found = run(rule, spec, urgency=urgency)
    assert (found.status if found else None) == status


def test_asks_what_the_file_says_then_what_is_open() -> None:
    rule = {"all": [{"finding": "fever"}, {"finding": "risk"}, {"finding": "sign"}]}
    assert run(rule, {"present": ["fever"]}, ask=["fever", "sign"]).ask == ("sign",)
    assert run(rule, {"present": ["fever"]}, ask=["fever"]).ask == ("risk", "sign")


def test_order_of_the_result() -> None:
    ready = {"finding": "fever"}
    one_missing = {"all": [{"finding": "fever"}, {"finding": "risk"}]}
    two_missing = {"all": [{"finding": "fever"}, {"finding": "risk"}, {"finding": "sign"}]}
    entries = [
        flag(two_missing, "emergency_now", "f"),
        flag(one_missing, "soon", "h"),
        flag(one_missing, "emergency_now", "e"),
        flag(ready, "soon", "d"),
        flag(ready, "emergency_now", "b"),
        flag(ready, "emergency_now", "a"),
        flag(ready, "within_2_weeks", "c"),
        flag(two_missing, "same_day", "g"),
    ]
    found = triage(case({"present": ["fever"]}), entries, {}, {})
    assert [item.id for item in found] == list("abcdefgh")


@pytest.mark.parametrize(
    "rule",
    [None, [], {"finding": 3}, {"nonsense": []}, {"all": []}, object()],
)
def test_a_broken_flag_is_listed_and_explains_itself(rule: Any) -> None:
    found = triage(Case(id="x"), [flag(rule, ask=["fever"])], {}, {})
    assert [item.status for item in found] == ["to_ask"]
    assert "could not be evaluated" in found[0].because[0]
    assert found[0].ask == ("fever",)


def test_a_case_with_impossible_content_does_not_stop_triage() -> None:
    person = Case(id="x", age_years="old", pain=(3,), observations=("fever",))  # type: ignore[arg-type]
    found = triage(person, flags().values(), labels(), site_parts())
    assert found
    assert {item.status for item in found} == {"to_ask"}
    assert all("could not be evaluated" in item.because[0] for item in found)


def test_an_unknown_urgency_comes_first() -> None:
    entries = [flag({"finding": "fever"}, "soon", "b"), flag({"finding": "fever"}, "later", "z")]
    assert [item.id for item in triage(case({"present": ["fever"]}), entries, {}, {})] == ["z", "b"]


def test_read_once_gives_the_same() -> None:
    person = case({"pain": ["low_back"], "present": ["fever", "immune_suppression"]})
    once = read_flags(flags().values())
    assert triage(person, once, labels(), site_parts()) == triage(
        person, flags().values(), labels(), site_parts()
    )
    broken = read_flags([flag({"finding": 3})])
    assert "must be an id" in broken[0].problem


def test_result_is_frozen_and_serialises() -> None:
    person = case({"pain": ["low_back"], "present": ["saddle_anaesthesia"]})
    found = triage(person, flags().values(), labels(), site_parts())
    with pytest.raises(AttributeError):
        found[0].status = "to_ask"  # type: ignore[misc]
    assert msgspec.json.decode(msgspec.json.encode(found), type=list[type(found[0])]) == list(found)


@settings(max_examples=60, deadline=None)
@given(random_cases(FINDINGS, SITES), st.randoms(use_true_random=False))
def test_never_raises_and_order_does_not_matter(person: Case, chance: random.Random) -> None:
    ready = list(read_flags(flags().values()))
    found = triage(person, ready, labels(), site_parts())
    chance.shuffle(ready)
    shuffled = msgspec.structs.replace(
        person,
        observations=_shuffled(person.observations, chance),
        pain=_shuffled(person.pain, chance),
        drugs=_shuffled(person.drugs, chance),
    )
    assert triage(shuffled, ready, labels(), site_parts()) == found
    assert all("could not be evaluated" not in "".join(item.because) for item in found)


def _shuffled(items: tuple[Any, ...], chance: random.Random) -> tuple[Any, ...]:
    copied = list(items)
    chance.shuffle(copied)
    return tuple(copied)


@settings(max_examples=60, deadline=None)
@given(random_cases(FINDINGS, SITES))
def test_mirrored_case_raises_the_same(person: Case) -> None:
    """No shipped flag prefers a side."""
    turn = {"left": "right", "right": "left"}

    def mirrored(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            msgspec.structs.replace(item, side=turn.get(item.side, item.side)) for item in items
        )

    other = msgspec.structs.replace(
        person, observations=mirrored(person.observations), pain=mirrored(person.pain)
    )
    ready = read_flags(flags().values())
    assert triage(other, ready, labels(), site_parts()) == triage(
        person, ready, labels(), site_parts()
    )
