"""Rows of numbers in text files, read block by block so that the text is never held as a whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.whole_file import size_of
from kinechain.gait.recording import FloatArray

BLOCK_ROWS, BLOCK_CELLS = 2000, 400_000
CELLS_PER_BYTE = 4
FEW_CELLS = 1_000_000
Numbered = list[tuple[int, str]]


def read_rows(
    path: Path,
    lines: Iterable[tuple[int, str]],
    width: int,
    closer_look: Callable[[Numbered], FloatArray],
    separator: str | None = None,
) -> FloatArray:
    """A table of numbers from numbered lines; blank lines do not count.

    Parameters
    ----------
    path
        The file they come from: its size tells how much room to make.
    lines
        Number and text of each.
    width
        Values in a row.
    closer_look
        Reads a block in which a value is blank or no number, or raises what is wrong with it.
    separator
        What stands between values; any white space by default.

    Returns
    -------
    FloatArray
        Shape (n, width).

    Raises
    ------
    RecordingError
        When rows that end early would fill far more memory than the file has bytes.
    """
    table, count, characters = np.empty((0, width)), 0, 0
    size = size_of(path)
    for block in _blocks(lines, max(1, min(BLOCK_ROWS, BLOCK_CELLS // width))):
        found = _plain([line for _, line in block], width, separator)
        if found is None:
            found = closer_look(block)
        characters += sum(len(line) + 1 for _, line in block)
        if (count + len(found)) * width > CELLS_PER_BYTE * size + FEW_CELLS:
            raise RecordingError(
                f"{path}, line {block[0][0]}",
                f"Most rows end early: {count + len(found)} rows of {width} values do not fit "
                f"into {size} bytes.",
                "Correct the header, or export the file again.",
            )
        if count + len(found) > len(table):
            expected = math.ceil(1.02 * (count + len(found)) * max(size / characters, 1.0))
            bigger = np.empty((max(expected, len(table) * 3 // 2), width))
            bigger[:count] = table[:count]
            table = bigger
        table[count : count + len(found)] = found
        count += len(found)
    return table[:count]


def _blocks(lines: Iterable[tuple[int, str]], rows: int) -> Iterable[Numbered]:
    """The lines that are not blank, many at a time."""
    block: Numbered = []
    for number, line in lines:
        if line and not line.isspace():
            block.append((number, line))
            if len(block) == rows:
                yield block
                block = []
    if block:
        yield block


def _plain(lines: list[str], width: int, separator: str | None) -> FloatArray | None:
    """Rows of plain numbers only; None where one needs a closer look."""
    stripped = [line.strip() for line in lines]
    try:
        found = np.loadtxt(stripped, delimiter=separator, comments=None, ndmin=2)
    except ValueError:
        return None
    return found if found.shape == (len(lines), width) else None
