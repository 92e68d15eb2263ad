"""Named net loads at ankle, knee, hip and L5/S1 over time.

All come from the net wrench that one body exerts on the next (:class:`Kinetics`): what muscles,
ligaments and joint surfaces exert together. Moments of the legs are told as external ones, as
the literature on the knee does: what ground and weight do to the joint, minus what the muscles
must give. Those of the lumbar joint are told as internal ones, as the literature on lifting
does. Forces are net intersegmental forces: without the muscles' pull they are no contact forces
and far smaller.

References
----------
Schache and Baker 2007, doi 10.1016/j.gaitpost.2006.05.018 (moments in the joint coordinate
system); docs/frames-and-units.md (axes and signs).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.kinetics.inverse import inverse_dynamics
from kinechain.gait.loads.coverage import covered
from kinechain.gait.loads.frames import (
    ANKLE_CHILD,
    OUTWARD,
    PELVIS,
    SHANK,
    THIGH,
    TRUNK,
    Pose,
    find_body,
    floating_axis,
    lumbar_joint,
    pose_of,
)
from kinechain.gait.series import Series

if TYPE_CHECKING:
    from kinechain.gait.kinetics.inverse import Kinetics
    from kinechain.gait.model.model import Model
    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.gait.recording import FloatArray
    from kinechain.gait.solution import Solved

KneeAxis = Literal["tibia", "floating"]
MOMENT, FORCE = "Nm/kg", "body weight"


@dataclass(frozen=True, eq=False)
class ChainLoads:
    """The loads that a model and a recording give.

    Attributes
    ----------
    series
        Named loads over time; NaN where a foot's force is not wholly known.
    notes
        What could not be told, and why, one sentence each.
    """

    series: tuple[Series, ...]
    notes: tuple[str, ...]


def load_series(
    solved: Solved, measured: TrialMeasures, knee_axis: KneeAxis = "tibia"
) -> tuple[Series, ...]:
    """The named loads over time; see :func:`chain_loads` for what is missing and why.

    Parameters
    ----------
    solved
        The model's motion and kinetics.
    measured
        The trial, which tells when a foot's force is wholly known.
    knee_axis
        About which axis adduction of the knee is told.
    """
    return chain_loads(solved, measured, knee_axis).series


def chain_loads(
    solved: Solved,
    measured: TrialMeasures,
    knee_axis: KneeAxis = "tibia",
    pose: Pose | None = None,
) -> ChainLoads:
    """Named loads at every joint of the chain that the model has.

    Parameters
    ----------
    solved
        The model's motion and kinetics. Without kinetics only the lumbar joint is told: its
        load follows from the bodies above it and needs no force of the ground.
    measured
        The trial, which tells when a foot's force is wholly known.
    knee_axis
        ``tibia``: the shank's own forward axis. ``floating``: square to the thigh's right axis
        and the shank's long axis. For a knee that is a pure hinge both are the same.
    pose
        The bodies of that motion, where they are known already.

    Returns
    -------
    ChainLoads
        Moments in Nm/kg, forces in body weights, both over the model's mass.
    """
    model = solved.model
    notes: list[str] = []
    kinetics = solved.kinetics
    if kinetics is None:
        kinetics = inverse_dynamics(model, solved.motion)
        notes.append(
            "The ground's forces are not known: of the loads only those of the lumbar joint can "
            "be told."
        )
    pose = pose or pose_of(model, solved.motion.values)
    found = _lumbar(pose, kinetics, notes)
    if solved.kinetics is not None:
        for side in SIDES:
            known = covered(solved, measured, side)
            leg = _leg(pose, kinetics, side, knee_axis, notes)
            found += [_masked(one, known) for one in leg]
            if leg and not known.any():
                notes.append(f"No frame has the whole force on the {side} foot.")
    return ChainLoads(tuple(found), tuple(notes))


def _masked(series: Series, known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Series:
    values = np.where(known, series.values, np.nan)
    return Series(series.name, series.label, series.unit, series.side, series.times_s, values)


def _along(vectors: FloatArray, axis: FloatArray) -> FloatArray:
    return np.einsum("ni,ni->n", vectors, axis)


def _weight_N(model: Model) -> float:  # noqa: N802 - the unit's own letter
    return model.mass_kg * float(np.linalg.norm(model.tree.gravity))


def _leg(
    pose: Pose, kinetics: Kinetics, side: Side, knee_axis: KneeAxis, notes: list[str]
) -> list[Series]:
    """Hip, knee and ankle of one leg."""
    model = pose.model
    pelvis = find_body(model, PELVIS)
    thigh, shank = find_body(model, THIGH, side), find_body(model, SHANK, side)
    foot = find_body(model, ANKLE_CHILD, side)
    present = tuple(one for one in (pelvis, thigh, shank) if one is not None)
    if not pose.aligned(present):
        notes.append(
            f"The axes of the {side} leg's bodies are not forward, up and right with all angles "
            "at zero, so its loads have no names."
        )
        return []
    found: list[Series] = []
    if pelvis is None or thigh is None:
        notes.append(f"The model has no {side} thigh on a pelvis: no loads of the hip.")
    else:
        found += _hip(pose, kinetics, side, pelvis, thigh)
    if thigh is None or shank is None:
        notes.append(f"The model has no {side} shank on a thigh: no loads of the knee.")
    else:
        found += _knee(pose, kinetics, side, thigh, shank, knee_axis)
    if shank is None or foot is None:
        notes.append(f"The model has no {side} foot on a shank: no loads of the ankle.")
    else:
        external = -kinetics.joint_moment_Nm[:, foot - 1] / model.mass_kg
        found.append(
            Series(
                "ankle_dorsiflexion_moment",
                "Ankle dorsiflexion moment, external",
                MOMENT,
                side,
                kinetics.times_s,
                _along(external, pose.axis(shank, 2)),
            )
        )
    return found


def _hip(pose: Pose, kinetics: Kinetics, side: Side, pelvis: int, thigh: int) -> list[Series]:
    """External moments about the joint coordinate system's axes."""
    external = -kinetics.joint_moment_Nm[:, thigh - 1] / pose.model.mass_kg
    right, up = pose.axis(pelvis, 2), pose.axis(thigh, 1)
    told = (
        ("flexion", right, 1.0),
        ("adduction", floating_axis(right, up), OUTWARD[side]),
        ("rotation", up, OUTWARD[side]),
    )
    return [
        Series(
            f"hip_{name}_moment",
            f"Hip {'internal ' if name == 'rotation' else ''}{name} moment, external",
            MOMENT,
            side,
            kinetics.times_s,
            sign * _along(external, axis),
        )
        for name, axis, sign in told
    ]


def _knee(
    pose: Pose, kinetics: Kinetics, side: Side, thigh: int, shank: int, knee_axis: KneeAxis
) -> list[Series]:
    """External adduction and flexion moment, and the net force that presses downwards."""
    model, times = pose.model, kinetics.times_s
    external = -kinetics.joint_moment_Nm[:, shank - 1] / model.mass_kg
    right = pose.axis(thigh, 2)
    forward = (
        pose.axis(shank, 0) if knee_axis == "tibia" else floating_axis(right, pose.axis(shank, 1))
    )
    down = -kinetics.joint_force_N[:, shank - 1, 1] / _weight_N(model)
    return [
        Series("knee_adduction_moment", "Knee adduction moment, external", MOMENT, side, times,
               OUTWARD[side] * _along(external, forward)),
        Series("knee_flexion_moment", "Knee flexion moment, external", MOMENT, side, times,
               -_along(external, right)),
        Series("knee_vertical_force", "Knee, net vertical force", FORCE, side,
               times, down),
    ]  # fmt: skip


def _lumbar(pose: Pose, kinetics: Kinetics, notes: list[str]) -> list[Series]:
    """Internal moments on the trunk, and the net force along and across it."""
    model, times = pose.model, kinetics.times_s
    pelvis, trunk, joint = find_body(model, PELVIS), find_body(model, TRUNK), lumbar_joint(model)
    if pelvis is None or trunk is None or joint is None:
        notes.append("The model has no trunk on a pelvis: no loads of the lumbar joint.")
        return []
    if not pose.aligned((pelvis, trunk)):
        notes.append("Pelvis or trunk are not upright with all angles at zero: their loads have "
                     "no names.")  # fmt: skip
        return []
    moment = kinetics.joint_moment_Nm[:, joint] / model.mass_kg
    force = kinetics.joint_force_N[:, joint] / _weight_N(model)
    right, up = pose.axis(pelvis, 2), pose.axis(trunk, 1)
    told = (
        ("l5s1_extension_moment", "L5/S1 extension moment, internal", moment, right, 1.0),
        ("l5s1_bending_moment", "L5/S1 moment to the right, internal", moment,
         floating_axis(right, up), 1.0),
        ("l5s1_rotation_moment", "L5/S1 moment turning left, internal", moment, up, 1.0),
        ("l5s1_compression", "L5/S1, net force along the trunk", force, up, 1.0),
        ("l5s1_shear_forward", "L5/S1, net forward shear", force,
         pose.axis(trunk, 0), -1.0),
        ("l5s1_shear_right", "L5/S1, net shear to the right", force,
         pose.axis(trunk, 2), -1.0),
    )  # fmt: skip
    return [
        Series(name, label, MOMENT if vectors is moment else FORCE, "both", times,
               sign * _along(vectors, axis))
        for name, label, vectors, axis, sign in told
    ]  # fmt: skip
