"""Sentences and numbers of a gait report."""

from __future__ import annotations

import math
from typing import assert_never

from kinechain.gait.parameters.model import DEFINITIONS
from kinechain.gait.parameters.norms import Norm
from kinechain.report.gait.model import Ground, Owner
from kinechain.report.labels import NO_BREAK, clean

GAIT_INTENDED_USE = (
    "Measures how somebody walks, beside published norms, for clinicians and therapists. It is "
    "no diagnosis: a deviation may have many causes, or none that matters. A finding counts only "
    "when a clinician has confirmed it."
)
NOTHING_DEVIATES = "Every measure that has a norm and is judged lies within it."
NOTHING_COMPARED = "No measure has a norm that fits, so nothing is compared."
NO_BREAK_MINUS = "\N{MINUS SIGN}"
DIGITS = {"s": 2, "m": 2, "m/s": 2, "steps/min": 0, "deg": 1, "Nm/kg": 2, "% of the cycle": 1,
          "% leg length": 1, "%": 1, "1": 2, "body weight": 2, "mm/(steps/min)": 2,
          "Nm s/kg": 2}  # fmt: skip
UNITS = {"deg": "°", "1": "", "% of the cycle": "% of cycle"}
FAR = 3.0


def unit_words(unit: str) -> str:
    """A unit as a reader wants it.

    Parameters
    ----------
    unit
        As measures and series give it.

    Examples
    --------
    >>> unit_words("deg"), unit_words("m/s"), unit_words("1")
    ('°', 'm/s', '')
    """
    return UNITS.get(unit, clean(unit))


def number(value: float, unit: str) -> str:
    """A value with the digits that its unit deserves and a real minus sign.

    Parameters
    ----------
    value, unit
        Of a measure or curve.

    Examples
    --------
    >>> number(-12.34, "deg"), number(1.2345, "m/s"), number(0.0012345, "kg"), number(-0.01, "deg")
    ('−12.3', '1.23', '0.00123', '0.0')
    """
    if math.isnan(value):
        return "–"
    digits = DIGITS.get(unit)
    text = f"{value:.3g}" if digits is None else f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", NO_BREAK_MINUS)


def spread_words(value: float, unit: str) -> str:
    """A standard deviation; one that would round to nothing keeps its first digit.

    Parameters
    ----------
    value, unit
        Of a measure.

    Examples
    --------
    >>> spread_words(0.0017, "s"), spread_words(0.14, "m/s"), spread_words(0.00001, "s")
    ('0.002', '0.14', '0')
    """
    digits = DIGITS.get(unit)
    if math.isnan(value) or digits is None or round(value, digits):
        return number(value, unit)
    return f"{value:.{digits + 1}f}" if round(value, digits + 1) else "0"


def with_unit(value: float, unit: str) -> str:
    """A value that does not leave its unit.

    Parameters
    ----------
    value, unit
        Of a measure or curve.

    Examples
    --------
    >>> with_unit(12.34, "deg"), with_unit(1.2345, "m/s").replace(NO_BREAK, " ")
    ('12.3°', '1.23 m/s')
    """
    words = unit_words(unit)
    gap = "" if words in ("°", "") else NO_BREAK
    return f"{number(value, unit)}{gap}{words}"


def signed(value: float) -> str:
    """A z-score or index with its sign.

    Parameters
    ----------
    value
        Any.

    Examples
    --------
    >>> signed(2.34), signed(-0.04)
    ('+2.3', '0.0')
    """
    text = f"{value:+.1f}"
    return text[1:] if float(text) == 0 else text.replace("-", NO_BREAK_MINUS)


def label_of(name: str) -> str:
    """A parameter in words.

    Parameters
    ----------
    name
        Of the measure.

    Examples
    --------
    >>> label_of("gait_speed"), label_of("some_new_measure")
    ('Walking speed', 'Some new measure')
    """
    known = DEFINITIONS.get(name)
    return known.label if known else clean(name).replace("_", " ").capitalize()


def unit_of(name: str) -> str:
    """A parameter's unit; empty where it is not known.

    Parameters
    ----------
    name
        Of the measure.
    """
    known = DEFINITIONS.get(name)
    return known.unit if known else ""


def lower(label: str) -> str:
    """A label within a sentence; an abbreviation keeps its capitals.

    Parameters
    ----------
    label
        Any.

    Examples
    --------
    >>> lower("Walking speed"), lower("L5/S1 moment")
    ('walking speed', 'L5/S1 moment')
    """
    return label if label[1:2].isupper() or label[1:2].isdigit() else label[:1].lower() + label[1:]


def norm_words(norm: Norm | None, unit: str, *, named: bool = True) -> str:
    """A norm's mean and standard deviation; empty without one.

    Parameters
    ----------
    norm, unit
        What is compared with, in its unit.
    named
        Whether the unit stands behind it.
    """
    if norm is None or norm.mean is None:
        return ""
    spread = f"{NO_BREAK}±{NO_BREAK}{number(norm.sd, unit)}" if norm.sd else ""
    words = unit_words(unit) if named else ""
    return f"{number(norm.mean, unit)}{spread}{'' if words in ('°', '') else NO_BREAK}{words}"


def population_words(norm: Norm) -> str:
    """Who the people of a norm were.

    Parameters
    ----------
    norm
        What is compared with.
    """
    parts = [clean(norm.population)]
    if norm.sex is not None:
        parts.append("women" if norm.sex == "female" else "men")
    if norm.age_from_years is not None and norm.age_to_years is not None:
        parts.append(f"{norm.age_from_years:g} to {norm.age_to_years:g} years")
    if norm.n is not None:
        parts.append(f"n {norm.n}")
    if not norm.documented:
        return f"{', '.join(parts)} (the source does not say who they were)"
    return ", ".join(parts)


def direction(z: float) -> str:
    """Where a value lies, from its z-score.

    Parameters
    ----------
    z
        In standard deviations of the norm.

    Examples
    --------
    >>> direction(-3.4), direction(2.1)
    ('far below', 'above')
    """
    word = "above" if z > 0 else "below"
    return f"far {word}" if abs(z) >= FAR else word


def side_words(side: str) -> str:
    """A side as it stands behind a comma; empty where there is none.

    Parameters
    ----------
    side
        Of a measure or finding.
    """
    return side if side in ("left", "right") else ""


def ground_words(ground: Ground, plates: int, *, model: bool) -> str:
    """Where the forces of the ground come from, and what follows.

    Parameters
    ----------
    ground
        Measured, estimated or not known.
    plates
        How many were recorded.
    model
        Whether a model was solved.
    """
    named = "one force plate" if plates == 1 else f"{plates} force plates"
    match ground:
        case "plates":
            return f"measured by {named}" + ("" if model else "; moments need a model")
        case "estimated":
            missing = "" if plates == 0 else f" where {named} did not measure them"
            return f"estimated from the motion{missing}, so that moments are less sure"
        case "none":
            return "not known, so there are no moments"
        case _:
            assert_never(ground)


def person_words(age_years: float | None, sex: str | None) -> str:
    """Age and sex; empty where neither was given.

    Parameters
    ----------
    age_years, sex
        As given.

    Examples
    --------
    >>> person_words(50, "female"), person_words(None, None)
    ('50 years, female', '')
    """
    age = "" if age_years is None else f"{age_years:g} years"
    return ", ".join(part for part in (age, clean(sex or "")) if part)


def counted(count: int, thing: str) -> str:
    """A number of things; the plural takes an s.

    Parameters
    ----------
    count, thing
        How many of what.

    Examples
    --------
    >>> counted(1, "cycle"), counted(3, "cycle")
    ('1 cycle', '3 cycles')
    """
    return f"{count} {thing}{'' if count == 1 else 's'}"


def owner(side: str) -> Owner:
    """A side as the drawings know it.

    Parameters
    ----------
    side
        Of a measure or finding; anything but left and right is both.
    """
    return "left" if side == "left" else "right" if side == "right" else "both"
