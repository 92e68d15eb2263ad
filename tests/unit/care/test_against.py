"""What speaks against a treatment, what is asked before it, and which drugs are looked at."""

from __future__ import annotations

import pytest

from kinechain.domain.care import Caution, Contraindication, Interaction
from kinechain.domain.case import Case
from tests.support.care import drafted, knowledge_of, planned, treatment

SEVERITY = {
    "contraindicated": ("absolute", "contraindicated"),
    "major": ("relative", "option"),
    "moderate": ("monitor", "recommended"),
    "minor": ("monitor", "recommended"),
}


def refuses(factor: str, severity: str = "absolute") -> Contraindication:
    return Contraindication(factor=factor, severity=severity, why="harm", reason="r")  # type: ignore[arg-type]


def with_drug(drug: str, severity: str = "contraindicated") -> Interaction:
    return Interaction(drug_class=drug, severity=severity, why="bleeds", reason="r")  # type: ignore[arg-type]


@pytest.mark.parametrize("severity", SEVERITY)
def test_an_interaction_counts_by_its_grade(severity: str) -> None:
    one = treatment(interactions=(with_drug("anticoagulant", severity),))
    found = planned(drafted(one, case=Case(id="x", drugs=("anticoagulant",))), "thing")
    assert (found.contraindicated_by[0].severity, found.status) == SEVERITY[severity]
    assert (
        planned(drafted(one, case=Case(id="x", drugs=("nsaid",))), "thing").contraindicated_by == ()
    )


def test_a_second_drug_of_the_class_that_is_taken_is_only_watched() -> None:
    one = treatment(drug_classes=("nsaid",), interactions=(with_drug("nsaid"),))
    found = planned(drafted(one, case=Case(id="x", drugs=("nsaid",))), "thing")
    assert found.status == "recommended"
    (against,) = found.contraindicated_by
    assert against.severity == "monitor"
    assert against.label.startswith("already takes ")
    assert against.why.startswith("none of the same class beside it")


def test_the_gravest_stands_first() -> None:
    factors = ("diabetes", "peptic_ulcer", "heart_failure")
    one = treatment(
        contraindications=tuple(map(refuses, factors, ("monitor", "relative", "absolute")))
    )
    found = planned(drafted(one, case=Case(id="x", factors=factors)), "thing")
    assert [one.severity for one in found.contraindicated_by] == ["absolute", "relative", "monitor"]


def test_a_factor_follows_from_its_own_rule() -> None:
    one = treatment(contraindications=(refuses("age_over_75"),))
    ages = {75.0: "contraindicated", 74.9: "recommended", None: "recommended"}
    for age, expected in ages.items():
        found = planned(drafted(one, case=Case(id="x", age_years=age)), "thing")
        assert found.status == expected, age
    denied = Case(id="x", age_years=80.0, factors_absent=("age_over_75",))
    assert planned(drafted(one, case=denied), "thing").status == "contraindicated"


def asked(factor: str, severity: str = "absolute", **more: object) -> bool:
    one = treatment(contraindications=(refuses(factor, severity),))
    found = planned(drafted(one, case=Case(id="x", **more)), "thing")  # type: ignore[arg-type]
    question = knowledge_of().health_factors[factor].question
    assert found.ask_before in ((), (question,))
    return bool(found.ask_before)


def test_what_is_not_recorded_and_could_rule_it_out_is_asked() -> None:
    assert asked("peptic_ulcer")
    assert asked("peptic_ulcer", "relative")
    assert not asked("peptic_ulcer", "monitor")
    assert not asked("peptic_ulcer", factors=("peptic_ulcer",))
    assert not asked("peptic_ulcer", factors_absent=("peptic_ulcer",))
    assert not asked("age_over_75", age_years=40.0)
    assert asked("age_over_75")


@pytest.mark.parametrize("factor", ["pregnancy", "breastfeeding"])
def test_only_who_may_be_pregnant_is_asked_about_it(factor: str) -> None:
    assert asked(factor)
    assert asked(factor, sex="female", age_years=30.0)
    assert asked(factor, sex="female", age_years=55.9)
    assert not asked(factor, sex="female", age_years=56.0)
    assert not asked(factor, sex="male", age_years=30.0)
    assert not asked(factor, sex="male")
    assert asked("peptic_ulcer", sex="male")


def test_what_would_rule_it_out_alone_is_asked_first() -> None:
    names = ("diabetes", "peptic_ulcer")
    one = treatment(contraindications=tuple(map(refuses, names, ("relative", "absolute"))))
    known = knowledge_of().health_factors
    assert planned(drafted(one), "thing").ask_before == tuple(
        known[n].question for n in names[::-1]
    )


def test_a_question_is_asked_once() -> None:
    one = treatment(
        contraindications=(refuses("peptic_ulcer"), refuses("peptic_ulcer", "relative"))
    )
    assert len(planned(drafted(one), "thing").ask_before) == 1


def test_drugs_that_are_taken_are_looked_at() -> None:
    tablets = treatment(
        "tablets",
        drug_classes=("nsaid",),
        contraindications=(refuses("peptic_ulcer"), refuses("diabetes", "monitor")),
        interactions=(with_drug("anticoagulant", "major"), with_drug("nsaid")),
        cautions=(Caution(condition="septic_arthritis", severity="absolute", why="m", reason="r"),),
    )

    def alarms(**more: object) -> tuple[str, ...]:
        return drafted(tablets, case=Case(id="x", **more)).medication_review  # type: ignore[arg-type]

    assert alarms(drugs=("nsaid",)) == ()
    assert alarms(factors=("peptic_ulcer",)) == ()
    assert alarms(drugs=("nsaid",), factors=("diabetes",)) == ()
    (ulcer,) = alarms(drugs=("nsaid",), factors=("peptic_ulcer",))
    assert ulcer.startswith("takes Anti-inflammatory painkiller (NSAID) now; ")
    assert ulcer.endswith(": harm")
    assert len(alarms(drugs=("nsaid", "anticoagulant"), factors=("peptic_ulcer",))) == 2


def test_offered_treatments_that_must_not_be_combined_say_so() -> None:
    first = treatment("first", interactions=(with_drug("nsaid"),))
    second = treatment("second", drug_classes=("nsaid",))
    plan = drafted(first, second)
    assert planned(plan, "first").not_together_with == ("Second: bleeds",)
    assert planned(plan, "second").not_together_with == ()
    major = treatment("first", interactions=(with_drug("nsaid", "major"),))
    assert planned(drafted(major, second), "first").not_together_with == ("Second: bleeds",)
    watched = treatment("first", interactions=(with_drug("nsaid", "moderate"),))
    assert planned(drafted(watched, second), "first").not_together_with == ()
    allergic = drafted(first, second, case=Case(id="x", allergies=("nsaid",)))
    assert planned(allergic, "first").not_together_with == ()
    withheld = drafted(first, second, case=Case(id="x", drugs=("nsaid",)))
    assert planned(withheld, "first").not_together_with == ()
    own = treatment("own", drug_classes=("nsaid",), interactions=(with_drug("nsaid"),))
    assert planned(drafted(own), "own").not_together_with == ()
