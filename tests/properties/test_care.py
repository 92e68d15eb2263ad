"""Laws of every plan, over random persons and assessments with the knowledge that ships.

By default some hundred records are drawn; ``KINECHAIN_CARE_RECORDS=10000`` draws that many.
"""

from __future__ import annotations

import os
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinechain.care import content_of, draft_plan
from kinechain.care.readability import reading_age
from kinechain.domain.care import Treatment
from kinechain.domain.plan import Plan
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.report.plan_terminal import render
from kinechain.report.sections import plan_report
from kinechain.service.assess import red_flags
from kinechain.service.presentation import words_beside
from tests.support.care import EXERCISE, OFFERED, Record, failed_trial, flag, open_danger, planned
from tests.support.care_oracle import faults, forbidden, had_its_chance, is_true
from tests.support.care_records import favouring, records, shuffled
from tests.support.engine import UNSHRUNK

KNOWLEDGE = load_knowledge()
RECORDS = int(os.environ.get("KINECHAIN_CARE_RECORDS", "100"))
READS_AT_MOST = 13
ACTIVE = sorted(one.id for one in KNOWLEDGE.treatments.values() if one.active_care)
BESIDE = words_beside(KNOWLEDGE)


def share(part: float) -> settings:
    """A part of all records; a failure is shrunk only where few are drawn."""
    return settings(max_examples=max(1, round(part * RECORDS)), phases=UNSHRUNK)


def offered(plan: Plan) -> set[str]:
    return {one.id for one in plan.treatments if one.status in OFFERED}


def as_said(plan: Plan) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(plan, timing_ms={}))


@pytest.mark.slow
@share(0.6)
@given(records())
def test_a_plan_offers_nothing_that_it_must_not(record: Record) -> None:
    case, assessment = record
    plan = draft_plan(case, assessment, KNOWLEDGE)
    assert faults(plan, case, assessment, KNOWLEDGE) == []
    page(plan)
    if plan.urgent:
        terminal(plan)


def page(plan: Plan) -> None:
    """The patient's page is easy to read and says when to go to hospital."""
    sections = plan.patient_page.sections
    lines = [line for one in sections for line in (one.heading, *one.sentences, *one.points)]
    assert all(line.strip() for line in lines)
    assert plan.patient_page.reading_age == reading_age("\n".join(lines)) <= READS_AT_MOST
    (hospital,) = [one for one in sections if one.heading == "Go to hospital now if"]
    assert hospital.points
    by_rule = [one for one in plan.urgent if one.basis == "rule"]
    if any(one.urgency == "emergency_now" for one in by_rule):
        assert sections[0].heading == "Go to hospital now"
    elif any(one.urgency == "same_day" for one in by_rule):
        assert sections[0].heading == "See a doctor today"


def terminal(plan: Plan) -> None:
    """All that cannot wait stands before everything else."""
    view, _ = plan_report(plan, BESIDE)
    lines = render(view, width=10_000).splitlines()
    headings = [place for place, line in enumerate(lines) if line and not line.startswith(" ")]
    assert lines[headings[1]].strip().upper().startswith("WHAT CANNOT WAIT")
    first = "\n".join(lines[headings[1] : headings[2]])
    for one in plan.urgent:
        assert one.label in first
        assert one.action in first


@pytest.mark.slow
@share(0.2)
@given(records(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_recorded_does_not_matter(record: Record, random) -> None:
    case, assessment = record
    plan = draft_plan(case, assessment, KNOWLEDGE)
    other = draft_plan(shuffled(case, random), assessment, KNOWLEDGE)
    assert msgspec.to_builtins(other) == msgspec.to_builtins(plan)
    assert other.content == plan.content == content_of(plan)
    assert as_said(draft_plan(case, assessment, KNOWLEDGE)) == as_said(plan)


@cache
def spoken_against() -> dict[str, set[str]]:
    """For each factor the treatments that it speaks against and that no rule opens by it."""
    found: dict[str, set[str]] = {}
    for one in KNOWLEDGE.treatments.values():
        rules = [one.gate.rule if one.gate else None, *(said.when for said in one.statements)]
        for what in one.contraindications:
            if what.severity != "monitor" and f"'{what.factor}'" not in str(rules):
                found.setdefault(what.factor, set()).add(one.id)
    return found


@pytest.mark.slow
@share(0.1)
@given(records(), st.data())
def test_a_contraindication_never_opens_a_treatment(record: Record, data) -> None:
    """But for one that waited for a test: with less to lose by it the test may not matter."""
    case, assessment = record
    before = draft_plan(case, assessment, KNOWLEDGE)
    concerned = [name for name, ids in spoken_against().items() if ids & offered(before)]
    name = data.draw(st.sampled_from(sorted(concerned or spoken_against())))
    more = msgspec.structs.replace(case, factors=(*case.factors, name))
    after = draft_plan(more, assessment, KNOWLEDGE)
    opened = (offered(after) - offered(before)) & spoken_against()[name]
    assert not {one for one in opened if planned(before, one).status != "not_yet"}
    assert not opened or (after.firmness.firm and not before.firmness.firm)
    assert not offered(after) & {
        one.id
        for one in KNOWLEDGE.treatments.values()
        if any(
            what.factor == name and what.severity == "absolute" for what in one.contraindications
        )
    }


@pytest.mark.slow
@share(0.1)
@given(records(), st.sampled_from(ACTIVE))
def test_a_failed_trial_never_lowers_a_red_flag(record: Record, name: str) -> None:
    case, assessment = record
    more = msgspec.structs.replace(case, treatments=(*case.treatments, failed_trial(name)))
    assert red_flags(more, KNOWLEDGE) == red_flags(case, KNOWLEDGE)
    before, after = (draft_plan(one, assessment, KNOWLEDGE) for one in (case, more))
    assert after.urgent == before.urgent
    assert after.patient_page.sections[0].heading == before.patient_page.sections[0].heading
    assert faults(after, more, assessment, KNOWLEDGE) == []


# What follows takes every treatment, not random ones, in a person in whom all speaks for it.


def alone(one: Treatment) -> Knowledge:
    """The shipped knowledge with one treatment only, and the exercise that has to fail first."""
    kept = {name: KNOWLEDGE.treatments[name] for name in (EXERCISE, one.id)}
    return msgspec.structs.replace(KNOWLEDGE, treatments=kept)


def is_offered(one: Treatment, record: Record) -> bool:
    plan = draft_plan(*record, alone(one))
    assert faults(plan, *record, alone(one)) == []
    return planned(plan, one.id).status in OFFERED


@cache
def welcome(name: str) -> Record | None:
    """A person who is offered the treatment; None when nobody can be."""
    one = KNOWLEDGE.treatments[name]
    return next((rec for rec in favouring(one, KNOWLEDGE) if is_offered(one, rec)), None)


NEVER = frozenset(
    one.id
    for one in KNOWLEDGE.treatments.values()
    if not any(said.direction == "for" and not said.superseded_by for said in one.statements)
)
ALL = pytest.mark.parametrize("name", sorted(KNOWLEDGE.treatments))


def but(record: Record, **more) -> Record:
    """The same person with something added to what is recorded."""
    case, assessment = record
    added = {key: (*getattr(case, key), *values) for key, values in more.items()}
    return msgspec.structs.replace(case, **added), assessment


def in_danger(record: Record, **more) -> Record:
    case, assessment = record
    return case, msgspec.structs.replace(assessment, **more)


@ALL
def test_each_absolute_danger_in_its_file_withholds_a_treatment(name: str) -> None:
    one, record = KNOWLEDGE.treatments[name], welcome(name)
    if record is None:
        return
    case, assessment = record
    told = assessment.conditions[0].condition
    near = set(KNOWLEDGE.conditions[told].regions)
    for what in one.contraindications:
        if what.severity == "absolute":
            assert not is_offered(one, but(record, factors=[what.factor])), what.factor
    for drug in one.drug_classes:
        assert not is_offered(one, but(record, allergies=[drug])), drug
    for what in one.interactions:
        if what.severity == "contraindicated" and what.drug_class not in one.drug_classes:
            assert not is_offered(one, but(record, drugs=[what.drug_class])), what.drug_class
    for what in one.cautions:
        if what.severity != "absolute":
            continue
        danger = what.condition
        assert not is_offered(one, but(record, known_conditions=[danger])), danger
        for basis in ("rule", "probability"):
            raised = (flag(danger, "soon", basis=basis),)
            assert not is_offered(one, in_danger(record, red_flags=raised)), danger
        if near & set(KNOWLEDGE.conditions[danger].regions):
            doubt = in_danger(record, not_excluded=(open_danger(danger),))
            assert not is_offered(one, doubt), danger
    assert not any(forbidden(one, [told], case, assessment, KNOWLEDGE))


@ALL
def test_each_gate_and_trial_is_waited_for(name: str) -> None:
    one, record = KNOWLEDGE.treatments[name], welcome(name)
    if record is None or planned(draft_plan(*record, alone(one)), name).urgent:
        return
    case, assessment = record
    present = {found.condition: found.present for found in assessment.conditions}
    bare = msgspec.structs.replace(case, observations=(), measurements=(), factors=())
    if one.gate is not None and is_true(one.gate.rule, bare, present, KNOWLEDGE) is not True:
        assert not is_offered(one, (bare, assessment))
    if one.step > 1 and one.after_trial:
        for tries in ((), (failed_trial(weeks=5.0),), (failed_trial(response="complete"),)):
            short = msgspec.structs.replace(case, treatments=tries)
            assert not had_its_chance(short, KNOWLEDGE, 6)
            assert not is_offered(one, (short, assessment))


def test_every_treatment_that_a_body_speaks_for_can_be_offered() -> None:
    """Those that nobody can get: their bodies disagree, or have too little to say."""
    never = {name for name in KNOWLEDGE.treatments if name not in NEVER and welcome(name) is None}
    assert len(never) <= 10, never
    for name in never:
        words = KNOWLEDGE.treatments[name].statements
        assert any(one.direction != "for" for one in words), name
    assert all(welcome(name) is None for name in NEVER)
