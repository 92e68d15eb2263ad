"""How values lie in a column, the same on both databases, and how a record is hashed."""

from __future__ import annotations

import hashlib
import unicodedata
import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from sqlalchemy import DateTime, LargeBinary, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from kinechain.store.faults import told

MOMENT_LENGTH = 27
COMPRESSION = 6
WITHOUT_STROKE = str.maketrans("łøđħŧı", "lodhti")
"""Letters that Unicode does not take apart into a letter and its accent."""


def moment_text(moment: datetime) -> str:
    """A time in UTC with microseconds, in one width so that texts sort as times do.

    Parameters
    ----------
    moment
        An aware time.

    Raises
    ------
    ValueError
        When it has no zone.

    Examples
    --------
    >>> moment_text(datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
    '2026-11-22T09:30:00.000000Z'
    """
    if moment.tzinfo is None:
        raise ValueError("A time of the record must have a zone.")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def canonical(value: object) -> bytes:
    """A value as JSON in one way only: keys sorted, no blanks, UTF-8.

    Parameters
    ----------
    value
        Plain values, times and dates; bytes count by their hash.

    Examples
    --------
    >>> canonical({"b": [1, None], "a": "é"}).decode()
    '{"a":"é","b":[1,null]}'
    """
    return msgspec.json.encode(_plain(value), order="sorted")


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON of a value, in hexadecimal.

    Parameters
    ----------
    value
        As for `canonical`.
    """
    return hashlib.sha256(canonical(value)).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def folded(text: str) -> str:
    """A text as it is looked for: without case, accents and outer blanks.

    Parameters
    ----------
    text
        A label or a name.

    Examples
    --------
    >>> folded(" Müller, Zoë ")
    'muller, zoe'
    """
    apart = unicodedata.normalize("NFKD", text.strip().casefold()).translate(WITHOUT_STROKE)
    return "".join(one for one in apart if not unicodedata.combining(one))


class Moment(TypeDecorator[datetime]):
    """An aware time: text of one width in SQLite, which has no times, and timestamptz."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column's type.

        Parameters
        ----------
        dialect
            Of the database.
        """
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(MOMENT_LENGTH))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """A time on its way into the database.

        Parameters
        ----------
        value, dialect
            The time, and the database's kind.
        """
        if value is None:
            return None
        text = moment_text(value)
        return text if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """A time on its way out of the database.

        Parameters
        ----------
        value, dialect
            What the database holds, and its kind.
        """
        if value is None:
            return None
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            raise told("a time", "damaged") from None
        return found.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """Plain values as the JSON text that was given, keys in their order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Values on their way into the database.

        Parameters
        ----------
        value, dialect
            Plain values, and the database's kind.
        """
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Values on their way out of the database.

        Parameters
        ----------
        value, dialect
            The text, and the database's kind.
        """
        try:
            return None if value is None else msgspec.json.decode(value)
        except msgspec.DecodeError:
            raise told("an entry", "damaged") from None


class Packed(TypeDecorator[bytes]):
    """Bytes, compressed by `pack` before they come here."""

    impl = LargeBinary
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        """Bytes on their way out of the database, still compressed.

        Parameters
        ----------
        value, dialect
            What the database holds, and its kind.
        """
        return None if value is None else bytes(value)


def pack(content: bytes) -> bytes:
    """Compress what is kept whole: results, knowledge.

    Parameters
    ----------
    content
        Any bytes.
    """
    return zlib.compress(content, COMPRESSION)


def unpack(content: bytes) -> bytes:
    """What was given to `pack`.

    Parameters
    ----------
    content
        Compressed bytes.
    """
    return zlib.decompress(content)
