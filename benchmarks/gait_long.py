"""Long recordings, made by going a real walk's frames forwards and backwards again and again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from kinechain.gait.io.external_loads import read_external_loads
from kinechain.gait.io.forces import read_forces
from kinechain.gait.io.read import read_raw
from kinechain.gait.io.readers.trc import write_trc
from kinechain.gait.io.storage import Storage, read_storage, write_storage
from kinechain.gait.recording import ForceRecord, Markers, Plate, PlateForces, Recording
from tests.support.real_gait import REAL, TRIALS

ROOM_M = np.array([[4.0, 0.0, 4.0], [-4.0, 0.0, 4.0], [-4.0, 0.0, -4.0], [4.0, 0.0, -4.0]])


def there_and_back(count: int, frames: int) -> np.ndarray:
    """Which of some frames comes at each of many: 0 1 2 1 0 1 2 ...

    Parameters
    ----------
    count
        How many there are.
    frames
        How many are wanted.
    """
    turn = np.arange(frames) % (2 * count - 2)
    return np.where(turn < count, turn, 2 * count - 2 - turn)


def long_markers(markers: Markers, seconds: float) -> Markers:
    """Markers over a longer time.

    Parameters
    ----------
    markers
        The real ones.
    seconds
        How long.
    """
    frames = round(seconds * markers.rate_hz)
    order = there_and_back(len(markers.times_s), frames)
    times = np.arange(frames) / markers.rate_hz
    return replace(markers, times_s=times, positions_m=markers.positions_m[order])


def _force_rows(
    times_s: np.ndarray, markers: Markers, seconds: float, rate_hz: float
) -> tuple[np.ndarray, np.ndarray]:
    """New times, and which old row stands at each; the forces go with the markers."""
    last = markers.times_s[-1] - markers.times_s[0]
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    turn = np.mod(times, 2 * last)
    then = markers.times_s[0] + np.where(turn <= last, turn, 2 * last - turn)
    return times, np.abs(np.searchsorted(times_s, then)).clip(0, len(times_s) - 1)


def write_long(name: str, folder: Path, seconds: float, rate_hz: float) -> tuple[Path, Path]:
    """A long TRC file and its external loads.

    Parameters
    ----------
    name
        Of the walk.
    folder
        For the files.
    seconds, rate_hz
        How long, and the forces' samples in a second.

    Returns
    -------
    markers, loads
        The TRC and the XML file.
    """
    assert REAL is not None
    below, _, _, walk, loads = TRIALS[name]
    here = REAL / below
    markers = read_raw(here / walk).markers
    assert markers is not None
    path = folder / f"{name}.trc"
    write_trc(path, long_markers(markers, seconds))
    setup = read_external_loads(here / f"{loads}.xml")
    table = read_storage(setup.forces)
    times, rows = _force_rows(table.times_s, markers, seconds, rate_hz)
    write_storage(
        folder / setup.forces.name,
        Storage("forces", table.columns, times, table.values[rows], in_degrees=False),
    )
    xml = folder / f"{loads}.xml"
    xml.write_text((here / f"{loads}.xml").read_text(encoding="utf-8"), encoding="utf-8")
    return path, xml


def write_long_c3d(name: str, folder: Path, seconds: float, rate_hz: float) -> Path:
    """The same as one C3D file.

    Parameters
    ----------
    name, folder, seconds, rate_hz
        As for `write_long`.
    """
    from tests.support.c3d_file import C3dStyle, write_c3d

    assert REAL is not None
    below, _, _, walk, loads = TRIALS[name]
    markers = read_raw(REAL / below / walk).markers
    assert markers is not None
    setup = read_external_loads(REAL / below / f"{loads}.xml")
    record, _ = read_forces(setup.forces, setup.columns)
    times, rows = _force_rows(record.times_s, markers, seconds, rate_hz)
    # The whole room is one plate for each foot: where the real ones lay is not in these files.
    plates = tuple(
        PlateForces(one.name, one.force_N[rows], one.point_m[rows], one.moment_Nm[rows],
                    Plate(ROOM_M, np.array([0.0, 0.0, -0.04])))
        for one in record.plates
    )  # fmt: skip
    whole = Recording(long_markers(markers, seconds), ForceRecord(times, plates), (), name)
    path = folder / f"{name}.c3d"
    write_c3d(path, whole, C3dStyle(plate_type=2))
    return path
