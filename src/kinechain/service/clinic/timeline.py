"""What happened with a person, day by day, the latest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Literal

from kinechain.domain.record import Fact, Link, Opinion, StoredAssessment, User
from kinechain.knowledge import Knowledge
from kinechain.service.clinic.records import Record
from kinechain.service.clinic.wording import KEY_WORDS, fact_words

Kind = Literal["begun", "fact", "correction", "withdrawal", "assessment", "opinion", "link"]
LONGEST = 160
"""So much of an entry is shown; the whole stands in the record."""
MACHINES = {"command": "the program", "link": "the patient"}
"""Who writes without an account."""


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    Attributes
    ----------
    at, by
        When, and who did it, as it is shown.
    what, words
        Its kind in a word or two, and what it says.
    before
        What it says no longer: the entry that was corrected or taken back.
    id
        Of the fact, assessment, opinion or link.
    stands
        Whether it is still so: a fact that was not corrected, a link that still opens.
    """

    at: datetime
    by: str
    kind: Kind
    what: str
    words: str
    id: str
    before: str = ""
    stands: bool = True


@dataclass(frozen=True)
class Day:
    """What happened on one day, the latest first."""

    date: date
    events: tuple[Event, ...]


def timeline(
    record: Record,
    links: Sequence[Link],
    names: Mapping[str, str],
    knowledge: Knowledge,
    now: datetime,
) -> tuple[Day, ...]:
    """All that happened with a person.

    Parameters
    ----------
    record
        Facts, assessments, opinions.
    links
        That were given to the person.
    names
        How the accounts are called, by id; see `names_of`.
    knowledge
        The words.
    now
        Tells which links still open.
    """
    events = [
        Event(record.person.created_at, "", "begun", "Record begun", "", record.person.id),
        *_facts(record, names, knowledge),
        *(_assessment(one, names) for one in record.assessments),
        *(_opinion(one, names, knowledge) for one in record.opinions),
        *(_link(one, names, now) for one in links),
    ]
    # Of one moment, what came last in the record stands first.
    places = {event.id: place for place, event in enumerate(events)}
    events.sort(key=lambda one: (one.at, places[one.id]), reverse=True)
    return tuple(
        Day(day, tuple(of_day)) for day, of_day in groupby(events, lambda one: one.at.date())
    )


def names_of(users: Sequence[User]) -> dict[str, str]:
    """How the accounts are called, by id.

    Parameters
    ----------
    users
        All of them.
    """
    return {one.id: one.display_name or one.name for one in users}


def who(by: str, names: Mapping[str, str]) -> str:
    """How somebody who wrote something is called.

    Parameters
    ----------
    by
        Id of an account, ``link:...`` or ``command:...``.
    names
        Of the accounts.

    Examples
    --------
    >>> who("link:0190", {})
    'the patient'
    """
    return names.get(by) or MACHINES.get(by.split(":", 1)[0], "an account that is gone")


def _facts(record: Record, names: Mapping[str, str], knowledge: Knowledge) -> list[Event]:
    known = {one.id: one for one in record.facts}
    standing = {one.id for one in record.current}
    return [_fact(one, known, standing, names, knowledge) for one in record.facts]


def _fact(
    one: Fact, known: Mapping[str, Fact], standing: set[str], names: Mapping[str, str],
    knowledge: Knowledge,
) -> Event:  # fmt: skip
    replaced = known.get(one.replaces or "")
    kind: Kind = "withdrawal" if one.withdrawn else "correction" if replaced else "fact"
    key = KEY_WORDS[one.key]
    what = {"withdrawal": "Taken back", "correction": f"{key}, corrected"}.get(kind, key)
    before = ""
    if replaced is not None:
        was = fact_words(replaced.entry, knowledge, LONGEST)
        before = was if replaced.key == one.key else f"{KEY_WORDS[replaced.key]}: {was}"
    day = f" (on {one.on})" if one.on and one.on.isoformat() not in str(one.entry) else ""
    words = "" if one.withdrawn else fact_words(one.entry, knowledge, LONGEST) + day
    return Event(
        one.at, who(one.by, names), kind, what, words, one.id, before,
        stands=one.id in standing or one.withdrawn,
    )  # fmt: skip


def _assessment(one: StoredAssessment, names: Mapping[str, str]) -> Event:
    words = f"program {one.program_version}, knowledge {one.knowledge_version[:8]}"
    return Event(one.at, who(one.by, names), "assessment", "Assessed", words, one.id)


def _opinion(one: Opinion, names: Mapping[str, str], knowledge: Knowledge) -> Event:
    what = "Agreed" if one.decision == "confirmed" else "Disagreed"
    words = origin_words(one.origin, knowledge)
    if one.reason:
        words = f"{words}: {one.reason}"
    return Event(one.at, who(one.by, names), "opinion", what, words, one.id)


def _link(one: Link, names: Mapping[str, str], now: datetime) -> Event:
    opens = one.used_at is None and one.revoked_at is None and one.expires_at > now
    state = "opens"
    if one.revoked_at is not None:
        state = "taken back"
    elif one.used_at is not None:
        state = f"opened {one.used_at:%H:%M}"
    elif not opens:
        state = "expired"
    return Event(
        one.created_at, who(one.by, names), "link", "Link for the patient", state, one.id,
        stands=opens,
    )  # fmt: skip


def origin_words(origin: str, knowledge: Knowledge) -> str:
    """The label of an origin that the knowledge may not have any more.

    Parameters
    ----------
    origin
        Id of a condition, or of one of its places.
    knowledge
        The words.
    """
    try:
        return knowledge.label(origin)
    except KeyError:
        return origin.replace("_", " ")
