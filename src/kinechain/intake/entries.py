"""The forms in which a finding or disease can be listed: name, ``name: side``, a mapping."""

from __future__ import annotations

from kinechain.intake.names import key_of
from kinechain.intake.reader import Reader
from kinechain.intake.tree import Entry, Items, Mapping, Node, Text, as_list

KEYS: dict[str, tuple[str, ...]] = {
    "finding": ("id", "name", "trait", "disease", "diagnosis"),
    "side": ("sides",), "level": ("levels", "root"), "on": ("date", "day"),
    "by": ("examiner", "source"),
}  # fmt: skip
_PROPER = {key_of(word) for key, words in KEYS.items() for word in (key, *words)}


def entries_of(node: Node) -> list[Node]:
    """The entries of a list; a mapping of names with sides is one entry per name."""
    if isinstance(node, Mapping) and not any(
        key_of(entry.key) in _PROPER for entry in node.entries
    ):
        return [Mapping([entry], entry.line) for entry in node.entries]
    return as_list(node)


def shape_of(reader: Reader, node: Node, path: str) -> tuple[str, dict[str, Entry], int] | None:
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
