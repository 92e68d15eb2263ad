"""The force plates of a C3D file, in SI units and the file's axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.c3d_decode import Analogs, numbers
from kinechain.gait.io.plate_wrench import CHANNELS, at_point, plate_axes, surface_wrench
from kinechain.gait.io.raw import MOMENT_UNITS_NM
from kinechain.gait.recording import FloatArray, ForceRecord, Plate, PlateForces

# Whether a channel of a plate carries force (f), moment (m), a point (p) or a raw output.
CONTENT = {1: "fffppm", 2: "fffmmm", 3: "ffffffff", 4: "rrrrrr"}
FORCE_UNITS_N = {"n": 1.0, "kn": 1000.0, "mn": 1e-3, "lbf": 4.4482216}
BASELINE_SHARE = 0.05  # of the largest force: more than that is a foot, not an offset
LOADED_N = 50.0
MARGIN_M = 0.1
MOSTLY = 0.5


def read_plates(
    source: str, parameters: dict[str, Any], analogs: Analogs, length: float, start_s: float
) -> tuple[ForceRecord | None, list[str]]:
    """All plates of the file.

    Parameters
    ----------
    source
        The file, for messages.
    parameters
        The file's groups of parameters.
    analogs
        Of all channels.
    length
        Metres in the file's unit of length.
    start_s
        Time of the first sample, s.

    Returns
    -------
    forces
        None where the file has no plates.
    notes
        What was changed.

    Raises
    ------
    RecordingError
        When a plate's description contradicts itself.
    """
    group = parameters.get("FORCE_PLATFORM", {})
    used = numbers(group, "USED")
    count = _whole(used.flat[0]) if used.size else 0
    available = analogs.raw.shape[2]
    if count <= 0 or available == 0:
        return None, []
    rate = _rate(source, parameters, analogs.samples)
    units = [
        str(one).strip().lower()
        for one in parameters["ANALOG"].get("UNITS", {"value": []})["value"]
    ]
    plates: list[PlateForces] = []
    notes: list[str] = []
    for index in range(count):
        where = f"{source}, force plate {index + 1}"
        kind, columns = _channels(where, group, index, available)
        scaled = analogs.channels(columns)
        if not np.isfinite(scaled).all():
            raise RecordingError(
                f"{where}, analog data", "A sample must be a finite number.", "Export it again."
            )
        scaled *= _factors(where, CONTENT[kind], units, columns, length)
        scaled, said = _without_baseline(
            scaled, kind, numbers(group, "ZERO"), analogs.samples, parameters, index
        )
        notes += said
        plate, more = _plate(where, group, index, kind, scaled, length)
        plates.append(plate)
        notes += more
    times = start_s + np.arange(analogs.samples) / rate
    return ForceRecord(times, tuple(plates)), notes


def _rate(source: str, parameters: dict[str, Any], samples: int) -> float:
    """Analog samples in a second, a multiple of the markers' rate."""
    rate = numbers(parameters.get("ANALOG", {}), "RATE").ravel()
    point = numbers(parameters["POINT"], "RATE").ravel()
    frames = numbers(parameters["POINT"], "FRAMES").ravel()
    found = float(rate[0]) if rate.size else 0.0
    expected = found
    if point.size and frames.size and frames[0] > 0:
        expected = float(point[0]) * max(1, round(samples / float(frames[0])))
    if not np.isfinite(found) or found <= 0 or abs(found / expected - 1.0) > 1e-3:
        raise RecordingError(
            f"{source}, ANALOG:RATE",
            f"The file holds {expected:g} analog samples a second. Got a rate of {found:g}.",
            "Correct the rate and export the trial again.",
        )
    return found


def _whole(number: float) -> int:
    """The number without its fraction; 0 where it is none."""
    return int(number) if np.isfinite(number) else 0


def _channels(
    where: str, group: dict[str, Any], index: int, available: int
) -> tuple[int, list[int]]:
    """Type of a plate and the columns of its channels."""
    kinds = numbers(group, "TYPE").ravel(order="F")
    kind = _whole(kinds[index]) if index < kinds.size else 0
    if kind not in CHANNELS:
        raise RecordingError(
            f"{where}, FORCE_PLATFORM:TYPE",
            f"The type must be 1, 2, 3 or 4. Got {kind}.",
            "Export the trial with forces and moments (type 2).",
        )
    table = numbers(group, "CHANNEL")
    columns = (
        [_whole(one) - 1 for one in table[: CHANNELS[kind], index]]
        if table.ndim == 2 and index < table.shape[1]
        else []
    )
    if len(columns) != CHANNELS[kind] or not all(0 <= one < available for one in columns):
        raise RecordingError(
            f"{where}, FORCE_PLATFORM:CHANNEL",
            f"A plate of type {kind} must name {CHANNELS[kind]} of the {available} analog "
            f"channels. Got {[one + 1 for one in columns]}.",
            "Correct the channels and export the trial again.",
        )
    return kind, columns


def _factors(
    where: str, content: str, units: list[str], columns: list[int], length: float
) -> FloatArray:
    """What makes each channel N, Nm or m."""
    factors: list[float] = []
    for letter, column in zip(content, columns, strict=True):
        unit = units[column] if column < len(units) else ""
        if letter == "f":
            known, default = FORCE_UNITS_N, 1.0
        elif letter == "m":
            known, default = MOMENT_UNITS_NM, length
        elif letter == "p":
            known, default = {"mm": 1e-3, "cm": 1e-2, "m": 1.0}, length
        else:
            factors.append(1.0)
            continue
        if unit and unit not in known and unit not in ("v", "mv"):
            raise RecordingError(
                f"{where}, ANALOG:UNITS",
                f"Channel {column + 1} must be in one of {', '.join(known)}. Got {unit[:40]!r}.",
                "Correct the unit and export the trial again.",
            )
        factors.append(known.get(unit, default))
    return np.array(factors)


def _without_baseline(
    samples: FloatArray,
    kind: int,
    zero: FloatArray,
    count: int,
    parameters: dict[str, Any],
    index: int,
) -> tuple[FloatArray, list[str]]:
    """Subtract the mean over the frames of FORCE_PLATFORM:ZERO, if the plate was empty then."""
    if zero.size < 2 or zero.ravel()[0] < 1 or zero.ravel()[1] < zero.ravel()[0]:
        return samples, []
    frames = float(np.atleast_1d(parameters["POINT"]["FRAMES"]["value"])[0]) or 1.0
    ratio = max(1, round(count / frames))
    first, last = (_whole(one) for one in zero.ravel()[:2])
    span = samples[(first - 1) * ratio : last * ratio]
    if len(span) == 0:
        return samples, []
    vertical = slice(4, 8) if kind == 3 else slice(2, 3)
    offset = span.mean(axis=0)
    largest = float(np.abs(samples[:, vertical].sum(axis=1) - offset[vertical].sum()).max())
    spread = float(np.ptp(span[:, vertical].sum(axis=1)))
    if largest == 0 or spread > BASELINE_SHARE * largest:
        note = (
            f"Force plate {index + 1}: somebody stood on it in the frames {first} to {last} of "
            "FORCE_PLATFORM:ZERO; no baseline was subtracted."
        )
        return samples, [note]
    note = (
        f"Force plate {index + 1}: the mean of frames {first} to {last} was subtracted "
        "(FORCE_PLATFORM:ZERO)."
    )
    return samples - offset, [note]


def _of_plate(table: FloatArray, shape: tuple[int, ...], index: int) -> FloatArray | None:
    """One plate's part of a parameter whose last dimension counts the plates."""
    if table.ndim == len(shape) and index == 0:
        table = table[..., None]
    if table.ndim != len(shape) + 1 or table.shape[:-1] != shape or index >= table.shape[-1]:
        return None
    found = table[..., index]
    return found if np.isfinite(found).all() else None


def _plate(
    where: str,
    group: dict[str, Any],
    index: int,
    kind: int,
    samples: FloatArray,
    length: float,
) -> tuple[PlateForces, list[str]]:
    every = numbers(group, "CORNERS")
    corners = _of_plate(every, (3, 4), index)
    if corners is None:
        raise RecordingError(
            f"{where}, FORCE_PLATFORM:CORNERS",
            f"Each plate must have four corners of three coordinates. Got shape {every.shape}.",
            "Describe the plates in the recording program and export the trial again.",
        )
    corners = corners.T * length
    origins = numbers(group, "ORIGIN")
    if not np.isfinite(origins).all():
        raise RecordingError(
            f"{where}, FORCE_PLATFORM:ORIGIN", "It must be finite numbers.", "Export it again."
        )
    origin = _of_plate(origins, (3,), index)
    origin = np.zeros(3) if origin is None else origin * length
    wrench = surface_wrench(where, kind, samples, origin, _calibration(group, index, length, kind))
    axes = plate_axes(where, corners)
    force, point, moment = at_point(wrench, axes, corners.mean(axis=0))
    notes = _point_on_plate(where, index, force, point, corners, axes)
    plate = Plate(corners_m=corners, origin_m=origin)
    return PlateForces(f"plate {index + 1}", force, point, moment, plate), notes


def _calibration(group: dict[str, Any], index: int, length: float, kind: int) -> FloatArray | None:
    """Outputs to N and Nm; the file's matrix gives moments in its unit of length."""
    matrix = _of_plate(numbers(group, "CAL_MATRIX"), (6, 6), index)
    if kind != 4 or matrix is None:
        return None
    matrix = matrix.copy()
    matrix[3:] *= length
    return matrix


def _point_on_plate(
    where: str,
    index: int,
    force: FloatArray,
    point: FloatArray,
    corners: FloatArray,
    axes: FloatArray,
) -> list[str]:
    """Refuse moments in a wrong unit: they put the load far outside the plate."""
    loaded = np.abs(force @ axes[:, 2]) > LOADED_N
    if not loaded.any():
        return [f"Force plate {index + 1}: nobody stepped on it."]
    local = (point[loaded] - corners.mean(axis=0)) @ axes[:, :2]
    half = np.abs((corners - corners.mean(axis=0)) @ axes[:, :2]).max(axis=0)
    outside = (np.abs(local) > half + MARGIN_M).any(axis=1)
    share = float(outside.mean())
    if share > MOSTLY:
        raise RecordingError(
            f"{where}, ANALOG:UNITS",
            f"The load must lie on the plate. It lies outside in {share:.0%} of the samples.",
            "The unit of the moments (Nmm or Nm), the corners or the origin is wrong: correct "
            "it and export the trial again.",
        )
    if share > 0.05:
        return [f"Force plate {index + 1}: the load lies outside it in {share:.0%} of the samples."]
    return []
