"""Naive Bayes beside the network: hand computations on small invented knowledge."""

from __future__ import annotations

import math
from typing import Any

import pytest

from kinechain.domain.case import Case, Observation, Pain
from kinechain.domain.concepts import Condition, Effect, Finding, Link, Prior, Risk, Site, Trait
from kinechain.inference.posterior import posterior
from kinechain.knowledge import Knowledge
from kinechain.knowledge.knowledge import assemble
from kinechain.service.naive_bayes import naive_bayes
from tests.support.knowledge import VERSIONS, judged, ratio

LEAKS = {"sign": 0.1, "test": 0.05, "back": 0.2, "knee": 0.02}
ARTHRITIS = {"sign": 0.6, "test": 0.4, "back": 0.7, "knee": 0.3}


def effects(figures: dict[str, float]) -> tuple[Effect, ...]:
    return tuple(Effect(to=name, activation=judged(value)) for name, value in figures.items())


def condition(name: str, prior: float, figures: dict[str, float], **more: Any) -> Condition:
    risks = (Risk(trait="heavy", odds_ratio=ratio(3.0)),) if name == "arthritis" else ()
    return Condition(
        id=name,
        label=name,
        summary=name,
        prior=Prior(base=judged(prior), risks=risks, **more.pop("share", {})),
        effects=effects(figures),
        **more,
    )


def invented(*conditions: Condition, **more: Any) -> Knowledge:
    """A trait, two findings and two sites, and the conditions given."""
    link = {"referral": 0.9} if "links" in more else {}
    things: dict[str, dict[str, Any]] = {
        "sources": {}, "quantities": {}, "red_flags": {}, "levels": {}, "settings": {},
        "links": more.get("links", {}),
        "conditions": {one.id: one for one in conditions},
        "traits": {
            "heavy": Trait(id="heavy", label="heavy", question="?", prevalence=judged(0.25),
                           effects=effects(link)),
        },
        "sites": {
            name: Site(id=name, label=name, definition=name, leak=judged(LEAKS[name]),
                       **({"sides": "paired"} if name in more.get("paired", ()) else {}))
            for name in ("back", "knee")
        },
        "findings": {
            name: Finding(id=name, label=name, kind="exam", question="?",
                          leak=judged({**LEAKS, **more.get("findings", {})}[name]))
            for name in ("sign", "test", *more.get("findings", ()))
        },
    }  # fmt: skip
    return assemble(things, f"naive {next(VERSIONS)}")


def seen(**states: str) -> tuple[Observation, ...]:
    return tuple(Observation(finding=name, state=state) for name, state in states.items())


def chance(leak: float, *fires: float) -> float:
    return 1 - (1 - leak) * math.prod(1 - one for one in fires)


def test_one_condition_with_independent_findings_is_the_exact_posterior() -> None:
    knowledge = invented(condition("arthritis", 0.1, ARTHRITIS))
    for observed in (
        seen(sign="present", test="absent"),
        seen(sign="absent"),
        seen(sign="present", test="present", heavy="present"),
        (Observation(finding="test", state="present", likelihood_ratio=3.0),),
    ):
        case = Case(id="x", pain=(Pain(site="back"),), observations=observed)
        found = naive_bayes(knowledge, case)
        exact = posterior(knowledge, case)
        assert found.posterior[0] == pytest.approx(exact.template_present["arthritis"], abs=1e-9)


def test_one_condition_of_two_sides_with_one_finding_is_the_exact_posterior() -> None:
    arthritis = condition("arthritis", 0.2, {"knee": 0.6}, sides="paired",
                          share={"other_side": judged(0.5)})  # fmt: skip
    knowledge = invented(arthritis, paired=("knee",))
    for side in ("left", "unknown"):
        case = Case(id="x", pain=(Pain(site="knee", side=side),))
        found = naive_bayes(knowledge, case)
        exact = posterior(knowledge, case)
        assert found.posterior[0] == pytest.approx(exact.template_present["arthritis"], abs=1e-9)


def test_two_conditions_by_hand() -> None:
    strain = {"back": 0.5, "sign": 0.2}
    knowledge = invented(condition("arthritis", 0.1, ARTHRITIS), condition("strain", 0.3, strain))
    case = Case(id="x", pain=(Pain(site="back"),),
                observations=seen(sign="present", test="absent"))  # fmt: skip
    found = naive_bayes(knowledge, case)
    assert [item.finding for item in found.items] == ["back", "sign", "test"]

    def mixed(name: str, other: float, prior: float, own: float | None) -> float:
        """Chance of a finding with or without one condition, the other one as common as ever."""
        fires = [] if own is None else [own]
        with_other = chance(LEAKS[name], *fires, other)
        return prior * with_other + (1 - prior) * chance(LEAKS[name], *fires)

    def answer(prior: float, here: dict[str, float], other_prior: float,
               other: dict[str, float]) -> float:  # fmt: skip
        odds = prior / (1 - prior)
        for name, present in (("back", True), ("sign", True), ("test", False)):
            above = mixed(name, other.get(name, 0.0), other_prior, here.get(name, 0.0))
            below = mixed(name, other.get(name, 0.0), other_prior, None)
            odds *= above / below if present else (1 - above) / (1 - below)
        return odds / (1 + odds)

    assert found.posterior == pytest.approx(
        [answer(0.1, ARTHRITIS, 0.3, strain), answer(0.3, strain, 0.1, ARTHRITIS)], rel=1e-9
    )
    exact = posterior(knowledge, case).template_present
    assert abs(found.posterior[1] - exact["strain"]) > 0.01, "they compete for the pain"


def test_traits_count_once_in_the_prior() -> None:
    knowledge = invented(condition("arthritis", 0.1, ARTHRITIS))
    plain = naive_bayes(knowledge, Case(id="x", pain=(Pain(site="back"),)))
    heavy = naive_bayes(knowledge, Case(id="x", pain=(Pain(site="back"),),
                                        observations=seen(heavy="present")))  # fmt: skip
    odds = 0.1 / 0.9 * 3 / (1 + 0.25 * 2)
    assert heavy.prior[0] == pytest.approx(odds / (1 + odds), rel=1e-6)
    assert len(heavy.items) == len(plain.items) == 1
    assert heavy.ratios == pytest.approx(plain.ratios, rel=1e-6)


def test_a_way_over_a_link_counts_as_well() -> None:
    link = Link(id="referral", label="referral", kind="referral", sentence="?",
                leak=judged(0.001), effects=effects({"knee": 0.8}))  # fmt: skip
    knowledge = invented(condition("arthritis", 0.1, {"referral": 0.5}), links={"referral": link})
    found = naive_bayes(knowledge, Case(id="x", pain=(Pain(site="knee"),)))
    on = {True: chance(0.001, 0.5, 0.9 * 0.25), False: chance(0.001, 0.9 * 0.25)}
    knee = {has: on[has] * chance(0.02, 0.8) + (1 - on[has]) * 0.02 for has in on}
    assert found.ratios[0, 0] == pytest.approx(knee[True] / knee[False], rel=1e-9)


def test_what_can_cause_no_complaint_comes_last() -> None:
    bystander = condition("bystander", 0.6, {"sign": 0.9})
    knowledge = invented(condition("arthritis", 0.01, ARTHRITIS), bystander)
    case = Case(id="x", pain=(Pain(site="knee"),), observations=seen(sign="present"))
    found = naive_bayes(knowledge, case)
    assert found.posterior[1] > found.posterior[0]
    assert found.order == ["arthritis", "bystander"]


def test_a_recorded_diagnosis_and_nothing_recorded() -> None:
    knowledge = invented(condition("arthritis", 0.1, ARTHRITIS), condition("strain", 0.3, {}))
    nothing = naive_bayes(knowledge, Case(id="x"))
    assert nothing.posterior == pytest.approx(nothing.prior)
    assert nothing.prior == pytest.approx([0.1, 0.3])
    known = naive_bayes(knowledge, Case(id="x", known_conditions=("strain",)))
    assert known.ratios == pytest.approx(known.ratios[:, :1] * [1.0, 20.0])
    odds = 0.3 / 0.7 * 20
    assert known.posterior[1] == pytest.approx(odds / (1 + odds))
