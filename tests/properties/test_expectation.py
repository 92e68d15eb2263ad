"""What the network expects of a study, against counting its people one by one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kinechain.domain.studies import People, StudyRow, Test
from kinechain.inference.expectation import Expectation, NotExpressible
from kinechain.inference.template import template_of
from kinechain.knowledge.knowledge import Knowledge
from tests.support.engine import UNSHRUNK, close
from tests.support.knowledge import knowledges, small_knowledge
from tests.support.studied import Crowd, asked, study_rows

SMALL = small_knowledge()
FEWEST = 1e-5
"""Share of all people below which a study is not compared: digits are lost in differences."""


@st.composite
def studied(draw: st.DrawFn) -> tuple[Knowledge, StudyRow]:
    """A small knowledge and a row about it."""
    knowledge = draw(knowledges())
    return knowledge, draw(study_rows(knowledge))


@settings(max_examples=40, phases=UNSHRUNK)
@given(studied())
def test_every_measure_is_what_one_would_count(known: tuple[Knowledge, StudyRow]) -> None:
    knowledge, row = known
    crowd = Crowd(knowledge, row)
    assume(crowd.rarest > FEWEST)
    found, expected = asked(knowledge, row), crowd.values()
    assert found.keys() == expected.keys()
    for measure, value in expected.items():
        close(found[measure], value)


def row(**changes: Any) -> StudyRow:
    """A row about the small knowledge."""
    base = {"id": "row", "kind": "single", "label": "?", "condition": ("arthritis",),
            "test": Test(of=("sign",)), "people": People(complaint=("knee",))}  # fmt: skip
    return StudyRow(**(base | changes))


THREE = ("sign", "test", "weight")
KINDS: dict[str, dict[str, Any]] = {
    "test": {},
    "share": {"test": None},
    "rate": {"condition": ()},
    "share of either": {"test": None, "condition": ("arthritis", "strain")},
    "one of three": {"test": Test(of=THREE)},
    "two of three": {"test": Test(of=THREE, at_least=2)},
    "all three": {"test": Test(of=THREE, at_least=3)},
    "absence": {"test": Test(of=("not sign",))},
    "absence counted": {"test": Test(of=("sign", "not test"))},
    "demanded": {"test": Test(of=("sign", "weight"), also=("test",))},
    "demanded absent": {"test": Test(of=("sign",), also=("not test",))},
    "score": {"test": Test(of=THREE, weights=(1, 3, 2), cut=3)},
    "score that falls": {"test": Test(of=THREE, weights=(2, -1, 2), cut=2)},
    "comparator": {"comparator": "condition:strain"},
    "nobody has pain": {"people": People(complaint=("knee",), painless=True)},
    "anybody": {"people": People()},
    "anybody, one side": {"people": People(one_side=True)},
    "generic site": {"people": People(complaint=("leg",))},
    "present": {"people": People(complaint=("knee",), present=("test", "heavy"))},
    "present on either side": {"people": People(present=("sign",)), "test": Test(of=("test",))},
    "absent": {"people": People(complaint=("knee",), absent=("test", "heavy"))},
    "known condition": {"people": People(present=("strain",))},
    "excluded condition": {"people": People(complaint=("knee",), absent=("strain",))},
    "groups": {"people": People(any_of=(("sign", "test"), ("weight", "strain")))},
    "suspected": {
        "test": Test(of=("weight",)),
        "people": People(complaint=("knee",), suspected=("arthritis", "strain")),
    },
    "suspected for what everybody had": {
        "test": Test(of=("weight",)),
        "people": People(complaint=("knee",), suspected=("strain",), present=("test",)),
    },
    "group that is the test": {"people": People(complaint=("knee",), any_of=(("sign", "test"),))},
    "a condition as test": {"test": Test(of=("strain",))},
    "a site as test": {"test": Test(of=("knee",)), "people": People()},
}


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_of_row(name: str) -> None:
    one = row(**KINDS[name])
    found, expected = asked(SMALL, one), Crowd(SMALL, one).values()
    assert found.keys() == expected.keys()
    for measure, value in expected.items():
        close(found[measure], value)
        assert 0.001 < value < 0.999 or name == "a site as test"


def test_kinds_differ() -> None:
    """No two of these rows ask the same, but for a generic site that has one part."""
    values = {name: tuple(asked(SMALL, row(**changes)).items()) for name, changes in KINDS.items()}
    assert values.pop("generic site") == values["test"]
    assert len(set(values.values())) == len(values)


def test_a_trait_as_test() -> None:
    """Its odds ratio of 2 makes it more frequent in those with the condition it bears on."""
    found = asked(SMALL, row(test=Test(of=("heavy",)), people=People(one_side=True)))
    share, prior = 0.3, 0.2
    factor = 1 / (1 + share * (2.0 - 1))  # of the odds without the trait
    other_side = 1 - prior + prior * factor
    close(1 - found["sensitivity"], (1 - share) * factor * other_side)
    close(found["specificity"], (1 - share) * other_side)


@pytest.mark.parametrize("name", ["knee", "sign", "test", "strain"])
def test_what_everybody_had_may_be_the_complaint_or_the_test(name: str) -> None:
    people = People(complaint=("knee",), present=(name,), any_of=(("test", "weight"),))
    one = row(test=Test(of=("sign", "strain", "test"), at_least=2), people=people)
    for measure, value in Crowd(SMALL, one).values().items():
        close(asked(SMALL, one)[measure], value)


def test_what_cannot_be_asked_is_said() -> None:
    template = template_of(SMALL)
    many = tuple(f"{place}" for place in range(9))
    groups = tuple((("sign", "test"),) * 5)
    for changes, words in (
        ({"test": Test(of=("nothing",))}, "the network has no nothing"),
        ({"condition": ("nothing",)}, "no instance of nothing"),
        ({"people": People(suspected=("nothing",))}, "nothing is typical of nothing"),
        ({"comparator": "condition:nothing"}, "the network has no nothing"),
        ({"people": People(present=("nothing",))}, "the network has no nothing"),
        ({"people": People(any_of=groups)}, "5 things of which everybody had one"),
        ({"test": Test(of=("sign", *many))}, "the network has no 0"),
        ({"test": Test(of=("sign",) * 9)}, "a test of 9 signs"),
    ):
        with pytest.raises(NotExpressible, match=words):
            Expectation(template, row(**changes))
