"""Builds the plain tree from libyaml's stream of events, without expanding anything.

Nothing is constructed, aliases are never followed, and every limit is checked on the way. A
syntax error ends the pass; `repair` decides how to go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from kinechain.intake.source_text import Refusal, is_control
from kinechain.intake.tree import Entry, Items, Mapping, Node, Text, merged, shown

DEEPEST = 20
MOST_NODES = 20_000
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Problem:
    """Something that may not stand on a line of a document."""

    line: int
    message: str
    remedy: str


@dataclass
class Scan:
    """What one pass over the text gave: the tree so far, and the error that ended it."""

    root: Node | None = None
    problems: list[Problem] = field(default_factory=list[Problem])
    error: yaml.MarkedYAMLError | None = None


@dataclass
class _Frame:
    """A list or mapping that is still open."""

    container: Items | Mapping
    key: tuple[str, int] | None = None
    index: dict[str, int] = field(default_factory=dict[str, int])


def scan(text: str) -> Scan:
    """One pass over the text; after a syntax error, the tree of what stood before it.

    Raises
    ------
    Refusal
        At the limits for depth and number of nodes.
    """
    result = Scan()
    builder = _Builder(result.problems)
    try:
        for event in _events(text):
            if not builder.take(event):
                break
    except yaml.MarkedYAMLError as error:
        result.error = error
    except yaml.YAMLError as error:
        raise Refusal(
            1, f"The case file must be YAML. Got: {shown(str(error))}.", "save it as UTF-8"
        ) from error
    result.root = builder.finish()
    return result


def _events(text: str) -> Iterator[Any]:
    return iter(yaml.parse(text, Loader=_LOADER))


class _Builder:
    """Puts the tree together from events."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.open: list[_Frame] = []
        self.root: Node | None = None
        self.nodes = 0
        self.documents = 0

    def take(self, event: Any) -> bool:
        """Use one event; false when nothing more is wanted."""
        line = int(event.start_mark.line) + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._problem(
                    line,
                    "The case file must hold one document. Got a second one "
                    "after '---'; it is not read.",
                    "write one file per case",
                )
                return False
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._count(event, line)
            is_list = isinstance(event, yaml.SequenceStartEvent)
            self.open.append(_Frame(Items([], line) if is_list else Mapping([], line)))
            if len(self.open) > DEEPEST:
                raise Refusal(
                    line,
                    f"The case file must be nested at most {DEEPEST} deep. It is deeper; "
                    "it is refused.",
                    "a case needs four levels; check the indentation",
                )
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._place(self.open.pop().container)
        elif isinstance(event, yaml.ScalarEvent):
            self._count(event, line)
            self._scalar(event, line)
        elif isinstance(event, yaml.AliasEvent):
            self._count(event, line)
            self._place(Text("", line))
        return True

    def finish(self) -> Node | None:
        """The tree, with everything closed that a syntax error left open."""
        while self.open:
            self._place(self.open.pop().container)
        return self.root

    def _count(self, event: Any, line: int) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise Refusal(
                line,
                f"The case file must have at most {MOST_NODES} entries. It has "
                "more; it is refused.",
                "check that this is the right file",
            )
        mark = "anchors (&) and aliases (*)" if getattr(event, "anchor", None) else ""
        mark = mark or ("tags (!)" if getattr(event, "tag", None) else "")
        if mark:
            self._problem(
                line,
                f"The entries of a case must be written without {mark}. They are refused "
                "and nothing is expanded.",
                "write the value out; put text that begins with one of these characters in quotes",
            )

    def _problem(self, line: int, message: str, remedy: str) -> None:
        self.problems.append(Problem(line, message, remedy))

    def _scalar(self, event: Any, line: int) -> None:
        value = str(event.value)
        if not value.isprintable() and any(is_control(c) for c in value):
            self._problem(
                line,
                "The characters of a text must be printable. Got control "
                "characters written as an escape.",
                "delete them",
            )
            value = "".join(" " if is_control(c) else c for c in value)
        self._place(Text(value, line, quoted=bool(event.style)))

    def _place(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        frame = self.open[-1]
        if isinstance(frame.container, Items):
            frame.container.values.append(node)
        elif frame.key is not None:
            key, line = frame.key
            frame.key = None
            self._entry(frame, frame.container, Entry(key, line, node))
        elif isinstance(node, Text):
            frame.key = (node.value.strip(), node.line)
        else:
            self._problem(
                node.line,
                "The key of an entry must be a word. Got a list or a mapping.",
                "put text in brackets into quotes",
            )
            frame.key = ("", node.line)

    def _entry(self, frame: _Frame, mapping: Mapping, entry: Entry) -> None:
        place = frame.index.get(entry.key)
        if place is None:
            frame.index[entry.key] = len(mapping.entries)
            mapping.entries.append(entry)
            return
        first = mapping.entries[place]
        both = merged(first.value, entry.value)
        use = "both are read" if both is not None else "the first is used"
        self._problem(
            entry.line,
            f"The key {shown(entry.key)!r} must stand once. It stands on line "
            f"{first.line} and on line {entry.line}; {use}.",
            "put them together or delete one",
        )
        if both is not None:
            mapping.entries[place] = Entry(first.key, first.line, both)
