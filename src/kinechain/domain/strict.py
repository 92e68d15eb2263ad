"""The base of everything that is read from a file of the knowledge."""

from __future__ import annotations

import msgspec


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Immutable record that refuses keys it does not know."""
