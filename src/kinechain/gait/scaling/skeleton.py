"""The skeleton that ships with the program, from `kinechain/data/gait_models`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from kinechain.gait.errors import ModelError
from kinechain.gait.parameters.norms import NormSource
from kinechain.gait.yaml_file import read_yaml

FOLDER = Path(__file__).parents[2] / "data" / "gait_models"
FULL_BODY = "full_body"
GROUND = "ground"


class SkeletonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body; `segment` is its row in the table of segments, empty where it weighs nothing."""

    name: str
    sided: bool = False
    segment: str = ""


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rotation of a joint: its coordinate, its axis on the right side, its name, its bounds."""

    coordinate: str
    axis: tuple[float, float, float]
    label: str
    range_deg: tuple[float, float] | None = None
    fixed: bool = False
    source: str = ""


class SkeletonJoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds a child to its parent: rotations in their order, then translations."""

    name: str
    parent: str
    child: str
    sided: bool = False
    rotations: tuple[Turn, ...] = ()
    translations: tuple[str, ...] = ()


class Skeleton(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bodies, joints, the body that each place's markers move with, and their weights."""

    name: str
    gravity_m_s2: tuple[float, float, float]
    bodies: tuple[SkeletonBody, ...]
    joints: tuple[SkeletonJoint, ...]
    markers: dict[str, str]
    weights: dict[str, float]
    sources: dict[str, NormSource]


def read_skeleton(path: Path) -> Skeleton:
    """Read a skeleton.

    Parameters
    ----------
    path
        The YAML file.

    Raises
    ------
    ModelError
        When the file is not of the form, or names a body, a source or an axis that is not there.
    """
    try:
        found = msgspec.convert(read_yaml(path), Skeleton)
    except msgspec.ValidationError as error:
        raise ModelError(str(path), f"It cannot be read ({error}).", "Correct the file.") from None
    bodies = {one.name: one for one in found.bodies}
    held = [joint.child for joint in found.joints]
    wrong = [
        *(f"joint {one.name}" for one in found.joints
          if {one.child, one.parent} - {*bodies, GROUND}),
        *(f"joint {one.name}" for one in found.joints if one.child in bodies
          and bodies[one.child].sided != one.sided),
        *(f"joint {one.name}" for one in found.joints if len(one.rotations) > 3
          or len(one.translations) not in (0, 3)),
        *(f"body {name}" for name in bodies if held.count(name) != 1),
        *(f"marker {place}" for place, body in found.markers.items() if body not in bodies),
        *(f"weight {place}" for place, one in found.weights.items()
          if place not in found.markers or one <= 0),
        *(f"coordinate {turn.coordinate}" for one in found.joints for turn in one.rotations
          if (turn.source and turn.source not in found.sources) or not any(turn.axis)),
    ]  # fmt: skip
    if wrong:
        raise ModelError(
            f"{path}, {wrong[0]}",
            "It does not fit the rest of the file.",
            "Name bodies, sources and axes that are there; give each body one joint.",
        )
    return found


@cache
def full_body() -> Skeleton:
    """The shipped skeleton from foot to head."""
    return read_skeleton(FOLDER / f"{FULL_BODY}.yaml")
