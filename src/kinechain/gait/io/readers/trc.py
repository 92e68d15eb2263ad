"""Marker positions in TRC files, with the header's many varieties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from math import isnan
from pathlib import Path

import numpy as np

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.raw import (
    RawTrial,
    check_markers,
    check_names,
    length_factor,
    unique_names,
    without_zeros,
)
from kinechain.gait.io.rows import Numbered, read_rows
from kinechain.gait.io.time_axis import regular
from kinechain.gait.io.whole_file import text_lines
from kinechain.gait.recording import FloatArray, Markers

SUFFIXES = (".trc",)
HEADER_LINES = 5
MISSING = {"", "nan", "na", "-nan", "nan(ind)", "-nan(ind)", "null"}


def read(path: Path, length_unit: str | None = None) -> RawTrial:
    """Read a TRC file.

    Blanks and ``NaN`` are missing markers. Rounded times are put back on the header's rate,
    and frames left out of the file come back as frames without markers.

    Parameters
    ----------
    path
        The file.
    length_unit
        The unit of the positions; by default what the header says.

    Raises
    ------
    RecordingError
        When the header, a row or a number is not as the format wants it.
    """
    lines = text_lines(path)
    head = list(islice(lines, HEADER_LINES))
    header = _header(path, head)
    names, said = _names(path, head, header)
    times, positions, notes = _rows(path, lines, header, len(names))
    unit = length_unit or header.get("Units", "")
    if not unit:
        raise RecordingError(
            f"{path}, line 3, 'Units'",
            "The unit of length is missing.",
            "Write mm or m there, or state the unit when reading.",
        )
    positions *= length_factor(f"{path}, line 3, 'Units'", unit)
    zeros = without_zeros(positions)
    if zeros:
        notes.append(f"{zeros} positions at exactly 0, 0, 0 were taken for missing markers.")
    names, renamed = unique_names(names)
    stated = _number(path, header, "DataRate")
    times, rate, positions, more = regular(
        times, stated, positions, f"{path}, from line {HEADER_LINES + 1}"
    )
    markers = Markers(tuple(names), times, positions, rate)
    trial = RawTrial(source=str(path), markers=markers, notes=tuple(said + notes + renamed + more))
    check_markers(str(path), "line 3, 'Units'", markers)
    return trial


def _header(path: Path, lines: list[str]) -> dict[str, str]:
    """Keys and values of the second and third line."""
    first = lines[0] if lines else ""
    if not first.startswith("PathFileType") or len(lines) < HEADER_LINES:
        raise RecordingError(
            f"{path}, line 1",
            "A TRC file must begin with 'PathFileType' and five lines of header. Got "
            f"{first[:40]!r} and {len(lines)} lines.",
            "Give a TRC file, or export it again.",
        )
    keys, values = lines[1].split(), lines[2].split()
    if len(keys) != len(values):
        keys = [one.strip() for one in lines[1].rstrip("\t").split("\t")]
        values = [one.strip() for one in lines[2].split("\t")]
        values += [""] * (len(keys) - len(values))
    header = dict(zip(keys, values, strict=False))
    for key in ("DataRate", "NumFrames", "NumMarkers"):
        _number(path, header, key)
    return header


def _number(path: Path, header: dict[str, str], key: str) -> float:
    text = header.get(key, "")
    number = float(text) if re.fullmatch(r"\d{1,9}(\.\d*)?", text) else 0.0
    if number <= 0:
        raise RecordingError(
            f"{path}, line 3, {key!r}",
            f"The value must be a positive number. Got {text!r}.",
            "Correct the header or export the file again.",
        )
    return number


def _names(path: Path, lines: list[str], header: dict[str, str]) -> tuple[list[str], list[str]]:
    """The marker names of the fourth line, and a remark where the header miscounts them."""
    line = lines[3]
    fields = [one.strip() for one in (line.split("\t") if "\t" in line else line.split())]
    names = [one for one in fields[2:] if one]
    check_names(f"{path}, line 4", names)
    axes = len(lines[4].split())
    if not names or axes % 3 or not 3 * len(names) <= axes <= 3 * len(names) + 3:
        raise RecordingError(
            f"{path}, line 5",
            f"The line must name three axes for each of the {len(names)} markers of line 4. "
            f"Got {axes}.",
            "Correct the header or export the file again.",
        )
    stated = int(_number(path, header, "NumMarkers"))
    if stated > len(names):
        raise RecordingError(
            f"{path}, line 4",
            f"The line must name the {stated} markers of 'NumMarkers'. Got {len(names)}.",
            "Correct the header or export the file again.",
        )
    if stated < len(names):
        return names, [f"The header states {stated} markers; {len(names)} are named and read."]
    return names, []


def _rows(
    path: Path, lines: Iterator[str], header: dict[str, str], markers: int
) -> tuple[FloatArray, FloatArray, list[str]]:
    """Times, positions in the file's unit, and notes."""
    width = 2 + 3 * markers
    short = 0

    def closer_look(block: Numbered) -> FloatArray:
        nonlocal short
        rows, ended = _whole_rows(path, block, markers)
        short += ended
        return _table(path, rows, [number for number, _ in block])

    numbered = enumerate(lines, start=HEADER_LINES + 1)
    table = read_rows(path, numbered, width, closer_look, "\t")
    stated = int(_number(path, header, "NumFrames"))
    if len(table) < stated:
        raise RecordingError(
            f"{path}, line 3, 'NumFrames'",
            f"The file must hold the {stated} frames its header states. Got {len(table)}.",
            "The file is cut off; export it again, or correct the header.",
        )
    notes: list[str] = []
    if len(table) > stated:
        notes.append(f"The header states {stated} frames; {len(table)} were read.")
    if short:
        notes.append(f"{short} rows end early; the markers after the end are missing.")
    positions = table[:, 2:].reshape(len(table), markers, 3)
    positions[np.isnan(positions).any(axis=2)] = np.nan
    return table[:, 1].copy(), positions, notes


def _whole_rows(path: Path, block: Numbered, markers: int) -> tuple[list[list[str]], int]:
    """The values of each row, blanks where it ends early, and how many do."""
    width = 2 + 3 * markers
    rows: list[list[str]] = []
    short = 0
    for number, line in block:
        row = _fields(line, width)
        if len(row) < width:
            if (len(row) - 2) % 3 or len(row) < 2:
                raise RecordingError(
                    f"{path}, line {number}",
                    f"A row must have a frame, a time and three numbers for each of {markers} "
                    f"markers. Got {len(row)} values.",
                    "The file is cut off or a separator is missing; export it again.",
                )
            short += 1
            row += [""] * (width - len(row))
        if any(one.strip() for one in row[width:]):
            raise RecordingError(
                f"{path}, line {number}",
                f"A row must have {width} values. Got {len(row)}.",
                "A marker's name is missing in line 4, or a separator is one too many.",
            )
        rows.append(row[:width])
    return rows, short


def _fields(line: str, width: int) -> list[str]:
    """The values of a row; blanks between tabs count."""
    if "\t" not in line:
        return line.split()
    fields = line.split("\t")
    if len(fields) < width and len(line.split()) == width:
        return line.split()
    while len(fields) > width and not fields[-1].strip():
        fields.pop()
    if len(fields) < width and not fields[-1].strip():
        fields += [""] * (width - len(fields))
    return fields


def _table(path: Path, rows: list[list[str]], numbers: list[int]) -> FloatArray:
    """Rows of texts as numbers, NaN for what stands for a missing marker."""
    table = np.empty((len(rows), len(rows[0])))
    for index, row in enumerate(rows):
        try:
            table[index] = [float(one) if one else np.nan for one in row]
            continue
        except ValueError:
            pass
        for column, field in enumerate(row):
            text = field.strip()
            try:
                table[index, column] = np.nan if text.lower() in MISSING else float(text)
            except ValueError:
                raise RecordingError(
                    f"{path}, line {numbers[index]}, column {column + 1}",
                    f"A value must be a number or blank. Got {text[:40]!r}.",
                    "Correct it or export the file again.",
                ) from None
    return table


def write_trc(path: Path, markers: Markers) -> None:
    """Write markers as TRC in mm, blanks as NaN, as OpenSim reads it.

    Parameters
    ----------
    path
        The file to write.
    markers
        Positions in m.
    """
    frames, count, _ = markers.positions_m.shape
    rate = f"{markers.rate_hz:.6f}"
    names = "\t".join(f"{name}\t\t" for name in markers.names)
    axes = "\t".join(f"X{one}\tY{one}\tZ{one}" for one in range(1, count + 1))
    keys = "DataRate CameraRate NumFrames NumMarkers Units OrigDataRate OrigDataStartFrame"
    head = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "\t".join([*keys.split(), "OrigNumFrames"]),
        f"{rate}\t{rate}\t{frames}\t{count}\tmm\t{rate}\t1\t{frames}",
        f"Frame#\tTime\t{names}",
        f"\t\t{axes}",
        "",
    ]
    values = (markers.positions_m.reshape(frames, 3 * count) * 1000.0).tolist()
    body = [
        f"{index}\t{time:.6f}\t" + "\t".join("NaN" if isnan(x) else f"{x:.5f}" for x in row)
        for index, (time, row) in enumerate(zip(markers.times_s.tolist(), values, strict=True), 1)
    ]
    path.write_text("\n".join(head + body) + "\n", encoding="utf-8")


def with_times(trial: RawTrial, times_s: FloatArray) -> RawTrial:
    """The same trial on other times, for comparisons that need the file's rounded ones.

    Parameters
    ----------
    trial
        A trial with markers.
    times_s
        Shape (n,), s.
    """
    assert trial.markers is not None
    return replace(trial, markers=replace(trial.markers, times_s=times_s))
