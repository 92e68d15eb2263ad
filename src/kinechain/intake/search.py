"""Searches the vocabulary: by id, label or synonym, whole, in part or misspelled."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from kinechain.intake.names import STRENGTH, Kind, Name, all_names, key_of, spelling_of
from kinechain.knowledge import Knowledge

FINDINGS: tuple[Kind, ...] = ("finding", "trait")
MOST_FOUND = 50
SHORTEST_PART = 3
LONGEST_DIFFERENCE = 4
GOOD, USEFUL, WEAKEST_SPELLING = 0.5, 0.45, 0.72
"""Scores: a true part of the name, what is kept beside such, and the least likeness."""


@dataclass(frozen=True)
class Found:
    """A thing that answers a search.

    Attributes
    ----------
    matched
        The id, label or synonym that answered.
    score
        Higher is better; 1 is the id itself.
    """

    kind: Kind
    id: str
    label: str
    matched: str
    score: float


def search(
    knowledge: Knowledge, text: str = "", kinds: Collection[Kind] = FINDINGS
) -> tuple[Found, ...]:
    """Things that answer a search, the best first.

    Parameters
    ----------
    knowledge
        Where to search.
    text
        Any words; without any, everything in alphabetical order.
    kinds
        Which kinds of things are wanted, ``("condition",)`` for example.

    Returns
    -------
    tuple of Found
        Each thing once, by its best name.
    """
    best: dict[tuple[Kind, str], Found] = {}
    wanted = _Wanted(text)
    for name in all_names(knowledge):
        if name.kind in kinds:
            score = wanted.score(name)
            known = best.get((name.kind, name.id))
            if score > 0 and (known is None or score > known.score):
                best[name.kind, name.id] = Found(name.kind, name.id, name.label, name.text, score)
    ranked = sorted(best.values(), key=lambda found: (-found.score, found.label.casefold()))
    if ranked and ranked[0].score >= GOOD:
        ranked = [found for found in ranked if found.score >= USEFUL]
    return tuple(ranked if not text.strip() else ranked[:MOST_FOUND])


def _spelled(text: str) -> tuple[str, frozenset[str]]:
    """A name as it is compared: as a whole, and its words."""
    words = frozenset(spelling_of(key_of(word)) for word in re.split(r"[\W_]+", text))
    return spelling_of(key_of(text)), words


# Names are the same each time; what is searched for is not kept.
_spelled_name = lru_cache(maxsize=20_000)(_spelled)


class _Wanted:
    """What is searched for, ready to be compared with many names."""

    def __init__(self, text: str) -> None:
        self._key, words = _spelled(text)
        self._words = words - {""}
        self._alike = difflib.SequenceMatcher(None, "", self._key, autojunk=False)

    def score(self, name: Name) -> float:
        """How well a name answers: exact, beginning, all words, part, or merely alike."""
        wanted, asked = self._key, self._words
        key, words = _spelled_name(name.text)
        if not wanted or wanted == key:
            return 1.0 - 0.01 * STRENGTH[name.said]
        preference = 0.02 * (2 - STRENGTH[name.said])
        coverage = 0.1 * min(1.0, len(wanted) / max(len(key), 1))
        if key.startswith(wanted):
            return 0.8 + preference + coverage
        if asked and asked <= words:
            return 0.7 + preference + coverage
        if asked and all(any(word.startswith(one) for word in words) for one in asked):
            return 0.6 + preference + coverage
        if len(wanted) >= SHORTEST_PART and wanted in key:
            return 0.5 + preference + coverage
        if abs(len(key) - len(wanted)) > LONGEST_DIFFERENCE:
            return 0.0
        self._alike.set_seq1(key)
        # The quick ones are never below the true one.
        if min(self._alike.real_quick_ratio(), self._alike.quick_ratio()) < WEAKEST_SPELLING:
            return 0.0
        ratio = self._alike.ratio()
        return 0.4 * ratio if ratio >= WEAKEST_SPELLING else 0.0
