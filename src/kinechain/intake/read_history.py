"""Reads drugs, diseases and treatments that were tried."""

from __future__ import annotations

import re
from collections.abc import Callable

from kinechain.domain.case import Observation, TriedTreatment
from kinechain.intake.entries import entries_of, shape_of
from kinechain.intake.names import Kind, Name, key_of
from kinechain.intake.naming import resolve, say_read
from kinechain.intake.read_findings import observe
from kinechain.intake.reader import Reader
from kinechain.intake.recorded import Recorded
from kinechain.intake.tree import Entry, Items, Mapping, Node, Text, as_list, shown

RESPONSES: dict[str, tuple[str, ...]] = {
    "none": ("no change", "unchanged", "no effect", "no", "no response", "no relief"),
    "partial": ("better", "improved", "some relief", "some", "yes", "good"),
    "complete": ("full", "resolved", "complete relief", "cured"),
    "worse": ("worsened", "deteriorated"),
    "unknown": ("not known",),
}
_DRUG = {"drug": ("name", "id", "medication"), "dose": ("daily",), "on": ("since", "date")}
_TREATMENT: dict[str, tuple[str, ...]] = {
    "treatment": ("name", "id"), "response": ("effect", "result"),
    "on": ("since", "date", "start", "started"),
}  # fmt: skip
_TREATMENT_WORDS = {key_of(word) for key, words in _TREATMENT.items() for word in (key, *words)}
MOST_WORDS, LONGEST_PART = 8, 3
"""Words of a drug's or disease's text that are looked at, and how many together."""
_DENIED = frozenset(
    [
        "no",
        "not",
        "never",
        "without",
        "stopped",
        "former",
        "previous",
        "allergy",
        "allergic",
        "past",
        "discontinued",
    ]
)
_HISTORY: tuple[Kind, ...] = ("trait", "condition", "finding", "site")


def read_drugs(reader: Reader, node: Node) -> tuple[tuple[str, ...], list[Recorded]]:
    """Read the part `drugs`: the names, and the traits that follow from them."""
    names: list[str] = []
    recorded: list[Recorded] = []
    for one in as_list(node):
        text, line = _named_entry(reader, one, _DRUG, "drug", "drugs")
        if text is None:
            continue
        names.append(_plain(text))
        found = _drug_class(reader, text)
        if len(found) > 1:
            reader.report(
                "warning",
                line,
                "drugs",
                f"The meaning of {shown(text)!r} should be clear. It may "
                f"be {' or '.join(f'{name.id} ({name.label})' for name in found)}; neither is "
                "used.",
                "write the one that is meant under findings, present:",
            )
        elif found:
            trait = found[0].id
            reader.report(
                "info",
                line,
                "drugs",
                f"{shown(text)!r} was read as {trait} ({found[0].label}).",
                f"write {trait} under findings, absent: when that is not so",
            )
            names.append(trait)
            recorded.append(
                Recorded(
                    Observation(
                        finding=trait, state="present", derived_from=f"drug {_plain(text)}"
                    ),
                    line,
                    "drugs",
                )
            )
    return tuple(dict.fromkeys(names)), recorded


def _plain(text: str) -> str:
    return shown(text).casefold()


def _drug_class(reader: Reader, text: str) -> tuple[Name, ...]:
    """The traits that a drug stands for, by its whole name or by the words before the dose."""
    found = reader.names.look_up(text, ("trait",))
    words = [word for word in re.split(r"[^\w-]+", text) if word]
    if found or {word.casefold() for word in words} & _DENIED:
        return found
    words = words[:MOST_WORDS]
    for length in range(min(len(words), LONGEST_PART), 0, -1):
        for start in range(len(words) - length + 1):
            found = reader.names.look_up(" ".join(words[start : start + length]), ("trait",))
            if found:
                return found
    return ()


def read_diseases(reader: Reader, node: Node) -> tuple[tuple[str, ...], list[Recorded]]:
    """Read the part `diseases`: conditions known earlier, and traits and findings."""
    conditions: list[str] = []
    recorded: list[Recorded] = []
    for one in entries_of(node):
        shape = shape_of(reader, one, "diseases")
        if shape is None:
            continue
        text, fields, line = shape
        names = reader.names.look_up(text, _HISTORY)
        if any(name.kind == "site" for name in names):
            reader.wrong(
                line,
                "diseases",
                "entry of diseases",
                "a disease",
                f"{shown(text)!r}, a site of pain",
                "write it under pain:",
            )
            continue
        for kind in ("trait", "condition"):  # the history of a person, before an observation
            if len(names) > 1 and sum(name.kind == kind for name in names) == 1:
                names = tuple(name for name in names if name.kind == kind)
        if len(names) == 1 and names[0].kind == "condition":
            say_read(reader, text, names[0], line, "diseases")
            conditions.append(names[0].id)
        elif len(names) == 1:
            recorded += observe(reader, text, fields, line, "present", "diseases", (names[0].kind,))
        else:
            _other_disease(reader, text, fields, line, conditions, recorded)
    return tuple(dict.fromkeys(conditions)), recorded


def _other_disease(
    reader: Reader, text: str, fields: dict[str, Entry], line: int, conditions: list[str],
    recorded: list[Recorded],
) -> None:  # fmt: skip
    """A name that is not known as written: a misspelling, one with more words, or another."""
    inside = _drug_class(reader, text)
    if len(inside) == 1:
        reader.report(
            "info",
            line,
            "diseases",
            f"{shown(text)!r} was read as {inside[0].id} ({inside[0].label}).",
            f"write {inside[0].id} to be sure",
        )
        recorded += observe(reader, inside[0].id, {}, line, "present", "diseases", ("trait",))
        return
    name = resolve(
        reader,
        text,
        line,
        "diseases",
        ("trait", "condition", "finding"),
        guess=True,
        level="warning",
    )
    if name is not None and name.kind == "condition":
        conditions.append(name.id)
    elif name is not None:
        recorded += observe(reader, name.id, fields, line, "present", "diseases", (name.kind,))


def read_treatments(reader: Reader, node: Node) -> tuple[TriedTreatment, ...]:
    """Read the part `treatments`: what was tried, since when, and what it did."""
    tried: list[TriedTreatment] = []
    for one in as_list(node):
        if isinstance(one, Mapping) and not any(
            key_of(entry.key) in _TREATMENT_WORDS for entry in one.entries[:1]
        ):
            first = one.entries[0] if one.entries else None
            if first is not None:  # `exercise: partial`
                one = Mapping(
                    [
                        Entry("treatment", first.line, Text(first.key, first.line)),
                        Entry("response", first.line, first.value),
                        *one.entries[1:],
                    ],
                    one.line,
                )
        fields: dict[str, Entry] = {}
        text, line = _named_entry(reader, one, _TREATMENT, "treatment", "treatments", fields.update)
        if text is None:
            continue
        response = None
        if "response" in fields:
            response = reader.choice(
                fields["response"].value,
                "treatments.response",
                f"response to {shown(text)}",
                RESPONSES,
            )
        on = None
        if "on" in fields:
            on = reader.day(fields["on"].value, "treatments.on", f"start of {shown(text)}")
        if response in ("partial", "complete", "worse") and on is None:
            reader.report(
                "info",
                line,
                "treatments",
                f"The start of {shown(text)} is not known, "
                "so it is not known either which findings came after it.",
                "add on: with the date of its start",
            )
        tried.append(TriedTreatment(treatment=shown(text), response=response, on=on))
    return tuple(tried)


def _named_entry(
    reader: Reader, node: Node, allowed: dict[str, tuple[str, ...]], key: str, path: str,
    take: Callable[[dict[str, Entry]], None] | None = None,
) -> tuple[str | None, int]:  # fmt: skip
    """The name in an entry that is a text or a mapping, and its line."""
    if isinstance(node, Text):
        return (None if node.is_empty else node.value.strip()), node.line
    if isinstance(node, Items):
        reader.wrong(
            node.line,
            path,
            f"entry of {path}",
            f"a {key}",
            "a list inside the list",
            "check the indentation and the dashes",
        )
        return None, node.line
    fields = reader.fields(node, allowed, f"{path}.")
    if take is not None:
        take(fields)
    if key in fields:
        return reader.text(fields[key].value, path, key), fields[key].line
    reader.wrong(
        node.line, path, f"entry of {path}", f"given a {key}", "none", f"begin it with {key}:"
    )
    return None, node.line
