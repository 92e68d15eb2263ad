"""Forces as the Cortex program exports them, points in mm and moments in Nmm."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.raw import RawTrial, file_bytes, length_factor
from kinechain.gait.recording import ForceRecord, PlateForces

SUFFIXES = (".forces",)
WIDTH = 7  # FX FY FZ X Y Z MZ


def read(path: Path, length_unit: str | None = None) -> RawTrial:
    """Read a table of forces.

    Parameters
    ----------
    path
        The file.
    length_unit
        The unit of points and moments; mm by default.

    Raises
    ------
    RecordingError
        When the header, a row or a number is not as the format wants it.
    """
    lines = file_bytes(path).decode("utf-8", errors="replace").splitlines()
    plates = _header(path, lines, "NumberOfForcePlates")
    rate = _header(path, lines, "SampleRate")
    count = int(_header(path, lines, "NumberOfSamples"))
    start = next((index for index, line in enumerate(lines) if line.startswith("#Sample")), None)
    if start is None:
        raise RecordingError(f"{path}", "The row '#Sample ...' is missing.", "Export it again.")
    width = 1 + WIDTH * int(plates)
    rows: list[list[float]] = []
    for number, line in enumerate(lines[start + 1 :], start=start + 2):
        fields = line.split()
        if not fields:
            continue
        try:
            row = [float(one) for one in fields]
        except ValueError:
            row = []
        if len(row) != width or not np.isfinite(row).all():
            raise RecordingError(
                f"{path}, line {number}",
                f"A row must have {width} finite numbers. Got {len(fields)} values.",
                "The file is cut off or damaged; export it again.",
            )
        rows.append(row)
    if len(rows) < count or not rows:
        raise RecordingError(
            f"{path}, 'NumberOfSamples'",
            f"The file must hold the {count} samples it states. Got {len(rows)}.",
            "The file is cut off; export it again.",
        )
    table = np.array(rows)[:, 1:].reshape(len(rows), int(plates), WIDTH)
    factor = length_factor(f"{path}, unit", length_unit or "mm")
    found: list[PlateForces] = []
    for index in range(int(plates)):
        force, point = table[:, index, :3], table[:, index, 3:6] * factor
        loaded = np.abs(force).sum(axis=0)
        moment = np.zeros_like(force)
        moment[:, int(np.argmax(loaded))] = table[:, index, 6] * factor
        found.append(PlateForces(f"plate {index + 1}", force.copy(), point, moment))
    times = np.arange(len(rows)) / rate
    return RawTrial(source=str(path), forces=ForceRecord(times, tuple(found)))


def _header(path: Path, lines: list[str], key: str) -> float:
    for line in lines[:20]:
        match = re.fullmatch(rf"{key}\s*=\s*(\d{{1,9}}(?:\.\d*)?)\s*", line.strip())
        if match and float(match[1]) > 0:
            return float(match[1])
    raise RecordingError(
        f"{path}, {key!r}", "It must be given and above 0.", "Export the forces again."
    )
