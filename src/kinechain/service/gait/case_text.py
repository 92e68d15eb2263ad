"""Adds findings to the text of a case file, line by line, so that all else stays as written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from kinechain.domain.case import Side, State
from kinechain.intake.entries import KEYS as ENTRY_KEYS
from kinechain.intake.names import key_of
from kinechain.intake.read_case import KEYS

_FINDINGS = {key_of(word) for word in ("findings", *KEYS["findings"])}
_STATES: dict[str, State] = {
    "present": "present", "positive": "present",
    "absent": "absent", "negative": "absent", "notpresent": "absent",
}  # fmt: skip
_EMPTY = frozenset({"", "~", "null"})
_PLAIN = re.compile(r"[^\W\d_][\w ./-]*")
_YAML_WORDS = frozenset({"yes", "no", "true", "false", "null", "on", "off", "y", "n"})
STEP = 2


class LayoutError(ValueError):
    """A case file is laid out in a way that nothing can be added to."""


@dataclass(frozen=True)
class Line:
    """A finding as it is written into a case file.

    Attributes
    ----------
    origin
        What it follows from; left out where a case file has no place for it.
    comment
        Stands behind it where there is room for one.
    """

    finding: str
    state: State
    side: Side = "midline"
    level: str | None = None
    on: date | None = None
    by: str | None = None
    origin: str | None = None
    comment: str = ""

    @property
    def text(self) -> str:
        """As one entry of a list, in braces unless the name is all."""
        parts = {
            "side": None if self.side == "midline" else self.side,
            "level": self.level,
            "on": self.on.isoformat() if self.on else None,
            "by": _scalar(self.by) if self.by else None,
            "derived_from": self.origin if "derived_from" in ENTRY_KEYS else None,
        }
        said = [f"{key}: {value}" for key, value in parts.items() if value]
        if not said:
            return self.finding
        return f"{{finding: {self.finding}, {', '.join(said)}}}"

    @property
    def line(self) -> str:
        """As one line of a list, with its comment."""
        return f"- {self.text}" + (f"  # {self.comment}" if self.comment else "")


def _scalar(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.casefold() not in _YAML_WORDS and text == text.strip()
    return text if plain else json.dumps(text, ensure_ascii=False)


def with_line(text: str, line: Line) -> str:
    """The text of a case file with one more finding.

    Parameters
    ----------
    text
        A case file that can be read without errors, with line ends of one character.
    line
        What is added.

    Raises
    ------
    LayoutError
        When the findings are laid out in a way that this cannot add to.
    """
    root = _composed(text)
    if root is None:
        return f"{_ended(text)}findings:\n{' ' * STEP}{line.state}:\n{' ' * 2 * STEP}{line.line}\n"
    found = _child(root, _FINDINGS.__contains__)
    if found is None:
        return _with_key(text, root, "findings", f"{{{line.state}: [{line.text}]}}", [
            f"{' ' * STEP}{line.state}:", f"{' ' * 2 * STEP}{line.line}",
        ])  # fmt: skip
    key, value = found
    if _is_empty(value):
        column = key.start_mark.column + STEP
        return _filled(text, root, key, value, f"{{{line.state}: [{line.text}]}}", [
            f"{' ' * column}{line.state}:", f"{' ' * (column + STEP)}{line.line}",
        ])  # fmt: skip
    if not isinstance(value, yaml.MappingNode):
        raise LayoutError("the findings are not written under present: and absent:")
    inner = _child(value, _keys(line.state).__contains__)
    if inner is None:
        column = value.start_mark.column + STEP
        return _with_key(text, value, line.state, f"[{line.text}]", [f"{' ' * column}{line.line}"])
    return _listed(text, value, *inner, line)


def _listed(text: str, holder: Any, key: Any, value: Any, line: Line) -> str:
    """The text with one more entry of the list `value`."""
    column = key.start_mark.column + STEP
    if _is_empty(value):
        return _filled(text, holder, key, value, f"[{line.text}]", [f"{' ' * column}{line.line}"])
    start, end = value.start_mark.index, value.end_mark.index
    if isinstance(value, yaml.SequenceNode) and value.flow_style:
        return _in_flow(text, value, line.text)
    if isinstance(value, yaml.SequenceNode):
        dash = " " * value.start_mark.column
        return _lines_after(text, _last(value), [f"{dash}{line.line}"])
    if isinstance(value, yaml.MappingNode) and value.flow_style:
        return f"{text[:start]}[{text[start:end]}, {line.text}]{text[end:]}"
    if isinstance(value, yaml.MappingNode):
        return with_line(_as_list(text, value), line)
    if holder.flow_style:
        return f"{text[:start]}[{text[start:end]}, {line.text}]{text[end:]}"
    dash = " " * column
    before = text[:start].rstrip(" ")
    return _lines_after(
        f"{before}\n{dash}- {text[start:]}", len(before) + 1 + len(dash) + 2 + end - start,
        [f"{dash}{line.line}"],
    )  # fmt: skip


def _as_list(text: str, mapping: Any) -> str:
    """The text where names below each other have become the entries of a list."""
    firsts = {key.start_mark.line for key, _ in mapping.value}
    column = mapping.start_mark.column
    lines = text.splitlines(keepends=True)
    end = text.count("\n", 0, _last(mapping))
    for number in range(mapping.start_mark.line, end + 1):
        one = lines[number]
        if one.strip():
            mark = "- " if number in firsts else "  "
            lines[number] = one[:column] + mark + one[column:]
    return "".join(lines)


def _filled(text: str, holder: Any, key: Any, value: Any, flow: str, lines: list[str]) -> str:
    """The text with something where a key has stood alone."""
    start, end = value.start_mark.index, value.end_mark.index
    if holder.flow_style:
        return f"{text[:start]} {flow}{text[end:]}" if text[start - 1] == ":" else (
            f"{text[:start]}{flow}{text[end:]}"
        )  # fmt: skip
    bare = text[:start].rstrip(" ") + text[end:] if end > start else text
    return _lines_after(bare, key.end_mark.index, lines)


def _with_key(text: str, mapping: Any, name: str, flow: str, lines: list[str]) -> str:
    """The text with one more key at the end of a mapping."""
    if mapping.flow_style:
        comma = ", " if mapping.value else ""
        return _before_bracket(text, mapping, f"{comma}{name}: {flow}")
    head = f"{' ' * mapping.start_mark.column}{name}:"
    return _lines_after(text, _last(mapping), [head, *lines])


def _in_flow(text: str, sequence: Any, entry: str) -> str:
    return _before_bracket(text, sequence, f", {entry}" if sequence.value else entry)


def _before_bracket(text: str, node: Any, piece: str) -> str:
    """The text with a piece before the closing bracket of a node."""
    end = node.end_mark.index - 1
    if node.value and text[_last(node.value[-1]) : end].strip().startswith(","):
        piece = piece.removeprefix(",")
    return f"{text[:end].rstrip(' ')}{piece}{text[end:]}"


def _lines_after(text: str, index: int, lines: list[str]) -> str:
    """The text with lines after the one on which `index` lies."""
    if index > 0 and text[index - 1 : index] == "\n":
        index -= 1
    end = text.find("\n", index)
    head, tail = (text, "") if end < 0 else (text[: end + 1], text[end + 1 :])
    return "".join([_ended(head), *(f"{line}\n" for line in lines), tail])


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _last(node: Any) -> int:
    """Where the last character of a node's own text ends, without comments after it."""
    if isinstance(node, tuple):
        key, value = node
        return _last(key) if _is_empty(value) and value.value == "" else _last(value)
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        return _last(node.value[-1])
    return int(node.end_mark.index)


def _is_empty(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.value in _EMPTY


def _composed(text: str) -> Any:
    """The tree of a case file; None when it holds nothing."""
    root: Any = yaml.compose(text, Loader=yaml.BaseLoader)
    if root is not None and not isinstance(root, yaml.MappingNode):
        raise LayoutError("the file is not made of keys with values")
    return root


def _keys(state: State) -> frozenset[str]:
    return frozenset(key for key, meant in _STATES.items() if meant == state)


def _child(mapping: Any, fits: Callable[[str], bool]) -> tuple[Any, Any] | None:
    for key, value in mapping.value:
        if isinstance(key, yaml.ScalarNode) and fits(key_of(str(key.value))):
            return key, value
    return None


def without_entry(text: str, state: State, number: int, why: str) -> str | None:
    """The text of a case file with one entry of a list taken out.

    An entry with lines of its own becomes a comment, so that it can still be read.

    Parameters
    ----------
    text
        As for `with_line`.
    state
        The list: what is present, or absent.
    number
        Which of its entries, from 0.
    why
        Stands behind the comment.

    Returns
    -------
    str or None
        None where the list has no such entry.
    """
    entries = list(_entries(text, state))
    if number >= len(entries):
        return None
    node, holder = entries[number]
    if holder.flow_style:
        return _cut(text, node, holder, number)
    first = node[0] if isinstance(node, tuple) else node
    if isinstance(node, yaml.ScalarNode) and isinstance(holder, yaml.MappingNode):
        return f"{text[: node.start_mark.index]}# {text[node.start_mark.index :]}"
    lines = text.splitlines(keepends=True)
    begin, end = first.start_mark.line, text.count("\n", 0, _last(node))
    for place in range(begin, end + 1):
        blank = len(lines[place]) - len(lines[place].lstrip())
        lines[place] = f"{lines[place][:blank]}# {lines[place][blank:]}"
    last = lines[end].rstrip("\n")
    lines[end] = f"{last}  # {why}\n"
    return "".join(lines)


def _entries(text: str, state: State) -> Iterator[tuple[Any, Any]]:
    """The entries of a list with the node that holds them."""
    root = _composed(text)
    found = _child(root, _FINDINGS.__contains__) if root is not None else None
    if found is None or not isinstance(found[1], yaml.MappingNode):
        return
    inner = _child(found[1], _keys(state).__contains__)
    if inner is None or _is_empty(inner[1]):
        return
    if isinstance(inner[1], yaml.CollectionNode):
        yield from ((one, inner[1]) for one in inner[1].value)
    else:
        yield inner[1], found[1]


def _cut(text: str, node: Any, holder: Any, number: int) -> str:
    """The text without one entry of a list in brackets, and without its comma."""
    if not isinstance(holder, yaml.CollectionNode) or node not in holder.value:
        return f"{text[: node.start_mark.index]}{text[node.end_mark.index :]}"
    first = node[0] if isinstance(node, tuple) else node
    begin, end = first.start_mark.index, _last(node)
    if number + 1 < len(holder.value):
        following = holder.value[number + 1]
        begin_next = following[0] if isinstance(following, tuple) else following
        end = begin_next.start_mark.index
    elif number:
        begin = _last(holder.value[number - 1])
    return f"{text[:begin]}{text[end:]}"
