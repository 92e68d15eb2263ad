"""Findings as rows to be switched: recorded ones, supposed ones, and those worth asking for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kinechain.domain.assessment import Next
from kinechain.domain.case import Case
from kinechain.domain.record import Fact
from kinechain.intake import CaseReading
from kinechain.knowledge import Knowledge
from kinechain.report.labels import percent
from kinechain.service.clinic.document import STATES, CaseDocument
from kinechain.service.clinic.toggles import State, Toggle
from kinechain.service.clinic.wording import fact_words
from kinechain.service.presentation import finding_label
from kinechain.web.pages.assessment_view import Shown


@dataclass(frozen=True)
class ToggleRow:
    """A finding with its three states, to be switched.

    Attributes
    ----------
    field
        Name of the form's field.
    recorded, state
        What stands in the record, and what is supposed.
    how
        For a question that is worth asking: how it is answered, ``Examine``.
    effect
        What its answers would change.
    issues
        What the intake says of the entry.
    """

    field: str
    label: str
    recorded: State
    state: State
    how: str = ""
    effect: str = ""
    issues: tuple[str, ...] = ()


def recorded_rows(
    facts: Sequence[Fact],
    toggles: Sequence[Toggle],
    document: CaseDocument,
    reading: CaseReading,
    knowledge: Knowledge,
) -> tuple[ToggleRow, ...]:
    """The findings of a record, present ones first.

    Parameters
    ----------
    facts
        Those that stand.
    toggles
        What is supposed.
    document, reading
        The case that the record makes, for its issues.
    knowledge
        The words.
    """
    issues = issues_by_fact(document, reading)
    wanted: dict[str, State] = {one.name: one.state for one in toggles if one.kind == "fact"}
    rows = [
        ToggleRow(
            f"fact.{one.id}", fact_words(one.entry, knowledge), _state(one),
            wanted.get(one.id, _state(one)), issues=issues.get(one.id, ()),
        )
        for one in facts
        if one.key in STATES
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda one: one.recorded != "present"))


def question_rows(
    shown: Shown, toggles: Sequence[Toggle], knowledge: Knowledge
) -> tuple[ToggleRow, ...]:
    """Findings that are not recorded: the supposed ones first, then what is worth asking.

    Parameters
    ----------
    shown
        With the next questions.
    toggles
        What is supposed.
    knowledge
        The words.
    """
    supposed: dict[str, State] = {one.name: one.state for one in toggles if one.kind == "node"}
    views = {one.id: (one, view) for one, view in zip(shown.asked, shown.report.next, strict=True)}
    rows = [
        ToggleRow(f"node.{node}", knowledge.label(node), "unknown", state)
        for node, state in supposed.items()
        if state != "unknown"
    ]
    rows += [
        ToggleRow(f"node.{node}", view.label, "unknown", "unknown", view.how, effect(one))
        for node, (one, view) in views.items()
        if supposed.get(node, "unknown") == "unknown"
    ]
    return tuple(rows)


def effect(one: Next) -> str:
    """What the answers to a question would change most, in a line.

    Parameters
    ----------
    one
        The question.
    """
    present = one.if_present[0] if one.if_present else None
    absent = one.if_absent[0] if one.if_absent else None
    if present and absent and present.id == absent.id:
        return (
            f"{present.label} {percent(present.before)} → "
            f"{percent(present.present)} / {percent(absent.present)}"
        )
    return "; ".join(
        f"{state}: {change.label} {percent(change.before)} → {percent(change.present)}"
        for state, change in (("present", present), ("absent", absent))
        if change
    )


def issues_by_fact(document: CaseDocument, reading: CaseReading) -> dict[str, tuple[str, ...]]:
    """What the intake says of each fact; under an empty id what is about none.

    Parameters
    ----------
    document, reading
        As `kinechain.service.clinic.document.read_record` gives them.
    """
    found: dict[str, tuple[str, ...]] = {}
    for one in reading.issues:
        fact = document.fact_at(one.where)
        words = f"{one.message} {one.remedy}".strip() if one.level != "info" else one.message
        found[fact] = (*found.get(fact, ()), words)
    return found


def derived(case: Case, knowledge: Knowledge) -> tuple[str, ...]:
    """Findings that nobody recorded and that follow from something else.

    Parameters
    ----------
    case
        As the intake read it.
    knowledge
        The words.
    """
    return tuple(
        f"{finding_label(one, knowledge)}"
        f"{f', {one.side}' if one.side in ('left', 'right') else ''}: {one.state}, "
        f"from {one.derived_from}"
        for one in case.observations
        if one.derived_from
    )


def _state(fact: Fact) -> State:
    return "present" if fact.key == "finding_present" else "absent"
