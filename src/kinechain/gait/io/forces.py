"""Ground reaction forces in MOT and STO tables: columns found, read and written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.storage import Storage, read_storage, write_storage
from kinechain.gait.recording import FloatArray, ForceRecord, PlateForces

LOADED_N = 50.0
LARGEST_ROOM_M = 20.0
DIGITS = {"x": "1", "y": "2", "z": "3"}


@dataclass(frozen=True)
class Columns:
    """The beginnings of the column names of one plate; the axis follows.

    Attributes
    ----------
    name
        What the plate is called.
    force, point, moment
        Without the axis; `moment` is empty where the table has none.
    """

    name: str
    force: str
    point: str
    moment: str = ""


def find_columns(names: tuple[str, ...]) -> tuple[Columns, ...]:
    """The plates of a table by the names in use with OpenSim.

    ``ground_force_vx`` with ``ground_force_px`` and ``ground_torque_x``;
    ``ground_force_1_mx`` for the moment; ``f1_1`` with ``p1_1`` and ``m1_1``.

    Parameters
    ----------
    names
        The table's columns.
    """
    known = set(names)
    found: list[Columns] = []
    for name in names:
        plate: Columns | None = None
        if name.endswith("vx") and {f"{name[:-1]}y", f"{name[:-1]}z"} <= known:
            stem = name[:-2]
            moments = [stem.replace("force", "torque"), stem.replace("force", "moment"), f"{stem}m"]
            moments += [f"{stem}t", stem.replace("force", "torque") + "m"]
            moment = next((one for one in moments if one != stem and f"{one}x" in known), "")
            plate = Columns(stem.strip("_") or "plate", f"{stem}v", f"{stem}p", moment)
        elif (match := re.fullmatch(r"f(\d+)_([1x])", name)) is not None:
            number = match[1]
            moment = f"m{number}_" if f"m{number}_{match[2]}" in known else ""
            plate = Columns(f"plate {number}", f"f{number}_", f"p{number}_", moment)
        if plate is not None:
            found.append(plate)
    return tuple(found)


def read_forces(
    path: Path, columns: tuple[Columns, ...] | None = None
) -> tuple[ForceRecord, list[str]]:
    """Read a table of ground reaction forces.

    Parameters
    ----------
    path
        A MOT or STO file.
    columns
        Which columns make a plate; by default found by their names.

    Returns
    -------
    forces
        In the table's axes, SI units.
    notes
        What was changed.

    Raises
    ------
    RecordingError
        When the table has no forces, lacks a column or holds something else than numbers.
    """
    table = read_storage(path)
    chosen = columns if columns is not None else find_columns(table.columns)
    if not chosen:
        raise RecordingError(
            f"{path}, row of column names",
            "The table must have columns of ground forces, as ground_force_vx, ground_force_px "
            f"and ground_torque_x. Got {', '.join(table.columns[:6])} ...",
            "Give the table of forces, or an external-loads file that names its columns.",
        )
    notes = list(table.notes)
    plates: list[PlateForces] = []
    for one in chosen:
        force = _three(path, table, one.force)
        point = _three(path, table, one.point)
        moment = _three(path, table, one.moment) if one.moment else np.zeros_like(force)
        plates.append(PlateForces(one.name, force, point, moment))
    plates, said = _in_metres(path, plates)
    return ForceRecord(table.times_s, tuple(plates)), notes + said


def _three(path: Path, table: Storage, stem: str) -> FloatArray:
    """Three columns, finite."""
    result = np.empty((table.times_s.size, 3))
    for axis, letter in enumerate("xyz"):
        options = [f"{stem}{letter}", f"{stem}{DIGITS[letter]}"]
        name = next((one for one in options if one in table.columns), None)
        if name is None:
            raise RecordingError(
                f"{path}, row of column names",
                f"The column {options[0]!r} is missing.",
                "Correct the names, or the external-loads file.",
            )
        values = table.values[:, table.columns.index(name)]
        wrong = np.nonzero(~np.isfinite(values))[0]
        if wrong.size:
            raise RecordingError(
                f"{path}, row {int(wrong[0]) + 1}, column {name!r}",
                f"A force, point or moment must be a finite number. Got {values[wrong[0]]}.",
                "Correct it or export the table again.",
            )
        result[:, axis] = values
    return result


def _in_metres(path: Path, plates: list[PlateForces]) -> tuple[list[PlateForces], list[str]]:
    """Tables state no unit: points in mm and moments in Nmm are known by their size."""
    sizes: list[float] = []
    for one in plates:
        loaded = np.linalg.norm(one.force_N, axis=1) > LOADED_N
        if loaded.any():
            sizes.append(float(np.median(np.abs(one.point_m[loaded]).max(axis=1))))
    if not sizes or max(sizes) <= LARGEST_ROOM_M:
        return plates, []
    if max(sizes) > LARGEST_ROOM_M * 1000:
        raise RecordingError(
            str(path),
            f"Points of application must lie in a room. Got {max(sizes):.4g}.",
            "Write them in metres.",
        )
    scaled = [
        PlateForces(one.name, one.force_N, one.point_m / 1000.0, one.moment_Nm / 1000.0, one.plate)
        for one in plates
    ]
    return scaled, ["Points of application and moments were taken for mm and Nmm."]


def write_forces(path: Path, forces: ForceRecord) -> None:
    """Write ground reaction forces as OpenSim reads them.

    Parameters
    ----------
    path
        The MOT or STO file to write.
    forces
        In the ground frame.
    """
    names: list[str] = []
    values: list[FloatArray] = []
    for number, one in enumerate(forces.plates, start=1):
        stem = f"ground_force_{number}_"
        for letter, block in (("v", one.force_N), ("p", one.point_m)):
            names += [f"{stem}{letter}{axis}" for axis in "xyz"]
            values.append(block)
        names += [f"ground_torque_{number}_{axis}" for axis in "xyz"]
        values.append(one.moment_Nm)
    table = Storage(path.name, tuple(names), forces.times_s, np.hstack(values), in_degrees=False)
    write_storage(path, table)
