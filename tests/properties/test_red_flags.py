"""Laws of the shipped red flags: what is raised stays raised, in whatever order it is told."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinechain.domain.case import Case, Observation, Pain, Score, TriedTreatment
from kinechain.triage import RaisedFlag, leaves, parse_rule, read_flags, triage
from kinechain.triage.rules import AllOf, AnyOf, AtLeast, FindingLeaf, Not, Rule
from tests.unit.triage.compact import case, flags, labels, site_parts
from tests.unit.triage.strategies import SIDES, STATES, random_cases
from tests.unit.triage.test_flags import CASES

READ = read_flags(flags().values())
FINDINGS = sorted(
    {leaf.finding for read in READ if read.rule for leaf in leaves(read.rule)
     if isinstance(leaf, FindingLeaf)}
)  # fmt: skip
SITES = ["low_back", "mid_back", "neck", "head", "groin", "buttock", "knee_anterior", "calf",
         "leg", "foot_dorsal", "abdomen"]  # fmt: skip
SPECS = [(flag, spec) for flag, kinds in CASES.items() for spec in kinds["raises"]]
RESPONSES = ("none", "partial", "complete", "worse", "unknown", None)
few = settings(max_examples=40)


def found(person: Case) -> tuple[RaisedFlag, ...]:
    return triage(person, READ, labels(), site_parts())


def raised(person: Case) -> set[str]:
    return {flag.id for flag in found(person) if flag.status == "raised"}


def negations(rule: Rule) -> int:
    match rule:
        case Not(rule=part):
            return 1 + negations(part)
        case AllOf(of=parts) | AnyOf(of=parts) | AtLeast(of=parts):
            return sum(map(negations, parts))
        case _:
            return 0


cases = st.one_of(
    random_cases(FINDINGS, SITES),
    st.sampled_from(SPECS).map(lambda pair: case(pair[1])),
)
"""Anything at all, and people in whom a flag is surely raised."""

observations = st.builds(
    Observation,
    finding=st.sampled_from(FINDINGS),
    state=st.sampled_from(STATES),
    side=st.sampled_from(SIDES),
    level=st.sampled_from([None, "knee", "hip", "l5"]),
)
pains = st.builds(
    Pain,
    site=st.sampled_from(SITES),
    side=st.sampled_from(SIDES),
    duration_weeks=st.sampled_from([None, 0.5, 6, 300]),
)
treatments = st.builds(
    TriedTreatment,
    treatment=st.just("as written"),
    id=st.sampled_from([None, "exercise_therapy", "oral_nsaid", "epidural_steroid_injection"]),
    response=st.sampled_from(RESPONSES),
    weeks=st.sampled_from([None, 1, 6, 12]),
    relief_percent=st.sampled_from([None, 0, 30, 80, 100]),
)
scores = st.builds(
    Score, instrument=st.sampled_from(["pain_numeric", "odi"]), scale=st.just("total"),
    value=st.sampled_from([None, 0, 40, 100]),
)  # fmt: skip


def test_no_flag_has_an_exclusion() -> None:
    """Then nothing that is recorded later can take a flag back; a first `not` needs its reason."""
    excluding = [name for name, flag in flags().items() if negations(parse_rule(flag.rule))]
    assert excluding == []


@few
@given(cases, st.lists(observations, max_size=6))
def test_no_further_record_removes_a_raised_flag(person: Case, more: list[Observation]) -> None:
    """A present finding, and an absent one too: what was once recorded as present counts."""
    further = msgspec.structs.replace(person, observations=(*person.observations, *more))
    assert raised(person) <= raised(further)


@few
@given(cases, st.lists(pains, max_size=3), st.sampled_from(["anticoagulant", "denosumab"]))
def test_no_further_pain_or_drug_removes_a_raised_flag(
    person: Case, more: list[Pain], drug: str
) -> None:
    further = msgspec.structs.replace(
        person, pain=(*person.pain, *more), drugs=(*person.drugs, drug)
    )
    assert raised(person) <= raised(further)


@few
@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_what_is_told_does_not_matter(person: Case, random: Any) -> None:
    shuffled: dict[str, tuple[Any, ...]] = {}
    for name in ("pain", "observations", "measurements", "drugs"):
        parts = list(getattr(person, name))
        random.shuffle(parts)
        shuffled[name] = tuple(parts)
    assert found(msgspec.structs.replace(person, **shuffled)) == found(person)


@few
@given(cases, st.lists(treatments, min_size=1, max_size=4), st.lists(scores, max_size=3))
def test_improvement_lowers_no_flag(
    person: Case, tried: list[TriedTreatment], measured: list[Score]
) -> None:
    better = msgspec.structs.replace(person, treatments=tuple(tried), scores=tuple(measured))
    assert found(better) == found(person)


@few
@given(cases, st.sampled_from([0, 3, 10, None]), st.sampled_from(["longstanding", "changed"]))
def test_a_milder_or_older_pain_lowers_no_flag(
    person: Case, intensity: float | None, course: Any
) -> None:
    milder = tuple(msgspec.structs.replace(pain, intensity=intensity, course=course)
                   for pain in person.pain)  # fmt: skip
    assert raised(person) <= raised(msgspec.structs.replace(person, pain=milder))


@pytest.mark.parametrize(("flag", "spec"), SPECS)
def test_a_relieved_patient_keeps_the_flag(flag: str, spec: dict[str, Any]) -> None:
    relieved = TriedTreatment(treatment="rest", id="exercise_therapy", response="complete",
                              weeks=12, relief_percent=100)  # fmt: skip
    score = Score(instrument="pain_numeric", scale="total", value=0)
    person = msgspec.structs.replace(case(spec), treatments=(relieved,), scores=(score,))
    assert flag in raised(person)
