"""The result of planning: what `kinechain plan --json` prints, field for field.

The JSON Schema in ``data/plan.schema.json`` is the contract; fields may be added here and
there, never renamed.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from kinechain.domain.assessment import Flag
from kinechain.domain.care import (
    Certainty,
    Direction,
    Part,
    Role,
    Severity,
    Step,
    Strength,
    TreatmentKind,
)
from kinechain.domain.case import Issue

PLAN_SCHEMA_VERSION = "1.0"

Status = Literal[
    "recommended",
    "option",
    "uncertain",
    "not_recommended",
    "contraindicated",
    "already_tried",
    "not_yet",
]
ApprovalState = Literal["pending", "approved", "changes_wanted", "to_review"]


class LikelyOrigin(msgspec.Struct, frozen=True, kw_only=True):
    """A condition that the plan is made for.

    `standing` is ``leading`` for the most probable, ``likely`` for others that the plan
    treats, ``known`` for an earlier diagnosis that stands.
    """

    condition: str
    label: str
    probability: float
    low: float
    high: float
    standing: Literal["leading", "likely", "known"]


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """What must be true before a treatment is offered; `missing` says what is not."""

    condition: str
    met: bool
    missing: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class PlanStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A guideline's word about the treatment for one of the origins."""

    body: str
    year: int
    direction: Direction
    strength: Strength
    source: str | None
    condition: str
    basis: str
    population: str | None = None
    note: str | None = None
    applies: bool = True
    superseded: bool = False


class PlanEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What trials measured; an interval that was not printed is null."""

    outcome: str
    value: float
    low: float | None
    high: float | None
    unit: str | None
    weeks: float | None
    certainty: Certainty
    source: str
    measure: str
    comparator: str
    condition: str
    certainty_basis: str
    higher_is_better: bool = False
    n: int | None = None


class Against(msgspec.Struct, frozen=True, kw_only=True):
    """Something about this person that speaks against a treatment.

    ``known``: it is recorded. ``not_excluded``: a dangerous condition that may be there.
    """

    kind: Literal["factor", "allergy", "interaction", "danger"]
    id: str
    label: str
    severity: Severity
    standing: Literal["known", "not_excluded"]
    why: str
    source: str | None = None


class PlannedTreatment(msgspec.Struct, frozen=True, kw_only=True):
    """One treatment of the knowledge, judged for this person.

    Attributes
    ----------
    why
        Sentences: which rule gave the status.
    ask_before
        Questions on health factors that are not recorded and would rule it out.
    contraindicated_by
        Everything that speaks against it, also what alone would not rule it out.
    not_together_with
        Other offered treatments that it must not be combined with, each with why.
    how
        Dose and manner; programmes with their stages.
    review_on
        Date by which its effect is looked at; null when it is not offered or no date is
        known.
    """

    id: str
    label: str
    step: Step
    status: Status
    for_origins: tuple[str, ...]
    why: tuple[str, ...]
    gate: Gate | None
    statements: tuple[PlanStatement, ...]
    effects: tuple[PlanEffect, ...]
    harms: tuple[str, ...]
    contraindicated_by: tuple[Against, ...]
    role: Role
    review_on: str | None
    kind: TreatmentKind
    part: Part
    how: tuple[str, ...] = ()
    ask_before: tuple[str, ...] = ()
    not_together_with: tuple[str, ...] = ()
    urgent: bool = False
    regulatory_status: str | None = None
    regulatory_source: str | None = None


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """Something measurable with a date; the date is null when the case has none."""

    measure: str
    target: str
    by: str | None
    why: str = ""


class PlanPart(msgspec.Struct, frozen=True, kw_only=True):
    """What one role does in one part of the plan."""

    part: Part
    role: Role
    goals: tuple[Goal, ...]
    treatments: tuple[str, ...] = ()


class FirstTest(msgspec.Struct, frozen=True, kw_only=True):
    """A question or test of which the answer would change the plan."""

    finding: str
    id: str
    label: str
    question: str
    burden: int
    if_present: tuple[str, ...]
    if_absent: tuple[str, ...]


class Firmness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the diagnosis is firm enough to treat on, and why."""

    firm: bool
    because: str


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """What a role must agree to before the plan is carried out."""

    role: Role
    state: ApprovalState
    treatments: tuple[str, ...] = ()
    by: str | None = None
    on: str | None = None
    note: str | None = None


class PatientSection(msgspec.Struct, frozen=True, kw_only=True):
    """A heading with sentences or list entries in plain words."""

    heading: str
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


class PatientPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the person takes home; `reading_age` is measured on its own text."""

    title: str
    sections: tuple[PatientSection, ...]
    reading_age: float


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the plan: when, on what, and what it changed."""

    plan_version: int
    as_of: str | None
    content: str
    knowledge_version: str
    changes: tuple[str, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One plan for one case.

    Attributes
    ----------
    plan_version
        Counts up from 1 with every revision that changed something.
    content
        Hash of everything the plan says, without approvals and history.
    urgent
        Red flags that are raised: they come before everything else in the plan.
    meanwhile
        Ids of the treatments that are safe for all likely origins.
    medication_review
        Drugs that the person takes now and that something recorded speaks against.
    would_change
        What would make the plan another one.
    """

    schema_version: str
    plan_version: int
    content: str
    program_version: str
    knowledge_version: str
    case_id: str
    as_of: str | None
    urgent: tuple[Flag, ...]
    origins: tuple[LikelyOrigin, ...]
    firmness: Firmness
    first_tests: tuple[FirstTest, ...]
    meanwhile: tuple[str, ...]
    parts: tuple[PlanPart, ...]
    treatments: tuple[PlannedTreatment, ...]
    approvals: tuple[Approval, ...]
    medication_review: tuple[str, ...]
    would_change: tuple[str, ...]
    patient_page: PatientPage
    history: tuple[Revision, ...]
    issues: tuple[Issue, ...]
    timing_ms: dict[str, float]


class PlanChange(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between two plans."""

    kind: Literal["urgent", "origin", "firmness", "first_test", "treatment", "goal", "approval"]
    id: str
    words: str
    before: str | None
    after: str | None
