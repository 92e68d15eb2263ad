"""The result of an assessment: what `kinechain assess --json` prints, field for field.

The JSON Schema in ``data/assessment.schema.json`` is the contract; fields may be added
here and there, never renamed.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from kinechain.domain.case import Issue
from kinechain.domain.concepts import Urgency

SCHEMA_VERSION = "1.0"


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """Something that cannot wait, or must be asked before it can."""

    id: str
    label: str
    urgency: Urgency
    status: Literal["raised", "to_ask"]
    basis: Literal["rule", "probability"]
    because: tuple[str, ...]
    action: str
    sources: tuple[str, ...]
    condition: str = ""
    ask: tuple[str, ...] = ()


class NotExcluded(msgspec.Struct, frozen=True, kw_only=True):
    """A dangerous condition whose probability may lie above its threshold for action."""

    condition: str
    label: str
    probability: float
    high: float
    threshold: float
    ask: tuple[str, ...]


class ConditionResult(msgspec.Struct, frozen=True, kw_only=True):
    """A condition over all its levels and sides."""

    condition: str
    label: str
    explains: float
    low: float
    high: float
    present: float
    origins: tuple[str, ...]


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """One instance of a condition.

    `prior` is its probability for this person before any finding; `judgement_share` the
    share of the log odds that rests on figures without a study.
    """

    id: str
    condition: str
    label: str
    level: str | None
    side: str | None
    explains: float
    low: float
    high: float
    present: float
    prior: float
    judgement_share: float


class PathResult(msgspec.Struct, frozen=True, kw_only=True):
    """A way from an origin to a painful site, and how probably it was taken.

    `caveats` say how firm the links of gait, posture and overload on it are, where the
    knowledge records it.
    """

    path: tuple[str, ...]
    labels: tuple[str, ...]
    fired: float
    low: float
    high: float
    responsibility: float
    sentence: str = ""
    caveats: tuple[str, ...] = ()


class SiteResult(msgspec.Struct, frozen=True, kw_only=True):
    """A painful site: responsibilities of the paths and `unexplained` sum to one."""

    site: str
    label: str
    side: str | None
    paths: tuple[PathResult, ...]
    unexplained: float


class ContributionResult(msgspec.Struct, frozen=True, kw_only=True):
    """Log odds that a finding, or a group of them (`finding` null), adds to an origin."""

    group: str
    finding: str | None
    label: str
    state: str
    removed: float
    alone: float
    sources: tuple[str, ...]
    judgement: bool


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """How an answer would move a condition instance."""

    id: str
    label: str
    present: float
    before: float


class Next(msgspec.Struct, frozen=True, kw_only=True):
    """A question, examination or test that is not answered yet."""

    finding: str
    id: str
    label: str
    question: str
    kind: str
    burden: int
    chance: float
    gain_bits: float
    threshold_crossings: float
    if_present: tuple[Change, ...]
    if_absent: tuple[Change, ...]


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is said about one case."""

    schema_version: str
    program_version: str
    knowledge_version: str
    case_id: str
    as_of: str | None
    red_flags: tuple[Flag, ...]
    not_excluded: tuple[NotExcluded, ...]
    conditions: tuple[ConditionResult, ...]
    origins: tuple[Origin, ...]
    sites: tuple[SiteResult, ...]
    contributions: dict[str, tuple[ContributionResult, ...]]
    next: tuple[Next, ...]
    issues: tuple[Issue, ...]
    timing_ms: dict[str, float]
