"""What a reader hands on: the contents of one file in SI units, still in the file's own axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from kinechain.gait.errors import RecordingError
from kinechain.gait.recording import FileEvent, FloatArray, ForceRecord, Markers

LENGTH_UNITS_M = {"mm": 1e-3, "cm": 1e-2, "dm": 1e-1, "m": 1.0, "meters": 1.0, "in": 0.0254}
MOMENT_UNITS_NM = {"nmm": 1e-3, "n.mm": 1e-3, "n*mm": 1e-3, "n-mm": 1e-3, "mmn": 1e-3,
                   "ncm": 1e-2, "n.cm": 1e-2,
                   "nm": 1.0, "n.m": 1.0, "n*m": 1.0, "n-m": 1.0}  # fmt: skip

# A person's markers span between these lengths in one frame; outside, the unit is wrong.
SMALLEST_BODY_M = 0.25
LARGEST_BODY_M = 4.0
ENOUGH_MARKERS = 4
LONGEST_NAME = 200
MOST_MARKERS = 5000
SLOWEST_HZ, FASTEST_HZ = 5.0, 10_000.0
MEASURED_FRAMES = 2000  # of a long recording, evenly spread: enough for a median


@dataclass(frozen=True)
class RawTrial:
    """The contents of one file, SI units, axes as in the file.

    Attributes
    ----------
    source
        The file, for messages.
    markers, forces, events
        What the file holds; None or empty where it holds none.
    up_hint
        The vertical axis that the file states, ``+z`` for example; empty where it does not.
    ground_frame
        Whether the format itself prescribes x forward, y up, z right.
    notes
        What the reader changed or left out, one sentence each.
    """

    source: str
    markers: Markers | None = None
    forces: ForceRecord | None = None
    events: tuple[FileEvent, ...] = ()
    up_hint: str = ""
    ground_frame: bool = False
    notes: tuple[str, ...] = ()


class Reader(Protocol):
    """A module below `kinechain.gait.io.readers`: the file endings it reads, and how."""

    SUFFIXES: tuple[str, ...]

    def read(self, path: Path, length_unit: str | None = None) -> RawTrial:
        """Read one file."""
        ...


def length_factor(where: str, unit: str) -> float:
    """Metres in one unit of length.

    Raises
    ------
    RecordingError
        When the unit is not known.
    """
    found = LENGTH_UNITS_M.get(unit.strip().lower())
    if found is None:
        raise RecordingError(
            where,
            f"The unit of length must be one of {', '.join(LENGTH_UNITS_M)}. Got {unit[:40]!r}.",
            "Correct the unit in the file, or state it when reading.",
        )
    return found


def unique_names(names: list[str], second: list[str] | None = None) -> tuple[list[str], list[str]]:
    """Names in which each stands once, and a sentence about each that was changed.

    Parameters
    ----------
    names
        Names as in the file.
    second
        A second name for each, used for the repeated ones where it is unique.
    """
    given, seen = set(names), set[str]()
    numbers: dict[str, int] = {}
    unique: list[str] = []
    notes: list[str] = []
    for index, name in enumerate(names):
        chosen = name
        if name in seen:
            other = second[index].strip() if second is not None and index < len(second) else ""
            chosen = other if other and other not in seen and other not in given else ""
            while not chosen or chosen in seen:
                numbers[name] = numbers.get(name, 1) + 1
                chosen = f"{name}_{numbers[name]}"
            notes.append(f"The marker name {name!r} stands twice; the second one is {chosen!r}.")
        seen.add(chosen)
        unique.append(chosen)
    return unique, notes


def without_zeros(positions_m: FloatArray) -> int:
    """Set markers that lie exactly at the origin, a mark for missing, to NaN in place.

    Returns
    -------
    int
        How many positions were taken for missing.
    """
    zero = (positions_m == 0.0).all(axis=2)
    positions_m[zero] = np.nan
    return int(zero.sum())


def check_markers(source: str, field: str, markers: Markers) -> None:
    """Refuse markers that cannot be a person's.

    Parameters
    ----------
    source, field
        The file and its field for the unit of length, for messages.
    markers
        Positions in metres, axes as in the file.

    Raises
    ------
    RecordingError
        When nothing was seen, a position is infinite, or the body's size or the rate is
        impossible.
    """
    positions = markers.positions_m
    check_names(source, markers.names)
    if not SLOWEST_HZ <= markers.rate_hz <= FASTEST_HZ:
        raise RecordingError(
            source,
            f"A recording of walking must have {SLOWEST_HZ:g} to {FASTEST_HZ:g} frames a second. "
            f"Got {markers.rate_hz:g}.",
            "Correct the rate and the times (they are in seconds), or export the trial again.",
        )
    if positions.shape[0] == 0 or positions.shape[1] == 0 or np.isnan(positions).all():
        raise RecordingError(
            source, "The recording holds no marker positions.", "Export the trial with its markers."
        )
    if np.isinf(positions).any():
        frame, marker = (int(one[0]) for one in np.nonzero(np.isinf(positions).any(axis=2)))
        raise RecordingError(
            f"{source}, frame {frame + 1}, marker {markers.names[marker]!r}",
            "A position must be a finite number. Got an infinite one.",
            "Export the trial again.",
        )
    span = body_span_m(positions)
    if span is not None and not SMALLEST_BODY_M <= span <= LARGEST_BODY_M:
        raise RecordingError(
            f"{source}, {field}",
            f"The markers of one frame must span {SMALLEST_BODY_M:g} to {LARGEST_BODY_M:g} m. "
            f"Got {span:.4g} m.",
            "The unit of length is probably wrong (mm and m): correct it, or state it when "
            "reading.",
        )


def check_names(where: str, names: Sequence[str]) -> None:
    """Refuse names that no laboratory gives, before anything is made for each of them.

    Parameters
    ----------
    where
        The file and the place in it, for messages.
    names
        Of the markers.

    Raises
    ------
    RecordingError
        When there are too many, or one is longer than any name.
    """
    if len(names) > MOST_MARKERS:
        raise RecordingError(
            where,
            f"There may be {MOST_MARKERS} markers at most. Got {len(names)}.",
            "Check that it is the file you mean.",
        )
    long = max(names, key=len, default="")
    if len(long) > LONGEST_NAME:
        raise RecordingError(
            where,
            f"A marker's name may have {LONGEST_NAME} characters at most. Got {len(long)}: "
            f"{long[:40]!r} ...",
            "A separator is missing; export the file again.",
        )


def body_span_m(positions_m: FloatArray) -> float | None:
    """Median over the frames of the largest extent of the visible markers, m.

    None where no frame shows enough markers.
    """
    seen = ~np.isnan(positions_m[:, :, 0])
    frames = np.flatnonzero(seen.sum(axis=1) >= ENOUGH_MARKERS)
    if not frames.size:
        return None
    chosen = positions_m[frames[:: -(-frames.size // MEASURED_FRAMES)]]
    extent = np.nanmax(chosen, axis=1) - np.nanmin(chosen, axis=1)
    return float(np.median(extent.max(axis=1)))
