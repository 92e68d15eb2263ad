"""From dated scores to a word: lasting relief, responding, unchanged, worse, relapse.

A score counts as better when at least 30 % of what there was to gain is gained *and* the
change reaches the instrument's important change; as worse when it lost that much. Relief is
lasting when it is there at six weeks or later and again at twelve or later, with nothing
less in between. A relapse had relief and lost an important change of it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from kinechain.domain.case import Score
from kinechain.domain.follow_up import Outcome, Series, UsedThreshold, Visit
from kinechain.domain.instruments import Instrument, Scale
from kinechain.knowledge import Knowledge

RELIEF_PERCENT = 30.0
CONSENSUS = "ostelo2008mic"
"""Who says that 30 % of the first score is the least that counts as better."""
FIRST_REVIEW_WEEKS, SECOND_REVIEW_WEEKS = 6.0, 12.0
EARLY = 1.0
"""Visits come up to so many weeks early."""
WITHOUT_THRESHOLD = 0.1
"""Share of the range that counts as a change where no important change is published
(judgement)."""
DAYS = 7.0
DECIMALS = 6
"""Of a change, so that 2.8 is 0.8 more than 2 and reaches an important change of 0.8."""


def series_of(scores: Iterable[Score], knowledge: Knowledge) -> tuple[Series, ...]:
    """All series of at least one dated score, judged.

    Parameters
    ----------
    scores
        Of a case; those without date or value are passed over.
    knowledge
        The instruments.
    """
    grouped: dict[tuple[str, str], dict[date, float]] = {}
    for one in scores:
        if one.on is not None and one.value is not None and one.instrument in knowledge.instruments:
            grouped.setdefault((one.instrument, one.scale), {})[one.on] = one.value
    found: list[Series] = []
    for (name, scale_id), values in sorted(grouped.items()):
        instrument = knowledge.instruments[name]
        scale = next((one for one in instrument.scales if one.id == scale_id), None)
        if scale is not None and instrument.use == "outcome":
            found.append(_series(instrument, scale, sorted(values.items())))
    return tuple(found)


def overall(series: Sequence[Series]) -> Outcome:
    """One word for several series, the bad news first.

    Parameters
    ----------
    series
        From `series_of`.
    """
    words = [one.outcome for one in series if one.outcome != "unknown"]
    if not words:
        return "unknown"
    for bad in ("worse", "relapse"):
        if bad in words:
            return bad
    if all(word == "lasting_relief" for word in words):
        return "lasting_relief"
    return "responding" if {"responding", "lasting_relief"} & set(words) else "unchanged"


def _series(instrument: Instrument, scale: Scale, points: Sequence[tuple[date, float]]) -> Series:
    change = important_change(scale)
    start, first = points[0]
    best = scale.high if scale.higher_is_better else scale.low
    room = abs(best - first)
    visits: list[Visit] = []
    for on, value in points:
        better = round((value - first) if scale.higher_is_better else (first - value), DECIMALS)
        percent = 100 * better / room if room else (0.0 if better == 0 else -100.0)
        visits.append(
            Visit(
                on=on.isoformat(),
                weeks=(on - start).days / DAYS,
                value=value,
                better=better,
                percent=percent,
                outcome="unknown",
            )
        )
    judged = tuple(_judged(visits[: place + 1], change.value) for place in range(len(visits)))
    label = instrument.label
    return Series(
        instrument=instrument.id,
        scale=scale.id,
        label=label if scale.id == instrument.main_scale else f"{label}, {scale.label}",
        higher_is_better=scale.higher_is_better,
        low=scale.low,
        high=scale.high,
        visits=judged,
        outcome=judged[-1].outcome,
        thresholds=(
            change,
            UsedThreshold(
                words=f"at least {RELIEF_PERCENT:g} % of what there is to gain",
                value=RELIEF_PERCENT,
                source=CONSENSUS,
            ),
        ),
    )


def important_change(scale: Scale) -> UsedThreshold:
    """The change that counts on a scale; the largest published one where studies differ.

    Parameters
    ----------
    scale
        Of an instrument.
    """
    if not scale.important_change:
        return UsedThreshold(
            words="a tenth of the range, because no important change is published for this scale",
            value=round(WITHOUT_THRESHOLD * (scale.high - scale.low), DECIMALS),
            source=None,
            note="judgement",
        )
    chosen = max(scale.important_change, key=lambda one: one.value)
    others = [
        f"{one.value:g} ({one.source})" for one in scale.important_change if one is not chosen
    ]
    return UsedThreshold(
        words=f"important change of {chosen.value:g} points",
        value=chosen.value,
        source=chosen.source,
        population=chosen.population,
        note=f"others: {', '.join(others)}" if others else chosen.note,
    )


def _judged(visits: Sequence[Visit], change: float) -> Visit:
    """The last visit with its word, in the light of those before."""
    return msgspec.structs.replace(visits[-1], outcome=_word(visits, change))


def _word(visits: Sequence[Visit], change: float) -> Outcome:
    now = visits[-1]
    if len(visits) == 1:
        return "unknown"
    relieved = [_is_relief(one, change) for one in visits]
    if relieved[-1]:
        return "lasting_relief" if _lasts(visits, relieved) else "responding"
    if now.better <= -change:
        return "worse"
    best = max(visits, key=lambda one: one.better)
    if any(relieved) and best.better - now.better >= change:
        return "relapse"
    return "responding" if now.better >= change else "unchanged"


def _is_relief(visit: Visit, change: float) -> bool:
    return visit.better >= change and visit.percent >= RELIEF_PERCENT - 1e-9


def _lasts(visits: Sequence[Visit], relieved: Sequence[bool]) -> bool:
    """Relief from a first review on without a gap, to the second review or beyond."""
    if visits[-1].weeks < SECOND_REVIEW_WEEKS - EARLY:
        return False
    since = len(relieved) - next(
        (place for place, one in enumerate(reversed(relieved)) if not one), len(relieved)
    )
    first_reviews = (
        one.weeks for one in visits[since:-1] if one.weeks >= FIRST_REVIEW_WEEKS - EARLY
    )
    return next(first_reviews, None) is not None
