"""What the server is started with: address, database, secret; from environment or file."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from kinechain.domain.record import ROLES, Role

Network = IPv4Network | IPv6Network
SHORTEST_SECRET = 32
PROXIES = "KINECHAIN_TRUSTED_PROXIES"
SECOND_FACTOR = "KINECHAIN_REQUIRE_SECOND_FACTOR"
NEEDED_BY: dict[str, frozenset[Role]] = {
    "nobody": frozenset(),
    "administrators": frozenset({"administrator"}),
    "everybody": frozenset(ROLES),
}
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:.]+\](:[0-9]{1,5})?")

LOCAL = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?")


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
        Key for tokens and second factors, at least 32 bytes.
    origin
        How browsers reach the program, without a slash at the end.
    is_demonstration
        Whether demonstration patients and accounts are shown with their passwords.
    idle_s, longest_s
        A session ends after so long without a request, and at the latest.
    trusted_proxies
        Networks of the proxies before the program, whose ``X-Forwarded-For`` counts.
    need_second_factor
        Roles that have to set up a second factor before anything else.

    Raises
    ------
    SettingsError
        The origin is none, or the secret is too short.
    """

    # Neither is shown: an address can hold the database's password.
    database_url: str = field(repr=False)
    secret: bytes = field(repr=False)
    origin: str
    is_demonstration: bool = False
    idle_s: int = 30 * 60
    longest_s: int = 12 * 60 * 60
    trusted_proxies: tuple[Network, ...] = ()
    need_second_factor: frozenset[Role] = frozenset()

    def __post_init__(self) -> None:
        if not ORIGIN.fullmatch(self.origin):
            raise SettingsError(
                f"The origin must be scheme and host in small letters. Got {self.origin!r}. "
                "Remedy: https://clinic.example or http://localhost:8000, without a path."
            )
        if len(self.secret) < SHORTEST_SECRET:
            raise SettingsError(TOO_SHORT)

    @property
    def https(self) -> bool:
        """Whether browsers reach the program by HTTPS."""
        return self.origin.startswith("https://")

    @property
    def is_local(self) -> bool:
        """Whether it is for browsers on this machine alone."""
        return bool(LOCAL.fullmatch(self.origin))

    @property
    def longest(self) -> timedelta:
        """After this time a session ends."""
        return timedelta(seconds=self.longest_s)


TOO_SHORT = (
    f"KINECHAIN_SECRET must have at least {SHORTEST_SECRET} characters. Remedy: "
    'python -c "import secrets; print(secrets.token_urlsafe(48))" makes one.'
)


def read_proxies(environment: Mapping[str, str]) -> tuple[Network, ...]:
    """The proxies before the program.

    Parameters
    ----------
    environment
        ``KINECHAIN_TRUSTED_PROXIES``: addresses or networks with commas between; none by
        default, then nobody's word about other addresses counts.

    Raises
    ------
    SettingsError
        One of them is no network, or is the whole internet.

    Examples
    --------
    >>> read_proxies({"KINECHAIN_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/24"})
    (IPv4Network('127.0.0.1/32'), IPv4Network('10.0.0.0/24'))
    """
    found: list[Network] = []
    for one in environment.get(PROXIES, "").split(","):
        if not one.strip():
            continue
        try:
            network = ip_network(one.strip())
        except ValueError:
            network = None
        if network is None or network.prefixlen == 0:
            raise SettingsError(f"{PROXIES} must be addresses of proxies. Got {one.strip()!r}. "
                                "Remedy: 127.0.0.1 or 10.0.0.0/24.")  # fmt: skip
        found.append(network)
    return tuple(found)


def read_second_factor(environment: Mapping[str, str], default: str) -> frozenset[Role]:
    """Roles that have to set up a second factor.

    Parameters
    ----------
    environment
        ``KINECHAIN_REQUIRE_SECOND_FACTOR``: nobody, administrators or everybody.
    default
        One of these words.

    Raises
    ------
    SettingsError
        It is another word.
    """
    word = environment.get(SECOND_FACTOR, default).strip()
    if word not in NEEDED_BY:
        raise SettingsError(f"{SECOND_FACTOR} must be one of {', '.join(NEEDED_BY)}. Got {word!r}.")
    return NEEDED_BY[word]


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
        raise SettingsError(TOO_SHORT)
    return given.strip().encode()


def _from_file(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise SettingsError(f"{path} can be read by others. Remedy: chmod 600 {path}")
        return path.read_text("utf-8")
    except OSError as error:
        raise SettingsError(f"KINECHAIN_SECRET_FILE: {path}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"KINECHAIN_SECRET_FILE: {path}: not text.") from None


def _own(path: Path) -> str:
    """The secret kept beside the data; made at the first start."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written whole under another name first: another process never reads half of it.
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:  # another process was faster
            pass
        finally:
            fresh.unlink()
    return _from_file(path)
