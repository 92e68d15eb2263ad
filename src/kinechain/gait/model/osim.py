"""Reads an OpenSim model (.osim), of OpenSim 4 or of the versions before it.

Only what moves and weighs is read: bodies, joints, coordinates, couplers and markers. Muscles,
geometry, controllers and probes are passed over.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kinechain.gait.model.assembly import assemble
from kinechain.gait.model.document import Node, open_document, version_of
from kinechain.gait.model.functions import find_function, read_function
from kinechain.gait.model.joints import (
    KINDS,
    frame_of,
    last_step,
    read_frames,
    read_joint,
    read_old_joint,
)
from kinechain.gait.model.model import Model
from kinechain.gait.model.parts import Body, Coordinate, Coupler, Joint, ModelMarker, Parts, Pose

FRAMES_SINCE = 30500  # joints became components with frames
SOCKETS_SINCE = 30517  # and frames became named by sockets
GROUND = "ground"
GRAVITY = "0 -9.80665 0"


def _body(node: Node) -> Body:
    mass = node.number("mass", 0.0)
    if mass < 0:
        raise node.error(f"The mass is {mass:g} kg.", "Give a mass of zero or more.")
    if node.find("inertia") is not None:
        values = node.numbers("inertia", 6)
    else:
        tags = ("xx", "yy", "zz", "xy", "xz", "yz")
        values = np.array([node.number(f"inertia_{tag}", 0.0) for tag in tags])
    xx, yy, zz, xy, xz, yz = values
    inertia = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
    return Body(node.name, mass, node.numbers("mass_center", 3, "0 0 0"), inertia)


def _coupler(node: Node) -> Coupler | None:
    """A constraint; None for one that is switched off."""
    off = node.flag("isDisabled", default=False) or not node.flag("isEnforced", default=True)
    if off:
        return None
    if node.tag != "CoordinateCouplerConstraint":
        raise node.error(
            f"A constraint of the kind {node.tag} is not known.",
            "Only coordinate couplers can be read; switch it off (isEnforced) or remove it.",
        )
    names = node.text("independent_coordinate_names").split()
    if len(names) != 1:
        raise node.error(
            f"The coupler has {len(names)} independent coordinates.", "Only one can be read."
        )
    found = find_function(node)
    if found is None:
        raise node.error("The coupler has no function.", "Give it one.")
    function = read_function(found).scaled(node.number("scale_factor", 1.0))
    return Coupler(node.text("dependent_coordinate_name"), names[0], function)


def read_markers(
    nodes: list[Node], frames: dict[str, tuple[str, Pose]], bodies: set[str]
) -> tuple[ModelMarker, ...]:
    """The markers of a set.

    Parameters
    ----------
    nodes
        Elements ``<Marker>``.
    frames
        Offset frames by name: body and pose in it.
    bodies
        Names of all bodies, with the ground.
    """
    found: list[ModelMarker] = []
    for node in nodes:
        if node.tag != "Marker":
            continue
        tags = ("socket_parent_frame", "socket_parent_frame_connectee_name", "body")
        inside = next((tag for tag in tags if node.find(tag) is not None), tags[0])
        body, pose = frame_of(node, last_step(node.text(inside)), frames, bodies)
        place = pose.rotation @ node.numbers("location", 3) + pose.place_m
        found.append(ModelMarker(node.name, body, place))
    return tuple(found)


def _new_joints(
    model: Node, bodies: set[str], frames: dict[str, tuple[str, Pose]]
) -> tuple[list[Joint], list[Coordinate]]:
    joints: list[Joint] = []
    coordinates: list[Coordinate] = []
    for node in model.objects("JointSet"):
        joint, own = read_joint(node, frames, bodies)
        joints.append(joint)
        coordinates += own
    return joints, coordinates


def _old_joints(nodes: list[Node], bodies: set[str]) -> tuple[list[Joint], list[Coordinate]]:
    joints: list[Joint] = []
    coordinates: list[Coordinate] = []
    for node in nodes:
        if node.name == GROUND:
            continue
        holder = node.find("Joint")
        inside = [] if holder is None else list(holder.children())
        if len(inside) != 1:
            raise node.error(
                f"The body has {len(inside)} joints.", f"Give it one of {', '.join(KINDS)}."
            )
        joint, own = read_old_joint(inside[0], node.name, bodies)
        joints.append(joint)
        coordinates += own
    return joints, coordinates


def read_parts(root: Node) -> Parts:
    """Take a model apart.

    Parameters
    ----------
    root
        The document's root.

    Raises
    ------
    ModelError
        Something that moves or weighs cannot be understood; nothing of that is passed over.
    """
    version = version_of(root)
    if FRAMES_SINCE <= version < SOCKETS_SINCE:
        raise root.error(
            f"The document's version {version} lies between OpenSim 3 and 4.",
            "Open the model in OpenSim 4, save it again.",
        )
    model = root.need("Model")
    nodes = [node for node in model.objects("BodySet") if node.tag == "Body"]
    names = {GROUND, *(node.name for node in nodes)}
    frames: dict[str, tuple[str, Pose]] = {}
    for node in nodes:
        inner = node.find("components")
        frames = read_frames(list(inner.children()) if inner else [], frames, names, node.name)
    if version < FRAMES_SINCE:
        joints, coordinates = _old_joints(nodes, names)
    else:
        joints, coordinates = _new_joints(model, names, frames)
    couplers = [_coupler(node) for node in model.objects("ConstraintSet")]
    return Parts(
        name=model.name,
        gravity_m_s2=model.numbers("gravity", 3, GRAVITY),
        bodies=tuple(_body(node) for node in nodes if node.name != GROUND),
        joints=tuple(joints),
        coordinates=tuple(coordinates),
        couplers=tuple(one for one in couplers if one is not None),
        markers=read_markers(model.objects("MarkerSet"), frames, names),
        frames=frames,
    )


def read_marker_set(path: Path, parts: Parts) -> tuple[ModelMarker, ...]:
    """Read a marker set that is a file of its own.

    Parameters
    ----------
    path
        The XML file.
    parts
        The model whose bodies it names.
    """
    root = open_document(path)
    version_of(root)
    holder = root.need("MarkerSet")
    objects = holder.need("objects")
    bodies = {GROUND, *(body.name for body in parts.bodies)}
    return read_markers(list(objects.children()), dict(parts.frames), bodies)


def read_model(path: Path, marker_set: Path | None = None) -> Model:
    """Read an OpenSim model.

    Parameters
    ----------
    path
        The .osim file.
    marker_set
        An XML file with markers that take the place of the model's own.

    Returns
    -------
    Model
        Immutable, its arrays ready for the kernels.

    Raises
    ------
    ModelError
        A file cannot be read, or something that moves or weighs is not understood.
    """
    parts = read_parts(open_document(path))
    markers = None if marker_set is None else read_marker_set(marker_set, parts)
    return assemble(parts, str(path), markers)
