"""Versions of a plan: what changed, and whose approval still stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from kinechain.care.plan import content_of, with_history
from kinechain.care.status import OFFERED
from kinechain.domain.care import Role
from kinechain.domain.plan import Approval, ApprovalState, Goal, Plan, PlanChange


class RevisionError(ValueError):
    """Two plans that do not belong together, or an approval that nobody asked for."""


def compare(before: Plan, after: Plan) -> tuple[PlanChange, ...]:
    """What differs between two plans, the urgent first.

    Parameters
    ----------
    before, after
        Two plans; they may be of different cases (two ways to treat are compared too).
    """
    return tuple(
        change
        for part in (_urgent, _origins, _firmness, _tests, _treatments, _goals, _approvals)
        for change in part(before, after)
    )


def revise(previous: Plan, draft: Plan) -> Plan:
    """Make a draft the next version of a plan.

    Parameters
    ----------
    previous
        The last version.
    draft
        Fresh from `draft_plan`, of the same case.

    Returns
    -------
    Plan
        With the history of both. Where nothing changed, the previous version as it was.
        Approvals stand for roles whose treatments are the same; the others are to be looked
        at again.

    Raises
    ------
    RevisionError
        When the plans are of different cases.
    """
    if previous.case_id != draft.case_id:
        raise RevisionError(
            f"The case of the previous plan must be {draft.case_id!r}. "
            f"Got {previous.case_id!r}. Give the plan that was made for this case."
        )
    if previous.content == content_of(draft):
        return previous
    changes = tuple(one.words for one in compare(previous, draft)) or ("dates or wording",)
    carried = msgspec.structs.replace(
        draft,
        plan_version=previous.plan_version + 1,
        approvals=_carried(previous.approvals, draft.approvals),
        history=previous.history,
    )
    return with_history(carried, changes)


def approve(
    plan: Plan, role: Role, state: ApprovalState, *, by: str, on: str | None, note: str | None
) -> Plan:
    """The plan with one role's word on it.

    Parameters
    ----------
    plan
        The plan.
    role
        Who speaks.
    state
        What they say.
    by, on, note
        Their name, the day, and why.

    Raises
    ------
    RevisionError
        When the plan asks nothing of that role.
    """
    if all(one.role != role for one in plan.approvals):
        asked = ", ".join(one.role for one in plan.approvals) or "nobody"
        raise RevisionError(
            f"The role that approves must be one that the plan asks. Got {role}. "
            f"This plan asks {asked}."
        )
    answered = tuple(
        msgspec.structs.replace(one, state=state, by=by, on=on, note=note)
        if one.role == role
        else one
        for one in plan.approvals
    )
    return msgspec.structs.replace(plan, approvals=answered)


def _carried(before: tuple[Approval, ...], after: tuple[Approval, ...]) -> tuple[Approval, ...]:
    old = {one.role: one for one in before}
    found: list[Approval] = []
    for one in after:
        known = old.get(one.role)
        if known is None or known.state == "pending":
            found.append(one)
        elif set(known.treatments) == set(one.treatments):
            found.append(known)
        else:
            found.append(msgspec.structs.replace(one, state="to_review", by=known.by, on=known.on))
    return tuple(found)


Kind = Literal["urgent", "origin", "firmness", "first_test", "treatment", "goal", "approval"]


def _differences(
    kind: Kind, before: Mapping[str, str], after: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[PlanChange]:
    """Entries that came, went, or say something else."""
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        label = names.get(name, name)
        if old is None:
            words = f"{label}: new, {new}"
        elif new is None:
            words = f"{label}: no longer ({old})"
        else:
            words = f"{label}: {old} -> {new}"
        yield PlanChange(kind=kind, id=name, words=words, before=old, after=new)


def _urgent(before: Plan, after: Plan) -> Iterator[PlanChange]:
    names = {one.id: one.label for plan in (before, after) for one in plan.urgent}
    old, new = ({one.id: one.urgency for one in plan.urgent} for plan in (before, after))
    yield from _differences("urgent", old, new, names)


def _origins(before: Plan, after: Plan) -> Iterator[PlanChange]:
    names = {one.condition: one.label for plan in (before, after) for one in plan.origins}
    old, new = (
        {one.condition: f"{one.standing}, {one.probability:.0%}" for one in plan.origins}
        for plan in (before, after)
    )
    yield from _differences("origin", old, new, names)


def _firmness(before: Plan, after: Plan) -> Iterator[PlanChange]:
    old, new = (
        {"firmness": "firm" if plan.firmness.firm else "not firm"} for plan in (before, after)
    )
    yield from _differences("firmness", old, new, {"firmness": "diagnosis"})


def _tests(before: Plan, after: Plan) -> Iterator[PlanChange]:
    names = {one.id: one.label for plan in (before, after) for one in plan.first_tests}
    old, new = ({one.id: "test first" for one in plan.first_tests} for plan in (before, after))
    yield from _differences("first_test", old, new, names)


def _treatments(before: Plan, after: Plan) -> Iterator[PlanChange]:
    """What is offered or forbidden; one that was and is far away is not mentioned."""
    names = {one.id: one.label for plan in (before, after) for one in plan.treatments}
    old, new = ({one.id: one.status for one in plan.treatments} for plan in (before, after))
    telling = OFFERED | {"contraindicated", "already_tried", "not_yet"}
    for change in _differences("treatment", old, new, names):
        if {change.before, change.after} & telling:
            words = change.words.replace("_", " ")
            yield msgspec.structs.replace(change, words=words)


def _goals(before: Plan, after: Plan) -> Iterator[PlanChange]:
    old, new = ({key: goal.target for key, goal in _goals_of(plan)} for plan in (before, after))
    names = {key: goal.measure for plan in (before, after) for key, goal in _goals_of(plan)}
    yield from _differences("goal", old, new, names)


def _goals_of(plan: Plan) -> Iterator[tuple[str, Goal]]:
    """Each goal by its part, role and measure, counted where one measure has several."""
    for part in plan.parts:
        seen: Counter[str] = Counter()
        for goal in part.goals:
            yield f"{part.part}.{part.role}.{goal.measure}.{seen[goal.measure]}", goal
            seen[goal.measure] += 1


def _approvals(before: Plan, after: Plan) -> Iterator[PlanChange]:
    old, new = ({one.role: one.state for one in plan.approvals} for plan in (before, after))
    yield from _differences("approval", dict(old), dict(new), {})
