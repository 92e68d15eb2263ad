"""The numbers and texts of a C3D file whose layout was proved.

Samples stay in the file's own bytes until somebody asks for a channel: a long recording has
many more of them than a gait analysis needs. The tests take the library ezc3d as a judge. The
program does not read with it: a damaged file can end the process inside that library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.c3d_layout import DEC, MIPS, Layout
from kinechain.gait.recording import FloatArray

Parameters = dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True, eq=False)
class Analogs:
    """Analog samples, not yet scaled.

    Attributes
    ----------
    raw
        Shape (frames, samples in a frame, channels), as in the file.
    offset, factor
        Shape (channels,): a value is (raw - offset) * factor.
    """

    raw: npt.NDArray[Any]
    offset: FloatArray
    factor: FloatArray

    @property
    def samples(self) -> int:
        """Samples of one channel."""
        return self.raw.shape[0] * self.raw.shape[1]

    def channels(self, columns: Sequence[int]) -> FloatArray:
        """Some channels, scaled, shape (samples, number of columns).

        Parameters
        ----------
        columns
            Their numbers from 0.
        """
        chosen = list(columns)
        with np.errstate(invalid="ignore", over="ignore"):
            found = self.raw[:, :, chosen].astype(np.float64)
            found -= self.offset[chosen]
            found *= self.factor[chosen]
        return found.reshape(self.samples, len(chosen))


@dataclass(frozen=True, eq=False)
class Contents:
    """What a C3D file holds.

    Attributes
    ----------
    parameters
        Group, name, ``value``.
    positions
        Shape (frames, points, 3), the file's unit; NaN where a point was not seen.
    analogs
        Of all channels.
    """

    parameters: Parameters
    positions: FloatArray
    analogs: Analogs


def decode(source: str, content: bytes, layout: Layout) -> Contents:
    """Parameters, points and analog samples.

    Parameters
    ----------
    source
        The file, for messages.
    content
        All its bytes.
    layout
        Of this file.

    Raises
    ------
    RecordingError
        When scales or positions are no finite numbers.
    """
    parameters: Parameters = {
        group: {name: {"value": _value(*raw, layout)} for name, raw in items.items()}
        for group, items in layout.groups.items()
    }
    parameters.setdefault("POINT", {})["FRAMES"] = {"value": np.array([layout.frames])}
    table = _table(content, layout)
    wide = layout.points * 4
    points = table[:, :wide].reshape(layout.frames, layout.points, 4)
    with np.errstate(invalid="ignore"):
        positions = points[:, :, :3].astype(np.float64)
        seen = points[:, :, 3] >= 0
    if layout.scale > 0:
        positions *= layout.scale
    wrong = seen & ~np.isfinite(positions).all(axis=2)
    if wrong.any():
        frame, marker = (int(one[0]) for one in np.nonzero(wrong))
        raise RecordingError(
            f"{source}, frame {frame + 1}, point {marker + 1}",
            "A position must be a finite number.",
            "The file is damaged; export it again.",
        )
    positions[~seen] = np.nan
    return Contents(parameters, positions, _analogs(source, table[:, wide:], layout, parameters))


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


def _table(content: bytes, layout: Layout) -> npt.NDArray[Any]:
    """The data section, one row per frame; the file's own bytes where that is possible."""
    width = layout.points * 4 + layout.analog_per_frame
    real = layout.scale < 0
    order = ">" if layout.processor == MIPS else "<"
    kind = f"{order}f4" if real else f"{order}i2"
    count = layout.frames * width
    raw = np.frombuffer(content, kind, count, layout.begin)
    if real and layout.processor == DEC:
        raw = _reals(raw.tobytes(), layout)
    return raw.reshape(layout.frames, width)


def _value(kind: int, sizes: tuple[int, ...], raw: bytes, layout: Layout) -> Any:
    """A parameter: an array in the file's dimensions, or a list of texts."""
    if kind == -1:
        length = sizes[0] if sizes else 1
        count = len(raw) // length if length else 0
        texts = [raw[index * length : (index + 1) * length] for index in range(count)]
        return [one.decode("utf-8", errors="replace").strip(" \0") for one in texts]
    if kind == 1:
        found: npt.NDArray[Any] = np.frombuffer(raw, dtype=np.int8).astype(np.int64)
    elif kind == 2:
        found = _wholes(raw, layout)
    else:
        found = _reals(raw, layout)
    return found.reshape(sizes or (1,), order="F")


def _analogs(
    source: str, table: npt.NDArray[Any], layout: Layout, parameters: Parameters
) -> Analogs:
    """The samples with what scales them."""
    if layout.channels == 0:
        return Analogs(np.zeros((layout.frames, 0, 0)), np.zeros(0), np.zeros(0))
    samples = table.reshape(layout.frames, -1, layout.channels)
    group = parameters["ANALOG"]
    offset = _per_channel(group, "OFFSET", layout.channels, 0.0)
    stated = group.get("FORMAT", {"value": []})["value"]
    if "UNSIGNED" in [str(one).upper() for one in stated]:
        offset = np.mod(offset, 65536.0)
        if layout.scale > 0:
            samples = samples.view(samples.dtype.str.replace("i", "u"))
    scale = _per_channel(group, "SCALE", layout.channels, 1.0)
    general = numbers(group, "GEN_SCALE")
    factor = scale * (float(general.flat[0]) if general.size else 1.0)
    if not np.isfinite(factor).all() or not np.isfinite(offset).all():
        raise RecordingError(
            f"{source}, ANALOG:SCALE", "Scales must be finite numbers.", "Export the trial again."
        )
    return Analogs(samples, offset, factor)


def numbers(group: dict[str, dict[str, Any]], name: str) -> FloatArray:
    """A parameter's numbers in the file's dimensions; none where it is missing or a text.

    Parameters
    ----------
    group
        The parameters of one group.
    name
        Which.
    """
    found = group.get(name)
    if found is None or isinstance(found["value"], list):
        return np.zeros(0)
    return np.asarray(found["value"], dtype=np.float64)


def _per_channel(
    group: dict[str, dict[str, Any]], name: str, channels: int, default: float
) -> FloatArray:
    """One number per channel, from a parameter and its continuations."""
    blocks = [numbers(group, name).ravel(order="F")]
    number = 2
    while f"{name}{number}" in group:
        blocks.append(numbers(group, f"{name}{number}").ravel(order="F"))
        number += 1
    found = np.concatenate(blocks)[:channels]
    return np.concatenate([found, np.full(channels - len(found), default)])
