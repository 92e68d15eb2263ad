"""A recording written as C3D, with force plates of any kind, for samples and tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ezc3d
import numpy as np
import numpy.typing as npt

from kinechain.gait.io.plate_wrench import plate_axes
from kinechain.gait.recording import FloatArray, PlateForces, Recording

TO_Z_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
SENSORS_M = np.array([0.12, 0.20, -0.045])  # half distances and depth of a four-sensor plate
LABELS = {1: ("FX", "FY", "FZ", "PX", "PY", "TZ"), 2: ("FX", "FY", "FZ", "MX", "MY", "MZ"),
          3: ("FX12", "FX34", "FY14", "FY23", "FZ1", "FZ2", "FZ3", "FZ4"),
          4: ("V1", "V2", "V3", "V4", "V5", "V6")}  # fmt: skip


@dataclass(frozen=True)
class C3dStyle:
    """How the file is written.

    Attributes
    ----------
    plate_type
        1 to 4.
    to_laboratory
        Shape (3, 3): laboratory position = matrix @ ground position.
    unit
        ``mm`` or ``m``.
    first_frame
        Number of the first frame; 1 is at time zero.
    """

    plate_type: int = 2
    to_laboratory: FloatArray = field(default_factory=lambda: TO_Z_UP)
    unit: str = "mm"
    first_frame: int = 1


def calibration_matrix() -> FloatArray:
    """A calibration of a type-4 plate, outputs to N and Nm, with some cross-talk."""
    matrix = np.diag([2.9, 2.95, 11.5, 2.2, 2.1, 1.4])
    generator = np.random.default_rng(7)
    return matrix + generator.uniform(-0.05, 0.05, (6, 6))


def channels(plate: PlateForces, axes: FloatArray, centre: FloatArray, kind: int) -> FloatArray:
    """What the plate's channels would have shown, N, Nm and m, shape (n, 6) or (n, 8).

    Parameters
    ----------
    plate
        Force, point and free moment.
    axes
        Shape (3, 3), the plate's axes as columns.
    centre
        Shape (3,), the middle of its surface, m.
    kind
        Plate type, 1 to 4.
    """
    assert plate.plate is not None
    force = plate.force_N @ axes
    point = (plate.point_m - centre) @ axes
    free = plate.moment_Nm @ axes
    moment = free + np.cross(point, force)
    if kind == 1:
        return np.column_stack([force, point[:, :2], free[:, 2]])
    if kind == 3:
        half_x, half_y, depth = SENSORS_M
        below = moment + np.cross(np.array([0.0, 0.0, depth]), force)
        mixing = np.array(
            [[1, 1, 1, 1], [half_y, half_y, -half_y, -half_y], [-half_x, half_x, half_x, -half_x]]
        )
        vertical = np.column_stack([force[:, 2], below[:, :2]]) @ np.linalg.pinv(mixing).T
        turn = below[:, 2] / (2 * half_x)
        halves = force[:, :2] / 2
        return np.column_stack(
            [halves[:, 0], halves[:, 0], halves[:, 1] + turn, halves[:, 1] - turn, vertical]
        )
    at_origin = moment + np.cross(plate.plate.origin_m, force)
    both = np.hstack([force, at_origin])
    return both @ np.linalg.inv(calibration_matrix()).T if kind == 4 else both


def write_c3d(path: Path, recording: Recording, style: C3dStyle | None = None) -> None:
    """Write a recording in the ground frame as C3D.

    Parameters
    ----------
    path
        The file to write.
    recording
        With one rate of forces that is a multiple of the markers' rate.
    style
        Kind of plates, axes and units.
    """
    style = style or C3dStyle()
    scale = 1000.0 if style.unit == "mm" else 1.0
    turn = style.to_laboratory.T
    markers = recording.markers
    frames, count, _ = markers.positions_m.shape
    content: Any = ezc3d.c3d()
    parameters = content["parameters"]
    parameters["POINT"]["RATE"]["value"] = [markers.rate_hz]
    parameters["POINT"]["LABELS"]["value"] = list(markers.names)
    parameters["POINT"]["UNITS"]["value"] = [style.unit]
    points = np.ones((4, count, frames))
    points[:3] = np.transpose(markers.positions_m @ turn * scale, (2, 1, 0))
    residuals = np.where(np.isnan(points[0]), -1.0, 0.0)[None]
    content["data"]["points"] = points
    content["data"]["meta_points"]["residuals"] = residuals
    if recording.forces is not None:
        _add_plates(content, recording, style, scale, turn)
    events = recording.events
    if events:
        _add(content, "EVENT", "USED", [len(events)])
        _add(content, "EVENT", "LABELS", [one.label for one in events])
        _add(content, "EVENT", "CONTEXTS", [one.side.capitalize() for one in events])
        times = np.array([[one.time_s // 60.0, one.time_s % 60.0] for one in events]).T
        _add(content, "EVENT", "TIMES", times)
    content["header"]["points"]["first_frame"] = style.first_frame - 1
    content.write(str(path))


def _add(content: Any, group: str, name: str, value: list[Any] | npt.NDArray[Any]) -> None:
    """Add a parameter of the type its values have."""
    core: Any = ezc3d.ezc3d
    parameter = core.Parameter(name, "")
    table = np.array(value)
    shape = core.VecUInt([int(one) for one in table.shape])
    if table.dtype.kind == "U":
        parameter.set(core.VecString([str(one) for one in table]))
    elif table.dtype.kind == "i":
        parameter.set(core.VecInt([int(one) for one in table.ravel(order="F")]), shape)
    else:
        parameter.set(core.VecDouble([float(one) for one in table.ravel(order="F")]), shape)
    content["parameters"].add_parameter(group, parameter)


def _add_plates(
    content: Any, recording: Recording, style: C3dStyle, scale: float, turn: FloatArray
) -> None:
    """Analog channels and the description of the plates."""
    forces = recording.forces
    assert forces is not None
    kind = style.plate_type
    frames = len(recording.markers.times_s)
    ratio = round(
        (len(forces.times_s) - 1)
        / (forces.times_s[-1] - forces.times_s[0])
        / recording.markers.rate_hz
    )
    blocks: list[FloatArray] = []
    units: list[str] = []
    labels: list[str] = []
    corners: list[FloatArray] = []
    origins: list[FloatArray] = []
    moment = "Nmm" if style.unit == "mm" else "Nm"
    kinds = {1: "fffppm", 2: "fffmmm", 3: "ffffffff", 4: "rrrrrr"}[kind]
    factor = {"f": 1.0, "r": 1.0, "m": scale, "p": scale}
    named = {"f": "N", "m": moment, "p": style.unit, "r": "V"}
    for number, one in enumerate(forces.plates, start=1):
        assert one.plate is not None
        place = one.plate.corners_m
        block = channels(one, plate_axes("plate", place), place.mean(axis=0), kind)
        blocks.append(block * np.array([factor[letter] for letter in kinds]))
        units += [named[letter] for letter in kinds]
        labels += [f"{label}{number}" for label in LABELS[kind]]
        corners.append((place @ turn * scale).T)
        origins.append((SENSORS_M if kind == 3 else one.plate.origin_m) * scale)
    samples = np.hstack(blocks)[: frames * ratio]
    missing = frames * ratio - len(samples)
    samples = np.vstack([samples, np.repeat(samples[-1:], missing, axis=0)])
    width = len(kinds)
    parameters = content["parameters"]
    parameters["ANALOG"]["RATE"]["value"] = [recording.markers.rate_hz * ratio]
    parameters["ANALOG"]["LABELS"]["value"] = labels
    parameters["ANALOG"]["UNITS"]["value"] = units
    content["data"]["analogs"] = samples.T[None]
    plates = len(blocks)
    _add(content, "FORCE_PLATFORM", "USED", [plates])
    _add(content, "FORCE_PLATFORM", "TYPE", [kind] * plates)
    _add(content, "FORCE_PLATFORM", "ZERO", [1, 0])
    _add(content, "FORCE_PLATFORM", "CORNERS", np.stack(corners, axis=2))
    _add(content, "FORCE_PLATFORM", "ORIGIN", np.stack(origins, axis=1))
    numbers = np.arange(1, plates * width + 1).reshape(plates, width).T
    _add(content, "FORCE_PLATFORM", "CHANNEL", numbers)
    if kind == 4:
        matrix = calibration_matrix()
        matrix[3:] *= scale
        _add(content, "FORCE_PLATFORM", "CAL_MATRIX", np.stack([matrix] * plates, axis=2))
