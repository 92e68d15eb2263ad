"""One line per person, kept in the same transaction as the record, so that the list is quick."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import func, insert, select, tuple_, update

from kinechain.domain.concepts import Urgency
from kinechain.domain.record import WorklistEntry
from kinechain.store.columns import folded
from kinechain.store.repository import Repository, made, unknown, values
from kinechain.store.tables import worklist

URGENCIES: tuple[Urgency, ...] = ("emergency_now", "same_day", "within_2_weeks", "soon")
NOT_URGENT = len(URGENCIES)
NO_DATE = date(9999, 12, 31)
LAST_CHARACTER = "\U0010ffff"

Group = Literal["urgent", "waiting", "due"]
SHOWN = ("person", "label", "is_demonstration", "urgency", "waiting_for_review", "follow_up_due",
         "leading", "assessment", "assessed_at")  # fmt: skip
ORDER = ("urgency_place", "waiting_place", "due_place", "person")


class Keep:
    """Stands for a value of the worklist that stays as it is."""


KEEP = Keep()


class Worklist(Repository):
    """The worklist: the most urgent first, then what waits for review, then who is due."""

    def begin(self, entry: WorklistEntry) -> None:
        """Write the line of a new person; called by `Persons.add`.

        Parameters
        ----------
        entry
            The line.
        """
        row = {**values(entry), "label_key": folded(entry.label), **_places(values(entry))}
        self._tx.write(insert(worklist), row)

    def rename(self, person: str, label: str) -> None:
        """Follow a change of the label; called by `Persons.change`.

        Parameters
        ----------
        person, label
            Who, and the new label.
        """
        self._update(person, {"label": label, "label_key": folded(label)})

    def assessed(
        self,
        person: str,
        *,
        assessment: str,
        assessed_at: datetime,
        urgency: Urgency | None,
        waiting_for_review: bool,
        follow_up_due: date | None,
        leading: str,
    ) -> None:
        """Follow a new assessment; called by `Assessments.add`.

        Parameters
        ----------
        person
            Who was assessed.
        assessment, assessed_at
            Its id and time.
        urgency, waiting_for_review, follow_up_due, leading
            What the line shows of it.
        """
        self._update(person, {
            "assessment": assessment, "assessed_at": assessed_at, "urgency": urgency,
            "waiting_for_review": waiting_for_review, "follow_up_due": follow_up_due,
            "leading": leading,
        })  # fmt: skip

    def set(
        self,
        person: str,
        *,
        urgency: Urgency | Keep | None = KEEP,
        waiting_for_review: bool | Keep = KEEP,
        follow_up_due: date | Keep | None = KEEP,
    ) -> None:
        """Change what a person's line says; what is not named stays.

        Parameters
        ----------
        person
            Whose line it is.
        urgency, waiting_for_review, follow_up_due
            The new values.
        """
        given = {
            "urgency": urgency, "waiting_for_review": waiting_for_review,
            "follow_up_due": follow_up_due,
        }  # fmt: skip
        changed = {name: value for name, value in given.items() if not isinstance(value, Keep)}
        self._update(person, changed)
        self._tx.audit.append("worklist.set", f"person:{person}", changed)

    def get(self, person: str) -> WorklistEntry | None:
        """A person's line; None when there is no such person.

        Parameters
        ----------
        person
            The id.
        """
        row = self._tx.read(_lines().where(worklist.c.person == person)).one_or_none()
        return made(WorklistEntry, row) if row else None

    def page(
        self,
        *,
        group: Group | None = None,
        today: date | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> tuple[WorklistEntry, ...]:
        """Some lines, in the order of the list.

        Parameters
        ----------
        group
            Only those with a raised red flag, waiting for review, or due for follow-up;
            everybody by default.
        today
            The day up to which a follow-up counts as due; that of the transaction by default.
        after
            Id of the last person that was shown; from the beginning by default.
        limit
            How many at most.
        """
        query = _lines().limit(limit)
        order = [worklist.c[name] for name in _order(group)]
        query = query.order_by(*order)
        if group is not None:
            query = query.where(self._in_group(group, today))
        if after is not None:
            place = self._tx.read(select(*order).where(worklist.c.person == after)).one_or_none()
            if place is None:
                raise unknown(self._tx.where, "person", after)
            query = query.where(tuple_(*order) > tuple_(*place))
        return tuple(made(WorklistEntry, row) for row in self._tx.read(query))

    def find(
        self, beginning: str, *, after: str | None = None, limit: int = 50
    ) -> tuple[WorklistEntry, ...]:
        """The persons whose label begins with a text, by label.

        Parameters
        ----------
        beginning
            Case and accents make no difference.
        after
            Id of the last person that was shown.
        limit
            How many at most.
        """
        key, order = folded(beginning), (worklist.c.label_key, worklist.c.person)
        query = _lines().where(
            worklist.c.label_key >= key, worklist.c.label_key < key + LAST_CHARACTER
        )
        if after is not None:
            place = self._tx.read(select(*order).where(worklist.c.person == after)).one_or_none()
            if place is None:
                raise unknown(self._tx.where, "person", after)
            query = query.where(tuple_(*order) > tuple_(*place))
        rows = self._tx.read(query.order_by(*order).limit(limit))
        return tuple(made(WorklistEntry, row) for row in rows)

    def counts(self, today: date | None = None) -> dict[Group, int]:
        """How many stand in each group.

        Parameters
        ----------
        today
            As for `page`.
        """
        groups: tuple[Group, ...] = ("urgent", "waiting", "due")
        counted = [
            select(func.count())
            .select_from(worklist)
            .where(self._in_group(group, today))
            .scalar_subquery()
            for group in groups
        ]
        row = self._tx.read(select(*counted)).one()
        return dict(zip(groups, (int(number) for number in row), strict=True))

    def _in_group(self, group: Group, today: date | None) -> Any:
        match group:
            case "urgent":
                return worklist.c.urgency_place < NOT_URGENT
            case "waiting":
                return worklist.c.waiting_place == 0
            case "due":
                return worklist.c.due_place <= (today or self._tx.at.date())

    def _update(self, person: str, changed: dict[str, Any]) -> None:
        found = self.get(person)
        if found is None:
            raise unknown(self._tx.where, "person", person)
        row = {**changed, **_places({**values(found), **changed})}
        self._tx.write(update(worklist).where(worklist.c.person == person).values(**row))


def _lines() -> Any:
    return select(*(worklist.c[name] for name in SHOWN))


def _order(group: Group | None) -> tuple[str, ...]:
    """The order within a group, the same to the eye, as its own index has it."""
    match group:
        case "waiting":  # the place that all have is left to the condition
            return ("urgency_place", "due_place", "person")
        case "due":
            return ("due_place", "urgency_place", "waiting_place", "person")
        case _:
            return ORDER


def _places(fields: dict[str, Any]) -> dict[str, Any]:
    urgency = fields["urgency"]
    return {
        "urgency_place": URGENCIES.index(urgency) if urgency else NOT_URGENT,
        "waiting_place": 0 if fields["waiting_for_review"] else 1,
        "due_place": fields["follow_up_due"] or NO_DATE,
    }
