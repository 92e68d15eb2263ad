"""Published cases against the program: equal priors, ranks, alarms, what was missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinechain.domain.assessment import Flag
from kinechain.inference.elimination import TableTooLarge
from kinechain.inference.person import person_of
from kinechain.intake import parse_case
from kinechain.knowledge import load_knowledge
from kinechain.service import case_benchmark
from kinechain.service.assess import assess
from kinechain.service.case_benchmark import (
    IN_TIME,
    asked_by_flags,
    equal_priors,
    is_alarm,
    outcome_of,
    run_cases,
)
from kinechain.service.published import PublishedCase, read_published
from tests.unit.service.test_published import GOOD


def case_of(tmp_path: Path, text: str, name: str = "knee") -> PublishedCase:
    (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (found,), issues = read_published(tmp_path, load_knowledge())
    assert not issues
    return found


def test_equal_priors_are_equal_for_everybody() -> None:
    knowledge = equal_priors(load_knowledge(), 0.02)
    text = "age: 80\nsex: female\nsetting: spine_clinic\nfindings: {present: [obesity]}\n"
    case = parse_case(text, knowledge).case
    assert case.setting == "spine_clinic"
    assert case.observations
    person = person_of(knowledge, case)
    midline = [
        one for one in knowledge.conditions.values() if one.sides == "midline" and not one.levels
    ]
    assert len(midline) > 3
    for condition in midline:
        (node,) = knowledge.instances[condition.id]
        assert person.network.leak[0, node] == pytest.approx(0.02)
    assert not any(person.multipliers)


def test_equal_priors_leave_the_knowledge_alone() -> None:
    knowledge = load_knowledge()
    before = {name: one.prior.base.value for name, one in knowledge.conditions.items()}
    other = equal_priors(knowledge)
    assert other.version != knowledge.version
    assert {one.prior.base.value for one in other.conditions.values()} == {0.01}
    assert before == {name: one.prior.base.value for name, one in knowledge.conditions.items()}


@pytest.mark.parametrize(
    ("status", "urgency", "alarm"),
    [
        ("raised", "emergency_now", True),
        ("raised", "same_day", True),
        ("raised", "within_2_weeks", False),
        ("to_ask", "emergency_now", False),
    ],
)
def test_what_counts_as_an_alarm(status, urgency, alarm: bool) -> None:
    flag = Flag(id="x", label="x", urgency=urgency, status=status, basis="rule", because=(),
                action="", sources=())  # fmt: skip
    assert is_alarm(flag) is alarm


@pytest.mark.slow
def test_one_outcome(tmp_path: Path) -> None:
    outcome = outcome_of(case_of(tmp_path, GOOD))
    assert outcome.condition == "knee_osteoarthritis"
    assert 1 <= (outcome.rank or 0) <= len(load_knowledge().conditions)
    assert 1 <= (outcome.rank_equal or 0) <= len(load_knowledge().conditions)
    assert 0 < outcome.probability <= outcome.leading_probability < 1
    assert not outcome.alarm_raised
    assert 1 <= (outcome.rank_naive or 0) <= len(load_knowledge().conditions)
    assert outcome.open is None, "no alarm was expected"
    assert not any((outcome.outside, outcome.asked_next, outcome.asked_by_flags))
    assert [issue.level for issue in outcome.issues] == ["error"], "the unknown finding"


@pytest.mark.slow
def test_a_missed_alarm_says_what_would_have_revealed_it(tmp_path: Path) -> None:
    text = GOOD.replace("condition: knee_osteoarthritis", "condition: spinal_infection")
    text = text.replace("alarm: false", "alarm: true").replace("site: knee, side: left",
                                                               "site: low_back")  # fmt: skip
    text = text.replace("[no_such_finding]", "[night_pain]")
    outcome = outcome_of(case_of(tmp_path, text))
    assert outcome.open is not None
    assert outcome.open.next
    assert any("ever" in name for name in (*outcome.open.ask, *outcome.open.flags))


@pytest.mark.slow
def test_a_revealing_question_in_time_and_a_diagnosis_outside(tmp_path: Path) -> None:
    knowledge = load_knowledge()
    inside = case_of(tmp_path, GOOD)
    result = assess(parse_case(inside.text, knowledge), knowledge)
    asked, late = result.next[0].finding, result.next[IN_TIME].finding
    assert late not in [step.finding for step in result.next[:IN_TIME]]
    said = "condition: knee_osteoarthritis, acceptable: []"
    for names, expected in ((f"{late}, {asked}", True), (late, False)):
        text = GOOD.replace(said, f"outside: true, diagnosis: a rarity, revealing: [{names}]")
        outcome = outcome_of(case_of(tmp_path, text))
        assert (outcome.outside, outcome.rank, outcome.rank_naive) == (True, None, None)
        assert outcome.asked_next is expected
        assert outcome.found == "a rarity"
        assert outcome.unexplained is (outcome.unexplained_share >= 0.5)


def test_naive_bayes_that_cannot_be_computed_counts_as_not_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise TableTooLarge(1 << 30, ())

    monkeypatch.setattr(case_benchmark, "naive_bayes", refuse)
    case = parse_case("pain: [{site: low_back}]\n", load_knowledge()).case
    assert case_benchmark._rank_by_naive_bayes(load_knowledge(), case, ["x"]) is None


def test_what_open_flags_ask_first() -> None:
    result = assess(parse_case("pain: [{site: low_back}]\n", load_knowledge()), load_knowledge())
    open_ = [flag for flag in result.red_flags if flag.status == "to_ask"]
    found = asked_by_flags(result)
    assert found[: len(open_[0].ask)] == list(open_[0].ask)
    assert len(found) == len(set(found))
    assert open_[0].urgency == "emergency_now"


@pytest.mark.slow
def test_the_result_does_not_depend_on_the_processes(tmp_path: Path) -> None:
    first = case_of(tmp_path, GOOD, "a")
    (tmp_path / "b.yaml").write_text(GOOD.replace("left", "right"), encoding="utf-8")
    cases, _ = read_published(tmp_path, load_knowledge())
    assert cases[0] == first
    told: list[tuple[int, int]] = []
    alone = run_cases(cases, jobs=1)
    together = run_cases(cases, jobs=2, progress=lambda done, of: told.append((done, of)))
    assert alone == together
    assert told == [(1, 2), (2, 2)]
    assert alone.cases[0].probability == pytest.approx(alone.cases[1].probability, abs=1e-9)
