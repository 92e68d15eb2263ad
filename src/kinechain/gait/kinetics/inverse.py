"""Inverse dynamics: the generalised forces that a motion needs beside the measured forces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.kernels.arguments import arguments, moving_for, of_tree
from kinechain.gait.kernels.layout import FloatArray, Loads
from kinechain.gait.kernels.library import call
from kinechain.gait.kinematics.motion import coupler_function
from kinechain.gait.model.functions import evaluate

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
    joint_force_N, joint_moment_Nm, joint_centre_m
        Shape (n, j, 3), ground frame, joints in the model's order: what the parent exerts on the
        child, the moment about the centre of the joint's moving frame.
    energy
        The balance.
    """

    times_s: FloatArray
    names: tuple[str, ...]
    generalised: FloatArray
    joint_force_N: FloatArray  # noqa: N815
    joint_moment_Nm: FloatArray  # noqa: N815
    joint_centre_m: FloatArray
    energy: Energy


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
    generalised = np.empty((n, count))
    joint, energy = np.empty((n, len(model.joints), 9)), np.empty((n, 3))
    moved = (motion.values, motion.speed, motion.acceleration)
    sizes = (n, len(forces), n)
    given = of_tree(model.tree) + arguments(sizes) + moving_for(model.tree)
    given += arguments((), *_loads(model, forces, n))
    given += arguments((), *(np.ascontiguousarray(one) for one in moved))
    given += arguments((), generalised, joint, energy)
    call("inverse_dynamics", given)
    power = np.sum(generalised * motion.speed, axis=1)
    return Kinetics(
        motion.times_s,
        force_names(model),
        generalised,
        joint[:, :, :3],
        joint[:, :, 3:6],
        joint[:, :, 6:],
        Energy(energy[:, 0], energy[:, 1], power, energy[:, 2]),
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
