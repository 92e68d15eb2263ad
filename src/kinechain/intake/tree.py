"""The plain tree of a document: texts, lists and mappings that know their line."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    """A scalar, always as the text that was written; the reader decides what it means.

    Attributes
    ----------
    quoted
        Whether it stood in quotes or a block, so that an empty one is meant.
    """

    value: str
    line: int
    quoted: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether a key stands there without a value."""
        return not self.quoted and self.value.strip().lower() in ("", "~", "null")


@dataclass(frozen=True)
class Items:
    """A list."""

    values: list[Node]
    line: int


@dataclass(frozen=True)
class Entry:
    """A key with its value."""

    key: str
    line: int
    value: Node


@dataclass(frozen=True)
class Mapping:
    """Keys with values, each key once, in the order of the file."""

    entries: list[Entry] = field(default_factory=list[Entry])
    line: int = 1

    def get(self, *keys: str) -> Entry | None:
        """The entry of the first of `keys` that is there."""
        for key in keys:
            for entry in self.entries:
                if entry.key == key:
                    return entry
        return None


Node = Text | Items | Mapping


def merged(first: Node, second: Node) -> Node | None:
    """Two values of one key together; ``None`` when only one of them can be used."""
    if isinstance(first, Items) and isinstance(second, Items):
        return Items([*first.values, *second.values], first.line)
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        entries = list(first.entries)
        for entry in second.entries:
            place = next((i for i, known in enumerate(entries) if known.key == entry.key), None)
            if place is None:
                entries.append(entry)
                continue
            known = entries[place]
            value = merged(known.value, entry.value) or known.value
            entries[place] = Entry(known.key, known.line, value)
        return Mapping(entries, first.line)
    return None


def as_list(node: Node) -> list[Node]:
    """The elements of a list; a single value counts as a list of one."""
    if isinstance(node, Items):
        return node.values
    return [] if isinstance(node, Text) and node.is_empty else [node]


def shown(text: str, longest: int = 60) -> str:
    """A piece of the user's text, safe and short enough to stand in a message."""
    words = " ".join("".join(c if c.isprintable() else "?" for c in text[: longest * 4]).split())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"
