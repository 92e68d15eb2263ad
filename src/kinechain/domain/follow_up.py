"""The result of a follow-up: what `kinechain follow-up --json` prints, field for field.

The JSON Schema in ``data/follow_up.schema.json`` is the contract; fields may be added here
and there, never renamed.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from kinechain.domain.assessment import Flag
from kinechain.domain.case import Issue

FOLLOW_UP_SCHEMA_VERSION = "1.0"

Outcome = Literal["lasting_relief", "responding", "unchanged", "worse", "relapse", "unknown"]
Decision = Literal["stay", "step_up", "step_down", "jump", "measure"]


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A score on a day, against the first one.

    Attributes
    ----------
    weeks
        Since the first score.
    better
        Points by which it is better than the first; negative when it is worse.
    percent
        The same as a share of what there was to gain: the distance of the first score from
        the best possible one.
    """

    on: str
    weeks: float
    value: float
    better: float
    percent: float
    outcome: Outcome


class UsedThreshold(msgspec.Struct, frozen=True, kw_only=True):
    """A change that counts, and who says so."""

    words: str
    value: float
    source: str | None
    population: str | None = None
    note: str | None = None


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """All scores of one scale, the first being the start."""

    instrument: str
    scale: str
    label: str
    higher_is_better: bool
    low: float
    high: float
    visits: tuple[Visit, ...]
    outcome: Outcome
    thresholds: tuple[UsedThreshold, ...]


class NaturalHistory(msgspec.Struct, frozen=True, kw_only=True):
    """What share would have settled by now without a particular treatment.

    Attributes
    ----------
    weeks
        The time that the share is for; not beyond what was published.
    settled, low, high
        The share with its interval; None when no study tells it.
    words
        A sentence, with what else is known of the course.
    """

    condition: str
    label: str
    population: str
    weeks: float
    settled: float | None
    low: float | None
    high: float | None
    words: str
    sources: tuple[str, ...]


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """How the responses to treatment moved a condition."""

    condition: str
    label: str
    before: float
    after: float


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """A response to a treatment that counts as evidence on the origin.

    Attributes
    ----------
    by_chance
        Share of people without its target who answer like this: natural course and placebo.
    likelihood_ratio
        For the condition that it speaks most about, against `by_chance`.
    """

    finding: str
    label: str
    state: Literal["present", "absent"]
    side: str | None
    because: str
    by_chance: float
    likelihood_ratio: float | None
    speaks_of: str | None


class FollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """What the course so far says, and what to do next."""

    schema_version: str
    program_version: str
    knowledge_version: str
    case_id: str
    as_of: str | None
    red_flags: tuple[Flag, ...]
    outcome: Outcome
    decision: Decision
    because: tuple[str, ...]
    next_step: tuple[str, ...]
    series: tuple[Series, ...]
    natural_history: tuple[NaturalHistory, ...]
    responses: tuple[Response, ...]
    moved: tuple[Moved, ...]
    issues: tuple[Issue, ...]
    timing_ms: dict[str, float]
