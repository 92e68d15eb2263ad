"""Keeps the balance of the whole body after a change.

A change of posture, of the point where the ground pushes, or a further force leaves the body out
of balance. It is balanced again in one way for all changes, frame by frame and exactly:

- the pressure points stay where they are under the soles;
- the vertical forces change by what the motion needs more, shared as the measured ones;
- the forces tilt so that the moment about the centre of mass is what the motion needs, and the
  free moments about the vertical follow;
- the body as a whole then has a slightly other horizontal acceleration.

For the joints it is the same whether the force tilts under an upright body or the body stands
tilted under the same force, as people do by placing the next foot elsewhere. What the motion
needed and no force gave before, the residual, is afterwards the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.kinematics.motion import Motion
from kinechain.gait.kinetics.inverse import AppliedForce
from kinechain.gait.model.functions import Function, evaluate
from kinechain.gait.what_if.balance import acting, centre_of_mass, needed, root_joint

if TYPE_CHECKING:
    from kinechain.gait.model.model import Model
    from kinechain.gait.recording import FloatArray

WHOLE = 0.9
"""Feet that bear less than this share of the vertical force needed are not all on plates."""


@dataclass(frozen=True, eq=False)
class State:
    """A model, its motion, and the forces on it.

    Attributes
    ----------
    model, motion
        The body and how it moves.
    ground
        The forces of the ground on the feet.
    share
        Which share of the body each foot bears, shape (n, k), as :func:`shares` gives it for the
        recording; it stays through all changes.
    others
        Forces on other bodies, such as that of a cane.
    """

    model: Model
    motion: Motion
    ground: tuple[AppliedForce, ...]
    share: FloatArray
    others: tuple[AppliedForce, ...] = ()

    @property
    def forces(self) -> tuple[AppliedForce, ...]:
        """Everything that acts on the body."""
        return self.ground + self.others


def recorded(model: Model, motion: Motion, ground: tuple[AppliedForce, ...]) -> State:
    """The state of a recording before any change.

    Parameters
    ----------
    model, motion, ground
        The body, how it moves, and the forces on its feet.
    """
    return State(model, motion, ground, shares(ground, needed(model, motion).force_N[:, 1]))


def shares(ground: tuple[AppliedForce, ...], needed_up_N: FloatArray) -> FloatArray:  # noqa: N803
    """Which share of the body each foot bears.

    Parameters
    ----------
    ground
        The forces on the feet, k of them.
    needed_up_N
        The vertical force that the motion needs, shape (n,), N.

    Returns
    -------
    FloatArray
        Shape (n, k). They sum to one where the feet on plates bear nearly all, and to less
        where a foot stands beside the plates.
    """
    up = np.stack([np.clip(one.force_N[:, 1], 0.0, None) for one in ground], axis=1)
    whole = np.maximum(up.sum(axis=1), WHOLE * np.clip(needed_up_N, 1.0, None))
    return up / whole[:, None]


def tilted(force: AppliedForce, moved_m: FloatArray, centre_m: FloatArray) -> AppliedForce:
    """A force whose point has moved and whose moment about the centre of mass stays.

    Parameters
    ----------
    force
        Before.
    moved_m
        By how much its point moves on the floor, shape (n, 3), m; the second column is zero.
    centre_m
        The centre of mass, shape (n, 3), m.
    """
    point = force.point_m + moved_m
    arm = point - centre_m
    lost = np.cross(moved_m, force.force_N)
    push = np.zeros_like(arm)
    push[:, 0] = lost[:, 2] / arm[:, 1]
    push[:, 2] = -lost[:, 0] / arm[:, 1]
    free = np.zeros_like(arm)
    free[:, 1] = -(lost[:, 1] + np.cross(arm, push)[:, 1])
    return AppliedForce(force.body, force.force_N + push, point, force.moment_Nm + free)


def closed(before: State, after: State) -> State:
    """Balance a changed state, so that its residual is the one before.

    Parameters
    ----------
    before
        The state before the change.
    after
        The changed model, motion and forces, not yet balanced.

    Returns
    -------
    State
        With other forces on the feet and another acceleration of the whole body. In frames in
        which a foot stands beside the plates only the measured feet's share is balanced.
    """
    model, motion, ground = after.model, after.motion, after.ground
    frames = len(motion.times_s)
    need = needed(model, motion)
    share = after.share
    centre = centre_of_mass(model, motion)
    error = needed(before.model, before.motion).minus(acting(before.forces, frames))

    lift = (need.minus(error).force_N - acting(after.forces, frames).force_N)[:, 1]
    ground = tuple(_lifted(one, share[:, k] * lift) for k, one in enumerate(ground))
    spare = acting(ground + after.others, frames).minus(need.minus(error))
    lacking = -spare.about(centre)
    arms = _mean_arm(ground, share, centre)
    tilt = np.zeros((frames, 3))
    tilt[:, 0] = -lacking[:, 2] / arms[:, 1]
    tilt[:, 2] = lacking[:, 0] / arms[:, 1]
    turn = lacking[:, 1] - np.cross(arms, tilt)[:, 1]
    found = tuple(
        _turned(one, share[:, k, None] * tilt, share[:, k] * turn) for k, one in enumerate(ground)
    )
    gain = (spare.force_N + tilt) / model.mass_kg
    gain[:, 1] = 0.0
    motion = with_acceleration(model, motion, gain)
    return State(model, motion, found, share, after.others)


def _lifted(one: AppliedForce, more_N: FloatArray) -> AppliedForce:  # noqa: N803
    force = one.force_N.copy()
    force[:, 1] += more_N
    return replace(one, force_N=force)


def _turned(one: AppliedForce, push_N: FloatArray, turn_Nm: FloatArray) -> AppliedForce:  # noqa: N803
    free = one.moment_Nm.copy()
    free[:, 1] += turn_Nm
    return replace(one, force_N=one.force_N + push_N, moment_Nm=free)


def _mean_arm(
    ground: tuple[AppliedForce, ...], share: FloatArray, centre_m: FloatArray
) -> FloatArray:
    """From the centre of mass to the mean point where the ground pushes, shape (n, 3), m.

    What stands beside the plates is taken to push from straight below the centre of mass.
    """
    arms, floor, load = np.zeros_like(centre_m), 0.0, 0.0
    for k, one in enumerate(ground):
        arms += share[:, k, None] * (one.point_m - centre_m)
        floor += float(share[:, k] @ one.point_m[:, 1])
        load += float(share[:, k].sum())
    beside = np.clip(1.0 - share.sum(axis=1), 0.0, None)
    arms[:, 1] += beside * (floor / max(load, 1e-9) - centre_m[:, 1])
    return arms


def with_acceleration(model: Model, motion: Motion, gain_m_s2: FloatArray) -> Motion:
    """The motion with a further acceleration of the whole body.

    Positions and speeds stay: a body that moves evenly as a whole has the same loads.

    Parameters
    ----------
    model, motion
        Whose.
    gain_m_s2
        Shape (n, 3), m/s2, ground frame.
    """
    root = root_joint(model)
    tree = model.tree
    columns = np.empty((len(motion.times_s), 3, 3))
    for k in range(3):
        kind, first, rows = tree.function[root, 3 + k]
        number = tree.coordinate[root, 3 + k]
        function = Function(int(kind), tree.table[first : first + rows])
        slope = evaluate(function, motion.values[:, number])[1]
        direction = tree.parent_rotation[root] @ tree.axes[root, 3 + k]
        columns[:, :, k] = slope[:, None] * direction
    added = np.linalg.solve(columns, gain_m_s2[:, :, None])[:, :, 0]
    acceleration = motion.acceleration.copy()
    acceleration[:, tree.coordinate[root, 3:6]] += added
    return Motion(motion.times_s, motion.values, motion.speed, acceleration)
