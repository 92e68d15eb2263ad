"""Reads OpenSim's joints: every kind becomes three rotations and three translations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kinechain.gait.model.document import Node
from kinechain.gait.model.functions import find_function, polynomial, read_function
from kinechain.gait.model.parts import Axis, Coordinate, Joint, Motion, Pose, rotation_xyz

X, Y, Z = np.eye(3)
SLOTS = ("rotation1", "rotation2", "rotation3", "translation1", "translation2", "translation3")

# Axes that the coordinates of a simple joint move, in the order of its coordinates; the other
# slots stand still. The order of rotations is Simbody's: about x, then the turned y, then z.
SIMPLE: dict[str, tuple[int, ...]] = {
    "WeldJoint": (),
    "PinJoint": (2,),
    "SliderJoint": (3,),
    "UniversalJoint": (0, 1),
    "GimbalJoint": (0, 1, 2),
    "BallJoint": (0, 1, 2),
    "PlanarJoint": (2, 3, 4),
    "FreeJoint": (0, 1, 2, 3, 4, 5),
}
DIRECTIONS = (X, Y, Z, X, Y, Z)
KINDS = (*SIMPLE, "CustomJoint")


def offset_pose(node: Node, place: str, turn: str) -> Pose:
    """A pose given as a vector and three angles.

    Parameters
    ----------
    node
        The element that has both as children; what is missing is zero.
    place, turn
        Tags of the vector, m, and of the angles about x, y, z, rad.
    """
    return Pose(rotation_xyz(node.numbers(turn, 3, "0 0 0")), node.numbers(place, 3, "0 0 0"))


def last_step(path: str) -> str:
    """The last step of a component path: ``pelvis`` for ``/bodyset/pelvis``.

    Parameters
    ----------
    path
        The path.
    """
    return path.rstrip("/").rpartition("/")[2]


def _socket(node: Node, name: str) -> str:
    for tag in (f"socket_{name}", f"socket_{name}_connectee_name"):
        found = node.find(tag)
        if found is not None and (found.element.text or "").strip():
            return last_step((found.element.text or "").strip())
    raise node.error(
        f"<socket_{name}> is missing or empty.", "Open the model in OpenSim 4, save it again."
    )


def frame_of(
    node: Node, name: str, frames: dict[str, tuple[str, Pose]], bodies: set[str]
) -> tuple[str, Pose]:
    """The body that a named frame belongs to, and where the frame is in it.

    Parameters
    ----------
    node
        The element that names the frame, for messages.
    name
        The frame: a body, the ground or an offset frame.
    frames
        Offset frames that are known: their body and their pose in it.
    bodies
        Names of all bodies, with the ground.
    """
    if name in frames:
        return frames[name]
    if name in bodies:
        return name, Pose()
    raise node.error(
        f"The frame '{name}' is neither a body nor an offset frame of this joint or body.",
        "Correct the name, or attach it to a body in OpenSim.",
    )


def read_frames(
    nodes: Sequence[Node], frames: dict[str, tuple[str, Pose]], bodies: set[str], home: str = ""
) -> dict[str, tuple[str, Pose]]:
    """Offset frames, also those that stand on one another.

    Parameters
    ----------
    nodes
        Elements ``<PhysicalOffsetFrame>``.
    frames
        Offset frames already known.
    bodies
        Names of all bodies, with the ground.
    home
        What ``..`` means for them: the body whose component they are.

    Returns
    -------
    dict
        `frames` and the new ones.
    """
    known = dict(frames)
    waiting = [node for node in nodes if node.tag == "PhysicalOffsetFrame"]
    while waiting:
        left: list[Node] = []
        for node in waiting:
            parent = _socket(node, "parent")
            parent = home if parent == ".." and home else parent
            if parent in known or parent in bodies:
                body, pose = frame_of(node, parent, known, bodies)
                own = offset_pose(node, "translation", "orientation")
                known[node.name] = (body, pose.then(own))
            else:
                left.append(node)
        if len(left) == len(waiting):
            frame_of(left[0], _socket(left[0], "parent"), known, bodies)
        waiting = left
    return known


def read_coordinate(node: Node, joint: str, motion: Motion) -> Coordinate:
    """One coordinate.

    Parameters
    ----------
    node
        Its element.
    joint
        Its joint's name.
    motion
        What it is by the joint's axes.
    """
    if not node.name:
        raise node.error("The coordinate has no name.", "Give it one.")
    if node.flag("prescribed", default=False):
        raise node.error(
            "The coordinate is prescribed by a function.", "Set <prescribed> to false, or lock it."
        )
    low, high = node.numbers("range", 2, "-10 10")
    if low > high:
        raise node.error(f"The range ends ({high:g}) before it begins ({low:g}).", "Swap its ends.")
    return Coordinate(
        node.name, joint, motion, node.number("default_value", 0.0), float(low), float(high),
        node.flag("clamped", default=False), node.flag("locked", default=False),
    )  # fmt: skip


def _axis(node: Node, coordinates: set[str]) -> Axis:
    names = node.text("coordinates", " ").split()
    direction = node.numbers("axis", 3)
    length = float(np.linalg.norm(direction))
    if length < 1e-9:
        raise node.error("The axis has no length.", "Give a direction.")
    if len(names) > 1:
        raise node.error(
            f"The axis depends on {len(names)} coordinates.", "Only one per axis can be read."
        )
    unknown = set(names) - coordinates
    if unknown:
        raise node.error(f"{unknown.pop()} is no coordinate of this joint.", "Correct its name.")
    found = find_function(node)
    if found is not None:
        function = read_function(found)
    else:
        function = polynomial(1.0, 0.0) if names else polynomial(0.0)
    return Axis(direction / length, names[0] if names else None, function)


def _custom_axes(node: Node, coordinates: set[str]) -> tuple[Axis, ...]:
    transform = node.need("SpatialTransform")
    found: dict[str, Axis] = {}
    for child in transform.children():
        if child.tag == "TransformAxis":
            if child.name not in SLOTS or child.name in found:
                raise child.error(
                    f"The axis is called '{child.name}'.", f"Each of {', '.join(SLOTS)} comes once."
                )
            found[child.name] = _axis(child, coordinates)
    for start in (0, 3):
        given = [found[slot].direction for slot in SLOTS[start : start + 3] if slot in found]
        for slot, direction in zip(SLOTS[start : start + 3], (X, Y, Z), strict=True):
            if slot not in found:
                if given:
                    raise transform.error(f"The axis {slot} is missing.", "Give all six axes.")
                found[slot] = Axis(direction)
    return tuple(found[slot] for slot in SLOTS)


def motion_of(name: str, axes: Sequence[Axis]) -> Motion:
    """What a coordinate of a custom joint is, by OpenSim's rule.

    It is rotational or translational where it is itself (or its negative) the angle or the
    distance of an axis, the last such axis deciding, and coupled otherwise.

    Parameters
    ----------
    name
        The coordinate.
    axes
        The joint's six axes.
    """
    motion: Motion = "coupled"
    for slot, axis in enumerate(axes):
        if axis.coordinate == name and axis.function.is_plain:
            motion = "rotational" if slot < 3 else "translational"
    return motion


def _coordinate_nodes(node: Node) -> list[Node]:
    found = node.find("coordinates")
    if found is not None:
        return [child for child in found.children() if child.tag == "Coordinate"]
    return [child for child in node.objects("CoordinateSet") if child.tag == "Coordinate"]


def read_axes(node: Node) -> tuple[tuple[Axis, ...], tuple[Coordinate, ...]]:
    """The movements of a joint of any kind, and its coordinates.

    Parameters
    ----------
    node
        The joint's element.

    Raises
    ------
    ModelError
        The kind of joint is not known, or its coordinates do not fit it.
    """
    nodes = _coordinate_nodes(node)
    names = [child.name for child in nodes]
    if node.tag == "CustomJoint":
        axes = _custom_axes(node, set(names))
    elif node.tag in SIMPLE:
        slots = SIMPLE[node.tag]
        if len(nodes) != len(slots):
            raise node.error(
                f"The joint has {len(nodes)} coordinates.", f"A {node.tag} has {len(slots)}."
            )
        moved = dict(zip(slots, names, strict=True))
        axes = tuple(
            Axis(DIRECTIONS[k], moved[k], polynomial(1.0, 0.0)) if k in moved
            else Axis(DIRECTIONS[k])
            for k in range(6)
        )  # fmt: skip
    else:
        raise node.error(
            f"A joint of the kind {node.tag} is not known.",
            f"Replace it with one of {', '.join(KINDS)}.",
        )
    unused = set(names) - {axis.coordinate for axis in axes}
    if unused:
        raise node.error(f"The coordinate {min(unused)} moves no axis.", "Remove it.")
    return axes, tuple(
        read_coordinate(child, node.name, motion_of(child.name, axes)) for child in nodes
    )


def read_joint(
    node: Node, frames: dict[str, tuple[str, Pose]], bodies: set[str]
) -> tuple[Joint, tuple[Coordinate, ...]]:
    """A joint of OpenSim 4, whose frames are named by sockets.

    Parameters
    ----------
    node
        Its element.
    frames
        Offset frames of bodies.
    bodies
        Names of all bodies, with the ground.
    """
    inner = node.find("frames")
    known = read_frames(list(inner.children()) if inner else [], frames, bodies)
    parent, in_parent = frame_of(node, _socket(node, "parent_frame"), known, bodies)
    child, in_child = frame_of(node, _socket(node, "child_frame"), known, bodies)
    axes, coordinates = read_axes(node)
    return Joint(node.name, parent, child, in_parent, in_child, axes), coordinates


def read_old_joint(
    node: Node, child: str, bodies: set[str]
) -> tuple[Joint, tuple[Coordinate, ...]]:
    """A joint of OpenSim 3 and before, which stands inside its child body.

    Parameters
    ----------
    node
        Its element.
    child
        The body it stands in.
    bodies
        Names of all bodies, with the ground.
    """
    if node.flag("reverse", default=False):
        raise node.error("The joint is reversed.", "Open the model in OpenSim 4, save it again.")
    parent, _ = frame_of(node, node.text("parent_body"), {}, bodies)
    in_parent = offset_pose(node, "location_in_parent", "orientation_in_parent")
    in_child = offset_pose(node, "location", "orientation")
    axes, coordinates = read_axes(node)
    return Joint(node.name, parent, child, in_parent, in_child, axes), coordinates
