"""Natural history: what share would have settled by now anyway."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kinechain.domain.care import Course, CoursePoint, Phase
from kinechain.domain.follow_up import NaturalHistory
from kinechain.domain.plan import LikelyOrigin
from kinechain.knowledge import Knowledge


def natural_history(
    origins: Sequence[LikelyOrigin], phase: Phase, weeks: float, knowledge: Knowledge
) -> tuple[NaturalHistory, ...]:
    """The published course of each likely origin, up to now.

    Parameters
    ----------
    origins
        The likely origins.
    phase
        Of the complaint when it began to be followed.
    weeks
        Since then.
    knowledge
        The courses.
    """
    return tuple(
        _told(origin, course, weeks)
        for origin in origins
        for course in _fitting(origin.condition, phase, knowledge)
    )


def share_by(
    points: Sequence[CoursePoint], weeks: float
) -> tuple[float, float, float, float] | None:
    """Share by a time, along straight lines between the published times.

    Parameters
    ----------
    points
        Published shares.
    weeks
        The time; beyond the last point, or before the first, nothing is extrapolated: before
        the first the line starts at nobody, after the last its share stands.

    Returns
    -------
    tuple of (weeks, value, low, high) or None
        The time that it is for is never beyond the last published one.
    """
    ordered = sorted(points, key=lambda one: one.weeks)
    if not ordered:
        return None
    last = ordered[-1]
    if weeks >= last.weeks:
        return last.weeks, last.value, last.low, last.high
    before = (0.0, 0.0, 0.0, 0.0)
    for point in ordered:
        if weeks <= point.weeks:
            share = (weeks - before[0]) / (point.weeks - before[0]) if point.weeks else 1.0
            ends = (point.value, point.low, point.high)
            value, low, high = (
                old + share * (new - old) for old, new in zip(before[1:], ends, strict=True)
            )
            return weeks, value, low, high
        before = (point.weeks, point.value, point.low, point.high)
    return None


def _fitting(condition: str, phase: Phase, knowledge: Knowledge) -> Iterator[Course]:
    for course in knowledge.courses.values():
        if condition in course.conditions and (
            "any" in (phase, course.phase) or course.phase == phase
        ):
            yield course


def _told(origin: LikelyOrigin, course: Course, weeks: float) -> NaturalHistory:
    share = share_by(course.settled, weeks)
    pain = share_by(_as_falling(course.pain_percent), weeks)
    sentences: list[str] = []
    if share is not None:
        sentences.append(
            f"about {share[1]:.0%} ({share[2]:.0%} to {share[3]:.0%}) have settled by week "
            f"{share[0]:.0f} without a particular treatment"
        )
    if pain is not None:
        sentences.append(
            f"mean pain is {100 - 100 * pain[1]:.0f} % of the first by week {pain[0]:.0f}"
        )
    sentences += [remark.words for remark in course.remarks[:2]]
    sources = [one.source for one in (*course.settled, *course.pain_percent) if one.source]
    return NaturalHistory(
        condition=origin.condition,
        label=origin.label,
        population=course.population,
        weeks=share[0] if share else weeks,
        settled=share[1] if share else None,
        low=share[2] if share else None,
        high=share[3] if share else None,
        words="; ".join(sentences) if sentences else "no figure for this time is published",
        sources=tuple(dict.fromkeys((*sources, *(remark.source for remark in course.remarks[:2])))),
    )


def _as_falling(points: Sequence[CoursePoint]) -> tuple[CoursePoint, ...]:
    """Pain in per cent of the first as the share that went, so that it starts at nothing."""
    return tuple(
        CoursePoint(
            weeks=one.weeks,
            value=1 - one.value / 100,
            low=1 - one.high / 100,
            high=1 - one.low / 100,
            source=one.source,
        )
        for one in points
    )
