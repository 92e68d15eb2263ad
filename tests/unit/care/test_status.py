"""The rules that give a treatment its status, in the order in which they apply."""

from __future__ import annotations

from typing import Any

import pytest

from kinechain.domain.care import (
    Caution,
    Contraindication,
    Interaction,
    Treatment,
    TreatmentGate,
    Trial,
)
from kinechain.domain.case import Case, Pain, TriedTreatment
from tests.support.care import (
    BACK,
    KNEE,
    drafted,
    failed_trial,
    flag,
    open_danger,
    planned,
    result_of,
    said,
    status,
    treatment,
)

SEPSIS = "septic_arthritis"
SHUT = TreatmentGate(words="a locked knee", rule={"finding": "knee_locking"})


def refused(severity: str, factor: str = "diabetes") -> Contraindication:
    return Contraindication(factor=factor, severity=severity, why="harm", reason="r")  # type: ignore[arg-type]


def cautious(severity: str = "absolute", condition: str = SEPSIS) -> Caution:
    return Caution(condition=condition, severity=severity, why="spreads", reason="r")  # type: ignore[arg-type]


def person(**more: Any) -> Case:
    return Case(id="made up", **more)


DIABETIC = person(factors=("diabetes",))
AGAINST = said("against", "strong")
FAILED = TriedTreatment(treatment="thing", id="thing", response="none", weeks=10)


def urgent_one(*statements: Any, **more: Any) -> Treatment:
    return treatment("thing", *statements, emergency_for=(SEPSIS,), **more)


def test_what_a_body_advises_is_recommended_and_says_why() -> None:
    found = planned(drafted(treatment()), "thing")
    assert found.status == "recommended"
    assert found.why == ("recommended for Osteoarthritis of the knee (60%)",)
    assert found.for_origins == (KNEE,)
    assert found.gate is not None
    assert found.gate.met


@pytest.mark.parametrize(
    ("one", "case", "kind", "label"),
    [
        (
            treatment(contraindications=(refused("absolute"),)), DIABETIC,
            "factor", "Diabetes",
        ),
        (
            treatment(drug_classes=("nsaid",)), person(allergies=("nsaid",)),
            "allergy", "allergy to Anti-inflammatory painkiller",
        ),
        (
            treatment(interactions=(
                Interaction(drug_class="anticoagulant", severity="contraindicated", why="bleeds"),
            )), person(drugs=("anticoagulant",)),
            "interaction", "takes ",
        ),
        (
            treatment(cautions=(cautious(),)), person(known_conditions=(SEPSIS,)),
            "danger", "Septic arthritis",
        ),
    ],
    ids=["factor", "allergy", "interaction", "danger"],
)  # fmt: skip
def test_what_is_known_forbids(one: Treatment, case: Case, kind: str, label: str) -> None:
    found = planned(drafted(one, case=case), "thing")
    assert found.status == "contraindicated"
    (against,) = found.contraindicated_by
    assert (against.kind, against.severity, against.standing) == (kind, "absolute", "known")
    assert against.label.startswith(label)
    assert found.why == (f"{against.label}: {against.why}",)
    assert status(one) == "recommended"


def test_what_is_known_forbids_what_would_not_be_offered_anyway() -> None:
    forbids = (refused("absolute"),)
    assert status(treatment("thing", AGAINST, contraindications=forbids), case=DIABETIC) == (
        "contraindicated"
    )
    silent = treatment("thing", said(conditions=(BACK,)), contraindications=forbids)
    assert status(silent, case=DIABETIC) == "not_recommended"


def test_what_is_known_forbids_even_the_answer_to_an_emergency() -> None:
    one = urgent_one(said(conditions=(SEPSIS,)), contraindications=(refused("absolute"),))
    septic = person(known_conditions=(SEPSIS,))
    assert status(one, case=septic) == "recommended"
    both = person(known_conditions=(SEPSIS,), factors=("diabetes",))
    assert status(one, case=both) == "contraindicated"
    silent = urgent_one(said(conditions=(BACK,)), contraindications=(refused("absolute"),))
    assert status(silent, case=both) == "contraindicated"


def test_a_danger_that_is_not_excluded_forbids_what_would_be_offered() -> None:
    dangers = (open_danger(SEPSIS),)
    one = treatment(cautions=(cautious(),))
    assert status(one, dangers=dangers) == "contraindicated"
    unsure = treatment("thing", said("neither", "inconclusive"), cautions=(cautious(),))
    assert status(unsure, dangers=dangers) == "contraindicated"
    advised_against = treatment("thing", AGAINST, cautions=(cautious(),))
    assert status(advised_against, dangers=dangers) == "not_recommended"
    words = planned(drafted(one, dangers=dangers), "thing").why[0]
    assert "not excluded" in words
    assert "spreads" in words


def test_a_danger_that_is_only_not_excluded_counts_where_the_treatment_acts() -> None:
    """The infected joint may be a knee, not the back; a raised flag counts anywhere."""
    one = treatment("thing", said(conditions=(BACK,)), cautions=(cautious(),))
    back = (result_of(BACK, 0.6),)
    assert status(one, results=back, dangers=(open_danger(SEPSIS),)) == "recommended"
    for basis in ("rule", "probability"):
        raised = (flag(SEPSIS, "soon", basis=basis),)
        assert status(one, results=back, flags=raised) == "contraindicated"
    asked = (flag(SEPSIS, "soon", status="to_ask"),)
    assert status(one, results=back, flags=asked) == "recommended"


@pytest.mark.parametrize(
    "more",
    [
        {"gate": SHUT, "step": 3},
        {"statements": (AGAINST,)},
        {"statements": (said(conditions=(BACK,)),)},
        {"step": 2, "firm": True},
    ],
    ids=["gate shut", "advised against", "not spoken of", "no trial"],
)
def test_an_emergency_overrides_all_that_comes_after(more: dict[str, Any]) -> None:
    one = urgent_one(*more.pop("statements", (said(),)), **more)
    septic = person(known_conditions=(SEPSIS,), treatments=(FAILED,))
    found = planned(drafted(one, case=septic), "thing")
    assert (found.status, found.urgent) == ("recommended", True)
    assert "must not wait" in found.why[0]
    assert found.for_origins[0] == SEPSIS
    assert found.gate is not None
    assert found.gate.met


@pytest.mark.parametrize(
    ("kind", "more", "urgent"),
    [
        ("referral", {"flags": (flag(SEPSIS, "soon"),)}, True),
        ("referral", {"flags": (flag(SEPSIS, "soon", basis="probability"),)}, True),
        ("referral", {"flags": (flag(SEPSIS, "soon", status="to_ask"),)}, False),
        ("referral", {"dangers": (open_danger(SEPSIS),)}, False),
        ("surgery", {"flags": (flag(SEPSIS, "soon"),)}, False),
        ("surgery", {"results": (result_of(KNEE, 0.6), result_of(SEPSIS, 0.0, 0.5))}, True),
        ("surgery", {"results": (result_of(KNEE, 0.6), result_of(SEPSIS, 0.0, 0.49))}, False),
        ("surgery", {"case": person(known_conditions=(SEPSIS,))}, True),
    ],
)
def test_suspicion_makes_a_referral_urgent_and_a_diagnosis_anything(
    kind: str, more: dict[str, Any], urgent: bool
) -> None:
    one = urgent_one(said(conditions=(BACK,)), kind=kind)
    assert planned(drafted(one, **more), "thing").urgent is urgent


def test_nothing_said_and_advice_against_are_not_recommended() -> None:
    silent = planned(drafted(treatment("thing", said(conditions=(BACK,)))), "thing")
    assert silent.status == "not_recommended"
    assert silent.why == ("nothing in the knowledge speaks for it in these origins",)
    assert silent.for_origins == ()
    tried = person(treatments=(FAILED,))
    found = planned(drafted(treatment("thing", AGAINST, gate=SHUT), case=tried), "thing")
    assert found.status == "not_recommended"
    assert found.why == ("advised against for Osteoarthritis of the knee (60%)",)


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        ({"response": "none", "weeks": 10}, "already_tried"),
        ({"response": "worse", "weeks": 1}, "already_tried"),
        ({"response": "none", "weeks": 8}, "already_tried"),
        ({"response": "none", "weeks": 7.9}, "recommended"),
        ({"response": "none"}, "recommended"),
        ({"response": "partial", "weeks": 10}, "recommended"),
        ({"response": "complete", "weeks": 10}, "recommended"),
        ({"response": "unknown", "weeks": 10}, "recommended"),
        ({"weeks": 10}, "recommended"),
    ],
)
def test_what_failed_long_enough_is_already_tried(tried: dict[str, Any], expected: str) -> None:
    one = treatment(trial=Trial(weeks=8.0))
    case = person(treatments=(TriedTreatment(treatment="thing", id="thing", **tried),))
    found = planned(drafted(one, case=case), "thing")
    assert found.status == expected
    assert found.why[0].startswith("it was tried")


def test_without_a_stated_length_any_trial_without_effect_has_failed() -> None:
    short = person(treatments=(TriedTreatment(treatment="x", id="thing", response="none"),))
    assert status(treatment(), case=short) == "already_tried"


def test_a_shut_gate_comes_after_what_was_tried() -> None:
    one = treatment(gate=SHUT)
    assert status(one, case=person(treatments=(FAILED,))) == "already_tried"
    found = planned(drafted(one), "thing")
    assert found.status == "not_yet"
    assert found.why[0].startswith("waits for: a locked knee")
    unsure = treatment("thing", said("neither", "inconclusive"), gate=SHUT)
    assert status(unsure) == "not_yet"


def test_of_several_tries_the_last_counts_and_of_one_day_the_worst() -> None:
    from datetime import date

    def tries(*answers: tuple[str, date | None]) -> str:
        made = tuple(
            TriedTreatment(treatment="x", id="thing", response=answer, on=on, weeks=10)
            for answer, on in answers
        )
        return status(treatment(), case=person(treatments=made))

    old, new = date(2026, 1, 1), date(2026, 2, 1)
    assert tries(("none", old), ("partial", new)) == "recommended"
    assert tries(("partial", old), ("none", new)) == "already_tried"
    assert tries(("partial", old), ("none", None)) == "recommended"
    for answers in (("partial", "none"), ("none", "partial")):
        assert tries(*((answer, None) for answer in answers)) == "already_tried"
        assert tries(*((answer, new) for answer in answers)) == "already_tried"


@pytest.mark.parametrize(
    ("strengths", "expected"), [(("strong",), "recommended"), (("conditional",), "option")]
)
def test_otherwise_the_statements_decide(strengths: tuple[str, ...], expected: str) -> None:
    assert status(treatment("thing", *(said("for", one) for one in strengths))) == expected


def test_an_origin_that_is_only_possible_lowers_a_grade() -> None:
    one = treatment("thing", said(conditions=(BACK,)))
    leading, second = result_of(KNEE, 0.6), result_of(BACK, 0.3)
    assert status(one, results=(leading, second)) == "option"
    assert status(one, results=(leading, result_of(BACK, 0.499))) == "option"
    assert status(one, results=(leading, result_of(BACK, 0.5))) == "recommended"
    assert status(one, results=(second,)) == "recommended"
    conditional = treatment("thing", said("for", "conditional", conditions=(BACK,)))
    assert status(conditional, results=(leading, second)) == "option"
    assert status(one, results=(leading, result_of(BACK, 0.1))) == "not_recommended"


@pytest.mark.parametrize(
    ("factors", "strength", "expected"),
    [
        (0, "strong", "recommended"), (1, "strong", "option"), (2, "strong", "uncertain"),
        (1, "conditional", "uncertain"), (2, "conditional", "not_recommended"),
        (3, "conditional", "not_recommended"),
    ],
)  # fmt: skip
def test_each_relative_point_lowers_a_grade(factors: int, strength: str, expected: str) -> None:
    names = ("diabetes", "peptic_ulcer", "heart_failure")
    one = treatment(
        "thing",
        said("for", strength),
        contraindications=tuple(refused("relative", n) for n in names),
    )
    found = planned(drafted(one, case=person(factors=names[:factors])), "thing")
    assert found.status == expected
    assert sum(words.startswith("weigh: ") for words in found.why) == factors


def test_what_is_only_watched_is_shown_and_lowers_nothing() -> None:
    found = planned(
        drafted(treatment(contraindications=(refused("monitor"),)), case=DIABETIC), "thing"
    )
    assert found.status == "recommended"
    assert [one.severity for one in found.contraindicated_by] == ["monitor"]


def test_a_relative_danger_lowers_once_it_is_suspected() -> None:
    one = treatment(cautions=(cautious("relative"),))
    doubt = planned(drafted(one, dangers=(open_danger(SEPSIS),)), "thing")
    assert doubt.status == "recommended"
    assert any(words.startswith("weigh: ") for words in doubt.why)
    assert status(one, flags=(flag(SEPSIS, "soon"),)) == "option"
    assert status(one, flags=(flag(SEPSIS, "soon", basis="probability"),)) == "option"
    safe = treatment(cautions=(cautious("relative"),), safe_meanwhile=True)
    assert status(safe, case=person(known_conditions=(SEPSIS,))) == "option"


def test_a_referral_is_judged_for_dangers_that_are_raised() -> None:
    advice = said(conditions=(SEPSIS,))
    raised = {"flags": (flag(SEPSIS, "same_day"),)}
    referral = treatment("thing", advice, kind="referral", firm=False)
    found = planned(drafted(referral, **raised), "thing")
    assert (found.status, found.for_origins, found.urgent) == ("recommended", (SEPSIS,), False)
    assert status(treatment("thing", advice), **raised) == "not_recommended"
    assert status(referral, dangers=(open_danger(SEPSIS),)) == "not_recommended"


def test_the_best_word_over_the_origins_wins_and_names_those_it_helps() -> None:
    one = treatment("thing", said(), said("against", conditions=(BACK,)))
    results = (result_of(BACK, 0.8), result_of(KNEE, 0.6))
    found = planned(drafted(one, results=results), "thing")
    assert (found.status, found.for_origins) == ("recommended", (KNEE,))
    assert len(found.why) == 2
    both = treatment("thing", said("for", "conditional"), said(conditions=(BACK,)))
    assert planned(drafted(both, results=results), "thing").for_origins == (BACK, KNEE)


def test_every_treatment_stands_once_and_urgent_ones_first() -> None:
    plan = drafted(
        treatment("a", AGAINST), treatment("b", said("for", "conditional")), treatment("c"),
        treatment("d", said(conditions=(BACK,)), kind="referral", emergency_for=(SEPSIS,)),
        treatment("e", gate=SHUT), flags=(flag(SEPSIS, "soon"),),
    )  # fmt: skip
    assert [one.id for one in plan.treatments] == ["d", "c", "b", "e", "a"]
    assert [one.id for one in plan.treatments if one.review_on] == []


def test_active_care_that_failed_is_no_reason_against_another_treatment() -> None:
    assert status(treatment(), case=person(treatments=(failed_trial(),))) == "recommended"


TORN = "meniscal_tear"


@pytest.mark.parametrize(
    ("against", "knee", "back", "expected"),
    [
        ([AGAINST], 0.6, 0.3, "not_recommended"),
        ([AGAINST], 0.5, 0.3, "not_recommended"),
        ([AGAINST], 0.49, 0.3, "option"),
        ([AGAINST], 0.6, 0.5, "recommended"),
        ([said("against", "conditional")], 0.6, 0.3, "option"),
        ([said("against", "strong", phase="acute")], 0.6, 0.3, "option"),
        (
            [said("against", "strong", year=2010), said("against", "conditional")],
            0.6,
            0.3,
            "option",
        ),
    ],
    ids=["sure", "even", "not sure", "both sure", "conditional", "other phase", "superseded"],
)
def test_a_strong_word_against_it_for_what_is_sure_outweighs_possibilities(
    against: list[Any], knee: float, back: float, expected: str
) -> None:
    case = person(pain=(Pain(site="low_back", duration_weeks=30.0),))
    one = treatment("thing", *against, said(conditions=(BACK,)))
    results = (result_of(KNEE, knee), result_of(BACK, back))
    assert status(one, results=results, case=case) == expected


def test_a_diagnosis_is_as_sure() -> None:
    one = treatment("thing", said("against", conditions=(TORN,)), said(conditions=(KNEE,)))
    results = (result_of(BACK, 0.45), result_of(KNEE, 0.3), result_of(TORN, 0.2))
    assert status(one, results=results) == "option"
    known = person(known_conditions=(TORN,))
    assert status(one, results=results, case=known) == "not_recommended"
    both = person(known_conditions=(TORN, KNEE))
    assert status(one, results=results, case=both) == "recommended"
