"""Proves that the trail is whole, and that the record still is what the trail tells of."""

from __future__ import annotations

import hashlib

import msgspec
from sqlalchemy import Table

from kinechain.domain.record import AuditEntry
from kinechain.store.audit import BEGINNING, entry_digest
from kinechain.store.columns import digest
from kinechain.store.errors import StoreError
from kinechain.store.repository import in_order
from kinechain.store.tables import assessments, facts, opinions
from kinechain.store.transaction import Transaction


class Broken(msgspec.Struct, frozen=True):
    """The first thing that is not as it was written.

    Attributes
    ----------
    number
        Of the entry; 0 when no entry tells of it.
    what
        A sentence without anything that was recorded.
    """

    number: int
    what: str


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, and what was found.

    Attributes
    ----------
    entries
        How many were looked at.
    head
        Digest of the last entry. Kept elsewhere it proves later that nothing was cut off.
    broken
        None when everything holds.
    """

    entries: int
    facts: int
    assessments: int
    opinions: int
    head: str
    broken: Broken | None


class _Record:
    """The rows of an append-only table in their order, each to be claimed by the trail."""

    def __init__(self, tx: Transaction, table: Table, noun: str) -> None:
        self._rows = in_order(tx, table)
        self._noun = noun
        self.count = 0

    def claim(self, name: str, hashed: str) -> str:
        """Compare the next row with what the trail says; empty when they agree."""
        try:
            row = next(self._rows, None)
        except StoreError:
            return f"The {self._noun} {name} cannot be read."
        if row is None or row.id != name:
            return f"The {self._noun} {name} is missing."
        self.count += 1
        if digest(dict(row._mapping)) != hashed:  # pyright: ignore[reportPrivateUsage]
            return f"The {self._noun} {name} was changed."
        return ""

    def rest(self) -> str:
        """What is there without an entry; empty when there is nothing."""
        try:
            row = next(self._rows, None)
        except StoreError:
            return f"A {self._noun} that no entry tells of cannot be read."
        return f"No entry tells of the {self._noun} {row.id}." if row is not None else ""


def verify(tx: Transaction, *, head: str | None = None) -> Verified:
    """Go through the whole trail and the record beside it.

    Parameters
    ----------
    tx
        A look at the database.
    head
        Digest that the trail ended with when it was last looked at; it must still be in it.

    Returns
    -------
    Verified
        Up to the first entry that does not hold.
    """
    records = {
        "facts.add": _Record(tx, facts, "fact"),
        "assessment.add": _Record(tx, assessments, "assessment"),
        "opinion.add": _Record(tx, opinions, "opinion"),
    }
    count, previous, met = 0, BEGINNING, head in (None, BEGINNING)
    broken: Broken | None = None
    try:
        for entry in tx.audit.entries():
            what = _broken_link(entry, count + 1, previous) or _broken_record(tx, entry, records)
            if what:
                broken = Broken(count + 1, what)
                break
            count, previous = count + 1, entry.digest
            met = met or entry.digest == head
    except (StoreError, KeyError, TypeError, ValueError):
        broken = Broken(count + 1, "It cannot be read.")
    if broken is None:
        broken = _broken_end(records, met=met)
    return Verified(
        entries=count,
        facts=records["facts.add"].count,
        assessments=records["assessment.add"].count,
        opinions=records["opinion.add"].count,
        head=previous,
        broken=broken,
    )


def _broken_link(entry: AuditEntry, number: int, previous: str) -> str:
    if entry.number != number:
        return f"Entry {number} is missing."
    if entry.previous != previous:
        return "It does not follow the entry before it: one of the two was changed."
    if entry_digest(entry) != entry.digest:
        return "It was changed after it was written."
    return ""


def _broken_record(tx: Transaction, entry: AuditEntry, records: dict[str, _Record]) -> str:
    detail = entry.detail
    match entry.action:
        case "facts.add":
            claims = [(name, hashed) for name, hashed in detail["facts"]]
        case "assessment.add":
            claims = [(detail["assessment"], detail["digest"])]
        case "opinion.add":
            claims = [(detail["opinion"], detail["digest"])]
        case "knowledge.keep":
            return _broken_knowledge(tx, entry)
        case _:
            return ""
    for name, hashed in claims:
        what = records[entry.action].claim(name, hashed)
        if what:
            return what
    return ""


def _broken_knowledge(tx: Transaction, entry: AuditEntry) -> str:
    version = entry.object.removeprefix("knowledge:")
    try:
        content = tx.knowledge.get(version)
    except StoreError:
        return f"The knowledge {version} is missing or was changed."
    if hashlib.sha256(content).hexdigest() != entry.detail["sha256"]:
        return f"The knowledge {version} was changed."
    return ""


def _broken_end(records: dict[str, _Record], *, met: bool) -> Broken | None:
    for record in records.values():
        what = record.rest()
        if what:
            return Broken(0, what)
    if not met:
        what = "The trail was cut off or written anew: it does not hold the digest that was given."
        return Broken(0, what)
    return None
