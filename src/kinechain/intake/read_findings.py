"""Reads findings that are present or absent, each with its side, level, date and examiner.

What is wrong in a record is always reported. A present finding is then kept without the part
that is wrong, because it may be part of an alarm. An absent one is dropped, because an absence
that was meant for one side or level would otherwise speak for all of them.
"""

from __future__ import annotations

from datetime import date

from kinechain.domain.case import Observation, Side, State
from kinechain.domain.concepts import Finding, Site, Trait
from kinechain.intake.names import Kind, key_of
from kinechain.intake.reader import Reader, as_list
from kinechain.intake.recorded import SIDE_OF, Recorded, named
from kinechain.intake.tree import Entry, Items, Mapping, Node, Text, shown

KEYS: dict[str, tuple[str, ...]] = {
    "finding": ("id", "name", "trait", "disease", "diagnosis"),
    "side": ("sides",), "level": ("levels", "root"), "on": ("date", "day"),
    "by": ("examiner", "source"),
}  # fmt: skip
KINDS: tuple[Kind, ...] = ("finding", "trait")
_YES = frozenset({"yes", "true", "present", "positive", "absent", "negative"})
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
    if not isinstance(node, Mapping):
        reader.wrong(
            node.line,
            "findings",
            "findings of a case",
            "written under present: and absent:",
            "a list" if isinstance(node, Items) else repr(shown(node.value)),
            "put present: before those that were found and absent: before those that were not",
        )
        return [], []
    allowed = {"present": ("positive",), "absent": ("negative", "not present")}
    fields = reader.fields(node, allowed, "findings.")
    recorded: list[Recorded] = []
    sites: list[Node] = []
    states: tuple[State, ...] = ("present", "absent")
    for state in states:
        if state in fields:
            some, pains = read_state(reader, fields[state].value, state)
            recorded += some
            sites += pains
    return recorded, sites


def read_state(reader: Reader, node: Node, state: State) -> tuple[list[Recorded], list[Node]]:
    """Read one of the two lists, `present` or `absent`."""
    recorded: list[Recorded] = []
    sites: list[Node] = []
    path = f"findings.{state}"
    for one in entries_of(node):
        shape = _shape(reader, one, path)
        if shape is None:
            continue
        text, fields, line = shape
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
        recorded += observe(reader, text, fields, line, state, path, KINDS)
    return recorded, sites


def entries_of(node: Node) -> list[Node]:
    """The entries of a list; a mapping of names with sides is one entry per name."""
    if isinstance(node, Mapping) and not any(
        key_of(entry.key) in _PROPER for entry in node.entries
    ):
        return [Mapping([entry], entry.line) for entry in node.entries]
    return as_list(node)


_PROPER = {key_of(word) for key, words in KEYS.items() for word in (key, *words)}


def _shape(
    reader: Reader, node: Node, path: str, kinds: tuple[Kind, ...] = KINDS
) -> tuple[str, dict[str, Entry], int] | None:
    """Name, fields and line of an entry in any of its three forms."""
    if isinstance(node, Text):
        return None if node.is_empty else (node.value.strip(), {}, node.line)
    if isinstance(node, Items):
        reader.wrong(
            node.line,
            path,
            f"entry of {path}",
            "a name, name: side, or a mapping",
            "a list inside the list",
            "check the indentation and the dashes",
        )
        return None
    first = node.entries[0] if node.entries else None
    if first is None:
        return None
    if key_of(first.key) not in _PROPER and not (
        len(node.entries) > 1 and any(key_of(entry.key) == "finding" for entry in node.entries)
    ):
        # `name: side`, or `name:` with a mapping below or beside it
        rest = [*node.entries[1:]]
        if isinstance(first.value, Mapping):
            rest += first.value.entries
        elif not (isinstance(first.value, Text) and first.value.is_empty):
            rest.append(Entry("side", first.line, first.value))
        fields = reader.fields(Mapping(rest, node.line), KEYS, f"{path}.")
        return first.key, fields, first.line
    fields = reader.fields(node, KEYS, f"{path}.")
    name = reader.text(fields["finding"].value, path, "finding") if "finding" in fields else None
    if name is None:
        reader.wrong(
            node.line,
            path,
            f"entry of {path}",
            "the name of a finding",
            "none",
            "begin it with finding:",
        )
        return None
    return name, fields, fields["finding"].line


shape_of = _shape


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
        words_side, words_level = _words(reader, given)
        side_text, level_text = words_side or side_text, words_level or level_text
    if "level" in fields:
        level_text = reader.text(fields["level"].value, path, f"level of {concept.id}")
    sides = _sides(reader, concept, side_text, line, path)
    levels = _level(reader, concept, level_text, line, path)
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
    unclear: Side = "unknown" if concept.sides == "paired" else "midline"
    return [
        Recorded(_observation(concept, state, side, levels or None, on, by), line, path)
        for side in sides or (unclear,)
    ]


def _observation(
    concept: Finding | Trait, state: State, side: Side, level: str | None, on: date | None,
    by: str | None,
) -> Observation:  # fmt: skip
    return Observation(
        finding=concept.id, state=state, side=side, level=level, on=on, by=shown(by) if by else None
    )


def _words(reader: Reader, text: str) -> tuple[str | None, str | None]:
    """Side and level in ``left``, ``L5`` or ``left L5``; what is neither counts as a side."""
    if not text or key_of(text) in _YES:
        return None, None
    if key_of(text) in SIDE_OF:
        return text, None
    side: str | None = None
    level: str | None = None
    for word in text.split():
        if level is None and key_of(word) not in SIDE_OF and reader.names.look_up(word, ("level",)):
            level = word
        else:
            side = f"{side} {word}" if side else word
    if side and reader.names.look_up(text, ("level",)):
        return None, text
    return side, level


def _sides(
    reader: Reader, concept: Finding | Trait | Site, text: str | None, line: int, path: str
) -> tuple[Side, ...] | None:
    """The sides meant; ``None`` when what was written makes no sense."""
    paired = concept.sides == "paired"
    if text is None:
        return ("unknown",) if paired else ("midline",)
    side = SIDE_OF.get(key_of(text)) if text != "?" else "unknown"
    if side is None:
        reader.wrong(
            line,
            path,
            f"side of {concept.id}",
            "left, right, both or unknown" if paired else "left out",
            repr(shown(text)),
            f"write {concept.id}: left, for example" if paired else f"write {concept.id} alone",
        )
        return None
    if paired:
        if side == "midline":
            reader.wrong(
                line,
                path,
                f"side of {concept.id}",
                "left, right, both or unknown",
                "midline",
                "it exists on two sides; say which",
            )
            return None
        return ("left", "right") if side == "both" else (side,)
    if side in ("left", "right", "both"):
        reader.wrong(
            line,
            path,
            f"side of {concept.id}",
            "left out, because it has no left and right",
            side,
            f"write {concept.id} alone, or a finding that has sides",
        )
        return None
    return ("midline",)


def _level(
    reader: Reader, concept: Finding | Trait, text: str | None, line: int, path: str
) -> str | None:
    """The level, "" when none is written, ``None`` when it makes no sense."""
    if text is None:
        return ""
    levels = [name.id for name in reader.names.look_up(text, ("level",))]
    fitting = [level for level in levels if level in concept.levels]
    if len(fitting) == 1:
        return fitting[0]
    if concept.levels:
        reader.wrong(
            line,
            path,
            f"level of {concept.id}",
            f"one of {', '.join(concept.levels)}",
            repr(shown(text)),
            "choose one of them, or leave the level out",
        )
    else:
        reader.wrong(
            line,
            path,
            f"level of {concept.id}",
            "left out, because it has no levels",
            repr(shown(text)),
            f"write {concept.id} alone",
        )
    return None
