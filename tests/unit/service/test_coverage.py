"""What the knowledge covers."""

from __future__ import annotations

import msgspec

from kinechain.knowledge import load_knowledge
from kinechain.service.coverage import coverage


def test_it_adds_up() -> None:
    knowledge = load_knowledge()
    found = coverage(knowledge)
    assert {one.condition for one in found.conditions} == set(knowledge.conditions)
    for one in found.conditions:
        assert one.figures == one.studies + one.judgements > 0
        assert one.effects == len({e.to for e in knowledge.conditions[one.condition].effects})
        assert one.dangerous == (knowledge.conditions[one.condition].danger is not None)
    assert found.figures > sum(one.figures for one in found.conditions)
    assert found.judgements <= found.figures


def test_what_is_missing_is_said() -> None:
    knowledge = load_knowledge()
    name = "knee_osteoarthritis"
    prior = msgspec.structs.replace(knowledge.conditions[name].prior, by_age=())
    bare = msgspec.structs.replace(
        knowledge.conditions[name], reviewed_on="", icd10=None, prior=prior, no_effect=()
    )
    changed = msgspec.structs.replace(knowledge, conditions={**knowledge.conditions, name: bare})
    (row,) = [one for one in coverage(changed).conditions if one.condition == name]
    assert {"a review", "an ICD-10 code", "priors by age"} <= set(row.missing)
