"""How old a reader must be for a text: the grade level of Flesch and Kincaid.

The formula (Kincaid et al. 1975) is ``0.39 words/sentences + 11.8 syllables/words - 15.59``;
a grade plus six is the age of its readers. Syllables are counted by groups of vowels, which
is off by a little for single words and evens out over a page.
"""

from __future__ import annotations

import re

GRADE_TO_AGE = 6
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_END = re.compile(r"[.!?:]+(?:\s|$)|\n+")
_VOWELS = re.compile(r"[aeiouy]+")


def syllables(word: str) -> int:
    """Syllables of an English word, at least one.

    Examples
    --------
    >>> [syllables(word) for word in ("knee", "pain", "hospital", "injection", "lower")]
    [1, 1, 3, 3, 2]
    """
    lower = word.lower()
    groups = len(_VOWELS.findall(lower))
    silent = lower.endswith("e") and not lower.endswith(("le", "ee", "ye")) and groups > 1
    silent_ed = lower.endswith("ed") and not lower.endswith(("ted", "ded")) and groups > 1
    return max(1, groups - int(silent or silent_ed))


def grade(text: str) -> float:
    """The school grade of a text; 0 for an empty one.

    Parameters
    ----------
    text
        Sentences; a line's end ends a sentence too.

    Examples
    --------
    >>> round(grade("The cat sat on the mat."), 2)
    -1.45
    """
    sentences = [part for part in _END.split(text) if _WORD.search(part)]
    words = _WORD.findall(text)
    if not words:
        return 0.0
    per_word = sum(map(syllables, words)) / len(words)
    return 0.39 * len(words) / len(sentences) + 11.8 * per_word - 15.59


def reading_age(text: str) -> float:
    """Age in years at which a text can be read.

    Parameters
    ----------
    text
        Sentences.
    """
    return round(grade(text) + GRADE_TO_AGE, 1)
