"""Every quantity that a trial gives over time, under one name for table, report and findings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinechain.gait.events.cycles import Cycle
from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.kinetics.inverse import with_couplers
from kinechain.gait.parameters.curves import CycleCurves, cycle_curves
from kinechain.gait.parameters.model import Whose
from kinechain.gait.recording import FloatArray
from kinechain.gait.solution import Solved


@dataclass(frozen=True, eq=False)
class Series:
    """One quantity over time.

    Attributes
    ----------
    name
        Snake case; a coordinate's or a generalised force's is the model's own.
    label, unit
        For people.
    side
        Whose; ``both`` for the trunk and pelvis, which are cut into the cycles of either leg.
    times_s, values
        Both of shape (n,); NaN where it is not known.
    """

    name: str
    label: str
    unit: str
    side: Whose
    times_s: FloatArray
    values: FloatArray

    def over_cycles(self, cycles: tuple[Cycle, ...]) -> tuple[CycleCurves, ...]:
        """The series on 101 points of each cycle that it covers, one group per leg.

        Parameters
        ----------
        cycles
            The trial's cycles.
        """
        sides: tuple[Side, ...] = SIDES if self.side == "both" else (self.side,)
        cut = (cycle_curves(self.name, self.times_s, self.values, cycles, side) for side in sides)
        return tuple(one for one in cut if len(one.curves))


def side_of(name: str) -> Whose:
    """The side that a coordinate's name ends in, as OpenSim's models write it.

    Parameters
    ----------
    name
        ``knee_angle_r`` or ``knee_angle_r_moment`` for example.
    """
    stem = name.removesuffix("_moment").removesuffix("_force")
    return "left" if stem.endswith("_l") else "right" if stem.endswith("_r") else "both"


def model_series(solved: Solved) -> tuple[Series, ...]:
    """Every coordinate, and every generalised force over body mass where they are known.

    Parameters
    ----------
    solved
        Couplers' shares are moved to the coordinates that they follow.
    """
    model, motion = solved.model, solved.motion
    found: list[Series] = []
    for number, one in enumerate(model.coordinates):
        angle = one.motion == "rotational"
        values = motion.values[:, number]
        found.append(
            Series(
                one.name,
                one.name,
                "deg" if angle else "m",
                side_of(one.name),
                motion.times_s,
                np.degrees(values) if angle else values,
            )
        )
    if solved.kinetics is not None:
        whole = with_couplers(model, motion, solved.kinetics.generalised) / model.mass_kg
        for number, name in enumerate(solved.kinetics.names):
            unit = "Nm/kg" if name.endswith("moment") else "N/kg"
            found.append(Series(name, name, unit, side_of(name), motion.times_s, whole[:, number]))
    return tuple(found)
