"""Reads the drugs that a person takes, and what the person is allergic to."""

from __future__ import annotations

import re

from kinechain.domain.case import Observation
from kinechain.intake.drug_names import (
    classes_inside,
    classes_of,
    misspelled_drug,
    say_classes,
    traits_of,
    with_wider,
)
from kinechain.intake.entries import each_named, named_entry
from kinechain.intake.factors import factor_called, note_factor
from kinechain.intake.names import Name, key_of
from kinechain.intake.reader import Reader
from kinechain.intake.recorded import Recorded
from kinechain.intake.tree import Node, shown
from kinechain.intake.words_inside import first_inside, is_denied

_DRUG = {"drug": ("name", "id", "medication"), "dose": ("daily",), "on": ("since", "date")}
_ALLERGY = {
    "allergy": ("name", "id", "to", "substance", "drug", "allergen"),
    "reaction": ("what happened",), "on": ("since", "date"),
}  # fmt: skip
_NONE = frozenset(
    key_of(text)
    for text in (
        "none", "no", "nil", "nothing", "no drugs", "no medication", "no medicines", "none known",
        "nil known", "nka", "nkda", "not known", "n/a", "no known allergies", "no allergies",
        "no known drug allergies",
    )
)  # fmt: skip
_DENYING = re.compile(r"\W*(?:no|not|none|nil|never|without|denies|nkd?a)\b", re.IGNORECASE)
_EXCEPTION = re.compile(
    r"\b(?:except(?:ing|ion)?|but|apart from|other than|besides|save|only|however)\b(?: for)?|[;,]",
    re.IGNORECASE,
)
_ALLERGIC = re.compile(
    r"\b(?:(?:is |known )?allerg(?:y|ic|ies)|hyper ?sensitiv(?:e|ity)|intoleran(?:ce|t))"
    r"(?: (?:to|against))?\b",
    re.IGNORECASE,
)


def read_drugs(reader: Reader, node: Node) -> tuple[tuple[str, ...], list[Recorded]]:
    """Read the part `drugs`: names, classes with all wider ones, and traits that follow."""
    names: list[str] = []
    recorded: dict[str, Recorded] = {}
    for one in each_named(node, _DRUG, "drug"):
        text, line = named_entry(reader, one, _DRUG, "drug", "drugs")
        if text is None or key_of(text) in _NONE:
            continue
        plain = _plain(text)
        names.append(plain)
        traits, classes = _meaning(reader, text, line)
        names += [*(trait.id for trait in traits), *classes]
        for trait in traits:
            seen = Observation(finding=trait.id, state="present", derived_from=f"drug {plain}")
            recorded.setdefault(trait.id, Recorded(seen, line, "drugs"))
    return tuple(dict.fromkeys(names)), list(recorded.values())


def _plain(text: str) -> str:
    return shown(text).casefold()


def _meaning(reader: Reader, text: str, line: int) -> tuple[tuple[Name, ...], tuple[str, ...]]:
    """The traits and all classes that a drug stands for, with what there is to say about it."""
    if is_denied(text) and not reader.names.every(text, ("trait", "drug_class")):
        allergy = "allerg" in text.casefold()
        reader.report(
            "info",
            line,
            "drugs",
            f"{shown(text)!r} was read as a drug that is not taken; it has no interactions.",
            "write it under allergies:" if allergy else "write its name alone if it is taken",
        )
        return (), ()
    traits = first_inside(reader, text, ("trait",))
    if len(traits) > 1:
        reader.report(
            "warning",
            line,
            "drugs",
            f"The meaning of {shown(text)!r} should be clear. It may "
            f"be {' or '.join(f'{name.id} ({name.label})' for name in traits)}; neither is "
            "used.",
            "write the one that is meant under findings, present:",
        )
    direct = classes_inside(reader, text)
    if not traits and not direct:
        direct = _unknown(reader, text, line)
    following = traits_of(reader, with_wider(reader, direct))
    traits = (
        () if len(traits) > 1 else tuple({one.id: one for one in (*traits, *following)}.values())
    )
    for trait in traits:
        reader.report(
            "info",
            line,
            "drugs",
            f"{shown(text)!r} was read as {trait.id} ({trait.label}).",
            f"write {trait.id} under findings, absent: when that is not so",
        )
        there = with_wider(reader, direct)
        direct = (*direct, *(one for one in classes_of(reader, trait) if one not in there))
    if direct and key_of(text) != key_of(direct[0]):
        say_classes(reader, text, direct, line, "drugs")
    return traits, with_wider(reader, direct)


def _unknown(reader: Reader, text: str, line: int) -> tuple[str, ...]:
    """The class of a misspelled drug; an unknown one is kept as text."""
    name = misspelled_drug(reader, text)
    if name is None:
        reader.report(
            "info",
            line,
            "drugs",
            f"The drug {shown(text)!r} is not known; it is kept as text, and its interactions "
            "cannot be checked.",
            "write the name of its active substance, or of its class",
        )
        return ()
    reader.report(
        "warning",
        line,
        "drugs",
        f"The drug must be known. Got {shown(text)!r}. It is read as {shown(name.text)} "
        f"({name.id}) for now.",
        "correct the spelling, or write the name of its active substance",
    )
    return (name.id,)


def read_allergies(reader: Reader, node: Node) -> tuple[str, ...]:
    """Read the part `allergies`: as written, with the classes of drugs and all wider ones.

    Wider ones, because who is allergic to one drug may react to its relatives. A name that is
    also a health factor is noted as one.
    """
    found: list[str] = []
    for one in each_named(node, _ALLERGY, "allergy"):
        text, line = named_entry(reader, one, _ALLERGY, "allergy", "allergies")
        if text is not None:
            found += _allergy(reader, text, line)
    return tuple(dict.fromkeys(found))


def _allergy(reader: Reader, text: str, line: int) -> tuple[str, ...]:
    factor = factor_called(reader, text)
    substance = _ALLERGIC.sub(" ", text).strip(" :-") or text
    direct = reader.names.every(text, ("drug_class",))
    if factor is None and not direct and (key_of(text) in _NONE or _DENYING.match(text)):
        exception = _EXCEPTION.split(text, maxsplit=1)[1:]
        if exception and key_of(exception[0]):
            return _allergy(reader, exception[0].strip(), line)
        reader.report(
            "info",
            line,
            "allergies",
            f"{shown(text)!r} was read as no allergy.",
            "write the substance alone if there is one",
        )
        return ()
    if factor is not None:
        note_factor(reader, factor, "present", line, "allergies")
    classes = classes_inside(reader, substance)
    if classes and key_of(substance) != key_of(classes[0]):
        say_classes(reader, text, classes, line, "allergies")
    elif not classes:
        classes = _unknown_allergy(reader, text, substance, line, factor)
    return _plain(text), *with_wider(reader, classes)


def _unknown_allergy(
    reader: Reader, text: str, substance: str, line: int, factor: Name | None
) -> tuple[str, ...]:
    """The class of a misspelled allergy; an unknown one is kept with a warning."""
    if factor is not None:
        reader.report(
            "info",
            line,
            "allergies",
            f"{shown(text)!r} was read as {factor.id} ({factor.label}).",
            f"write {factor.id} to be sure",
        )
        return ()
    name = misspelled_drug(reader, substance)
    if name is None:
        use = "It is kept as text, and cannot be checked against treatments"
    else:
        use = f"It is read as {shown(name.text)} ({name.id}) for now"
    reader.report(
        "warning",
        line,
        "allergies",
        f"The allergy must be to a known drug or class of drugs. Got {shown(text)!r}. {use}.",
        "write the name of the active substance, or of its class",
    )
    return (name.id,) if name else ()
