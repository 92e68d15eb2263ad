"""The first schema: persons, facts, assessments, opinions, users, the trail.

A migration never changes after a release, so it names every column itself and uses nothing of
`kinechain.store.tables`, which goes on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Tables that are only added to, with the columns that name a row.
APPEND_ONLY = {
    "facts": ("number", "id", "replaces"),
    "knowledge": ("version",),
    "assessments": ("number", "id"),
    "opinions": ("number", "id"),
    "audit": ("number", "previous", "digest"),
}

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FOLDED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    """From an empty database."""
    _persons_and_facts()
    _assessments()
    _people()
    _rest()
    for table, names in APPEND_ONLY.items():
        _forbid_changes(table, names)


def downgrade() -> None:
    """There is nothing before; a database is never emptied."""
    raise NotImplementedError("Restore a backup instead.")


def _persons_and_facts() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("birth_date", sa.Date),
        sa.Column("sex", sa.String),
        sa.Column("is_demonstration", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="persons_primary"),
    )
    op.create_table(
        "facts",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("entry", sa.Text),
        sa.Column("on", sa.Date),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("replaces", sa.String),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("number", name="facts_primary"),
        sa.UniqueConstraint("id", name="facts_id_once"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="facts_person_known"),
        sa.ForeignKeyConstraint(["replaces"], ["facts.id"], name="facts_replaces_known"),
    )
    op.create_index("facts_by_person_number", "facts", ["person", "number"])
    op.create_index(
        "facts_replaces_once",
        "facts",
        ["replaces"],
        unique=True,
        sqlite_where=sa.text("replaces IS NOT NULL"),
        postgresql_where=sa.text("replaces IS NOT NULL"),
    )


def _assessments() -> None:
    op.create_table(
        "knowledge",
        sa.Column("version", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("version", name="knowledge_primary"),
    )
    op.create_table(
        "assessments",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("input", sa.LargeBinary, nullable=False),
        sa.Column("program_version", sa.String, nullable=False),
        sa.Column("knowledge_version", sa.String, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("draws", sa.Integer),
        sa.Column("result", sa.LargeBinary, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("number", name="assessments_primary"),
        sa.UniqueConstraint("id", name="assessments_id_once"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="assessments_person_known"),
        sa.ForeignKeyConstraint(
            ["knowledge_version"],
            ["knowledge.version"],
            name="assessments_knowledge_version_known",
        ),
    )
    op.create_index("assessments_by_person_number", "assessments", ["person", "number"])
    op.create_table(
        "opinions",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("assessment", sa.String, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("decision", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="opinions_primary"),
        sa.UniqueConstraint("id", name="opinions_id_once"),
        sa.ForeignKeyConstraint(
            ["assessment"], ["assessments.id"], name="opinions_assessment_known"
        ),
    )
    op.create_index("opinions_by_assessment_number", "opinions", ["assessment", "number"])


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("name_key", FOLDED, nullable=False),
        sa.Column("display_name", sa.String, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("is_locked", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("password_hash", sa.String, nullable=False),
        sa.Column("totp_secret", sa.String),
        sa.Column("totp_last_step", sa.BigInteger, nullable=False),
        sa.Column("recovery_hashes", sa.Text, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="users_primary"),
        sa.UniqueConstraint("name_key", name="users_name_key_once"),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="links_primary"),
        sa.UniqueConstraint("digest", name="links_digest_once"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="links_person_known"),
    )
    op.create_index("links_by_person", "links", ["person"])
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("user", sa.String),
        sa.Column("link", sa.String),
        sa.Column("csrf", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="sessions_primary"),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name="sessions_user_known"),
        sa.ForeignKeyConstraint(["link"], ["links.id"], name="sessions_link_known"),
    )
    for column in ("user", "link", "expires_at"):
        op.create_index(f"sessions_by_{column}", "sessions", [column])


def _rest() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("link", sa.String),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="drafts_primary"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="drafts_person_known"),
        sa.ForeignKeyConstraint(["link"], ["links.id"], name="drafts_link_known"),
    )
    for column in ("person", "link"):
        op.create_index(f"drafts_by_{column}", "drafts", [column])
    op.create_table(
        "attempts",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT),
        sa.PrimaryKeyConstraint("name", name="attempts_primary"),
    )
    op.create_index("attempts_by_since", "attempts", ["since"])
    op.create_table(
        "audit",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("object", sa.String, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("previous", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name="audit_primary"),
        sa.UniqueConstraint("previous", name="audit_previous_once"),
        sa.UniqueConstraint("digest", name="audit_digest_once"),
    )
    op.create_index("audit_by_object_number", "audit", ["object", "number"])
    _worklist()


def _worklist() -> None:
    op.create_table(
        "worklist",
        sa.Column("person", sa.String, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("label_key", FOLDED, nullable=False),
        sa.Column("is_demonstration", sa.Boolean, nullable=False),
        sa.Column("urgency", sa.String),
        sa.Column("waiting_for_review", sa.Boolean, nullable=False),
        sa.Column("follow_up_due", sa.Date),
        sa.Column("leading", sa.String, nullable=False),
        sa.Column("assessment", sa.String),
        sa.Column("assessed_at", MOMENT),
        sa.Column("urgency_place", sa.SmallInteger, nullable=False),
        sa.Column("waiting_place", sa.SmallInteger, nullable=False),
        sa.Column("due_place", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("person", name="worklist_primary"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="worklist_person_known"),
        sa.ForeignKeyConstraint(
            ["assessment"], ["assessments.id"], name="worklist_assessment_known"
        ),
    )
    order = ["urgency_place", "waiting_place", "due_place"]
    op.create_index("worklist_in_order", "worklist", [*order, "person"])
    op.create_index("worklist_by_label", "worklist", ["label_key", "person"])
    op.create_index(
        "worklist_waiting",
        "worklist",
        ["waiting_place", "urgency_place", "due_place", "person"],
    )
    op.create_index(
        "worklist_due", "worklist", ["due_place", "urgency_place", "waiting_place", "person"]
    )


def _forbid_changes(table: str, names: tuple[str, ...]) -> None:
    """A row that was written stays as it was, also for those who go past the program."""
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} {refuse}"
            )
        # INSERT OR REPLACE deletes without asking the trigger above.
        # One look for each name, so that each uses its own index.
        there = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} WHERE {name} = NEW.{name})"  # noqa: S608
            for name in names
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} {refuse}"
        )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )
