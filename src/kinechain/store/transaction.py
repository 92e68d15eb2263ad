"""One look at the database, or one change of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, func, select
from sqlalchemy.sql.schema import Table

from kinechain.store.assessments import Assessments
from kinechain.store.attempts import Attempts
from kinechain.store.audit import Audit
from kinechain.store.drafts import Drafts
from kinechain.store.errors import StoreError
from kinechain.store.facts import Facts
from kinechain.store.knowledge import KeptKnowledge
from kinechain.store.links import Links
from kinechain.store.opinions import Opinions
from kinechain.store.persons import Persons
from kinechain.store.sessions import Sessions
from kinechain.store.users import Users
from kinechain.store.worklist import Worklist


class Transaction:
    """All parts of the record at one moment.

    What is written through it is kept together when the block ends, or not at all. Everything
    that changes the record also adds to the trail.

    Attributes
    ----------
    where
        The database, as it may be shown.
    actor
        Who changes something; None in a transaction that only reads.
    at
        When it began, by the clock.
    persons, facts, knowledge, assessments, opinions
        The record.
    worklist
        One line per person, kept beside the record.
    users, sessions, links, drafts, attempts
        Who may see and write it.
    audit
        The trail.
    """

    def __init__(self, connection: Connection, where: str, actor: str | None, at: datetime) -> None:
        self._connection = connection
        self.where = where
        self.actor = actor
        self.at = at
        self.audit = Audit(self)
        self.persons = Persons(self)
        self.facts = Facts(self)
        self.knowledge = KeptKnowledge(self)
        self.assessments = Assessments(self)
        self.opinions = Opinions(self)
        self.worklist = Worklist(self)
        self.users = Users(self)
        self.sessions = Sessions(self)
        self.links = Links(self)
        self.drafts = Drafts(self)
        self.attempts = Attempts(self)

    def read(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a query.

        Parameters
        ----------
        statement
            What to ask.
        parameters
            Its values, where they are not in it.
        """
        return self._connection.execute(statement, parameters)

    def write(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a change.

        Parameters
        ----------
        statement
            What to change.
        parameters
            A row, or several.

        Raises
        ------
        StoreError
            In a transaction that only reads.
        """
        if self.actor is None:
            raise StoreError(
                self.where,
                "A change was tried in a transaction that only reads.",
                "This is a fault in the program: it has to use store.writing(actor).",
                "misuse",
            )
        return self._connection.execute(statement, parameters)

    def next_number(self, table: Table) -> int:
        """The number of the next row of a table that is only added to.

        Writers come one at a time, so no number is given twice and none is left out.

        Parameters
        ----------
        table
            With a column `number`.
        """
        last = self.read(select(func.max(table.c.number))).scalar()
        return (last or 0) + 1
