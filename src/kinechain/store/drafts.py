"""What patients have entered and not handed in; kept with every step, so nothing is lost."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select, update

from kinechain.domain.record import Draft
from kinechain.store.errors import Conflict
from kinechain.store.repository import Repository, made, unknown, values
from kinechain.store.tables import drafts


class Drafts(Repository):
    """The drafts of all patients. They are no part of the record until they are handed in."""

    def get(self, draft: str) -> Draft | None:
        """A draft by id; None when there is none.

        Parameters
        ----------
        draft
            The id.
        """
        row = self._tx.read(select(drafts).where(drafts.c.id == draft)).one_or_none()
        return made(Draft, row) if row else None

    def of_person(self, person: str) -> tuple[Draft, ...]:
        """The drafts of a person, last saved first.

        Parameters
        ----------
        person
            The id.
        """
        query = select(drafts).where(drafts.c.person == person)
        rows = self._tx.read(query.order_by(drafts.c.saved_at.desc(), drafts.c.id.desc()))
        return tuple(made(Draft, row) for row in rows)

    def of_link(self, link: str) -> Draft | None:
        """The draft that was begun by a link; None when there is none.

        Parameters
        ----------
        link
            The id.
        """
        query = select(drafts).where(drafts.c.link == link).order_by(drafts.c.saved_at.desc())
        row = self._tx.read(query.limit(1)).one_or_none()
        return made(Draft, row) if row else None

    def save(self, draft: Draft, *, expected_revision: int | None) -> Draft:
        """Keep what was entered so far.

        Parameters
        ----------
        draft
            The whole content.
        expected_revision
            Of the draft that the page was made from; None for a new one.

        Returns
        -------
        Draft
            With its new revision.

        Raises
        ------
        Conflict
            When it was saved from elsewhere meanwhile (two windows), or was handed in.
        """
        before = self.get(draft.id)
        if before is None and expected_revision is None:
            self._tx.persons.known(draft.person)
            kept = msgspec.structs.replace(draft, revision=1)
            self._tx.write(insert(drafts), values(kept))
            return kept
        if before is None:
            raise unknown(self._tx.where, "draft", draft.id)
        if before.submitted_at is not None or before.revision != expected_revision:
            raise Conflict(
                f"draft {draft.id}",
                "It was handed in meanwhile." if before.submitted_at else
                "It was saved from another window meanwhile.",
                "Load the page again to go on from what was saved.",
            )  # fmt: skip
        kept = msgspec.structs.replace(
            before, content=draft.content, saved_at=draft.saved_at, revision=before.revision + 1
        )
        self._tx.write(update(drafts).where(drafts.c.id == draft.id).values(
            content=kept.content, saved_at=kept.saved_at, revision=kept.revision
        ))  # fmt: skip
        return kept

    def submit(self, draft: str, now: datetime) -> Draft:
        """Note that a draft was handed in; its facts are added in the same transaction.

        Parameters
        ----------
        draft
            The id.
        now
            The time.

        Raises
        ------
        Conflict
            When it was handed in already.
        StoreError
            When there is no such draft.
        """
        found = self.get(draft)
        if found is None:
            raise unknown(self._tx.where, "draft", draft)
        if found.submitted_at is not None:
            raise Conflict(f"draft {draft}", "It was handed in already.", "There is nothing to do.")
        self._tx.write(update(drafts).where(drafts.c.id == draft).values(submitted_at=now))
        self._tx.audit.append("draft.submit", f"person:{found.person}", {"draft": draft})
        return msgspec.structs.replace(found, submitted_at=now)

    def delete(self, draft: str) -> None:
        """Forget a draft.

        Parameters
        ----------
        draft
            The id.
        """
        found = self.get(draft)
        if found is None:
            return
        self._tx.write(delete(drafts).where(drafts.c.id == draft))
        self._tx.audit.append("draft.delete", f"person:{found.person}", {"draft": draft})
