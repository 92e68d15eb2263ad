"""The compiled knowledge of each version, so that any assessment can be computed again."""

from __future__ import annotations

import hashlib

from sqlalchemy import insert, select

from kinechain.store.columns import pack
from kinechain.store.faults import told
from kinechain.store.repository import Repository, unknown, unpacked
from kinechain.store.tables import knowledge


class KeptKnowledge(Repository):
    """The knowledge under its version, which is a hash of its content."""

    def keep(self, version: str, content: bytes) -> None:
        """Keep a version, unless it is there already.

        Parameters
        ----------
        version
            Of the knowledge.
        content
            The knowledge as `kinechain.knowledge` encodes it.
        """
        if self.has(version):
            return
        hashed = hashlib.sha256(content).hexdigest()
        row = {
            "version": version, "content": pack(content), "digest": hashed,
            "kept_at": self._tx.at,
        }  # fmt: skip
        self._tx.write(insert(knowledge), row)
        self._tx.audit.append("knowledge.keep", f"knowledge:{version}", {"sha256": hashed})

    def has(self, version: str) -> bool:
        """Whether a version is kept.

        Parameters
        ----------
        version
            Of the knowledge.
        """
        query = select(knowledge.c.version).where(knowledge.c.version == version)
        return self._tx.read(query).one_or_none() is not None

    def get(self, version: str) -> bytes:
        """The content of a version.

        Parameters
        ----------
        version
            Of the knowledge.

        Raises
        ------
        StoreError
            When it is not kept, or not what was kept.
        """
        query = select(knowledge.c.content, knowledge.c.digest)
        row = self._tx.read(query.where(knowledge.c.version == version)).one_or_none()
        if row is None:
            raise unknown(self._tx.where, "knowledge", version)
        content = unpacked(row.content, self._tx.where, f"knowledge {version}")
        if hashlib.sha256(content).hexdigest() != row.digest:
            raise told(self._tx.where, "damaged", f"knowledge {version}")
        return content

    def versions(self) -> tuple[str, ...]:
        """All that are kept, oldest first."""
        query = select(knowledge.c.version).order_by(knowledge.c.kept_at, knowledge.c.version)
        return tuple(row.version for row in self._tx.read(query))
