"""The network beside decision rules: the grid of patients, strata, order, alarm."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kinechain.domain.case import Case
from kinechain.domain.concepts import Danger
from kinechain.domain.decision_rules import (
    DecisionRule,
    RuleAccuracy,
    RuleAge,
    RuleItem,
    RulePatient,
    Stratum,
)
from kinechain.domain.studies import Measured
from kinechain.inference.elimination import TableTooLarge
from kinechain.inference.person import person_of
from kinechain.inference.posterior import posterior
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.knowledge.decision_rules import FOLDER, read_rules
from kinechain.knowledge.knowledge import DATA
from kinechain.service import decision_rules as module
from kinechain.service.decision_rules import decision_rules, derived, result_of
from kinechain.service.rule_grid import GridPatient, grid
from tests.support.knowledge import judged
from tests.unit.service.test_naive_bayes import ARTHRITIS, condition, invented

AGES = (RuleAge(years=40, share=0.75), RuleAge(years=70, points=1, share=0.25))
ROW = RuleAccuracy(at_least=2, sensitivity=Measured(value=0.8, n=10),
                   specificity=Measured(value=0.9, n=30), source="x",
                   share=Measured(value=0.25))  # fmt: skip


def rule_of(*items: RuleItem, **more: Any) -> DecisionRule:
    given: dict[str, Any] = {
        "id": "rule", "label": "rule", "condition": ("arthritis",), "source": "x",
        "patient": RulePatient(pain=("back",)), "items": items, "positive_from": 2,
        "strata": (Stratum(label="low", at_most=1), Stratum(label="high", at_least=2)),
        "accuracy": (ROW,),
    }  # fmt: skip
    return DecisionRule(**{**given, **more})


ITEMS = (
    RuleItem(label="sign or test", of=("sign", "test")),
    RuleItem(label="no knee pain", none_of=("swelling",)),
    RuleItem(label="heavy", of=("heavy",)),
    RuleItem(label="not known", points=3, assumed=False),
)


@pytest.fixture(scope="module")
def small() -> Knowledge:
    strain = condition("strain", 0.3, {"back": 0.5, "sign": 0.2, "swelling": 0.1})
    arthritis = condition("arthritis", 0.1, {**ARTHRITIS, "swelling": 0.5})
    return invented(arthritis, strain, findings={"swelling": 0.15})


def test_every_patient_is_there_once(small: Knowledge) -> None:
    patients = grid(small, rule_of(*ITEMS, ages=AGES))
    assert len({(one.age.years, one.met) for one in patients}) == len(patients) == 16
    assert {one.score for one in patients} == {0, 1, 2, 3, 4}


def test_the_grid_equals_the_posterior(small: Knowledge) -> None:
    rule = rule_of(
        RuleItem(label="sign", of=("sign",)),
        RuleItem(label="no swelling", none_of=("swelling",)),
        RuleItem(label="heavy", of=("heavy",)),
        patient=RulePatient(pain=("back",), present=("test",)),
    )
    patients = grid(small, rule)
    assert len(patients) == 8
    whole = _chance(small, Case(id="x", pain=patients[0].case.pain,
                                observations=patients[0].case.observations[:1]))  # fmt: skip
    for one in patients:
        exact = posterior(small, one.case)
        assert one.probability == pytest.approx(exact.template_present["arthritis"], abs=1e-9)
        assert one.share == pytest.approx(exact.z[0], rel=1e-9)
    assert sum(one.share for one in patients) == pytest.approx(whole, rel=1e-9)


def _chance(knowledge: Knowledge, case: Case) -> float:
    result = posterior(knowledge, case)
    assert len(person_of(knowledge, case).items) == 2
    return float(result.z[0])


def test_any_of_several_findings_meets_an_item(small: Knowledge) -> None:
    met = {one.met[0]: one for one in grid(small, rule_of(ITEMS[0]))}
    two = {one.met: one for one in grid(small, rule_of(
        RuleItem(label="sign", of=("sign",)), RuleItem(label="test", of=("test",))))}  # fmt: skip
    some = [one for states, one in two.items() if any(states)]
    assert met[True].share == pytest.approx(sum(one.share for one in some))
    assert met[True].share * met[True].probability == pytest.approx(
        sum(one.share * one.probability for one in some)
    )
    assert met[False].probability == pytest.approx(two[False, False].probability)


def test_the_grid_of_shipped_knowledge_equals_the_posterior() -> None:
    rules, _, _ = read_rules(DATA / FOLDER)
    knowledge = load_knowledge()
    patients = grid(knowledge, rules["ottawa_ankle"])
    worst = max(patients, key=lambda one: one.score)
    exact = posterior(knowledge, worst.case, limit=1 << 20)
    assert worst.probability == pytest.approx(exact.template_present["ankle_fracture"], abs=1e-6)


def patient(score: float, share: float, probability: float) -> GridPatient:
    return GridPatient((score >= 1,), AGES[0], score, share, probability, Case(id="x"))


HAND = (patient(0, 0.5, 0.02), patient(1, 0.3, 0.1), patient(2, 0.15, 0.4), patient(3, 0.05, 0.8))


def test_strata_by_hand(small: Knowledge) -> None:
    result = result_of(small, rule_of(*ITEMS), HAND)
    low, high = result.strata
    assert low.network == pytest.approx((0.5 * 0.02 + 0.3 * 0.1) / 0.8)
    assert high.network == pytest.approx((0.15 * 0.4 + 0.05 * 0.8) / 0.2)
    assert (high.least, high.most, high.patients) == (0.4, 0.8, 2)
    assert high.share == pytest.approx(0.2)
    assert high.derived
    assert (result.orders_agree, result.pairs) == (1, 1)
    assert result.network_share == pytest.approx(0.14)
    factor = (0.25 / 0.75) * (0.86 / 0.14)
    assert high.at_share == pytest.approx(0.1 * factor / (0.1 * factor + 0.1))
    (row,) = result.accuracy
    assert row.network_sensitivity == pytest.approx(0.1 / 0.14)
    assert row.network_specificity == pytest.approx((0.49 + 0.27) / 0.86)
    assert result.left_out == ("not known",)
    assert result.alarm is None


def test_the_published_probability_from_accuracy_and_share() -> None:
    rule = rule_of(*ITEMS)
    low, high = rule.strata
    assert derived(rule, high)[0].value == pytest.approx(0.2 / (0.2 + 0.075))
    assert derived(rule, low)[0].value == pytest.approx(0.05 / (0.05 + 0.675))
    assert derived(rule, high)[0].n == 8 + 3
    plain = msgspec.structs.replace(ROW, sensitivity=Measured(value=0.8))
    assert derived(rule_of(*ITEMS, accuracy=(plain,)), high)[0].n is None


def test_laslett_as_printed() -> None:
    """15 of 16 and 7 of 32 with three or more tests: 15 of 22 had the condition."""
    rules, _, _ = read_rules(DATA / FOLDER)
    rule = rules["laslett_sij"]
    (stratum,) = [one for one in rule.strata if one.at_least == 3]
    measured, source = derived(rule, stratum)
    assert measured.value == pytest.approx(15 / 22, abs=0.005)
    assert (measured.n, source) == (22, "laslett2005sij")


def test_order_counts_pairs_that_differ(small: Knowledge) -> None:
    strata = tuple(
        Stratum(label=str(at), at_least=at, at_most=at, probability=Measured(value=value),
                source="x")
        for at, value in enumerate((0.3, 0.2, 0.2, 0.9))
    )  # fmt: skip
    result = result_of(small, rule_of(*ITEMS, strata=strata, accuracy=()), HAND)
    assert result.pairs == 5, "the second and the third do not differ"
    assert result.orders_agree == 3, "the first is turned against two"
    assert all(one.inside is None and not one.derived for one in result.strata)
    assert all(one.at_share is None for one in result.strata), "no share is known"


def test_an_interval_from_the_number_of_people(small: Knowledge) -> None:
    strata = (
        Stratum(label="a", at_least=2, probability=Measured(value=0.5, n=10), source="x"),
        Stratum(label="b", at_least=2, probability=Measured(value=0.9, n=200), source="x"),
        Stratum(label="c", at_least=9, probability=Measured(value=0.9), source="x"),
    )
    first, second, nobody = result_of(small, rule_of(*ITEMS, strata=strata), HAND).strata
    assert first.low == pytest.approx(0.237, abs=1e-3)
    assert (first.inside, second.inside) == (True, False)
    assert (nobody.network, nobody.patients, nobody.inside) == (None, 0, None)


@pytest.mark.parametrize(
    ("urgency", "threshold", "expected"),
    [
        ("same_day", 0.3, (1.0, 0.0, 1.0, 0)),
        ("same_day", 0.5, (0.25, 0.0, 0.85, 1)),
        ("same_day", 0.1, (1.0, 0.375, 0.7, 0)),
        ("within_2_weeks", 0.1, None),
    ],
)
def test_alarm_and_rule(urgency, threshold: float, expected) -> None:
    danger = Danger(threshold=judged(threshold), urgency=urgency, action="act", ask=())
    knowledge = invented(condition("arthritis", 0.1, ARTHRITIS, danger=danger))
    alarm = result_of(knowledge, rule_of(*ITEMS), HAND).alarm
    if expected is None:
        assert alarm is None
        return
    assert alarm is not None
    found = (alarm.positive, alarm.negative, alarm.agree, alarm.missed)
    assert found == pytest.approx(expected)
    assert alarm.positive_patients == 2


def test_what_cannot_be_asked_is_said(small: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise TableTooLarge(1 << 30, ())

    monkeypatch.setattr(module, "grid", refuse)
    told: list[tuple[int, int]] = []
    found = decision_rules(small, {"rule": rule_of(*ITEMS)}, "v",
                           progress=lambda done, of: told.append((done, of)))  # fmt: skip
    assert found.rules[0].reason
    assert found.rules[0].strata == ()
    assert told == [(0, 1)]
