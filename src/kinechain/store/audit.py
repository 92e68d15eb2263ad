"""The trail: every act once, in order, each entry holding the hash of the one before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import insert, select

from kinechain.domain.record import AuditEntry
from kinechain.store.columns import digest
from kinechain.store.repository import Repository, in_order, made, values
from kinechain.store.tables import audit

BEGINNING = "0" * 64
"""What the first entry names as the one before."""


def entry_digest(entry: AuditEntry) -> str:
    """SHA-256 of the canonical JSON of all fields of an entry but its digest.

    Parameters
    ----------
    entry
        Of the trail; its `digest` does not matter.
    """
    fields = values(entry)
    del fields["digest"]
    return digest(fields)


class Audit(Repository):
    """The trail of the whole database."""

    def append(self, action: str, object: str, detail: dict[str, Any] | None = None) -> AuditEntry:  # noqa: A002
        """Add an act; it is kept exactly when the rest of the transaction is.

        Parameters
        ----------
        action
            What was done: ``person.view``.
        object
            What it was done to: ``person:0190...``.
        detail
            Plain JSON; ids, counts, digests, never what was recorded.
        """
        head = self.head()
        entry = AuditEntry(
            number=head.number + 1 if head else 1,
            at=self._tx.at,
            actor=self._tx.actor or "",
            action=action,
            object=object,
            detail=msgspec.to_builtins(detail or {}),
            previous=head.digest if head else BEGINNING,
            digest="",
        )
        entry = msgspec.structs.replace(entry, digest=entry_digest(entry))
        self._tx.write(insert(audit), values(entry))
        return entry

    def head(self) -> AuditEntry | None:
        """The last entry; None in an empty trail."""
        row = self._tx.read(select(audit).order_by(audit.c.number.desc()).limit(1)).one_or_none()
        return made(AuditEntry, row) if row else None

    def of(self, object: str, *, limit: int = 200) -> tuple[AuditEntry, ...]:  # noqa: A002
        """The latest acts on one object, latest first.

        Parameters
        ----------
        object
            As it was appended.
        limit
            How many at most.
        """
        query = select(audit).where(audit.c.object == object)
        rows = self._tx.read(query.order_by(audit.c.number.desc()).limit(limit))
        return tuple(made(AuditEntry, row) for row in rows)

    def page(self, *, before: int | None = None, limit: int = 200) -> tuple[AuditEntry, ...]:
        """The latest acts, latest first.

        Parameters
        ----------
        before
            Only those with a smaller number.
        limit
            How many at most.
        """
        query = select(audit).order_by(audit.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.number < before)
        return tuple(made(AuditEntry, row) for row in self._tx.read(query))

    def entries(self) -> Iterator[AuditEntry]:
        """The whole trail from its beginning, a piece at a time."""
        return (made(AuditEntry, row) for row in in_order(self._tx, audit))
