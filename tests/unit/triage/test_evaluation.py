"""Kleene's laws, soundness against all completions of a case, and the evidence kept."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given

from kinechain.domain.case import Case, Observation
from kinechain.triage import evaluate, leaves, parse_rule
from tests.unit.triage.compact import case
from tests.unit.triage.strategies import LETTERS, STATES, letter_cases, letter_rules


def verdict(rule: Any, person: Case) -> Any:
    return evaluate(parse_rule(rule), person, {})


def truth(rule: Any, person: Case) -> bool | None:
    return verdict(rule, person).truth


def completions(person: Case, names: set[str]) -> Iterator[Case]:
    """The case with every unrecorded finding answered, in all ways."""
    recorded = {record.finding for record in person.observations}
    open_names = sorted(names - recorded)
    for answers in itertools.product(STATES, repeat=len(open_names)):
        more = tuple(
            Observation(finding=name, state=state)
            for name, state in zip(open_names, answers, strict=True)
        )
        yield msgspec.structs.replace(person, observations=(*person.observations, *more))


@given(letter_rules, letter_cases)
def test_double_negation(rule: Any, person: Case) -> None:
    once = verdict(rule, person)
    assert verdict({"not": {"not": rule}}, person) == once


@given(letter_rules, letter_rules, letter_cases)
def test_de_morgan(one: Any, other: Any, person: Case) -> None:
    assert truth({"not": {"all": [one, other]}}, person) is truth(
        {"any": [{"not": one}, {"not": other}]}, person
    )
    assert truth({"not": {"any": [one, other]}}, person) is truth(
        {"all": [{"not": one}, {"not": other}]}, person
    )


@given(letter_rules, letter_rules, letter_rules, letter_cases)
def test_at_least_lies_between_any_and_all(one: Any, two: Any, three: Any, person: Case) -> None:
    parts = [one, two, three]
    counts = [truth({"at_least": {"count": n, "of": parts}}, person) for n in (1, 2, 3)]
    assert counts[0] is truth({"any": parts}, person)
    assert counts[2] is truth({"all": parts}, person)
    order = {False: 0, None: 1, True: 2}
    assert order[counts[0]] >= order[counts[1]] >= order[counts[2]]


@given(letter_rules, letter_rules, letter_cases)
def test_parts_may_stand_in_any_order(one: Any, other: Any, person: Case) -> None:
    for word in ("all", "any"):
        assert truth({word: [one, other]}, person) is truth({word: [other, one]}, person)


@given(letter_rules, letter_cases)
def test_sound_against_every_completion(rule: Any, person: Case) -> None:
    """What is called true or false stays so whatever else is learnt."""
    found = verdict(rule, person)
    names = {leaf.finding for leaf in leaves(parse_rule(rule))}  # type: ignore[union-attr]
    full = [truth(rule, complete) for complete in completions(person, names)]
    assert None not in full
    if found.truth is not None:
        assert set(full) == {found.truth}


@given(letter_rules, letter_cases)
def test_further_answers_never_unsettle(rule: Any, person: Case) -> None:
    before = truth(rule, person)
    for name in LETTERS if before is not None else ():
        if all(record.finding != name for record in person.observations):
            record = Observation(finding=name, state="present")
            more = msgspec.structs.replace(person, observations=(*person.observations, record))
            assert truth(rule, more) is before


@given(letter_rules, letter_cases)
def test_the_evidence_fits_the_verdict(rule: Any, person: Case) -> None:
    found = verdict(rule, person)
    assert bool(found.unknown) == (found.truth is None)
    assert (found.answers_to_true == 0) == (found.truth is True)
    assert (found.answers_to_false == 0) == (found.truth is False)
    assert math.isinf(found.answers_to_true) == (found.truth is False)
    if found.truth is True:
        assert found.support
        assert not found.against
    if found.truth is False:
        assert found.against
        assert not found.support


@given(letter_rules, letter_cases)
def test_the_supporting_leaves_alone_make_it_true(rule: Any, person: Case) -> None:
    """`because` is enough: forgetting everything else keeps the rule true."""
    if truth(rule, person) is False:
        rule = {"not": rule}
    found = verdict(rule, person)
    if found.truth is None:
        return
    kept = {known.leaf.finding for known in found.support}
    less = tuple(record for record in person.observations if record.finding in kept)
    assert truth(rule, msgspec.structs.replace(person, observations=less)) is True


@pytest.mark.parametrize(
    ("present", "absent", "missing"),
    [([], [], 2), (["a"], [], 1), (["a", "b"], [], 0), ([], ["a"], math.inf), (["a"], ["b"], 2),
     (["a", "c"], [], 1), (["a", "c", "d"], ["b"], 0)],
)  # fmt: skip
def test_answers_missing(present: list[str], absent: list[str], missing: float) -> None:
    rule = {"all": [{"finding": "a"}, {"any": [{"finding": "b"}, {"at_least": {
        "count": 2, "of": [{"finding": "c"}, {"finding": "d"}, {"finding": "e"}]}}]}]}  # fmt: skip
    person = case({"present": present, "absent": absent})
    assert verdict(rule, person).answers_to_true == missing
