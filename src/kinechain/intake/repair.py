"""Goes on after a typing error in the YAML, so that the rest of the file is still used.

Each syntax error is reported with its line. Then the smallest change that lets libyaml read
past that line is made in memory (closing a bracket or quote, aligning the indentation with the
lines before, adding a colon, quoting a value); when none helps, the line and what hangs from it
is left out. After `MOST_REPAIRS` errors only what stands before the next one is used.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kinechain.domain.case import Issue
from kinechain.intake.document import Scan, scan
from kinechain.intake.source_text import Refusal, decoded, read_bytes
from kinechain.intake.tree import Node, shown

MOST_REPAIRS = 10
MOST_ALIKE = 3
LARGEST_FOR_TRIALS = 100_000
_VALUE = re.compile(r"^(\s*(?:- +)*[^\s:#'\"\[{][^:#]*: +)([^'\"\[{|>\s#].*?)(\s+#.*)?$")
_BARE_WORD = re.compile(r"^\s*(?:- +)?[A-Za-z_]\w*\s*$")
_KEY = re.compile(r"^\s*(?:- +)*[A-Za-z_][\w -]*:(\s|$)")


def read_document(source: Path | bytes | str, name: str) -> tuple[Node | None, list[Issue]]:
    """Read YAML into a plain tree.

    Parameters
    ----------
    source
        A file, its contents, or its text.
    name
        What the file is called in issues.

    Returns
    -------
    Node or None
        The tree of everything that could be read; ``None`` when the file is refused or empty.
    list of Issue
        Everything that is wrong with it as YAML.
    """
    issues: list[Issue] = []
    try:
        if isinstance(source, Path):
            source = read_bytes(source)
        if isinstance(source, str):
            source = source.encode("utf-8", errors="surrogatepass")
        found = _patient_scan(decoded(source, issues, name), name, issues)
    except Refusal as refusal:
        where = f"{name}:{refusal.line}"
        issues.append(
            Issue(level="error", where=where, message=refusal.message, remedy=refusal.remedy)
        )
        return None, issues
    alike: Counter[str] = Counter()
    for problem in found.problems:
        alike[problem.message] += 1
        if alike[problem.message] <= MOST_ALIKE:
            issues.append(
                Issue(
                    level="error",
                    where=f"{name}:{problem.line}",
                    message=problem.message,
                    remedy=problem.remedy,
                )
            )
    return found.root, issues


def _patient_scan(text: str, name: str, issues: list[Issue]) -> Scan:
    """Scan, repair and scan again, until it is read or there are too many errors."""
    lines = text.split("\n")
    found = scan(text)
    for _ in range(MOST_REPAIRS):
        if found.error is None:
            return found
        culprit = _culprit(found.error, lines)
        written = lines[culprit]
        problem = found.error.problem or "it is not YAML"
        lines, found, done = _repaired(lines, culprit, found, trials=len(text) < LARGEST_FOR_TRIALS)
        issues.append(
            Issue(
                level="error",
                where=f"{name}:{culprit + 1}",
                message=f"The line must be valid YAML. Got {shown(written.strip())!r} ({problem}); "
                f"{done}.",
                remedy="check the indentation, quotes and brackets here and on the line before",
            )
        )
    if found.error is not None:
        line = _culprit(found.error, lines) + 1
        issues.append(
            Issue(
                level="error",
                where=f"{name}:{line}",
                message=f"The file has more than {MOST_REPAIRS} lines that are not YAML; from here "
                "on it is not read.",
                remedy="correct the lines above and try again",
            )
        )
    return found


def _culprit(error: Any, lines: list[str]) -> int:
    """The line to mend: where a bracket or quote was opened, otherwise where libyaml stopped."""
    context = str(error.context or "")
    mark = error.problem_mark or error.context_mark
    if "flow" in context or "quoted" in context or context.startswith("while scanning a "):
        mark = error.context_mark or mark
    line = min(int(mark.line) if mark is not None else 0, len(lines) - 1)
    if "mapping values" in str(error.problem):
        return _colonless(lines, line)
    while line > 0 and not lines[line].strip():
        line -= 1
    return line


def _colonless(lines: list[str], line: int) -> int:
    """The word before `line` that lacks its colon; otherwise the line itself."""
    nearest = before = _before(lines, line)
    first: int | None = None
    while before is not None and ":" not in lines[before]:
        if not lines[before].lstrip().startswith("-"):
            first = before
        before = _before(lines, before)
    if first is not None and _BARE_WORD.match(lines[first]):
        return first
    return nearest if nearest is not None and ":" not in lines[nearest] else line


def _before(lines: list[str], line: int) -> int | None:
    """The last line before `line` that holds something."""
    for place in range(line - 1, -1, -1):
        stripped = lines[place].strip()
        if stripped and not stripped.startswith("#"):
            return place
    return None


def _repaired(
    lines: list[str], culprit: int, failed: Scan, *, trials: bool
) -> tuple[list[str], Scan, str]:
    """The lines after the smallest change that gets past `culprit`, and its name."""
    for words, changed in _changes(lines, culprit, failed.error) if trials else ():
        found = scan("\n".join(changed))
        if found.error is None or _culprit(found.error, changed) > culprit:
            return changed, found, words
    changed = list(lines)
    place = culprit
    changed[place] = ""
    if _KEY.match(lines[culprit]) or lines[culprit].rstrip().endswith(":"):
        # What hangs from a lost key must not be read as part of the key before it.
        depth = _indent(lines[culprit])
        for place in range(culprit + 1, len(lines)):
            is_below = _indent(lines[place]) > depth or (
                _indent(lines[place]) == depth
                and lines[place].lstrip().startswith("- ")
                and not lines[culprit].lstrip().startswith("- ")
            )
            if lines[place].strip() and not is_below:
                break
            changed[place] = ""
    return changed, scan("\n".join(changed)), "it is left out and the rest is read"


def _changes(lines: list[str], place: int, error: Any) -> Iterator[tuple[str, list[str]]]:
    line, problem = lines[place], str(error.problem)
    context = str(error.context or "")

    def with_line(text: str) -> list[str]:
        return [*lines[:place], text, *lines[place + 1 :]]

    indentation = line[: len(line) - len(line.lstrip())]
    if "\t" in indentation:
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
    if _BARE_WORD.match(line) and "mapping values" in problem:
        yield "a colon is added", with_line(line.rstrip() + ":")
    neighbour = _aligned(lines, place)
    if neighbour is not None and neighbour != _indent(line):
        yield "it is aligned with the lines before", with_line(" " * neighbour + line.lstrip())
    value = _VALUE.match(line)
    if value:
        quoted = value[2].replace("'", "''")
        yield "its value is read as text", with_line(f"{value[1]}'{quoted}'")


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
    own = _indent(lines[place])
    return min(open_at, key=lambda depth: (abs(depth - own), depth), default=None)
