"""One door to all formats: a recording in the ground frame from one file or two."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np

from kinechain.gait.errors import RecordingError
from kinechain.gait.io import readers
from kinechain.gait.io.external_loads import read_external_loads
from kinechain.gait.io.forces import read_forces
from kinechain.gait.io.memory import give_back_large_arrays
from kinechain.gait.io.orientation import Rotation, orient
from kinechain.gait.io.raw import RawTrial
from kinechain.gait.marker_names import MarkerMap, recognise
from kinechain.gait.recording import ForceRecord, Recording

SHORTEST_OVERLAP_S = 0.1


@dataclass(frozen=True)
class Trial:
    """A recording with what reading it found out.

    Attributes
    ----------
    recording
        In the ground frame.
    names
        Anatomical names of its markers.
    rotation
        How the laboratory was turned.
    """

    recording: Recording
    names: MarkerMap
    rotation: Rotation


@cache
def formats() -> dict[str, ModuleType]:
    """The readers by the file endings they read, found in `kinechain.gait.io.readers`."""
    found: dict[str, ModuleType] = {}
    for info in pkgutil.iter_modules(readers.__path__):
        module = importlib.import_module(f"{readers.__name__}.{info.name}")
        for suffix in module.SUFFIXES:
            assert suffix not in found, f"two readers for {suffix}"
            found[suffix] = module
    return found


def read_raw(path: Path, length_unit: str | None = None) -> RawTrial:
    """Read one file in its own axes.

    Parameters
    ----------
    path
        A file of any known format.
    length_unit
        The unit of length, where the file states none or a wrong one.

    Raises
    ------
    RecordingError
        When the format is not known or the file cannot be used.
    """
    module = formats().get(path.suffix.lower())
    if module is None:
        raise RecordingError(
            str(path),
            f"The file must end in one of {', '.join(sorted(formats()))}. Got {path.suffix!r}.",
            "Give a recording, or export it in one of these formats.",
        )
    return module.read(path, length_unit)


def read_trial(
    path: Path,
    forces: Path | None = None,
    mapping: Path | None = None,
    length_unit: str | None = None,
) -> Trial:
    """Read a recording and turn it into the ground frame.

    Parameters
    ----------
    path
        The file with the markers.
    forces
        A table of forces (MOT, STO), an external-loads file (XML) or another export of them,
        in the axes of the markers' file.
    mapping
        A user's file of marker names.
    length_unit
        The unit of the markers' positions, where the file states none or a wrong one.

    Raises
    ------
    RecordingError
        When a file cannot be used, or forces and markers do not overlap in time.
    """
    give_back_large_arrays()
    raw = read_raw(path, length_unit)
    if raw.markers is None:
        raise RecordingError(
            str(path),
            "The file holds no markers.",
            "Give the file with the markers, and this one as its forces.",
        )
    if forces is not None:
        raw = _with_forces(raw, forces)
    assert raw.markers is not None
    names = recognise(raw.markers.names, mapping)
    recording, rotation = orient(raw, names)
    return Trial(recording, names, rotation)


def _with_forces(raw: RawTrial, path: Path) -> RawTrial:
    assert raw.markers is not None
    if path.suffix.lower() == ".xml":
        loads = read_external_loads(path)
        record, said = read_forces(loads.forces, loads.columns)
        notes, ground = [*loads.notes, *said], True
    else:
        other = read_raw(path)
        if other.forces is None:
            raise RecordingError(str(path), "The file holds no forces.", "Give the forces' file.")
        record, notes, ground = other.forces, list(other.notes), other.ground_frame
    times = raw.markers.times_s
    begin = max(float(times[0]), float(record.times_s[0]))
    end = min(float(times[-1]), float(record.times_s[-1]))
    if end - begin < SHORTEST_OVERLAP_S:
        raise RecordingError(
            str(path),
            f"Forces and markers must overlap in time. The markers go from {times[0]:g} to "
            f"{times[-1]:g} s, the forces from {record.times_s[0]:g} to {record.times_s[-1]:g} s.",
            "Give the forces of the same trial.",
        )
    return replace(raw, forces=record, ground_frame=ground, notes=(*raw.notes, *notes))


def read_recording(
    path: Path,
    forces: Path | None = None,
    mapping: Path | None = None,
    length_unit: str | None = None,
) -> Recording:
    """Read a recording in the ground frame; `read_trial` without what was found out on the way.

    Parameters
    ----------
    path, forces, mapping, length_unit
        As for `read_trial`.
    """
    return read_trial(path, forces, mapping, length_unit).recording


def forces_at(forces: ForceRecord, times_s: np.ndarray) -> ForceRecord:
    """The forces at other times, linearly between the samples and zero outside.

    Parameters
    ----------
    forces
        A record.
    times_s
        Shape (k,), s.
    """

    def at(block: np.ndarray, *, hold: bool) -> np.ndarray:
        columns = [
            np.interp(times_s, forces.times_s, block[:, axis])
            if hold
            else np.interp(times_s, forces.times_s, block[:, axis], left=0.0, right=0.0)
            for axis in range(3)
        ]
        return np.column_stack(columns)

    plates = tuple(
        replace(
            one,
            force_N=at(one.force_N, hold=False),
            point_m=at(one.point_m, hold=True),
            moment_Nm=at(one.moment_Nm, hold=False),
        )
        for one in forces.plates
    )
    return ForceRecord(times_s, plates)
