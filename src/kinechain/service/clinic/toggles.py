"""Findings switched on a page, and what would be recorded if they were so.

The supposed findings become facts of the same form as recorded ones, so the intake reads them
with the rest, and recording them afterwards gives the same case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec

from kinechain.domain.record import Fact, FactKey
from kinechain.knowledge import Knowledge
from kinechain.service.clinic.document import STATES
from kinechain.service.clinic.records import NewFact
from kinechain.store import current

State = Literal["present", "absent", "unknown"]
SUPPOSED = "supposed"
"""How the ids of facts begin that exist on a page only."""
_KEY_OF: dict[State, FactKey] = {"present": "finding_present", "absent": "finding_absent"}


class UnknownToggle(LookupError):
    """A toggle of something that is not in the record, or that the program does not know."""


@dataclass(frozen=True)
class Toggle:
    """A finding switched on a page.

    Attributes
    ----------
    kind
        ``fact`` for what is recorded, ``node`` for what is not.
    name
        Id of the fact, or of the finding with its level and side: ``paraesthesia.l3.right``.
    """

    kind: Literal["fact", "node"]
    name: str
    state: State


def read_toggles(fields: Iterable[tuple[str, str]]) -> tuple[Toggle, ...]:
    """The toggles among the fields of a form.

    Parameters
    ----------
    fields
        Names and values: ``fact.0190...``, ``absent``.

    Raises
    ------
    UnknownToggle
        A state that there is not.
    """
    found: list[Toggle] = []
    for field, value in fields:
        kind, _, name = field.partition(".")
        if kind not in ("fact", "node") or not name:
            continue
        try:
            state = msgspec.convert(value, State)
        except msgspec.ValidationError:
            raise UnknownToggle(field) from None
        found.append(Toggle(kind, name, state))
    return tuple(found)


def changes(
    facts: Sequence[Fact], toggles: Iterable[Toggle], knowledge: Knowledge
) -> list[NewFact]:
    """What would be recorded if the toggles were true; nothing for those that say what stands.

    Parameters
    ----------
    facts
        Of the person, in the order of the record.
    toggles
        Of a page.
    knowledge
        The vocabulary.

    Raises
    ------
    UnknownToggle
        A fact that does not stand any more, or a finding that there is not.
    """
    standing = {one.id: one for one in current(facts)}
    found: list[NewFact] = []
    for toggle in toggles:
        if toggle.kind == "node":
            entry = entry_of(toggle.name, knowledge)
            if toggle.state != "unknown":
                found.append(NewFact(_KEY_OF[toggle.state], entry))
            continue
        fact = standing.get(toggle.name)
        if fact is None or fact.key not in STATES:
            raise UnknownToggle(toggle.name)
        if toggle.state == "unknown":
            found.append(NewFact(fact.key, replaces=fact.id, withdrawn=True))
        elif STATES[fact.key] != toggle.state:
            found.append(NewFact(_KEY_OF[toggle.state], fact.entry, on=fact.on, replaces=fact.id))
    return found


def entry_of(node: str, knowledge: Knowledge) -> Any:
    """A finding or trait as a case file takes it.

    Parameters
    ----------
    node
        Its id, with level and side where it has them.
    knowledge
        The vocabulary.

    Raises
    ------
    UnknownToggle
        It is neither a finding nor a trait.

    Examples
    --------
    >>> from kinechain.knowledge import load_knowledge
    >>> entry_of("knee_effusion.right", load_knowledge())
    {'finding': 'knee_effusion', 'side': 'right'}
    """
    place = knowledge.index.get(node)
    if place is not None:
        one = knowledge.graph.nodes[place]
        template, level, side = one.template, one.level, one.side
    else:
        template, level, side = node, None, None
    if template in knowledge.traits:
        return template
    if template not in knowledge.findings:
        raise UnknownToggle(node)
    more = {"side": side, "level": level}
    return {"finding": template, **{name: value for name, value in more.items() if value}}


def supposed(
    person: str, facts: Sequence[Fact], new: Sequence[NewFact], by: str, at: datetime
) -> tuple[Fact, ...]:
    """The facts of a record with some that are supposed.

    Parameters
    ----------
    person, facts
        Whose, and what is recorded.
    new
        As `changes` gives it.
    by, at
        Who supposes it, and when.
    """
    more = [
        Fact(
            id=f"{SUPPOSED}-{number}", person=person, key=one.key, entry=one.entry, on=one.on,
            by=by, at=at, replaces=one.replaces, withdrawn=one.withdrawn,
        )
        for number, one in enumerate(new, 1)
    ]  # fmt: skip
    return (*facts, *more)
