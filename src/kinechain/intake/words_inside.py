"""Known names inside a longer text: a drug with its dose, a disease with an adjective."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from kinechain.intake.names import Kind, Name
from kinechain.intake.reader import Reader

MOST_WORDS, LONGEST_PART = 8, 3
"""Words of a disease's text that are looked at, and how many together."""
MOST_WORDS_OF_A_DRUG, LONGEST_NAME_OF_A_DRUG = 24, 5
_DENIED = frozenset(
    [
        "no",
        "not",
        "never",
        "without",
        "stopped",
        "former",
        "previous",
        "allergy",
        "allergic",
        "past",
        "discontinued",
    ]
)
LONGEST_TEXT = 1000
"""Characters of a text that are looked at."""
MOST_KEPT = 500
_BEFORE_A_DOSE = re.compile(r"(?<=[^\W\d_]{4})-?(?=\d)")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, with hyphens inside and a dose apart from the name before it.

    Examples
    --------
    >>> words_of("Co-codamol 8/500, ibuprofen400mg")
    ('Co-codamol', '8', '500', 'ibuprofen', '400mg')
    """
    return _words_of(text[:LONGEST_TEXT])


@lru_cache(maxsize=500)
def _words_of(text: str) -> tuple[str, ...]:
    words = re.split(r"[^\w-]+", _BEFORE_A_DOSE.sub(" ", text))
    return tuple(word for word in words if word.strip("-"))


def is_denied(text: str) -> bool:
    """Whether a text says that something is not, or is no longer so."""
    return any(word.casefold() in _DENIED for word in words_of(text))


def first_inside(reader: Reader, text: str, kinds: tuple[Kind, ...]) -> tuple[Name, ...]:
    """What a text names as a whole, or else by the most of its words that are together a name."""
    return _kept(reader, (text, kinds), lambda: _first(reader, text, kinds))


def _first(reader: Reader, text: str, kinds: tuple[Kind, ...]) -> tuple[Name, ...]:
    found = reader.names.look_up(text, kinds)
    if found or is_denied(text):
        return found
    words = words_of(text)[:MOST_WORDS]
    for length in range(min(len(words), LONGEST_PART), 0, -1):
        for start in range(len(words) - length + 1):
            found = reader.names.look_up(" ".join(words[start : start + length]), kinds)
            if found:
                return found
    return ()


def every_inside(reader: Reader, text: str, kind: Kind, shortest: int = 1) -> tuple[Name, ...]:
    """Everything that a text names; of names that overlap, the longest.

    Parameters
    ----------
    reader
        Knows the names.
    text
        What was written. Whether it is denied is for the caller to see.
    kind
        What it may name.
    shortest
        Letters of the shortest single word that is looked up inside the text.
    """
    return _kept(reader, (text, (kind, shortest)), lambda: _every(reader, text, kind, shortest))


def _kept(
    reader: Reader, question: tuple[str, tuple[object, ...]], answer: Callable[[], tuple[Name, ...]]
) -> tuple[Name, ...]:
    """The answer to a question, which is not worked out again for the same text."""
    if question not in reader.inside:
        if len(reader.inside) >= MOST_KEPT:
            reader.inside.clear()
        reader.inside[question] = answer()
    return reader.inside[question]


def _every(reader: Reader, text: str, kind: Kind, shortest: int) -> tuple[Name, ...]:
    found = reader.names.every(text, (kind,))
    if found:
        return found
    words = words_of(text)[:MOST_WORDS_OF_A_DRUG]
    here = _longest(reader, words, kind, shortest)
    if here or not any("-" in word for word in words):
        return here
    parts = tuple(part for word in words for part in word.split("-") if part)
    return _longest(reader, parts, kind, shortest)


def _longest(reader: Reader, words: tuple[str, ...], kind: Kind, shortest: int) -> tuple[Name, ...]:
    used = [False] * len(words)
    found: list[Name] = []
    for length in range(min(len(words), LONGEST_NAME_OF_A_DRUG), 0, -1):
        for start in range(len(words) - length + 1):
            end = start + length
            if any(used[start:end]) or (length == 1 and len(words[start]) < shortest):
                continue
            here = reader.names.every(" ".join(words[start:end]), (kind,))
            if here:
                used[start:end] = [True] * length
                found += here
    return tuple({name.id: name for name in found}.values())
