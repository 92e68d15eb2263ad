"""Values with units, and durations: from what people write to the unit used inside."""

from __future__ import annotations

import re

from kinechain.domain.concepts import Quantity
from kinechain.intake.reader import Reader
from kinechain.intake.tree import Mapping, Node, Text, shown

_PARTS = re.compile(
    r"\s*(?P<bound>[<>≤≥~]?=?)\s*(?P<number>[+-]?[0-9.,]*[0-9](?:[eE][+-]?[0-9]+)?|"
    r"[+-]?\.?(?:nan|inf|infinity))\s*(?P<unit>.*?)\s*",
    re.IGNORECASE | re.DOTALL,
)
WEEKS = {
    "day": 1 / 7, "days": 1 / 7, "d": 1 / 7, "week": 1.0, "weeks": 1.0, "wk": 1.0, "wks": 1.0,
    "w": 1.0, "month": 365.25 / 84, "months": 365.25 / 84, "mo": 365.25 / 84, "year": 365.25 / 7,
    "years": 365.25 / 7, "y": 365.25 / 7, "yr": 365.25 / 7, "yrs": 365.25 / 7, "hour": 1 / 168,
    "hours": 1 / 168, "h": 1 / 168,
}  # fmt: skip
LONGEST_LIFE_YEARS = 120
OF_PAIN = "duration of the pain"


def amount(reader: Reader, node: Node, quantity: Quantity, key: str) -> float | None:
    """The value of a quantity in its inner unit.

    Parameters
    ----------
    reader
        Takes the issues.
    node
        ``88 mm/h``, or a mapping with `value` and `unit`.
    quantity
        What was measured; it knows the accepted units and the plausible range.
    key
        Where it stands, for issues.

    Returns
    -------
    float or None
        ``None`` when it cannot be used; the issue says why.
    """
    what = f"{quantity.label} of a case"
    if isinstance(node, Mapping):
        fields = reader.fields(node, {"value": (), "unit": ("units",)}, f"{key}.")
        if "value" not in fields:
            reader.wrong(node.line, key, what, "a value", "none", "write value: and unit:")
            return None
        number = reader.text(fields["value"].value, key, what) or ""
        unit = reader.text(fields["unit"].value, key, what) if "unit" in fields else None
        line, text = fields["value"].line, f"{number} {unit or ''}"
    else:
        text = reader.text(node, key, what)
        line = node.line
        if text is None:
            if isinstance(node, Text):
                reader.wrong(
                    line,
                    key,
                    what,
                    "a value with its unit",
                    "nothing",
                    "delete the line when it is not known",
                )
            return None
    return _converted(reader, text, line, quantity, key, what)


def _converted(
    reader: Reader, text: str, line: int, quantity: Quantity, key: str, what: str
) -> float | None:
    parts = _PARTS.fullmatch(text)
    if parts is None:
        reader.wrong(
            line,
            key,
            what,
            "a number with its unit",
            repr(shown(text.strip())),
            f"for example {_example(quantity)}",
        )
        return None
    value = reader.number_in(parts["number"], line, key, what)
    if value is None:
        return None
    factor = _factor(reader, value, parts["unit"], quantity, line, key, what)
    if factor is None:
        return None
    if parts["bound"]:
        reader.report(
            "info",
            line,
            key,
            f"The {what} {shown(text.strip())!r} was read as the value {value:g}.",
            "write the value itself if it is known",
        )
    inside = value * factor
    if not quantity.plausible_low <= inside <= quantity.plausible_high:
        reader.wrong(
            line,
            key,
            what,
            f"from {quantity.plausible_low / factor:g} to "
            f"{quantity.plausible_high / factor:g}{_unit_of(parts['unit'], quantity)}",
            shown(text.strip()),
            f"correct the value or its unit (accepted: {_units(quantity)})",
        )
        return None
    return inside


def _factor(
    reader: Reader, value: float, unit: str, quantity: Quantity, line: int, key: str, what: str
) -> float | None:
    """What a number in `unit` is multiplied by; ``None`` when the unit cannot be known."""
    if unit:
        factor = _known_factor(unit, quantity)
        if factor is None:
            reader.wrong(
                line,
                key,
                f"unit of the {what}",
                f"one of {_units(quantity)}",
                repr(shown(unit)),
                "convert the value to one of them",
            )
        return factor
    factors = set(quantity.units.values())
    if quantity.unit == "1" and value <= quantity.plausible_high:
        return 1.0
    fitting = [one for one in factors
               if quantity.plausible_low <= value * one <= quantity.plausible_high]  # fmt: skip
    if len(factors) > 1 and len(fitting) != 1:
        reader.wrong(
            line,
            key,
            what,
            f"given with its unit ({_units(quantity)})",
            f"{value:g}",
            f"for example {_example(quantity)}",
        )
        return None
    if not fitting:
        return factors.pop()  # what is wrong is the value; that is said next
    factor = fitting[0]
    taken = next(name for name, one in quantity.units.items() if one == factor)
    reader.report(
        "warning",
        line,
        key,
        f"The {what} should have a unit. {value:g} was read as {value:g} {taken}.",
        f"write {value:g} {taken}",
    )
    return factor


def _known_factor(unit: str, quantity: Quantity) -> float | None:
    if unit in quantity.units:
        return quantity.units[unit]
    folded = _folded(unit)
    factors = {one for name, one in quantity.units.items() if _folded(name) == folded}
    return factors.pop() if len(factors) == 1 else None


def _folded(unit: str) -> str:
    return unit.casefold().replace(" ", "").replace("μ", "u").replace("µ", "u")


def _units(quantity: Quantity) -> str:
    return ", ".join("no unit" if name == "1" else name for name in quantity.units)


def _unit_of(unit: str, quantity: Quantity) -> str:
    unit = unit or ("" if quantity.unit == "1" else quantity.unit)
    return f" {shown(unit)}" if unit else ""


def _example(quantity: Quantity) -> str:
    middle = min(quantity.plausible_high, max(quantity.plausible_low, 1.0) * 2)
    return f"{middle:g}{_unit_of('', quantity)}"


def duration_weeks(
    reader: Reader, node: Node, key: str, age_years: float | None, what: str = OF_PAIN
) -> float | None:
    """How long something has lasted, in weeks: ``6 weeks``, ``3 days``, ``2 months``."""
    text = reader.text(node, key, what)
    if text is None:
        return None
    parts = _PARTS.fullmatch(text)
    weeks = WEEKS.get(parts["unit"].casefold().rstrip(".")) if parts else None
    if parts is None or weeks is None:
        reader.wrong(
            node.line,
            key,
            what,
            "a number of days, weeks, months or years",
            repr(shown(text)),
            "for example 6 weeks",
        )
        return None
    value = reader.number_in(parts["number"], node.line, key, what)
    return None if value is None else lifetime(reader, value * weeks, node, key, age_years, what)


def lifetime(
    reader: Reader, weeks: float, node: Node, key: str, age_years: float | None,
    what: str = OF_PAIN,
) -> float | None:  # fmt: skip
    """A duration, unless it is negative or longer than the person's life."""
    longest = LONGEST_LIFE_YEARS if age_years is None else age_years + 1
    if 0 <= weeks <= longest * WEEKS["years"]:
        return weeks
    got = shown(node.value) if isinstance(node, Text) else f"{weeks:g} weeks"
    reader.wrong(
        node.line,
        key,
        what,
        "no longer than the person has lived",
        got,
        "correct it, or the age",
    )
    return None
