"""What a patient has entered, as a draft keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from kinechain.domain.interview import Answer

Unit = Literal["days", "weeks", "months", "years"]
EVERYWHERE = ""
"""Stands in place of a place for what is the same at all of them."""


class Since(msgspec.Struct, frozen=True):
    """For how long it has hurt."""

    number: float
    unit: Unit

    @property
    def words(self) -> str:
        """As a case file takes it."""
        return f"{self.number:g} {self.unit if self.number != 1 else self.unit[:-1]}"


class Entered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that a patient has entered so far.

    Attributes
    ----------
    places
        Where it hurts, in the order of choosing; each a site with its side.
    complete
        Whether it hurts nowhere else.
    spread_from, spread_to
        Where the pain starts that spreads, and where to.
    strength
        From 0 to 10, by place.
    kinds, since, began
        By place, or under `EVERYWHERE`.
    apart
        Which of these three are answered for each place by itself.
    answers
        Of the interview, in order.
    enough
        Whether the patient wants no more questions.
    scores
        Answers to questionnaires, by instrument.
    done
        Names of the steps that were answered or skipped.
    told
        Red flags of which the staff was told.
    alarms
        Those of them that the patient has not been shown yet.
    stamps
        For each part of the draft, the draft's revision with which it last changed.
    """

    birth_date: str | None = None
    age: int | None = None
    sex: Literal["female", "male"] | None = None
    height_cm: float | None = None
    weight_kg: float | None = None
    places: tuple[str, ...] = ()
    complete: bool = False
    spread_from: str = ""
    spread_to: tuple[str, ...] = ()
    strength: dict[str, int] = {}
    kinds: dict[str, tuple[str, ...]] = {}
    since: dict[str, Since] = {}
    began: dict[str, str] = {}
    apart: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    enough: bool = False
    scores: dict[str, tuple[float | None, ...]] = {}
    done: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    stamps: dict[str, int] = {}

    @property
    def all_places(self) -> tuple[str, ...]:
        """Where it hurts, and where it spreads to."""
        return tuple(dict.fromkeys((*self.places, *self.spread_to)))

    def about(self, what: Literal["kinds", "since", "began"], place: str) -> Any:
        """What was said of a place; of the place it spreads from, where nothing was.

        Parameters
        ----------
        what
            Which of the three.
        place
            Where.
        """
        said: Mapping[str, Any] = getattr(self, what)
        if place in self.spread_to and place not in self.places:
            place = place if place in said else self.spread_from
        return said.get(place, said.get(EVERYWHERE))


def read_entered(content: Mapping[str, Any]) -> Entered:
    """What a draft holds.

    Parameters
    ----------
    content
        Plain JSON.
    """
    return msgspec.convert(dict(content), Entered)


def plain_entered(entered: Entered) -> dict[str, Any]:
    """What is entered as plain JSON, for the draft.

    Parameters
    ----------
    entered
        All of it.
    """
    return msgspec.to_builtins(entered)
