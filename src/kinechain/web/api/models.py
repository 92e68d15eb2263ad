"""What the JSON interface takes and gives, beside the nouns of the record themselves."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from kinechain.domain.assessment import Assessment
from kinechain.domain.case import IssueLevel
from kinechain.domain.concepts import ChoirSegments
from kinechain.domain.record import Decision, Fact, FactKey, Opinion, Person, WorklistEntry

ID = "^[0-9a-f]{32}$"
LARGEST_ENTRY = 10_000
"""Bytes of one entry, as JSON."""

PRINTABLE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
Identifier = Annotated[str, msgspec.Meta(pattern=ID)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=PRINTABLE)]
Revision = Annotated[int, msgspec.Meta(ge=0, le=2_000_000_000)]


class Given(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that a request brings; keys that it does not have are refused."""


class PersonGiven(Given, frozen=True, kw_only=True):
    """A person to begin a record for.

    Attributes
    ----------
    label
        What the clinic calls the person.
    """

    label: Label
    birth_date: date | None = None
    sex: Literal["female", "male"] | None = None


class FactGiven(Given, frozen=True, kw_only=True):
    """A fact to record; with `replaces` it corrects another one.

    Attributes
    ----------
    id
        Chosen by the sender, so that a request that is sent twice records once.
    entry
        As a case file has it; of at most 10,000 bytes.
    on
        The day that it is about.
    """

    key: FactKey
    entry: str | bool | int | float | list[Any] | dict[str, Any]
    on: date | None = None
    replaces: Identifier | None = None
    id: Identifier | None = None


class FactsGiven(Given, frozen=True, kw_only=True):
    """What to record and what to take back: all of it, or nothing.

    Attributes
    ----------
    withdraw
        Ids of facts that are taken back, with nothing in their place.
    expected_revision
        Of the person, as the sender saw it. Without it nobody notices when two write the same
        value.
    """

    facts: Annotated[tuple[FactGiven, ...], msgspec.Meta(max_length=200)] = ()
    withdraw: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=200)] = ()
    expected_revision: Revision | None = None


class AssessmentGiven(Given, frozen=True, kw_only=True):
    """How to assess.

    Attributes
    ----------
    draws
        Of the parameters, for the intervals; the program chooses without it.
    """

    draws: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    seed: Annotated[int, msgspec.Meta(ge=0, le=2_000_000_000)] = 0


class ToggleGiven(Given, frozen=True, kw_only=True):
    """A finding supposed to be otherwise.

    Attributes
    ----------
    kind
        ``fact`` for one that is recorded, ``node`` for one that is not.
    name
        Id of the fact, or of the finding with level and side: ``paraesthesia.l3.right``.
    """

    kind: Literal["fact", "node"]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    state: Literal["present", "absent", "unknown"]


class PreviewGiven(Given, frozen=True, kw_only=True):
    """What to suppose.

    Attributes
    ----------
    full
        Whether intervals and questions are computed too; otherwise the intervals are those of
        the assessment, carried over.
    """

    toggles: Annotated[tuple[ToggleGiven, ...], msgspec.Meta(max_length=100)]
    full: bool = False


class OpinionGiven(Given, frozen=True, kw_only=True):
    """A clinician's word on an origin."""

    origin: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    decision: Decision
    reason: Annotated[str, msgspec.Meta(max_length=1000, pattern=r"^[^\x00]*$")] = ""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, and what to do about it."""

    error: str
    remedy: str


class ConflictProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody else was faster; nothing of the request was kept.

    Attributes
    ----------
    mine
        The fact of the request that was refused; null for one that was to be taken back.
    theirs
        The fact that stands.
    revision
        Of the person, as of now.
    """

    error: str
    remedy: str
    mine: FactGiven | None
    theirs: Fact | None
    revision: int


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Whose session it is.

    Attributes
    ----------
    csrf
        For the header ``X-CSRF-Token`` of every request that changes something.
    """

    name: str
    roles: tuple[str, ...]
    csrf: str


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What the program knows."""

    program_version: str
    knowledge_version: str
    conditions: int
    findings: int
    treatments: int
    red_flags: int
    sources: int


class SiteShown(msgspec.Struct, frozen=True, kw_only=True):
    """A region of the body map, with the segments of the CHOIR body map that it overlaps."""

    site: str
    label: str
    is_paired: bool
    definition: str
    parts: tuple[str, ...]
    choir: ChoirSegments


class Sites(msgspec.Struct, frozen=True, kw_only=True):
    """The regions of the body map."""

    sites: tuple[SiteShown, ...]


class PersonsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of the worklist; `next` goes into `after` of the next request."""

    persons: tuple[WorklistEntry, ...]
    next: str | None


class FactShown(msgspec.Struct, frozen=True, kw_only=True):
    """A fact, and whether it stands: it was neither corrected nor taken back."""

    fact: Fact
    stands: bool


class FactsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Facts in the order in which they came; `next` goes into `after` of the next request."""

    person: Person
    facts: tuple[FactShown, ...]
    next: int | None


class FactIssue(msgspec.Struct, frozen=True, kw_only=True):
    """What the intake says of a fact, or, with `fact` null, of the record."""

    fact: str | None
    level: IssueLevel
    message: str
    remedy: str


class FactsKept(msgspec.Struct, frozen=True, kw_only=True):
    """The person after recording, the facts as they are kept, and what the intake says."""

    person: Person
    facts: tuple[Fact, ...]
    issues: tuple[FactIssue, ...]


class CaseShown(msgspec.Struct, frozen=True, kw_only=True):
    """The case file that the standing facts make, as `kinechain assess` takes it."""

    document: dict[str, Any]
    issues: tuple[FactIssue, ...]


class AssessmentOverview(msgspec.Struct, frozen=True, kw_only=True):
    """An assessment without its input and result.

    Attributes
    ----------
    revision
        Of the person, from which it was made.
    """

    id: str
    person: str
    at: str
    by: str
    program_version: str
    knowledge_version: str
    seed: int
    draws: int | None
    revision: int


class AssessmentsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Assessments, the latest first; `next` goes into `after` of the next request."""

    assessments: tuple[AssessmentOverview, ...]
    next: str | None


class AssessmentKept(AssessmentOverview, frozen=True, kw_only=True):
    """An assessment with all that it takes to compute it again."""

    input: dict[str, Any]
    result: Assessment


class Recomputed(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an assessment computed again is the same to 1e-9, timings excepted."""

    agrees: bool
    differences: tuple[str, ...]


class OpinionsPage(msgspec.Struct, frozen=True, kw_only=True):
    """All opinions on an assessment, oldest first; of one origin the last one stands."""

    opinions: tuple[Opinion, ...]
