"""Figures with their provenance: the only way a number enters the knowledge."""

from __future__ import annotations

from typing import Literal

import msgspec


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A publication that was opened; `data/sources/<id>.yaml`."""

    id: str
    title: str
    url: str
    type: str
    journal_or_body: str | None = None
    year: int | None = None
    pmid: str | None = None
    doi: str | None = None
    note: str | None = None


class Disagreement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A figure that was not chosen, kept beside the one that was, with the reason."""

    value: float | str
    source: str
    reason: str
    low: float | None = None
    high: float | None = None


class Estimate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One figure: value, interval, people, source - or a judgement with its reason.

    Attributes
    ----------
    value, low, high
        Point estimate and interval, ``low <= value <= high``.
    basis
        ``study``: read in `source` at `where`. ``judgement``: an expert's guess, with a
        `reason` and a wide interval.
    coverage
        Probability content of the interval. Published intervals are 0.95 and judged ones
        0.90 unless stated.
    entered
        The value as a person entered it, where the fit to published tables moved it.
    entry, comparator
        Who was admitted to the study, and who the people without the condition were.
    """

    value: float
    low: float
    high: float
    basis: Literal["study", "judgement"]
    source: str | None = None
    where: str | None = None
    population: str | None = None
    entry: str | None = None
    comparator: str | None = None
    setting: str | None = None
    n: int | None = None
    unit: str | None = None
    coverage: float | None = None
    reason: str | None = None
    disagrees: tuple[Disagreement, ...] = ()
    entered: float | None = None

    @property
    def interval_coverage(self) -> float:
        """Probability content of ``[low, high]``."""
        if self.coverage is not None:
            return self.coverage
        return 0.95 if self.basis == "study" else 0.90

    @property
    def is_judgement(self) -> bool:
        """Whether the figure rests on judgement alone."""
        return self.basis == "judgement"
