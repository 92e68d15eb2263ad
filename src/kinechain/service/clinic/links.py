"""One-time links by which a patient comes in, and the stay that a link opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from kinechain.domain.record import Link, Session
from kinechain.service.clinic.tokens import Sources, digest_of
from kinechain.store import Store

LASTS = timedelta(hours=24)
"""So long a link can be opened."""

STAY = timedelta(hours=4)
"""So long a patient can go on after opening it, also after closing the page."""

INTAKE = "intake"


@dataclass(frozen=True)
class GivenLink:
    """A link as it is handed to the patient; the token is shown once and not kept.

    Attributes
    ----------
    link
        What the store keeps.
    token
        The secret part of the address.
    """

    link: Link
    token: str


@dataclass(frozen=True)
class Links:
    """The links of a clinic.

    Attributes
    ----------
    store
        Where they are kept.
    sources
        Time and chance.
    """

    store: Store
    sources: Sources

    def give(self, person: str, by: str, purpose: str = INTAKE) -> GivenLink:
        """Make a link for a person.

        Parameters
        ----------
        person
            Whose.
        by
            Who gives it.
        purpose
            What it opens.
        """
        token, now = self.sources.new_token(), self.sources.now()
        link = Link(
            id=self.sources.new_id(), digest=digest_of(token), purpose=purpose, person=person,
            by=by, created_at=now, expires_at=now + LASTS,
        )  # fmt: skip
        with self.store.writing(by) as tx:
            tx.links.add(link)
        return GivenLink(link, token)

    def can_open(self, token: str) -> bool:
        """Whether a link would open; looking at it does not use it up.

        Messengers and mail programs fetch addresses to show a preview; only the person's own
        press on the button opens the link.

        Parameters
        ----------
        token
            From the address.
        """
        with self.store.reading() as tx:
            link = tx.links.by_digest(digest_of(token))
        return (
            link is not None
            and link.used_at is None
            and link.revoked_at is None
            and link.expires_at > self.sources.now()
        )

    def open(self, token: str) -> str | None:
        """Open a link, once; the token of the stay, or None when it opens nothing.

        Parameters
        ----------
        token
            From the address.
        """
        now = self.sources.now()
        with self.store.writing("link:opening") as tx:
            link = tx.links.use(digest_of(token), now)
            if link is None:
                return None
            stay = self.sources.new_token()
            tx.sessions.add(
                Session(
                    digest=digest_of(stay), link=link.id, csrf=self.sources.new_token(),
                    created_at=now, seen_at=now, expires_at=now + STAY,
                )
            )  # fmt: skip
        return stay

    def revoke(self, link: str, by: str) -> bool:
        """Take a link back, and end the stay that it opened; False when there is nothing to end.

        Parameters
        ----------
        link
            Its id.
        by
            Who takes it back.
        """
        with self.store.writing(by) as tx:
            ended = tx.sessions.delete_of_link(link)
            return tx.links.revoke(link, self.sources.now()) or ended > 0

    def end(self, token: str) -> None:
        """End a stay, when the patient has handed everything in or gives the tablet back.

        Parameters
        ----------
        token
            From the cookie.
        """
        with self.store.writing("link:ending") as tx:
            session = tx.sessions.get(digest_of(token))
            if session is not None and session.link is not None:
                tx.sessions.delete(session.digest)

    def find(self, token: str) -> tuple[Session, Link] | None:
        """The stay of a cookie with its link; None when it has ended.

        Parameters
        ----------
        token
            From the cookie.
        """
        with self.store.reading() as tx:
            session = tx.sessions.get(digest_of(token))
            link = tx.links.get(session.link) if session is not None and session.link else None
        if session is None or link is None or link.revoked_at is not None:
            return None
        return (session, link) if session.expires_at > self.sources.now() else None
