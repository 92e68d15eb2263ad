"""From what a trial offers to confirmed findings in a case file; never without confirmation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import msgspec
import yaml

from kinechain.domain.case import Case, Issue, Observation, Side
from kinechain.gait.observations.deviations import Deviation, confirmed
from kinechain.intake import CaseReading, parse_case
from kinechain.intake.recorded import instances
from kinechain.knowledge import Knowledge
from kinechain.service.gait.analysis import GaitAnalysis, GaitRequest
from kinechain.service.gait.case_text import LayoutError, Line, with_line, without_entry

Standing = Literal["new", "same", "other"]
REPLACED = "replaced: the gait laboratory says otherwise"


class CaseError(ValueError):
    """A case and what is to be written into it do not fit together."""


@dataclass(frozen=True)
class Offer:
    """A finding that a clinician may confirm, and what the case says of it already.

    Attributes
    ----------
    key
        Its name, with its side where it has one: ``pelvic_drop_gait.left``.
    label
        For people.
    deviation
        What the trial says, with value, norm, rule and source.
    standing
        ``new`` to the case, the ``same`` as it says, or ``other`` than it says.
    said
        The case's observations that are the same or other.
    """

    key: str
    label: str
    deviation: Deviation
    standing: Standing
    said: tuple[Observation, ...]


@dataclass(frozen=True)
class Written:
    """The new text of a case file.

    Attributes
    ----------
    text
        The whole file.
    lines
        What was added, as it stands there.
    issues
        What reading the new file tells that the old one did not.
    """

    text: str
    lines: tuple[str, ...]
    issues: tuple[Issue, ...]


def person_of(asked: GaitRequest, case: Case) -> GaitRequest:
    """What is asked, with age, sex and size of the case where none were given.

    Parameters
    ----------
    asked
        Of the laboratory.
    case
        Of the same person.

    Raises
    ------
    CaseError
        When age or sex is given and differs: it may be another person's case.
    """
    for name, given, said in (
        ("age", asked.age_years, case.age_years),
        ("sex", asked.sex, case.sex),
    ):
        if given is not None and said is not None and given != said:
            raise CaseError(
                f"The case says {name} {_plain(said)}, --{name} says {_plain(given)}. If it is the "
                f"case of this person, leave --{name} out or correct one of the two."
            )
    return replace(
        asked,
        age_years=case.age_years if asked.age_years is None else asked.age_years,
        sex=case.sex if asked.sex is None else asked.sex,
        height_m=case.height_m if asked.height_m is None else asked.height_m,
        mass_kg=case.weight_kg if asked.mass_kg is None else asked.mass_kg,
    )


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def offers(analysis: GaitAnalysis, case: Case, knowledge: Knowledge) -> tuple[Offer, ...]:
    """What a trial offers, what is there first, beside what the case says.

    Parameters
    ----------
    analysis
        Of the recording; a poor one offers nothing.
    case
        As it was read.
    knowledge
        The knowledge in use.
    """
    found: list[Offer] = []
    for one in sorted(analysis.findings.offered, key=lambda one: not one.present):
        observation = confirmed(one)
        here = instances(knowledge, observation)
        about = [
            said
            for said in case.observations
            if said.finding == one.finding and here & instances(knowledge, said)
        ]
        other = tuple(said for said in about if said.state != observation.state)
        same = tuple(said for said in about if said not in other and _covers(said, observation))
        found.append(
            Offer(
                key=one.finding if one.side == "midline" else f"{one.finding}.{one.side}",
                label=knowledge.findings[one.finding].label,
                deviation=one,
                standing="other" if other else "same" if same else "new",
                said=other or same,
            )
        )
    return tuple(found)


def _covers(said: Observation, observation: Observation) -> bool:
    """Whether an observation says all that another one does."""
    return said.side in (observation.side, "both") or observation.side == "midline"


def write(
    text: str,
    chosen: Sequence[Offer],
    knowledge: Knowledge,
    name: str,
    source: str,
    on: date | None = None,
    by: str | None = None,
) -> Written:
    """The text of a case file with confirmed findings.

    What the case said otherwise of them becomes a comment. The new text is read again: it has
    to say what the old one said, and the confirmed findings.

    Parameters
    ----------
    text
        The case file, without errors.
    chosen
        What was confirmed.
    knowledge
        The knowledge in use.
    name
        Of the file, for issues.
    source
        Name of the recording, for the comments.
    on
        The day of the recording.
    by
        Who confirmed.

    Raises
    ------
    CaseError
        When the file cannot take them without changing what else it says.
    """
    ends = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    before = parse_case(text, knowledge, name)
    wanted = [confirmed(one.deviation, on, by) for one in chosen]
    replaced = [said for one in chosen if one.standing == "other" for said in one.said]
    lines = [_line(seen, _comment(one, source)) for seen, one in zip(wanted, chosen, strict=True)]
    after = text
    try:
        for said in dict.fromkeys(replaced):
            after, rest = _taken_out(after, said, replaced, knowledge, name)
            lines += [_line(one, "") for one in rest]
        for line in lines:
            after = with_line(after, line)
    except (LayoutError, yaml.YAMLError) as error:
        why = (
            f"{error}"
            if isinstance(error, LayoutError)
            else "nothing can be added to it as it is laid out"
        )
        raise CaseError(_by_hand(why, lines)) from error
    reading = parse_case(after, knowledge, name)
    wrong = _difference(before, reading, wanted, replaced)
    if wrong:
        raise CaseError(_by_hand(wrong, lines))
    fresh = tuple(one for one in reading.issues if _said(one) not in map(_said, before.issues))
    return Written(after.replace("\n", ends), tuple(one.line for one in lines), fresh)


def _line(seen: Observation, comment: str) -> Line:
    return Line(
        seen.finding,
        seen.state,
        seen.side,
        seen.level,
        seen.on,
        seen.by,
        seen.derived_from,
        comment,
    )


def _comment(one: Offer, source: str) -> str:
    what = one.deviation
    z = "" if what.z is None else f", z {what.z:+.1f}"
    shown = "".join(one if one.isprintable() else "?" for one in source)
    return " ".join(f"{shown}: {what.value:.3g} {what.unit}{z}".split())


def _by_hand(why: str, lines: Iterable[Line]) -> str:
    said = "; ".join(f"{one.state}: {one.text}" for one in lines)
    return f"The case file is left as it is: {why}. Write this into it by hand: {said}"


def _taken_out(
    text: str, said: Observation, replaced: Sequence[Observation], knowledge: Knowledge, name: str
) -> tuple[str, list[Observation]]:
    """The text without the entry behind an observation, and what else that entry said."""
    if _follows(said):
        return text, []  # it follows from something else; what is recorded outweighs it
    before = parse_case(text, knowledge, name).case.observations
    if said not in before:
        return text, []  # it stood in the same entry as another one
    number = 0
    while (tried := without_entry(text, said.state, number, REPLACED)) is not None:
        after = parse_case(tried, knowledge, name)
        gone = [one for one in before if one not in after.case.observations]
        if said in gone:
            return tried, [one for one in gone if one not in replaced and not _follows(one)]
        number += 1
    raise LayoutError(f"the entry of {said.finding} is not found")


def _difference(
    before: CaseReading,
    after: CaseReading,
    wanted: Sequence[Observation],
    replaced: Sequence[Observation],
) -> str:
    """What the new file says wrongly; empty when all is well."""
    if after.has_errors:
        return "it could not be read afterwards"
    old, new = before.case, after.case
    bare = msgspec.structs.replace
    if bare(old, observations=()) != bare(new, observations=()):
        return "something else in it would change"
    now = {_what(one) for one in new.observations}
    about = {one.finding for one in wanted}
    lost = [
        one
        for one in old.observations
        if _what(one) not in now and one not in replaced
        and not (_follows(one) and one.finding in about)
    ]  # fmt: skip
    if lost:
        return f"{lost[0].finding} would be lost"
    told = " ".join(one.message for one in after.issues)
    missing = [one for one in wanted if _what(one) not in now and one.finding not in told]
    return f"{missing[0].finding} would not be read" if missing else ""


def _follows(one: Observation) -> bool:
    """Whether an observation follows from another part of the case and has no entry."""
    return one.derived_from not in (None, "gait")


def _what(one: Observation) -> tuple[str, str, Side, str | None]:
    return one.finding, one.state, one.side, one.level


def _said(issue: Issue) -> tuple[str, str]:
    return issue.level, issue.message
