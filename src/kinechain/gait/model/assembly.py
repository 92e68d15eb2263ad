"""Makes a model of its parts: order, numbers, arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kinechain.gait.errors import ModelError
from kinechain.gait.kernels.layout import FloatArray, IntArray, Tree
from kinechain.gait.model.functions import Function
from kinechain.gait.model.model import Model, frozen
from kinechain.gait.model.parts import Coupler, Joint, ModelMarker, Parts

MOST_BODIES = 500  # the fit works in squares of coordinates: more would fill the memory
MOST_MARKERS = 5000


class _Table:
    """Gathers the rows of all functions."""

    def __init__(self) -> None:
        self.rows: list[FloatArray] = []
        self.count = 0

    def add(self, function: Function) -> tuple[int, int, int]:
        first = self.count
        self.rows.append(function.rows)
        self.count += len(function.rows)
        return function.kind, first, len(function.rows)


def _ordered(parts: Parts, file: str) -> list[Joint]:
    """The joints, parents before children; every body has one."""
    children: dict[str, str] = {}
    for joint in parts.joints:
        if joint.child in children:
            raise ModelError(f"{file}, joint {joint.name}",
                             f"The body {joint.child} is already held by {children[joint.child]}.",
                             "Only trees can be read; remove one of the two joints.")  # fmt: skip
        children[joint.child] = joint.name
    placed = {"ground"}
    waiting, order = list(parts.joints), []
    while waiting:
        ready = [joint for joint in waiting if joint.parent in placed]
        if not ready:
            raise ModelError(
                f"{file}, joint {waiting[0].name}",
                f"Its parent {waiting[0].parent} does not hang on the ground.",
                "Give every body a joint, and the first one a joint to ground.",
            )
        order += ready
        placed |= {joint.child for joint in ready}
        waiting = [joint for joint in waiting if joint not in ready]
    free = [body.name for body in parts.bodies if body.name not in placed]
    if free:
        raise ModelError(f"{file}, body {free[0]}", "No joint holds this body.",
                         "Give it a joint (a FreeJoint to ground if it floats).")  # fmt: skip
    return order


def _once(names: Sequence[str], kind: str, file: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen or not name:
            raise ModelError(f"{file}, {kind} '{name}'", "The name is empty or comes twice.",
                             "Give every one a name of its own.")  # fmt: skip
        seen.add(name)


def _coupled(
    couplers: Sequence[Coupler], numbers: dict[str, int], table: _Table, file: str
) -> tuple[IntArray, IntArray]:
    source = np.arange(len(numbers), dtype=np.int64)
    functions = np.tile(np.array([-1, 0, 0], np.int64), (len(numbers), 1))
    dependent = {coupler.dependent for coupler in couplers}
    for coupler in couplers:
        for name in (coupler.dependent, coupler.independent):
            if name not in numbers:
                raise ModelError(f"{file}, coupler of {coupler.dependent}",
                                 f"{name} is no coordinate.", "Correct its name.")  # fmt: skip
        if coupler.independent in dependent or functions[numbers[coupler.dependent], 0] >= 0:
            raise ModelError(f"{file}, coupler of {coupler.dependent}",
                             "Couplers follow one another or the coordinate has two.",
                             "Let each dependent coordinate follow one that is free.")  # fmt: skip
        functions[numbers[coupler.dependent]] = table.add(coupler.function)
        source[numbers[coupler.dependent]] = numbers[coupler.independent]
    return source, functions


def _tree(parts: Parts, order: Sequence[Joint], file: str) -> Tree:
    numbers = {one.name: number for number, one in enumerate(parts.coordinates)}
    places = {name: k for k, name in enumerate(["ground", *(one.child for one in order)])}
    bodies = {body.name: body for body in parts.bodies}
    table = _Table()
    count = len(order)
    coordinate, own = np.full((count, 6), -1, np.int64), np.full((count, 6), -1, np.int64)
    function = np.zeros((count, 6, 3), np.int64)
    for j, joint in enumerate(order):
        names = [axis.coordinate for axis in joint.axes]
        coordinate[j] = [-1 if name is None else numbers[name] for name in names]
        order_of_motion = (*coordinate[j, 3:], *coordinate[j, :3])
        unique = list(dict.fromkeys(k for k in order_of_motion if k >= 0))
        own[j, : len(unique)] = unique
        function[j] = [table.add(axis.function) for axis in joint.axes]
    source, coupler = _coupled(parts.couplers, numbers, table, file)
    inner = [joint.in_child.inverse() for joint in order]
    held = [bodies[joint.child] for joint in order]
    arrays = Tree(
        parent=np.array([places[joint.parent] for joint in order], np.int64),
        parent_rotation=np.array([joint.in_parent.rotation for joint in order]),
        parent_place=np.array([joint.in_parent.place_m for joint in order]),
        child_rotation=np.array([pose.rotation for pose in inner]),
        child_place=np.array([pose.place_m for pose in inner]),
        axes=np.array([[axis.direction for axis in joint.axes] for joint in order]),
        coordinate=coordinate,
        own=own,
        function=function,
        table=np.concatenate(table.rows),
        source=source,
        coupler=coupler,
        mass=np.array([0.0, *(body.mass_kg for body in held)]),
        centre=np.array([np.zeros(3), *(body.centre_m for body in held)]),
        inertia=np.array([np.zeros((3, 3)), *(body.inertia_kg_m2 for body in held)]),
        gravity=np.asarray(parts.gravity_m_s2, float),
    )
    return Tree(*(frozen(array) for array in arrays))


def assemble(parts: Parts, file: str, markers: Sequence[ModelMarker] | None = None) -> Model:
    """Make a model of its parts.

    Parameters
    ----------
    parts
        What was read or built.
    file
        Where it came from, for messages.
    markers
        Markers that take the place of the parts' own.

    Returns
    -------
    Model
        Immutable.

    Raises
    ------
    ModelError
        Names come twice, the joints are no tree, or couplers follow one another.
    """
    markers = parts.markers if markers is None else markers
    for kind, count, most in (("bodies", len(parts.bodies), MOST_BODIES),
                              ("joints", len(parts.joints), MOST_BODIES),
                              ("markers", len(markers), MOST_MARKERS)):  # fmt: skip
        if count > most:
            raise ModelError(file, f"The model has {count} {kind}; {most} can be computed.",
                             "Remove what the question does not need.")  # fmt: skip
    if not parts.joints:
        raise ModelError(file, "The model has no joints.", "Give a model with bodies and joints.")
    _once([one.name for one in parts.bodies], "body", file)
    _once([one.name for one in parts.joints], "joint", file)
    _once([one.name for one in parts.coordinates], "coordinate", file)
    _once([one.name for one in markers], "marker", file)
    order = _ordered(parts, file)
    bodies = ("ground", *(joint.child for joint in order))
    return Model(
        name=parts.name,
        bodies=bodies,
        joints=tuple(joint.name for joint in order),
        coordinates=parts.coordinates,
        markers=tuple(one.name for one in markers),
        marker_body=frozen(np.array([bodies.index(one.body) for one in markers], np.int64)),
        marker_place_m=frozen(np.array([one.place_m for one in markers]).reshape(-1, 3)),
        tree=_tree(parts, order, file),
    )
