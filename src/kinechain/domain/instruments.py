"""The nouns of outcome measures: instruments, their scales and what a change means.

Each instrument is one file under ``kinechain/data/instruments``; the format is explained in
``docs/reference/care-format.md``.
"""

from __future__ import annotations

from typing import Literal

from kinechain.domain.concepts import Citation
from kinechain.domain.strict import Strict


class Threshold(Strict, frozen=True, kw_only=True):
    """A change or score that means something, with the study that says so."""

    value: float
    source: str
    where: str | None = None
    population: str | None = None
    low: float | None = None
    high: float | None = None
    note: str | None = None


class Band(Strict, frozen=True, kw_only=True):
    """A named range of a score, both ends included."""

    low: float
    high: float
    label: str
    source: str | None = None


class Scale(Strict, frozen=True, kw_only=True):
    """One score of an instrument.

    Attributes
    ----------
    items
        Numbers of the items that enter, from 1.
    method
        ``sum``; ``mean``; ``percent_of_maximum`` (sum of answered items over their maximum,
        times 100); ``hundred_minus_percent`` (100 minus that); ``mean_of_scales``;
        ``count`` (items that are at least `positive_from`); ``single``.
    least_answered
        Fewer answered items give no score.
    missing
        What happens to a missing item above that: ``mean_of_answered`` takes its place,
        ``left_out`` drops it from the denominator, ``none`` makes the score missing.
    reversed_items
        Items of which the lowest answer counts most.
    """

    id: str
    label: str
    items: tuple[int, ...] = ()
    method: Literal[
        "sum",
        "mean",
        "percent_of_maximum",
        "hundred_minus_percent",
        "mean_of_scales",
        "count",
        "single",
    ]
    low: float
    high: float
    least_answered: int
    missing: Literal["mean_of_answered", "left_out", "none"]
    higher_is_better: bool
    scales: tuple[str, ...] = ()
    reversed_items: tuple[int, ...] = ()
    positive_from: float | None = None
    decimals: int = 1
    important_change: tuple[Threshold, ...] = ()
    important_percent: tuple[Threshold, ...] = ()
    smallest_detectable: tuple[Threshold, ...] = ()
    acceptable_state: tuple[Threshold, ...] = ()
    bands: tuple[Band, ...] = ()


class Example(Strict, frozen=True, kw_only=True):
    """Answers and the score they must give; `null` is a missing answer."""

    answers: tuple[float | None, ...]
    scores: dict[str, float | None]
    origin: str


class Instrument(Strict, frozen=True, kw_only=True):
    """A questionnaire or scale with its exact scoring.

    Attributes
    ----------
    item_low, item_high
        Range of every item, or of each item in turn.
    licence
        ``free``: its items may be shipped. Otherwise only scoring is, from answers that are
        entered by number.
    item_answers
        What an item admits where its range is too wide a rule (HIT-6: 6, 8, 10, 11, 13): one
        list for all items or one for each; an empty list admits the whole range.
    item_texts
        Only for a free instrument whose wording was read.
    use
        Whether change over time is measured, or risk at one moment.
    """

    id: str
    label: str
    construct: str
    regions: tuple[str, ...]
    n_items: int
    item_low: tuple[float, ...]
    item_high: tuple[float, ...]
    scales: tuple[Scale, ...]
    main_scale: str
    use: Literal["outcome", "screening"]
    licence: Literal["free", "free_for_clinical_use", "licence_needed"]
    licence_words: str
    sources: tuple[Citation, ...]
    whole_numbers: bool = True
    item_answers: tuple[tuple[float, ...], ...] = ()
    recall: str | None = None
    item_texts: tuple[str, ...] = ()
    loinc: str | None = None
    examples: tuple[Example, ...] = ()
    synonyms: tuple[str, ...] = ()
    note: str | None = None
    reviewed_on: str = ""


def as_item_range(instrument: Instrument) -> tuple[tuple[float, float], ...]:
    """The range of each item; one stated range stands for all.

    Parameters
    ----------
    instrument
        Whose items.

    Returns
    -------
    tuple of (float, float)
        Length `n_items`.
    """
    lows, highs = instrument.item_low, instrument.item_high
    lows = lows * instrument.n_items if len(lows) == 1 else lows
    highs = highs * instrument.n_items if len(highs) == 1 else highs
    return tuple(zip(lows, highs, strict=True))
