"""The result of an assessment as the report reads it; see ``data/assessment.schema.json``.

Unknown keys are passed over, so that a report of today reads a result of tomorrow, and what
the result may lack has a default, so that a result without probabilities can be shown too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from kinechain.domain.concepts import FindingKind, Urgency

FlagStatus = Literal["raised", "to_ask"]
FlagBasis = Literal["rule", "probability"]
State = Literal["present", "absent"]
IssueLevel = Literal["error", "warning", "info"]
QuestionKind = FindingKind | Literal["trait"]


class RedFlag(msgspec.Struct, frozen=True, kw_only=True):
    """Something that may not wait, raised or still to be asked about."""

    id: str
    label: str
    urgency: Urgency
    status: FlagStatus
    basis: FlagBasis
    action: str
    because: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class NotExcluded(msgspec.Struct, frozen=True, kw_only=True):
    """A dangerous condition whose probability is not below its threshold for action."""

    condition: str
    probability: float
    threshold: float
    label: str = ""
    high: float | None = None
    ask: tuple[str, ...] = ()


class ConditionResult(msgspec.Struct, frozen=True, kw_only=True):
    """A condition over all its levels and sides."""

    condition: str
    label: str
    explains: float
    low: float
    high: float
    present: float
    origins: tuple[str, ...] = ()


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """A condition at one level and side."""

    id: str
    condition: str
    label: str
    explains: float
    low: float
    high: float
    present: float
    level: str | None = None
    side: str | None = None
    prior: float | None = None
    judgement_share: float | None = None


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """One way from an origin to a painful site, from the origin on."""

    path: tuple[str, ...]
    fired: float
    low: float
    high: float
    responsibility: float
    labels: tuple[str, ...] = ()
    sentence: str = ""
    caveats: tuple[str, ...] = ()


class SiteResult(msgspec.Struct, frozen=True, kw_only=True):
    """Where the pain at one site comes from."""

    site: str
    unexplained: float
    label: str = ""
    side: str | None = None
    paths: tuple[Path, ...] = ()


class Contribution(msgspec.Struct, frozen=True, kw_only=True):
    """What a finding, or a group of findings, does to the log odds of an origin.

    Attributes
    ----------
    removed
        Change of the log odds of the full case that is lost when it is taken out.
    alone
        Change of the log odds that it makes by itself.
    finding
        None for a whole group of findings.
    """

    removed: float
    alone: float
    state: str
    label: str = ""
    finding: str | None = None
    group: str | None = None
    sources: tuple[str, ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The probability of a condition, or of an instance of it, after an answer.

    Either ``condition`` and ``explains``, or ``id`` and ``present`` are given.
    """

    condition: str = ""
    explains: float | None = None
    id: str = ""
    label: str = ""
    present: float | None = None
    before: float | None = None

    @property
    def after(self) -> float:
        """The probability, whichever of the two it is."""
        if self.explains is not None:
            return self.explains
        return self.present if self.present is not None else 0.0


class NextQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question that would change much."""

    finding: str
    kind: QuestionKind
    gain_bits: float
    id: str = ""
    label: str = ""
    question: str = ""
    burden: int = 0
    threshold_crossings: float = 0.0
    if_present: tuple[Change, ...] = ()
    if_absent: tuple[Change, ...] = ()


class IssueResult(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong or worth knowing about the input or the result."""

    level: IssueLevel
    message: str
    where: str = ""
    remedy: str = ""


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The whole result."""

    schema_version: str
    program_version: str
    knowledge_version: str
    case_id: str
    as_of: str | None = None
    red_flags: tuple[RedFlag, ...] = ()
    not_excluded: tuple[NotExcluded, ...] = ()
    conditions: tuple[ConditionResult, ...] = ()
    origins: tuple[Origin, ...] = ()
    sites: tuple[SiteResult, ...] = ()
    contributions: dict[str, tuple[Contribution, ...]] = {}
    next: tuple[NextQuestion, ...] = ()
    issues: tuple[IssueResult, ...] = ()
    timing_ms: float | dict[str, float] | None = None


class PainShown(msgspec.Struct, frozen=True, kw_only=True):
    """A pain as it was entered."""

    site: str
    side: str | None = None
    label: str = ""
    intensity: float | None = None
    quality: tuple[str, ...] = ()
    onset: str | None = None
    duration_weeks: float | None = None
    course: str | None = None


class FindingShown(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as it was entered."""

    label: str
    state: State
    side: str | None = None


class CaseShown(msgspec.Struct, frozen=True, kw_only=True):
    """What the report shows of the person."""

    age: float | None = None
    sex: str | None = None
    setting: str | None = None
    complaint: str | None = None
    pain: tuple[PainShown, ...] = ()
    findings: tuple[FindingShown, ...] = ()


class SourceShown(msgspec.Struct, frozen=True, kw_only=True):
    """A publication as it is listed."""

    title: str
    journal_or_body: str | None = None
    year: int | None = None
    url: str | None = None
    doi: str | None = None


class Extras(msgspec.Struct, frozen=True, kw_only=True):
    """What the renderers need beside the result.

    Attributes
    ----------
    labels
        Words for ids of findings, conditions, links, sites and groups.
    sites
        The geometry of the body map, see `kinechain.report.body_map.read`; may be empty.
    """

    case: CaseShown = CaseShown()
    labels: dict[str, str] = {}
    sources: dict[str, SourceShown] = {}
    sites: dict[str, Any] = {}


def read_assessment(plain: Mapping[str, Any]) -> Assessment:
    """Read the plain result.

    Raises
    ------
    msgspec.ValidationError
        If a required key is missing or a value has the wrong type; the message names the key.
    """
    return msgspec.convert(plain, Assessment)


def read_extras(plain: Mapping[str, Any]) -> Extras:
    """Read what is shown beside the result.

    Raises
    ------
    msgspec.ValidationError
        If a value has the wrong type.
    """
    return msgspec.convert(plain, Extras)
