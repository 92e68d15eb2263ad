"""Whether the diagnosis is firm: no open question would change the plan."""

from __future__ import annotations

from typing import Any

import pytest

from kinechain.domain.assessment import Next
from kinechain.domain.case import Case
from kinechain.domain.plan import Plan
from tests.support.care import (
    BACK,
    KNEE,
    drafted,
    failed_trial,
    knowledge_of,
    planned,
    question,
    result_of,
    said,
    treatment,
)

BRACE = treatment("brace")
WALK = treatment("walk", said(conditions=(KNEE, BACK)))
BED = treatment("bed", said(conditions=(BACK,)))
KNOWN = knowledge_of(BRACE, WALK, BED)
BOTH = (result_of(KNEE, 0.6), result_of(BACK, 0.01))
TURNS: tuple[Any, Any] = ({KNEE: (0.6, 0.02), BACK: (0.01, 0.7)}, {KNEE: (0.6, 0.65)})
"""Present: it is the back, not the knee; absent: nothing new."""


def plan(*following: Next, **more: Any) -> Plan:
    given: dict[str, Any] = {"known": KNOWN, "results": BOTH, **more}
    return drafted(following=following, **given)


def test_a_test_that_changes_the_plan_is_found() -> None:
    found = plan(question(*TURNS))
    assert not found.firmness.firm
    assert found.firmness.because == (
        "Lachman test is not known, and its answer would change the plan"
    )
    (test,) = found.first_tests
    assert test.if_present == ("adds Bed", "leaves out Brace")
    assert test.if_absent == ()
    assert "Lachman test present: adds Bed, leaves out Brace" in found.would_change


def test_until_then_only_what_stands_either_way_begins() -> None:
    found = plan(question(*TURNS))
    statuses = {one.id: one.status for one in found.treatments}
    assert statuses == {"walk": "recommended", "brace": "not_yet", "bed": "not_recommended"}
    (missing,) = planned(found, "brace").gate.missing  # type: ignore[union-attr]
    assert missing.startswith("the first test of this plan")
    assert found.meanwhile == ("walk",)
    assert plan().meanwhile == ()
    assert planned(plan(), "brace").status == "recommended"


def test_what_is_safe_meanwhile_or_needs_no_diagnosis_does_not_wait() -> None:
    for more in ({"safe_meanwhile": True}, {"firm": False}):
        known = knowledge_of(treatment("brace", **more), WALK, BED)
        found = plan(question(*TURNS), known=known)
        assert not found.firmness.firm
        assert planned(found, "brace").status == "recommended"


@pytest.mark.parametrize(
    ("answers", "more"),
    [
        (({KNEE: (0.6, 0.7)}, {KNEE: (0.6, 0.5)}), {}),
        (({}, {}), {}),
        (TURNS, {"chance": 0.09}),
        (TURNS, {"burden": 4}),
        (TURNS[::-1], {"chance": 0.91}),
    ],
    ids=["little", "nothing", "hardly ever present", "a burden", "hardly ever absent"],
)
def test_a_test_that_does_not_is_not(answers: tuple[Any, Any], more: dict[str, Any]) -> None:
    found = plan(question(*answers, **more))
    assert found.firmness.firm
    assert found.first_tests == ()
    assert "no open question or test up to imaging would change the plan" in found.firmness.because
    assert "leads with 60%" in found.firmness.because


@pytest.mark.parametrize("more", [{"chance": 0.1}, {"burden": 3}])
def test_at_the_limits_it_still_counts(more: dict[str, Any]) -> None:
    assert plan(question(*TURNS, **more)).first_tests
    assert plan(question(*TURNS[::-1], chance=0.89)).first_tests[0].if_absent


def test_at_most_three_tests_in_the_order_of_the_assessment() -> None:
    asked = [question(*TURNS, id=f"test_{place}", label=f"T{place}") for place in range(5)]
    found = plan(question({}, {}, id="idle"), *asked)
    assert [one.id for one in found.first_tests] == ["test_0", "test_1", "test_2"]


def test_instances_move_their_condition_together() -> None:
    """Both knees at 0.4 give 0.64; an answer that leaves 0 in one and 0.1 in the other, 0.1."""
    sides = {f"{KNEE}.left": (0.4, 0.0), f"{KNEE}.right": (0.4, 0.1), BACK: (0.01, 0.7)}
    assert plan(question(sides, {})).first_tests[0].if_present == ("adds Bed", "leaves out Brace")
    one_side = {f"{KNEE}.left": (0.4, 0.0), f"{KNEE}.right": (0.4, 0.4)}
    assert plan(question(one_side, {})).first_tests == ()


def test_an_option_of_the_first_step_holds_up_nothing_and_a_procedure_does() -> None:
    maybe = said("for", "conditional", conditions=(BACK,))
    results = (result_of(KNEE, 0.6), result_of(BACK, 0.01))
    for step, count in ((1, 0), (2, 1)):
        known = knowledge_of(
            WALK, treatment("bed", maybe, step=step, after_trial=False, firm=False)
        )
        found = plan(question({BACK: (0.01, 0.7)}, {}), known=known, results=results)
        assert len(found.first_tests) == count


def test_a_slight_gain_holds_up_nothing() -> None:
    """Worth is twice the probability: from 0.08 on the back is planned for, and 0.16 is slight."""
    known = knowledge_of(WALK, treatment("bed", said(conditions=(BACK,)), step=2, after_trial=False,
                                         firm=False))  # fmt: skip
    results = (result_of(KNEE, 0.16), result_of(BACK, 0.07))

    def count(after: float) -> int:
        ask = question({BACK: (0.07, after)}, {})
        return len(plan(ask, known=known, results=results).first_tests)

    assert count(0.09) == 0
    assert count(0.3) == 1


def test_a_known_origin_stays_in_question_after_an_answer() -> None:
    case = Case(id="x", known_conditions=(BACK,))
    results = (result_of(KNEE, 0.6), result_of(BACK, 0.12))
    found = plan(question({KNEE: (0.6, 0.65)}, {KNEE: (0.6, 0.55)}), case=case, results=results)
    assert [one.standing for one in found.origins] == ["leading", "known"]
    assert found.first_tests == ()
    changing = {KNEE: (0.6, 0.05), "meniscal_tear": (0.01, 0.6)}
    more = (*results, result_of("meniscal_tear", 0.01))
    turned = plan(question(changing, {}), case=case, results=more)
    assert turned.first_tests
    assert "bed" in turned.meanwhile


def test_nothing_is_firm_without_an_origin() -> None:
    for results in ((), (result_of(KNEE, 0.0),)):
        found = plan(question(*TURNS), results=results)
        assert not found.firmness.firm
        assert found.firmness.because == "no origin could be computed"
        assert found.first_tests == ()


def test_a_trial_that_failed_does_not_hold_up_a_firm_diagnosis() -> None:
    assert plan(case=Case(id="x", treatments=(failed_trial(),))).firmness.firm
