"""What a force plate's channels say: force, point of application and free moment.

The four kinds of plate of the C3D format (C3D file format, user guide, FORCE_PLATFORM). Each
is brought to the same form: force and moment about the centre of the plate's surface, in the
plate's axes; then to the laboratory's axes by the corners.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinechain.gait.errors import RecordingError
from kinechain.gait.recording import FloatArray

CHANNELS = {1: 6, 2: 6, 3: 8, 4: 6}
POINT_THRESHOLD_N = 10.0  # below, the point of application is noise
FLAT = 1e-9


@dataclass(frozen=True)
class Wrench:
    """Force and moment about the surface's centre, in the plate's axes.

    Attributes
    ----------
    force
        Shape (n, 3), N.
    moment
        Shape (n, 3), Nm.
    """

    force: FloatArray
    moment: FloatArray


def surface_wrench(
    where: str,
    kind: int,
    channels: FloatArray,
    origin_m: FloatArray,
    calibration: FloatArray | None,
) -> Wrench:
    """Force and moment about the centre of the surface.

    Parameters
    ----------
    where
        File and plate, for messages.
    kind
        Plate type of the C3D format, 1 to 4.
    channels
        Shape (n, 6), for type 3 (n, 8): N, Nm, and m for the points of type 1; for type 4
        the unscaled outputs.
    origin_m
        Shape (3,), m. Types 2 and 4: from the plate's origin to the centre of the surface.
        Type 1: its third number is the height of the surface. Type 3: half the distances
        between the sensors along x and y, and the surface above the sensors.
    calibration
        Shape (6, 6), outputs to N and Nm; for type 4.

    Raises
    ------
    RecordingError
        For another type, or another number of channels.
    """
    if kind not in CHANNELS:
        raise RecordingError(
            f"{where}, FORCE_PLATFORM:TYPE",
            f"The type must be 1, 2, 3 or 4. Got {kind}.",
            "Export the trial with forces and moments (type 2).",
        )
    if channels.shape[1] != CHANNELS[kind]:
        raise RecordingError(
            f"{where}, FORCE_PLATFORM:CHANNEL",
            f"A plate of type {kind} must have {CHANNELS[kind]} channels. Got {channels.shape[1]}.",
            "Correct the channels of the plate.",
        )
    if kind == 1:
        return _type_1(channels)
    if kind == 3:
        return _type_3(channels, origin_m)
    if kind == 4:
        if calibration is None or calibration.shape != (6, 6):
            raise RecordingError(
                f"{where}, FORCE_PLATFORM:CAL_MATRIX",
                "A plate of type 4 must have a calibration matrix of 6 x 6.",
                "Export the trial with forces and moments (type 2).",
            )
        channels = channels @ calibration.T
    force, moment = channels[:, :3], channels[:, 3:]
    return Wrench(force.copy(), moment - np.cross(_downward(origin_m), force))


def _type_1(channels: FloatArray) -> Wrench:
    """Force, point on the surface and free moment: Fx, Fy, Fz, px, py, Tz."""
    force = channels[:, :3].copy()
    point = np.column_stack([channels[:, 3:5], np.zeros(len(channels))])
    moment = np.cross(point, force)
    moment[:, 2] += channels[:, 5]
    return Wrench(force, moment)


def _type_3(channels: FloatArray, origin_m: FloatArray) -> Wrench:
    """Four sensors: Fx12, Fx34, Fy14, Fy23, Fz1, Fz2, Fz3, Fz4."""
    fx12, fx34, fy14, fy23, fz1, fz2, fz3, fz4 = channels.T
    half_x, half_y, _ = np.abs(origin_m)
    force = np.column_stack([fx12 + fx34, fy14 + fy23, fz1 + fz2 + fz3 + fz4])
    moment = np.column_stack(
        [
            half_y * (fz1 + fz2 - fz3 - fz4),
            half_x * (-fz1 + fz2 + fz3 - fz4),
            half_y * (-fx12 + fx34) + half_x * (fy14 - fy23),
        ]
    )
    above = np.array([0.0, 0.0, _downward(origin_m)[2]])
    return Wrench(force, moment - np.cross(above, force))


def _downward(origin_m: FloatArray) -> FloatArray:
    """The origin lies below the surface, plate axes pointing down; files get the sign wrong."""
    return -origin_m if origin_m[2] > 0 else origin_m


def plate_axes(where: str, corners_m: FloatArray) -> FloatArray:
    """The plate's axes in the laboratory, as columns.

    Parameters
    ----------
    where
        File and plate, for messages.
    corners_m
        Shape (4, 3): the corners in the quadrants +x +y, -x +y, -x -y, +x -y of the plate.

    Raises
    ------
    RecordingError
        When the corners span no rectangle.
    """
    first = (corners_m[0] + corners_m[3] - corners_m[1] - corners_m[2]) / 2.0
    second = (corners_m[0] + corners_m[1] - corners_m[2] - corners_m[3]) / 2.0
    third = np.cross(first, second)
    sizes = [float(np.linalg.norm(one)) for one in (first, second, third)]
    if not np.isfinite(corners_m).all() or sizes[2] < FLAT or min(sizes[:2]) < 0.05:
        raise RecordingError(
            f"{where}, FORCE_PLATFORM:CORNERS",
            f"The corners must span a rectangle of at least 5 cm. Got sides of {sizes[0]:.3g} "
            f"and {sizes[1]:.3g} m.",
            "Correct the corners or the unit of length.",
        )
    if abs(float(first @ second)) > 0.1 * sizes[0] * sizes[1]:
        raise RecordingError(
            f"{where}, FORCE_PLATFORM:CORNERS",
            "Neighbouring sides must be at right angles.",
            "Correct the order of the corners.",
        )
    up = third / sizes[2]
    along = first / sizes[0]
    across = np.asarray(np.cross(up, along), dtype=np.float64)
    return np.column_stack([along, across, up])


def at_point(
    wrench: Wrench, axes: FloatArray, centre_m: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Force, point of application and free moment in the laboratory's axes.

    Where the vertical force is below 10 N, the point is the centre of the surface and the
    moment is the one about it, so that the three together stay what was measured.

    Parameters
    ----------
    wrench
        About the centre of the surface, plate axes.
    axes
        Shape (3, 3), the plate's axes as columns.
    centre_m
        Shape (3,), m.

    Returns
    -------
    force_N, point_m, moment_Nm
        Each of shape (n, 3).
    """
    force, moment = wrench.force, wrench.moment
    vertical = force[:, 2]
    loaded = np.abs(vertical) > POINT_THRESHOLD_N
    safe = np.where(loaded, vertical, 1.0)
    point = np.zeros_like(force)
    point[:, 0] = np.where(loaded, -moment[:, 1] / safe, 0.0)
    point[:, 1] = np.where(loaded, moment[:, 0] / safe, 0.0)
    free = moment - np.cross(point, force)
    return force @ axes.T, point @ axes.T + centre_m, free @ axes.T
