"""Small invented knowledge, made through the real templates, and cases for it."""

from __future__ import annotations

from itertools import count
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from kinechain.domain.case import Case, Observation, Pain
from kinechain.domain.concepts import (
    AgeBand,
    Condition,
    Danger,
    Effect,
    Finding,
    Level,
    Link,
    Prior,
    Risk,
    Setting,
    SettingOdds,
    Site,
    Trait,
)
from kinechain.domain.estimate import Estimate
from kinechain.knowledge.knowledge import Knowledge, assemble

LEVELS = ("l4", "l5")
SIDES = ("left", "right")
VERSIONS = count()


def judged(value: float, factor: float = 1.5) -> Estimate:
    """A probability with an interval of `factor` in odds upwards, and half as much downwards."""
    odds = value / (1 - value)
    low, high = odds / (1 + (factor - 1) / 2), odds * factor
    return Estimate(
        value=value,
        low=low / (1 + low),
        high=high / (1 + high),
        basis="judgement",
        reason="invented",
    )


def ratio(value: float, factor: float = 1.5) -> Estimate:
    """An odds ratio with an interval of `factor` each way."""
    return Estimate(
        value=value, low=value / factor, high=value * factor, basis="judgement", reason="invented"
    )


def estimates(low: float, high: float) -> st.SearchStrategy[Estimate]:
    """Judged probabilities between two bounds, with intervals of several widths."""
    return st.builds(judged, st.floats(low, high), st.sampled_from([1.2, 1.5, 2.5]))


odds_ratios = st.floats(0.4, 4).map(ratio)
PLACES = {
    "midline": {},
    "paired": {"sides": "paired"},
    "levels": {"levels": LEVELS},
    "both": {"sides": "paired", "levels": LEVELS},
}


@st.composite
def effects(draw: st.DrawFn, cause: str, place: str, targets: dict[str, str]) -> tuple[Effect, ...]:
    """Effects of a cause on some of the targets, matching their levels."""
    found: list[Effect] = []
    for target, there in targets.items():
        if draw(st.integers(0, 3)) == 3:
            continue
        levels: dict[str, tuple[str, ...]] | None = None
        if there in ("levels", "both"):
            if place not in ("levels", "both"):
                levels = {"*": draw(st.sampled_from([LEVELS, LEVELS[:1]]))}
            elif draw(st.booleans()):
                levels = {"l4": ("l4", "l5"), "l5": ("l5",)}
        sides = ["same", "same", "other", "both"] if place in ("paired", "both") else ["same"]
        figure = draw(estimates(0.05, 0.9))
        side = draw(st.sampled_from(sides))
        if draw(st.booleans()):
            found.append(Effect(to=target, sensitivity=figure, side=side, levels=levels))
        else:
            found.append(Effect(to=target, activation=figure, side=side, levels=levels))
    return tuple(found)


@st.composite
def knowledges(draw: st.DrawFn) -> Knowledge:
    """Three conditions, a trait, a link, three findings and three sites, variously placed.

    The first condition may cause the second, the trait may raise the odds of both and may
    act on the link, the link may act on findings and sites. One site has parts.
    """
    first = draw(st.sampled_from(["paired", "levels", "both"]))
    second = "midline" if first == "both" else draw(st.sampled_from(["midline", "paired"]))
    link = "midline" if first == "both" else draw(st.sampled_from(["midline", "paired"]))
    findings = {
        "sign": draw(st.sampled_from(["paired", "levels", "midline"])),
        "test": draw(st.sampled_from(["midline", "paired"])),
        "scan": "midline",
    }
    sites = {"knee_front": "paired", "knee_back": "midline", "back": "midline"}
    ends = {**findings, **sites}
    where = {"arthritis": first, "strain": second, "tumour": "midline", "referral": link}
    risks = tuple(
        Risk(trait="heavy", odds_ratio=draw(odds_ratios)) for _ in range(draw(st.integers(0, 1)))
    )

    def condition(name: str, targets: dict[str, str], **more: Any) -> Condition:
        place = where[name]
        prior = draw(priors(place, risks if name != "strain" else ()))
        return Condition(
            id=name,
            label=name,
            summary=name,
            prior=prior,
            effects=draw(effects(name, place, targets)),
            **PLACES[place],
            **more,
        )

    danger = Danger(threshold=draw(estimates(0.01, 0.5)), urgency="same_day", action="act", ask=())
    things: dict[str, dict[str, Any]] = {
        "sources": {},
        "quantities": {},
        "red_flags": {},
        "levels": {name: Level(id=name, label=name, order=at) for at, name in enumerate(LEVELS)},
        "settings": {
            "clinic": Setting(
                id="clinic",
                label="clinic",
                odds=(
                    SettingOdds(conditions=("arthritis", "tumour"), odds_ratio=draw(odds_ratios)),
                ),
            )
        },
        "sites": {
            name: Site(
                id=name,
                label=name,
                definition=name,
                leak=draw(estimates(0.01, 0.2)),
                **PLACES[place],
            )
            for name, place in sites.items()
        },
        "conditions": {
            "arthritis": condition("arthritis", {"strain": second, "referral": link, **ends}),
            "strain": condition("strain", {"referral": link, **ends}),
            "tumour": condition("tumour", {**ends}, danger=danger),
        },
        "traits": {
            "heavy": Trait(
                id="heavy",
                label="heavy",
                question="?",
                prevalence=draw(estimates(0.05, 0.6)),
                effects=draw(effects("heavy", "midline", {"referral": link, "back": "midline"})),
            )
        },
        "links": {
            "referral": Link(
                id="referral",
                label="referral",
                kind="referral",
                sentence="?",
                leak=draw(estimates(0.005, 0.1)),
                effects=draw(effects("referral", link, ends)),
                **PLACES[link],
            )
        },
        "findings": {
            name: Finding(
                id=name,
                label=name,
                kind="exam",
                question="?",
                leak=draw(estimates(0.01, 0.3)),
                leak_by_age=(
                    AgeBand(from_years=60, to_years=200, estimate=draw(estimates(0.01, 0.5))),
                )
                if name == "scan"
                else (),
                group="tests" if name != "scan" else None,
                burden=at,
                **PLACES[place],
            )
            for at, (name, place) in enumerate(findings.items())
        },
    }
    things["sites"]["knee"] = Site(
        id="knee", label="knee", definition="knee", parts=("knee_front", "knee_back")
    )
    return assemble(things, f"invented {next(VERSIONS)}")


@st.composite
def priors(draw: st.DrawFn, place: str, risks: tuple[Risk, ...]) -> Prior:
    """A prior with or without age bands, sex, shares of levels and a hidden tendency."""
    band = AgeBand(
        from_years=60,
        to_years=200,
        estimate=draw(estimates(0.02, 0.5)),
        sex=draw(st.sampled_from([None, "female"])),
    )
    return Prior(
        base=draw(estimates(0.02, 0.4)),
        by_age=(band,) if draw(st.booleans()) else (),
        female_odds_ratio=draw(st.one_of(st.none(), odds_ratios)),
        level_share={"l4": 0.3, "l5": 0.7} if place in ("levels", "both") else {},
        other_side=draw(st.one_of(estimates(0.05, 0.8), st.none()))
        if place in ("paired", "both")
        else None,
        risks=risks,
    )


@st.composite
def cases(draw: st.DrawFn, knowledge: Knowledge, most: int = 5) -> Case:
    """A person with pains, findings present, absent and measured, a trait, an old diagnosis.

    No two pieces of evidence bear on the same instance.
    """
    graph = knowledge.graph
    caused = {graph.nodes[edge.child].template for edge in graph.edges}
    places = [name for name in ("knee_front", "knee_back", "back") if name in caused]
    assume(places)  # pain somewhere that nothing can cause is no question
    pains = draw(st.lists(st.sampled_from(places), unique=True, min_size=1, max_size=2))
    if pains == ["knee_front"] and draw(st.booleans()):
        pains = ["knee"]
    sides = st.sampled_from([*SIDES, "unknown"])
    observations: list[Observation] = []
    told = [name for name in knowledge.findings if name in caused]
    for name in draw(st.permutations([*told, "heavy"])):
        concept = knowledge.concept(name)
        levels = draw(
            st.sampled_from(
                [(None,), *[(one,) for one in concept.levels], concept.levels or (None,)]
            )
        )
        for level in levels:
            side = draw(sides) if concept.sides == "paired" else "midline"
            soft = draw(st.one_of(st.none(), st.none(), st.floats(0.1, 10)))
            observations.append(
                Observation(
                    finding=name,
                    side=side,
                    level=level,
                    state=draw(st.sampled_from(["present", "absent"])),
                    likelihood_ratio=None if name == "heavy" else soft,
                )
            )
    known = draw(st.sampled_from([(), (), ("strain",), ("tumour",)]))
    return Case(
        id="random",
        age_years=draw(st.sampled_from([None, 40.0, 70.0])),
        sex=draw(st.sampled_from([None, "female", "male"])),
        setting=draw(st.sampled_from([None, "clinic"])),
        pain=tuple(
            Pain(site=site, side=draw(sides) if site.startswith("knee") else "midline")
            for site in pains
        ),
        drawing_complete=draw(st.booleans()),
        observations=tuple(observations[: draw(st.integers(0, most))]),
        known_conditions=known,
    )


@st.composite
def known_persons(draw: st.DrawFn) -> tuple[Knowledge, Case]:
    """A small knowledge and a case for it."""
    knowledge = draw(knowledges())
    return knowledge, draw(cases(knowledge))


def small_knowledge() -> Knowledge:
    """Two conditions, a trait that also feeds a link, findings and sites, all figures fixed."""

    def act(to: str, chance: float) -> Effect:
        return Effect(to=to, activation=judged(chance))

    risk = Risk(trait="heavy", odds_ratio=ratio(2.0))
    return assemble(
        {
            "sources": {},
            "quantities": {},
            "red_flags": {},
            "levels": {},
            "settings": {},
            "conditions": {
                "arthritis": Condition(
                    id="arthritis",
                    label="arthritis",
                    summary="?",
                    sides="paired",
                    prior=Prior(base=judged(0.2), risks=(risk,)),
                    effects=(act("sign", 0.8), act("knee", 0.7)),
                ),
                "strain": Condition(
                    id="strain",
                    label="strain",
                    summary="?",
                    prior=Prior(base=judged(0.2)),
                    effects=(act("sign", 0.3), act("knee", 0.5), act("test", 0.4)),
                ),
            },
            "traits": {
                "heavy": Trait(
                    id="heavy",
                    label="heavy",
                    question="?",
                    prevalence=judged(0.3),
                    effects=(act("load", 0.9), act("weight", 0.9)),
                )
            },
            "links": {
                "load": Link(
                    id="load",
                    label="load",
                    kind="overload",
                    sentence="?",
                    leak=judged(0.01),
                    effects=(act("knee", 0.6),),
                )
            },
            "findings": {
                "sign": Finding(
                    id="sign",
                    label="sign",
                    kind="exam",
                    question="?",
                    sides="paired",
                    leak=judged(0.1),
                ),
                "test": Finding(
                    id="test", label="test", kind="exam", question="?", leak=judged(0.1)
                ),
                "weight": Finding(
                    id="weight", label="weight", kind="exam", question="?", leak=judged(0.1)
                ),
            },
            "sites": {
                "knee": Site(
                    id="knee", label="knee", definition="?", sides="paired", leak=judged(0.05)
                ),
                "leg": Site(id="leg", label="leg", definition="?", parts=("knee",)),
            },
        },
        f"invented {next(VERSIONS)}",
    )
