"""Small changes to a line that is not YAML, to be tried in memory one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_VALUE = re.compile(r"^(\s*(?:- +)*[^\s:#'\"\[{][^:#]*:) *([^'\"\s#].*?)(\s+#.*)?$")
_STRAY = re.compile(r"^(\s*)([^\w#]*)(\w+)[^\w#]*(\s#.*)?$")
_STRAY_BEFORE_VALUE = re.compile(r"^(\s*)([^\w#]*)(\w+)[^\w#]*?:\s+[^\w#]*([\w ]+?)[^\w#]*$")
_TWO_KEYS = re.compile(r"^(\s*)\w+\W*\s+\W*(\w+):\s*$")
_KEY_AND_MORE = re.compile(r"^(\s*)(\w+)[^\w\s]+(?:\s+-.*|\w{1,2})?$")
_NO_COLON = re.compile(r"^(?!.*:(\s|$))\s*\W*\w")
_KEY = re.compile(r"^\s*(?:- +)*[A-Za-z_][\w -]*:(\s|$)")
_TAB = re.compile(r"^ *\t")
_MARK = re.compile(r"^(\s*(?:- +)*)[&*!]+ *(?=\w)")


def culprit_of(error: Any, lines: list[str]) -> int:
    """The line to mend: where a bracket or quote was opened, otherwise where libyaml stopped."""
    context = str(error.context or "")
    mark = error.problem_mark or error.context_mark
    if "flow" in context or "quoted" in context or context.startswith("while scanning a "):
        mark = error.context_mark or mark
    line = min(int(mark.line) if mark is not None else 0, len(lines) - 1)
    if "mapping values" in str(error.problem):
        own = lines[line][: error.problem_mark.column] if error.problem_mark else ""
        return line if re.search(r":\s", own) else _colonless(lines, line)
    if "tab character" in str(error.problem):
        line = next((at for at, one in enumerate(lines) if _TAB.match(one)), line)
    if "flow" in context:
        line = _opened(lines, line)
    while line > 0 and not lines[line].strip():
        line -= 1
    return line


def _opened(lines: list[str], line: int) -> int:
    """The line before or at `line` on which a bracket was opened and not closed."""
    for place in range(line, -1, -1):
        text = lines[place]
        if text.count("[") + text.count("{") > text.count("]") + text.count("}"):
            return place
    return line


def _colonless(lines: list[str], line: int) -> int:
    """The line that runs on into `line` because its colon or indentation is wrong, or `line`."""
    before = _before(lines, line)
    run: list[int] = []
    while before is not None and _NO_COLON.match(lines[before]):
        is_entry = lines[before].lstrip().startswith("- ")
        if not is_entry or _indent(lines[before]) < _indent(lines[line]):
            run.append(before)
        before = _before(lines, before)
    entries_agree = len({_indent(lines[at]) for at in run}) == 1 and all(
        lines[at].lstrip().startswith("- ") for at in (line, *run)
    )
    return run[-1] if run and not entries_agree else line


def _before(lines: list[str], line: int) -> int | None:
    """The last line before `line` that holds something."""
    for place in range(line - 1, -1, -1):
        stripped = lines[place].strip()
        if stripped and not stripped.startswith("#"):
            return place
    return None


def _after(lines: list[str], line: int) -> int | None:
    """The first line after `line` that holds something."""
    for place in range(line + 1, len(lines)):
        stripped = lines[place].strip()
        if stripped and not stripped.startswith("#"):
            return place
    return None


def without_marks(line: str) -> str:
    """A line without the anchor, alias or tag mark that it begins with."""
    return _MARK.sub(r"\1", line)


def without_line(lines: list[str], culprit: int) -> list[str]:
    """The lines without one, and without what hangs from it when it is a key.

    What hangs from a lost key must not be read as part of the key before it.
    """
    changed = list(lines)
    changed[culprit] = ""
    line = lines[culprit]
    if not _KEY.match(line) and not line.rstrip().endswith(":"):
        return changed
    is_entry = line.lstrip().startswith("- ")
    for place in range(culprit + 1, len(lines)):
        other = lines[place]
        beside = _indent(other) == _indent(line) and other.lstrip().startswith("- ")
        if other.strip() and _indent(other) <= _indent(line) and not (beside and not is_entry):
            break
        changed[place] = ""
    return changed


def changes(lines: list[str], place: int, error: Any) -> Iterator[tuple[str, list[str]]]:
    """Changes that may make a line valid, the likeliest first, each with its description.

    Parameters
    ----------
    lines
        The text.
    place
        The index of the line.
    error
        What libyaml says of it.
    """
    line = lines[place]
    context = str(error.context or "")

    def with_line(text: str) -> list[str]:
        return [*lines[:place], text, *lines[place + 1 :]]

    if _TAB.match(line):
        yield (
            "its tab is read as spaces",
            [re.sub(r"^\s+", lambda found: found[0].expandtabs(2), one) for one in lines],
        )
    closing = {"flow sequence": "]", "flow mapping": "}"}.get(
        context.removeprefix("while parsing a ")
    )
    if closing:
        yield "the bracket is closed", with_line(line.rstrip().rstrip(",") + closing)
    if "quoted" in context:
        opened = "'" if line.count("'") % 2 else '"'
        yield "the quote is closed", with_line(line.rstrip() + opened)
    neighbour = _aligned(lines, place)
    if neighbour is not None and neighbour != _indent(line):
        yield "it is aligned with the lines before", with_line(" " * neighbour + line.lstrip())
    value = _VALUE.match(line)
    if value and not value[2].endswith(":"):
        quoted = value[2].replace("'", "''")
        yield "its value is read as text", with_line(f"{value[1]} '{quoted}'")
    yield from (("stray characters are left out", with_line(one)) for one in _plain(lines, place))


def _plain(lines: list[str], place: int) -> Iterator[str]:
    """The line as a plain key or entry, where it stands and aligned with the lines before."""
    line = lines[place]
    plain: list[tuple[str, str]] = []
    if found := _TWO_KEYS.match(line):
        plain.append((found[1], f"{found[2]}:"))
    if found := _STRAY.match(line):
        following = _after(lines, place)
        opens = following is not None and _indent(lines[following]) > _indent(line)
        entry, key = f"- {found[3]}", f"{found[3]}:"
        if "-" in found[2]:
            words = [entry, key] if opens else [entry]
        else:
            words = [key, entry] if opens else [entry, key]
        plain += [(found[1], word) for word in words]
    if found := _STRAY_BEFORE_VALUE.match(line):
        dash = "- " if "-" in found[2] else ""
        plain.append((found[1], f"{dash}{found[3]}: {found[4]}"))
    if found := _KEY_AND_MORE.match(line):
        plain.append((found[1], f"{found[2]}:"))
    for indentation, text in plain:
        neighbour = _aligned([*lines[:place], indentation + text, *lines[place + 1 :]], place)
        for depth in dict.fromkeys([len(indentation), neighbour, _indent(line)]):
            if depth is not None:
                yield " " * depth + text


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _aligned(lines: list[str], place: int) -> int | None:
    """The indentation of an open list or mapping before `place` that is nearest to its own."""
    is_dash = lines[place].lstrip().startswith("- ")
    open_at: list[int] = []
    lowest = 10_000
    for before in range(place - 1, -1, -1):
        line = lines[before]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        depth = _indent(line)
        dash = line.lstrip().startswith("- ")
        inner = depth + len(line.lstrip()) - len(line.lstrip()[1:].lstrip()) if dash else depth
        if dash and not is_dash and inner < lowest and _KEY.match(line):
            open_at.append(inner)
        if depth < lowest and dash == is_dash:
            open_at.append(depth)
        lowest = min(lowest, depth)
        if lowest == 0:
            break
    following = _after(lines, place)
    if is_dash and following is not None and lines[following].lstrip().startswith("- "):
        open_at.append(_indent(lines[following]))
    own = _indent(lines[place])
    return min(open_at, key=lambda depth: (abs(depth - own), depth), default=None)
