"""What was tried before: whether long enough, and with which result."""

from __future__ import annotations

from typing import Literal

import msgspec

from kinechain.care.facts import Facts
from kinechain.domain.care import Treatment
from kinechain.domain.case import TriedTreatment

ADEQUATE_WEEKS = 6.0
"""An adequate trial of active care unless its file says otherwise."""
LONG_WEEKS = 12.0
LONG = frozenset(
    {
        "knee_osteoarthritis",
        "hip_osteoarthritis",
        "ankle_osteoarthritis",
        "midfoot_osteoarthritis",
        "lumbar_spinal_stenosis",
    }
)
"""Conditions in which an adequate trial takes twice as long."""
LASTING_PERCENT, LASTING_WEEKS = 30.0, 12.0
"""Relief is lasting when at least this share of the pain is gone, and still so after this time."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What came of trying one treatment.

    ``failed``: long enough, or worse; ``short``: stopped or judged too early; ``helped``:
    some or all of the complaint went; ``unknown``: response or length is not recorded.
    """

    outcome: Literal["failed", "short", "helped", "unknown"]
    words: str


def attempt(treatment: Treatment, facts: Facts) -> Attempt | None:
    """What came of the last try of a treatment; None when it was not tried.

    Of tries on one day, and of those without a day, the one that speaks most against it.

    Parameters
    ----------
    treatment
        Which.
    facts
        The person.
    """
    tries = [one for one in facts.case.treatments if one.id == treatment.id]
    if not tries:
        return None
    last = max(_start(one) for one in tries)
    judged = [_judge(one, treatment) for one in tries if _start(one) == last]
    return min(judged, key=lambda one: (_GRAVITY.index(one.outcome), one.words))


_GRAVITY = ("failed", "short", "helped", "unknown")


def _start(one: TriedTreatment) -> str:
    return one.on.isoformat() if one.on else ""


def _judge(one: TriedTreatment, treatment: Treatment) -> Attempt:
    length = f" for {one.weeks:.0f} weeks" if one.weeks is not None else ""
    needed = treatment.trial.weeks if treatment.trial else 0.0
    if one.response == "worse":
        return Attempt(outcome="failed", words=f"it was tried{length} and made matters worse")
    if one.response in ("partial", "complete"):
        return Attempt(outcome="helped", words=f"it was tried{length} and helped ({one.response})")
    if one.response != "none":
        return Attempt(outcome="unknown", words=f"it was tried{length}; what it did is not told")
    if needed and one.weeks is None:
        return Attempt(
            outcome="unknown",
            words=f"it was tried without effect; whether for the {needed:g} weeks that make an "
            "adequate trial is not told",
        )
    if needed and one.weeks is not None and one.weeks < needed:
        return Attempt(
            outcome="short",
            words=f"it was tried{length}; an adequate trial takes {needed:g} weeks",
        )
    return Attempt(outcome="failed", words=f"it was tried{length} without effect")


class ActiveCare(msgspec.Struct, frozen=True, kw_only=True):
    """Whether active conservative care was given its chance.

    Attributes
    ----------
    failed
        An adequate trial brought no lasting relief.
    missing
        What is lacking for that, in words.
    """

    failed: bool
    missing: tuple[str, ...]


def active_care(facts: Facts, condition: str | None) -> ActiveCare:
    """Judge the trials of active care for one origin.

    Parameters
    ----------
    facts
        The person.
    condition
        The origin: some need a longer trial.
    """
    needed = LONG_WEEKS if condition in LONG else ADEQUATE_WEEKS
    known = facts.knowledge.treatments
    tries = [one for one in facts.case.treatments if one.id in known and known[one.id].active_care]
    asked = f"{needed:g} weeks of active care without lasting relief"
    if not tries:
        return ActiveCare(failed=False, missing=(f"{asked} (none is recorded)",))
    if any(_failed(one, needed) for one in tries):
        return ActiveCare(failed=True, missing=())
    told = ", ".join(sorted(_told(one, facts) for one in tries))
    return ActiveCare(failed=False, missing=(f"{asked} (recorded: {told})",))


def _failed(one: TriedTreatment, needed: float) -> bool:
    """Long enough without relief that lasted; worse at any time."""
    if one.response == "worse":
        return True
    if one.weeks is None or one.weeks < needed:
        return False
    too_little = one.relief_percent is not None and one.relief_percent < LASTING_PERCENT
    too_short = one.relief_weeks is not None and one.relief_weeks < LASTING_WEEKS
    return one.response == "none" or too_little or too_short


def _told(one: TriedTreatment, facts: Facts) -> str:
    length = f"{one.weeks:.0f} weeks" if one.weeks is not None else "length not told"
    label = facts.labels.get(one.id or "", one.treatment)
    return f"{label}, {length}, response {one.response or 'not told'}"
