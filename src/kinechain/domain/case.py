"""The nouns of a person's case."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

Side = Literal["left", "right", "midline", "both", "unknown"]
State = Literal["present", "absent"]
Course = Literal["new", "changed", "longstanding"]
IssueLevel = Literal["error", "warning", "info"]


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong or worth knowing, where it is, and what to do about it."""

    level: IssueLevel
    where: str
    message: str
    remedy: str = ""


class Pain(msgspec.Struct, frozen=True, kw_only=True):
    """Pain at one body site."""

    site: str
    side: Side = "midline"
    intensity: float | None = None
    quality: tuple[str, ...] = ()
    onset: str | None = None
    duration_weeks: float | None = None
    course: Course = "new"
    on: date | None = None


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """A finding or trait recorded as present or absent.

    Attributes
    ----------
    derived_from
        What it follows from when nobody recorded it directly (a value, an onset).
    likelihood_ratio
        Set for a measured quantity that bears on `finding` as soft evidence; `state` then
        only says which way it points.
    """

    finding: str
    state: State
    side: Side = "midline"
    level: str | None = None
    on: date | None = None
    by: str | None = None
    derived_from: str | None = None
    likelihood_ratio: float | None = None


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a quantity, in the unit that the knowledge uses inside."""

    quantity: str
    value: float
    side: Side = "midline"
    on: date | None = None


class TriedTreatment(msgspec.Struct, frozen=True, kw_only=True):
    """A treatment that was tried, and what it did.

    Attributes
    ----------
    treatment, id
        As written; the treatment of the knowledge that it was read as.
    on, until, weeks
        Start, end, and for how long it was kept up.
    site, side
        What was treated: the joint or region.
    relief_percent, relief_weeks
        How much of the pain went, and for how long.
    """

    treatment: str
    response: str | None = None
    on: date | None = None
    id: str | None = None
    until: date | None = None
    weeks: float | None = None
    site: str | None = None
    side: Side = "unknown"
    relief_percent: float | None = None
    relief_weeks: float | None = None


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A score of an instrument on a day.

    Attributes
    ----------
    scale
        Which score of the instrument; its main one unless it is named.
    items
        The answers by number, where they were entered; ``None`` is a missing one.
    value
        The score, entered or computed from the answers; ``None`` when too few were given.
    """

    instrument: str
    scale: str
    value: float | None
    on: date | None = None
    items: tuple[float | None, ...] = ()


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One person at one moment, with everything recorded so far.

    Attributes
    ----------
    painless
        Sites where pain was denied.
    drawing_complete
        Whether sites that are not marked do not hurt; otherwise they are unknown.
    drugs, allergies
        As written, and the classes of drugs that they were read as.
    factors, factors_absent
        Health factors that bear on treatment, recorded as there or as asked and not there.
    """

    id: str
    as_of: date | None = None
    age_years: float | None = None
    sex: Literal["female", "male"] | None = None
    height_m: float | None = None
    weight_kg: float | None = None
    setting: str | None = None
    complaint: Course = "new"
    pain: tuple[Pain, ...] = ()
    painless: tuple[Pain, ...] = ()
    drawing_complete: bool = False
    observations: tuple[Observation, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    known_conditions: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    treatments: tuple[TriedTreatment, ...] = ()
    allergies: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    factors_absent: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()
