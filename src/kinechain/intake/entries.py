"""The forms in which a finding or disease can be listed: name, ``name: side``, a mapping."""

from __future__ import annotations

from collections.abc import Callable

from kinechain.intake.names import key_of
from kinechain.intake.reader import Reader
from kinechain.intake.tree import Entry, Items, Mapping, Node, Text, as_list

KEYS: dict[str, tuple[str, ...]] = {
    "finding": ("id", "name", "trait", "disease", "diagnosis"),
    "side": ("sides",), "level": ("levels", "root"), "on": ("date", "day"),
    "by": ("examiner", "source"), "derived_from": (),
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


def each_named(node: Node, allowed: dict[str, tuple[str, ...]], key: str) -> list[Node]:
    """The entries of a list; ``ibuprofen: 400 mg`` is the name with what stands behind it.

    Parameters
    ----------
    node
        A list, one entry, or a mapping of names.
    allowed
        The keys of a full entry, each with other words for it.
    key
        The one of them under which the name stands.
    """
    proper = {key_of(word) for one, words in allowed.items() for word in (one, *words)}
    found: list[Node] = []
    for one in as_list(node):
        if not isinstance(one, Mapping) or any(key_of(e.key) in proper for e in one.entries):
            found.append(one)
            continue
        for entry in one.entries:
            value = entry.value
            if isinstance(value, Text):
                found.append(Text(f"{entry.key} {value.value}".strip(), entry.line))
                continue
            name = Entry(key, entry.line, Text(entry.key, entry.line))
            beside = value.entries if isinstance(value, Mapping) else []
            found.append(Mapping([name, *beside], entry.line))
    return found


def named_entry(
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
