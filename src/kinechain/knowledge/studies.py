"""Reads the published studies, and checks that each row says something that can be asked."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path

from kinechain.domain.case import Issue
from kinechain.domain.studies import COMPARATORS, Measured, People, Study, StudyRow, Test
from kinechain.knowledge.knowledge import Knowledge
from kinechain.knowledge.read import read_files
from kinechain.knowledge.walk import issue

WITHOUT_COMPLAINT = frozenset({"healthy", "contralateral_side", "unknown", "milder_or_other_stage"})
RATIOS = ("lr_positive", "lr_negative")
OTHER_CONDITION = "condition:"


def read_studies(folder: Path) -> tuple[dict[str, Study], str, list[Issue]]:
    """Read every file of `folder`.

    Parameters
    ----------
    folder
        Holds one YAML file for each study.

    Returns
    -------
    studies
        By id, in alphabetical order.
    version
        First 12 hexadecimal digits of the SHA-256 of all files' names and contents.
    issues
        What could not be read, and rows that contradict themselves.
    """
    digest = hashlib.sha256()
    issues: list[Issue] = []
    studies = read_files(folder, Study, digest, issues)
    issues.extend(_check_rows(studies))
    return studies, digest.hexdigest()[:12], issues


def read_study(folder: Path, name: str) -> Study | None:
    """Read the rows of one study.

    Parameters
    ----------
    folder
        Holds one YAML file for each study.
    name
        Id of the study, which is that of its source.

    Returns
    -------
    Study or None
        None when there is no such file, or it cannot be read.
    """
    if not (folder / f"{name}.yaml").exists():
        return None
    return read_files(folder, Study, hashlib.sha256(), [], f"{name}.yaml").get(name)


def check_studies(studies: Mapping[str, Study], knowledge: Knowledge) -> list[Issue]:
    """Everything that the studies name exists in the knowledge.

    Parameters
    ----------
    studies
        As read by `read_studies`.
    knowledge
        What they are to be held against.

    Returns
    -------
    list of Issue
        One for each name that does not exist, and for each group of one row alone.
    """
    found: list[Issue] = []
    for name, study in studies.items():
        if name not in knowledge.sources:
            found.append(
                issue(
                    f"studies/{name}.yaml", "its source does not exist", f"add sources/{name}.yaml"
                )
            )
        for row in study.rows:
            found.extend(_check_names(f"studies/{name}.yaml rows[{row.id}]", row, knowledge))
    return found


def _check_names(where: str, row: StudyRow, knowledge: Knowledge) -> Iterator[Issue]:
    people = row.people
    others: tuple[str, ...] = ()
    if row.comparator and row.comparator.startswith(OTHER_CONDITION):
        others = tuple(row.comparator.removeprefix(OTHER_CONDITION).split("|"))
    signs = row.test.signs if row.test else ()
    present = (*people.present, *people.absent, *(one for group in people.any_of for one in group))
    anything = ("conditions", "traits", "findings", "sites")
    for part, names, kinds in (
        ("condition", row.condition, ("conditions",)),
        ("comparator", others, ("conditions",)),
        ("test", signs, anything),
        ("people.complaint", people.complaint, ("sites",)),
        ("people.suspected", people.suspected, ("conditions",)),
        ("people", present, anything),
    ):
        for name in names:
            yield from _check_name(f"{where} {part}", name, kinds, knowledge)
    if people.setting is not None and people.setting not in knowledge.settings:
        yield issue(
            f"{where} people.setting",
            f"the setting {people.setting!r} does not exist",
            f"add settings/{people.setting}.yaml, or name one that exists",
        )


def _check_name(
    where: str, name: str, kinds: tuple[str, ...], knowledge: Knowledge
) -> Iterator[Issue]:
    plain, dot, level = name.partition(".")
    concept = next(
        (getattr(knowledge, kind)[plain] for kind in kinds if plain in getattr(knowledge, kind)),
        None,
    )
    if concept is None:
        words = " or ".join(kind.removesuffix("s") for kind in kinds)
        yield issue(
            where,
            f"no {words} is called {plain!r}",
            "correct the name, or say under unusable that the knowledge lacks it",
        )
    elif dot and level not in concept.levels:
        yield issue(
            where,
            f"{plain} has no level {level!r}",
            f"name one of {', '.join(concept.levels)}" if concept.levels else "leave the level out",
        )


def _check_rows(studies: Mapping[str, Study]) -> Iterator[Issue]:
    groups = Counter(
        row.contradicts for study in studies.values() for row in study.rows if row.contradicts
    )
    for name, study in studies.items():
        ids = Counter(row.id for row in study.rows)
        for row in study.rows:
            where = f"studies/{name}.yaml rows[{row.id}]"
            if ids[row.id] > 1:
                yield issue(where, "the id stands more than once", "give each row its own id")
            if row.contradicts and groups[row.contradicts] < 2:
                yield issue(
                    where,
                    f"no other row belongs to the group {row.contradicts!r}",
                    "leave contradicts out, or give the other rows the same group",
                )
            yield from _check_row(where, row)


def _check_row(where: str, row: StudyRow) -> Iterator[Issue]:
    for measure, value in row.measured.items():
        yield from _check_value(f"{where} {measure}", value, ratio=measure in RATIOS)
    if row.test is not None:
        yield from _check_test(f"{where} test", row.test)
    yield from _check_people(f"{where} people", row.people)
    comparator = row.comparator
    if comparator and comparator not in COMPARATORS and not comparator.startswith(OTHER_CONDITION):
        yield issue(
            f"{where} comparator",
            f"{comparator!r} is no comparator",
            f"use one of {', '.join(sorted(COMPARATORS))}, or condition:<id>",
        )
    if not row.where:
        yield issue(where, "where it stands in the source is not said", "fill in where")
    if row.unusable is None:
        yield from _check_usable(where, row)
    elif not row.unusable.strip():
        yield issue(where, "unusable is empty", "say why, or leave it out")


def _check_usable(where: str, row: StudyRow) -> Iterator[Issue]:
    """A row that counts has what its kind needs."""
    given = row.measured.keys()
    accuracy = {"sensitivity", "specificity", *RATIOS}
    wanted = {row.kind} if row.kind in ("share", "rate") else accuracy
    if not given or not given <= wanted:
        yield issue(
            where,
            f"a row of kind {row.kind} gives {', '.join(sorted(wanted))}; it gives "
            f"{', '.join(given) or 'nothing'}",
            "correct the kind or the measures, or say why it is unusable",
        )
    if (row.kind == "rate") != (not row.condition):
        yield issue(
            where,
            "a rate has no condition, every other row has one",
            "correct the kind or the condition",
        )
    if (row.kind == "share") != (row.test is None):
        yield issue(
            where, "a share has no test, every other row has one", "correct the kind or the test"
        )
    if row.comparator in WITHOUT_COMPLAINT and given & (accuracy - {"sensitivity"}):
        yield issue(
            where,
            f"a specificity or likelihood ratio against people who were {row.comparator} "
            "says nothing about people with the complaint",
            "keep only the sensitivity and say so in note",
        )


def _check_value(where: str, value: Measured, *, ratio: bool) -> Iterator[Issue]:
    numbers = [one for one in (value.low, value.value, value.high) if one is not None]
    if not all(isfinite(one) for one in numbers):
        yield issue(where, "is not a finite number", "leave out what cannot be given")
    elif numbers != sorted(numbers):
        yield issue(
            where,
            f"the interval {value.low}-{value.high} does not contain {value.value}",
            "correct it, or leave the interval out and say so in note",
        )
    elif numbers[0] < 0 or (not ratio and numbers[-1] > 1):
        yield issue(where, "must lie between 0 and 1" if not ratio else "must not be negative")
    if (value.low is None) != (value.high is None):
        yield issue(where, "an interval has two ends", "give both or neither")
    if value.n is not None and value.n < 1:
        yield issue(where, f"was counted in {value.n} people", "correct n or leave it out")
    if not 0 < value.coverage < 1:
        yield issue(where, f"a coverage of {value.coverage}", "give a share, such as 0.95")


def _check_test(where: str, test: Test) -> Iterator[Issue]:
    if not test.of:
        yield issue(where, "names no sign", "fill in of")
    if not 1 <= test.at_least <= max(len(test.of), 1):
        yield issue(where, f"{test.at_least} of {len(test.of)} cannot be", "correct at_least")
    if bool(test.weights) != (test.cut is not None):
        yield issue(where, "weights and cut belong together", "give both or neither")
    elif test.weights and len(test.weights) != len(test.of):
        yield issue(
            where, f"{len(test.weights)} weights for {len(test.of)} signs", "give one for each"
        )
    if len(set(test.signs)) < len(test.signs):
        yield issue(where, "names a sign twice", "name it once")


def _check_people(where: str, people: People) -> Iterator[Issue]:
    if people.painless and not people.complaint:
        yield issue(where, "painless where?", "name the painless sites as complaint")
    if any(len(group) < 2 for group in people.any_of):
        yield issue(where, "a group of one in any_of", "put it under present")
    both = set(people.present) & set(people.absent)
    if both:
        yield issue(where, f"{', '.join(sorted(both))} is present and absent", "remove one")
