"""Markers, force plates and events of C3D files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.c3d_decode import Contents, Parameters, decode, numbers
from kinechain.gait.io.c3d_layout import Layout, check_layout
from kinechain.gait.io.c3d_plates import read_plates
from kinechain.gait.io.raw import (
    RawTrial,
    check_markers,
    length_factor,
    unique_names,
    without_zeros,
)
from kinechain.gait.io.whole_file import whole_file
from kinechain.gait.recording import FileEvent, Markers

SUFFIXES = (".c3d",)
MODELLED = ("ANGLES", "MOMENTS", "FORCES", "POWERS", "SCALARS", "REACTIONS")
SIDES: dict[str, Literal["left", "right"]] = {"left": "left", "right": "right",
                                              "l": "left", "r": "right"}  # fmt: skip


def read(path: Path, length_unit: str | None = None) -> RawTrial:
    """Read a C3D file.

    Points with a negative residual, and points at exactly 0, 0, 0, are missing. Points that a
    modelling program added (angles, moments, powers) and unnamed ones are left out.

    Parameters
    ----------
    path
        The file.
    length_unit
        The unit of positions, corners and origins; by default what the file says.

    Raises
    ------
    RecordingError
        When the file is damaged or contradicts itself.
    """
    data = whole_file(path)
    layout = check_layout(str(path), data)
    content = decode(str(path), data, layout)
    parameters = content.parameters
    unit = length_unit or first_text(parameters, "POINT", "UNITS")
    if not unit:
        raise RecordingError(
            f"{path}, POINT:UNITS",
            "The unit of length is missing.",
            "Write mm or m there, or state the unit when reading.",
        )
    factor = length_factor(f"{path}, POINT:UNITS", unit)
    markers, notes = _markers(path, content, layout, factor)
    check_markers(str(path), "POINT:UNITS", markers)
    start = float(markers.times_s[0])
    forces, more = read_plates(str(path), parameters, content.analogs, factor, start)
    return RawTrial(
        source=str(path),
        markers=markers,
        forces=forces,
        events=_events(parameters),
        up_hint=first_text(parameters, "POINT", "Y_SCREEN").lower(),
        notes=tuple(notes + more),
    )


def values(parameters: Parameters, group: str, name: str) -> list[Any]:
    """A parameter's values as a flat list; empty where the file has none."""
    found = parameters.get(group, {}).get(name)
    return [] if found is None else list(np.asarray(found["value"]).ravel(order="F"))


def first_text(parameters: Parameters, group: str, name: str) -> str:
    """A parameter's first text, stripped; empty where the file has none."""
    found = values(parameters, group, name)
    return str(found[0]).strip() if found else ""


def series(parameters: Parameters, group: str, name: str) -> list[str]:
    """Texts of a parameter and of its continuations (LABELS, LABELS2, LABELS3 ...)."""
    texts = [str(one).strip() for one in values(parameters, group, name)]
    number = 2
    while f"{name}{number}" in parameters.get(group, {}):
        texts += [str(one).strip() for one in values(parameters, group, f"{name}{number}")]
        number += 1
    return texts


def _markers(
    path: Path, content: Contents, layout: Layout, factor: float
) -> tuple[Markers, list[str]]:
    parameters = content.parameters
    labels = series(parameters, "POINT", "LABELS")
    if len(labels) < layout.points:
        raise RecordingError(
            f"{path}, POINT:LABELS",
            f"Each of the {layout.points} markers must have a label. Got {len(labels)}.",
            "Label the markers and export the trial again.",
        )
    modelled = {one for name in MODELLED for one in series(parameters, "POINT", name)}
    keep = [
        index
        for index, label in enumerate(labels[: layout.points])
        if label and label not in modelled and not label.startswith("*")
    ]
    notes: list[str] = []
    if len(keep) < layout.points:
        notes.append(f"{layout.points - len(keep)} points are no named markers and were left out.")
    positions = content.positions if len(keep) == layout.points else content.positions[:, keep]
    positions *= factor
    zeros = without_zeros(positions)
    if zeros:
        notes.append(f"{zeros} positions at exactly 0, 0, 0 were taken for missing markers.")
    descriptions = series(parameters, "POINT", "DESCRIPTIONS")
    descriptions += [""] * (layout.points - len(descriptions))
    names, renamed = unique_names(
        [labels[index].rpartition(":")[2] for index in keep],
        [descriptions[index] for index in keep],
    )
    stated = numbers(parameters["POINT"], "RATE")
    rate = float(stated.flat[0]) if stated.size else layout.rate_hz
    if not abs(rate / layout.rate_hz - 1.0) <= 1e-3:
        raise RecordingError(
            f"{path}, POINT:RATE",
            f"It must equal the header's {layout.rate_hz:g} frames a second. Got {rate:g}.",
            "Correct one of them and export the trial again.",
        )
    times = (max(layout.first_frame - 1, 0) + np.arange(layout.frames)) / rate
    return Markers(tuple(names), times, positions, rate), notes + renamed


def _events(parameters: Parameters) -> tuple[FileEvent, ...]:
    """The events of the file, in order of time."""
    group = parameters.get("EVENT", {})
    times = numbers(group, "TIMES")
    if times.ndim != 2 or times.shape[0] != 2:
        return ()
    labels = series(parameters, "EVENT", "LABELS")
    sides = series(parameters, "EVENT", "CONTEXTS")
    count = min(times.shape[1], len(labels))
    sides += [""] * (count - len(sides))
    events = [
        FileEvent(
            label=labels[index],
            side=SIDES.get(sides[index].lower(), "unknown"),
            time_s=float(60.0 * times[0, index] + times[1, index]),
        )
        for index in range(count)
        if np.isfinite(times[:, index]).all()
    ]
    return tuple(sorted(events, key=lambda event: event.time_s))
