"""One shape for everything that can be wrong with a file: where, what, and the remedy."""

from __future__ import annotations

LONGEST_TEXT = 600  # what a damaged file holds can be long, and is quoted in messages


class GaitError(ValueError):
    """Something given to the laboratory cannot be used.

    Parameters
    ----------
    where
        The file and the field, element or line in it: ``walk.trc, line 4, 'Units'``.
    what
        What is wrong with it, a sentence with what was found.
    remedy
        What the user can do about it, a sentence.
    """

    def __init__(self, where: str, what: str, remedy: str) -> None:
        super().__init__(where, what, remedy)
        self.where = _short(where)
        self.what = _short(what)
        self.remedy = _short(remedy)

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.remedy}".rstrip()


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} ..."


class RecordingError(GaitError):
    """A recording (C3D, TRC, MOT, STO) cannot be read."""


class ModelError(GaitError):
    """A musculoskeletal model or a set-up file that goes with it cannot be used."""
