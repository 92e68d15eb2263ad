"""Goes on after a typing error in the YAML, so that the rest of the file is still used.

Each syntax error is reported with its line. Then the smallest change that lets libyaml read
past that line is made in memory (closing a bracket or quote, aligning the indentation with the
lines before, adding a colon, quoting a value); when none helps, the line and what hangs from it
is left out. After `MOST_REPAIRS` errors only what stands before the next one is used.
"""

from __future__ import annotations

from collections import Counter
from math import inf
from pathlib import Path

from kinechain.domain.case import Issue
from kinechain.intake.document import Scan, scan
from kinechain.intake.mending import changes, culprit_of, without_line, without_marks
from kinechain.intake.source_text import Refusal, decoded, read_bytes
from kinechain.intake.tree import Node, shown

MOST_REPAIRS = 10
MOST_ALIKE = 3
LARGEST_FOR_TRIALS = 30_000


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
        alike[problem.remedy] += 1
        if alike[problem.remedy] <= MOST_ALIKE:
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
    if found.problems and len(text) < LARGEST_FOR_TRIALS:
        # The anchors and aliases stay reported; a letter hit by mistake must not cost a key.
        marked = {problem.line - 1 for problem in found.problems[:MOST_REPAIRS]}
        lines = [without_marks(line) if at in marked else line for at, line in enumerate(lines)]
        if lines != text.split("\n"):
            again = scan("\n".join(lines))
            again.problems[:0] = found.problems
            found = again
    for _ in range(MOST_REPAIRS):
        if found.error is None:
            return found
        culprit = culprit_of(found.error, lines)
        written = lines[culprit]
        problem = found.error.problem or "it is not YAML"
        known = found.problems
        lines, found, done = _repaired(lines, culprit, found, trials=len(text) < LARGEST_FOR_TRIALS)
        found.problems[:0] = [one for one in known if one not in found.problems]
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
        line = culprit_of(found.error, lines) + 1
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


def _repaired(
    lines: list[str], culprit: int, failed: Scan, *, trials: bool
) -> tuple[list[str], Scan, str]:
    """The lines after the change that lets most of the file be read, and what it was."""
    best: tuple[float, list[str], Scan, str] | None = None
    for words, changed in changes(lines, culprit, failed.error) if trials else ():
        found = scan("\n".join(changed))
        reach = inf if found.error is None else culprit_of(found.error, changed)
        if reach > culprit and (best is None or reach > best[0]):
            best = (reach, changed, found, words)
        if reach == inf:
            break
    left_out = "it is left out and the rest is read"
    if best is not None and best[0] < inf:
        changed = [*lines[:culprit], "", *lines[culprit + 1 :]]
        found = scan("\n".join(changed))
        if found.error is None and without_line(lines, culprit) == changed:
            return changed, found, left_out
    if best is not None:
        return best[1], best[2], best[3]
    changed = without_line(lines, culprit)
    return changed, scan("\n".join(changed)), left_out
