"""Opens files that somebody else made: regular ones only, and none larger than it may be."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from kinechain.gait.errors import GaitError, RecordingError

LARGEST_BYTES = 2_000_000_000
LONGEST_LINE = 10_000_000
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def size_of(
    path: Path, largest: int = LARGEST_BYTES, kind: type[GaitError] = RecordingError
) -> int:
    """Bytes of a file that has some; what is no file, empty or too large is refused.

    Parameters
    ----------
    path
        The file.
    largest
        The most bytes that it may have.
    kind
        Which error to raise.

    Raises
    ------
    kinechain.gait.errors.GaitError
        When it is missing, no regular file (a folder, a device, a pipe), empty or too large.
    """
    try:
        state = path.stat()
    except (OSError, ValueError) as error:
        raise _unreadable(path, error, kind) from None
    if not stat.S_ISREG(state.st_mode):
        what = "folder" if stat.S_ISDIR(state.st_mode) else "device or pipe"
        raise kind(
            str(path), f"The file cannot be read: it is a {what}.", "Give the path of a file."
        )
    if state.st_size == 0:
        raise kind(str(path), "The file is empty.", "Export it again.")
    if state.st_size > largest:
        raise kind(
            str(path),
            f"The file may have {largest / 1e6:g} MB at most. Got {state.st_size / 1e6:.0f} MB.",
            "Check that it is the file you mean.",
        )
    return state.st_size


def whole_file(
    path: Path, largest: int = LARGEST_BYTES, kind: type[GaitError] = RecordingError
) -> bytes:
    """The contents of a file.

    Parameters
    ----------
    path, largest, kind
        As for `size_of`.

    Raises
    ------
    kinechain.gait.errors.GaitError
        As `size_of`, and when it cannot be read.
    """
    size_of(path, largest, kind)
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error, kind) from None


def text_lines(path: Path) -> Iterator[str]:
    """The lines of a text file, one after the other; what is no text becomes a mark.

    Parameters
    ----------
    path
        The file; checked when the first line is asked for.

    Raises
    ------
    RecordingError
        As `whole_file`, and where a line is so long that this is no text.
    """
    size_of(path)
    try:
        with path.open("rb") as file:
            wide = file.read(2) in UTF_16_MARKS
        coding = "utf-16" if wide else "utf-8-sig"
        with path.open(encoding=coding, errors="replace") as file:
            number = 0
            while line := file.readline(LONGEST_LINE):
                number += 1
                if len(line) == LONGEST_LINE:
                    raise RecordingError(
                        f"{path}, line {number}",
                        f"A line may have {LONGEST_LINE} characters at most.",
                        "This is no text file; check that it is the one you mean.",
                    )
                yield line.rstrip("\r\n")
    except OSError as error:
        raise _unreadable(path, error, RecordingError) from None


def _unreadable(path: Path, error: Exception, kind: type[GaitError]) -> GaitError:
    reason = getattr(error, "strerror", None) or error
    return kind(str(path), f"The file cannot be read ({reason}).", "Check the path and the rights.")
