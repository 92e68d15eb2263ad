"""Reads measured values with their units, sides and dates."""

from __future__ import annotations

from kinechain.domain.case import Measurement, Side
from kinechain.domain.concepts import Finding, Quantity, Trait
from kinechain.intake.amounts import amount
from kinechain.intake.derive import quantity_of
from kinechain.intake.names import key_of
from kinechain.intake.naming import named
from kinechain.intake.reader import Reader
from kinechain.intake.recorded import SIDE_OF
from kinechain.intake.tree import Entry, Mapping, Node, as_list, shown

KEYS: dict[str, tuple[str, ...]] = {
    "quantity": ("name", "id"), "value": (), "unit": ("units",), "side": (), "on": ("date", "day"),
}  # fmt: skip
_PROPER = {key_of(word) for key, words in KEYS.items() for word in (key, *words)}
EVERYWHERE = "systemic"


def read_values(reader: Reader, node: Node) -> list[Measurement]:
    """Read the part `values` of a case: a list or a mapping of quantities with values."""
    measured: list[Measurement] = []
    for one in as_list(node):
        if not isinstance(one, Mapping):
            reader.wrong(
                one.line,
                "values",
                "entry of values",
                "a quantity with its value",
                "a list" if not hasattr(one, "value") else repr(shown(one.value)),  # type: ignore[union-attr]
                "for example esr: 14 mm/h",
            )
            continue
        if any(key_of(entry.key) == "quantity" for entry in one.entries) or all(
            key_of(entry.key) in _PROPER for entry in one.entries
        ):
            measured += _full(reader, one)
            continue
        beside = {"side": KEYS["side"], "on": KEYS["on"]}
        extra = [e for e in one.entries if key_of(e.key) in {"side", "on", "date", "day"}]
        fields = reader.fields(Mapping(extra, one.line), beside, "values.")
        for entry in one.entries:
            if entry not in extra:
                measured += _named(reader, entry, fields)
    return measured


def _full(reader: Reader, mapping: Mapping) -> list[Measurement]:
    fields = reader.fields(mapping, KEYS, "values.")
    name = None
    if "quantity" in fields:
        name = reader.text(fields["quantity"].value, "values.quantity", "quantity of a value")
    if name is None:
        reader.wrong(
            mapping.line,
            "values",
            "entry of values",
            "given a quantity",
            "none",
            "begin it with quantity:, esr for example",
        )
        return []
    inner = Mapping(
        [fields[key] for key in ("value", "unit") if key in fields], fields["quantity"].line
    )
    return _named(reader, Entry(name, fields["quantity"].line, inner), fields)


def _named(reader: Reader, entry: Entry, fields: dict[str, Entry]) -> list[Measurement]:
    found = named(reader, entry.key, entry.line, "values", ("quantity",), guess=True)
    if found.name is None:
        return []
    quantity = reader.knowledge.quantities[found.name.id]
    node = entry.value
    if isinstance(node, Mapping) and any(key_of(e.key) in {"side", "on"} for e in node.entries):
        inner = reader.fields(
            node, {key: KEYS[key] for key in KEYS if key != "quantity"}, f"values.{quantity.id}."
        )
        fields = {**fields, **inner}
        node = Mapping([inner[key] for key in ("value", "unit") if key in inner], node.line)
    value = amount(reader, node, quantity, f"values.{quantity.id}")
    if value is None:
        return []
    text = found.side
    if "side" in fields:
        text = reader.text(fields["side"].value, "values.side", f"side of {quantity.id}") or text
    on = (
        reader.day(fields["on"].value, "values.on", f"date of {quantity.id}")
        if "on" in fields
        else None
    )
    return [
        Measurement(quantity=quantity.id, value=value, side=side, on=on)
        for side in _sides(reader, quantity, text, entry.line)
    ]


def _sides(reader: Reader, quantity: Quantity, text: str | None, line: int) -> tuple[Side, ...]:
    has_sides = is_paired(reader, quantity.id)
    if text is None:
        if has_sides:
            reader.report(
                "warning",
                line,
                "values",
                f"The side of {quantity.id} should be left, right or both. None is given.",
                f"write {{quantity: {quantity.id}, value: ..., unit: ..., side: left}}",
            )
        return ("unknown",) if has_sides else ("midline",)
    side = SIDE_OF.get(key_of(text)) if text != "?" else "unknown"
    if side is None or (side == "midline" and has_sides):
        reader.wrong(
            line,
            "values.side",
            f"side of {quantity.id}",
            "left, right or both",
            repr(shown(text)),
            "choose one of them, or leave it out",
        )
        return ("unknown",) if has_sides else ("midline",)
    if side in ("left", "right", "both") and is_of_whole_body(reader, quantity.id):
        reader.wrong(
            line,
            "values.side",
            f"side of {quantity.id}",
            "left out, because it is measured for the whole body",
            side,
            "delete it",
        )
        return ("midline",)
    return ("left", "right") if side == "both" else (side,)


def is_paired(reader: Reader, quantity: str) -> bool:
    """Whether a finding that has two sides follows from a quantity."""
    return any(concept.sides == "paired" for concept in _followers(reader, quantity))


def is_of_whole_body(reader: Reader, quantity: str) -> bool:
    """Whether what follows from a quantity concerns the whole body."""
    followers = _followers(reader, quantity)
    return bool(followers) and all(
        concept.sides == "midline" and EVERYWHERE in concept.regions for concept in followers
    )


def _followers(reader: Reader, quantity: str) -> list[Finding | Trait]:
    if quantity not in reader.followers:
        knowledge = reader.knowledge
        reader.followers[quantity] = [
            concept
            for concept in (*knowledge.findings.values(), *knowledge.traits.values())
            if quantity_of(concept) == quantity
        ]
    return reader.followers[quantity]
