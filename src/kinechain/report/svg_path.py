"""Path data of the body map: reading, mirroring, joining. Absolute M, L, C and Z only."""

from __future__ import annotations

import functools
import re
from typing import Literal, NamedTuple, assert_never

Point = tuple[float, float]
Command = Literal["M", "L", "C"]

_TOKEN = re.compile(r"[MLCZ]|-?\d+(?:\.\d+)?")
_REST = re.compile(r"[\s,]*")


class Segment(NamedTuple):
    """One command with its points; the last one is where the pen ends."""

    command: Command
    points: tuple[Point, ...]


class Subpath(NamedTuple):
    """One stroke of the pen, beginning with ``M``."""

    segments: tuple[Segment, ...]
    closed: bool


def parse(data: str) -> tuple[Subpath, ...]:
    """Read path data.

    Parameters
    ----------
    data
        Absolute ``M``, ``L``, ``C`` and ``Z`` commands, each with its letter written out.

    Returns
    -------
    tuple of Subpath
        In the order of the data.

    Raises
    ------
    ValueError
        If the data holds another command, a stray number or too few numbers.

    Examples
    --------
    >>> parse("M 0 0 L 4 0 L 4 3 Z")[0].closed
    True
    """
    if _REST.sub("", _TOKEN.sub("", data)):
        raise ValueError(f"The path must use absolute M, L, C and Z only. Got {data[:40]!r}.")
    done: list[Subpath] = []
    current: list[Segment] = []
    for letter, numbers in _commands(data):
        if letter == "Z":
            done.append(Subpath(tuple(current), closed=True))
            current = []
            continue
        if letter == "M" and current:
            done.append(Subpath(tuple(current), closed=False))
            current = []
        if (letter == "M") != (not current):
            raise ValueError(f"Every stroke must begin with M. Got {data[:40]!r}.")
        current.append(_segment(letter, numbers, data))
    if current:
        done.append(Subpath(tuple(current), closed=False))
    return tuple(done)


@functools.lru_cache(maxsize=512)
def mirror(data: str, axis: float) -> str:
    """Reflect path data at the vertical line ``x = axis``.

    Examples
    --------
    >>> mirror("M 1 0 L 4 3 Z", axis=5)
    'M 9 0 L 6 3 Z'
    """
    return write(tuple(_mirrored(subpath, axis) for subpath in parse(data)))


@functools.lru_cache(maxsize=64)
def close_by_mirror(half: str, axis: float) -> str:
    """Complete an open half path with its own mirror image to one closed, symmetric path.

    The half starts and ends on the axis, so that both ends meet their mirror images.

    Raises
    ------
    ValueError
        If the half is not one open stroke from the axis to the axis.

    Examples
    --------
    >>> close_by_mirror("M 5 0 L 8 2 L 5 4", axis=5)
    'M 5 0 L 8 2 L 5 4 L 2 2 L 5 0 Z'
    """
    subpaths = parse(half)
    if len(subpaths) != 1 or subpaths[0].closed:
        raise ValueError("The half path must be one open stroke.")
    there = subpaths[0]
    ends = (there.segments[0].points[0], there.segments[-1].points[-1])
    if any(abs(x - axis) > 0.05 for x, _ in ends):
        raise ValueError(f"The half path must begin and end at x = {axis:g}. Got {ends}.")
    back = reverse(_mirrored(there, axis))
    return write((Subpath(there.segments + back.segments[1:], closed=True),))


def reverse(subpath: Subpath) -> Subpath:
    """Walk an open stroke the other way round."""
    points = [p for segment in subpath.segments for p in segment.points]
    start = Segment("M", (points[-1],))
    backwards: list[Segment] = [start]
    position = len(points) - 1
    for segment in reversed(subpath.segments[1:]):
        count = len(segment.points)
        piece = tuple(points[position - 1 - i] for i in range(count))
        backwards.append(Segment(segment.command, piece))
        position -= count
    return Subpath(tuple(backwards), closed=subpath.closed)


def bounds(data: str) -> tuple[float, float, float, float]:
    """Smallest box around all points of the path, control points included.

    Returns
    -------
    tuple of float
        ``(left, top, right, bottom)``.
    """
    points = [p for subpath in parse(data) for segment in subpath.segments for p in segment.points]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def write(subpaths: tuple[Subpath, ...]) -> str:
    """Write subpaths as path data, at most one decimal."""
    words: list[str] = []
    for subpath in subpaths:
        for segment in subpath.segments:
            places = ", ".join(f"{number(x)} {number(y)}" for x, y in segment.points)
            words.append(f"{segment.command} {places}")
        if subpath.closed:
            words.append("Z")
    return " ".join(words)


def number(value: float) -> str:
    """Shortest writing of a coordinate with at most one decimal.

    Examples
    --------
    >>> number(12.0), number(-0.04)
    ('12', '0')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _commands(data: str) -> list[tuple[str, list[float]]]:
    commands: list[tuple[str, list[float]]] = []
    for token in _TOKEN.findall(data):
        if token in "MLCZ":
            commands.append((token, []))
        elif commands:
            commands[-1][1].append(float(token))
        else:
            raise ValueError(f"The path must begin with M. Got {data[:40]!r}.")
    return commands


def _segment(letter: str, numbers: list[float], data: str) -> Segment:
    match letter:
        case "M" | "L":
            command: Command = letter
        case "C":
            command = "C"
        case _:
            raise ValueError(f"The path must use M, L, C and Z only. Got {letter!r}.")
    if len(numbers) != 2 * _pairs(command):
        raise ValueError(f"{letter} needs {2 * _pairs(command)} numbers. Got {data[:40]!r}.")
    return Segment(command, tuple(zip(numbers[::2], numbers[1::2], strict=True)))


def _pairs(command: Command) -> int:
    match command:
        case "M" | "L":
            return 1
        case "C":
            return 3
        case _:
            assert_never(command)


def _mirrored(subpath: Subpath, axis: float) -> Subpath:
    segments = tuple(
        Segment(segment.command, tuple((2 * axis - x, y) for x, y in segment.points))
        for segment in subpath.segments
    )
    return Subpath(segments, subpath.closed)
