"""The parts of a model from the skeleton and the person: joints, coordinates, bodies, markers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kinechain.gait.model.functions import polynomial
from kinechain.gait.model.parts import Axis, Body, Coordinate, Joint, ModelMarker, Pose
from kinechain.gait.recording import FloatArray
from kinechain.gait.scaling.axes import MIRROR, angles_zxy, mean_rotation, middle
from kinechain.gait.scaling.holds import LETTER, Hold, axis_of
from kinechain.gait.scaling.legs import Frames
from kinechain.gait.scaling.places import Places
from kinechain.gait.scaling.skeleton import GROUND, Skeleton, SkeletonJoint, Turn
from kinechain.gait.scaling.tables import Segment

X, Y, Z = np.eye(3)


def _sides(sided: bool) -> tuple[str, ...]:
    return ("right", "left") if sided else ("",)


def make_joints(
    skeleton: Skeleton, held: Mapping[str, Hold], pelvis: Frames
) -> tuple[tuple[Joint, ...], tuple[Coordinate, ...]]:
    """The joints and their coordinates, which rest in the pose seen.

    Parameters
    ----------
    skeleton
        Names, order and axes.
    held
        By the joint's name.
    pelvis
        For the joint to the ground.
    """
    sided = {one.name: one.sided for one in skeleton.bodies}
    joints: list[Joint] = []
    coordinates: list[Coordinate] = []
    for one in skeleton.joints:
        for side in _sides(one.sided):
            letter = LETTER[side]
            name = one.name + letter
            parent = one.parent + (letter if sided.get(one.parent) else "")
            hold = held[name] if one.parent != GROUND else _free(pelvis)
            axes, own = _moved(one, side, hold, pelvis)
            outer, inner = Pose(hold.turned, hold.place_m), Pose(hold.child.T)
            joints.append(Joint(name, parent, one.child + letter, outer, inner, axes))
            coordinates += own
    return tuple(joints), tuple(coordinates)


def _free(pelvis: Frames) -> Hold:
    """The joint to the ground, the pelvis where it was in the mean."""
    angles = angles_zxy(mean_rotation(pelvis.rotation))
    return Hold(np.zeros(3), np.eye(3), np.eye(3), tuple(float(one) for one in angles))


def _moved(
    joint: SkeletonJoint, side: str, hold: Hold, pelvis: Frames
) -> tuple[tuple[Axis, ...], list[Coordinate]]:
    """The six axes of a joint, and its coordinates."""
    letter, name = LETTER[side], joint.name + LETTER[side]
    axes = [Axis(one) for one in (X, Y, Z)] * 2
    own: list[Coordinate] = []
    for slot, (rotation, value) in enumerate(zip(joint.rotations, hold.values, strict=True)):
        coordinate = rotation.coordinate + letter
        axes[slot] = Axis(axis_of(rotation.axis, side), coordinate, polynomial(1.0, 0.0))
        own.append(_bounded(Coordinate(coordinate, name, "rotational", value), rotation))
    if joint.translations:
        mean = np.nanmean(pelvis.origin_m, axis=0)
        for slot, (coordinate, direction) in enumerate(
            zip(joint.translations, (X, Y, Z), strict=True)
        ):
            axes[3 + slot] = Axis(direction, coordinate, polynomial(1.0, 0.0))
            own.append(Coordinate(coordinate, name, "translational", float(mean[slot])))
    return tuple(axes), own


def _bounded(coordinate: Coordinate, turn: Turn) -> Coordinate:
    """A coordinate with the skeleton's bounds."""
    if turn.range_deg is None:
        return replace(coordinate, locked=turn.fixed)
    low, high = (float(np.radians(one)) for one in turn.range_deg)
    return replace(coordinate, low=low, high=high, clamped=True, locked=turn.fixed)


def make_bodies(
    skeleton: Skeleton,
    segments: Mapping[str, Segment],
    lengths_m: Mapping[str, float],
    origins_m: Mapping[str, FloatArray],
    mass_kg: float,
) -> tuple[Body, ...]:
    """The bodies with mass and inertia.

    Parameters
    ----------
    skeleton
        Which bodies there are.
    segments
        The table's rows, shares of mass summing to one.
    lengths_m
        The person's, by body.
    origins_m
        Where in the body the table's origin lies, shape (3,); the body's own where not given.
    mass_kg
        Of the whole body; the bodies' masses sum to it.
    """
    bodies: list[Body] = []
    for one in skeleton.bodies:
        for side in _sides(one.sided):
            name = one.name + LETTER[side]
            row = segments.get(one.segment)
            if row is None:
                bodies.append(Body(name, 0.0, np.zeros(3), np.zeros((3, 3))))
                continue
            flip = MIRROR if side == "left" else np.ones(3)
            length, mass = lengths_m[name], row.mass * mass_kg
            centre = origins_m.get(name, np.zeros(3)) + length * flip * np.array(row.centre)
            bodies.append(Body(name, mass, centre, row.inertia(mass, length)))
    return tuple(bodies)


def make_markers(
    places: Places, skeleton: Skeleton, frames: Mapping[str, Frames]
) -> tuple[ModelMarker, ...]:
    """Every marker that moves with one of the bodies, at its median place in it.

    Parameters
    ----------
    places
        The recording's.
    skeleton
        Which body a place moves with.
    frames
        By body, at the recording's moments; markers of other bodies are passed over.
    """
    found: list[ModelMarker] = []
    for column, name in enumerate(places.markers.names):
        place, _, side = places.names.anatomical.get(name, "").partition(".")
        body = skeleton.markers.get(place, "") + LETTER[side]
        body = body if body in frames else body.removesuffix(LETTER[side])
        if body not in frames:
            continue
        local = frames[body].places_of(places.markers.positions_m[:, column])
        if not np.isnan(local).any(axis=1).all():
            found.append(ModelMarker(name, body, middle(local)))
    return tuple(sorted(found, key=lambda one: one.name))
