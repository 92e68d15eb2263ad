"""Health factors that are written by name: as present, or as asked for and absent."""

from __future__ import annotations

from kinechain.domain.case import State
from kinechain.intake.names import STRENGTH, Name
from kinechain.intake.naming import say_read
from kinechain.intake.reader import Reader
from kinechain.intake.recorded import RecordedFactor
from kinechain.intake.tree import Entry, shown


def factor_called(reader: Reader, text: str) -> Name | None:
    """The one health factor that is called `text`."""
    found = reader.names.look_up(text, ("factor",))
    return found[0] if len(found) == 1 else None


def factor_beside(reader: Reader, text: str, state: State) -> Name | None:
    """The factor that an entry of `findings` names together with a finding or trait.

    An absent finding says that a factor is absent only where its id or label is meant: that
    there is no fever does not say that there is no infection. A present one also counts where
    the name stands for the factor as strongly as for the finding.
    """
    factor = factor_called(reader, text)
    others = reader.names.look_up(text, ("finding", "trait"))
    if factor is None or not others:
        return factor
    if state == "absent":
        return None if factor.said == "synonym" else factor
    return factor if STRENGTH[factor.said] <= STRENGTH[others[0].said] else None


def note_factor(reader: Reader, factor: Name, state: State, line: int, key: str) -> None:
    """Keep a factor until the whole case is read."""
    reader.factors.append(RecordedFactor(factor.id, state, line, key))


def read_factor(
    reader: Reader, text: str, factor: Name, fields: dict[str, Entry], line: int, state: State,
    key: str,
) -> None:  # fmt: skip
    """Read an entry that is nothing but a health factor."""
    say_read(reader, text, factor, line, key)
    for part in ("side", "level"):
        if part in fields:
            given = reader.text(fields[part].value, f"{key}.{part}", f"{part} of {factor.id}")
            if given is None:
                continue
            reader.wrong(
                line,
                key,
                f"{part} of {factor.id}",
                "left out, because it concerns the whole person",
                repr(shown(given)),
                f"write {factor.id} alone, and under absent: when it is not so",
            )
            if state == "absent" or given.casefold() in ("no", "false"):
                return
    note_factor(reader, factor, state, line, key)


def settled_factors(reader: Reader) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The factors that are present and those that are absent; presence outweighs absence."""
    present = {one.id: one for one in reader.factors if one.state == "present"}
    absent: dict[str, None] = {}
    for one in reader.factors:
        if one.state == "present":
            continue
        there = present.get(one.id)
        if there is None:
            absent[one.id] = None
        elif one.id not in reader.knowledge.findings and one.id not in reader.knowledge.traits:
            reader.wrong(
                one.line,
                one.key,
                f"record of {one.id}",
                "either present or absent",
                f"{one.id} present on line {there.line} and {one.id} absent on line {one.line}",
                "delete the wrong one; until then it is taken as present",
            )
    return tuple(present), tuple(absent)
