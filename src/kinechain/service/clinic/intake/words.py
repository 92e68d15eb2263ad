"""The words that patients see: places, kinds of pain, and questions that are easy to read.

They are data (``kinechain/data/patient``). A question that is not there is asked in the
finding's own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from kinechain.domain.instruments import Instrument
from kinechain.domain.interview import Item
from kinechain.domain.strict import Strict
from kinechain.knowledge import Knowledge

SIDES = ("left", "right")
SIDE = "{side}"


class Group(Strict, frozen=True, kw_only=True):
    """Places that stand together in the list.

    Attributes
    ----------
    places
        Site to words; with ``{side}`` where it exists twice.
    """

    label: str
    places: dict[str, str]


class PatientWords(Strict, frozen=True, kw_only=True):
    """All words of the patient's pages that are data.

    Attributes
    ----------
    questions
        By finding or trait, or by ``id.level``.
    not_asked
        Findings and traits that a patient cannot answer.
    groups
        The places of the body map.
    kinds, began, units
        What a pain is like, how it began, and units of time: word of a case file to words.
    questionnaires
        For each occasion the instruments that are asked.
    """

    questions: dict[str, str]
    not_asked: tuple[str, ...]
    groups: tuple[Group, ...]
    kinds: dict[str, str]
    began: dict[str, str]
    units: dict[str, str]
    questionnaires: dict[str, tuple[str, ...]]


@cache
def patient_words() -> PatientWords:
    """The words, from wherever the package is installed."""
    folder = files("kinechain") / "data" / "patient"
    content: dict[str, Any] = {}
    for name in ("questions", "places", "pain"):
        content |= yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8"))
    return msgspec.convert(content, PatientWords)


@cache
def all_places() -> Mapping[str, str]:
    """Every place that can be chosen, ``knee_anterior.left`` for example, with its words."""
    found: dict[str, str] = {}
    for group in patient_words().groups:
        for site, words in group.places.items():
            if SIDE in words:
                found |= {f"{site}.{side}": words.replace(SIDE, side) for side in SIDES}
            else:
                found[site] = words
    return found


def place_words(place: str) -> str:
    """What a place is called.

    Parameters
    ----------
    place
        A site, with its side where it has one.

    Examples
    --------
    >>> place_words("knee_anterior.left"), place_words("low_back")
    ('front of the left knee', 'low back')
    """
    return all_places()[place]


def question_words(item: Item, knowledge: Knowledge) -> str:
    """A question as a patient is asked it.

    Parameters
    ----------
    item
        The finding or trait, with its level where one is meant.
    knowledge
        The finding's own words.
    """
    plain = patient_words().questions
    if item.level and f"{item.finding}.{item.level}" in plain:
        return plain[f"{item.finding}.{item.level}"]
    words = plain.get(item.finding, item.text)
    known = item.finding in plain and item.level in knowledge.levels
    return f"{words} ({knowledge.levels[item.level].label})" if known and item.level else words


def questionnaires(knowledge: Knowledge, occasion: str = "first_visit") -> tuple[Instrument, ...]:
    """The questionnaires that a patient fills in here: those whose wording may be shown.

    Parameters
    ----------
    knowledge
        The instruments.
    occasion
        As the file of words names it.
    """
    named = patient_words().questionnaires.get(occasion, ())
    found = (knowledge.instruments[one] for one in named)
    return tuple(one for one in found if one.licence == "free" and one.item_texts)
