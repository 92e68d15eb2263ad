"""The nouns of gait events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Side = Literal["left", "right"]
Kind = Literal["contact", "off"]
Method = Literal["force", "marker", "file"]
SIDES: tuple[Side, Side] = ("left", "right")
KINDS: tuple[Kind, Kind] = ("contact", "off")


@dataclass(frozen=True)
class GaitEvent:
    """A foot meets the ground or leaves it.

    Attributes
    ----------
    kind
        ``contact`` or ``off``.
    side
        Which foot.
    time_s
        When, s.
    method
        What told it.
    spread_s
        Standard deviation of the method's error, s; 0 for forces.
    """

    kind: Kind
    side: Side
    time_s: float
    method: Method
    spread_s: float = 0.0


@dataclass(frozen=True)
class Contact:
    """One foot on one plate, from the first to the last loaded sample.

    Attributes
    ----------
    plate
        Index of the plate.
    side
        The foot that geometry proves to stand there; None where it does not.
    start_s, end_s
        First and last crossing of the threshold, s; the ends of the recording where the
        plate is loaded there.
    starts, ends
        Whether the crossing itself was recorded.
    distance_m
        Median horizontal distance from the load to the line from heel to toe.
    other_m
        The same for the other foot.
    heel_on, toe_on
        Whether that end of the foot lay over the plate in the middle of the contact; None
        where the plate's place is not known.
    reason
        Why the side is not proved; empty where it is.
    """

    plate: int
    side: Side | None
    start_s: float
    end_s: float
    starts: bool
    ends: bool
    distance_m: float = float("nan")
    other_m: float = float("nan")
    heel_on: bool | None = None
    toe_on: bool | None = None
    reason: str = ""

    @property
    def whole(self) -> bool:
        """Whether a whole step of a proved foot was measured by this plate alone."""
        on = self.heel_on is not False and self.toe_on is not False
        return self.side is not None and self.starts and self.ends and on


@dataclass(frozen=True)
class Events:
    """The events of a trial in order of time, with how they were found.

    Attributes
    ----------
    events
        In order of time.
    contacts
        What stood on the plates.
    notes
        What was corrected or could not be told, one sentence each.
    """

    events: tuple[GaitEvent, ...]
    contacts: tuple[Contact, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def of(self, side: Side, kind: Kind) -> tuple[float, ...]:
        """Times of one side's events of one kind, s, rising.

        Parameters
        ----------
        side, kind
            Which.
        """
        return tuple(one.time_s for one in self.events if (one.side, one.kind) == (side, kind))
