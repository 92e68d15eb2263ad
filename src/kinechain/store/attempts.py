"""Counts of attempts, so that passwords cannot be tried without end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from kinechain.domain.record import Bucket
from kinechain.store.repository import Repository, made, values
from kinechain.store.tables import attempts


class Attempts(Repository):
    """Counts by name; what they mean is the caller's business."""

    def get(self, name: str) -> Bucket | None:
        """A count; None when nothing was counted.

        Parameters
        ----------
        name
            Of the count.
        """
        row = self._tx.read(select(attempts).where(attempts.c.name == name)).one_or_none()
        return made(Bucket, row) if row else None

    def put(self, bucket: Bucket) -> None:
        """Write a count, new or changed.

        Parameters
        ----------
        bucket
            The count.
        """
        self.delete(bucket.name)
        self._tx.write(insert(attempts), values(bucket))

    def delete(self, name: str) -> None:
        """Forget a count.

        Parameters
        ----------
        name
            Of the count.
        """
        self._tx.write(delete(attempts).where(attempts.c.name == name))

    def delete_before(self, moment: datetime) -> int:
        """Forget the counts that began before.

        Parameters
        ----------
        moment
            The time.

        Returns
        -------
        int
            How many.
        """
        return self._tx.write(delete(attempts).where(attempts.c.since < moment)).rowcount
