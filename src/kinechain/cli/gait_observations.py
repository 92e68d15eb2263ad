"""``kinechain gait observations``: confirmed findings of a recording, into a case file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from kinechain.cli.gait_options import request_of
from kinechain.cli.interview_file import CaseFile, case_file
from kinechain.cli.output import Refusal, show, show_issues, title, wrapped
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from kinechain.domain.case import Case, Observation
    from kinechain.intake import CaseReading
    from kinechain.knowledge import Knowledge
    from kinechain.service.gait import GaitAnalysis
    from kinechain.service.gait.observations import Offer

STOPPED = 130
"""Exit status after Ctrl-C, as shells have it."""
YES, NO = frozenset({"yes", "y"}), frozenset({"no", "n", "skip", ""})
QUIT = frozenset({"quit", "q"})
CHANGED = frozenset({"partial", "complete", "worse"})


@click.command(cls=Command, short_help="Write confirmed findings of a recording into a case.")
@click.argument("recording", metavar="WALK", type=click.Path())
@click.option("--case", "case", metavar="CASE.yaml", type=click.Path(), required=True,
              help="The person's case; it must exist.")  # fmt: skip
@click.option("--confirm", metavar="all|ID,ID",
              help="What is confirmed, without asking for each finding.")  # fmt: skip
@click.option("--replace", is_flag=True,
              help="With --confirm: also what the case says otherwise.")  # fmt: skip
@click.option("--by", metavar="NAME", help="Who confirms: name or initials.")
@click.option("--on", metavar="DATE", help="The day of the recording, as 2026-11-22.")
def observations(recording: str, case: str, confirm: str | None, replace: bool, by: str | None,
                 on: str | None, **options: Any) -> None:  # fmt: skip
    """Show what WALK offers as findings, ask for each, and write what is confirmed.

    Each finding is shown with its value, its norm and its rule; answer yes, no (Enter) or quit,
    or give --confirm. What is confirmed as present or absent goes into the case file, where
    everything else stays as it is written. What the case says otherwise is shown and asked for;
    the old entry then becomes a comment. Age, sex, height and weight are the case's.

    A recording of poor quality offers nothing and says why; the exit status is then 1. Nothing
    is written without a confirmation, and nothing after Ctrl-C.
    """
    from kinechain.knowledge import load_knowledge
    from kinechain.service.gait.observations import CaseError, offers

    target = _existing(case)
    knowledge = load_knowledge()
    reading = _read(target, knowledge)
    day = _day(on, reading.case)
    name = _name(by)
    try:
        found = _analysed(recording, options, reading.case, knowledge)
        _head(found, reading.case)
        if not found.findings.quality.good:
            raise click.exceptions.Exit(1)
        offered = offers(found, reading.case, knowledge)
        _hint(reading.case, day)
        chosen = _chosen(offered, confirm, may_replace=replace)
        if chosen:
            _save(target, chosen, knowledge, Path(recording).name, day, name)
        else:
            show("\nNothing is written.")
    except CaseError as error:
        raise Refusal(str(error)) from error
    except (KeyboardInterrupt, click.Abort):
        show("\nBroken off; nothing is written.")
        raise click.exceptions.Exit(STOPPED) from None


def _existing(case: str) -> CaseFile:
    target = case_file(case)
    if target.expected is None:
        raise Refusal(f"There is no case {case}. Write one first: kinechain case new {case}")
    return target


def _read(target: CaseFile, knowledge: Knowledge) -> CaseReading:
    from kinechain.intake import parse_case

    reading = parse_case(target.text, knowledge, str(target.path))
    if reading.has_errors:
        show_issues(reading.issues)
        raise Refusal(f"{target.path} has errors and is left as it is; correct it first.")
    return reading


def _day(on: str | None, case: Case) -> date | None:
    try:
        day = date.fromisoformat(on) if on else None
    except ValueError as error:
        raise Refusal(f"The day must be a date as 2026-11-22. Got {on!r}.") from error
    if day is not None and case.as_of is not None and day > case.as_of:
        raise Refusal(f"The day {day} is after the day of the case ({case.as_of}). Correct one.")
    return day


def _name(by: str | None) -> str | None:
    if by is not None and not (by.isprintable() and by.strip()):
        raise Refusal("The name of --by must be printable text.")
    return by.strip() if by else None


def _analysed(
    recording: str, options: dict[str, Any], case: Case, knowledge: Knowledge
) -> GaitAnalysis:
    from kinechain.gait.errors import GaitError
    from kinechain.service.gait import analyse_gait
    from kinechain.service.gait.observations import person_of

    asked = person_of(request_of(Path(recording), options), case)
    try:
        with waiting("Analysing"):
            return analyse_gait(asked, knowledge)
    except (GaitError, OSError) as error:
        raise Refusal(str(error)) from error


def _head(found: GaitAnalysis, case: Case) -> None:
    person = [f"{case.age_years:g} years" if case.age_years is not None else "",
              case.sex or ""]  # fmt: skip
    known = ", ".join(part for part in person if part) or "age and sex unknown"
    show(wrapped(f"{found.trial.recording.source} for the case {case.id} ({known})."))
    for reason in found.findings.quality.reasons:
        show(wrapped(f"! Nothing is offered: {reason}"))
    for finding, reason in found.findings.not_judged:
        show(wrapped(f"- {finding} cannot be told: {reason}"))


def _hint(case: Case, day: date | None) -> None:
    """A treatment that changed something makes the day of the recording matter."""
    if day is None and any(one.response in CHANGED for one in case.treatments):
        show(wrapped("! The case has a treatment that changed something. Give --on, the day of the "
                     "recording: what was recorded after it is no evidence about the "
                     "origin."))  # fmt: skip


def _chosen(offered: Sequence[Offer], confirm: str | None, *, may_replace: bool) -> list[Offer]:
    """Show everything that is offered; what of it is confirmed and not in the case yet."""
    if not offered:
        show("The recording offers no finding.")
    named = None if confirm is None else _named(confirm, offered)
    asks = named is None or sys.stdin.isatty()
    chosen: list[Offer] = []
    over = False
    for number, one in enumerate(offered, start=1):
        _show(one, number, len(offered))
        if one.standing == "same" or over:
            continue
        if named is not None and one.key not in named:
            continue
        if named is not None and (one.standing == "new" or may_replace):
            chosen.append(one)
            continue
        if not asks:
            show("   Left as it is; --replace would replace it.")
            continue
        answer = _asked(one)
        if answer == "quit":
            break
        over = answer == "end"
        if answer == "yes":
            chosen.append(one)
    return chosen


def _named(confirm: str, offered: Sequence[Offer]) -> frozenset[str]:
    """The offers that --confirm names."""
    if confirm.strip().casefold() == "all":
        return frozenset(one.key for one in offered)
    found: set[str] = set()
    for word in filter(None, (part.strip() for part in confirm.split(","))):
        keys = {one.key for one in offered if word in (one.key, one.deviation.finding)}
        if not keys:
            there = ", ".join(one.key for one in offered) or "nothing"
            raise Refusal(f"{word!r} is not offered. Offered: {there}.")
        found |= keys
    return frozenset(found)


def _show(one: Offer, number: int, count: int) -> None:
    what = one.deviation
    side = "" if what.side == "midline" else f", {what.side}"
    state = "present" if what.present else "absent"
    title(f"{number} of {count}: {one.label}{side}: {state}")
    norm = what.norm
    beside = ""
    if norm is not None and norm.mean is not None:
        spread = f" ({norm.sd:g})" if norm.sd else ""
        beside = f"; norm {norm.mean:g}{spread} {what.unit}, {norm.population} [{norm.source}]"
    z = "" if what.z is None else f"; z {what.z:+.1f}"
    show(wrapped(f"{one.key}: {what.value:.3g} {what.unit}{beside}{z}.", 3, 0))
    show(wrapped(f"Rule: {what.rule}. {what.likelihood}", 3, 0))
    if what.caution:
        show(wrapped(f"Caution: {what.caution}", 3, 0))
    said = "; ".join(_words(seen) for seen in one.said)
    if one.standing == "same":
        show(wrapped(f"The case says so already: {said}.", 3, 0))
    elif one.standing == "other":
        show(click.style(wrapped(f"! The case says otherwise: {said}.", 3, 0), bold=True))


def _words(seen: Observation) -> str:
    parts = [seen.state, seen.side if seen.side != "midline" else "",
             f"on {seen.on}" if seen.on else "", f"by {seen.by}" if seen.by else "",
             f"from {seen.derived_from}" if seen.derived_from else ""]  # fmt: skip
    return " ".join(part for part in parts if part)


def _asked(one: Offer) -> Literal["yes", "no", "quit", "end"]:
    """Whether it is confirmed, or no more is to be asked; ``end`` at the end of the input."""
    what = "Replace that in the case" if one.standing == "other" else "Write this into the case"
    while True:
        show(f"   {what}? (yes, no, quit)\n> ", newline=False)
        sys.stdout.flush()
        line = sys.stdin.readline()
        word = line.strip().casefold()
        if not sys.stdin.isatty():
            show(line.strip())
        if not line:
            return "end"
        if word in QUIT:
            return "quit"
        if word in YES | NO:
            return "yes" if word in YES else "no"
        show("   Answer yes, no or quit; Enter is no.")


def _save(
    target: CaseFile, chosen: Sequence[Offer], knowledge: Knowledge, source: str,
    day: date | None, name: str | None,
) -> None:  # fmt: skip
    from kinechain.service.gait.observations import write

    written = write(target.text, chosen, knowledge, str(target.path), source, day, name)
    # A byte order mark that the file began with stays.
    mark = "\ufeff" if (target.expected or b"").startswith(b"\xef\xbb\xbf") else ""
    target.save(mark + written.text)
    title("Written into the case")
    for line in written.lines:
        show(wrapped(line, 2, 2))
    show_issues(written.issues, err=False)
    show(f"Saved: {target.path}. What follows from it: kinechain assess {target.path}")
