"""Inverse dynamics: the generalised forces that a motion needs beside the measured forces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.kernels.arguments import arguments, moving_for, of_tree
from kinechain.gait.kernels.layout import FloatArray, Loads
from kinechain.gait.kernels.library import call
from kinechain.gait.kinematics.inverse import body_poses
from kinechain.gait.kinematics.motion import coupler_function
from kinechain.gait.model.functions import evaluate

BLOCK_FRAMES = 5000

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinechain.gait.kinematics.motion import Motion
    from kinechain.gait.model.model import Model


@dataclass(frozen=True, eq=False)
class AppliedForce:
    """A measured force on a body, at the times of a motion.

    Attributes
    ----------
    body
        The body's name.
    force_N, point_m, moment_Nm
        Shape (n, 3), ground frame; the moment is about the point.
    """

    body: str
    force_N: FloatArray  # noqa: N815 - the unit's own letter
    point_m: FloatArray
    moment_Nm: FloatArray  # noqa: N815


@dataclass(frozen=True, eq=False)
class Energy:
    """The energy of all bodies, and what changes it.

    Attributes
    ----------
    kinetic_J, potential_J
        Shape (n,).
    joint_power_W
        Shape (n,): generalised forces times speeds.
    external_power_W
        Shape (n,): of the measured forces.
    """

    kinetic_J: FloatArray  # noqa: N815
    potential_J: FloatArray  # noqa: N815
    joint_power_W: FloatArray  # noqa: N815
    external_power_W: FloatArray  # noqa: N815


@dataclass(frozen=True, eq=False)
class Kinetics:
    """What a motion needs.

    Attributes
    ----------
    times_s
        Shape (n,).
    names
        OpenSim's names: ``hip_flexion_r_moment``, ``pelvis_tx_force``.
    generalised
        Shape (n, c): Nm for rotational coordinates, N for translational ones, for each
        coordinate by itself as OpenSim reports it; couplers' shares are not moved.
    joint_force_N, joint_moment_Nm
        Shape (n, j, 3), ground frame, joints in the model's order: what the parent exerts on the
        child, the moment about `joint_centre_m`.
    energy
        The balance.
    model, values
        What the joints' centres follow from.
    """

    times_s: FloatArray
    names: tuple[str, ...]
    generalised: FloatArray
    joint_force_N: FloatArray  # noqa: N815
    joint_moment_Nm: FloatArray  # noqa: N815
    energy: Energy
    model: Model
    values: FloatArray

    @property
    def joint_centre_m(self) -> FloatArray:
        """Origins of the joints' moving frames, shape (n, j, 3), m, ground frame.

        Computed anew each time: they take as much memory as the moments.
        """
        tree = self.model.tree
        rotation, origin = body_poses(self.model, self.values)
        inside = np.einsum("jki,jk->ji", tree.child_rotation, tree.child_place)
        return origin[:, 1:] - np.einsum("njik,jk->nji", rotation[:, 1:], inside)


def force_names(model: Model) -> tuple[str, ...]:
    """OpenSim's names of the generalised forces.

    Parameters
    ----------
    model
        The model; coordinates that are neither an angle nor a distance count as forces.
    """
    return tuple(
        f"{one.name}_{'moment' if one.motion == 'rotational' else 'force'}"
        for one in model.coordinates
    )


def _loads(model: Model, forces: Sequence[AppliedForce], frames: int) -> Loads:
    body = np.empty(len(forces), np.int64)
    table = np.empty((3, frames, len(forces), 3))
    for k, one in enumerate(forces):
        if one.body not in model.bodies:
            raise GaitError(f"inverse dynamics, force on '{one.body}'",
                            f"The model {model.name} has no such body.",
                            "Correct the body's name in the file of external loads.")  # fmt: skip
        body[k] = model.bodies.index(one.body)
        for slot, block in enumerate((one.force_N, one.point_m, one.moment_Nm)):
            if block.shape != (frames, 3) or not np.isfinite(block).all():
                raise GaitError(f"inverse dynamics, force on '{one.body}'",
                                f"It is no table of {frames} x 3 finite numbers.",
                                "Interpolate it to the motion's times; fill its gaps.")  # fmt: skip
            table[slot, :, k] = block
    return Loads(body, table[0], table[1], table[2])


def inverse_dynamics(model: Model, motion: Motion, forces: Sequence[AppliedForce] = ()) -> Kinetics:
    """Generalised forces, joint wrenches and energy of every frame.

    Parameters
    ----------
    model
        The model.
    motion
        Coordinates with their derivatives.
    forces
        Measured forces at the motion's times.

    Returns
    -------
    Kinetics
        Internal moments: what muscles and everything else at the joint must give.

    Raises
    ------
    GaitError
        A force acts on a body that the model does not have, or is not finite.
    """
    n, count = motion.values.shape
    joints = len(model.joints)
    generalised, energy = np.empty((n, count)), np.empty((n, 3))
    force, moment = np.empty((n, joints, 3)), np.empty((n, joints, 3))
    loads = _loads(model, forces, n)
    fixed = of_tree(model.tree), moving_for(model.tree)
    moved = (motion.values, motion.speed, motion.acceleration)
    # In blocks, so that what the kernel gives besides need not be held for a long recording.
    for first in range(0, n, BLOCK_FRAMES):
        here = slice(first, min(first + BLOCK_FRAMES, n))
        size = here.stop - first
        joint = np.empty((size, joints, 9))
        given = fixed[0] + arguments((size, len(forces), size)) + fixed[1]
        given += arguments((), loads.body, *(one[here] for one in loads[1:]))
        given += arguments((), *(np.ascontiguousarray(one[here]) for one in moved))
        given += arguments((), generalised[here], joint, energy[here])
        call("inverse_dynamics", given)
        force[here], moment[here] = joint[:, :, :3], joint[:, :, 3:6]
    power = np.einsum("nc,nc->n", generalised, motion.speed)
    return Kinetics(
        motion.times_s,
        force_names(model),
        generalised,
        force,
        moment,
        Energy(energy[:, 0], energy[:, 1], power, energy[:, 2]),
        model,
        motion.values,
    )


def with_couplers(model: Model, motion: Motion, generalised: FloatArray) -> FloatArray:
    """Move each dependent coordinate's share to the coordinate that it follows.

    Parameters
    ----------
    model
        The model.
    motion
        The motion that `generalised` belongs to.
    generalised
        Shape (n, c), as :func:`inverse_dynamics` gives it.

    Returns
    -------
    FloatArray
        Shape (n, c): what the independent coordinate alone must give, so that the power is the
        same; zero for the dependent ones. For the knee with a patella this is the knee moment.
    """
    out = generalised.copy()
    for number in np.flatnonzero(model.tree.coupler[:, 0] >= 0):
        source = model.tree.source[number]
        _, slope, _ = evaluate(coupler_function(model, int(number)), motion.values[:, source])
        out[:, source] += slope * generalised[:, number]
        out[:, number] = 0.0
    return out
