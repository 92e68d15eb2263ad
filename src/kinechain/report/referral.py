"""The referral letter: one page for a colleague, what is urgent first; no layout.

What people recorded and what the program says are kept apart, so that the letter can mark which
is which.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import msgspec

from kinechain.report import model
from kinechain.report.labels import interval, percent
from kinechain.report.opinions import OpinionView, elsewhere, opinions_on
from kinechain.report.words import urgency_order

ORIGINS, EVIDENCE, LISTED, FLAGS, DANGERS, TESTS, TREATMENTS = 4, 4, 8, 3, 3, 2, 5
PLACES, CANDIDATES, SETTLING = 3, 3, 2
"""How much of each fits a page."""
LONGEST = 150


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What people recorded, in words, as the record had it when it was assessed."""

    pains: tuple[str, ...] = ()
    no_pains: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()
    treatments: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    diseases: tuple[str, ...] = ()


class LetterOrigin(msgspec.Struct, frozen=True, kw_only=True):
    """An origin with the program's word and the clinicians' beside it."""

    label: str
    where: str
    program: str
    said: tuple[str, ...]
    rejected: bool
    supporting: tuple[str, ...]
    opposing: tuple[str, ...]


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What a referral letter holds.

    Attributes
    ----------
    urgent, to_ask
        Raised red flags with what they rest on; without one, those still to be asked about.
    questions
        To the specialist, as the program would put them.
    about
        What was recorded, each under its heading; empty ones are left out but for drugs and
        allergies, whose absence is said.
    dangers
        Dangerous conditions that are not excluded, with what would settle them.
    opinions
        Clinicians' words on origins that are not listed.
    """

    urgent: tuple[model.FlagView, ...]
    to_ask: tuple[str, ...]
    questions: tuple[str, ...]
    about: tuple[tuple[str, str], ...]
    origins: tuple[LetterOrigin, ...]
    dangers: tuple[str, ...]
    opinions: tuple[str, ...]
    tests: tuple[str, ...]
    treatments: tuple[str, ...]
    not_safe: tuple[str, ...]


def letter(
    report: model.Report, recorded: Recorded, opinions: Sequence[OpinionView] = ()
) -> Letter:
    """Choose what a colleague has to know.

    Parameters
    ----------
    report
        With its plan, where there is one.
    recorded
        What people recorded.
    opinions
        The clinicians' that stand.
    """
    plan = report.plan
    by_status = {group.status: group.treatments for group in plan.groups} if plan else {}
    origins = _origins(report, opinions)
    return Letter(
        urgent=report.raised[:FLAGS],
        to_ask=() if report.raised else tuple(one.label for one in report.to_ask[:FLAGS]),
        questions=_questions(report, origins),
        about=tuple(_about(recorded)),
        origins=origins,
        dangers=tuple(
            _danger(one)
            for one in report.not_excluded[:DANGERS]
            if all(one.label != flag.label for flag in report.raised[:FLAGS])
        ),
        opinions=tuple(f"{one.label}: {one.words}" for one in elsewhere(report, opinions)),
        tests=tuple(one.label for one in plan.tests[:TESTS]) if plan else (),
        treatments=_short((one.label for one in by_status.get("recommended", ())), TREATMENTS),
        not_safe=_short((one.label for one in by_status.get("contraindicated", ())), TREATMENTS),
    )


def _origins(report: model.Report, opinions: Sequence[OpinionView]) -> tuple[LetterOrigin, ...]:
    evidence = {view.rank: view for view in report.evidence}
    found: list[LetterOrigin] = []
    for origin in report.origins:
        said = opinions_on(origin, opinions)
        if len(found) >= ORIGINS and not said:
            continue  # what a clinician spoke of is never left out
        view = evidence.get(origin.rank)
        found.append(
            LetterOrigin(
                label=origin.label,
                where=origin.where,
                program=f"{percent(origin.explains)} ({interval(origin.low, origin.high)})",
                said=tuple(one.words for one in said),
                rejected=bool(said) and all(one.decision == "rejected" for one in said),
                supporting=_rows(view.supporting) if view else (),
                opposing=_rows(view.opposing) if view else (),
            )
        )
    return tuple(found)


def _rows(rows: Sequence[model.EvidenceRow]) -> tuple[str, ...]:
    """The findings by themselves; what a group of them does together is for the full report."""
    single = (one for one in rows if not one.is_group)
    return tuple(
        one.finding if one.state == "present" else f"{one.finding} ({one.state})"
        for one in islice(single, EVIDENCE)
    )


def _questions(report: model.Report, origins: Sequence[LetterOrigin]) -> tuple[str, ...]:
    """What a colleague is asked; where something cannot wait, that and nothing else."""
    if report.raised:
        first = min(report.raised, key=lambda one: urgency_order(one.urgency))
        match first.urgency:
            case "emergency_now":
                return (f"Please see this person now, and exclude: {first.label}.",)
            case "same_day":
                return (f"Please see this person today, and exclude: {first.label}.",)
            case "within_2_weeks" | "soon":
                pass
    places = ", ".join(site.label for site in report.sites[:PLACES])
    open_ones = [one.label for one in origins if not one.rejected][:CANDIDATES]
    if not places or not open_ones:
        return ()
    found = [f"Where does the pain come from ({places})? Is it: {open_ones[0]}?"]
    if open_ones[1:]:
        found.append(f"If not: {', or '.join(open_ones[1:])}?")
    return tuple(found)


def _danger(one: model.NotExcludedView) -> str:
    up_to = f", up to {percent(one.high)}" if one.high is not None else ""
    settle = f"; settle by: {', '.join(one.ask[:SETTLING])}" if one.ask else ""
    return f"{one.label} ({percent(one.probability)}{up_to}){settle}"


def _about(recorded: Recorded) -> Iterable[tuple[str, str]]:
    for heading, entries in (
        ("Pain", recorded.pains),
        ("No pain", recorded.no_pains),
        ("Found", recorded.present),
        ("Not found", recorded.absent),
        ("Measured", recorded.values),
        ("Scores", recorded.scores),
        ("Tried", recorded.treatments),
        ("Diseases", recorded.diseases),
    ):
        if entries:
            yield heading, "; ".join(_short(entries, LISTED))
    yield "Drugs", "; ".join(_short(recorded.drugs, LISTED)) or "none recorded"
    yield "Allergies", "; ".join(_short(recorded.allergies, LISTED)) or "none recorded"


def _short(entries: Iterable[str], most: int) -> tuple[str, ...]:
    """Entries that fit, and how many there are beside them."""
    known = tuple(dict.fromkeys(one for one in entries if one))
    kept = tuple(one if len(one) <= LONGEST else f"{one[: LONGEST - 1]}…" for one in known[:most])
    more = len(known) - len(kept)
    return (*kept, f"{more} more in the full report") if more else kept
