"""A plan in words, as every report shows it; no layout."""

from __future__ import annotations

import msgspec

from kinechain.domain.plan import Goal, PatientPage, Status
from kinechain.report.plan_rows import PlanRows, TreatmentRows


class TreatmentView(msgspec.Struct, frozen=True, kw_only=True):
    """One treatment in words.

    Attributes
    ----------
    said_for, said_against
        The bodies that speak for and against it, with year and strength, latest first.
    rows
        The same in columns, for pages.
    """

    id: str
    label: str
    status: Status
    status_words: str
    step: int
    role: str
    origins: tuple[str, ...]
    why: tuple[str, ...]
    gate: str
    missing: tuple[str, ...]
    said_for: tuple[str, ...]
    said_against: tuple[str, ...]
    said_neither: tuple[str, ...]
    effects: tuple[str, ...]
    harms: tuple[str, ...]
    against: tuple[str, ...]
    ask_before: tuple[str, ...]
    together: tuple[str, ...]
    how: tuple[str, ...]
    review_on: str
    urgent: bool
    regulatory: str
    refs: tuple[int, ...]
    rows: TreatmentRows


class TreatmentGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Treatments of one status, under its heading."""

    status: Status
    title: str
    treatments: tuple[TreatmentView, ...]


class PartView(msgspec.Struct, frozen=True, kw_only=True):
    """What one role does in one part, towards which goals."""

    part: str
    role: str
    goals: tuple[Goal, ...]
    treatments: tuple[str, ...]


class ApprovalView(msgspec.Struct, frozen=True, kw_only=True):
    """Whose word is needed, and what it is."""

    role: str
    state: str
    treatments: tuple[str, ...]


class TestView(msgspec.Struct, frozen=True, kw_only=True):
    """A first test and what its answer would change."""

    label: str
    question: str
    if_present: str
    if_absent: str


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """The whole plan.

    Attributes
    ----------
    not_indicated
        How many further treatments nobody speaks of for these origins.
    rows
        What pages show in columns.
    """

    case_id: str
    as_of: str
    version: str
    urgent: tuple[str, ...]
    origins: tuple[str, ...]
    firmness: str
    firm: bool
    tests: tuple[TestView, ...]
    groups: tuple[TreatmentGroup, ...]
    not_indicated: int
    parts: tuple[PartView, ...]
    approvals: tuple[ApprovalView, ...]
    medication: tuple[str, ...]
    would_change: tuple[str, ...]
    patient: PatientPage
    history: tuple[str, ...]
    program_version: str
    knowledge_version: str
    intended_use: str
    rows: PlanRows
