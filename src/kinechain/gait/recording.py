"""What was recorded: markers, ground reaction forces and events, in one frame and SI units.

Every position, force and moment is in OpenSim's ground frame: x forward, y up, z to the
right (docs/frames-and-units.md). Readers turn the laboratory's frame into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Markers:
    """Marker positions over time.

    Attributes
    ----------
    names
        One name per marker, m of them, each once.
    times_s
        Time of each frame, shape (n,), rising, s.
    positions_m
        Shape (n, m, 3), m, ground frame; all three coordinates NaN where a marker was not
        seen.
    rate_hz
        Frames in a second.
    """

    names: tuple[str, ...]
    times_s: FloatArray
    positions_m: FloatArray
    rate_hz: float


@dataclass(frozen=True)
class Plate:
    """Where a force plate lies.

    Attributes
    ----------
    corners_m
        Shape (4, 3), m, ground frame, in the order of the file.
    origin_m
        Shape (3,), m: from the centre of the surface to the plate's origin, plate frame.
    """

    corners_m: FloatArray
    origin_m: FloatArray


@dataclass(frozen=True)
class PlateForces:
    """What one plate measured: the action of the ground on the foot.

    Attributes
    ----------
    name
        How the file calls the plate.
    force_N
        Shape (n, 3), N, ground frame; vertical (y) is positive when a foot stands on it.
    point_m
        Point of application, shape (n, 3), m; meaningless where the force is near zero.
    moment_Nm
        Free moment about `point_m`, shape (n, 3), Nm.
    plate
        Its place, where the file tells.
    """

    name: str
    force_N: FloatArray  # noqa: N815 - the unit's own letter
    point_m: FloatArray
    moment_Nm: FloatArray  # noqa: N815
    plate: Plate | None = None


@dataclass(frozen=True)
class ForceRecord:
    """All plates of a recording on one time axis.

    Attributes
    ----------
    times_s
        Shape (n,), rising, s, on the same clock as the markers.
    plates
        One record per plate, each of n samples.
    """

    times_s: FloatArray
    plates: tuple[PlateForces, ...]


@dataclass(frozen=True)
class FileEvent:
    """An event that the file itself states.

    Attributes
    ----------
    label
        As the file writes it: ``Foot Strike``, ``Foot Off`` for example.
    side
        The side the file gives.
    time_s
        On the clock of the markers, s.
    """

    label: str
    side: Literal["left", "right", "unknown"]
    time_s: float


@dataclass(frozen=True)
class Recording:
    """One trial as it was read.

    Attributes
    ----------
    markers, forces, events
        What was measured; `forces` is None where no plate is in the file.
    source
        The file it came from, for messages.
    notes
        What the reader changed or left out, one sentence each.
    """

    markers: Markers
    forces: ForceRecord | None
    events: tuple[FileEvent, ...]
    source: str
    notes: tuple[str, ...] = ()
