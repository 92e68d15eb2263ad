"""What every report shows, in words and numbers, before any layout."""

from __future__ import annotations

import msgspec

from kinechain.domain.concepts import Urgency
from kinechain.report.plan_model import PlanView


class FlagView(msgspec.Struct, frozen=True, kw_only=True):
    """A red flag; `refs` are numbers in the list of sources."""

    label: str
    urgency: Urgency
    urgency_words: str
    status_words: str
    basis_words: str
    because: tuple[str, ...]
    action: str
    refs: tuple[int, ...]


class NotExcludedView(msgspec.Struct, frozen=True, kw_only=True):
    """A dangerous condition that is not yet below its threshold."""

    label: str
    probability: float
    high: float | None
    threshold: float
    ask: tuple[str, ...]


class OriginView(msgspec.Struct, frozen=True, kw_only=True):
    """A ranked origin.

    Attributes
    ----------
    rank
        From one; also the number on the body map.
    instance
        Id of its likeliest level and side, for the map and the evidence.
    where
        Words for the levels and sides when there are several, else empty.
    """

    rank: int
    condition: str
    instance: str
    level: str | None
    side: str | None
    label: str
    where: str
    explains: float
    low: float
    high: float
    present: float
    reason: str
    judgement: str


class PathView(msgspec.Struct, frozen=True, kw_only=True):
    """A way from an origin to a painful site; `rank` 0 when the origin is not ranked."""

    steps: tuple[str, ...]
    sentence: str
    caveats: tuple[str, ...]
    condition: str
    rank: int
    fired: float
    low: float
    high: float
    responsibility: float


class SiteView(msgspec.Struct, frozen=True, kw_only=True):
    """A painful site and where its pain comes from."""

    site: str
    side: str | None
    label: str
    intensity: float | None
    paths: tuple[PathView, ...]
    unexplained: float
    unexplained_words: str


class EvidenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A finding for or against an origin, or a group of findings taken together."""

    finding: str
    group: str
    state: str
    strength: str
    removed: float
    alone: float
    note: str
    refs: tuple[int, ...]
    is_group: bool = False


class EvidenceView(msgspec.Struct, frozen=True, kw_only=True):
    """What speaks for and against one leading origin."""

    rank: int
    label: str
    supporting: tuple[EvidenceRow, ...]
    opposing: tuple[EvidenceRow, ...]


class NextView(msgspec.Struct, frozen=True, kw_only=True):
    """A question or examination that would change most."""

    how: str
    label: str
    question: str
    gain_bits: float
    threshold_crossings: float
    burden: int
    if_present: str
    if_absent: str


class IssueView(msgspec.Struct, frozen=True, kw_only=True):
    """A remark on the input or the result."""

    level: str
    where: str
    message: str
    remedy: str


class SourceView(msgspec.Struct, frozen=True, kw_only=True):
    """A numbered publication; `url` is a web address or nothing."""

    number: int
    title: str
    detail: str
    url: str | None


class FindingView(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as entered."""

    label: str
    state: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a report shows, in the order in which it shows it."""

    case_id: str
    person: str
    as_of: str
    raised: tuple[FlagView, ...]
    to_ask: tuple[FlagView, ...]
    not_excluded: tuple[NotExcludedView, ...]
    origins: tuple[OriginView, ...]
    more_origins: int
    sites: tuple[SiteView, ...]
    evidence: tuple[EvidenceView, ...]
    next: tuple[NextView, ...]
    issues: tuple[IssueView, ...]
    findings: tuple[FindingView, ...]
    sources: tuple[SourceView, ...]
    program_version: str
    knowledge_version: str
    intended_use: str
    plan: PlanView | None = None
