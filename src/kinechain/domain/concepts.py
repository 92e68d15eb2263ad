"""The nouns of the knowledge: sites, conditions, traits, links, findings, red flags.

Each class is one kind of file under ``kinechain/data``; the file name is the `id`. The
format is explained in ``docs/reference/knowledge-format.md``.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from kinechain.domain.estimate import Estimate
from kinechain.domain.strict import Strict

Sides = Literal["paired", "midline"]
Urgency = Literal["emergency_now", "same_day", "within_2_weeks", "soon"]
FindingKind = Literal["symptom", "history", "exam", "lab", "imaging", "gait", "response", "score"]
EffectSide = Literal["same", "other", "both"]


class Effect(Strict, frozen=True, kw_only=True):
    """An edge from a cause (condition, trait or link) to a link, finding or body site.

    Exactly one of `activation` (probability that the cause, when present, switches the
    effect on) and `sensitivity` (frequency of the finding in people with the cause, from
    which the activation follows as ``(sensitivity - leak) / (1 - leak)``) is given.
    """

    to: str
    activation: Estimate | None = None
    sensitivity: Estimate | None = None
    side: EffectSide = "same"
    levels: dict[str, tuple[str, ...]] | None = None

    @property
    def estimate(self) -> Estimate:
        """The figure, whichever of the two it is."""
        found = self.activation if self.activation is not None else self.sensitivity
        assert found is not None, "the reader refuses an effect without a figure"
        return found


class NoEffect(Strict, frozen=True, kw_only=True):
    """Findings that the cause is held not to produce, with the reason for the zero."""

    to: tuple[str, ...]
    reason: str


class AgeBand(Strict, frozen=True, kw_only=True):
    """A figure for ages ``from_years <= age < to_years``, optionally for one sex."""

    from_years: float
    to_years: float
    estimate: Estimate
    sex: Literal["female", "male"] | None = None


class Risk(Strict, frozen=True, kw_only=True):
    """A trait that multiplies the prior odds of a condition."""

    trait: str
    odds_ratio: Estimate


class Prior(Strict, frozen=True, kw_only=True):
    """Probability that an adult has the condition, with symptoms, within four weeks.

    Counted per person over all sides and levels. `other_side` is the probability that the
    second side is affected when the first is; `level_share` splits the total over levels.
    """

    base: Estimate
    by_age: tuple[AgeBand, ...] = ()
    female_odds_ratio: Estimate | None = None
    level_share: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    other_side: Estimate | None = None
    risks: tuple[Risk, ...] = ()


class Danger(Strict, frozen=True, kw_only=True):
    """From which probability on a dangerous condition is acted upon, and what settles it."""

    threshold: Estimate
    urgency: Urgency
    action: str
    ask: tuple[str, ...]


class ResponseTo(Strict, frozen=True, kw_only=True):
    """A finding that is the answer to a treatment that was tried.

    Present when at least `relief_percent` of the pain went (where no per cent is recorded:
    when the response was complete); absent when none or less went, and for a treatment that
    needs time only after `weeks` of it. In between it stays unknown.

    Attributes
    ----------
    treatments
        Any of these.
    sites
        What was treated; empty when it does not matter.
    """

    treatments: tuple[str, ...]
    sites: tuple[str, ...] = ()
    relief_percent: float = 50
    weeks: float = 0


class Derive(Strict, frozen=True, kw_only=True):
    """How a finding or trait follows from a value or from the attributes of a pain."""

    quantity: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    pain_quality: tuple[str, ...] = ()
    onset: tuple[str, ...] = ()
    duration_at_least_weeks: float | None = None
    duration_at_most_weeks: float | None = None
    sites: tuple[str, ...] = ()
    response_to: ResponseTo | None = None


class Soft(Strict, frozen=True, kw_only=True):
    """A measured quantity as likelihood ratio: normal with and without, common spread.

    The log likelihood ratio is linear in the value, hence monotone, and is capped at
    ``+-log(cap)``.
    """

    quantity: str
    mean_with: Estimate
    mean_without: Estimate
    sd: Estimate
    cap: float


class Concept(Strict, frozen=True, kw_only=True):
    """What every file has."""

    id: str
    label: str
    reviewed_on: str = ""
    synonyms: tuple[str, ...] = ()
    sides: Sides = "midline"
    levels: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    note: str | None = None


class ChoirSegments(Strict, frozen=True, kw_only=True):
    """The segments of the CHOIR body map that a site overlaps, seen from the person.

    Attributes
    ----------
    left, right
        Of a paired site.
    midline
        Of a site in the middle, both halves.
    """

    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    midline: tuple[str, ...] = ()


class Site(Concept, frozen=True, kw_only=True):
    """A named region of the body where pain is felt, with its outline on the body map.

    A site with `parts` is generic (for "somewhere in the knee"): it has no causes of its
    own, and pain there means pain in at least one part.
    """

    definition: str
    parts: tuple[str, ...] = ()
    uberon: str | None = None
    choir: ChoirSegments | None = None
    leak: Estimate | None = None


class Condition(Concept, frozen=True, kw_only=True):
    """A disease, injury or bodily state that can be where pain comes from.

    `plain` names and explains it in one or two short sentences for the patient.
    """

    summary: str
    prior: Prior
    effects: tuple[Effect, ...]
    no_effect: tuple[NoEffect, ...] = ()
    danger: Danger | None = None
    icd10: str | None = None
    unspecific: bool = False
    plain: str | None = None


class Trait(Concept, frozen=True, kw_only=True):
    """An exposure or personal history: it changes priors and feeds links, and is never
    itself the answer.
    """

    question: str
    prevalence: Estimate
    effects: tuple[Effect, ...] = ()
    no_effect: tuple[NoEffect, ...] = ()
    derive: Derive | None = None
    burden: int = 0


class Link(Concept, frozen=True, kw_only=True):
    """What carries a condition's effect elsewhere along the chain."""

    kind: Literal[
        "nerve",
        "referral",
        "gait",
        "posture",
        "overload",
        "vascular",
        "inflammation",
        "test_construct",
    ]
    sentence: str
    leak: Estimate
    effects: tuple[Effect, ...]
    no_effect: tuple[NoEffect, ...] = ()


class Finding(Concept, frozen=True, kw_only=True):
    """Something told, seen, measured or imaged, present or absent.

    `only_with_pain` names sites of which one must hurt for the question to make sense.
    """

    kind: FindingKind
    question: str
    leak: Estimate
    leak_by_age: tuple[AgeBand, ...] = ()
    group: str | None = None
    burden: int = 0
    derive: Derive | None = None
    soft: Soft | None = None
    only_with_pain: tuple[str, ...] = ()
    loinc: str | None = None


class Quantity(Strict, frozen=True, kw_only=True):
    """A measured quantity: its unit inside, the units accepted at the door, its range."""

    id: str
    label: str
    unit: str
    units: dict[str, float]
    plausible_low: float
    plausible_high: float
    synonyms: tuple[str, ...] = ()
    loinc: str | None = None


class Level(Strict, frozen=True, kw_only=True):
    """A spinal level, nerve root or joint at which a template is repeated."""

    id: str
    label: str
    order: int


class SettingOdds(Strict, frozen=True, kw_only=True):
    """How a setting multiplies the prior odds of some conditions."""

    conditions: tuple[str, ...]
    odds_ratio: Estimate


class Setting(Strict, frozen=True, kw_only=True):
    """Where the person is seen."""

    id: str
    label: str
    synonyms: tuple[str, ...] = ()
    odds: tuple[SettingOdds, ...] = ()


class Citation(Strict, frozen=True, kw_only=True):
    """A source and the place in it."""

    source: str
    where: str


class RedFlag(Strict, frozen=True, kw_only=True):
    """What cannot wait: a rule over the case, an urgency, an action, its sources.

    `plain` is the sign in words for the patient, that follow "Go to hospital now if" or
    "Call us today if".
    """

    id: str
    label: str
    condition: str
    urgency: Urgency
    rule: dict[str, Any]
    action: str
    sources: tuple[Citation, ...]
    ask: tuple[str, ...] = ()
    plain: str | None = None
    note: str | None = None
    reviewed_on: str = ""
