"""Published doses: by how much a change altered a load in people who were studied.

One file for each in `kinechain/data/load_doses`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, get_args

import msgspec

from kinechain.gait.errors import GaitError
from kinechain.gait.parameters.model import DEFINITIONS
from kinechain.gait.what_if.asked import Kind
from kinechain.gait.yaml_file import read_yaml

FOLDER = Path(__file__).parents[2] / "data" / "load_doses"

Effect = Literal[
    "percent", "percent_per_unit", "newton_per_unit", "standardised", "none", "direction"
]

OTHER_LOADS = {
    "knee_compressive_force": "Knee, force on the joint surfaces",
    "hip_contact_force": "Hip, force on the joint surfaces",
    "hip_contact_force_heel_strike": "Hip, force on the joint surfaces at heel strike",
    "forefoot_peak_pressure": "Forefoot, peak pressure",
    "leg_joint_moments": "Hip, knee and ankle, largest moments",
    "short_leg_ground_force": "Short leg, force of the ground",
}
"""Loads that were studied and that no motion gives, with their names for people."""


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the dose was compared with.

    Attributes
    ----------
    text
        In words.
    amount
        In the dose's unit; none where the study has no amounts.
    """

    text: str
    amount: float | None = None


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One studied amount and its effect.

    Attributes
    ----------
    value, low, high
        The effect; `interval` of the dose says what low and high are.
    amount
        In the dose's unit; none where the study does not state it, and for a slope.
    """

    value: float
    amount: float | None = None
    low: float | None = None
    high: float | None = None


class DoseSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A publication that was opened."""

    title: str
    journal_or_body: str
    year: int
    url: str
    type: str
    doi: str = ""


class Dose(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """By how much one change altered one load in one study.

    Attributes
    ----------
    change, load
        What changed, and the load: a measure, or one of `OTHER_LOADS`.
    effect
        How `points` tell it: in per cent of the load before; per cent or newton for each unit;
        in standard deviations (`unit` says whose); no significant change; or a mere direction.
    unit
        Of the amounts; of the effect where it is standardised.
    towards
        Whether it holds for more or for less of the change: ``less`` is toe-in.
    studied_percent_of_mass
        Largest change of body mass that was studied, where the amounts are masses.
    certainty, certainty_reason
        How far it can be relied on, and who says so.
    """

    dose: str
    change: Kind
    load: str
    effect: Effect
    control: Control
    points: tuple[Point, ...]
    population: str
    design: Literal["crossover", "cohort", "cross_sectional", "case_series", "meta_analysis"]
    certainty: Literal["moderate", "low", "very_low"]
    certainty_reason: str
    where: str
    source: DoseSource
    unit: str = ""
    interval: str = ""
    towards: Literal["more", "less"] = "more"
    sex: Literal["female", "male"] | None = None
    age_from_years: float | None = None
    age_to_years: float | None = None
    studied_percent_of_mass: float | None = None
    n: int | None = None
    note: str = ""

    @property
    def load_label(self) -> str:
        """The load's name for people."""
        known = DEFINITIONS.get(self.load)
        return known.label if known else OTHER_LOADS[self.load]

    def unlike(self, age_years: float | None, sex: str | None) -> str:
        """Why the people studied differ from this one; empty when nothing says so.

        Parameters
        ----------
        age_years, sex
            The person's; None where not known.
        """
        found: list[str] = []
        if self.sex is not None and sex is not None and sex != self.sex:
            found.append("women only" if self.sex == "female" else "men only")
        if age_years is not None and self.age_from_years is not None:
            assert self.age_to_years is not None, "checked when read"
            if not self.age_from_years <= age_years < self.age_to_years:
                found.append(f"people of {self.age_from_years:g} to {self.age_to_years:g} years")
        return f"Studied in {' and '.join(found)}." if found else ""


def read_dose(path: Path) -> Dose:
    """Read one dose.

    Parameters
    ----------
    path
        The YAML file; its name is the dose's.

    Raises
    ------
    GaitError
        When the file is not of the form or contradicts itself.
    """
    try:
        dose = msgspec.convert(read_yaml(path), Dose)
    except msgspec.ValidationError as error:
        raise GaitError(str(path), f"It cannot be read ({error}).", "Correct the file.") from None
    for field, wrong, remedy in _faults(dose, path.stem):
        raise GaitError(f"{path}, {field!r}", wrong, remedy)
    return dose


def _faults(dose: Dose, stem: str) -> list[tuple[str, str, str]]:
    """Field, fault and remedy of everything that contradicts itself."""
    found: list[tuple[str, str, str]] = []
    if dose.dose != stem:
        found.append(("dose", f"It must be {stem!r}. Got {dose.dose!r}.", "Rename it."))
    if dose.load not in DEFINITIONS and dose.load not in OTHER_LOADS:
        found.append(("load", f"There is no load {dose.load!r}.", "Name a known load."))
    if not dose.points:
        found.append(("points", "It must have at least one.", "Add the studied effect."))
    if (dose.age_from_years is None) != (dose.age_to_years is None):
        found.append(("age_from_years", "Both ages or none must be given.", "Add the other."))
    if dose.effect == "standardised" and not dose.unit:
        found.append(("unit", "It must say which standardised effect it is.", "Add it."))
    return found + _wrong_points(dose)


def _wrong_points(dose: Dose) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    amounts = [one.amount for one in dose.points]
    stated = [one for one in amounts if one is not None]
    slope = dose.effect in ("percent_per_unit", "newton_per_unit")
    if any(one.low is not None or one.high is not None for one in dose.points):
        if not dose.interval:
            found.append(("interval", "It must say what low and high are.", "Add it."))
        found += [
            ("points", "Low, value and high must rise.", "Correct them.")
            for one in dose.points
            if one.low is None or one.high is None or not one.low <= one.value <= one.high
        ]
    if slope and (len(dose.points) != 1 or stated):
        found.append(("points", "A slope has one point without an amount.", "Correct them."))
    if slope and dose.studied_percent_of_mass is None:
        found.append(("studied_percent_of_mass", "A slope must say how far it goes.", "Add it."))
    if stated and (len(stated) < len(amounts) or dose.control.amount is None or not dose.unit):
        found.append(("points", "Amounts need a unit, and one of the control.", "Add them."))
    if not stated and len(amounts) > 1:
        found.append(("points", "Several points need their amounts.", "Add them."))
    less = dose.towards == "less"
    if dose.control.amount is not None and any(
        (one < dose.control.amount) != less or one == dose.control.amount for one in stated
    ):
        found.append(("points", "Amounts must lie on the side that 'towards' says.", "Correct."))
    return found


@cache
def doses() -> tuple[Dose, ...]:
    """The shipped doses, by name."""
    return tuple(read_dose(path) for path in sorted(FOLDER.glob("*.yaml")))


def doses_of(change: Kind, *, less: bool = False) -> tuple[Dose, ...]:
    """The doses of one change.

    Parameters
    ----------
    change
        What changes.
    less
        Whether less of it is asked for: toes in, or a trunk that leans away.
    """
    assert change in get_args(Kind), "one of the kinds"
    wanted = "less" if less and change != "body_mass" else "more"
    return tuple(one for one in doses() if one.change == change and one.towards == wanted)
