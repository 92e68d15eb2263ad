"""What every route works with."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import Request

from kinechain.knowledge import Knowledge
from kinechain.service.clinic.accounts import Accounts
from kinechain.service.clinic.links import Links
from kinechain.service.clinic.passwords import Passwords
from kinechain.service.clinic.tokens import Sources
from kinechain.store import Store
from kinechain.web.settings import Settings


@dataclass(frozen=True)
class Clinic:
    """What every route works with.

    Attributes
    ----------
    settings, store, knowledge
        Made once, when the server starts.
    sources
        Time and chance.
    passwords
        How they are hashed.
    """

    settings: Settings
    store: Store
    knowledge: Knowledge
    sources: Sources = field(default_factory=Sources)
    passwords: Passwords = field(default_factory=Passwords)

    @property
    def accounts(self) -> Accounts:
        """Who signs in."""
        return Accounts(
            self.store, self.settings.secret, self.sources, self.settings.longest,
            passwords=self.passwords, need_second_factor=self.settings.need_second_factor,
        )  # fmt: skip

    @property
    def links(self) -> Links:
        """By which patients come in."""
        return Links(self.store, self.sources)


def clinic_of(request: Request) -> Clinic:
    """The clinic that a request belongs to; a dependency of the routes.

    Parameters
    ----------
    request
        Any request.
    """
    return request.app.state.clinic
