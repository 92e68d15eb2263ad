"""Clinical angles over time, with one sign whatever the model.

They come from the bodies' poses, so that a knee whose coordinate is negative in flexion and one
whose coordinate is positive give the same curve. The zero is the model's own: its bodies upright
and facing forward. Plug-in Gait measures the pelvis from the plane of its four spines, which
tilts forwards in most people, so tilt and hip flexion differ from it by a constant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.loads.frames import (
    FOOT,
    OUTWARD,
    PELVIS,
    SHANK,
    THIGH,
    TRUNK,
    Pose,
    find_body,
    pose_of,
)
from kinechain.gait.series import Series

if TYPE_CHECKING:
    from kinechain.gait.parameters.model import Whose
    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.gait.recording import FloatArray
    from kinechain.gait.solution import Solved

LABELS = {
    "pelvic_tilt": "Pelvic tilt, forward positive",
    "pelvic_obliquity": "Pelvic obliquity, own side up positive",
    "pelvic_rotation": "Pelvic rotation, own side forward positive",
    "hip_flexion": "Hip flexion",
    "hip_adduction": "Hip adduction",
    "hip_rotation": "Hip rotation, inward positive",
    "knee_flexion": "Knee flexion",
    "ankle_dorsiflexion": "Ankle dorsiflexion",
    "foot_progression": "Foot progression, outward positive",
    "trunk_lean": "Trunk lean, to the own side positive",
    "trunk_forward_lean": "Trunk lean, forward positive",
}


def angle_series(
    solved: Solved, measured: TrialMeasures, pose: Pose | None = None
) -> tuple[Series, ...]:
    """The clinical angles that the model's bodies give, deg.

    Pelvis and trunk are told once for each side, in that side's sign, as gait profiles want
    them; the tilt and the forward lean have no side.

    Parameters
    ----------
    solved
        The model's motion.
    measured
        The trial, for its direction of walking.
    pose
        The bodies of that motion, where they are known already.

    Returns
    -------
    tuple of Series
        A model whose bodies do not face forward with all angles at zero gives none.
    """
    model = solved.model
    wanted = [find_body(model, PELVIS), find_body(model, TRUNK)]
    wanted += [find_body(model, kind, side) for side in SIDES for kind in (THIGH, SHANK, FOOT)]
    pose = pose or pose_of(model, solved.motion.values)
    if not pose.aligned(tuple(one for one in wanted if one is not None)):
        return ()
    way = _walking_frame(measured.forward)
    found = _pelvis_and_trunk(pose, way)
    for side in SIDES:
        found += _leg(pose, way, side)
    times = solved.motion.times_s
    return tuple(
        Series(name, LABELS[name], "deg", side, times, np.degrees(np.unwrap(values)))
        for name, side, values in found
    )


Found = tuple[str, "Whose", "FloatArray"]


def _walking_frame(forward: FloatArray) -> FloatArray:
    """Columns: the direction of walking, up, right of it; shape (3, 3)."""
    ahead, right = forward
    return np.array([[ahead, 0.0, -right], [0.0, 1.0, 0.0], [right, 0.0, ahead]])


def turned_zxy(rotation: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Angles about z, then the turned x, then the twice turned y, as hips are told.

    Parameters
    ----------
    rotation
        Shape (n, 3, 3).

    Returns
    -------
    tuple of FloatArray
        Three of shape (n,), rad: about z, x and y.
    """
    about_z = np.arctan2(-rotation[:, 0, 1], rotation[:, 1, 1])
    about_x = np.arcsin(np.clip(rotation[:, 2, 1], -1.0, 1.0))
    about_y = np.arctan2(-rotation[:, 2, 0], rotation[:, 2, 2])
    return about_z, about_x, about_y


def _pelvis_and_trunk(pose: Pose, way: FloatArray) -> list[Found]:
    found: list[Found] = []
    pelvis, trunk = find_body(pose.model, PELVIS), find_body(pose.model, TRUNK)
    if pelvis is not None:
        tilt, down_right, right_forward = turned_zxy(way.T @ pose.rotation[pelvis])
        found.append(("pelvic_tilt", "both", -tilt))
        for side in SIDES:
            found.append(("pelvic_obliquity", side, -OUTWARD[side] * down_right))
            found.append(("pelvic_rotation", side, OUTWARD[side] * right_forward))
    if trunk is not None:
        ahead, up, right = (pose.axis(trunk, 1) @ way).T
        found.append(("trunk_forward_lean", "both", np.arctan2(ahead, up)))
        found.extend(("trunk_lean", one, np.arctan2(OUTWARD[one] * right, up)) for one in SIDES)
    return found


def _leg(pose: Pose, way: FloatArray, side: Side) -> list[Found]:
    found: list[Found] = []
    outward, model = OUTWARD[side], pose.model
    pelvis, thigh = find_body(model, PELVIS), find_body(model, THIGH, side)
    shank, foot = find_body(model, SHANK, side), find_body(model, FOOT, side)
    if pelvis is not None and thigh is not None:
        flexion, adduction, inward = turned_zxy(_between(pose, pelvis, thigh))
        found.append(("hip_flexion", side, flexion))
        found.append(("hip_adduction", side, outward * adduction))
        found.append(("hip_rotation", side, outward * inward))
    if thigh is not None and shank is not None:
        found.append(("knee_flexion", side, -turned_zxy(_between(pose, thigh, shank))[0]))
    if shank is not None and foot is not None:
        found.append(("ankle_dorsiflexion", side, turned_zxy(_between(pose, shank, foot))[0]))
    if foot is not None:
        ahead, _, right = (pose.axis(foot, 0) @ way).T
        found.append(("foot_progression", side, np.arctan2(outward * right, ahead)))
    return found


def _between(pose: Pose, outer: int, inner: int) -> FloatArray:
    """How one body is turned in another, shape (n, 3, 3)."""
    return np.swapaxes(pose.rotation[outer], 1, 2) @ pose.rotation[inner]
