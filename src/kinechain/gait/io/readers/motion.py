"""Tables of ground reaction forces in MOT and STO files."""

from __future__ import annotations

from pathlib import Path

from kinechain.gait.io.forces import read_forces
from kinechain.gait.io.raw import RawTrial

SUFFIXES = (".mot", ".sto")


def read(path: Path, length_unit: str | None = None) -> RawTrial:
    """Read the forces of a MOT or STO file.

    Parameters
    ----------
    path
        The file.
    length_unit
        Not used: the tables state no unit, and mm are known by their size.

    Raises
    ------
    RecordingError
        When the table has no forces or is damaged.
    """
    del length_unit
    forces, notes = read_forces(path)
    return RawTrial(source=str(path), forces=forces, ground_frame=True, notes=tuple(notes))
