"""The journal of a batch: one line for each finished recording, so that a run can go on."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from kinechain.gait.errors import GaitError
from kinechain.service.gait.results_table import Outcome, Status

ENDING = ".journal"


class _Head(msgspec.Struct):
    """What of a line tells whether it still holds."""

    recording: str
    inputs: str
    options: str
    status: Status


@dataclass(frozen=True)
class _Place:
    inputs: str
    options: str
    status: Status
    start: int


class Journal:
    """The file beside the table, open for one run.

    A line is JSON, and is on the disk before the next recording counts as begun. A line that a
    power failure cut short is taken off; one that cannot be read does not count. Of two lines
    about one recording the later counts.

    Parameters
    ----------
    table
        The table of the batch; the journal has its name and ``.journal``.

    Raises
    ------
    GaitError
        When another run has it open, or it cannot be written.
    """

    def __init__(self, table: Path) -> None:
        self.path = table.with_name(table.name + ENDING)
        try:
            self._file: IO[bytes] = self.path.open("a+b")
        except OSError as error:
            raise GaitError(
                str(self.path), f"It cannot be written: {error.strerror}.", "Name another table."
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise GaitError(
                str(self.path),
                "Another batch is writing it.",
                "Wait for that one, or name another table.",
            ) from None
        self._places = self._read()

    def _read(self) -> dict[str, _Place]:
        places: dict[str, _Place] = {}
        self._file.seek(0)
        start = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                self._file.truncate(start)
                break
            try:
                head = msgspec.json.decode(line, type=_Head)
            except (msgspec.DecodeError, UnicodeDecodeError):
                pass
            else:
                places[head.recording] = _Place(head.inputs, head.options, head.status, start)
            start += len(line)
        return places

    def holds(self, recording: str, inputs: str, options: str) -> bool:
        """Whether a recording is finished, with these inputs and options.

        One whose analysis broke off is to be tried again.

        Parameters
        ----------
        recording, inputs, options
            As in `Outcome`.
        """
        place = self._places.get(recording)
        return (
            place is not None
            and (place.inputs, place.options) == (inputs, options)
            and place.status != "failed"
        )

    def add(self, outcome: Outcome) -> None:
        """Write a line, and wait until it is on the disk.

        Parameters
        ----------
        outcome
            Of a finished recording.
        """
        start = self._file.seek(0, os.SEEK_END)
        self._file.write(msgspec.json.encode(outcome) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._places[outcome.recording] = _Place(
            outcome.inputs, outcome.options, outcome.status, start
        )

    def outcomes(self, recordings: Iterable[str]) -> Iterator[Outcome]:
        """What became of recordings, in their order; those not finished are left out.

        Parameters
        ----------
        recordings
            Their names.
        """
        for name in recordings:
            place = self._places.get(name)
            if place is not None:
                self._file.seek(place.start)
                yield msgspec.json.decode(self._file.readline(), type=Outcome)

    def close(self) -> None:
        """Close it; another run may open it then."""
        self._file.close()
