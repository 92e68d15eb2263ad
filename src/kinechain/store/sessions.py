"""Who is signed in; only hashes of the tokens are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import delete, insert, select, update

from kinechain.domain.record import Session
from kinechain.store.repository import Repository, made, values
from kinechain.store.tables import sessions


class Sessions(Repository):
    """The stays of users and of patients. Beginning and end belong into the trail by the caller."""

    def add(self, session: Session) -> None:
        """Begin a stay.

        Parameters
        ----------
        session
            With the hash of its token.
        """
        self._tx.write(insert(sessions), values(session))

    def get(self, digest: str) -> Session | None:
        """A stay by the hash of its token, also one that is over; None when there is none.

        Parameters
        ----------
        digest
            SHA-256 of the token.
        """
        row = self._tx.read(select(sessions).where(sessions.c.digest == digest)).one_or_none()
        return made(Session, row) if row else None

    def touch(
        self, digest: str, *, seen_at: datetime, expires_at: datetime,
        stage: Literal["password", "full"] | None = None,
    ) -> None:  # fmt: skip
        """Note that somebody is still there.

        Parameters
        ----------
        digest
            SHA-256 of the token.
        seen_at, expires_at
            The new times.
        stage
            The new stage; the old one by default.
        """
        row = {"seen_at": seen_at, "expires_at": expires_at, **({"stage": stage} if stage else {})}
        self._tx.write(update(sessions).where(sessions.c.digest == digest).values(**row))

    def delete(self, digest: str) -> None:
        """End a stay.

        Parameters
        ----------
        digest
            SHA-256 of the token.
        """
        self._tx.write(delete(sessions).where(sessions.c.digest == digest))

    def delete_of_user(self, user: str, *, but: str | None = None) -> int:
        """End all stays of a user.

        Parameters
        ----------
        user
            The id.
        but
            SHA-256 of the token of the one that goes on.

        Returns
        -------
        int
            How many ended.
        """
        change = delete(sessions).where(sessions.c.user == user)
        if but is not None:
            change = change.where(sessions.c.digest != but)
        return self._tx.write(change).rowcount

    def delete_of_link(self, link: str) -> int:
        """End all stays that began by a link.

        Parameters
        ----------
        link
            The id.

        Returns
        -------
        int
            How many ended.
        """
        return self._tx.write(delete(sessions).where(sessions.c.link == link)).rowcount

    def delete_expired(self, now: datetime) -> int:
        """Forget stays that are over.

        Parameters
        ----------
        now
            Those that expired before.

        Returns
        -------
        int
            How many.
        """
        return self._tx.write(delete(sessions).where(sessions.c.expires_at <= now)).rowcount
