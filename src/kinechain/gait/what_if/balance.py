"""The balance of the whole body: what its motion needs, and what acts on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.kinematics.inverse import body_poses
from kinechain.gait.kinetics.inverse import inverse_dynamics

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kinechain.gait.kinematics.motion import Motion
    from kinechain.gait.kinetics.inverse import AppliedForce
    from kinechain.gait.model.model import Model
    from kinechain.gait.recording import FloatArray


@dataclass(frozen=True, eq=False)
class Wrench:
    """A force and a moment about the origin of the ground frame.

    Attributes
    ----------
    force_N, moment_Nm
        Shape (n, 3), ground frame.
    """

    force_N: FloatArray  # noqa: N815 - the unit's own letter
    moment_Nm: FloatArray  # noqa: N815

    def minus(self, other: Wrench) -> Wrench:
        """The difference of two wrenches.

        Parameters
        ----------
        other
            At the same times.
        """
        return Wrench(self.force_N - other.force_N, self.moment_Nm - other.moment_Nm)

    def about(self, point_m: FloatArray) -> FloatArray:
        """The moment about another point, shape (n, 3), Nm.

        Parameters
        ----------
        point_m
            Shape (n, 3), m.
        """
        return self.moment_Nm - np.cross(point_m, self.force_N)


def root_joint(model: Model) -> int:
    """The one joint by which the model stands on the ground.

    Parameters
    ----------
    model
        The model.

    Raises
    ------
    GaitError
        When it has several, or the one does not move freely.
    """
    roots = np.flatnonzero(model.tree.parent == 0)
    if len(roots) != 1 or (model.tree.coordinate[roots[0], 3:6] < 0).any():
        raise GaitError(
            model.name,
            "What-if needs a model with one joint to the ground, which moves freely.",
            "Give a whole-body model.",
        )
    return int(roots[0])


def needed(model: Model, motion: Motion) -> Wrench:
    """The wrench that a motion needs from outside, gravity counted.

    Parameters
    ----------
    model, motion
        Whose motion.
    """
    bare = inverse_dynamics(model, motion)
    root = root_joint(model)
    force, centre = bare.joint_force_N[:, root], bare.joint_centre_m[:, root]
    return Wrench(force, bare.joint_moment_Nm[:, root] + np.cross(centre, force))


def acting(forces: Iterable[AppliedForce], frames: int) -> Wrench:
    """The sum of what acts on the body.

    Parameters
    ----------
    forces
        On any bodies.
    frames
        Number of frames.
    """
    force, moment = np.zeros((frames, 3)), np.zeros((frames, 3))
    for one in forces:
        force += one.force_N
        moment += one.moment_Nm + np.cross(one.point_m, one.force_N)
    return Wrench(force, moment)


def residual(model: Model, motion: Motion, forces: Iterable[AppliedForce]) -> Wrench:
    """What the motion needs and no force gives: the error of the recording and the model.

    Parameters
    ----------
    model, motion, forces
        As for inverse dynamics.
    """
    return needed(model, motion).minus(acting(forces, len(motion.times_s)))


def centre_of_mass(model: Model, motion: Motion) -> FloatArray:
    """The whole body's centre of mass, shape (n, 3), m, ground frame.

    Parameters
    ----------
    model, motion
        Whose.
    """
    rotation, origin = body_poses(model, motion.values)
    own = origin + np.einsum("nbij,bj->nbi", rotation, model.tree.centre)
    return np.einsum("b,nbi->ni", model.tree.mass, own) / model.mass_kg
