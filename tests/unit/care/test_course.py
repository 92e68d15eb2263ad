"""Natural history: the share that would have settled by now anyway."""

from __future__ import annotations

import pytest

from kinechain.care.course import natural_history, share_by
from kinechain.domain.care import Course, CoursePoint, CourseRemark
from kinechain.domain.plan import LikelyOrigin
from tests.support.care import BACK, KNEE, knowledge_of


def at(weeks: float, value: float, **more: object) -> CoursePoint:
    return CoursePoint(weeks=weeks, value=value, low=value / 2, high=min(1, 2 * value), **more)  # type: ignore[arg-type]


POINTS = (at(12, 0.5), at(4, 0.2, source="itz2013course"))
"""Not in order: by four weeks a fifth, by twelve a half."""


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        (0, (0, 0, 0, 0)),
        (1, (1, 0.05, 0.025, 0.1)),
        (4, (4, 0.2, 0.1, 0.4)),
        (6, (6, 0.275, 0.1375, 0.55)),
        (12, (12, 0.5, 0.25, 1)),
        (100, (12, 0.5, 0.25, 1)),
    ],
)
def test_between_the_published_times_lines_are_straight(
    weeks: float, expected: tuple[float, ...]
) -> None:
    """Before the first point from nobody on; after the last nothing is added."""
    assert share_by(POINTS, weeks) == pytest.approx(expected)


def test_without_points_nothing_is_told() -> None:
    assert share_by((), 5) is None


def test_a_point_at_the_start_stands_at_the_start() -> None:
    points = (at(0, 0.1), at(10, 0.3))
    assert share_by(points, 0) == pytest.approx((0, 0.1, 0.05, 0.2))
    assert share_by(points, 5) == pytest.approx((5, 0.2, 0.1, 0.4))


def origin(name: str) -> LikelyOrigin:
    return LikelyOrigin(
        condition=name, label=name, probability=0.5, low=0, high=1, standing="leading"
    )


def course(name: str, phase: str = "any", **more: object) -> Course:
    given: dict[str, object] = {"conditions": (BACK,), "population": "adults", "settled": POINTS}
    return Course(id=name, phase=phase, **{**given, **more})  # type: ignore[arg-type]


def told(
    *courses: Course, phase: str = "acute", weeks: float = 6, names: tuple[str, ...] = (BACK,)
):
    known = knowledge_of(courses={one.id: one for one in courses})
    return natural_history([origin(name) for name in names], phase, weeks, known)  # type: ignore[arg-type]


def test_the_course_of_each_origin_in_its_phase_is_told() -> None:
    one = told(course("a"))[0]
    assert (one.condition, one.weeks, one.population) == (BACK, 6, "adults")
    assert (one.settled, one.low, one.high) == pytest.approx((0.275, 0.1375, 0.55))
    assert one.words == (
        "about 28% (14% to 55%) have settled by week 6 without a particular treatment"
    )
    assert one.sources == ("itz2013course",)
    assert told(course("a"), names=(KNEE,)) == ()
    assert len(told(course("a"), course("b", "acute"), course("c", "persistent"))) == 2
    assert len(told(course("b", "acute"), course("c", "persistent"), phase="any")) == 2


def test_pain_falls_from_all_of_it_and_the_time_is_never_beyond_what_is_published() -> None:
    pain = (CoursePoint(weeks=6, value=60, low=50, high=70, source="costa2012prognosis"),)
    only = course("a", settled=(), pain_percent=pain)
    assert told(only, weeks=3)[0].words == "mean pain is 80 % of the first by week 3"
    late = told(only, weeks=30)[0]
    assert late.words == "mean pain is 60 % of the first by week 6"
    assert (late.settled, late.low, late.high) == (None, None, None)
    assert told(course("b"), weeks=30)[0].weeks == 12


def test_remarks_follow_and_nothing_known_is_said() -> None:
    remarks = tuple(CourseRemark(words=f"remark {n}", source="itz2013course") for n in range(3))
    words = told(course("a", remarks=remarks))[0].words
    assert words.endswith("; remark 0; remark 1")
    nothing = told(course("a", settled=()))[0]
    assert nothing.words == "no figure for this time is published"
    assert nothing.weeks == 6
