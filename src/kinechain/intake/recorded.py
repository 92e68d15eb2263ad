"""What was written about a finding, with its place in the file; words for sides and levels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from kinechain.domain.case import Observation, Side
from kinechain.intake.names import Kind, Name, key_of
from kinechain.intake.reader import Reader
from kinechain.knowledge import Knowledge

SIDES: dict[str, tuple[str, ...]] = {
    "left": ("l", "lt", "left side", "left-sided"),
    "right": ("r", "rt", "right side", "right-sided"),
    "both": ("bilateral", "both sides", "bilaterally", "left and right", "b"),
    "midline": ("middle", "centre", "center", "central"),
    "unknown": ("one side", "not known", "?"),
}
SIDE_OF: dict[str, Side] = {
    key_of(word): side
    for side, words in (
        ("left", SIDES["left"]), ("right", SIDES["right"]), ("both", SIDES["both"]),
        ("midline", SIDES["midline"]), ("unknown", SIDES["unknown"]),
    )
    for word in (side, *words)
    if key_of(word)
}  # fmt: skip
_IN_NAMES = {"left": "left", "right": "right", "both": "both", "bilateral": "both",
             "sided": ""}  # fmt: skip


@dataclass(frozen=True)
class Recorded:
    """An observation and the place where it was written."""

    observation: Observation
    line: int
    key: str


@dataclass(frozen=True)
class Named:
    """A name without the side and the level that were written with it."""

    name: Name | None
    side: str | None = None
    level: str | None = None


def instances(knowledge: Knowledge, observation: Observation) -> frozenset[tuple[str, str]]:
    """The sides and levels that an observation speaks of, at least one of which is meant."""
    concept = knowledge.concept(observation.finding)
    sides: tuple[str, ...] = ("midline",)
    if concept.sides == "paired":
        one = observation.side in ("left", "right")
        sides = (observation.side,) if one else ("left", "right")
    levels = (observation.level,) if observation.level else concept.levels or ("",)
    return frozenset(product(sides, levels))


def named(
    reader: Reader, text: str, line: int, key: str, kinds: tuple[Kind, ...], *, guess: bool,
    is_error: bool = True,
) -> Named:  # fmt: skip
    """The thing that a text names, with the side or level that stands in the text."""
    side: str | None = None
    level: str | None = None
    rest = text
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
        if reader.names.look_up(" ".join(words), kinds):
            rest = " ".join(words)
        else:
            side = level = None
    name = reader.resolve(
        rest, line, key, kinds, guess=guess, level="error" if is_error else "warning"
    )
    if name is not None and (side or level):
        reader.report(
            "info",
            line,
            key,
            f"{text!r} was read as {name.id}, {', '.join(filter(None, [side, level]))}.",
            f"write {name.id} with its own side and level to be sure",
        )
    return Named(name, side, level)


def _is_place(reader: Reader, word: str) -> bool:
    if word.casefold() in _IN_NAMES:
        return True
    levels = reader.names.look_up(word, ("level",))
    return len(levels) == 1 and any(c.isdigit() for c in word)
