"""Users, sessions, links, drafts, counts of attempts."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from kinechain.domain.record import Bucket, Credentials, Draft, Link, Session, User
from kinechain.store import Conflict, Store, StoreError
from tests.support.clinic import START, filled

ANNA = "person-000001"
HOUR = timedelta(hours=1)
SECRET = Credentials(password_hash="$argon2id$secret", totp_secret="JBSWY3DP",
                     recovery_hashes=("x1", "x2"))  # fmt: skip


def user(name: str = "Élise", **fields) -> User:
    fields = {"id": f"user-{name}", "roles": ("clinician", "administrator"), **fields}
    return User(name=name, created_at=START, **fields)


def link(name: str = "link", **fields) -> Link:
    fields = {"digest": f"digest-of-{name}", "expires_at": START + HOUR, **fields}
    return Link(id=name, purpose="intake", person=ANNA, by="anna", created_at=START, **fields)


def test_a_user_is_found_by_name_whatever_its_case(store: Store) -> None:
    with store.writing("command:users") as tx:
        tx.users.add(user(), SECRET)
        tx.users.add(user("Ben", roles=()), Credentials())
        assert tx.users.by_name("ELISE") == user()
        assert tx.users.get("user-Élise") == user()
        assert tx.users.by_name("nobody") is None
        assert [one.name for one in tx.users.all()] == ["Ben", "Élise"]
        assert tx.users.count() == 2
        assert tx.users.credentials("user-Élise") == SECRET
    with pytest.raises(Conflict), store.writing("command:users") as tx:
        tx.users.add(user("elise", id="another"), Credentials())


def test_no_secret_of_a_user_reaches_the_trail(store: Store) -> None:
    with store.writing("command:users") as tx:
        tx.users.add(user(), SECRET)
        used = msgspec.structs.replace(SECRET, totp_last_step=17)
        head = tx.audit.head()
        tx.users.set_credentials("user-Élise", used)
        assert tx.audit.head() == head  # the use of a code is no change
        tx.users.set_credentials("user-Élise", msgspec.structs.replace(used, password_hash="n3w"))
        tx.users.change(user(is_locked=True, roles=("clinician",)))
        entries = tx.audit.of("user:user-Élise")
        assert tx.users.credentials("user-Élise").totp_last_step == 17
        assert tx.users.get("user-Élise") == user(is_locked=True, roles=("clinician",))
    assert [one.action for one in entries] == ["user.change", "user.credentials", "user.add"]
    assert entries[0].detail == {"roles": ["clinician"], "is_locked": True}
    assert entries[1].detail == {"changed": ["password_hash"]}
    text = msgspec.json.encode(entries).decode()
    assert not [one for one in ("argon2", "JBSWY3DP", "x1", "n3w") if one in text]


def test_an_unknown_user_is_an_error(store: Store) -> None:
    for change in (
        lambda tx: tx.users.change(user()),
        lambda tx: tx.users.credentials("user-Élise"),
        lambda tx: tx.users.set_credentials("user-Élise", SECRET),
    ):
        with pytest.raises(StoreError, match="There is no user"), store.writing("ben") as tx:
            change(tx)


def test_a_session_begins_goes_on_and_ends(store: Store) -> None:
    filled(store)
    with store.writing("anna") as tx:
        tx.users.add(user(), SECRET)
        tx.links.add(link())
        for name, owner in (("a", {"user": "user-Élise"}), ("b", {"user": "user-Élise"}),
                            ("c", {"link": "link"})):  # fmt: skip
            tx.sessions.add(
                Session(digest=name, csrf="token", created_at=START, seen_at=START,
                        expires_at=START + HOUR, stage="password", **owner)
            )  # fmt: skip
        tx.sessions.touch("a", seen_at=START + HOUR, expires_at=START + 2 * HOUR, stage="full")
        tx.sessions.touch("b", seen_at=START, expires_at=START + HOUR)
        touched = tx.sessions.get("a")
        assert touched is not None
        assert (touched.stage, touched.expires_at) == ("full", START + 2 * HOUR)
        other = tx.sessions.get("b")
        assert other is not None
        assert other.stage == "password"
        assert tx.sessions.delete_expired(START + HOUR) == 2
        assert tx.sessions.get("b") is None
        assert tx.sessions.delete_of_user("user-Élise", but="a") == 0
        assert tx.sessions.delete_of_user("user-Élise") == 1
        assert tx.sessions.delete_of_link("link") == 0
        tx.sessions.delete("nothing")


def test_a_link_opens_once(store: Store) -> None:
    filled(store)
    with store.writing("anna") as tx:
        for one in (link(), link("late", expires_at=START + HOUR), link("revoked")):
            tx.links.add(one)
        assert tx.links.revoke("revoked", START)
        assert not tx.links.revoke("revoked", START)
    now = START + timedelta(minutes=1)
    with store.writing("anna") as tx:
        opened = tx.links.use("digest-of-link", now)
        assert opened is not None
        assert (opened.person, opened.used_at) == (ANNA, now)
        assert tx.links.use("digest-of-link", now) is None
        assert tx.links.use("digest-of-revoked", now) is None
        assert tx.links.use("digest-of-late", START + HOUR) is None
        assert tx.links.use("digest-of-nothing", now) is None
        assert tx.links.get("link") == opened == tx.links.by_digest("digest-of-link")
        assert len(tx.links.of(ANNA)) == 3
        actions = [one.action for one in tx.audit.of(f"person:{ANNA}")]
    assert actions[:2] == ["link.use", "link.revoke"]


def test_a_draft_is_not_overwritten_from_another_window(store: Store) -> None:
    filled(store)
    draft = Draft(id="d", person=ANNA, content={"page": 1}, saved_at=START)
    with store.writing("link:link") as tx:
        tx.links.add(link())
        first = tx.drafts.save(msgspec.structs.replace(draft, link="link"), expected_revision=None)
        second = tx.drafts.save(
            msgspec.structs.replace(draft, content={"page": 2}), expected_revision=1
        )
        assert (first.revision, second.revision) == (1, 2)
        assert tx.drafts.get("d") == tx.drafts.of_link("link") == second
    with pytest.raises(Conflict, match="another window"), store.writing("link:link") as tx:
        tx.drafts.save(draft, expected_revision=1)
    with pytest.raises(StoreError, match="There is no draft"), store.writing("link:link") as tx:
        tx.drafts.save(msgspec.structs.replace(draft, id="e"), expected_revision=3)


def test_a_draft_is_handed_in_once(store: Store) -> None:
    filled(store)
    draft = Draft(id="d", person=ANNA, content={"page": 1}, saved_at=START)
    with store.writing("link:link") as tx:
        tx.drafts.save(draft, expected_revision=None)
        assert tx.drafts.submit("d", START + HOUR).submitted_at == START + HOUR
    for again in (lambda tx: tx.drafts.submit("d", START),
                  lambda tx: tx.drafts.save(draft, expected_revision=1)):  # fmt: skip
        with pytest.raises(Conflict, match="handed in"), store.writing("link:link") as tx:
            again(tx)
    with store.writing("anna") as tx:
        with pytest.raises(StoreError, match="There is no draft"):
            tx.drafts.submit("e", START)
        assert [one.id for one in tx.drafts.of_person(ANNA)] == ["d"]
        tx.drafts.delete("d")
        tx.drafts.delete("d")
        assert tx.drafts.of_person(ANNA) == ()
        assert tx.drafts.of_link("link") is None


def test_counts_of_attempts(store: Store) -> None:
    with store.writing("sign-in") as tx:
        tx.attempts.put(Bucket(name="a", count=1, since=START))
        tx.attempts.put(Bucket(name="a", count=2, since=START, until=START + HOUR))
        tx.attempts.put(Bucket(name="b", count=1, since=START + HOUR))
        assert tx.attempts.get("a") == Bucket(name="a", count=2, since=START, until=START + HOUR)
        assert tx.attempts.delete_before(START + HOUR) == 1
        tx.attempts.delete("b")
        assert tx.attempts.get("b") is None
        assert tx.audit.head() is None
