"""What can go wrong with the store: where, what, and the remedy; never what was recorded."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "missing",
    "unreachable",
    "uncertain",
    "locked",
    "full",
    "disk",
    "read_only",
    "refused",
    "damaged",
    "schema",
    "misuse",
    "conflict",
    "fault",
]


class StoreError(Exception):
    """The store cannot do what was asked.

    Parameters
    ----------
    where
        The database, without its password.
    what
        What is wrong, a sentence.
    remedy
        What the user can do about it, a sentence.
    kind
        For programs: which page or exit status belongs to it.
    """

    def __init__(self, where: str, what: str, remedy: str, kind: Kind = "fault") -> None:
        super().__init__(where, what, remedy)
        self.where = where
        self.what = what
        self.remedy = remedy
        self.kind: Kind = kind

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.remedy}".rstrip()


class Conflict(StoreError):
    """Somebody else was faster; nothing of the own change was kept.

    Parameters
    ----------
    where
        What both changed: ``fact 0190..., replaced by 0191...``.
    what, remedy
        As for every `StoreError`.
    mine, theirs
        Ids of the change that was refused and of the one that stands, where there are any.
    """

    def __init__(
        self, where: str, what: str, remedy: str, *, mine: str = "", theirs: str = ""
    ) -> None:
        super().__init__(where, what, remedy, "conflict")
        self.mine = mine
        self.theirs = theirs
