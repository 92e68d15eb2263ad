"""Facts in words: what an entry of a case file says, for somebody who does not read case files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinechain.domain.record import FactKey
from kinechain.knowledge import Knowledge
from kinechain.knowledge.knowledge import without_level
from kinechain.report.labels import clean

KEY_WORDS: dict[FactKey, str] = {
    "age": "Age", "sex": "Sex", "height": "Height", "weight": "Weight", "setting": "Seen in",
    "complaint": "Complaint", "pain": "Pain", "no_pain": "No pain", "drawing": "Drawing",
    "finding_present": "Present", "finding_absent": "Absent", "value": "Value", "drug": "Drug",
    "allergy": "Allergy", "disease": "Disease", "treatment": "Treatment", "score": "Score",
    "note": "Note", "consent": "Consent",
}  # fmt: skip
NAMING = ("finding", "site", "quantity", "treatment", "instrument", "drug", "allergy", "disease",
          "name")  # fmt: skip
"""Keys of an entry that say what it is about; the others say more of it."""
BARE = frozenset({"side", "level", "value", "unit", "score", "quality", "course", "dose"})
"""Keys whose content speaks for itself."""
LONGEST = 2000


def fact_words(entry: Any, knowledge: Knowledge, longest: int = LONGEST) -> str:
    """What an entry says.

    Parameters
    ----------
    entry
        Plain JSON as a case file takes it.
    knowledge
        The words for names; what it does not know is shown as it was written.
    longest
        In characters; what is cut off is marked.

    Examples
    --------
    >>> from kinechain.knowledge import load_knowledge
    >>> fact_words({"site": "groin", "side": "left", "intensity": 6}, load_knowledge())
    'Groin, left, 6/10'
    """
    words = clean(_words(entry, knowledge))
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def label_of(name: str, knowledge: Knowledge) -> str:
    """The label of a thing that a case file names; the name itself where it is not known.

    Parameters
    ----------
    name
        As it was written.
    knowledge
        The words.
    """
    for group in _groups(knowledge):
        if name in group:
            return without_level(group[name].label)
    return name


def _groups(knowledge: Knowledge) -> tuple[Mapping[str, Any], ...]:
    return (
        knowledge.findings, knowledge.traits, knowledge.sites, knowledge.conditions,
        knowledge.quantities, knowledge.settings, knowledge.treatments, knowledge.health_factors,
        knowledge.instruments, knowledge.drug_classes, knowledge.levels,
    )  # fmt: skip


def _words(entry: Any, knowledge: Knowledge) -> str:
    match entry:
        case dict():
            return _mapping({str(key): value for key, value in entry.items()}, knowledge)
        case list() | tuple():
            return ", ".join(_words(one, knowledge) for one in entry)
        case bool():
            return "yes" if entry else "no"
        case float():
            return f"{entry:g}"
        case None:
            return ""
        case _:
            return label_of(str(entry), knowledge)


def _mapping(entry: Mapping[str, Any], knowledge: Knowledge) -> str:
    named = next((key for key in NAMING if key in entry), None)
    if named is None and entry:  # name: side, or name: value
        named, *_ = entry
        name, content = label_of(named, knowledge), _words(entry[named], knowledge)
        parts = [f"{name} {content}" if content[:1].isdigit() else f"{name}, {content}"]
    else:
        parts = [_words(entry[named], knowledge)] if named else []
    amount = " ".join(str(entry[key]) for key in ("value", "unit") if key in entry)
    if amount and parts:
        parts[0] = f"{parts[0]} {amount}"
    for key, value in entry.items():
        if key == named or (amount and key in ("value", "unit")):
            continue
        parts.append(_part(key, _words(value, knowledge)))
    return ", ".join(part for part in parts if part)


def _part(key: str, content: str) -> str:
    if not content:
        return ""
    if key == "intensity":
        return f"{content}/10"
    if key in BARE:
        return content
    return f"{key.replace('_', ' ')} {content.replace('_', ' ')}"
