"""A follow-up from a case file to the decision, with the shipped knowledge."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import kinechain
from kinechain.domain.follow_up import FollowUp
from kinechain.intake import CaseReading, parse_case
from kinechain.knowledge import load_knowledge
from kinechain.service.assess import load_case
from kinechain.service.plan import follow_up, make_plan, without_responses

PUBLISHED = Path(kinechain.__file__).parent / "examples/thigh_pain_from_the_hip.yaml"
"""A published case; what came after is invented."""
AFTER = """
as_of: 2026-05-01
treatments:
  - {treatment: intraarticular_steroid, on: 2026-02-01, site: hip, side: left, relief: 80,
     response: partial}
  - {treatment: exercise_therapy, on: 2026-01-05, weeks: 14, response: none}
scores:
  - {instrument: nprs, score: 8, on: 2026-01-05}
  - {instrument: nprs, score: 7, on: 2026-02-16}
  - {instrument: nprs, score: 7, on: 2026-04-20}
  - {instrument: lefs, score: 40}
"""


def reading(after: str = AFTER) -> CaseReading:
    found = parse_case(PUBLISHED.read_text("utf-8") + after, load_knowledge())
    assert not [one for one in found.issues if one.level == "error"]
    return found


@cache
def followed() -> FollowUp:
    return follow_up(reading())


def test_a_response_becomes_an_observation() -> None:
    case = reading().case
    (seen,) = [one for one in case.observations if one.finding == "hip_injection_relief"]
    assert (seen.state, seen.side) == ("present", "left")
    bare = without_responses(case, load_knowledge())
    assert len(bare.observations) == len(case.observations) - len(
        [one for one in case.observations
         if load_knowledge().findings.get(one.finding) and
         load_knowledge().findings[one.finding].kind == "response"]
    )  # fmt: skip
    assert "hip_injection_relief" not in {one.finding for one in bare.observations}


@pytest.mark.slow
def test_the_response_counts_against_chance_and_moves_the_origins() -> None:
    (found,) = [one for one in followed().responses if one.finding == "hip_injection_relief"]
    known = load_knowledge().findings["hip_injection_relief"]
    assert found.by_chance == known.leak.value
    assert found.side == "left"
    assert "intraarticular_steroid" in found.because or "response" in found.because
    assert found.speaks_of is not None
    assert found.likelihood_ratio is not None
    assert found.likelihood_ratio > 1
    moved = followed().moved
    assert moved
    sizes = [abs(one.after - one.before) for one in moved]
    assert sizes == sorted(sizes, reverse=True)
    assert min(sizes) >= 0.01
    assert len(moved) <= 6


def test_what_did_not_help_for_long_enough_opens_the_next_step() -> None:
    found = followed()
    assert (found.outcome, found.decision) == ("unchanged", "step_up")
    assert "adequate trial of active care" in found.because[0]
    (series,) = found.series
    assert [one.value for one in series.visits] == [8, 7, 7]
    assert [one.outcome for one in series.visits] == ["unknown", "unchanged", "unchanged"]


def test_scores_without_a_day_are_not_used_and_said_to_be() -> None:
    (issue,) = [one for one in followed().issues if one.where == "scores"]
    assert "lefs" in issue.message
    assert issue.level == "warning"


def test_natural_history_is_told_for_the_weeks_since_the_first_score() -> None:
    for one in followed().natural_history:
        assert one.weeks <= (116 / 7) + 1e-9
        assert one.words


def test_without_a_course_it_asks_to_measure() -> None:
    found = follow_up(load_case(PUBLISHED))
    assert (found.outcome, found.decision, found.series) == ("unknown", "measure", ())
    assert (found.responses, found.moved) == ((), ())
    assert any("No instrument has two dated scores" in one.message for one in found.issues)


@pytest.mark.slow
def test_a_red_flag_comes_before_everything() -> None:
    better = AFTER.replace("score: 7", "score: 2")
    assert follow_up(reading(better)).decision == "step_down"
    text = PUBLISHED.read_text("utf-8").replace(
        "  present:\n", "  present:\n    - saddle_anaesthesia\n"
    )
    text = text.replace("pain:\n", "pain:\n  - {site: low_back}\n", 1)
    found = follow_up(parse_case(text + better, load_knowledge()))
    assert found.outcome == "lasting_relief"
    assert found.decision == "jump"
    assert found.because[0].startswith("red flag: ")
    assert found.red_flags


@pytest.mark.slow
def test_the_same_case_gives_the_same_plan_and_the_same_version() -> None:
    case = reading()
    first = make_plan(case)
    second = make_plan(case, assessment=first.assessment, previous=first.plan)
    assert second.plan.content == first.plan.content
    assert second.plan.plan_version == 1
    assert second.plan.history == first.plan.history
    assert set(second.plan.timing_ms) >= {"plan", "total"}


@pytest.mark.slow
@pytest.mark.parametrize("state", ["none", "partial"])
def test_a_later_version_says_what_changed(state: str) -> None:
    first = make_plan(load_case(PUBLISHED))
    tried = f"treatments: [{{treatment: exercise_therapy, weeks: 14, response: {state}}}]\n"
    again = parse_case(PUBLISHED.read_text("utf-8") + tried, load_knowledge())
    second = make_plan(again, assessment=first.assessment, previous=first.plan).plan
    assert second.plan_version == 2
    assert second.history[0] == first.plan.history[0]
    (status,) = [one.status for one in second.treatments if one.id == "exercise_therapy"]
    assert (status == "already_tried") is (state == "none")
