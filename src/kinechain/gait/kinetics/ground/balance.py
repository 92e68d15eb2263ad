"""The whole body's wrench shared out to the feet, by weighted least squares in every frame.

The axes are forward, up, right; everything is closed form, as arrays over the frames.

A wrench that acts on the ground at height y has its centre of pressure where the horizontal
moments vanish. With two feet this is the mean of the feet's two points, weighted by the vertical
forces, and so tells how they share: the trailing toes and the leading heel are half a metre
apart. Three things are believed with the spread that was measured (:class:`GroundMethod`): the
usual place of the load under each foot, the motion's own centre of pressure, and a smooth passing
over of the weight in double support. An error of the horizontal force acts high above the ground
and so moves the centre of pressure; seen the other way, a centre of pressure that is not where
the foot bears load tells of an error of the force, which is taken out as far as the spreads say.

References
----------
Karatsidis and others 2017 (doi 10.3390/s17010075), after Ren, Jones and Howard 2008: the total
wrench from whole-body motion, and a smooth transition in double support.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from kinechain.gait.kinetics.ground.foot import UsualLoad
    from kinechain.gait.kinetics.ground.method import GroundMethod
    from kinechain.gait.kinetics.ground.support import BoolArray
    from kinechain.gait.recording import FloatArray

LEAST_N = 20.0  # below it a force has no point of application of its own
# Judgement, chosen on the recordings that the errors were measured on, where they hardly matter:
# the share in the middle of double support; slopes (horizontal over vertical force) of the
# trailing and of the leading foot, fore-aft and sideways; and how far a trailing foot's slope
# follows the lean of the leg.
SHARE_SPREAD = 0.2
TRAILING_SPREAD, LEADING_SPREAD = (0.05, 0.02), (0.03, 0.10)
LEAN_GAIN = 1.5


@dataclass(frozen=True, eq=False)
class Wrench:
    """A force and the moment about a point.

    Attributes
    ----------
    force_N, moment_Nm, about_m
        Shape (n, 3) each.
    """

    force_N: FloatArray  # noqa: N815 - the unit's own letter
    moment_Nm: FloatArray  # noqa: N815
    about_m: FloatArray

    def without(self, other: FootWrench) -> Wrench:
        """What is left when a foot's wrench is taken away.

        Parameters
        ----------
        other
            The foot's.
        """
        arm = other.point_m - self.about_m
        taken = np.cross(arm, other.force_N) + other.moment_Nm
        return Wrench(self.force_N - other.force_N, self.moment_Nm - taken, self.about_m)

    def turned(self, turn: FloatArray) -> Wrench:
        """The same in other axes.

        Parameters
        ----------
        turn
            Shape (3, 3): rows are the other axes.
        """
        return Wrench(self.force_N @ turn.T, self.moment_Nm @ turn.T, self.about_m @ turn.T)


@dataclass(frozen=True, eq=False)
class FootWrench:
    """What the ground gives a foot.

    Attributes
    ----------
    force_N, point_m, moment_Nm
        Shape (n, 3) each; the moment is about the point.
    """

    force_N: FloatArray  # noqa: N815
    point_m: FloatArray
    moment_Nm: FloatArray  # noqa: N815

    def only(self, here: BoolArray) -> FootWrench:
        """The same in some frames, zero in the others.

        Parameters
        ----------
        here
            Shape (n,).
        """
        kept = here[:, None]
        return FootWrench(
            np.where(kept, self.force_N, 0.0),
            np.where(kept, self.point_m, 0.0),
            np.where(kept, self.moment_Nm, 0.0),
        )

    def turned(self, turn: FloatArray) -> FootWrench:
        """The same in other axes.

        Parameters
        ----------
        turn
            Shape (3, 3): rows are the other axes.
        """
        return FootWrench(self.force_N @ turn.T, self.point_m @ turn.T, self.moment_Nm @ turn.T)


@dataclass(frozen=True, eq=False)
class Balanced:
    """The vertical balance of both feet.

    Attributes
    ----------
    share
        Shape (n,): the right foot's part of the vertical force.
    point_m
        Left and right foot's points, shape (n, 2) each: forward, right.
    horizontal_N
        Shape (n, 2): the horizontal force, forward and right, with its likely error taken out.
    """

    share: FloatArray
    point_m: tuple[FloatArray, FloatArray]
    horizontal_N: FloatArray  # noqa: N815


def pressure_centre(wrench: Wrench, height_m: float) -> FloatArray:
    """Where the horizontal moments of a wrench vanish, shape (n, 2): forward, right.

    Parameters
    ----------
    wrench
        In the axes forward, up, right.
    height_m
        The ground's.
    """
    force, moment = wrench.force_N, wrench.moment_Nm
    up = np.maximum(force[:, 1], LEAST_N)
    arm = height_m - wrench.about_m[:, 1]
    return wrench.about_m[:, [0, 2]] + np.column_stack(
        [(moment[:, 2] + arm * force[:, 0]) / up, (arm * force[:, 2] - moment[:, 0]) / up]
    )


def balance(
    wrench: Wrench,
    usual: tuple[UsualLoad, UsualLoad],
    share: tuple[FloatArray, FloatArray],
    height_m: float,
    mass_kg: float,
    method: GroundMethod | None,
) -> Balanced:
    """Vertical share, points of application and horizontal force of every frame.

    Parameters
    ----------
    wrench
        What both feet bear together.
    usual
        Left and right foot's usual load.
    share
        The right foot's expected part of the vertical force, and its standard deviation; the
        latter is 0 where only one foot stands.
    height_m
        The ground's.
    mass_kg
        The body's.
    method
        None holds the wrench exactly: then the points alone give way.
    """
    left, right = usual
    expected, spread = share
    centre = pressure_centre(wrench, height_m)
    up = np.maximum(wrench.force_N[:, 1], LEAST_N)
    doubt, lever = np.zeros((len(up), 2, 2)), np.zeros((len(up), 2))
    if method is not None:
        force = mass_kg * np.array([method.force_fore_aft_N_per_kg, method.force_sideways_N_per_kg])
        moment = mass_kg * np.array(
            [method.moment_sagittal_Nm_per_kg, method.moment_frontal_Nm_per_kg]
        )
        high = method.force_height_share * (wrench.about_m[:, 1:2] - height_m)
        doubt[:, [0, 1], [0, 1]] = ((high * force) ** 2 + moment**2) / up[:, None] ** 2
        lever = high * force**2 / up[:, None]
    apart = right.point_m - left.point_m
    away = centre - left.point_m
    part = expected
    for _ in range(2):  # the covariance depends a little on the share itself
        mixed = _mixed(part, left, right) + doubt
        weighted = np.linalg.solve(mixed, apart[:, :, None])[:, :, 0]
        gain = spread**2 / (1.0 + spread**2 * (weighted * apart).sum(axis=1))
        rest = away - expected[:, None] * apart
        part = np.clip(expected + gain * (weighted * rest).sum(axis=1), 0.0, 1.0)
    mixed = _mixed(part, left, right) + doubt
    rest = away - part[:, None] * apart
    pull = np.linalg.solve(mixed, rest[:, :, None])[:, :, 0]
    moved = [
        one.point_m + weight[:, None] * np.einsum("nij,nj->ni", one.spread_m2, pull)
        for one, weight in ((left, 1.0 - part), (right, part))
    ]
    horizontal = wrench.force_N[:, [0, 2]] + lever * pull
    return Balanced(part, (moved[0], moved[1]), horizontal)


def _mixed(part: FloatArray, left: UsualLoad, right: UsualLoad) -> FloatArray:
    """Covariance of the centre of pressure that the two feet's usual loads make."""
    own = (part**2)[:, None, None] * right.spread_m2
    return own + ((1.0 - part) ** 2)[:, None, None] * left.spread_m2


def smooth_step(share: FloatArray) -> FloatArray:
    """From 0 to 1 without a corner at either end.

    Parameters
    ----------
    share
        How much of the way is over.
    """
    share = np.clip(share, 0.0, 1.0)
    return share**2 * (3.0 - 2.0 * share)


def passing_over(
    over: FloatArray,
    up_N: tuple[FloatArray, FloatArray],  # noqa: N803
    horizontal_N: FloatArray,  # noqa: N803
    slopes: tuple[FloatArray, FloatArray],
    lean: FloatArray,
) -> FloatArray:
    """The trailing foot's horizontal force in one double support, shape (k, 2).

    Each foot's force is expected to lean as it does when that foot bears all: the trailing
    one's as in the frame before, and forward with the leg; sideways the lean dies away. The
    leading one's leans as in the frame after. What the two lack of the sum is given to both by
    their spreads.

    Parameters
    ----------
    over
        Shape (k,): share of the double support that is over.
    up_N
        Trailing and leading foot's vertical force, shape (k,), N.
    horizontal_N
        Both feet's together, shape (k, 2), N: forward, right.
    slopes
        Horizontal over vertical force, shape (2,), in the frame before and the one after.
    lean
        Shape (k,): how much the trailing leg leans forward more than in the frame before,
        horizontal over vertical.
    """
    before, after = slopes
    trailing = np.column_stack([before[0] + LEAN_GAIN * lean, before[1] * (1.0 - over)])
    trail, lead = up_N[0][:, None], up_N[1][:, None]
    wide = (np.array(TRAILING_SPREAD) * trail) ** 2
    other = (np.array(LEADING_SPREAD) * lead) ** 2
    lacking = horizontal_N - trailing * trail - after * lead
    return trailing * trail + lacking * wide / np.maximum(wide + other, 1e-12)
