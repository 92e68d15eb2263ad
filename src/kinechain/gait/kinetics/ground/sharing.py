"""Which foot bears how much in every frame of a walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.events.model import SIDES
from kinechain.gait.gaps import runs
from kinechain.gait.kinetics.ground.balance import (
    LEAST_N,
    SHARE_SPREAD,
    Balanced,
    FootWrench,
    Wrench,
    balance,
    passing_over,
    smooth_step,
)
from kinechain.gait.kinetics.ground.foot import (
    FootPlace,
    UsualLoad,
    ground_height,
    under_foot,
    usual_load,
)

if TYPE_CHECKING:
    from kinechain.gait.events.model import Side
    from kinechain.gait.kinetics.ground.method import GroundMethod
    from kinechain.gait.kinetics.ground.support import BoolArray, FootSupport
    from kinechain.gait.recording import FloatArray

# The filter has no neighbours beyond the ends of a motion: cutting recordings in their middle
# changed the forces there by 16 N and more within 0.04 s of the cut, by 9 N and less after 0.06 s.
EDGE_S = 0.06
# Judgement: in walking both feet together never bear less than a fifth of the weight or more than
# twice the weight, and the ground never pushes sideways with half of what it bears. Forces beyond
# that come from markers that jump.
BEARABLE_N_PER_KG = (2.0, 20.0)
STEEPEST = 0.5


@dataclass(frozen=True, eq=False)
class Feet:
    """Both feet in the axes forward, up, right; arrays over the frames, by side.

    Attributes
    ----------
    place, support
        Where each is, and whether it stands.
    measured, covered
        What plates measured, zero elsewhere, and in which frames they did.
    """

    place: dict[Side, FootPlace]
    support: dict[Side, FootSupport]
    measured: dict[Side, FootWrench]
    covered: dict[Side, BoolArray]

    def bears(self, side: Side) -> BoolArray:
        """Frames in which a foot stands and no plate tells what it bears.

        Parameters
        ----------
        side
            Which foot.
        """
        return self.support[side].on & self.support[side].known & ~self.covered[side]


@dataclass(frozen=True, eq=False)
class DoubleSupport:
    """Both feet on the ground, without plates.

    Attributes
    ----------
    first, last
        Frames.
    trail, lead
        The foot that came first, and the other.
    over
        Share of it that is over in each of its frames.
    """

    first: int
    last: int
    trail: Side
    lead: Side
    over: FloatArray

    @property
    def frames(self) -> slice:
        """All of them."""
        return slice(self.first, self.last + 1)


def double_supports(feet: Feet, times_s: FloatArray) -> tuple[DoubleSupport, ...]:
    """Those in which plates measured neither foot.

    Parameters
    ----------
    feet
        Both feet.
    times_s
        Shape (n,), s.
    """
    found: list[DoubleSupport] = []
    starts = {side: feet.support[side].start_s for side in SIDES}
    for first, last in runs(feet.bears("left") & feet.bears("right")):
        pair: tuple[Side, Side] = ("left", "right")
        trail, lead = pair if starts["right"][first] > starts["left"][first] else pair[::-1]
        start, end = starts[lead][first], feet.support[trail].end_s[first]
        over = (times_s[first : last + 1] - start) / max(end - start, 1e-9)
        found.append(DoubleSupport(first, last, trail, lead, np.clip(over, 0.0, 1.0)))
    return tuple(found)


def certain_frames(
    feet: Feet, times_s: FloatArray, specific: FloatArray, doubles: tuple[DoubleSupport, ...]
) -> BoolArray:
    """Frames in which an estimate can be made.

    The motion is to be believed, it is known of both feet whether they stand, and in double
    support each bears all by itself on its own side of it.

    Parameters
    ----------
    feet, times_s
        Both feet, and the frames' times, s.
    specific
        Shape (n, 3): force on both feet over the body's mass, N/kg.
    doubles
        As :func:`double_supports` gives them.
    """
    certain = (times_s >= times_s[0] + EDGE_S) & (times_s <= times_s[-1] - EDGE_S)
    up, least, most = specific[:, 1], *BEARABLE_N_PER_KG
    certain &= (up > least) & (up < most)
    certain &= np.hypot(specific[:, 0], specific[:, 2]) < STEEPEST * up
    for side in SIDES:
        certain &= feet.support[side].known | feet.covered[side]
    alone = {
        side: certain & feet.bears(side) & ~feet.bears(other)
        for side, other in zip(SIDES, SIDES[::-1], strict=True)
    }
    for one in doubles:
        before, after = one.first - 1, one.last + 1
        whole = before >= 0 and after < len(certain)
        if not (whole and alone[one.trail][before] and alone[one.lead][after]):
            certain[one.frames] = False
    return certain


def share_out(
    total: Wrench, feet: Feet, times_s: FloatArray, mass_kg: float, method: GroundMethod, *,
    exact: bool,
) -> tuple[dict[Side, FootWrench], BoolArray]:  # fmt: skip
    """Each foot's wrench, and the frames in which estimates could be made.

    Parameters
    ----------
    total
        What both feet bear.
    feet, times_s
        Both feet, and the frames' times, s.
    mass_kg
        The body's.
    method
        The figures.
    exact
        Hold the total exactly.
    """
    rest = total
    for side in SIDES:
        rest = rest.without(feet.measured[side])
    doubles = double_supports(feet, times_s)
    certain = certain_frames(feet, times_s, total.force_N / mass_kg, doubles)
    height = ground_height(tuple(feet.place.values()))
    usual: dict[Side, UsualLoad] = {
        side: usual_load(feet.place[side], feet.support[side].phase(times_s), method)
        for side in SIDES
    }
    found = _balanced(rest, feet, usual, doubles, height, mass_kg, None if exact else method)
    points: dict[Side, FloatArray] = dict(zip(SIDES, found.point_m, strict=True))
    if not exact:
        points = {side: under_foot(points[side], feet.place[side]) for side in SIDES}
    forces = _forces(rest, found, points, [one for one in doubles if certain[one.first]], height)
    trust = 1.0 if exact else method.free_moment_share
    own = _whole(rest, forces, points, found.share, height, trust)
    for side in SIDES:
        here, plate = (feet.bears(side) & certain)[:, None], feet.measured[side]
        own[side] = FootWrench(
            np.where(here, own[side].force_N, plate.force_N),
            np.where(here, own[side].point_m, plate.point_m),
            np.where(here, own[side].moment_Nm, plate.moment_Nm),
        )
    return own, certain


def _balanced(
    rest: Wrench,
    feet: Feet,
    usual: dict[Side, UsualLoad],
    doubles: tuple[DoubleSupport, ...],
    height: float,
    mass_kg: float,
    method: GroundMethod | None,
) -> Balanced:
    share = np.where(feet.bears("right"), 1.0, 0.0)
    spread = np.zeros(len(share))
    for one in doubles:
        leading = smooth_step(one.over)
        share[one.frames] = leading if one.lead == "right" else 1.0 - leading
        spread[one.frames] = SHARE_SPREAD * (4.0 * one.over * (1.0 - one.over)) ** 2
    pair = (usual["left"], usual["right"])
    return balance(rest, pair, (share, spread), height, mass_kg, method)


def _forces(
    rest: Wrench,
    found: Balanced,
    points: dict[Side, FloatArray],
    doubles: list[DoubleSupport],
    height: float,
) -> dict[Side, FloatArray]:
    """Both feet's forces, shape (n, 3) each."""
    up = np.clip(rest.force_N[:, 1], 0.0, None)
    horizontal = np.where(up[:, None] > 0.0, found.horizontal_N, 0.0)
    slope = horizontal / np.maximum(up, LEAST_N)[:, None]
    part: dict[Side, FloatArray] = {"left": 1.0 - found.share, "right": found.share}
    forces: dict[Side, FloatArray] = {}
    for side in SIDES:
        forces[side] = np.column_stack([horizontal[:, 0], up, horizontal[:, 1]])
        forces[side] *= part[side][:, None]
    for one in doubles:
        here = one.frames
        # the frame before it as well, against which the leg's lean is taken
        longer = slice(one.first - 1, one.last + 1)
        about, foot = rest.about_m[longer], points[one.trail][longer]
        lean = (about[:, 0] - foot[:, 0]) / (about[:, 1] - height)
        own = passing_over(
            one.over,
            (forces[one.trail][here, 1], forces[one.lead][here, 1]),
            horizontal[here],
            (slope[one.first - 1], slope[one.last + 1]),
            lean[1:] - lean[0],
        )
        forces[one.trail][here, ::2] = own
        forces[one.lead][here, ::2] = horizontal[here] - own
    return forces


def _whole(
    rest: Wrench,
    forces: dict[Side, FloatArray],
    points: dict[Side, FloatArray],
    share: FloatArray,
    height: float,
    trust: float,
) -> dict[Side, FootWrench]:
    """Forces at their points, with the free moment that is left over."""
    found: dict[Side, FootWrench] = {}
    left = rest
    for side in SIDES:
        point = np.insert(points[side], 1, height, axis=1)
        found[side] = FootWrench(forces[side], point, np.zeros_like(point))
        left = left.without(found[side])
    parts: dict[Side, FloatArray] = {"left": 1.0 - share, "right": share}
    for side, part in parts.items():
        found[side].moment_Nm[:, 1] = trust * part * left.moment_Nm[:, 1]
    return found
