"""Which treatment of the knowledge a written one is."""

from __future__ import annotations

from kinechain.intake.drug_names import classes_inside
from kinechain.intake.names import Name
from kinechain.intake.naming import say_read
from kinechain.intake.reader import Reader, either
from kinechain.intake.tree import shown
from kinechain.intake.words_inside import every_inside, is_denied

SHORTEST_WORD = 4
"""Letters of a single word that can name a treatment inside a longer text."""
MOST_NAMED = 4
"""Treatments that are listed when a text can mean several."""


def treatment_meant(reader: Reader, text: str, line: int, key: str) -> str | None:
    """The id of the treatment that a text names; ``None``, with an issue, when it names none.

    By id, label or synonym; by such a name inside the text; by a drug that one treatment alone
    gives; or by an evident misspelling.
    """
    found = reader.names.look_up(text, ("treatment",))
    if len(found) == 1:
        say_read(reader, text, found[0], line, key)
        return found[0].id
    inside = found
    if not found and not is_denied(text):
        inside = every_inside(reader, text, "treatment", SHORTEST_WORD) or _giving(reader, text)
    if len(inside) == 1:
        say_read(reader, text, inside[0], line, key)
        return inside[0].id
    if inside:
        ids = [name.id for name in inside[:MOST_NAMED]]
        words = [f"{name.id} ({name.label})" for name in inside[:MOST_NAMED]]
        words += ["another"] if len(inside) > MOST_NAMED else []
        reader.report(
            "warning",
            line,
            key,
            f"The treatment must be unambiguous. Got {shown(text)!r}, which may be "
            f"{either(words)}; it is kept as text.",
            f"write the one that was given ({either(ids)}), or an entry for each",
        )
        return None
    return _unknown(reader, text, line, key)


def _giving(reader: Reader, text: str) -> tuple[Name, ...]:
    """The treatments that give a drug of the class that a text names."""
    classes = set(classes_inside(reader, text))
    if not classes:
        return ()
    return tuple(
        Name("treatment", one.id, one.label, one.id, "id")
        for one in reader.knowledge.treatments.values()
        if classes.intersection(one.drug_classes)
    )


def _unknown(reader: Reader, text: str, line: int, key: str) -> str | None:
    meant = reader.names.guess(text, ("treatment",))
    if meant is not None:
        reader.report(
            "warning",
            line,
            key,
            f"The treatment must be known. Got {shown(text)!r}. It is read as {meant.id} for now.",
            f"did you mean {meant.id}?",
        )
        return meant.id
    near = reader.names.nearest(text, ("treatment",))
    reader.report(
        "info",
        line,
        key,
        f"The treatment {shown(text)!r} is not known; it is kept as text and does not count as "
        "one that was tried.",
        f"did you mean {either(list(near))}?"
        if near
        else "the ids are the names of the files in the folder data/treatments of the program",
    )
    return None
