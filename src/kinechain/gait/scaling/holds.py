"""How each joint of the person holds its child, and the pose in which that was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.recording import FloatArray
from kinechain.gait.scaling.axes import MIRROR, angles_zxy, mean_rotation, rotation_zxy, turn
from kinechain.gait.scaling.legs import Frames, Leg, Pelvis, sign_of
from kinechain.gait.scaling.skeleton import Skeleton
from kinechain.gait.scaling.tables import JointCentres
from kinechain.gait.scaling.upper import Arm, Trunk

LETTER: dict[str, str] = {"left": "_l", "right": "_r", "": ""}
Y = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True, eq=False)
class Figure:
    """The person as the markers show it.

    Attributes
    ----------
    pelvis, legs
        At the moments from which the legs were scaled.
    trunk, arms, carrier
        At the moments from which these were scaled, which may be other ones; the carrier is the
        pelvis then.
    toes_m
        Per side, the middle of the heads of the metatarsal bones in the axes of the foot from
        the ankle's centre, shape (3,); None where not both sides of the forefoot are marked.
    """

    pelvis: Pelvis
    legs: dict[Side, Leg]
    trunk: Trunk
    arms: dict[Side, Arm]
    carrier: Frames
    toes_m: dict[Side, FloatArray | None]


@dataclass(frozen=True, eq=False)
class Hold:
    """How a joint holds its child in the person, and the pose in which it was seen.

    Attributes
    ----------
    place_m
        The joint in the parent, shape (3,).
    turned, child
        The joint's axes in the parent, and the child's axes in the moved joint, shape (3, 3).
    values
        Angles in the pose seen, in the order of the joint's rotations, rad.
    """

    place_m: FloatArray
    turned: FloatArray
    child: FloatArray
    values: tuple[float, ...]


def _relative(parent: Frames, child: Frames, where: np.ndarray | None = None) -> FloatArray:
    """Mean rotation of one segment in another."""
    both = np.einsum("nji,njk->nik", parent.rotation, child.rotation)
    return mean_rotation(both if where is None else both[where])


def _ball(place: FloatArray, parent: Frames, child: Frames, sign: float) -> Hold:
    flexion, sideways, about = angles_zxy(_relative(parent, child))
    values = (float(flexion), float(sign * sideways), float(sign * about))
    return Hold(place, np.eye(3), np.eye(3), values)


def _hinge(place: FloatArray, turned: FloatArray, sign: float) -> Hold:
    """A hinge about z; how the child stands besides is the person's own and stays."""
    flexion, sideways, about = angles_zxy(turned)
    own = rotation_zxy(np.array([0.0, sideways, about]))
    return Hold(place, np.eye(3), own, (float(sign * flexion),))


def ankle_of(leg: Leg, axis: FloatArray) -> tuple[float, float, FloatArray]:
    """The ankle's angle, the shank's torsion, and what remains, while the foot lies flat.

    The angle is zero where the sole stands square to the shank. The torsion turns the joint's
    axis with the foot's heading; the rest is the foot's tilt sideways, which stays.

    Parameters
    ----------
    leg
        One leg.
    axis
        The ankle's axis in the tibia without torsion, shape (3,), unit vector.

    Returns
    -------
    angle_rad, torsion_rad
        Both in rad.
    rest
        Shape (3, 3): the foot in the talus.
    """
    seen = _relative(leg.tibia, leg.foot, leg.flat)
    # height of the foot's x in the shank: a_x a_y (1 - cos) + a_z sin, by Newton's method
    wanted, angle = float(seen[1, 0]), float(np.arcsin(seen[1, 0]))
    for _ in range(20):
        sine, cosine = np.sin(angle), np.cos(angle)
        error = axis[0] * axis[1] * (1.0 - cosine) + axis[2] * sine - wanted
        angle -= float(error / (axis[0] * axis[1] * sine + axis[2] * cosine))
    plain = turn(axis, angle)
    torsion = float(np.arctan2(-seen[2, 0], seen[0, 0]) - np.arctan2(-plain[2, 0], plain[0, 0]))
    return angle, torsion, plain.T @ turn(Y, torsion).T @ seen


def _leg_holds(
    figure: Figure, leg: Leg, skeleton: Skeleton, centres: JointCentres
) -> dict[str, Hold]:
    sign, letter = sign_of(leg.side), LETTER[leg.side]
    axis = joint_axis(skeleton, "ankle", leg.side)
    angle, torsion, rest = ankle_of(leg, axis)
    scale = leg.shank_m / centres.subtalar.shank_m
    below = scale * np.array(centres.subtalar.place_m) * (1.0, 1.0, sign)
    toes = scale * np.array(centres.subtalar.toes_m) * (1.0, 1.0, sign)
    seen = figure.toes_m[leg.side]
    if seen is not None:
        toes[0] = (seen - rest.T @ below)[0]
    knee, ankle = np.array([0.0, -leg.thigh_m, 0.0]), np.array([0.0, -leg.shank_m, 0.0])
    return {
        f"hip{letter}": _ball(figure.pelvis.hip_m[leg.side], figure.pelvis.frames, leg.femur, sign),
        f"knee{letter}": _hinge(knee, _relative(leg.femur, leg.tibia, leg.flat), -1.0),
        f"ankle{letter}": Hold(ankle, turn(Y, torsion), np.eye(3), (angle,)),
        f"subtalar{letter}": Hold(below, np.eye(3), rest, (0.0,)),
        f"mtp{letter}": Hold(toes, np.eye(3), np.eye(3), (0.0,)),
    }


def _arm_holds(trunk: Trunk, arm: Arm) -> dict[str, Hold]:
    sign, letter = sign_of(arm.side), LETTER[arm.side]
    elbow, wrist = np.array([0.0, -arm.upper_arm_m, 0.0]), np.array([0.0, -arm.forearm_m, 0.0])
    none = np.eye(3)
    return {
        f"acromial{letter}": _ball(arm.shoulder_m, trunk.torso, arm.humerus, sign),
        f"elbow{letter}": _hinge(elbow, _relative(arm.humerus, arm.ulna), 1.0),
        f"radioulnar{letter}": Hold(np.zeros(3), none, none, (0.0,)),
        f"radius_hand{letter}": Hold(wrist, none, none, ()),
    }


def holds(figure: Figure, skeleton: Skeleton, centres: JointCentres) -> dict[str, Hold]:
    """How every joint but the one to the ground holds its child, by the joint's name.

    Parameters
    ----------
    figure
        The person.
    skeleton
        Axes of the ankle.
    centres
        Place of the subtalar axis and the toes.
    """
    trunk = figure.trunk
    found = {
        "back": _ball(figure.pelvis.lumbar_m, figure.carrier, trunk.torso, 1.0),
        "neck": _ball(trunk.neck_m, trunk.torso, trunk.head, 1.0),
    }
    for side in SIDES:
        found |= _leg_holds(figure, figure.legs[side], skeleton, centres)
        found |= _arm_holds(trunk, figure.arms[side])
    return found


def joint_axis(skeleton: Skeleton, name: str, side: Side) -> FloatArray:
    """The axis of a hinge on one side, shape (3,), unit vector.

    Parameters
    ----------
    skeleton
        The skeleton.
    name
        The joint without its side.
    side
        Which.
    """
    joint = next(one for one in skeleton.joints if one.name == name)
    return axis_of(joint.rotations[0].axis, side)


def axis_of(axis: tuple[float, float, float], side: str) -> FloatArray:
    """A turn's axis on a side, shape (3,), unit vector.

    Parameters
    ----------
    axis
        The right side's.
    side
        On the left a turn is mirrored: its x and y change their sign.
    """
    found = np.array(axis) * (-MIRROR if side == "left" else 1.0)
    return found / np.linalg.norm(found)


def leg_frames(figure: Figure, held: Mapping[str, Hold]) -> dict[str, Frames]:
    """Pelvis, thighs, shanks and feet by body, at the moments from which the legs were scaled.

    Parameters
    ----------
    figure
        The person.
    held
        For the foot, whose body begins at the subtalar joint.
    """
    found = {"pelvis": figure.pelvis.frames}
    for side, leg in figure.legs.items():
        letter, below = LETTER[side], held[f"subtalar{LETTER[side]}"]
        origin = leg.foot.points_of(below.child.T @ below.place_m)
        found[f"femur{letter}"], found[f"tibia{letter}"] = leg.femur, leg.tibia
        found[f"calcn{letter}"] = Frames(leg.foot.rotation, origin)
    return found


def upper_frames(figure: Figure) -> dict[str, Frames]:
    """Trunk, head and arms by body, at the moments from which these were scaled.

    Parameters
    ----------
    figure
        The person.
    """
    found = {"torso": figure.trunk.torso, "head": figure.trunk.head}
    for side, arm in figure.arms.items():
        letter = LETTER[side]
        wrist = arm.ulna.points_of(np.array([0.0, -arm.forearm_m, 0.0]))
        found[f"humerus{letter}"] = arm.humerus
        found[f"ulna{letter}"] = found[f"radius{letter}"] = arm.ulna
        found[f"hand{letter}"] = Frames(arm.ulna.rotation, wrist)
    return found
