"""Reads what a case says of the person: size, setting, and how complete the drawing is."""

from __future__ import annotations

import re

from kinechain.intake.amounts import amount
from kinechain.intake.naming import resolve
from kinechain.intake.reader import Reader
from kinechain.intake.tree import Entry, Node, Text, shown

DRAWINGS = {"complete": ("true", "yes"), "partial": ("false", "no", "incomplete")}


def written_id(reader: Reader, node: Node) -> str:
    """The id that a case gives itself; empty when it gives none."""
    text = reader.text(node, "case", "id of a case")
    return shown(text, 80) if text else ""


def without_years(node: Node) -> Node:
    """An age without its unit, which can only be years."""
    if isinstance(node, Text):
        text = re.sub(
            r"(?<=[0-9])\s*(years?( old)?|y|yrs?)\.?$", "", node.value.strip(), flags=re.IGNORECASE
        )
        return Text(text, node.line, node.quoted)
    return node


def body_size(reader: Reader, fields: dict[str, Entry], name: str) -> float | None:
    """Height in metres or weight in kilograms, written in one of two ways."""
    fixed, unit = {"height": ("height_cm", "cm"), "weight": ("weight_kg", "kg")}[name]
    if name in fields and fixed in fields:
        reader.wrong(
            fields[fixed].line,
            fixed,
            f"{name} of a case",
            "written once",
            f"{name} and {fixed}",
            "delete one of them",
        )
    entry = fields.get(name) or fields.get(fixed)
    quantity = reader.knowledge.quantities.get(name)
    if (
        entry is None
        or quantity is None
        or (isinstance(entry.value, Text) and entry.value.is_empty)
    ):
        return None
    node = entry.value
    if name not in fields and isinstance(node, Text):
        node = Text(f"{node.value} {unit}", node.line)
    return amount(reader, node, quantity, name)


def seen_in(reader: Reader, node: Node) -> str | None:
    """Where the person is seen."""
    text = reader.text(node, "setting", "setting of a case")
    found = resolve(reader, text, node.line, "setting", ("setting",), guess=True) if text else None
    return found.id if found else None


def is_complete(reader: Reader, fields: dict[str, Entry]) -> bool:
    """Whether sites that are not listed are free of pain.

    Not when any part of the file was lost: the lost part may have been a site of pain.
    """
    entry = fields.get("drawing") or fields.get("drawing_complete")
    if entry is None:
        return False
    drawing = reader.choice(entry.value, entry.key, "drawing of a case", DRAWINGS)
    if drawing == "complete" and reader.lost_pain:
        reader.report(
            "warning",
            entry.line,
            entry.key,
            "The drawing is not taken as complete, "
            "because something in the file could not be read.",
            "correct the errors; then sites that are not listed count as free of pain",
        )
        return False
    return drawing == "complete"
