"""The file of an interview: read once, written atomically, never over anything unexpected."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kinechain.cli.output import Refusal, new_file

DEFAULT = "case.yaml"


@dataclass
class CaseFile:
    """Where an interview is saved, and what is expected to stand there.

    Attributes
    ----------
    path
        The file.
    expected
        What the file held when it was last read or written; None when there was none.
    """

    path: Path
    expected: bytes | None

    @property
    def text(self) -> str:
        """What the file held, as text."""
        return "" if self.expected is None else self.expected.decode("utf-8-sig")

    def save(self, text: str) -> None:
        """Write the file in one step: either all of it is there, or it is as before.

        Parameters
        ----------
        text
            The new contents.

        Raises
        ------
        Refusal
            When the file was changed by somebody else, or cannot be written.
        """
        target = self.path.resolve()
        if _held(target) != self.expected:
            was = "changed" if self.expected is not None else "made"
            raise Refusal(f"{self.path} was {was} by another program meanwhile; it is left alone.")
        contents = text.encode("utf-8")
        if contents == self.expected:
            return
        name = ""
        try:
            handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(contents)
                file.flush()
                os.fsync(file.fileno())
            if self.expected is not None:
                shutil.copymode(target, name)
            else:
                Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(target)
        except OSError as error:
            with suppress(OSError):
                Path(name or ".").unlink()
            raise Refusal(f"{self.path} cannot be written: {error.strerror}.") from error
        self.expected = contents


def case_file(name: str | None) -> CaseFile:
    """The file to begin from and to save to.

    Parameters
    ----------
    name
        What the user named; without it a new file that does not exist yet.

    Raises
    ------
    Refusal
        When it is not a file of text, or lies in a folder that cannot be written.
    """
    from kinechain.intake.source_text import LARGEST_FILE

    target = new_file(name) if name is not None else _unused()
    assert target is not None, "a name gives a path"
    folder = target.resolve().parent
    if not os.access(folder, os.W_OK):
        raise Refusal(f"The folder {folder} cannot be written. Name a file elsewhere.")
    if target.exists() and not target.is_file():
        raise Refusal(f"{target} is not a file. Name a case file, or a new one.")
    held = _held(target)
    if held is not None:
        if len(held) > LARGEST_FILE:
            raise Refusal(f"{target} is too large for a case. Check that it is the right file.")
        try:
            held.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Refusal(f"{target} is not text in UTF-8. Save it as UTF-8 first.") from error
        if not os.access(target, os.W_OK):
            raise Refusal(f"{target} cannot be written. Copy it to a file that can.")
    return CaseFile(target, held)


def _unused() -> Path:
    stem, ending = DEFAULT.split(".")
    names = (DEFAULT, *(f"{stem}-{number}.{ending}" for number in range(2, 1000)))
    return next(path for name in names if not (path := Path(name)).exists())


def _held(path: Path) -> bytes | None:
    from kinechain.intake.source_text import LARGEST_FILE

    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
