"""What the server is started with: address, database, secret; from environment or file."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SHORTEST_SECRET = 32


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it and the remedy."""


@dataclass(frozen=True)
class Settings:
    """The server's settings.

    Attributes
    ----------
    database_url
        SQLAlchemy's address of the database.
    secret
        Key for tokens and for what is kept encrypted, at least 32 bytes.
    origin
        How browsers reach the program, without a slash at the end.
    is_demonstration
        Whether demonstration patients and accounts are shown with their passwords.
    idle_s, longest_s
        A session ends after so long without a request, and at the latest.
    """

    database_url: str
    secret: bytes
    origin: str
    is_demonstration: bool = False
    idle_s: int = 30 * 60
    longest_s: int = 12 * 60 * 60

    @property
    def https(self) -> bool:
        """Whether browsers reach the program by HTTPS."""
        return self.origin.startswith("https://")


def read_secret(environment: Mapping[str, str], folder: Path) -> bytes:
    """The secret: from the environment, from a file that it names, or kept beside the data.

    Parameters
    ----------
    environment
        ``KINECHAIN_SECRET`` or ``KINECHAIN_SECRET_FILE``.
    folder
        Where a secret is made and kept, readable by its owner only, when neither is set.

    Raises
    ------
    SettingsError
        The secret is too short, or its file cannot be read or is readable by others.
    """
    given = environment.get("KINECHAIN_SECRET")
    if given is None:
        named = environment.get("KINECHAIN_SECRET_FILE")
        given = _from_file(Path(named)) if named else _own(folder / "secret")
    if len(given.strip()) < SHORTEST_SECRET:
        raise SettingsError(
            f"KINECHAIN_SECRET must have at least {SHORTEST_SECRET} characters. Remedy: "
            'python -c "import secrets; print(secrets.token_urlsafe(48))" makes one.'
        )
    return given.strip().encode()


def _from_file(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise SettingsError(f"{path} can be read by others. Remedy: chmod 600 {path}")
        return path.read_text("utf-8")
    except OSError as error:
        raise SettingsError(f"KINECHAIN_SECRET_FILE: {path}: {error.strerror}.") from None


def _own(path: Path) -> str:
    """The secret kept beside the data; made at the first start."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was faster
            pass
        else:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
    return _from_file(path)
