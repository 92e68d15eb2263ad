"""Points of the body over time for the stick figure: from a solved model, or from markers.

Everything is in the ground frame, x forward, y up, z to the right, m
(docs/frames-and-units.md). A point is a place and a side, ``knee.left``, or a place in the
midline, ``neck``. The points are for looking at; nothing is computed from them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.kinematics.inverse import body_poses, marker_positions
from kinechain.gait.marker_names import MarkerMap
from kinechain.gait.recording import FloatArray, Markers
from kinechain.gait.solution import Solved

Groups = tuple[tuple[str, ...], ...]

# In order of preference; the group that is seen in most frames is taken.
SIDED: dict[str, Groups] = {
    "asis": (("asis",),),
    "psis": (("psis",), ("iliac_crest",)),
    "hip": (("hip_joint_centre",), ("greater_trochanter",)),
    "knee": (("knee_joint_centre",), ("knee_lateral", "knee_medial"), ("knee_lateral",)),
    "ankle": (("ankle_joint_centre",), ("ankle_lateral", "ankle_medial"), ("ankle_lateral",)),
    "heel": (("heel",),),
    "toe": (("toe",), ("metatarsal_2",), ("metatarsal_1", "metatarsal_5"), ("metatarsal_5",),
            ("metatarsal_1",)),
    "shoulder": (("shoulder",), ("clavicle",)),
    "elbow": (("elbow_lateral", "elbow_medial"), ("elbow_lateral",)),
    "wrist": (("wrist_radial", "wrist_ulnar"), ("wrist_radial",), ("wrist_ulnar",), ("hand",)),
    "temple": (("head_front", "head_back"), ("head_front",), ("head_back",)),
}  # fmt: skip
MIDLINE: dict[str, Groups] = {
    "sacrum": (("sacrum",),),
    "neck": (("c7",), ("jugular_notch",)),
    "crown": (("head_top",),),
}
JOINTS = {"femur": "hip", "tibia": "knee", "talus": "ankle", "calcn": "heel",
          "humerus": "shoulder", "ulna": "elbow", "hand": "wrist"}  # fmt: skip
"""Bodies of OpenSim's models for gait, and the joint at which each begins."""

ARM = ("elbow", "wrist")
ARM_MARKERS = ("upper_arm", "elbow_lateral", "elbow_medial", "forearm", "wrist_radial",
               "wrist_ulnar", "hand")  # fmt: skip
"""Without any of these a model's arm hangs as it is held, which is no news of the person."""

# Bell, Brand and Pedersen (1989), Human Movement Science 8:3-16, abstract: in adults, below,
# inwards of and behind the front iliac spine, as shares of the distance between the two; 95 %
# within 3.3 cm.
HIP_BELOW, HIP_INWARDS, HIP_BEHIND = 0.30, 0.14, 0.22

# Only where no marker is on the head, so that the figure has one; judgement, and it is said.
HEAD_OVER_TRUNK = 0.36


@dataclass(frozen=True, eq=False)
class Skeleton:
    """Points of the body over time.

    Attributes
    ----------
    times_s
        Shape (n,).
    points
        By name, each of shape (n, 3), m; NaN where not known.
    drawn_from
        What they are, a sentence.
    """

    times_s: FloatArray
    points: dict[str, FloatArray]
    drawn_from: str


def from_markers(markers: Markers, names: MarkerMap) -> Skeleton:
    """The points that markers show.

    Parameters
    ----------
    markers
        With short gaps filled.
    names
        Their anatomical names.
    """
    points = _marked(markers, names)
    estimated = _add_hips(points)
    drawn = _add_midline(points)
    said = "Drawn from the markers, at the skin where a joint has one marker only."
    said += " Hip centres estimated from the pelvis (Bell 1989)." if estimated else ""
    return Skeleton(markers.times_s, points, said + drawn)


def from_model(solved: Solved, markers: Markers, names: MarkerMap) -> Skeleton | None:
    """The joint centres of a solved model, with its markers for what has no joint.

    Parameters
    ----------
    solved
        Its motion gives the times.
    markers, names
        The recording's, for what the model has no marker of.

    Returns
    -------
    Skeleton or None
        None where the model's bodies bear other names than OpenSim's.
    """
    model, motion = solved.model, solved.motion
    bodies = {name.lower(): number for number, name in enumerate(model.bodies)}
    if not {"femur_l", "femur_r", "tibia_l", "tibia_r"} <= set(bodies):
        return None
    _, origins = body_poses(model, motion.values)
    placed = Markers(
        model.markers, motion.times_s, marker_positions(model, motion.values), markers.rate_hz
    )
    known = {name: names.anatomical[name] for name in model.markers if name in names.anatomical}
    points = _marked(placed, MarkerMap(known))
    measured = _marked(markers, names)
    for name, path in measured.items():
        if name not in points:
            points[name] = _at(markers.times_s, path, motion.times_s)
    seen = set(names.anatomical.values())
    for body, place in JOINTS.items():
        for side in SIDES:
            number = bodies.get(f"{body}_{side[0]}")
            held = place in ARM and not any(f"{one}.{side}" in seen for one in ARM_MARKERS)
            if number is not None and not held:
                points[f"{place}.{side}"] = origins[:, number]
    drawn = _add_midline(points)
    return Skeleton(motion.times_s, points, f"Drawn from the joint centres of the model.{drawn}")


def _marked(markers: Markers, names: MarkerMap) -> dict[str, FloatArray]:
    """Points that markers show by themselves."""
    found: dict[str, FloatArray] = {}
    for place, groups in SIDED.items():
        for side in SIDES:
            path = _best(markers, names, groups, side)
            if path is not None:
                found[f"{place}.{side}"] = path
    for place, groups in MIDLINE.items():
        path = _best(markers, names, groups, "")
        if path is not None:
            found[place] = path
    return found


def _best(markers: Markers, names: MarkerMap, groups: Groups, side: str) -> FloatArray | None:
    best: FloatArray | None = None
    most = 0.0
    for group in groups:
        paths = [path for one in group if (path := _place(markers, names, one, side)) is not None]
        if len(paths) < len(group):
            continue
        middle = np.mean(paths, axis=0)
        seen = float((~np.isnan(middle[:, 0])).mean())
        if seen > most + 0.1:
            best, most = middle, seen
    return best


def _place(markers: Markers, names: MarkerMap, kind: str, side: str) -> FloatArray | None:
    columns = [markers.names.index(name) for name in names.find(kind, side)]
    return markers.positions_m[:, columns].mean(axis=1) if columns else None


def _at(times_s: FloatArray, path: FloatArray, wanted_s: FloatArray) -> FloatArray:
    """The path at other times; NaN stays NaN."""
    return np.column_stack([np.interp(wanted_s, times_s, path[:, axis]) for axis in range(3)])


def _add_hips(points: dict[str, FloatArray]) -> bool:
    """Hip centres from the pelvis' markers, where no marker is nearer to them."""
    behind = _middle(points, "psis.left", "psis.right")
    behind = points.get("sacrum") if behind is None else behind
    left, right = points.get("asis.left"), points.get("asis.right")
    missing: list[Side] = [side for side in SIDES if f"hip.{side}" not in points]
    if not missing or behind is None or left is None or right is None:
        return False
    across = right - left
    width = np.linalg.norm(across, axis=1)[:, None]
    across = across / width
    forward = (left + right) / 2 - behind
    forward = forward - np.sum(forward * across, axis=1)[:, None] * across
    forward = forward / np.linalg.norm(forward, axis=1)[:, None]
    up = np.cross(across, forward)
    for side in missing:
        inwards = across if side == "left" else -across
        shift = HIP_INWARDS * inwards - HIP_BELOW * up - HIP_BEHIND * forward
        points[f"hip.{side}"] = points[f"asis.{side}"] + width * shift
    return True


def _add_midline(points: dict[str, FloatArray]) -> str:
    """Middle of the pelvis, neck and head; what had to be invented, as a sentence."""
    pelvis = _middle(points, "hip.left", "hip.right")
    if pelvis is None:
        pelvis = _middle(points, "asis.left", "asis.right")
    shoulders = _middle(points, "shoulder.left", "shoulder.right")
    if "neck" not in points and shoulders is not None:
        points["neck"] = shoulders
    back = points.get("sacrum")
    if back is None:
        back = _middle(points, "psis.left", "psis.right")
    front = _middle(points, "asis.left", "asis.right")
    root = (front + back) / 2 if front is not None and back is not None else pelvis
    if root is not None:
        points["root"] = root
    head = _middle(points, "temple.left", "temple.right")
    if head is None:
        head = _middle(points, "crown", "neck")
    if head is not None:
        points["head"] = head
        return ""
    if "neck" in points and root is not None:
        base = shoulders if shoulders is not None else points["neck"]
        points["head"] = base + HEAD_OVER_TRUNK * (base - root)
        return " The head is not measured, only drawn."
    return ""


def _middle(points: dict[str, FloatArray], *names: str) -> FloatArray | None:
    found = [points[name] for name in names if name in points]
    return np.mean(found, axis=0) if len(found) == len(names) else None
