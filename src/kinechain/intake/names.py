"""Finds things by id, label or synonym, and the nearest right names for a wrong one."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from kinechain.knowledge import Knowledge
from kinechain.knowledge.knowledge import without_level

Kind = Literal[
    "finding",
    "trait",
    "site",
    "condition",
    "setting",
    "quantity",
    "level",
    "factor",
    "treatment",
    "drug_class",
    "instrument",
]
OF_CARE: frozenset[Kind] = frozenset({"treatment", "drug_class", "instrument"})
"""Kinds whose names are many and are never looked for together with the others."""
Said = Literal["id", "label", "synonym"]
MOST_NEAREST = 20
LONGEST_NAME = 80
MOST_KEPT = 2_000
SHORTEST_PART = 4
"""Letters of a name that must be inside another one to count as a part of it."""
ALIKE, NEARLY, SURELY = 0.68, 0.8, 0.85
"""Ratios of likeness: worth naming, worth comparing, and taken for a misspelling."""
LEAD = 0.06
"""By how much a misspelling must be nearer to one thing than to any other."""
STRENGTH: dict[Said, int] = {"id": 0, "label": 1, "synonym": 2}
_NO_LETTERS = re.compile("[^0-9a-z]")
_TURNING = frozenset({"ab", "un", "non", "no", "not", "in", "im", "ir", "dis"})
_SPELLINGS = (("ae", "e"), ("oe", "e"), ("isation", "ization"), ("ising", "izing"))


@dataclass(frozen=True)
class Name:
    """One name of one thing."""

    kind: Kind
    id: str
    label: str
    text: str
    said: Said


@lru_cache(maxsize=20_000)
def key_of(text: str) -> str:
    """A name without case, accents, spaces and hyphens.

    Examples
    --------
    >>> key_of("Straight-leg raise") == key_of("straight_leg_raise")
    True
    """
    if text.isascii():
        return _NO_LETTERS.sub("", text[: LONGEST_NAME * 4].lower())
    plain = unicodedata.normalize("NFKD", text[: LONGEST_NAME * 4]).casefold()
    return "".join(c for c in plain if c.isalnum())


@lru_cache(maxsize=20_000)
def spelling_of(key: str) -> str:
    """A key in one spelling, so that British and American names meet."""
    for british, american in _SPELLINGS:
        key = key.replace(british, american)
    return key


class Names:
    """All names of the knowledge.

    Parameters
    ----------
    knowledge
        Whose things are named.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._by_key: dict[str, list[Name]] = {}
        self._by_spelling: dict[str, list[Name]] = {}
        self._families: dict[bool, dict[str, list[Name]]] = {False: {}, True: {}}
        self._looked_up: dict[tuple[str, tuple[Kind, ...]], tuple[Name, ...]] = {}
        self._nearest: dict[tuple[str, tuple[Kind, ...]], tuple[str, ...]] = {}
        self._computed: dict[bool, dict[str, tuple[tuple[float, Name], ...]]] = {
            False: {},
            True: {},
        }
        for name in all_names(knowledge):
            key = key_of(name.text)
            if key:
                self._by_key.setdefault(key, []).append(name)
                spelled = spelling_of(key)
                self._by_spelling.setdefault(spelled, []).append(name)
                self._families[name.kind in OF_CARE].setdefault(spelled, []).append(name)

    def look_up(self, text: str, kinds: Collection[Kind]) -> tuple[Name, ...]:
        """The things called `text`: none, one, or several when it is ambiguous.

        An id outweighs a label, and a label outweighs a synonym.
        """
        question = key_of(text), tuple(kinds)
        if question not in self._looked_up:
            if len(self._looked_up) >= MOST_KEPT:
                self._looked_up.clear()
            self._looked_up[question] = self._look_up(*question)
        return self._looked_up[question]

    def _look_up(self, key: str, kinds: tuple[Kind, ...]) -> tuple[Name, ...]:
        for table, wanted in ((self._by_key, key), (self._by_spelling, spelling_of(key))):
            names = [name for name in table.get(wanted, ()) if name.kind in kinds]
            if names:
                best = min(STRENGTH[name.said] for name in names)
                strongest = [name for name in names if STRENGTH[name.said] == best]
                return tuple({(name.kind, name.id): name for name in strongest}.values())
        return ()

    def every(self, text: str, kinds: Collection[Kind]) -> tuple[Name, ...]:
        """All things called `text`, however it is meant: a drug can lie in several classes."""
        key = key_of(text)
        names = self._by_key.get(key) or self._by_spelling.get(spelling_of(key)) or []
        return tuple({(one.kind, one.id): one for one in names if one.kind in kinds}.values())

    def nearest(self, text: str, kinds: Collection[Kind], count: int = 3) -> tuple[str, ...]:
        """The ids whose names are most like `text`; after many questions, none."""
        key = spelling_of(key_of(text[:LONGEST_NAME]))
        known = self._nearest.get((key, tuple(kinds)))
        if known is not None:
            return known[:count]
        of_care = OF_CARE.issuperset(kinds)
        ranked = list(self._alike(key, of_care))
        if key not in self._computed[of_care]:
            return ()
        if len(key) >= SHORTEST_PART:
            for spelled, names in self._families[of_care].items():
                if key in spelled:
                    likeness = NEARLY + 0.1 * len(key) / len(spelled)
                    ranked.extend((likeness, name) for name in names)
        found = [pair for pair in ranked if pair[1].kind in kinds]
        found.sort(key=lambda pair: (-pair[0], STRENGTH[pair[1].said], pair[1].id))
        ids = tuple(dict.fromkeys(name.id for _, name in found))
        self._nearest[key, tuple(kinds)] = ids
        return ids[:count]

    def guess(self, text: str, kinds: Collection[Kind]) -> Name | None:
        """The one thing that `text` can only be a misspelling of."""
        key = spelling_of(key_of(text[:LONGEST_NAME]))
        alike = self._alike(key, OF_CARE.issuperset(kinds))
        found = [pair for pair in alike if pair[1].kind in kinds]
        if len(key) <= SHORTEST_PART or not found:
            return None
        best, name = found[0]
        rival = next((score for score, other in found if other.id != name.id), 0.0)
        sure = best >= SURELY and best - rival >= LEAD
        return name if sure and not _is_opposite(key, spelling_of(key_of(name.text))) else None

    def _alike(self, key: str, of_care: bool) -> tuple[tuple[float, Name], ...]:
        """Names with their likeness to a key, the likeliest first; those of care by themselves."""
        computed = self._computed[of_care]
        if key in computed:
            return computed[key]
        if len(computed) >= MOST_NEAREST:
            return ()
        matcher = difflib.SequenceMatcher(autojunk=False)
        matcher.set_seq2(key)
        found: list[tuple[float, Name]] = []
        for spelled, names in self._families[of_care].items():
            matcher.set_seq1(spelled)
            if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
                continue
            ratio = matcher.ratio()
            if ratio >= ALIKE:
                found.extend((ratio, name) for name in names)
        found.sort(key=lambda pair: (-pair[0], STRENGTH[pair[1].said], pair[1].id))
        computed[key] = tuple(found)
        return computed[key]


def _is_opposite(written: str, key: str) -> bool:
    """Whether two names differ by a syllable that turns the meaning round."""
    matcher = difflib.SequenceMatcher(None, written, key, autojunk=False)
    changes = (change for change in matcher.get_opcodes() if change[0] != "equal")
    return any(
        pair & _TURNING or pair == {"o", "er"}  # hypo- and hyper-
        for pair in (
            {written[start:end], key[other_start:other_end]}
            for _, start, end, other_start, other_end in changes
        )
    )


def all_names(knowledge: Knowledge) -> Iterator[Name]:
    """Every id, label and synonym, each with what it names."""
    groups = {
        "finding": knowledge.findings, "trait": knowledge.traits, "site": knowledge.sites,
        "condition": knowledge.conditions, "setting": knowledge.settings,
        "quantity": knowledge.quantities, "level": knowledge.levels,
        "factor": knowledge.health_factors, "treatment": knowledge.treatments,
        "drug_class": knowledge.drug_classes, "instrument": knowledge.instruments,
    }  # fmt: skip
    for kind in get_args(Kind):
        for thing in groups[kind].values():
            label = without_level(thing.label)
            yield Name(kind, thing.id, label, thing.id, "id")
            yield Name(kind, thing.id, label, label, "label")
            if kind == "level":  # L4-L5 for L4/5
                yield Name(
                    kind, thing.id, label, re.sub(r"^l(\d)_(\d)$", r"l\1l\2", thing.id), "id"
                )
            members = getattr(thing, "names", ())  # of a class of drugs
            for synonym in (*getattr(thing, "synonyms", ()), *members):
                yield Name(kind, thing.id, label, synonym, "synonym")
