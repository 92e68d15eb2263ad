"""The numbers and texts of a C3D file whose layout was proved.

The result has the shape that the library ezc3d gives, which the tests take as a judge. The
program does not read with it: a damaged file can end the process inside that library.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.c3d_layout import DEC, MIPS, Layout
from kinechain.gait.recording import FloatArray

Contents = dict[str, Any]


def decode(source: str, content: bytes, layout: Layout) -> Contents:
    """Parameters, points, residuals and analog samples.

    Parameters
    ----------
    source
        The file, for messages.
    content
        All its bytes.
    layout
        Of this file.

    Returns
    -------
    dict
        ``parameters``: group, name, ``value``. ``data``: ``points`` (4, m, n) in the file's
        unit, ``meta_points`` with ``residuals`` (1, m, n), -1 where a marker was not seen and 0
        where it was, and ``analogs`` (1, channels, samples), scaled.

    Raises
    ------
    RecordingError
        When scales or positions are no finite numbers.
    """
    parameters: dict[str, dict[str, dict[str, Any]]] = {
        group: {name: {"value": _value(*raw, layout)} for name, raw in items.items()}
        for group, items in layout.groups.items()
    }
    parameters.setdefault("POINT", {})["FRAMES"] = {"value": np.array([layout.frames])}
    width = layout.points * 4 + layout.analog_per_frame
    table = _table(content, layout, width)
    points = table[:, : layout.points * 4].reshape(layout.frames, layout.points, 4)
    whole = layout.scale > 0
    positions = points[:, :, :3] * (layout.scale if whole else 1.0)
    word = points[:, :, 3]
    with np.errstate(invalid="ignore"):
        seen = word >= 0
    residuals = np.where(seen, 0.0, -1.0)
    if not np.isfinite(positions[seen]).all():
        frame, marker = (
            int(one[0]) for one in np.nonzero(seen & ~np.isfinite(positions).all(axis=2))
        )
        raise RecordingError(
            f"{source}, frame {frame + 1}, point {marker + 1}",
            "A position must be a finite number.",
            "The file is damaged; export it again.",
        )
    block = np.ones((4, layout.points, layout.frames))
    block[:3] = np.transpose(np.where(seen[:, :, None], positions, np.nan), (2, 1, 0))
    return {
        "parameters": parameters,
        "data": {
            "points": block,
            "meta_points": {"residuals": residuals.T[None]},
            "analogs": _analogs(source, table[:, layout.points * 4 :], layout, parameters),
        },
    }


def _reals(raw: bytes, layout: Layout) -> FloatArray:
    """4-byte numbers in the file's own notation."""
    if layout.processor == DEC:
        words = np.frombuffer(raw, dtype="<u2").reshape(-1, 2)[:, ::-1].copy()
        with np.errstate(invalid="ignore", over="ignore"):
            return words.view("<f4").ravel().astype(np.float64) / 4.0
    order = ">" if layout.processor == MIPS else "<"
    with np.errstate(invalid="ignore"):
        return np.frombuffer(raw, dtype=f"{order}f4").astype(np.float64)


def _wholes(raw: bytes, layout: Layout) -> npt.NDArray[np.int64]:
    """2-byte whole numbers with a sign."""
    order = ">" if layout.processor == MIPS else "<"
    return np.frombuffer(raw, dtype=f"{order}i2").astype(np.int64)


def _table(content: bytes, layout: Layout, width: int) -> FloatArray:
    """The data section, one row per frame."""
    size = 4 if layout.scale < 0 else 2
    raw = content[layout.begin : layout.begin + layout.frames * width * size]
    numbers = _reals(raw, layout) if size == 4 else _wholes(raw, layout).astype(np.float64)
    return numbers.reshape(layout.frames, width)


def _value(kind: int, sizes: tuple[int, ...], raw: bytes, layout: Layout) -> Any:
    """A parameter: an array in the file's dimensions, or a list of texts."""
    if kind == -1:
        length = sizes[0] if sizes else 1
        count = len(raw) // length if length else 0
        texts = [raw[index * length : (index + 1) * length] for index in range(count)]
        return [one.decode("utf-8", errors="replace").strip(" \0") for one in texts]
    if kind == 1:
        numbers: npt.NDArray[Any] = np.frombuffer(raw, dtype=np.int8).astype(np.int64)
    elif kind == 2:
        numbers = _wholes(raw, layout)
    else:
        numbers = _reals(raw, layout)
    return numbers.reshape(sizes or (1,), order="F")


def _analogs(
    source: str,
    table: FloatArray,
    layout: Layout,
    parameters: dict[str, dict[str, dict[str, Any]]],
) -> FloatArray:
    """Analog samples with offset and scale applied, shape (1, channels, samples)."""
    if layout.channels == 0:
        return np.zeros((1, 0, 0))
    samples = table.reshape(-1, layout.channels)
    group = parameters["ANALOG"]
    unsigned = "UNSIGNED" in [one.upper() for one in group.get("FORMAT", {"value": []})["value"]]
    offset = _per_channel(group, "OFFSET", layout.channels, 0.0)
    if unsigned:
        offset = np.mod(offset, 65536.0)
        samples = np.mod(samples, 65536.0) if layout.scale > 0 else samples
    scale = _per_channel(group, "SCALE", layout.channels, 1.0)
    general = _numbers(group, "GEN_SCALE")
    factor = scale * (float(general[0]) if general.size else 1.0)
    if not np.isfinite(factor).all() or not np.isfinite(offset).all():
        raise RecordingError(
            f"{source}, ANALOG:SCALE", "Scales must be finite numbers.", "Export the trial again."
        )
    with np.errstate(invalid="ignore", over="ignore"):
        return ((samples - offset) * factor).T[None]


def _numbers(group: dict[str, dict[str, Any]], name: str) -> FloatArray:
    found = group.get(name)
    if found is None or isinstance(found["value"], list):
        return np.zeros(0)
    return np.asarray(found["value"], dtype=np.float64).ravel(order="F")


def _per_channel(
    group: dict[str, dict[str, Any]], name: str, channels: int, default: float
) -> FloatArray:
    """One number per channel, from a parameter and its continuations."""
    blocks = [_numbers(group, name)]
    number = 2
    while f"{name}{number}" in group:
        blocks.append(_numbers(group, f"{name}{number}"))
        number += 1
    found = np.concatenate(blocks)[:channels]
    return np.concatenate([found, np.full(channels - len(found), default)])
