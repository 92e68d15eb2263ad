"""What published studies found, in a form that the network can be held against.

A study's row says how often something was found among people who were admitted to it, or
how many of those had a condition. It is never a figure of the knowledge: it is an *output*
that the network should reproduce.

Ids are those of conditions, traits, findings and body sites. An id with levels may carry one
after a dot (``joint_swelling.knee``); without it any level counts. A side is never given:
everything is meant on the side of the complaint.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, get_args

from kinechain.domain.strict import Strict

Measure = Literal["sensitivity", "specificity", "lr_positive", "lr_negative", "share", "rate"]
RowKind = Literal["single", "cluster", "score", "share", "rate"]

NOT = "not "
"""What stands before an id in a `Test` when its absence counts."""


class Measured(Strict, frozen=True, kw_only=True):
    """A published value.

    Attributes
    ----------
    low, high
        The printed interval, 95 % unless `coverage` says otherwise. Where the row's note says
        so, it is the range over several studies.
    n
        Number of people that the value was computed from (for a sensitivity those with the
        condition, for a specificity those without). Where no interval is printed, Wilson's
        interval is computed from it.
    """

    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    coverage: float = 0.95


class People(Strict, frozen=True, kw_only=True):
    """Who entered a study, as evidence that the network understands.

    Attributes
    ----------
    complaint
        Sites (generic ones too) of which at least one hurts; empty when nobody had to have
        pain.
    painless
        Whether it is known that none of `complaint` hurts.
    present, absent
        Findings, sites, conditions and traits that everybody had, or nobody.
    any_of
        Groups of which everybody had at least one member.
    suspected
        Conditions of which any was suspected in everybody: what raised the suspicion was at
        least one of the findings that are typical of it (`knowledge.hallmarks`).
    one_side
        Whether one side alone was looked at although nobody had to have pain there; without
        it a paired finding or condition counts on either side of people whose complaint has
        none.
    inferred
        Whether who entered was concluded from the study's design, the source not saying it.
    """

    complaint: tuple[str, ...] = ()
    painless: bool = False
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    suspected: tuple[str, ...] = ()
    one_side: bool = False
    inferred: bool = False
    setting: str | None = None
    age_years: float | None = None
    sex: Literal["female", "male"] | None = None


class Test(Strict, frozen=True, kw_only=True):
    """When a test counts as positive: at least `at_least` of `of` hold, and all of `also`.

    An item is an id, which holds when it is present, or an id after ``not``, which holds when
    it is absent. ``weights`` (one for each of `of`) turns the count into a score; `cut` is
    then the lowest positive score.

    Examples
    --------
    Two of three provocation tests, and the pain does not centralise:

    >>> test = Test(
    ...     of=("thigh_thrust", "sij_compression", "sacral_thrust"),
    ...     at_least=2,
    ...     also=("not centralisation",),
    ... )
    >>> test.signs
    ('thigh_thrust', 'sij_compression', 'sacral_thrust', 'centralisation')
    >>> test.is_positive([True, True, False, False])
    True
    >>> test.is_positive([True, True, True, True])
    False
    """

    __test__: ClassVar[bool] = False  # pytest takes a class of this name for one of its own

    of: tuple[str, ...]
    at_least: int = 1
    also: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    cut: float | None = None

    @property
    def signs(self) -> tuple[str, ...]:
        """Ids of all items, those of `of` first, without ``not``."""
        return tuple(item.removeprefix(NOT) for item in (*self.of, *self.also))

    def is_positive(self, present: Sequence[bool]) -> bool:
        """Whether the test is positive.

        Parameters
        ----------
        present
            For each of `signs`, whether it is present.
        """
        items = (*self.of, *self.also)
        holds = [one != item.startswith(NOT) for item, one in zip(items, present, strict=True)]
        counted, demanded = holds[: len(self.of)], holds[len(self.of) :]
        if not all(demanded):
            return False
        if self.weights and self.cut is not None:
            score = sum(w for w, one in zip(self.weights, counted, strict=True) if one)
            return score >= self.cut
        return sum(counted) >= self.at_least


class StudyRow(Strict, frozen=True, kw_only=True):
    """One row: a test in people with and without a condition, a share, or a rate.

    Attributes
    ----------
    kind
        ``single``, ``cluster`` (several items, counted) and ``score`` (items with weights)
        are tests of a condition; ``share`` says how many of the people had the condition,
        ``rate`` in how many the test was positive.
    condition
        Ids of which any counts; empty for a `rate` (how often a finding is present among
        the people, whatever they have).
    comparator
        Who the people without the condition were: one of `COMPARATORS`, or
        ``condition:<id>`` when they all had another one.
    reference
        What decided who had the condition.
    where
        Place in the source.
    unusable
        Why the network cannot be held against this row; such rows are printed, not counted.
        They may leave out what the knowledge has no id for.
    contradicts
        Names a group of rows that answer the same question differently, or that are the ends
        of one range; they count once.
    note
        What was left out or taken for something else.
    """

    id: str
    kind: RowKind
    label: str
    condition: tuple[str, ...] = ()
    test: Test | None = None
    people: People = People()
    comparator: str | None = None
    reference: str | None = None
    sensitivity: Measured | None = None
    specificity: Measured | None = None
    lr_positive: Measured | None = None
    lr_negative: Measured | None = None
    share: Measured | None = None
    rate: Measured | None = None
    where: str = ""
    unusable: str | None = None
    contradicts: str | None = None
    note: str | None = None

    @property
    def measured(self) -> dict[Measure, Measured]:
        """The values that the row gives, by the name of the measure."""
        found: dict[Measure, Measured | None] = {name: getattr(self, name) for name in MEASURES}
        return {name: value for name, value in found.items() if value is not None}


class Study(Strict, frozen=True, kw_only=True):
    """The rows of one publication; the file's name is the id of its source."""

    id: str
    rows: tuple[StudyRow, ...]
    reviewed_on: str = ""


MEASURES: tuple[Measure, ...] = get_args(Measure)
"""The measures of a row, in the order in which they are printed."""

COMPARATORS = frozenset(
    {
        "same_complaint_other_cause",
        "suspected_but_excluded",
        "imaging_negative_same_complaint",
        "mixed",
        "milder_or_other_stage",
        "healthy",
        "contralateral_side",
        "unknown",
    }
)
"""Who the people without the condition can have been, apart from ``condition:<id>``. In rows
that count, the last four have no specificity: it would not hold among people with a
complaint."""
