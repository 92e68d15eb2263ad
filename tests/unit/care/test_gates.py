"""Gates: what a treatment waits for, and what an emergency opens and holds."""

from __future__ import annotations

from typing import Any

import pytest

from kinechain.domain.care import TreatmentGate
from kinechain.domain.case import Case, Observation, Pain
from kinechain.domain.plan import Gate
from tests.support.care import (
    BACK,
    KNEE,
    SPINE,
    drafted,
    failed_trial,
    flag,
    knowledge_of,
    open_danger,
    planned,
    result_of,
    said,
    treatment,
)

LOCKED = TreatmentGate(
    words="a knee that locks, on imaging too",
    rule={"all": [{"finding": "knee_locking"}, {"finding": "mri_meniscal_tear"}]},
    reason="r",
)
STEPPED: dict[str, Any] = {"step": 2, "kind": "device"}
ACTIVE = treatment("exercise_therapy", active_care=True)


def seen(**states: str) -> tuple[Observation, ...]:
    return tuple(Observation(finding=name, state=state) for name, state in states.items())  # type: ignore[arg-type]


def gate(origin: str = KNEE, chance: float = 0.6, **more: Any) -> Gate:
    """The gate of a treatment for one origin."""
    given = {key: more.pop(key) for key in ("case", "flags", "dangers") if key in more}
    one = treatment("thing", said(conditions=(origin,)), **more)
    results = (result_of(origin, chance),)
    plan = drafted(known=knowledge_of(one, ACTIVE), results=results, **given)
    found = planned(plan, "thing")
    assert found.gate is not None
    assert (found.status == "not_yet") is not found.gate.met
    assert found.gate.met is not bool(found.gate.missing)
    return found.gate


def tried(**more: Any) -> Case:
    return Case(id="made up", treatments=(failed_trial(**more),))


@pytest.mark.parametrize(
    ("origin", "trial", "met"),
    [
        (BACK, {"weeks": 6.0}, True),
        (BACK, {"weeks": 5.9}, False),
        (BACK, {"weeks": None}, False),
        (BACK, {"weeks": 1.0, "response": "worse"}, True),
        (BACK, {"response": "partial"}, False),
        (BACK, {"response": "complete"}, False),
        (BACK, {"response": None}, False),
        (BACK, {"response": "partial", "relief_percent": 29.9}, True),
        (BACK, {"response": "partial", "relief_percent": 30.0}, False),
        (BACK, {"response": "partial", "relief_weeks": 11.9}, True),
        (BACK, {"response": "partial", "relief_weeks": 12.0}, False),
        (BACK, {"response": "partial", "relief_percent": 10.0, "weeks": 5.0}, False),
        (BACK, {"name": "unheard_of"}, False),
        (BACK, {"name": "thing", "response": "partial", "relief_percent": 1.0}, False),
        (KNEE, {"weeks": 12.0}, True),
        (KNEE, {"weeks": 11.9}, False),
        (SPINE, {"weeks": 12.0}, True),
        (SPINE, {"weeks": 11.9}, False),
    ],
)
def test_a_later_step_waits_for_an_adequate_trial_of_active_care(
    origin: str, trial: dict[str, Any], met: bool
) -> None:
    found = gate(origin, case=tried(**trial), **STEPPED)
    assert found.met is met
    assert "adequate active care brought no lasting relief" in found.condition


def test_the_words_say_how_long_and_what_is_recorded() -> None:
    (none,) = gate(**STEPPED).missing
    assert none == "12 weeks of active care without lasting relief (none is recorded)"
    (some,) = gate(BACK, case=tried(weeks=3.0), **STEPPED).missing
    assert some.startswith("6 weeks of active care without lasting relief (recorded: ")
    assert some.endswith("Exercise_therapy, 3 weeks, response none)")
    (untold,) = gate(BACK, case=tried(weeks=None, response=None), **STEPPED).missing
    assert untold.endswith("Exercise_therapy, length not told, response not told)")


def test_the_first_step_and_what_need_not_wait_do_not_wait_for_a_trial() -> None:
    assert gate().met
    assert gate(after_trial=False, **STEPPED).met
    for steps in (2, 3):
        assert not gate(step=steps, kind="surgery").met


@pytest.mark.parametrize(
    ("states", "missing"),
    [
        ({"knee_locking": "present", "mri_meniscal_tear": "present"}, None),
        ({"knee_locking": "present"}, "(not recorded: MRI shows a meniscal tear)"),
        ({}, "(not recorded: "),
        ({"knee_locking": "present", "mri_meniscal_tear": "absent"}, "(not recorded: "),
    ],
)
def test_its_own_gate_opens_when_it_is_true_and_not_when_unknown(
    states: dict[str, str], missing: str | None
) -> None:
    found = gate(gate=LOCKED, case=Case(id="x", observations=seen(**states)))
    assert LOCKED.words in found.condition
    if missing is None:
        assert found.met
    else:
        assert found.missing[0].startswith(LOCKED.words)


def test_a_long_list_of_what_is_not_recorded_is_left_out() -> None:
    many = ["knee_locking", "mri_meniscal_tear", "mcmurray_test", "knee_effusion", "fever"]
    for count in (4, 5):
        rule = {"any": [{"finding": name} for name in many[:count]]}
        words = gate(gate=TreatmentGate(words="something", rule=rule, reason="r")).missing[0]
        assert (words == "something") is (count == 5)


def test_what_is_recorded_and_shuts_a_gate_is_not_asked_for() -> None:
    free = TreatmentGate(words="no fever", rule={"not": {"finding": "fever"}}, reason="r")
    hot, cool = (Case(id="x", observations=seen(fever=state)) for state in ("present", "absent"))
    assert gate(gate=free, case=hot).missing == ("no fever",)
    assert gate(gate=free, case=cool).met


def test_a_later_step_waits_for_an_origin_that_is_more_likely_than_not() -> None:
    more = {"after_trial": False, "firm": True, **STEPPED}
    assert gate(BACK, 0.5, **more).met
    (missing,) = gate(BACK, 0.49, **more).missing
    assert missing == "Non-specific low back pain explains the complaint with 49% only"
    known = Case(id="x", known_conditions=(BACK,))
    assert gate(BACK, 0.1, case=known, **more).met
    assert planned(
        drafted(
            treatment("thing", said(conditions=(BACK,)), after_trial=False, firm=False, **STEPPED),
            results=(result_of(BACK, 0.3),),
        ),
        "thing",
    ).gate is None  # fmt: skip


@pytest.mark.parametrize("urgency", ["emergency_now", "same_day"])
@pytest.mark.parametrize("basis", ["rule", "probability"])
def test_what_cannot_wait_holds_what_is_not_safe(urgency: str, basis: str) -> None:
    flags = (flag("septic_arthritis", urgency, basis=basis),)
    held = gate(flags=flags)
    assert not held.met
    assert held.missing[0].endswith("Suspected: septic_arthritis")
    names = ("thing", "safe", "referral", "cure")
    plan = drafted(
        treatment("thing"),
        treatment("safe", safe_meanwhile=True),
        treatment("referral", kind="referral"),
        treatment("cure", said(conditions=(KNEE, "septic_arthritis")), kind="drug"),
        flags=flags,
    )
    found = [planned(plan, name).status for name in names]
    assert found == ["not_yet", "recommended", "recommended", "recommended"]


@pytest.mark.parametrize(
    ("kind", "met"),
    [
        ("exercise", True),
        ("drug", True),
        ("manual", False),
        ("injection", False),
        ("surgery", False),
    ],
)
def test_a_suspicion_that_may_wait_for_days_holds_hands_and_needles(kind: str, met: bool) -> None:
    assert gate(kind=kind, flags=(flag("septic_arthritis", "soon"),)).met is met
    assert gate(kind=kind, flags=(flag("septic_arthritis", "soon", status="to_ask"),)).met


@pytest.mark.parametrize(("present", "met"), [(0.5, False), (0.49, True)])
def test_a_danger_that_is_probable_holds_too(present: float, met: bool) -> None:
    plan = drafted(
        treatment(), results=(result_of(KNEE, 0.6), result_of("septic_arthritis", 0.0, present))
    )
    assert (planned(plan, "thing").status == "recommended") is met


def test_a_diagnosed_danger_holds_until_it_is_settled() -> None:
    case = Case(id="x", known_conditions=("septic_arthritis",), pain=(Pain(site="knee"),))
    assert not gate(case=case).met
    harmless = Case(id="x", known_conditions=("meniscal_tear",))
    assert gate(case=harmless).met


@pytest.mark.parametrize(
    ("kind", "more", "met"),
    [
        ("surgery", {"flags": (flag("spinal_infection", "soon"),)}, False),
        ("medical", {"flags": (flag("spinal_infection", "soon", basis="probability"),)}, False),
        ("medical", {"dangers": (open_danger("spinal_infection"),)}, False),
        ("exercise", {"flags": (flag("spinal_infection", "soon"),)}, True),
        ("medical", {"case": Case(id="x", known_conditions=("spinal_infection",))}, True),
        ("medical", {"chance": 0.5, "flags": (flag("spinal_infection", "soon"),)}, True),
    ],
)
def test_what_treats_a_danger_waits_until_it_is_confirmed(
    kind: str, more: dict[str, Any], met: bool
) -> None:
    found = gate("spinal_infection", more.pop("chance", 0.49), kind=kind, **more)
    assert found.met is met
    assert any("is only suspected (49%)" in one for one in found.missing) is not met
