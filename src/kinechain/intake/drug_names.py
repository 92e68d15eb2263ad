"""What the text of a drug means: its classes, all wider classes, and the traits that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kinechain.intake.names import Name, key_of
from kinechain.intake.reader import Reader
from kinechain.intake.tree import shown
from kinechain.intake.words_inside import every_inside, words_of

SHORTEST_MISSPELLED = 5
MOST_GUESSED = 3
"""Words of a drug's text of which a misspelling is looked for."""
LEAST_SHARE = 3
"""One in so many names of a trait, at least, are drugs of the class that the trait is about."""


def classes_inside(reader: Reader, text: str) -> tuple[str, ...]:
    """The classes of the drugs that a text names, a narrower name before a wider one."""
    return tuple(name.id for name in every_inside(reader, text, "drug_class"))


def with_wider(reader: Reader, classes: Iterable[str]) -> tuple[str, ...]:
    """Classes with all classes that they lie within, each once, the nearest first."""
    waiting, found = list(classes), dict[str, None]()
    while waiting:
        name = waiting.pop(0)
        if name not in found and name in reader.knowledge.drug_classes:
            found[name] = None
            waiting += reader.knowledge.drug_classes[name].within
    return tuple(found)


def misspelled_drug(reader: Reader, text: str) -> Name | None:
    """The drug of which some word of a text can only be a misspelling."""
    words = [word for word in words_of(text) if word.isalpha()]
    longer = [word for word in words if len(word) >= SHORTEST_MISSPELLED]
    for word in longer[:MOST_GUESSED]:
        name = reader.names.guess(word, ("drug_class",))
        if name is not None:
            return name
    return None


def traits_of(reader: Reader, classes: Iterable[str]) -> tuple[Name, ...]:
    """The traits that are about one of some classes: all its members have them, too.

    `anticoagulant` is about the class in which most of its names lie. A trait of which fewer
    than a third of the names are drugs of one class is about something else.
    """
    if reader.class_of_trait is None:
        reader.class_of_trait = _classes_of_traits(reader)
    wanted = set(classes)
    return tuple(
        Name("trait", name, reader.knowledge.traits[name].label, name, "id")
        for name, drugs in reader.class_of_trait.items()
        if drugs in wanted
    )


def _classes_of_traits(reader: Reader) -> dict[str, str]:
    """The class that each trait is about: the narrowest of those with the most of its names.

    A class is not considered when a class within it has none of the names: what makes bleeding
    likelier is more than what hinders clotting.
    """
    wider = {name: with_wider(reader, [name]) for name in reader.knowledge.drug_classes}
    found: dict[str, str] = {}
    for trait in reader.knowledge.traits.values():
        shared: Counter[str] = Counter()
        for word in {key_of(word): word for word in (trait.id, *trait.synonyms)}.values():
            direct = [one.id for one in reader.names.every(word, ("drug_class",))]
            shared.update(with_wider(reader, direct))
        too_wide = {up for name, above in wider.items() if name not in shared for up in above}
        fitting = [name for name in shared if name not in too_wide]
        if fitting:
            best = min(fitting, key=lambda name: (-shared[name], -len(wider[name]), name))
            if shared[best] * LEAST_SHARE >= len(trait.synonyms):
                found[trait.id] = best
    return found


def classes_of(reader: Reader, trait: Name) -> tuple[str, ...]:
    """The classes that have the id of a trait."""
    return tuple(one.id for one in reader.names.every(trait.id, ("drug_class",)))


def say_classes(reader: Reader, text: str, direct: tuple[str, ...], line: int, key: str) -> None:
    """Say which classes a text was read as, and which they lie within."""
    known = reader.knowledge.drug_classes
    wider = [name for name in with_wider(reader, direct) if name not in direct]
    read = " and ".join(f"{name} ({known[name].label})" for name in direct)
    more = f", which counts as {' and '.join(wider)} too" if wider else ""
    reader.report(
        "info",
        line,
        key,
        f"{shown(text)!r} was read as {read}{more}.",
        "write the exact name of the drug when that is not so",
    )
