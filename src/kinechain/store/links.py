"""One-time links for patients; only hashes of the tokens are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update

from kinechain.domain.record import Link
from kinechain.store.repository import Repository, made, values
from kinechain.store.tables import links


class Links(Repository):
    """The links that were given out."""

    def add(self, link: Link) -> None:
        """Keep a link.

        Parameters
        ----------
        link
            With the hash of its token.

        Raises
        ------
        StoreError
            When there is no such person.
        """
        self._tx.persons.known(link.person)
        self._tx.write(insert(links), values(link))
        detail = {"link": link.id, "purpose": link.purpose, "expires_at": link.expires_at}
        self._tx.audit.append("link.add", f"person:{link.person}", detail)

    def get(self, link: str) -> Link | None:
        """A link by id; None when there is none.

        Parameters
        ----------
        link
            The id.
        """
        row = self._tx.read(select(links).where(links.c.id == link)).one_or_none()
        return made(Link, row) if row else None

    def by_digest(self, digest: str) -> Link | None:
        """A link by the hash of its token, also one that opens nothing; None when there is none.

        Parameters
        ----------
        digest
            SHA-256 of the token.
        """
        row = self._tx.read(select(links).where(links.c.digest == digest)).one_or_none()
        return made(Link, row) if row else None

    def of(self, person: str) -> tuple[Link, ...]:
        """All links of a person, latest first.

        Parameters
        ----------
        person
            The id.
        """
        query = select(links).where(links.c.person == person)
        rows = self._tx.read(query.order_by(links.c.created_at.desc(), links.c.id.desc()))
        return tuple(made(Link, row) for row in rows)

    def use(self, digest: str, now: datetime) -> Link | None:
        """Open a link, once.

        Parameters
        ----------
        digest
            SHA-256 of the token.
        now
            The time.

        Returns
        -------
        Link or None
            None when it is unknown, used, revoked or expired.
        """
        change = (
            update(links)
            .where(
                links.c.digest == digest,
                links.c.used_at.is_(None),
                links.c.revoked_at.is_(None),
                links.c.expires_at > now,
            )
            .values(used_at=now)
        )
        if self._tx.write(change).rowcount != 1:
            return None
        link = self.by_digest(digest)
        if link is not None:
            self._tx.audit.append("link.use", f"person:{link.person}", {"link": link.id})
        return link

    def revoke(self, link: str, now: datetime) -> bool:
        """Take a link back.

        Parameters
        ----------
        link
            The id.
        now
            The time.

        Returns
        -------
        bool
            False when it was already revoked or is unknown.
        """
        change = update(links).where(links.c.id == link, links.c.revoked_at.is_(None))
        if self._tx.write(change.values(revoked_at=now)).rowcount != 1:
            return False
        found = self.get(link)
        if found is not None:
            self._tx.audit.append("link.revoke", f"person:{found.person}", {"link": link})
        return True
