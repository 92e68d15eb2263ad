"""The assessment in words and pictures, as its page shows it: whole, or after a toggle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from kinechain.domain.assessment import Assessment, Next
from kinechain.domain.case import Case
from kinechain.domain.plan import Plan
from kinechain.knowledge import Knowledge
from kinechain.report import model, picture, sections
from kinechain.report.body_map import BodyMap
from kinechain.report.body_map import read as read_map
from kinechain.report.evidence import ROWS
from kinechain.service.presentation import (
    case_shown,
    figures,
    plain,
    words_beside,
)

SAID = 3
"""So many origins are named in the line that says what changed."""
ALL_OF, TOGETHER = "all of: ", ", all together"
"""How the report names a whole group of findings."""
NOTABLE = 0.01
"""A probability that moved by less is not said to have changed."""


@dataclass(frozen=True)
class Move:
    """An origin whose probability changed."""

    label: str
    before: float
    after: float


@dataclass(frozen=True)
class Said:
    """What a toggle changed.

    Attributes
    ----------
    moves
        The origins that moved most.
    raised, cleared
        Red flags and alerts that are there now, and that are not any more.
    """

    moves: tuple[Move, ...]
    raised: tuple[str, ...]
    cleared: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A result ready for the templates.

    Attributes
    ----------
    report, picture
        In words, and as a body map.
    asked
        The questions behind those of the report, in their order.
    sources
        The cited publications by number.
    """

    report: model.Report
    picture: picture.Picture
    asked: tuple[Next, ...]
    sources: Mapping[int, model.SourceView]

    def cited(self, numbers: Sequence[int]) -> tuple[model.SourceView, ...]:
        """The publications of some numbers.

        Parameters
        ----------
        numbers
            As the parts of the report name them.
        """
        return tuple(self.sources[one] for one in numbers if one in self.sources)


def show(result: Assessment, case: Case, knowledge: Knowledge, plan: Plan | None = None) -> Shown:
    """Put a result into words.

    Parameters
    ----------
    result
        Whole, or a glance.
    case
        That it is about.
    knowledge
        The words.
    plan
        That was drafted on it.
    """
    beside = _beside(knowledge.version, _Held(knowledge))
    # A glance need not read a thousand sources to cite three.
    cited = beside.sources if plan else _cited(result) & beside.sources.keys()
    extras = {
        "labels": beside.labels,
        "sources": {one: beside.sources[one] for one in cited},
        "case": case_shown(case, knowledge),
    }
    report = sections.build(plain(result), extras, plan)
    return Shown(
        report,
        picture.draw(beside.body_map, report),
        result.next[: sections.NEXT_SHOWN],
        {one.number: one for one in report.sources},
    )


def said(before: Assessment, after: Assessment) -> Said:
    """What is different between two results, the largest changes first.

    Parameters
    ----------
    before, after
        Of the same person.
    """
    old = {one.condition: one.explains for one in before.conditions}
    moves = [
        Move(one.label, old.get(one.condition, 0.0), one.explains)
        for one in after.conditions
        if abs(one.explains - old.get(one.condition, 0.0)) >= NOTABLE
    ]
    moves.sort(key=lambda one: -abs(one.after - one.before))
    was, now = _raised(before), _raised(after)
    return Said(
        tuple(moves[:SAID]),
        tuple(label for one, label in now.items() if one not in was),
        tuple(label for one, label in was.items() if one not in now),
    )


def moved(before: Assessment, after: Assessment) -> dict[str, float]:
    """By how much each condition's probability changed, where it is worth showing.

    Parameters
    ----------
    before, after
        Of the same person.
    """
    old = {one.condition: one.explains for one in before.conditions}
    found = {one.condition: one.explains - old.get(one.condition, 0.0) for one in after.conditions}
    return {name: change for name, change in found.items() if abs(change) >= NOTABLE / 2}


def watched(report: model.Report) -> tuple[model.NotExcludedView, ...]:
    """What is not excluded and is not among the alarms already.

    Parameters
    ----------
    report
        In words.
    """
    raised = {one.label for one in report.raised}
    return tuple(one for one in report.not_excluded if one.label not in raised)


def evidence_groups(
    view: model.EvidenceView,
) -> tuple[tuple[str, tuple[model.EvidenceRow, ...], tuple[model.EvidenceRow, ...]], ...]:
    """What speaks for and against an origin, by groups of findings about one thing.

    Parameters
    ----------
    view
        Of one origin.
    """
    rows = [(_in_group(one), True) for one in view.supporting[:ROWS]]
    rows += [(_in_group(one), False) for one in view.opposing[:ROWS]]
    names = dict.fromkeys(one.group for one, _ in rows)
    groups = [
        (
            name,
            tuple(one for one, supports in rows if supports and one.group == name),
            tuple(one for one, supports in rows if not supports and one.group == name),
        )
        for name in names
    ]
    return tuple(sorted(groups, key=_weight, reverse=True))


def _in_group(row: model.EvidenceRow) -> model.EvidenceRow:
    """A row that speaks of a whole group stands with the findings of that group."""
    if not row.finding.endswith(TOGETHER):
        return row
    group = row.finding.removesuffix(TOGETHER).removeprefix(ALL_OF)
    return msgspec.structs.replace(row, group=group, finding="all of them together")


def _weight(group: tuple[str, Sequence[model.EvidenceRow], Sequence[model.EvidenceRow]]) -> float:
    return max(abs(one.removed) for one in (*group[1], *group[2]))


def _raised(result: Assessment) -> dict[str, str]:
    return {one.id: one.label for one in result.red_flags if one.status == "raised"}


def _cited(result: Assessment) -> set[str]:
    """The sources that the words about a result may cite."""
    found = {source for flag in result.red_flags for source in flag.sources}
    for rows in result.contributions.values():
        found.update(source for row in rows for source in row.sources)
    return found


@dataclass(frozen=True)
class _Beside:
    """What every page of a knowledge shows with: words, sources, the body map."""

    labels: Mapping[str, str]
    sources: Mapping[str, Any]
    body_map: BodyMap


class _Held:
    """Knowledge that does not count as an argument of its own: its version does."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)


@lru_cache(maxsize=2)
def _beside(_version: str, held: _Held) -> _Beside:
    words = words_beside(held.knowledge)
    return _Beside(words["labels"], words["sources"], read_map(figures(held.knowledge)))
