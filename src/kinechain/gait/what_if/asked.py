"""The changes that can be asked for, and what each must be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kinechain.gait.errors import GaitError
from kinechain.gait.events.model import SIDES, Side

Kind = Literal[
    "body_mass", "toe_out", "trunk_lean", "cane", "heel_height", "lift", "barefoot", "lateral_wedge"
]
LARGEST_ANGLE_DEG = 30.0
LARGEST_CANE_PERCENT = 30.0


@dataclass(frozen=True)
class Angles:
    """One angle for each leg, deg; 0 where nothing changes."""

    left: float = 0.0
    right: float = 0.0

    def of(self, side: Side) -> float:
        """The angle of one leg, deg.

        Parameters
        ----------
        side
            Which leg.
        """
        return self.left if side == "left" else self.right

    @property
    def sides(self) -> tuple[Side, ...]:
        """The legs for which something changes."""
        return tuple(side for side in SIDES if self.of(side) != 0.0)


@dataclass(frozen=True)
class Cane:
    """A cane.

    Attributes
    ----------
    hand
        The hand that holds it; it supports the other leg.
    percent_body_weight
        Largest force on it.
    """

    hand: Side
    percent_body_weight: float

    @property
    def leg(self) -> Side:
        """The leg that it supports."""
        return "left" if self.hand == "right" else "right"


@dataclass(frozen=True)
class Lift:
    """A lift under one foot.

    Attributes
    ----------
    side, height_cm
        Under which foot, and how high.
    """

    side: Side
    height_cm: float


@dataclass(frozen=True)
class Changes:
    """Everything that is asked for at once.

    Attributes
    ----------
    body_mass_kg
        Gained; negative when lost.
    toe_out_deg
        By how much each foot turns outwards more than recorded; negative inwards.
    trunk_lean_deg
        By how much the trunk leans over each leg in its stance more than recorded; negative
        away from it.
    cane
        None without one.
    heel_height_cm
        Of the shoes, against flat ones.
    lift
        None without one.
    barefoot
        Instead of the person's shoes.
    lateral_wedge
        Insoles that are higher at the outer edge.

    Raises
    ------
    GaitError
        When a number cannot be meant.
    """

    body_mass_kg: float = 0.0
    toe_out_deg: Angles = field(default_factory=Angles)
    trunk_lean_deg: Angles = field(default_factory=Angles)
    cane: Cane | None = None
    heel_height_cm: float = 0.0
    lift: Lift | None = None
    barefoot: bool = False
    lateral_wedge: bool = False

    def __post_init__(self) -> None:
        for name, angles in (("toe-out", self.toe_out_deg), ("trunk lean", self.trunk_lean_deg)):
            for side in SIDES:
                _within(name, angles.of(side), -LARGEST_ANGLE_DEG, LARGEST_ANGLE_DEG, "degrees")
        if self.cane is not None:
            share = self.cane.percent_body_weight
            _within("cane", share, 0.0, LARGEST_CANE_PERCENT, "per cent of body weight")
        _within("heel height", self.heel_height_cm, 0.0, 15.0, "cm")
        if self.lift is not None:
            _within("lift", self.lift.height_cm, 0.0, 6.0, "cm")
        if self.barefoot and self.heel_height_cm > 0.0:
            raise GaitError(
                "what-if",
                "Nobody is barefoot and in heels at once.",
                "Ask for one of the two.",
            )

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What changes, those that are recomputed first."""
        given: dict[Kind, bool] = {
            "heel_height": self.heel_height_cm > 0.0,
            "lift": self.lift is not None and self.lift.height_cm > 0.0,
            "barefoot": self.barefoot,
            "lateral_wedge": self.lateral_wedge,
        }
        return (*self.recomputed_kinds, *(kind for kind, asked in given.items() if asked))

    @property
    def recomputed_kinds(self) -> tuple[Kind, ...]:
        """What changes and can be recomputed, in the order in which it is applied."""
        given: dict[Kind, bool] = {
            "body_mass": self.body_mass_kg != 0.0,
            "toe_out": bool(self.toe_out_deg.sides),
            "trunk_lean": bool(self.trunk_lean_deg.sides),
            "cane": self.cane is not None and self.cane.percent_body_weight > 0.0,
        }
        return tuple(kind for kind, asked in given.items() if asked)


def _within(name: str, value: float, low: float, high: float, unit: str) -> None:
    if not low <= value <= high:
        raise GaitError(
            f"what-if, {name}",
            f"It must be from {low:g} to {high:g} {unit}. Got {value:g}.",
            "Ask for less.",
        )
