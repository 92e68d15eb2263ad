"""Reads findings that are present or absent, each with its side, level, date and examiner.

What is wrong in a record is always reported. A present finding is then kept without the part
that is wrong, because it may be part of an alarm. An absent one is dropped, because an absence
that was meant for one side or level would otherwise speak for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from kinechain.domain.case import Observation, Side, State
from kinechain.domain.concepts import Finding, Trait
from kinechain.intake.entries import entries_of, shape_of
from kinechain.intake.factors import (
    factor_beside,
    factor_called,
    note_factor,
    read_factor,
)
from kinechain.intake.names import Kind, key_of
from kinechain.intake.naming import named
from kinechain.intake.places import level_meant, side_and_level, sides_meant
from kinechain.intake.reader import Reader
from kinechain.intake.recorded import Recorded
from kinechain.intake.tree import Entry, Items, Mapping, Node, Text, shown

STATES: tuple[State, State] = ("present", "absent")
KINDS: tuple[Kind, ...] = ("finding", "trait")
FACTOR: Kind = "factor"
_NO = frozenset({"no", "false"})


def read_findings(reader: Reader, node: Node) -> tuple[list[Recorded], list[Node]]:
    """Read the part `findings` of a case.

    Returns
    -------
    list of Recorded
        What was found and what was not.
    list of Node
        Entries under `present` that are sites of pain, to be read as pain.
    """
    if isinstance(node, Text) and node.is_empty:
        return [], []
    if isinstance(node, Items):
        return _without_state(reader, node)
    if not isinstance(node, Mapping):
        reader.wrong(
            node.line,
            "findings",
            "findings of a case",
            "written under present: and absent:",
            repr(shown(node.value)),
            "put present: before those that were found and absent: before those that were not",
        )
        return [], []
    allowed = {"present": ("positive",), "absent": ("negative", "not present")}
    fields = reader.fields(node, allowed, "findings.")
    recorded: list[Recorded] = []
    sites: list[Node] = []
    for state in STATES:
        if state in fields:
            some, pains = read_state(reader, fields[state].value, state)
            recorded += some
            sites += pains
    return recorded, sites


def _without_state(reader: Reader, node: Items) -> tuple[list[Recorded], list[Node]]:
    """A list where `present` and `absent` are missing: taken as present, in case of an alarm."""
    parts: list[Node] = []
    others: list[Node] = []
    for one in node.values:
        (parts if isinstance(one, Mapping) and one.get(*STATES) else others).append(one)
    reader.wrong(
        node.line,
        "findings",
        "findings of a case",
        "written under present: and absent:",
        "a list; what stands in it is taken as present for now",
        "put present: before what was found and absent: before what was not",
    )
    recorded, sites = read_state(reader, Items(others, node.line), "present")
    for part in parts:
        some, pains = read_findings(reader, part)
        recorded += some
        sites += pains
    return recorded, sites


def read_state(reader: Reader, node: Node, state: State) -> tuple[list[Recorded], list[Node]]:
    """Read one of the two lists, `present` or `absent`."""
    recorded: list[Recorded] = []
    sites: list[Node] = []
    path = f"findings.{state}"
    for one in _one_each(reader, entries_of(node), path):
        shape = shape_of(reader, one, path)
        if shape is None:
            continue
        text, fields, line = shape
        if _is_factor_alone(reader, text, fields, line, state, path):
            continue
        if _is_site(reader, text):
            reader.report(
                "error",
                line,
                path,
                f"The {shown(text)!r} of {path} must be a finding. It is a "
                "site of pain" + ("; it is read as pain for now." if state == "present" else "."),
                "write it under pain:"
                if state == "present"
                else "leave it out, or write drawing: complete when no other site hurts",
            )
            if state == "present":
                sites.append(one)
            continue
        if _is_condition(reader, text):
            reader.wrong(
                line,
                path,
                f"{shown(text)!r} of {path}",
                "a finding",
                "a condition",
                "write what it was concluded from, or write it under diseases: when it "
                "was diagnosed earlier",
            )
            continue
        kinds = KINDS if reader.names.look_up(text, KINDS) else (*KINDS, FACTOR)
        found = observe(reader, text, fields, line, state, path, kinds)
        recorded += found
        factor = factor_beside(reader, text, state) if found else None
        if factor is not None:
            note_factor(reader, factor, state, line, path)
    return recorded, sites


def _is_factor_alone(
    reader: Reader, text: str, fields: dict[str, Entry], line: int, state: State, path: str
) -> bool:
    """Whether an entry is a health factor and no finding; it is read then."""
    if reader.names.look_up(text, (*KINDS, "site")):
        return False
    factor = factor_called(reader, text)
    if factor is not None:
        read_factor(reader, text, factor, fields, line, state, path)
    return factor is not None


def _names_in(reader: Reader, text: Text) -> list[str]:
    """The names in a text that is none itself: with dashes or commas between, or with spaces."""
    if reader.names.look_up(text.value, (*KINDS, FACTOR)):
        return []
    parts = [part for part in re.split(r"\s+-+\s+|,\s", text.value) if part.strip()]
    if len(parts) > 1:
        return parts
    words = text.value.split()
    return words if all(reader.names.look_up(word, KINDS) for word in words) else []


def _one_each(reader: Reader, nodes: list[Node], path: str) -> Iterator[Node]:
    """The entries, with a text of several names in a row taken apart."""
    for node in nodes:
        parts = _names_in(reader, node) if isinstance(node, Text) else []
        if len(parts) < 2:
            yield node
            continue
        yield from (Text(part, node.line) for part in parts)
        reader.wrong(
            node.line,
            path,
            f"entries of {path}",
            "one on each line",
            f"{len(parts)} on this one",
            "begin each with a dash; check the dashes and the indentation",
        )


def _is_condition(reader: Reader, text: str) -> bool:
    return not reader.names.look_up(text, KINDS) and bool(
        reader.names.look_up(text, ("condition",))
    )


def _is_site(reader: Reader, text: str) -> bool:
    both = reader.names.look_up(text, ("site", *KINDS))
    return bool(both) and all(name.kind == "site" for name in both)


def observe(
    reader: Reader, text: str, fields: dict[str, Entry], line: int, state: State, path: str,
    kinds: tuple[Kind, ...],
) -> list[Recorded]:  # fmt: skip
    """The observations that one entry stands for."""
    found = named(reader, text, line, path, kinds, guess=state == "present")
    if found.name is None:
        return []
    if found.name.kind == "factor":
        note_factor(reader, found.name, state, line, path)
        return []
    concept = reader.knowledge.concept(found.name.id)
    assert isinstance(concept, Finding | Trait)
    side_text, level_text = found.side, found.level
    if "side" in fields:
        given = reader.text(fields["side"].value, f"{path}.side", f"side of {concept.id}") or ""
        if key_of(given) in _NO:
            reader.wrong(
                line,
                path,
                f"entry {concept.id} of {path}",
                "listed only when it is so",
                repr(given),
                "write it under present: or under absent:",
            )
            return []
        words_side, words_level = side_and_level(reader, given)
        side_text, level_text = words_side or side_text, words_level or level_text
    if "level" in fields:
        level_text = reader.text(fields["level"].value, path, f"level of {concept.id}")
    sides = sides_meant(reader, concept, side_text, line, path)
    levels = level_meant(reader, concept, level_text, line, path)
    if state == "absent" and (sides is None or levels is None):
        reader.report(
            "warning",
            line,
            path,
            f"The absence of {concept.id} is not used, because its side or level is not clear.",
            "correct the line",
        )
        return []
    on = (
        reader.day(fields["on"].value, f"{path}.on", f"date of {concept.id}")
        if "on" in fields
        else None
    )
    by = (
        reader.text(fields["by"].value, f"{path}.by", f"examiner of {concept.id}")
        if "by" in fields
        else None
    )
    origin = (
        reader.text(fields["derived_from"].value, f"{path}.derived_from", f"origin of {concept.id}")
        if "derived_from" in fields
        else None
    )
    unclear: Side = "unknown" if concept.sides == "paired" else "midline"
    return [
        Recorded(_observation(concept, state, side, levels or None, on, by, origin), line, path)
        for side in sides or (unclear,)
    ]


def _observation(
    concept: Finding | Trait, state: State, side: Side, level: str | None, on: date | None,
    by: str | None, origin: str | None = None,
) -> Observation:  # fmt: skip
    return Observation(
        finding=concept.id, state=state, side=side, level=level, on=on,
        by=shown(by) if by else None, derived_from=shown(origin) if origin else None,
    )  # fmt: skip
