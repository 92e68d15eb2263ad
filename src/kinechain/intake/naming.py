"""What a written name means: one thing, with an issue whenever that is not plain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kinechain.intake.names import Kind, Name, key_of
from kinechain.intake.reader import Reader, either
from kinechain.intake.tree import shown

KIND_WORDS: dict[Kind, tuple[str, str]] = {
    "finding": ("finding", "findings"), "trait": ("disease", "diseases"),
    "site": ("site of pain", "sites"), "condition": ("condition", "conditions"),
    "setting": ("setting", "settings"), "quantity": ("quantity", "quantities"),
    "level": ("level", "levels"), "factor": ("disease", "health_factors"),
    "treatment": ("treatment", "treatments"), "drug_class": ("drug", "drug_classes"),
    "instrument": ("instrument", "instruments"),
}  # fmt: skip
SEARCHED: dict[Kind, str] = {
    "finding": "kinechain findings", "trait": "kinechain findings",
    "condition": "kinechain conditions",
}  # fmt: skip
NEGATIONS = frozenset({"no", "not", "without", "never", "denies", "absent", "negative"})
_IN_NAMES = {"left": "left", "right": "right", "both": "both", "bilateral": "both",
             "sided": ""}  # fmt: skip


@dataclass(frozen=True)
class Named:
    """A name without the side and the level that were written with it."""

    name: Name | None
    side: str | None = None
    level: str | None = None


def resolve(
    reader: Reader, text: str, line: int, key: str, kinds: tuple[Kind, ...], *, guess: bool = False,
    level: Literal["error", "warning"] = "error",
) -> Name | None:  # fmt: skip
    """The one thing that is called `text`, with an issue when it is not plain.

    Parameters
    ----------
    reader
        Takes the issues.
    text
        What was written.
    line, key
        Where.
    kinds
        What it may name.
    guess
        Whether an evident misspelling, which is an error, is used all the same.
    level
        How bad an unknown name is.
    """
    found = reader.names.look_up(text, kinds)
    if len(found) > 1:  # what bears on the diagnosis goes before what bears on treatment alone
        found = tuple(name for name in found if name.kind != "factor") or found
    what, plural = KIND_WORDS[kinds[0]]
    if len(found) == 1:
        say_read(reader, text, found[0], line, key)
        return found[0]
    command = SEARCHED.get(kinds[0], "")
    if found:
        names = [f"{name.id} ({name.label})" for name in found]
        reader.report(
            level,
            line,
            key,
            f"The {what} must be unambiguous. Got {shown(text)!r}, "
            f"which is a name of {' and of '.join(names)}; it is not used.",
            f"write {either([name.id for name in found])}",
        )
        return None
    name = _guess(reader, text, kinds) if guess else None
    near = reader.names.nearest(text, kinds)
    read = f" It is read as {name.id} for now." if name else ""
    search = f"; {command} TEXT searches them" if command else ""
    reader.report(
        level,
        line,
        key,
        f"The {what} must be known. Got {shown(text)!r}.{read}",
        (f"did you mean {either(list(near))}?{search}" if near else search[2:])
        or f"the ids are the names of the files in the folder data/{plural} of the program",
    )
    return name


def _guess(reader: Reader, text: str, kinds: tuple[Kind, ...]) -> Name | None:
    """The thing meant by a misspelling; a health factor is no rival of a finding."""
    others: tuple[Kind, ...] = tuple(kind for kind in kinds if kind != "factor")
    name = reader.names.guess(text, others)
    return name if name is not None or others == kinds else reader.names.guess(text, kinds)


def say_read(reader: Reader, text: str, name: Name, line: int, key: str) -> None:
    """Say what a label or synonym was read as; an id needs no words."""
    if key_of(text) != key_of(name.id):
        reader.report(
            "info",
            line,
            key,
            f"{shown(text)!r} was read as {name.id} ({name.label}).",
            f"write {name.id} to be sure",
        )


def named(
    reader: Reader, text: str, line: int, key: str, kinds: tuple[Kind, ...], *, guess: bool
) -> Named:
    """The thing that a text names, with the side or level that stands in the text."""
    side: str | None = None
    level: str | None = None
    rest = text
    first = re.split(r"[\s_-]", text.strip(), maxsplit=1)[0].casefold()
    if first in NEGATIONS and not reader.names.look_up(text, kinds):
        reader.wrong(
            line,
            key,
            f"name in {key}",
            "written without a negation",
            repr(shown(text)),
            "write what was looked for and not found under findings, absent:",
        )
        return Named(None)
    if not reader.names.look_up(text, kinds):
        words = [word for word in re.split(r"[\s_(),-]+", text) if word]
        while len(words) > 1:
            place = next((at for at in (-1, 0) if _is_place(reader, words[at])), None)
            if place is None:
                break
            word = words.pop(place)
            if word.casefold() in _IN_NAMES:
                side = side or _IN_NAMES[word.casefold()] or None
            else:
                level = level or reader.names.look_up(word, ("level",))[0].id
        found = " ".join(words) if side or level else text
        if reader.names.look_up(found, kinds) or (guess and _guess(reader, found, kinds)):
            rest = found
        else:
            side = level = None
    name = resolve(reader, rest, line, key, kinds, guess=guess)
    if name is not None and (side or level):
        reader.report(
            "info",
            line,
            key,
            f"{shown(text)!r} was read as {name.id}, {', '.join(filter(None, [side, level]))}.",
            f"write {name.id} with its own side and level to be sure",
        )
    return Named(name, side, level)


def _is_place(reader: Reader, word: str) -> bool:
    if word.casefold() in _IN_NAMES:
        return True
    levels = reader.names.look_up(word, ("level",))
    return len(levels) == 1 and any(c.isdigit() for c in word)
