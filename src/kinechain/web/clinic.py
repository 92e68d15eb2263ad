"""What every route works with."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from kinechain.knowledge import Knowledge
from kinechain.store import Store
from kinechain.web.settings import Settings


@dataclass(frozen=True)
class Clinic:
    """What every route works with.

    Attributes
    ----------
    settings, store, knowledge
        Made once, when the server starts.
    """

    settings: Settings
    store: Store
    knowledge: Knowledge


def clinic_of(request: Request) -> Clinic:
    """The clinic that a request belongs to; a dependency of the routes.

    Parameters
    ----------
    request
        Any request.
    """
    return request.app.state.clinic
