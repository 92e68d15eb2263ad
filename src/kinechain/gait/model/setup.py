"""Reads the set-up files of OpenSim's inverse kinematics: marker weights, coordinate tasks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kinechain.gait.model.document import Node, open_document, version_of

Target = Literal["default_value", "manual_value", "from_file"]


@dataclass(frozen=True)
class Task:
    """A coordinate that inverse kinematics keeps near a value.

    Attributes
    ----------
    coordinate
        Its name.
    weight
        Against marker weights.
    target
        Where the value comes from: the model, this task, or the coordinates file.
    value
        Of this task, rad or m.
    """

    coordinate: str
    weight: float
    target: Target
    value: float


@dataclass(frozen=True)
class KinematicsSetup:
    """What a set-up file of OpenSim's inverse-kinematics tool asks for.

    Attributes
    ----------
    weights
        By marker name; markers whose task is not applied are missing.
    tasks
        Of coordinates.
    time_range_s
        First and last time, s; infinite where the file gives none.
    coordinate_file
        Table that tasks `from_file` take their values from; empty for none.
    """

    weights: dict[str, float]
    tasks: tuple[Task, ...]
    time_range_s: tuple[float, float]
    coordinate_file: str


def _named(text: str) -> str:
    """The text, empty where OpenSim wrote that there is none."""
    return "" if text.strip().lower() in {"", "unassigned"} else text.strip()


def _task(node: Node) -> Task:
    kind = node.text("value_type", "default_value")
    if kind not in {"default_value", "manual_value", "from_file"}:
        raise node.error(
            f"<value_type> is '{kind}'.", "Write default_value, manual_value or from_file."
        )
    target: Target = kind  # pyright: ignore[reportAssignmentType]
    return Task(node.name, _weight(node), target, node.number("value", 0.0))


def _weight(node: Node) -> float:
    weight = node.number("weight", 1.0)
    if weight < 0:
        raise node.error(f"The weight is {weight:g}.", "Give zero or more.")
    return weight


def read_kinematics_setup(path: Path) -> KinematicsSetup:
    """Read a set-up file of the inverse-kinematics tool, or a task set alone.

    Parameters
    ----------
    path
        The XML file.

    Raises
    ------
    ModelError
        It cannot be read, or has no task set.
    """
    root = open_document(path)
    version_of(root)
    tool = root.find("InverseKinematicsTool", "IKTool") or root
    weights: dict[str, float] = {}
    tasks: list[Task] = []
    tool.need("IKTaskSet")
    for node in tool.objects("IKTaskSet"):
        if not node.flag("apply", default=True):
            continue
        if node.tag == "IKMarkerTask":
            weight = _weight(node)
            if weights.setdefault(node.name, weight) != weight:
                raise node.error("The marker has two tasks with different weights.",
                                 "Remove one of them.")  # fmt: skip
        elif node.tag == "IKCoordinateTask":
            tasks.append(_task(node))
        else:
            raise node.error("This is no task of a marker or a coordinate.", "Remove it.")
    text = _named(tool.text("time_range", "")) if tool.find("time_range") else ""
    first, last = tool.numbers("time_range", 2) if text else (-float("inf"), float("inf"))
    if last < first:
        raise tool.error(f"<time_range> ends at {last:g} s, before it begins at {first:g} s.",
                         "Write the earlier time first.")  # fmt: skip
    return KinematicsSetup(
        weights, tuple(tasks), (float(first), float(last)),
        _named(tool.text("coordinate_file", "Unassigned")),
    )  # fmt: skip
