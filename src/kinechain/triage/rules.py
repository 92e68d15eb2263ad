"""The rule language of red flags and of care as a small typed tree.

The language is described in ``docs/reference/knowledge-format.md``; `parser` reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec


class _Node(msgspec.Struct, frozen=True, kw_only=True):
    """Immutable part of a rule."""


class FindingLeaf(_Node, frozen=True, kw_only=True):
    """A finding or trait recorded as present, on any side unless one is named."""

    finding: str
    side: Literal["left", "right"] | None = None
    level: str | None = None


class SiteLeaf(_Node, frozen=True, kw_only=True):
    """Pain at a body site; a generic site counts its parts."""

    site: str
    side: Literal["left", "right"] | None = None


class AgeLeaf(_Node, frozen=True, kw_only=True):
    """Age in years, ``at_least <= age < below``."""

    at_least: float | None = None
    below: float | None = None


class SexLeaf(_Node, frozen=True, kw_only=True):
    """Recorded sex."""

    sex: Literal["female", "male"]


class ValueLeaf(_Node, frozen=True, kw_only=True):
    """A measured quantity, in the unit that the knowledge uses inside."""

    quantity: str
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None


class OnsetLeaf(_Node, frozen=True, kw_only=True):
    """How a pain began."""

    onset: str


class DurationLeaf(_Node, frozen=True, kw_only=True):
    """For how many weeks a pain has been there."""

    at_least_weeks: float | None = None
    at_most_weeks: float | None = None


class DrugLeaf(_Node, frozen=True, kw_only=True):
    """A drug or class of drugs that is taken."""

    drug: str


class FactorLeaf(_Node, frozen=True, kw_only=True):
    """A health factor that bears on treatment (care only)."""

    factor: str


class ConditionLeaf(_Node, frozen=True, kw_only=True):
    """A condition diagnosed earlier, or at least as probable as not (care only)."""

    condition: str


class IntensityLeaf(_Node, frozen=True, kw_only=True):
    """The worst recorded pain, 0 to 10 (care only)."""

    at_least: float


class TriedLeaf(_Node, frozen=True, kw_only=True):
    """A treatment that was tried for so long, with one of these responses (care only)."""

    treatments: tuple[str, ...]
    weeks: float = 0
    response: tuple[str, ...] = ()


Leaf: TypeAlias = (
    FindingLeaf
    | SiteLeaf
    | AgeLeaf
    | SexLeaf
    | ValueLeaf
    | OnsetLeaf
    | DurationLeaf
    | DrugLeaf
    | FactorLeaf
    | ConditionLeaf
    | IntensityLeaf
    | TriedLeaf
)
CARE_ONLY = (FactorLeaf, ConditionLeaf, IntensityLeaf, TriedLeaf)
"""Leaves that only rules of care may hold: a red flag must not depend on them."""


class AllOf(_Node, frozen=True, kw_only=True):
    """True when every part is."""

    of: tuple[Rule, ...]


class AnyOf(_Node, frozen=True, kw_only=True):
    """True when one part is."""

    of: tuple[Rule, ...]


class AtLeast(_Node, frozen=True, kw_only=True):
    """True when `count` parts are."""

    count: int
    of: tuple[Rule, ...]


class Not(_Node, frozen=True, kw_only=True):
    """True when its part is known to be false."""

    rule: Rule


Rule: TypeAlias = AllOf | AnyOf | AtLeast | Not | Leaf


def leaves(rule: Rule) -> Iterator[Leaf]:
    """All leaves of a rule, from left to right."""
    match rule:
        case AllOf(of=parts) | AnyOf(of=parts) | AtLeast(of=parts):
            for part in parts:
                yield from leaves(part)
        case Not(rule=part):
            yield from leaves(part)
        case _:
            yield rule
