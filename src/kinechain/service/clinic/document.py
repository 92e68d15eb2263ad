"""From the facts of a record to a case file, which the intake reads like any other.

Every entry stands on a line of its own, so that an issue's line leads back to its fact.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kinechain.domain.record import Fact, Person
from kinechain.intake import CaseReading, parse_case
from kinechain.knowledge import Knowledge
from kinechain.store.facts import current

NAME = "record"
ONE = ("age", "sex", "height", "weight", "setting", "complaint", "drawing")
"""Keys of which the last fact counts."""
LISTS = {
    "pain": "pain", "no_pain": "no_pain", "value": "values", "drug": "drugs",
    "allergy": "allergies", "disease": "diseases", "treatment": "treatments", "score": "scores",
}  # fmt: skip
"""Keys of which every fact counts, and the list of the case file that they go to."""
STATES = {"finding_present": "present", "finding_absent": "absent"}
OUTSIDE = frozenset({"note", "consent"})
"""Kept in the record; nothing of it goes into a case."""


@dataclass(frozen=True)
class CaseDocument:
    """A case file made of facts.

    Attributes
    ----------
    text
        In the case format (it is JSON, which the format includes).
    lines
        For each line, from the first, the fact that it was written for; empty for the rest.
    """

    text: str
    lines: tuple[str, ...]

    def fact_at(self, where: str) -> str:
        """The fact that an issue is about; empty where it is about none.

        Parameters
        ----------
        where
            As an issue says it: ``record:7 drugs``.
        """
        head = where.split(" ", 1)[0].removeprefix(f"{NAME}:")
        number = int(head) if head.isdigit() else 0
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


def case_document(person: Person, facts: Sequence[Fact], as_of: date) -> CaseDocument:
    """The case file that the current facts of a person make.

    Parameters
    ----------
    person
        Whose age follows from the day of birth.
    facts
        All facts, in the order of the record.
    as_of
        The day of the assessment.
    """
    held = current(facts)
    page = _Page()
    page.field("case", person.id, "")
    page.field("as_of", as_of.isoformat(), "")
    if person.birth_date is not None:
        page.field("age", years_between(person.birth_date, as_of), "")
    if person.sex is not None and not any(one.key == "sex" for one in held):
        page.field("sex", person.sex, "")
    for key in ONE:
        if key == "age" and person.birth_date is not None:
            continue
        for one in [one for one in held if one.key == key][-1:]:
            page.field(key, one.entry, one.id)
    for key, name in LISTS.items():
        page.listed(name, [one for one in held if one.key == key])
    page.states([one for one in held if one.key in STATES])
    return page.finished()


def read_record(
    person: Person, facts: Sequence[Fact], as_of: date, knowledge: Knowledge
) -> tuple[CaseDocument, CaseReading]:
    """The case that a record makes, and what is wrong or worth knowing about it.

    Parameters
    ----------
    person, facts, as_of
        As :func:`case_document` takes them.
    knowledge
        The vocabulary.
    """
    document = case_document(person, facts, as_of)
    return document, parse_case(document.text, knowledge, NAME)


def years_between(birth: date, day: date) -> int:
    """Whole years of age on a day.

    Parameters
    ----------
    birth, day
        Day of birth, and the day that is asked for.
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


class _Page:
    """Lines of a JSON object, each with the fact that it was written for."""

    def __init__(self) -> None:
        self._fields: list[list[tuple[str, str]]] = []

    def field(self, key: str, value: object, fact: str) -> None:
        self._fields.append([(f"{_json(key)}: {_json(value)}", fact)])

    def listed(self, name: str, facts: Sequence[Fact]) -> None:
        if facts:
            self._fields.append(_list(name, facts))

    def states(self, facts: Sequence[Fact]) -> None:
        groups = [
            _list(state, [one for one in facts if one.key == key])
            for key, state in STATES.items()
            if any(one.key == key for one in facts)
        ]
        if groups:
            self._fields.append([('"findings": {', ""), *_joined(groups), ("}", "")])

    def finished(self) -> CaseDocument:
        lines = [("{", ""), *_joined(self._fields), ("}", "")]
        text = "\n".join(line for line, _ in lines) + "\n"
        return CaseDocument(text, tuple(fact for _, fact in lines))


def _list(name: str, facts: Sequence[Fact]) -> list[tuple[str, str]]:
    entries = [[(_json(one.entry), one.id)] for one in facts]
    return [(f"{_json(name)}: [", ""), *_joined(entries), ("]", "")]


def _joined(blocks: Sequence[Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    """All lines, with a comma after each block but the last."""
    found: list[tuple[str, str]] = []
    for number, block in enumerate(blocks, 1):
        *before, (line, fact) = block
        found += [*before, (line + ("," if number < len(blocks) else ""), fact)]
    return found


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
