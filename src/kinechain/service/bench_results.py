"""One form for the results of all benchmarks: rows in a table, and the same rows as JSON.

A row is ``{metric, value, unit, target, met}``. `target` is None where nothing was promised,
otherwise words such as ``at least 50``; `met` says whether the value keeps it.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from kinechain import __version__

Row = dict[str, Any]
KEYS = ("metric", "value", "unit", "target", "met")


def row(
    metric: str,
    value: float | None,
    unit: str = "",
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Row:
    """Make a row.

    Parameters
    ----------
    metric
        What was measured.
    value
        The result; None when it could not be measured, which keeps no target.
    unit
        Of the value and of the target.
    at_least, at_most
        What was promised, if anything; one of the two.

    Returns
    -------
    dict
        With the keys `KEYS`.

    Examples
    --------
    >>> row("posterior, median", 8.2, "ms", at_most=10)["met"]
    True
    >>> row("top-1", 48.0, "%", at_least=50)["target"]
    'at least 50'
    """
    target: str | None = None
    met: bool | None = None
    if at_least is not None:
        target, met = f"at least {at_least:g}", value is not None and value >= at_least
    elif at_most is not None:
        target, met = f"at most {at_most:g}", value is not None and value <= at_most
    return {"metric": metric, "value": value, "unit": unit, "target": target, "met": met}


def machine() -> dict[str, Any]:
    """What the results were measured on."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or "unknown"


def write_results(name: str, rows: Sequence[Mapping[str, Any]], folder: Path | str) -> Path:
    """Write the rows of one benchmark, with the machine, the day and the program's version.

    Parameters
    ----------
    name
        Of the benchmark, and of the file without its ending.
    rows
        As `row` makes them.
    folder
        Made when it is not there.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        When a row has other keys than `KEYS`.
    OSError
        When the file cannot be written.
    """
    for one in rows:
        if set(one) != set(KEYS):
            raise ValueError(f"A row must have the keys {', '.join(KEYS)}. Got {', '.join(one)}.")
    path = Path(folder) / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "name": name,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "program_version": __version__,
        "rows": [{key: one[key] for key in KEYS} for one in rows],
    }
    text = msgspec.json.format(msgspec.json.encode(content), indent=2)
    path.write_bytes(text + b"\n")
    return path


def table_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The rows as lines of plain text, in columns.

    Parameters
    ----------
    rows
        As `row` makes them.
    """
    cells = [("metric", "value", "unit", "target", "met")]
    cells += [
        (str(one["metric"]), _number(one["value"]), str(one["unit"]), str(one["target"] or ""),
         {True: "yes", False: "NO"}.get(one["met"], ""))
        for one in rows
    ]  # fmt: skip
    widths = [max(len(line[place]) for line in cells) for place in range(len(KEYS))]
    lines = [
        "  ".join(
            cell.rjust(width) if place == 1 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
    return [lines[0], "-" * len(lines[0]), *lines[1:]]


def print_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the rows as a table.

    Parameters
    ----------
    rows
        As `row` makes them.
    """
    sys.stdout.write("\n".join(table_lines(rows)) + "\n")


def _number(value: Any) -> str:
    """A value with about three significant digits; whole numbers whole."""
    if value is None:
        return "-"
    if isinstance(value, int) or not isinstance(value, float):
        return str(value)
    if not value or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"
