"""Scores over time and what follows from them, by a table that was worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from kinechain.care.decision import decide, responses
from kinechain.care.facts import gather
from kinechain.care.outcome import important_change, overall, series_of
from kinechain.domain.case import Case, Observation, Score
from kinechain.domain.follow_up import Response
from kinechain.knowledge import load_knowledge
from tests.support.care import (
    BACK,
    EXERCISE,
    KNEE,
    assessed,
    drafted,
    failed_trial,
    flag,
    knowledge_of,
    result_of,
    said,
    treatment,
)

TABLE: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("outcomes.yaml").read_text("utf-8")
)
START = date(2026, 1, 5)
BOTH = (KNEE, BACK)
KNOWN = knowledge_of(
    treatment(EXERCISE, said(conditions=BOTH), active_care=True, part="preventive"),
    treatment("needle", said(conditions=BOTH), step=2, kind="injection"),
)


def scores(spec: dict[str, Any]) -> tuple[Score, ...]:
    """The scores of one series."""
    instrument = load_knowledge().instruments[spec["instrument"]]
    days = spec.get("days") or {7 * week: value for week, value in spec["scores"].items()}
    return tuple(
        Score(
            instrument=instrument.id,
            scale=spec.get("scale", instrument.main_scale),
            value=float(value),
            on=START + timedelta(days=day),
        )
        for day, value in days.items()
    )


def run(spec: dict[str, Any]) -> None:
    """Work out one entry of the table, and compare."""
    trial = (failed_trial(**spec["trial"]),) if "trial" in spec else ()
    case = Case(
        id="made up",
        as_of=START + timedelta(weeks=30),
        scores=scores(spec) + (scores(spec["also"]) if "also" in spec else ()),
        treatments=trial,
    )
    flags = [flag("septic_arthritis", one, name=one) for one in spec.get("flags", ())]
    results = (result_of(spec.get("origin", BACK), 0.6),)
    assessment = assessed(case, *results, flags=flags)
    series = series_of(case.scores, KNOWN)
    outcome = overall(series)
    plan = drafted(case=case, results=results, known=KNOWN, flags=flags)
    decided = decide(outcome, series, gather(case, assessment, KNOWN), plan)
    expect = spec["expect"]
    assert outcome == expect["outcome"]
    assert decided.decision == expect["decision"]
    assert expect.get("says", "") in "; ".join(decided.because)
    assert decided.because
    assert expect.get("next", "") in "; ".join(decided.next_step)
    assert decided.next_step
    assert set(expect) <= {"outcome", "decision", "says", "next"}


def each(part: str) -> Any:
    return pytest.mark.parametrize("spec", TABLE[part], ids=[one["name"] for one in TABLE[part]])


@each("cases")
def test_outcome_and_decision(spec: dict[str, Any]) -> None:
    run(spec)


@each("must_fail")
def test_the_table_can_fail(spec: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        run(spec)


def test_every_outcome_and_decision_occurs() -> None:
    expected = [one["expect"] for one in TABLE["cases"]]
    assert {one["outcome"] for one in expected} == {
        "lasting_relief", "responding", "unchanged", "worse", "relapse", "unknown",
    }  # fmt: skip
    assert {one["decision"] for one in expected} == {
        "stay", "step_up", "step_down", "jump", "measure",
    }  # fmt: skip
    assert len({one["name"] for one in TABLE["cases"]}) == len(TABLE["cases"])


def test_each_visit_has_its_word_in_the_light_of_those_before() -> None:
    (series,) = series_of(
        scores({"instrument": "nprs", "scores": {0: 7, 6: 4, 12: 3, 20: 6}}), KNOWN
    )
    assert [one.outcome for one in series.visits] == [
        "unknown", "responding", "lasting_relief", "relapse",
    ]  # fmt: skip
    assert [one.weeks for one in series.visits] == [0, 6, 12, 20]
    assert [one.better for one in series.visits] == [0, 3, 4, 1]
    assert series.visits[2].percent == pytest.approx(57.142857)
    assert series.visits[0].on == "2026-01-05"


def test_where_nothing_is_to_gain_a_loss_is_all_of_it() -> None:
    (series,) = series_of(scores({"instrument": "nprs", "scores": {0: 0, 6: 0, 12: 1}}), KNOWN)
    assert [one.percent for one in series.visits] == [0, 0, -100]


def test_scores_are_taken_in_the_order_of_their_days() -> None:
    made = scores({"instrument": "nprs", "scores": {12: 3, 0: 7, 6: 4}})
    assert series_of(made, KNOWN) == series_of(made[::-1], KNOWN)
    assert overall(series_of(made, KNOWN)) == "lasting_relief"


def test_scores_without_day_value_or_instrument_are_passed_over() -> None:
    (one,) = scores({"instrument": "nprs", "scores": {0: 7}})
    for lacking in ({"on": None}, {"value": None}, {"instrument": "unheard_of"}, {"scale": "none"}):
        assert series_of([msgspec.structs.replace(one, **lacking)], KNOWN) == ()


def test_of_several_important_changes_the_largest_counts_and_the_others_are_named() -> None:
    scale = load_knowledge().instruments["odi"].scales[0]
    assert sorted(one.value for one in scale.important_change) == [8, 10, 12, 15]
    used = important_change(scale)
    assert (used.value, used.words) == (15, "important change of 15 points")
    assert all(f"{value} (" in (used.note or "") for value in (8, 10, 12))


def test_a_scale_without_one_says_that_a_tenth_is_a_judgement() -> None:
    scale = load_knowledge().instruments["fabq"].scales[0]
    used = important_change(scale)
    assert (used.value, used.source, used.note) == (pytest.approx(2.4), None, "judgement")


def test_a_series_names_its_scale_and_its_thresholds() -> None:
    (main,) = series_of(scores({"instrument": "womac", "scores": {0: 7}}), KNOWN)
    (other,) = series_of(
        scores({"instrument": "womac", "scale": "stiffness", "scores": {0: 7}}), KNOWN
    )
    label = load_knowledge().instruments["womac"].label
    assert main.label == label
    assert other.label.startswith(f"{label}, ")
    assert [one.value for one in main.thresholds] == [3.94, 30.0]
    assert main.thresholds[1].source == "ostelo2008mic"


def answered(name: str, *origins: str, **more: Any) -> Response:
    given: dict[str, Any] = {"finding": name, "state": "present", "side": "left", **more}
    (found,) = responses([Observation(**given)], origins, load_knowledge())
    return found


def test_a_response_speaks_of_the_origin_that_it_says_most_about() -> None:
    finding = "hip_injection_relief"
    chance = load_knowledge().findings[finding].leak.value
    rates = {
        name: max(effect.estimate.value, chance)
        for name, condition in load_knowledge().conditions.items()
        for effect in condition.effects
        if effect.to == finding and effect.sensitivity is not None
    }
    name = max(rates, key=lambda one: (rates[one], one))
    relieved = answered(finding, name, BACK)
    assert relieved.speaks_of == name
    assert relieved.likelihood_ratio == pytest.approx(rates[name] / chance)
    assert (relieved.by_chance, relieved.side, relieved.because) == (chance, "left", "recorded")
    not_relieved = answered(finding, name, state="absent", side="midline", derived_from="injection")
    assert not_relieved.likelihood_ratio == pytest.approx((1 - rates[name]) / (1 - chance))
    assert (not_relieved.side, not_relieved.because) == (None, "injection")


def test_a_response_may_speak_of_no_likely_origin() -> None:
    found = answered("hip_injection_relief", "meningitis")
    assert (found.speaks_of, found.likelihood_ratio) == (None, None)


def test_only_responses_that_are_present_or_absent_are_told() -> None:
    seen = [
        Observation(finding="fever", state="present"),
        Observation(finding="unheard_of", state="present"),
        Observation(finding="hip_injection_relief", state="present", likelihood_ratio=3.0),
    ]
    assert responses(seen, [BACK], load_knowledge()) == ()
