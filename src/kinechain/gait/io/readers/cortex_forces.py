"""Forces as the Cortex program exports them, points in mm and moments in Nmm."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

import numpy as np

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.raw import RawTrial, length_factor
from kinechain.gait.io.rows import Numbered, read_rows
from kinechain.gait.io.whole_file import text_lines
from kinechain.gait.recording import FloatArray, ForceRecord, PlateForces

SUFFIXES = (".forces",)
WIDTH = 7  # FX FY FZ X Y Z MZ
HEADER_LINES = 100
MOST_PLATES = 100


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
    lines = text_lines(path)
    head: list[str] = []
    for line in islice(lines, HEADER_LINES):
        head.append(line)
        if line.startswith("#Sample"):
            break
    else:
        raise RecordingError(
            str(path), "The row '#Sample ...' is missing.", "Export the forces again."
        )
    plates = _header(path, head, "NumberOfForcePlates")
    rate = _header(path, head, "SampleRate")
    count = int(_header(path, head, "NumberOfSamples"))
    if plates > MOST_PLATES:
        raise RecordingError(
            f"{path}, 'NumberOfForcePlates'",
            f"There may be {MOST_PLATES} at most. Got {plates:g}.",
            "Correct the header, or export the forces again.",
        )
    width = 1 + WIDTH * int(plates)

    def closer_look(block: Numbered) -> FloatArray:
        return np.array([_row(path, number, line, width) for number, line in block])

    rows = read_rows(path, enumerate(lines, len(head) + 1), width, closer_look)
    if len(rows) < count:
        raise RecordingError(
            f"{path}, 'NumberOfSamples'",
            f"The file must hold the {count} samples it states. Got {len(rows)}.",
            "The file is cut off; export it again.",
        )
    wrong = np.flatnonzero(~np.isfinite(rows).all(axis=1))
    if wrong.size:
        raise RecordingError(
            f"{path}, row {int(wrong[0]) + 1} of the samples",
            "A row must have finite numbers only.",
            "Export the forces again.",
        )
    table = rows[:, 1:].reshape(len(rows), int(plates), WIDTH)
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


def _row(path: Path, number: int, line: str, width: int) -> list[float]:
    fields = line.split()
    try:
        row = [float(one) for one in fields]
    except ValueError:
        row = []
    if len(row) != width:
        raise RecordingError(
            f"{path}, line {number}",
            f"A row must have {width} finite numbers. Got {len(fields)} values.",
            "The file is cut off or damaged; export it again.",
        )
    return row


def _header(path: Path, lines: list[str], key: str) -> float:
    for line in lines[:20]:
        match = re.fullmatch(rf"{key}\s*=\s*(\d{{1,9}}(?:\.\d*)?)\s*", line.strip())
        if match and float(match[1]) > 0:
            return float(match[1])
    raise RecordingError(
        f"{path}, {key!r}", "It must be given and above 0.", "Export the forces again."
    )
