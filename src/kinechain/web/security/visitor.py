"""Who asks: a member of the staff, a patient with a link, or nobody that is known."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request


@dataclass(frozen=True)
class Visitor:
    """Who sent a request.

    Attributes
    ----------
    kinds
        Roles of the account, ``patient``, or ``due``; empty for who is not known.
    account
        Id of the account; empty for a patient.
    name
        As it is shown.
    person
        The person that a patient's link is for; empty for the staff.
    link
        Id of a patient's link.
    purpose
        What a patient's link opens.
    session
        Digest of the session's token.
    csrf
        What forms of this session must bring along.
    stage
        ``password`` while the second factor is missing; then there are no kinds.
    due
        What the owner of an account has to do before anything else: ``password``,
        ``second_factor``; then ``due`` is the only kind.
    """

    kinds: frozenset[str] = frozenset()
    account: str = ""
    name: str = ""
    person: str = ""
    link: str = ""
    purpose: str = ""
    session: str = ""
    csrf: str = ""
    stage: str = ""
    due: str = ""

    @property
    def actor(self) -> str:
        """How the record names who did something."""
        return self.account or f"link:{self.link}"


NOBODY = Visitor()


def visitor_of(request: Request) -> Visitor:
    """The visitor that was found before the route was asked.

    Parameters
    ----------
    request
        Of any route.
    """
    return getattr(request.state, "visitor", NOBODY)
