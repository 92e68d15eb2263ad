"""The nouns of the clinic's record: persons, facts, assessments, opinions, users, the trail.

Every time is aware and in UTC. Ids are URL-safe and made by the caller. What happened first is
told by numbers that the store gives, never by the clock.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, get_args

import msgspec

from kinechain.domain.concepts import Urgency

FactKey = Literal[
    "age",
    "sex",
    "height",
    "weight",
    "setting",
    "complaint",
    "pain",
    "no_pain",
    "drawing",
    "finding_present",
    "finding_absent",
    "value",
    "drug",
    "allergy",
    "disease",
    "treatment",
    "score",
    "note",
    "consent",
]
FACT_KEYS: tuple[FactKey, ...] = get_args(FactKey)

SINGLE_KEYS: frozenset[FactKey] = frozenset(
    {"age", "sex", "height", "weight", "setting", "complaint", "drawing"}
)
"""Keys that a case file has once: two persons who write one at the same time disagree."""

Role = Literal["clinician", "therapist", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)

Decision = Literal["confirmed", "rejected"]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose record is kept.

    Attributes
    ----------
    label
        What the clinic calls the person: a name, a number, initials.
    is_demonstration
        A published case, not a patient.
    revision
        Counts up from 0 with every change of the person or of their facts.
    """

    id: str
    label: str
    birth_date: date | None = None
    sex: Literal["female", "male"] | None = None
    is_demonstration: bool = False
    created_at: datetime
    revision: int = 0


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a case file, as somebody recorded it; never changed, never deleted.

    Attributes
    ----------
    entry
        The value under the key, plain JSON exactly as a case file takes it.
    on
        The day that it is about, when that is not the day of recording.
    by, at
        Who recorded it, and when by the clock.
    replaces
        Id of the fact that this one corrects.
    withdrawn
        Whether this takes the replaced fact back and puts nothing in its place.
    revision
        The person's revision with which it came; given by the store.
    number
        Its place in the order of all facts; given by the store.
    """

    id: str
    person: str
    key: FactKey
    entry: Any = None
    on: date | None = None
    by: str
    at: datetime
    replaces: str | None = None
    withdrawn: bool = False
    revision: int = 0
    number: int = 0


class StoredAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """An assessment with everything that it takes to compute it again.

    Attributes
    ----------
    input_text
        The case document that was assessed.
    knowledge_version
        Under which the store keeps the compiled knowledge.
    seed, draws
        Of the parameter draws; `draws` null when the program chose.
    result
        The result as plain values; empty where only an overview was asked for.
    revision
        The person's revision that it was made from.
    number
        Its place in the order of all assessments; given by the store.
    """

    id: str
    person: str
    at: datetime
    by: str
    input_text: str
    program_version: str
    knowledge_version: str
    seed: int
    draws: int | None
    result: dict[str, Any]
    revision: int = 0
    number: int = 0


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """What a clinician says of an origin; the program's own word stays beside it.

    A later opinion on the same origin of the same assessment takes the place of an earlier
    one, and both are kept. `number` is given by the store.
    """

    id: str
    assessment: str
    origin: str
    decision: Decision
    reason: str = ""
    by: str
    at: datetime
    number: int = 0


class WorklistEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the worklist.

    Attributes
    ----------
    urgency
        The highest among the raised red flags of the latest assessment; null for none.
    waiting_for_review
        Whether something came in that no clinician has looked at.
    follow_up_due
        The day on which the person is to be seen again.
    leading
        What the latest assessment puts first, in words.
    assessment
        Id of the latest assessment.
    """

    person: str
    label: str
    is_demonstration: bool = False
    urgency: Urgency | None = None
    waiting_for_review: bool = False
    follow_up_due: date | None = None
    leading: str = ""
    assessment: str | None = None
    assessed_at: datetime | None = None


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One act in the trail.

    Attributes
    ----------
    number
        From 1, without gaps.
    actor
        Id of a user, of a link, or the name of a command.
    action
        What was done: ``facts.add``, ``person.view``.
    object
        What it was done to: ``person:0190...``.
    detail
        Plain JSON: ids, counts, digests; never what was recorded.
    previous, digest
        SHA-256 of the entry before and of this one, in hexadecimal.
    """

    number: int
    at: datetime
    actor: str
    action: str
    object: str
    detail: dict[str, Any]
    previous: str
    digest: str


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who signs in. Patients do not: they come by a link."""

    id: str
    name: str
    display_name: str = ""
    roles: tuple[Role, ...]
    is_locked: bool = False
    created_at: datetime


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """How a user proves who they are.

    Attributes
    ----------
    password_hash
        As the password hasher wrote it; empty until a password is set.
    totp_secret
        Of the second factor; null until it is set up.
    totp_last_step
        The last time step that was used, so that no code is taken twice.
    recovery_hashes
        Hashes of the one-time codes for a lost device.
    must_change
        Whether the next sign-in has to choose another password.
    """

    password_hash: str = ""
    totp_secret: str | None = None
    totp_last_step: int = 0
    recovery_hashes: tuple[str, ...] = ()
    must_change: bool = False


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's stay: a user's, or a patient's by a link.

    Attributes
    ----------
    digest
        SHA-256 of the token; the token itself is only in the cookie.
    csrf
        The token that forms carry.
    stage
        ``password``: the second factor is still missing.
    """

    digest: str
    user: str | None = None
    link: str | None = None
    csrf: str
    stage: Literal["password", "full"] = "full"
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A one-time address for a patient.

    Attributes
    ----------
    digest
        SHA-256 of the token; the token itself is only in the address.
    purpose
        What it opens: ``intake``, ``questionnaire``.
    used_at, revoked_at
        After either it opens nothing any more.
    """

    id: str
    digest: str
    purpose: str
    person: str
    by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a patient has entered and not yet handed in.

    Attributes
    ----------
    content
        Plain JSON of the page's own making.
    revision
        Counts up with every saving; given by the store.
    """

    id: str
    person: str
    link: str | None = None
    content: dict[str, Any]
    revision: int = 0
    saved_at: datetime
    submitted_at: datetime | None = None


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """A count with a beginning: attempts to sign in, requests in a span of time.

    `name` holds no address and no user's name, but a hash of them.
    """

    name: str
    count: int
    since: datetime
    until: datetime | None = None
