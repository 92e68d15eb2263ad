"""Reads diseases: earlier diagnoses, traits, findings, and factors that bear on treatment."""

from __future__ import annotations

from kinechain.intake.entries import entries_of, shape_of
from kinechain.intake.factors import factor_called, note_factor, read_factor
from kinechain.intake.names import Kind, Name
from kinechain.intake.naming import resolve, say_read
from kinechain.intake.read_findings import observe
from kinechain.intake.reader import Reader
from kinechain.intake.recorded import Recorded
from kinechain.intake.tree import Entry, Node, shown
from kinechain.intake.words_inside import every_inside, first_inside, is_denied

_HISTORY: tuple[Kind, ...] = ("trait", "condition", "finding", "site")
_PATH = "diseases"
SHORTEST_WORD = 4
"""Letters of a single word that can name a health factor inside a longer text."""


def read_diseases(reader: Reader, node: Node) -> tuple[tuple[str, ...], list[Recorded]]:
    """Read the part `diseases`: conditions known earlier, and traits and findings.

    Health factors of these names are noted in the reader; one name can stand for a trait, which
    bears on the diagnosis, and for a factor, which bears on the treatment.
    """
    conditions: list[str] = []
    recorded: list[Recorded] = []
    for one in entries_of(node):
        shape = shape_of(reader, one, _PATH)
        if shape is None:
            continue
        text, fields, line = shape
        factor = factor_called(reader, text)
        names = reader.names.look_up(text, _HISTORY)
        if any(name.kind == "site" for name in names):
            reader.wrong(
                line,
                _PATH,
                "entry of diseases",
                "a disease",
                f"{shown(text)!r}, a site of pain",
                "write it under pain:",
            )
            continue
        for kind in ("trait", "condition"):  # the history of a person, before an observation
            if len(names) > 1 and sum(name.kind == kind for name in names) == 1:
                names = tuple(name for name in names if name.kind == kind)
        if not names and factor is not None:
            read_factor(reader, text, factor, fields, line, "present", _PATH)
        elif len(names) == 1 and names[0].kind == "condition":
            say_read(reader, text, names[0], line, _PATH)
            conditions.append(names[0].id)
            _note(reader, factor, line)
        elif len(names) == 1:
            found = observe(reader, text, fields, line, "present", _PATH, (names[0].kind,))
            recorded += found
            _note(reader, factor if found else None, line)
        else:
            _note(reader, factor, line)
            _other_disease(reader, text, fields, line, conditions, recorded)
    return tuple(dict.fromkeys(conditions)), recorded


def _note(reader: Reader, factor: Name | None, line: int) -> None:
    if factor is not None:
        note_factor(reader, factor, "present", line, _PATH)


def _other_disease(
    reader: Reader, text: str, fields: dict[str, Entry], line: int, conditions: list[str],
    recorded: list[Recorded],
) -> None:  # fmt: skip
    """A name that is not known as written: a misspelling, one with more words, or another."""
    inside = first_inside(reader, text, ("trait",))
    factors = _factors_inside(reader, text, line)
    if len(inside) == 1:
        reader.report(
            "info",
            line,
            _PATH,
            f"{shown(text)!r} was read as {inside[0].id} ({inside[0].label}).",
            f"write {inside[0].id} to be sure",
        )
        recorded += observe(reader, inside[0].id, {}, line, "present", _PATH, ("trait",))
    if len(inside) == 1 or factors:
        return
    name = resolve(
        reader,
        text,
        line,
        _PATH,
        ("trait", "condition", "finding", "factor"),
        guess=True,
        level="warning",
    )
    if name is None:
        return
    factor = name if name.kind == "factor" else factor_called(reader, name.text)
    if name.kind == "condition":
        conditions.append(name.id)
    elif name.kind != "factor":
        recorded += observe(reader, name.id, fields, line, "present", _PATH, (name.kind,))
    _note(reader, factor, line)


def _factors_inside(reader: Reader, text: str, line: int) -> bool:
    """Note the health factors inside a longer text; more than one may be too many."""
    whole = reader.names.look_up(text, ("factor", *_HISTORY))
    if whole or is_denied(text):
        return False
    factors = every_inside(reader, text, "factor", SHORTEST_WORD)
    if factors:
        read = " and as ".join(f"{one.id} ({one.label})" for one in factors)
        reader.report(
            "info" if len(factors) == 1 else "warning",
            line,
            _PATH,
            f"{shown(text)!r} was read as {read}.",
            "write one of these names on a line of its own to be sure",
        )
    for factor in factors:
        _note(reader, factor, line)
    return bool(factors)
