"""What clinicians say of the program's origins, beside what the program says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from kinechain.report import model


class OpinionView(msgspec.Struct, frozen=True, kw_only=True):
    """The standing opinion of a clinician on one origin.

    Attributes
    ----------
    origin
        Id of a condition, or of one of its places.
    label
        Words for it.
    """

    origin: str
    label: str
    decision: Literal["confirmed", "rejected"]
    reason: str
    by: str
    on: date

    @property
    def words(self) -> str:
        """The opinion in a line."""
        said = "Confirmed" if self.decision == "confirmed" else "Rejected"
        reason = f": {self.reason}" if self.reason else ""
        return f"{said} by {self.by}, {self.on}{reason}"


def opinions_on(
    origin: model.OriginView, opinions: Sequence[OpinionView]
) -> tuple[OpinionView, ...]:
    """The opinions that are about an origin of the report.

    Parameters
    ----------
    origin
        As the report ranks it.
    opinions
        All that stand.
    """
    return tuple(
        one
        for one in opinions
        if one.origin == origin.condition or one.origin.startswith(f"{origin.condition}.")
    )


def elsewhere(report: model.Report, opinions: Sequence[OpinionView]) -> tuple[OpinionView, ...]:
    """The opinions on origins that the report does not list.

    Parameters
    ----------
    report
        The report.
    opinions
        All that stand.
    """
    listed = {one.origin for origin in report.origins for one in opinions_on(origin, opinions)}
    return tuple(one for one in opinions if one.origin not in listed)
