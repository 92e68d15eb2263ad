"""The nouns of care: treatments, what speaks against them, drugs, courses.

Each class is one kind of file under ``kinechain/data``; the file name is the `id`. The
format is explained in ``docs/reference/care-format.md``.
"""

from __future__ import annotations

from typing import Any, Literal

from kinechain.domain.concepts import Citation
from kinechain.domain.strict import Strict

Step = Literal[1, 2, 3]
Part = Literal["preventive", "restorative", "recovery"]
Role = Literal["spine_specialist", "pain_physician", "physical_therapist", "patient"]
TreatmentKind = Literal[
    "education",
    "exercise",
    "lifestyle",
    "footwear",
    "device",
    "physical_agent",
    "manual",
    "psychological",
    "programme",
    "drug",
    "injection",
    "block",
    "ablation",
    "orthobiologic",
    "neuromodulation",
    "surgery",
    "referral",
    "medical",
]
Direction = Literal["for", "against", "neither"]
Strength = Literal["strong", "conditional", "inconclusive", "emergency"]
Phase = Literal["acute", "persistent", "any"]
Severity = Literal["absolute", "relative", "monitor"]
Certainty = Literal["high", "moderate", "low", "very_low"]


class Statement(Strict, frozen=True, kw_only=True):
    """What a guideline, or another body, says about a treatment for a condition.

    Attributes
    ----------
    body, year
        Who says it and when; for a judgement of this project's own, ``Kinechain`` .
    phase
        For how long the complaint has lasted in the people it speaks of: `acute` below
        twelve weeks, `persistent` from then on.
    basis
        ``guideline``; ``review`` or ``consensus`` where no guideline was read; ``judgement``
        for an expert's opinion, with its `reason` and without a source.
    superseded_by
        Source of the same body's later statement.
    when
        A further rule over the case in the people it speaks of (only people with overweight).
    """

    conditions: tuple[str, ...]
    direction: Direction
    strength: Strength
    body: str
    year: int
    basis: Literal["guideline", "review", "consensus", "judgement"] = "guideline"
    source: str | None = None
    where: str | None = None
    phase: Phase = "any"
    population: str | None = None
    note: str | None = None
    reason: str | None = None
    superseded_by: str | None = None
    when: dict[str, Any] | None = None


class TreatmentEffect(Strict, frozen=True, kw_only=True):
    """A measured effect of a treatment; an interval that was not printed stays empty.

    Attributes
    ----------
    measure
        ``MD`` and ``SMD`` are differences from the comparator at `weeks`; for pain and
        disability a negative one is better unless `higher_is_better`. ``mean_change`` is
        within one group, without comparison.
    certainty_basis
        ``grade`` when the source grades it, otherwise ``judgement``.
    """

    conditions: tuple[str, ...]
    comparator: str
    outcome: str
    measure: Literal[
        "MD",
        "SMD",
        "RR",
        "NNT",
        "RD",
        "responder_proportion",
        "mean_change",
        "percent_change",
        "median_days",
        "probability",
    ]
    value: float
    source: str
    certainty: Certainty
    certainty_basis: Literal["grade", "judgement"]
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    weeks: float | None = None
    higher_is_better: bool = False
    n: int | None = None
    trials: int | None = None
    where: str | None = None
    note: str | None = None


class Harm(Strict, frozen=True, kw_only=True):
    """Something unwanted that a treatment can do."""

    harm: str
    how_often: str | None = None
    source: str | None = None
    reason: str | None = None


class Contraindication(Strict, frozen=True, kw_only=True):
    """A health factor with which a treatment is refused, weighed or watched."""

    factor: str
    severity: Severity
    why: str
    source: str | None = None
    reason: str | None = None


class Caution(Strict, frozen=True, kw_only=True):
    """A dangerous condition that must be excluded before a treatment is given."""

    condition: str
    severity: Literal["absolute", "relative"]
    why: str
    source: str | None = None
    reason: str | None = None


class Interaction(Strict, frozen=True, kw_only=True):
    """A class of drugs that a treatment must not, or not without care, be combined with."""

    drug_class: str
    severity: Literal["contraindicated", "major", "moderate", "minor"]
    why: str
    source: str | None = None
    reason: str | None = None


class Stage(Strict, frozen=True, kw_only=True):
    """One stage of a programme, and when to go on to the next."""

    name: str
    weeks: str
    dose: str
    move_on_when: str


class Programme(Strict, frozen=True, kw_only=True):
    """A named way of giving a treatment for some conditions, with dose and progression."""

    name: str
    conditions: tuple[str, ...]
    stages: tuple[Stage, ...]
    goal: str
    source: str | None = None
    reason: str | None = None


class TreatmentGate(Strict, frozen=True, kw_only=True):
    """What must be true before a treatment is offered, beside what its step asks for.

    Attributes
    ----------
    words
        The condition as a clinician would say it.
    rule
        The same in the rule language; true opens the gate, unknown does not.
    """

    words: str
    rule: dict[str, Any]
    sources: tuple[Citation, ...] = ()
    reason: str | None = None


class Trial(Strict, frozen=True, kw_only=True):
    """How long a treatment must be given before it can be said to have failed."""

    weeks: float
    source: str | None = None
    reason: str | None = None


class Treatment(Strict, frozen=True, kw_only=True):
    """Something that can be done about a condition.

    Attributes
    ----------
    plain
        What it is, in words for the patient, that follow "You can" or "We suggest".
    phase
        Restricts it to the acute phase (rest, ice) or to persistent pain.
    drug_classes
        Classes that it gives to the person: allergies and interactions concern these.
    active_care
        Whether it counts towards an adequate trial of active conservative care.
    safe_meanwhile
        Whether it may be given while the diagnosis is not firm, for whatever the origin
        turns out to be (cautions still apply).
    after_trial
        For steps 2 and 3: whether it waits for an adequate trial of active care. False where
        the diagnosis alone calls for it (a hernia, a broken hip, a tumour).
    firm
        Whether it waits for a diagnosis that is firm enough; false for referrals and for what
        itself makes the diagnosis firm.
    emergency_for
        Conditions in which it must not wait for any gate.
    regulatory_status, regulatory_source
        Where a product is not approved for the use: what it is, and who says so.
    review_weeks
        After how long its effect is looked at.
    """

    id: str
    label: str
    plain: str
    step: Step
    kind: TreatmentKind
    part: Part
    role: Role
    how: str
    statements: tuple[Statement, ...]
    review_weeks: float
    harms: tuple[Harm, ...] = ()
    effects: tuple[TreatmentEffect, ...] = ()
    programmes: tuple[Programme, ...] = ()
    contraindications: tuple[Contraindication, ...] = ()
    cautions: tuple[Caution, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    drug_classes: tuple[str, ...] = ()
    approve: tuple[Role, ...] = ()
    gate: TreatmentGate | None = None
    trial: Trial | None = None
    phase: Phase = "any"
    after_trial: bool = True
    firm: bool = True
    active_care: bool = False
    safe_meanwhile: bool = False
    emergency_for: tuple[str, ...] = ()
    goal: str | None = None
    regulatory_status: str | None = None
    regulatory_source: str | None = None
    synonyms: tuple[str, ...] = ()
    note: str | None = None
    reviewed_on: str = ""


class HealthFactor(Strict, frozen=True, kw_only=True):
    """Something about a person that bears on treatment (an ulcer, weak kidneys, pregnancy).

    Attributes
    ----------
    rule
        How it follows from what the case holds otherwise: traits, values, age, drugs. It is
        also known when it stands by name under ``diseases`` of a case.
    """

    id: str
    label: str
    question: str
    synonyms: tuple[str, ...] = ()
    rule: dict[str, Any] | None = None
    note: str | None = None
    reviewed_on: str = ""


class DrugClass(Strict, frozen=True, kw_only=True):
    """A class of drugs, with the names under which its members are written.

    `within` names wider classes: ibuprofen's class lies within all of theirs.
    """

    id: str
    label: str
    names: tuple[str, ...]
    within: tuple[str, ...] = ()
    note: str | None = None
    reviewed_on: str = ""


class CoursePoint(Strict, frozen=True, kw_only=True):
    """How many have settled, or how strong the pain is, some weeks after the start."""

    weeks: float
    value: float
    low: float
    high: float
    source: str | None = None
    where: str | None = None
    n: int | None = None
    basis: Literal["study", "judgement"] = "study"
    reason: str | None = None


class CourseRemark(Strict, frozen=True, kw_only=True):
    """A figure about the course in a sentence, with its source."""

    words: str
    source: str


class Course(Strict, frozen=True, kw_only=True):
    """What becomes of a condition without a particular treatment.

    Attributes
    ----------
    settled
        Share of people who have recovered, or have no more than slight pain.
    pain_percent
        Mean pain in per cent of its first value.
    remarks
        Figures that are neither, in words, each with its source.
    """

    id: str
    conditions: tuple[str, ...]
    phase: Phase
    population: str
    settled: tuple[CoursePoint, ...] = ()
    pain_percent: tuple[CoursePoint, ...] = ()
    remarks: tuple[CourseRemark, ...] = ()
    note: str | None = None
    reviewed_on: str = ""
