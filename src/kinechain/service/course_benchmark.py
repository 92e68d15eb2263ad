"""What the plan says of published patients whose treatment is known: `benchmark courses`.

Each patient is planned for twice: as the program finds the origin, and with the published
diagnosis entered as known. The first judges the whole program, the second the plan alone.
What had been tried before is entered both times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

import msgspec

from kinechain.domain.case import Case, TriedTreatment
from kinechain.domain.plan import Plan, Status
from kinechain.intake import parse_case
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service.bench_results import Row, row
from kinechain.service.case_scores import Share, wilson
from kinechain.service.parallel import each
from kinechain.service.plan import make_plan
from kinechain.service.published import PublishedCase, TreatmentCourse

OFFERED: tuple[Status, ...] = ("recommended", "option")
IN_PLAN: tuple[Status, ...] = (*OFFERED, "not_yet", "already_tried")
FAST = ("emergency_now", "same_day")
PLAN_MS = 100.0
DRAWS = 20
"""Draws behind the intervals: the plan hardly depends on them."""

Progress = Callable[[int, int], None]


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a treatment stands in a plan."""

    treatment: str
    status: Status
    step: int


class PlanSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What one plan of a patient says.

    Attributes
    ----------
    worked
        The treatments that helped in the end, as the plan places them.
    harmful
        What it offers of that which would have harmed.
    sent
        Whether it sends the patient at once or the same day.
    """

    worked: tuple[Placed, ...]
    harmful: tuple[str, ...]
    sent: bool
    plan_ms: float

    @property
    def in_plan(self) -> bool:
        """Whether something that worked is offered, tried, or waits behind a gate."""
        return any(one.status in IN_PLAN for one in self.worked)

    @property
    def offered(self) -> bool:
        """Whether something that worked is offered now."""
        return any(one.status in OFFERED for one in self.worked)


class CourseOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """One patient, with the plan as found and with the diagnosis known."""

    path: str
    name: str
    kind: str
    condition: str
    sent: str
    as_found: PlanSeen
    as_known: PlanSeen


class CourseBenchmark(msgspec.Struct, frozen=True, kw_only=True):
    """The whole result."""

    knowledge_version: str
    cases: tuple[CourseOutcome, ...]


def run_courses(
    cases: Sequence[PublishedCase],
    *,
    jobs: int = 1,
    progress: Progress = lambda done, of: None,
) -> CourseBenchmark:
    """Plan for every case of which the treatment is told.

    Parameters
    ----------
    cases
        The published cases.
    jobs
        In how many processes.
    progress
        Told how far it is.
    """
    told = [one for one in cases if one.course is not None]
    found: list[CourseOutcome] = []
    for done, (_, outcome) in enumerate(each(partial(course_of), told, jobs), start=1):
        found.append(outcome)
        progress(done, len(told))
    found.sort(key=lambda one: one.path)
    return CourseBenchmark(knowledge_version=load_knowledge().version, cases=tuple(found))


def course_of(case: PublishedCase) -> CourseOutcome:
    """Plan for one patient twice.

    Parameters
    ----------
    case
        A published case with its course.
    """
    assert case.course is not None, "only cases with a course are run"
    knowledge = load_knowledge()
    person = with_course(parse_case(case.text, knowledge).case, case.course)
    known = person
    if case.expect.condition in knowledge.conditions:
        diagnosed = (*person.known_conditions, case.expect.condition)
        known = msgspec.structs.replace(person, known_conditions=diagnosed)
    return CourseOutcome(
        path=case.path,
        name=case.name,
        kind=case.kind,
        condition=case.expect.condition,
        sent=case.course.sent,
        as_found=_seen(person, case.course, knowledge),
        as_known=_seen(known, case.course, knowledge),
    )


def with_course(person: Case, course: TreatmentCourse) -> Case:
    """The patient with what had been tried before.

    Parameters
    ----------
    person
        As recorded.
    course
        What the source tells of the treatment.
    """
    tried = tuple(
        TriedTreatment(
            treatment=one.treatment, id=one.treatment, response=one.response, weeks=one.weeks
        )
        for one in course.before
    )
    return msgspec.structs.replace(person, treatments=(*person.treatments, *tried))


def _seen(person: Case, course: TreatmentCourse, knowledge: Knowledge) -> PlanSeen:
    plan = make_plan(person, knowledge, draws=DRAWS).plan
    placed = {one.id: one for one in plan.treatments}
    return PlanSeen(
        worked=tuple(
            Placed(treatment=name, status=placed[name].status, step=placed[name].step)
            for name in course.worked
            if name in placed
        ),
        harmful=tuple(
            name for name in course.harmful if name in placed and placed[name].status in OFFERED
        ),
        sent=_is_sent(plan),
        plan_ms=plan.timing_ms["plan"],
    )


def _is_sent(plan: Plan) -> bool:
    flagged = any(one.urgency in FAST for one in plan.urgent)
    referrals = ("emergency_department_now", "same_day_hospital_assessment")
    return flagged or any(one.id in referrals and one.status in OFFERED for one in plan.treatments)


def course_rows(result: CourseBenchmark) -> list[Row]:
    """The rows of the table, in per cent.

    Parameters
    ----------
    result
        From `run_courses`.
    """
    rows: list[Row] = []
    views: tuple[Literal["as_found", "as_known"], ...] = ("as_found", "as_known")
    for view in views:
        words = "as found" if view == "as_found" else "diagnosis known"
        told = [getattr(one, view) for one in result.cases if getattr(one, view).worked]
        fast = [getattr(one, view) for one in result.cases if one.sent in FAST]
        harmed = [one for one in result.cases if getattr(one, view).harmful]
        rows += [
            _percent(f"{words}: what worked is in the plan", [one.in_plan for one in told]),
            _percent(f"{words}: what worked is offered now", [one.offered for one in told]),
            row(f"{words}: patients offered something harmful", len(harmed), "", at_most=0),
            _percent(f"{words}: urgent patients sent the same day", [one.sent for one in fast]),
        ]
    times = sorted(seen.plan_ms for one in result.cases for seen in (one.as_found, one.as_known))
    if times:
        rows.append(row("plan, median", times[len(times) // 2], "ms", at_most=PLAN_MS))
        rows.append(row("plan, slowest", times[-1], "ms", at_most=PLAN_MS))
    return rows


def _percent(metric: str, answers: Sequence[bool]) -> Row:
    share: Share = wilson(sum(answers), len(answers))
    spread = f"95 % {100 * share.low:.0f}-{100 * share.high:.0f}"
    words = f"{metric} ({share.count} of {share.of}, {spread})"
    return row(words, 100 * share.value, "%")
