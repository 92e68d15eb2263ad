"""Reads published cases: a record as a user writes it, with its source and what is expected."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

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
    condition
        Id of the diagnosis; empty when the knowledge has none.
    acceptable
        Other ids that name the same problem.
    second
        True conditions beside it.
    alarm
        Whether an alarm (`emergency_now` or `same_day`) is right.
    outside
        Whether the diagnosis is outside the knowledge.
    diagnosis
        What would be right, in words; only outside the knowledge.
    revealing
        Findings and traits that were true in this patient and not recorded, and whose answer
        would have pointed to the diagnosis.
    """

    alarm: bool
    condition: str = ""
    acceptable: tuple[str, ...] = ()
    second: tuple[str, ...] = ()
    origin_region: str = ""
    outside: bool = False
    diagnosis: str = ""
    revealing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a case that is half inside the knowledge."""
        if not self.outside and not self.condition:
            raise ValueError("Expected a `condition`, or `outside: true` with a `diagnosis`.")
        if not self.outside and self.diagnosis:
            raise ValueError("A `diagnosis` in words is only for `outside: true`.")
        if self.outside and not self.diagnosis:
            raise ValueError("With `outside: true` the `diagnosis` must be told in words.")
        if self.outside and (self.condition or self.acceptable):
            raise ValueError("With `outside: true` there is no `condition` and no `acceptable`.")

    @property
    def right(self) -> tuple[str, ...]:
        """Every id that counts as the right answer; outside the knowledge words, not an id."""
        return (self.condition or self.diagnosis, *self.acceptable)


class TriedBefore(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A treatment that the patient had before the diagnosis, what it did, and for how long."""

    treatment: str
    response: Literal["none", "partial", "complete", "worse", "unknown"]
    weeks: Annotated[float, msgspec.Meta(gt=0)] | None = None


class TreatmentCourse(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the source tells of the treatment.

    Attributes
    ----------
    before
        Tried before the diagnosis, in time order.
    worked
        What helped at last, or is right by the source; any one of them names it. Empty when the
        source tells none.
    also_right
        Other treatments that the source calls right.
    harmful
        What would harm this patient, whose diagnosis is known now.
    sent
        How fast this patient had to be seen.
    note
        Where the coding was unclear.
    """

    before: tuple[TriedBefore, ...]
    worked: tuple[str, ...]
    harmful: tuple[str, ...]
    sent: Literal["emergency_now", "same_day", "within_2_weeks", "soon", "none"]
    also_right: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse what would be right and harmful at once."""
        both = set(self.harmful).intersection((*self.worked, *self.also_right))
        if both:
            raise ValueError(f"What is right cannot be harmful too: {', '.join(sorted(both))}.")

    @property
    def treatments(self) -> tuple[str, ...]:
        """Every treatment that is named, each once."""
        tried = (one.treatment for one in self.before)
        return tuple(dict.fromkeys((*tried, *self.worked, *self.also_right, *self.harmful)))


class PublishedCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One published patient; `text` is the record with its lines where they stand in the file."""

    name: str
    source: dict[str, Any]
    kind: CaseKind
    certainty: str
    expect: Expected
    record: dict[str, Any]
    course: TreatmentCourse | None = None
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
        Must know the expected conditions, what is said to reveal them, and the treatments.

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
        problems = _unknown(case, knowledge)
        issues += [_issue(path, problem) for problem in problems]
        if not problems:
            cases.append(case)
    if not cases and not issues:
        issues.append(_issue(folder, "The folder must hold case files (*.yaml). Got none."))
    return tuple(cases), tuple(issues)


def _unknown(case: PublishedCase, knowledge: Knowledge) -> list[str]:
    expect = case.expect
    right = () if expect.outside else expect.right
    conditions = [name for name in (*right, *expect.second) if name not in knowledge.conditions]
    revealing = [name for name in expect.revealing
                 if name not in knowledge.findings and name not in knowledge.traits]  # fmt: skip
    told = case.course.treatments if case.course is not None else ()
    treatments = [name for name in told if name not in knowledge.treatments]
    named = (("condition", conditions), ("finding or trait", revealing), ("treatment", treatments))
    return [f"The knowledge has no {what} {', '.join(names)}." for what, names in named if names]


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
