"""What a wrong key or word may have meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from kinechain.intake.names import key_of

SURE_KEY, SURE_WORD, ALIKE = 0.8, 0.85, 0.6
"""Likeness from which on a wrong key or word is used as the right one, or is worth naming."""
LONGEST = 40


def meant_key(
    written: str, proper: Mapping[str, str], there: set[str | None]
) -> tuple[str | None, list[str]]:
    """The key that a wrong one can only be, and those that are like it.

    Parameters
    ----------
    written
        The wrong key.
    proper
        The proper key of each word for it.
    there
        The proper keys that stand beside it; it cannot be one of these.
    """
    key = key_of(written)[:LONGEST]
    near = difflib.get_close_matches(key, list(proper), n=3, cutoff=ALIKE)
    names = list(dict.fromkeys(proper[word] for word in near))
    words = [key_of(word) for word in re.split(r"\W+", written[: 4 * LONGEST])]
    inside = [proper[word] for word in words if word in proper]
    if inside and inside[-1] not in there:
        return inside[-1], names or [inside[-1]]
    if near and names[0] not in there and _likeness(key, near[0]) >= SURE_KEY:
        return names[0], names
    return None, names


def meant_word(written: str, known: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The option that a wrong word can only be, and the one that is like it."""
    key = key_of(written)[:LONGEST]
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=ALIKE)
    if not near:
        return None, None
    option = known[near[0]]
    return (option if _likeness(key, near[0]) >= SURE_WORD else None), option


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()
