"""Reads published cases: a record as a user writes it, with its source and what is expected."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
import yaml

from kinechain.domain.case import Issue
from kinechain.knowledge import Knowledge

CaseKind = Literal["ordinary", "referred", "mimic", "emergency"]
KINDS: tuple[CaseKind, ...] = get_args(CaseKind)
LARGEST_FILE = 1_000_000


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the published diagnosis says the program should find.

    Attributes
    ----------
    acceptable
        Other ids that name the same problem.
    second
        True conditions beside it.
    alarm
        Whether an alarm (`emergency_now` or `same_day`) is right.
    """

    condition: str
    alarm: bool
    acceptable: tuple[str, ...] = ()
    second: tuple[str, ...] = ()
    origin_region: str = ""

    @property
    def right(self) -> tuple[str, ...]:
        """Every id that counts as the right answer."""
        return (self.condition, *self.acceptable)


class PublishedCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One published patient; `text` is the record with its lines where they stand in the file."""

    name: str
    source: dict[str, Any]
    kind: CaseKind
    certainty: str
    expect: Expected
    record: dict[str, Any]
    notes: str = ""
    path: str = ""
    text: str = ""

    @property
    def id(self) -> str:
        """The name of the file without its ending."""
        return Path(self.path).stem


def read_published(
    folder: Path, knowledge: Knowledge
) -> tuple[tuple[PublishedCase, ...], tuple[Issue, ...]]:
    """Read every case file of a folder.

    Parameters
    ----------
    folder
        Its files are named ``*.yaml``; further folders in it are not looked into.
    knowledge
        Must know the expected conditions.

    Returns
    -------
    cases
        By name of their file.
    issues
        What cannot be used, all at once; such files are left out.
    """
    cases: list[PublishedCase] = []
    issues: list[Issue] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            case = _read(path)
        except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError,
                ValueError) as error:  # fmt: skip
            issues.append(_issue(path, " ".join(str(error).split())))
            continue
        unknown = [name for name in (*case.expect.right, *case.expect.second)
                   if name not in knowledge.conditions]  # fmt: skip
        if unknown:
            issues.append(_issue(path, f"The knowledge has no condition {', '.join(unknown)}."))
            continue
        cases.append(case)
    if not cases and not issues:
        issues.append(_issue(folder, "The folder must hold case files (*.yaml). Got none."))
    return tuple(cases), tuple(issues)


def _issue(path: Path, message: str) -> Issue:
    return Issue(level="error", where=str(path), message=message,
                 remedy="tests/cases/README.md describes the format")  # fmt: skip


def _read(path: Path) -> PublishedCase:
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError(f"The file must be at most {LARGEST_FILE // 1_000_000} MB.")
    text = path.read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    plain = yaml.load(text, Loader=loader)  # noqa: S506
    case = msgspec.convert(plain, PublishedCase)
    root = yaml.compose(text, Loader=loader)
    (record,) = [value for key, value in root.value if key.value == "record"]
    start, end = record.start_mark, record.end_mark
    body = " " * start.column + text[start.index : end.index]
    lines = "\n" * start.line + textwrap.dedent(body)
    return msgspec.structs.replace(case, path=str(path), text=lines)
