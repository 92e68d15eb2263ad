"""A small record as the newest schema keeps it, as SQL text: what later versions must still read.

Run as ``python -m tests.support.schema_dump`` after adding a migration; it writes the file of
the newest schema and never touches those of earlier ones.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from kinechain.domain.record import Bucket, Credentials, Draft, Link, Opinion, Session, User
from kinechain.store import Store, open_store
from kinechain.store.schema import newest
from tests.support.clinic import START, Clock, assessment, fact, filled

FOLDER = Path(__file__).parent.parent / "unit" / "store" / "schemas"
ANNA = "person-000001"


def dump_file(version: str) -> Path:
    """Where the record of a schema is kept."""
    return FOLDER / f"schema_{version}.sql"


def lived_in(store: Store) -> None:
    """Something in every table."""
    filled(store, persons=2)
    hour = timedelta(hours=1)
    with store.writing("user-anna") as tx:
        tx.users.add(User(id="user-anna", name="Anna", roles=("clinician",), created_at=START),
                     Credentials(password_hash="hash", recovery_hashes=("one",)))  # fmt: skip
        tx.facts.add(ANNA, [fact("a"), fact("b", key="drug", entry="ibuprofen 400 mg")])
        tx.facts.add(ANNA, [fact("c", entry={"site": "hip", "note": "µ"}, replaces="a",
                                 on=date(2026, 11, 20))])  # fmt: skip
        tx.assessments.add(assessment("one"), urgency="same_day", waiting_for_review=True,
                           follow_up_due=date(2026, 12, 1))  # fmt: skip
        tx.opinions.add(Opinion(id="o", assessment="one", origin="hip_oa.left", by="user-anna",
                                decision="rejected", reason="no groin pain", at=START))  # fmt: skip
        tx.links.add(Link(id="used", digest="d1", purpose="intake", person=ANNA, by="user-anna",
                          created_at=START, expires_at=START + hour))  # fmt: skip
        tx.links.use("d1", START)
        tx.links.add(Link(id="open", digest="d2", purpose="intake", person=ANNA, by="user-anna",
                          created_at=START, expires_at=START + hour))  # fmt: skip
        tx.drafts.save(Draft(id="d", person=ANNA, link="used", content={"page": [1, "ü"]},
                             saved_at=START), expected_revision=None)  # fmt: skip
        tx.sessions.add(Session(digest="s", user="user-anna", csrf="t", created_at=START,
                                seen_at=START, expires_at=START + hour))  # fmt: skip
        tx.attempts.put(Bucket(name="b", count=3, since=START))


def main() -> int:
    """Write the file of the newest schema."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "clinic.sqlite"
        with open_store(file, create=True, clock=Clock()) as store:
            lived_in(store)
        with closing(sqlite3.connect(file)) as connection:
            text = "\n".join(connection.iterdump())
    FOLDER.mkdir(exist_ok=True)
    dump_file(newest()).write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
