"""Which red flags a case raises, and which are still worth asking about.

A flag is *raised* when its rule is true. When its rule is neither true nor false it is
*to ask*, but only if it is relevant, so that an ordinary backache does not bring the
questions of every rare disease:

1. Something recorded as positive (a finding, value, onset or drug) speaks for it, and at
   most two further answers would raise it. It must also fit where the pain is: a flag that
   speaks of regions in none of which pain is recorded waits, unless it is one for now
   (``emergency_now``) or nothing is known yet of where the pain is.
2. Or nothing positive is recorded but there is pain in its region, the flag is for now,
   and one single answer would raise it: numbness in the saddle with a low back pain. Such
   questions are asked of everybody with that pain.

Age, sex and duration alone never make a flag relevant. A flag whose rule is false is not
mentioned. A flag that cannot be evaluated is always listed, to be settled by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from kinechain.domain.case import Case
from kinechain.domain.concepts import Citation, RedFlag, Urgency
from kinechain.triage.evaluation import Verdict, evaluate
from kinechain.triage.parser import parse_rule
from kinechain.triage.rules import (
    DrugLeaf,
    FindingLeaf,
    OnsetLeaf,
    Rule,
    SiteLeaf,
    ValueLeaf,
    leaves,
)
from kinechain.triage.words import because, still_open

URGENCIES: tuple[Urgency, ...] = ("emergency_now", "same_day", "within_2_weeks", "soon")
MOST_ANSWERS_MISSING = 2


class RaisedFlag(msgspec.Struct, frozen=True, kw_only=True):
    """A red flag that is raised, or that further questions could raise.

    Attributes
    ----------
    because
        The words of what speaks for it.
    ask
        Ids of the findings or traits not yet recorded that would settle it: the questions
        chosen in the flag's file, or the open leaves of its rule when those are answered.
    unknown
        The words of everything in the rule that is not recorded and could still raise it.
    """

    id: str
    label: str
    urgency: Urgency
    status: Literal["raised", "to_ask"]
    because: tuple[str, ...]
    action: str
    sources: tuple[Citation, ...]
    ask: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    basis: Literal["rule"] = "rule"


class ReadFlag(msgspec.Struct, frozen=True, kw_only=True):
    """A flag with its rule read once, for use on many cases; `problem` when it is unreadable."""

    flag: RedFlag
    rule: Rule | None = None
    problem: str = ""


def read_flags(flags: Iterable[RedFlag]) -> tuple[ReadFlag, ...]:
    """Read the rules of the flags; an unreadable one keeps its problem instead."""
    return tuple(_read(flag) for flag in flags)


def triage(
    case: Case,
    flags: Iterable[RedFlag | ReadFlag],
    labels: Mapping[str, str],
    site_parts: Mapping[str, tuple[str, ...]],
) -> tuple[RaisedFlag, ...]:
    """Evaluate every flag on whatever part of the case is recorded; never raises.

    Parameters
    ----------
    case
        The person, possibly far from complete.
    flags
        The red flags, or the result of `read_flags` on them.
    labels
        The label of each finding, trait, site and quantity, for the words.
    site_parts
        For each generic site its parts.

    Returns
    -------
    tuple of RaisedFlag
        Raised ones before those to ask, each group from the most to the least urgent, then
        by how few answers are missing, then by id.
    """
    found: list[tuple[tuple[int, int, float, str], RaisedFlag]] = []
    for entry in flags:
        read = entry if isinstance(entry, ReadFlag) else _read(entry)
        result, missing = _assess(read, case, labels, site_parts)
        if result is not None:
            rank = URGENCIES.index(result.urgency) if result.urgency in URGENCIES else 0
            found.append(((int(result.status == "to_ask"), rank, missing, result.id), result))
    return tuple(result for _, result in sorted(found, key=lambda item: item[0]))


def _read(flag: RedFlag) -> ReadFlag:
    try:
        return ReadFlag(flag=flag, rule=parse_rule(flag.rule))
    except Exception as error:  # noqa: BLE001 - a flag is never lost to a fault in its file
        return ReadFlag(flag=flag, problem=f"{type(error).__name__}: {error}")


def _assess(
    read: ReadFlag, case: Case, labels: Mapping[str, str], site_parts: Mapping[str, tuple[str, ...]]
) -> tuple[RaisedFlag | None, float]:
    """The flag's result, or None when it is false or not relevant, and the answers missing."""
    if read.rule is None:
        return _unevaluated(read.flag, read.problem), 0
    try:
        verdict = evaluate(read.rule, case, site_parts)
        if verdict.truth is False or not (verdict.truth or _relevant(read, verdict, case)):
            return None, 0
        status = "raised" if verdict.truth else "to_ask"
        recorded = {r.finding for r in case.observations if r.likelihood_ratio is None}
        open_findings = (leaf.finding for leaf in verdict.unknown if isinstance(leaf, FindingLeaf))
        asks = tuple(item for item in read.flag.ask if item not in recorded)
        if status == "to_ask" and not asks:
            asks = tuple(dict.fromkeys(open_findings))
        return _result(
            read.flag,
            status,
            because(verdict.support, case, labels),
            ask=asks,
            unknown=still_open(verdict.unknown, labels),
        ), verdict.answers_to_true
    except Exception as error:  # noqa: BLE001 - triage reaches the report whatever fails
        return _unevaluated(read.flag, f"{type(error).__name__}: {error}"), 0


def _relevant(read: ReadFlag, verdict: Verdict, case: Case) -> bool:
    """Whether an undecided flag is worth asking about; the rule is told above."""
    assert read.rule is not None, "an unreadable flag is not evaluated"
    supporting = [known.leaf for known in verdict.support]
    in_region = any(isinstance(leaf, SiteLeaf) for leaf in supporting)
    speaks_of_regions = any(isinstance(leaf, SiteLeaf) for leaf in leaves(read.rule))
    positive = any(
        known.holds and isinstance(known.leaf, FindingLeaf | ValueLeaf | OnsetLeaf | DrugLeaf)
        for known in verdict.support
    )
    emergency = read.flag.urgency == "emergency_now"
    if positive:
        fits = in_region or not speaks_of_regions or not case.pain
        return verdict.answers_to_true <= MOST_ANSWERS_MISSING and (fits or emergency)
    return in_region and emergency and verdict.answers_to_true == 1


def _unevaluated(flag: RedFlag, problem: str) -> RaisedFlag:
    reason = f"this flag could not be evaluated, settle it by hand ({problem})"
    return _result(flag, "to_ask", (reason,), ask=flag.ask)


def _result(
    flag: RedFlag,
    status: Literal["raised", "to_ask"],
    reasons: tuple[str, ...],
    ask: tuple[str, ...] = (),
    unknown: tuple[str, ...] = (),
) -> RaisedFlag:
    return RaisedFlag(
        id=flag.id,
        label=flag.label,
        urgency=flag.urgency,
        status=status,
        because=reasons,
        action=flag.action,
        sources=flag.sources,
        ask=ask,
        unknown=unknown,
    )
