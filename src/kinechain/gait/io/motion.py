"""Joint angles and generalised forces in OpenSim's formats, with its names and units."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.storage import Storage, read_storage, write_storage
from kinechain.gait.recording import FloatArray


def write_angles(
    path: Path,
    times_s: FloatArray,
    coordinates: tuple[str, ...],
    values: FloatArray,
    rotational: tuple[bool, ...],
) -> None:
    """Write the result of inverse kinematics as OpenSim does: degrees and metres.

    Parameters
    ----------
    path
        The MOT file to write.
    times_s
        Shape (n,), s.
    coordinates
        Names of the model's coordinates, c of them.
    values
        Shape (n, c), rad and m.
    rotational
        For each coordinate whether it is an angle.
    """
    factor = np.where(np.array(rotational, dtype=bool), np.degrees(1.0), 1.0)
    table = Storage("Coordinates", coordinates, times_s, values * factor, in_degrees=True)
    write_storage(path, table, explain=True)


def write_generalised_forces(
    path: Path,
    times_s: FloatArray,
    coordinates: tuple[str, ...],
    values: FloatArray,
    rotational: tuple[bool, ...],
) -> None:
    """Write the result of inverse dynamics as OpenSim does: Nm and N.

    Parameters
    ----------
    path
        The STO file to write.
    times_s
        Shape (n,), s.
    coordinates
        Names of the model's coordinates, c of them.
    values
        Shape (n, c), Nm and N.
    rotational
        For each coordinate whether it is an angle.
    """
    names = tuple(
        f"{name}_{'moment' if angle else 'force'}"
        for name, angle in zip(coordinates, rotational, strict=True)
    )
    title = "Inverse Dynamics Generalized Forces"
    write_storage(path, Storage(title, names, times_s, values, in_degrees=False))


def read_angles(
    path: Path, rotational: dict[str, bool]
) -> tuple[FloatArray, tuple[str, ...], FloatArray]:
    """Read joint angles in rad and m.

    Parameters
    ----------
    path
        A MOT file.
    rotational
        For each coordinate of the model whether it is an angle; others are left out.

    Returns
    -------
    times_s, coordinates, values
        Shapes (n,), c names, (n, c).

    Raises
    ------
    RecordingError
        When no column is a coordinate of the model.
    """
    table = read_storage(path)
    chosen = [name for name in table.columns if name in rotational]
    if not chosen:
        raise RecordingError(
            f"{path}, row of column names",
            "At least one column must be a coordinate of the model.",
            "Give the motion that belongs to the model.",
        )
    values = table.values[:, [table.columns.index(name) for name in chosen]].copy()
    if table.in_degrees:
        angles = [index for index, name in enumerate(chosen) if rotational[name]]
        values[:, angles] = np.radians(values[:, angles])
    return table.times_s, tuple(chosen), values
