"""The tables of the newest schema. The migrations make them; a test holds the two together."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

from kinechain.store.columns import Json, Moment, Packed

# Names for every constraint, so that a later migration can name what it changes.
metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_primary",
        "uq": "%(table_name)s_%(column_0_name)s_once",
        "fk": "%(table_name)s_%(column_0_name)s_known",
        "ix": "%(table_name)s_by_%(column_0_N_name)s",
    }
)

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite gives a whole-number key the place of the row itself only when it is an INTEGER."""

FOLDED = String().with_variant(String(collation="C"), "postgresql")
"""Compared byte by byte, so that the beginning of a word can be looked up in an index."""

persons = Table(
    "persons",
    metadata,
    Column("id", String, primary_key=True),
    Column("label", String, nullable=False),
    Column("birth_date", Date),
    Column("sex", String),
    Column("is_demonstration", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revision", Integer, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False, unique=True),
    Column("person", String, ForeignKey("persons.id"), nullable=False),
    Column("key", String, nullable=False),
    Column("entry", Json),
    Column("on", Date),
    Column("by", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("replaces", String, ForeignKey("facts.id")),
    Column("withdrawn", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Index(None, "person", "number"),
    # Two corrections of one fact cannot both stand, whatever the program does. Facts that
    # correct nothing stay out of it: with them SQLite takes the index for useless.
    Index(
        "facts_replaces_once",
        "replaces",
        unique=True,
        sqlite_where=text("replaces IS NOT NULL"),
        postgresql_where=text("replaces IS NOT NULL"),
    ),
)

knowledge = Table(
    "knowledge",
    metadata,
    Column("version", String, primary_key=True),
    Column("content", Packed, nullable=False),
    Column("digest", String, nullable=False),
    Column("kept_at", Moment, nullable=False),
)

assessments = Table(
    "assessments",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False, unique=True),
    Column("person", String, ForeignKey("persons.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", String, nullable=False),
    Column("input", Packed, nullable=False),
    Column("program_version", String, nullable=False),
    Column("knowledge_version", String, ForeignKey("knowledge.version"), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("draws", Integer),
    Column("result", Packed, nullable=False),
    Column("revision", Integer, nullable=False),
    Index(None, "person", "number"),
)

opinions = Table(
    "opinions",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False, unique=True),
    Column("assessment", String, ForeignKey("assessments.id"), nullable=False),
    Column("origin", String, nullable=False),
    Column("decision", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "assessment", "number"),
)

users = Table(
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("name_key", FOLDED, nullable=False, unique=True),
    Column("display_name", String, nullable=False),
    Column("roles", Json, nullable=False),
    Column("is_locked", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("password_hash", String, nullable=False),
    Column("totp_secret", String),
    Column("totp_last_step", BigInteger, nullable=False),
    Column("recovery_hashes", Json, nullable=False),
    Column("must_change", Boolean, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("id", String, primary_key=True),
    Column("digest", String, nullable=False, unique=True),
    Column("purpose", String, nullable=False),
    Column("person", String, ForeignKey("persons.id"), nullable=False),
    Column("by", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
    Index(None, "person"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String, primary_key=True),
    Column("user", String, ForeignKey("users.id")),
    Column("link", String, ForeignKey("links.id")),
    Column("csrf", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index(None, "user"),
    Index(None, "link"),
    Index(None, "expires_at"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", String, primary_key=True),
    Column("person", String, ForeignKey("persons.id"), nullable=False),
    Column("link", String, ForeignKey("links.id")),
    Column("content", Json, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("submitted_at", Moment),
    Index(None, "person"),
    Index(None, "link"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("name", String, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    Index(None, "since"),
)

audit = Table(
    "audit",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("object", String, nullable=False),
    Column("detail", Json, nullable=False),
    # An entry has one successor: a chain cannot fork.
    Column("previous", String, nullable=False, unique=True),
    Column("digest", String, nullable=False, unique=True),
    Index(None, "object", "number"),
)

worklist = Table(
    "worklist",
    metadata,
    Column("person", String, ForeignKey("persons.id"), primary_key=True),
    Column("label", String, nullable=False),
    Column("label_key", FOLDED, nullable=False),
    Column("is_demonstration", Boolean, nullable=False),
    Column("urgency", String),
    Column("waiting_for_review", Boolean, nullable=False),
    Column("follow_up_due", Date),
    Column("leading", String, nullable=False),
    Column("assessment", String, ForeignKey("assessments.id")),
    Column("assessed_at", Moment),
    # The order of the list, as small numbers that one index holds.
    Column("urgency_place", SmallInteger, nullable=False),
    Column("waiting_place", SmallInteger, nullable=False),
    Column("due_place", Date, nullable=False),
    Index("worklist_in_order", "urgency_place", "waiting_place", "due_place", "person"),
    Index("worklist_by_label", "label_key", "person"),
    Index("worklist_waiting", "waiting_place", "urgency_place", "due_place", "person"),
    Index("worklist_due", "due_place", "urgency_place", "waiting_place", "person"),
)

APPEND_ONLY = (facts, knowledge, assessments, opinions, audit)
"""What the database itself refuses to change or delete."""

LEAVES_OUT = (sessions, attempts)
"""What a restored database begins without: everybody signs in anew."""
