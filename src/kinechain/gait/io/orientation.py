"""Turns a laboratory's axes into the ground frame: x forward, y up, z to the right.

The vertical is found from the body (pelvis above the feet), from gravity (where the ground
pushes) and from the plates' corners; the direction of walking from the way the body goes,
else from where the toes point. Several that contradict each other are an error.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.raw import MEASURED_FRAMES, RawTrial
from kinechain.gait.marker_names import MarkerMap
from kinechain.gait.recording import (
    FloatArray,
    ForceRecord,
    Markers,
    Plate,
    PlateForces,
    Recording,
)

AXES = {"x": 0, "y": 1, "z": 2}
CLEARLY = 0.85  # cosine: within 32 degrees of an axis
SNAP_COSINE = float(np.cos(np.radians(15.0)))
WALKED_M = 0.4
LOADED_N = 50.0
FEET = ("heel", "toe", "ankle_lateral", "ankle_medial", "metatarsal_5", "metatarsal_1")
HIPS = ("asis", "psis", "iliac_crest", "hip_joint_centre", "greater_trochanter")


@dataclass(frozen=True)
class Rotation:
    """How the laboratory was turned.

    Attributes
    ----------
    matrix
        Shape (3, 3): ground position = matrix @ laboratory position.
    sentence
        The same in words.
    """

    matrix: FloatArray
    sentence: str


def orient(trial: RawTrial, names: MarkerMap | None = None) -> tuple[Recording, Rotation]:
    """The trial in the ground frame.

    Parameters
    ----------
    trial
        A trial with markers, in its own axes.
    names
        Anatomical names of the markers.

    Returns
    -------
    recording
        In the ground frame; the last note says how it was turned.
    rotation
        What was done.

    Raises
    ------
    RecordingError
        When the vertical cannot be found or what tells it contradicts itself.
    """
    names = names or MarkerMap({})
    trial, flipped = _reaction(trial, names)
    assert trial.markers is not None
    up, reason = _up(trial, names)
    forward, way = _forward(trial.markers, names, up)
    right = np.cross(forward, up)
    matrix = np.vstack([forward, up, right])
    matrix[np.abs(matrix) < 1e-12] = 0.0
    rotation = Rotation(matrix, _sentence(matrix, reason, way))
    markers, forces = trial.markers, trial.forces
    if not np.array_equal(matrix, np.eye(3)):
        markers = _turned_markers(markers, matrix)
        forces = None if forces is None else _turned_forces(forces, matrix)
    recording = Recording(
        markers=markers,
        forces=forces,
        events=trial.events,
        source=trial.source,
        notes=(*trial.notes, *flipped, rotation.sentence),
    )
    return recording, rotation


def _sentence(matrix: FloatArray, reason: str, way: str) -> str:
    if np.array_equal(matrix, np.eye(3)):
        return f"The axes were kept (x forward, y up, z right; {reason}; {way})."
    parts: list[str] = []
    for row, name in zip(matrix, ("forward", "up", "right"), strict=True):
        axis = int(np.argmax(np.abs(row)))
        if abs(row[axis]) > 1 - 1e-9:
            parts.append(f"{name} = {'+' if row[axis] > 0 else '-'}{'XYZ'[axis]}")
        else:
            parts.append(f"{name} = ({row[0]:.3f}, {row[1]:.3f}, {row[2]:.3f})")
    return f"The axes were turned: {', '.join(parts)} of the file ({reason}; {way})."


def _mean(markers: Markers, columns: list[int]) -> FloatArray:
    """Mean over frames of the mean of some markers, from frames that show all of them."""
    chosen = markers.positions_m[:, columns]
    whole = ~np.isnan(chosen).any(axis=(1, 2))
    return chosen[whole].mean(axis=(0, 1)) if whole.any() else np.full(3, np.nan)


def _columns(markers: Markers, names: MarkerMap, kinds: tuple[str, ...]) -> list[int]:
    """Columns of the markers of these kinds that are seen in at least half of the frames."""
    found: list[int] = []
    for index, name in enumerate(markers.names):
        anatomical = names.anatomical.get(name, "")
        if anatomical.partition(".")[0] in kinds:
            found.append(index)
    if not found:
        return []
    seen = (~np.isnan(markers.positions_m[:, found, 0])).sum(axis=0)
    best = int(seen.max())
    return [index for index, count in zip(found, seen, strict=True) if count >= 0.5 * best > 0]


def _body_up(markers: Markers, names: MarkerMap) -> FloatArray | None:
    """From the feet to the pelvis, over frames that show both."""
    feet, hips = _columns(markers, names, FEET), _columns(markers, names, HIPS)
    if not feet or not hips:
        return None
    with np.errstate(invalid="ignore"):
        low, high = markers.positions_m[:, feet], markers.positions_m[:, hips]
    both = (~np.isnan(low[:, :, 0])).any(axis=1) & (~np.isnan(high[:, :, 0])).any(axis=1)
    if not both.any():
        return None
    way = np.nanmean(high[both], axis=1) - np.nanmean(low[both], axis=1)
    return way.mean(axis=0)


def _spread_up(markers: Markers) -> FloatArray | None:
    """Without names: the body is longest upwards, and stands on the floor near zero."""
    positions = markers.positions_m
    frames = (~np.isnan(positions[:, :, 0])).sum(axis=1) >= 4
    if not frames.any():
        return None
    chosen = positions[np.flatnonzero(frames)[:: -(-int(frames.sum()) // MEASURED_FRAMES)]]
    extent = np.median(np.nanmax(chosen, axis=1) - np.nanmin(chosen, axis=1), axis=0)
    axis = int(np.argmax(extent))
    middle = float(np.nanmedian(chosen[:, :, axis]))
    up = np.zeros(3)
    up[axis] = extent[axis] if middle >= 0 else -extent[axis]
    return up


def _gravity(forces: ForceRecord | None) -> FloatArray | None:
    """Mean of the loaded samples: the ground pushes upwards."""
    if forces is None:
        return None
    total = np.sum([plate.force_N for plate in forces.plates], axis=0)
    loaded = np.linalg.norm(total, axis=1) > LOADED_N
    return total[loaded].mean(axis=0) if loaded.sum() >= 10 else None


def _plate_up(forces: ForceRecord | None) -> FloatArray | None:
    """Against the plates' own z axis, which points down."""
    found = [one.plate for one in forces.plates if one.plate is not None] if forces else []
    if not found:
        return None
    corners = found[0].corners_m
    return -np.cross(corners[0] - corners[1], corners[0] - corners[3])


def _axis(direction: FloatArray | None) -> FloatArray | None:
    """The signed axis nearest to a direction; None where none is near."""
    if direction is None or not np.isfinite(direction).all():
        return None
    size = float(np.linalg.norm(direction))
    index = int(np.argmax(np.abs(direction)))
    if size == 0 or abs(direction[index]) < CLEARLY * size:
        return None
    unit = np.zeros(3)
    unit[index] = np.sign(direction[index])
    return unit


def _hinted(hint: str) -> FloatArray | None:
    if len(hint) != 2 or hint[0] not in "+-" or hint[1] not in AXES:
        return None
    unit = np.zeros(3)
    unit[AXES[hint[1]]] = 1.0 if hint[0] == "+" else -1.0
    return unit


def _reaction(trial: RawTrial, names: MarkerMap) -> tuple[RawTrial, list[str]]:
    """Some laboratories record what the foot does to the plate: turn that round."""
    assert trial.markers is not None
    body, ground = _axis(_body_up(trial.markers, names)), _axis(_gravity(trial.forces))
    if body is None:
        body = _hinted(trial.up_hint)
    if body is None or ground is None or trial.forces is None or not np.array_equal(body, -ground):
        return trial, []
    plates = tuple(
        replace(one, force_N=-one.force_N, moment_Nm=-one.moment_Nm) for one in trial.forces.plates
    )
    note = "The forces pointed downwards (the foot on the plate); they were turned round."
    return replace(trial, forces=replace(trial.forces, plates=plates)), [note]


def _up(trial: RawTrial, names: MarkerMap) -> tuple[FloatArray, str]:
    """The vertical and what told it."""
    assert trial.markers is not None
    told = [
        ("the pelvis is above the feet", _axis(_body_up(trial.markers, names))),
        ("the ground pushes up", _axis(_gravity(trial.forces))),
        ("the plates lie flat", _axis(_plate_up(trial.forces))),
        ("the file says so", _hinted(trial.up_hint)),
    ]
    if trial.ground_frame:
        told.insert(2, ("the format says so", np.array([0.0, 1.0, 0.0])))
    known = [(reason, axis) for reason, axis in told if axis is not None]
    if not known and (longest := _axis(_spread_up(trial.markers))) is not None:
        known = [("the body is longest upwards", longest)]
    if not known:
        raise RecordingError(
            trial.source,
            "The vertical must lie along an axis of the file. It cannot be told from pelvis and "
            "feet, forces, plates or the file's own statement.",
            "Name the markers of pelvis and feet in a mapping file.",
        )
    reason, up = known[0]
    for other, axis in known[1:3]:
        strong = other in ("the ground pushes up", "the plates lie flat")
        if strong and abs(float(axis @ up)) < 0.5:
            raise RecordingError(
                trial.source,
                f"Markers and forces must share one frame. {_name(up)} is up for the markers "
                f"({reason}), {_name(axis)} for the forces ({other}).",
                "Export markers and forces in the same axes.",
            )
    return up, reason


def _name(axis: FloatArray) -> str:
    index = int(np.argmax(np.abs(axis)))
    return f"{'+' if axis[index] > 0 else '-'}{'XYZ'[index]}"


def _forward(markers: Markers, names: MarkerMap, up: FloatArray) -> tuple[FloatArray, str]:
    """The horizontal direction of walking and what told it."""
    way = _travelled(markers, names)
    facing = _facing(markers, names)
    way, facing = way - (way @ up) * up, facing - (facing @ up) * up
    length, size = float(np.linalg.norm(way)), float(np.linalg.norm(facing))
    if length > WALKED_M:
        direction, reason = way / length, f"the body goes {length:.2f} m that way"
        if size > 0 and float(direction @ facing) / size < -0.5:
            reason = f"the body goes {length:.2f} m that way, backwards"
    elif size > 0:
        direction, reason = facing / size, "the feet and the pelvis point that way"
    else:
        horizontal = np.eye(3)[0] if abs(up[0]) < 0.5 else np.eye(3)[1]
        return horizontal, "the body stays and nothing tells where it faces"
    index = int(np.argmax(np.abs(direction)))
    if abs(direction[index]) >= SNAP_COSINE:
        snapped = np.zeros(3)
        snapped[index] = np.sign(direction[index])
        return snapped, reason
    return direction, reason


def _travelled(markers: Markers, names: MarkerMap) -> FloatArray:
    """Way of the trunk: the straight line that fits its path best, over the time it is seen."""
    columns = _columns(markers, names, HIPS) or list(range(len(markers.names)))
    best = np.zeros(3)
    longest = 0
    for column in columns:
        path = markers.positions_m[:, column]
        seen = np.nonzero(~np.isnan(path[:, 0]))[0]
        if seen.size > 2 and int(seen[-1] - seen[0]) > longest:
            longest = int(seen[-1] - seen[0])
            time = seen - seen.mean()
            best = (time @ (path[seen] - path[seen].mean(axis=0))) / (time @ time) * longest
    return best


def _facing(markers: Markers, names: MarkerMap) -> FloatArray:
    """From heels to toes and from the back of the pelvis to its front."""
    total = np.zeros(3)
    for back, front in (("heel", "toe"), ("heel", "metatarsal_5"), ("psis", "asis")):
        behind, before = _columns(markers, names, (back,)), _columns(markers, names, (front,))
        if len(behind) and len(before):
            step = _mean(markers, before) - _mean(markers, behind)
            if np.isfinite(step).all():
                total = total + step
    return total


def _turned_markers(markers: Markers, matrix: FloatArray) -> Markers:
    return replace(markers, positions_m=markers.positions_m @ matrix.T)


def _turned_forces(forces: ForceRecord, matrix: FloatArray) -> ForceRecord:
    turn = matrix.T
    plates = tuple(
        PlateForces(
            name=one.name,
            force_N=one.force_N @ turn,
            point_m=one.point_m @ turn,
            moment_Nm=one.moment_Nm @ turn,
            plate=None
            if one.plate is None
            else Plate(corners_m=one.plate.corners_m @ turn, origin_m=one.plate.origin_m),
        )
        for one in forces.plates
    )
    return ForceRecord(forces.times_s, plates)
