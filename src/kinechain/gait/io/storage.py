"""OpenSim's tables of numbers over time: MOT and STO files, read and written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.rows import Numbered, read_rows
from kinechain.gait.io.whole_file import text_lines
from kinechain.gait.recording import FloatArray

HEADER_LINES = 500
_OLD_KEYS = {"datarows": "nrows", "datacolumns": "ncolumns"}


@dataclass(frozen=True)
class Storage:
    """A table over time.

    Attributes
    ----------
    name
        The first line of the file.
    columns
        Names of the columns without ``time``, c of them.
    times_s
        Shape (n,), rising, s.
    values
        Shape (n, c), in the file's units.
    in_degrees
        What the header says of angles.
    notes
        What the reader noticed.
    """

    name: str
    columns: tuple[str, ...]
    times_s: FloatArray
    values: FloatArray
    in_degrees: bool
    notes: tuple[str, ...] = ()


def read_storage(path: Path) -> Storage:
    """Read a MOT or STO file.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    RecordingError
        When the header, a row or a number is not as the format wants it.
    """
    lines = text_lines(path)
    head = list(islice(lines, HEADER_LINES))
    header, start = _header(path, head)
    head += islice(lines, 1) if start == len(head) else ()
    if start >= len(head):
        raise RecordingError(
            f"{path}, line {start}", "The row of column names is missing.", "Export it again."
        )
    columns = head[start].split()
    where = f"{path}, line {start + 1}"
    if not columns or columns[0].lower() != "time":
        got = columns[0] if columns else "nothing"
        raise RecordingError(
            where, f"The first column must be 'time'. Got {got!r}.", "Export the table again."
        )
    twice = sorted(name for name, count in Counter(columns).items() if count > 1)
    if twice:
        some = ", ".join(repr(name[:40]) for name in twice[:5])
        raise RecordingError(
            where, f"Each column must stand once. Got {some} more than once.", "Rename them."
        )
    numbers = _numbers(path, chain(head[start + 1 :], lines), start + 2, len(columns))
    notes = _promised(path, header, numbers)
    _check_times(path, numbers[:, 0], start + 2)
    return Storage(
        name=head[0].strip(),
        columns=tuple(columns[1:]),
        times_s=numbers[:, 0].copy(),
        values=numbers[:, 1:],
        in_degrees=header.get("indegrees", "no").strip().lower() == "yes",
        notes=notes,
    )


def _header(path: Path, lines: list[str]) -> tuple[dict[str, str], int]:
    """The keys of the header and the index of the line after it."""
    header: dict[str, str] = {}
    for index, line in enumerate(lines[:HEADER_LINES]):
        text = line.strip()
        if text.lower() == "endheader":
            kind = header.get("datatype", "double")
            if kind.lower() != "double":
                raise RecordingError(
                    f"{path}, line {index + 1}, 'DataType'",
                    f"The table must hold plain numbers. Got {kind!r}.",
                    "Flatten the table (TimeSeriesTable.flatten) and write it again.",
                )
            return header, index + 1
        if "=" in text:
            key, _, value = text.partition("=")
            header[key.strip().lower()] = value.strip()
        elif (
            old := re.fullmatch(r"(datarows|datacolumns)\s+(\d+)", text, re.IGNORECASE)
        ) is not None:
            header[_OLD_KEYS[old[1].lower()]] = old[2]
    raise RecordingError(
        str(path),
        "The line 'endheader' is missing, so this is no MOT or STO file.",
        "Give a file that OpenSim wrote, or one with its header.",
    )


def _numbers(path: Path, lines: Iterator[str], first_line: int, width: int) -> FloatArray:
    """All rows as numbers; the offending line is named when one is not."""

    def closer_look(block: Numbered) -> FloatArray:
        return np.array([_row(path, number, line, width) for number, line in block])

    found = read_rows(path, enumerate(lines, first_line), width, closer_look)
    if not len(found):
        raise RecordingError(str(path), "The table has no rows.", "Export the table again.")
    return found


def _row(path: Path, number: int, line: str, width: int) -> list[float]:
    fields = line.split()
    if len(fields) != width:
        raise RecordingError(
            f"{path}, line {number}",
            f"A row must have {width} numbers. Got {len(fields)}.",
            "The file is cut off or a separator is missing; export it again.",
        )
    row: list[float] = []
    for column, field in enumerate(fields, start=1):
        try:
            row.append(float(field))
        except ValueError:
            raise RecordingError(
                f"{path}, line {number}, column {column}",
                f"A value must be a number. Got {field[:40]!r}.",
                "Correct it or export the table again.",
            ) from None
    return row


def _promised(path: Path, header: dict[str, str], numbers: FloatArray) -> tuple[str, ...]:
    """Compare the size with what the header says."""
    notes: list[str] = []
    for key, found, what in (
        ("nrows", numbers.shape[0], "rows"),
        ("ncolumns", numbers.shape[1], "columns"),
    ):
        text = header.get(key)
        if text is None or not re.fullmatch(r"\d{1,12}", text):
            continue
        if found < int(text):
            raise RecordingError(
                f"{path}, header",
                f"The table must have the {text} {what} that its header states. Got {found}.",
                "The file is cut off; export it again.",
            )
        if found > int(text):
            notes.append(f"The header states {text} {what}; {found} were read.")
    return tuple(notes)


def _check_times(path: Path, times: FloatArray, first_line: int) -> None:
    wrong = np.nonzero(~(np.diff(times) > 0))[0]
    if not np.isfinite(times).all() or wrong.size:
        row = int(wrong[0]) + 1 if wrong.size else int(np.nonzero(~np.isfinite(times))[0][0])
        raise RecordingError(
            f"{path}, line {first_line + row}, 'time'",
            f"Times must be finite and rise from row to row. Got {times[row]:.6g}.",
            "Remove the repeated rows or export the table again.",
        )


def write_storage(path: Path, table: Storage, *, explain: bool = False) -> None:
    """Write a table in OpenSim's format, which OpenSim reads back.

    Parameters
    ----------
    path
        The file to write.
    table
        What to write.
    explain
        Whether the header carries OpenSim's remark on units (its IK files do).
    """
    rows, columns = table.values.shape
    head = [
        table.name,
        "version=1",
        f"nRows={rows}",
        f"nColumns={columns + 1}",
        f"inDegrees={'yes' if table.in_degrees else 'no'}",
    ]
    if explain:
        remark = (
            "If the header above contains a line with 'inDegrees', this indicates whether "
            "rotational values are in degrees (yes) or radians (no)."
        )
        head += ["", "Units are S.I. units (second, meters, Newtons, ...)", remark, ""]
    head += ["endheader", "\t".join(("time", *table.columns))]
    body = np.column_stack([table.times_s, table.values])
    text = "\n".join("\t".join(f"{value:16.8f}" for value in row) for row in body.tolist())
    path.write_text("\n".join(head) + "\n" + text + "\n", encoding="utf-8")
