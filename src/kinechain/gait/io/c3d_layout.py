"""The header and parameters of a C3D file, walked within its bounds.

Every length that the file states is checked against the file before it is used, so that a
damaged file is refused and never read as a shorter trial.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from kinechain.gait.errors import RecordingError

BLOCK = 512
SIGNATURE = 0x50
INTEL, DEC, MIPS = 84, 85, 86
TYPE_BYTES = {-1: 1, 1: 1, 2: 2, 4: 4}
DAMAGED = "The file is damaged or cut off; export it again."


@dataclass(frozen=True)
class Layout:
    """What the structure of the file promises.

    Attributes
    ----------
    points, frames
        Markers and frames in the data section.
    analog_per_frame
        Analog samples in one frame, all channels together.
    first_frame
        Number of the first frame; 1 is at time zero.
    rate_hz
        Frames in a second.
    channels
        Analog channels.
    begin
        Byte at which the data section begins.
    scale
        Of whole-number positions; negative where the data are real numbers.
    processor
        84 Intel, 85 DEC, 86 MIPS.
    groups
        For each group its parameters: name to (type, dimensions, raw bytes).
    """

    points: int
    frames: int
    analog_per_frame: int
    first_frame: int
    rate_hz: float
    channels: int
    begin: int
    scale: float
    processor: int
    groups: dict[str, dict[str, tuple[int, tuple[int, ...], bytes]]]


def check_layout(source: str, content: bytes) -> Layout:
    """Prove that header, parameters and data fit into the file.

    Parameters
    ----------
    source
        The file, for messages.
    content
        All its bytes.

    Raises
    ------
    RecordingError
        When something lies outside the file or contradicts something else.
    """
    if len(content) < 2 * BLOCK or content[1] != SIGNATURE:
        raise RecordingError(
            f"{source}, byte 2",
            "A C3D file must have at least 1024 bytes and 80 as its second byte. "
            f"Got {len(content)} bytes and {content[1] if len(content) > 1 else 'none'}.",
            "Give a C3D file, or export it again.",
        )
    start = (content[0] - 1) * BLOCK
    if content[0] < 2 or start + 4 > len(content):
        raise RecordingError(
            f"{source}, byte 1",
            f"The parameters must begin in block 2 or later, inside the file. Got {content[0]}.",
            DAMAGED,
        )
    processor = content[start + 3]
    if processor not in (INTEL, DEC, MIPS):
        raise RecordingError(
            f"{source}, processor type",
            f"The byte order must be 84 (Intel), 85 (DEC) or 86 (MIPS). Got {processor}.",
            DAMAGED,
        )
    order = ">" if processor == MIPS else "<"
    blocks = content[start + 2]
    end = min(len(content), start + blocks * BLOCK) if blocks else len(content)
    groups = _parameters(source, content, start + 4, end, order)
    return _data(source, content, order, processor, groups)


def _parameters(
    source: str, content: bytes, start: int, end: int, order: str
) -> dict[str, dict[str, tuple[int, tuple[int, ...], bytes]]]:
    """Walk groups and parameters."""
    names: dict[int, str] = {}
    found: list[tuple[int, str, tuple[int, tuple[int, ...], bytes]]] = []
    at = start
    while at + 2 <= end:
        length = abs(struct.unpack_from("b", content, at)[0])
        number = struct.unpack_from("b", content, at + 1)[0]
        if length == 0 or number == 0:
            break
        where = f"{source}, parameters, byte {at + 1}"
        body = at + 2 + length
        if body + 2 > end:
            raise RecordingError(where, "A name runs past the parameters.", DAMAGED)
        name = content[at + 2 : body].decode("latin-1").strip().upper()
        step = struct.unpack_from(f"{order}h", content, body)[0]
        if number < 0:
            names[-number] = name
        else:
            found.append((number, name, _value(where, name, content, body + 2, end, order)))
        if step == 0:
            break
        if step < 0 or body + step > end:
            raise RecordingError(
                where,
                f"The next entry after {name!r} must lie inside the parameters. Got offset {step}.",
                "The byte order or the file is damaged; export it again.",
            )
        at = body + step
    groups: dict[str, dict[str, tuple[int, tuple[int, ...], bytes]]] = {
        name: {} for name in names.values()
    }
    for number, name, value in found:
        if number not in names:
            raise RecordingError(
                f"{source}, parameter {name!r}", f"It belongs to no group ({number}).", DAMAGED
            )
        if name in groups[names[number]]:
            raise RecordingError(
                f"{source}, parameter {names[number]}:{name}", "It stands twice.", DAMAGED
            )
        groups[names[number]][name] = value
    return groups


def _value(
    where: str, name: str, content: bytes, at: int, end: int, order: str
) -> tuple[int, tuple[int, ...], bytes]:
    """Type, dimensions and raw bytes of one parameter."""
    if at + 2 > end:
        raise RecordingError(where, f"The parameter {name!r} is cut off.", DAMAGED)
    kind = struct.unpack_from("b", content, at)[0]
    count = content[at + 1]
    if kind not in TYPE_BYTES or count > 7 or at + 2 + count > end:
        raise RecordingError(
            where,
            f"The parameter {name!r} must be of type -1, 1, 2 or 4 with up to 7 dimensions. "
            f"Got type {kind} with {count}.",
            DAMAGED,
        )
    sizes = tuple(content[at + 2 : at + 2 + count])
    size = TYPE_BYTES[kind]
    for one in sizes:
        size *= one
    data = at + 2 + count
    if data + size > end:
        raise RecordingError(where, f"The parameter {name!r} runs past the parameters.", DAMAGED)
    return kind, sizes, content[data : data + size]


def _data(
    source: str,
    content: bytes,
    order: str,
    processor: int,
    groups: dict[str, dict[str, tuple[int, tuple[int, ...], bytes]]],
) -> Layout:
    """Compare the header with the parameters and the size of the file."""
    points, analogs, first, last = struct.unpack_from(f"{order}4H", content, 2)
    scale = real(content[12:16], order, processor)
    data_block = struct.unpack_from(f"{order}H", content, 16)[0]
    rate = real(content[20:24], order, processor)
    if not 0 < rate <= 100_000:
        raise RecordingError(
            f"{source}, header, frame rate",
            f"The frame rate must be above 0 and at most 100000 a second. Got {rate:.6g}.",
            "The byte order or the file is damaged; export it again.",
        )
    for group, name, value in (("POINT", "USED", points),):
        stated = integer(groups, group, name, order)
        if stated is None or stated != value:
            raise RecordingError(
                f"{source}, {group}:{name}",
                f"It must equal the header's {value}. Got {stated}.",
                DAMAGED,
            )
    used = integer(groups, "ANALOG", "USED", order) or 0
    if (used == 0) != (analogs == 0) or (used and analogs % used):
        raise RecordingError(
            f"{source}, ANALOG:USED",
            f"The header's {analogs} analog samples a frame must be a whole multiple of the "
            f"channels. Got {used} channels.",
            DAMAGED,
        )
    frames, first_frame = _frames(first, last, groups, order)
    size = 4 if scale < 0 else 2
    needed = frames * (points * 4 + analogs) * size
    begin = (data_block - 1) * BLOCK
    if data_block < 2 or frames < 1 or begin + needed > len(content):
        raise RecordingError(
            f"{source}, data section",
            f"{frames} frames of {points} markers and {analogs} analog samples need "
            f"{needed} bytes from block {data_block} on. Got {max(0, len(content) - begin)}.",
            DAMAGED,
        )
    return Layout(points, frames, analogs, first_frame, rate, used, begin, scale, processor, groups)


def _frames(
    first: int,
    last: int,
    groups: dict[str, dict[str, tuple[int, tuple[int, ...], bytes]]],
    order: str,
) -> tuple[int, int]:
    """Number of frames and the first one's number; long trials state them elsewhere."""
    frames, number = (last - first) % 65536 + 1, first
    trial = groups.get("TRIAL", {})
    ends = [trial.get(name) for name in ("ACTUAL_START_FIELD", "ACTUAL_END_FIELD")]
    values = [
        struct.unpack(f"{order}2H", one[2])
        for one in ends
        if one is not None and one[0] == 2 and len(one[2]) == 4
    ]
    if len(values) == 2:
        begin, end = (low + 65536 * high for low, high in values)
        if end >= begin and (end - begin) % 65536 + 1 == frames:
            return end - begin + 1, begin
    return frames, number


def real(raw: bytes, order: str, processor: int) -> float:
    """A 4-byte number in the file's own notation."""
    if processor == DEC:
        words = struct.unpack("<2H", raw)
        if not any(words):
            return 0.0
        return struct.unpack("<f", struct.pack("<2H", words[1], words[0]))[0] / 4.0
    return struct.unpack(f"{order}f", raw)[0]


def integer(
    groups: dict[str, dict[str, tuple[int, tuple[int, ...], bytes]]],
    group: str,
    name: str,
    order: str,
) -> int | None:
    """The first whole number of a parameter; None where it has none."""
    found = groups.get(group, {}).get(name)
    if found is None or found[0] != 2 or len(found[2]) < 2:
        return None
    return struct.unpack_from(f"{order}H", found[2])[0]
