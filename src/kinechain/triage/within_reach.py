"""Which answers lie on the shortest way to a red flag.

A flag that is neither raised nor excluded needs some number of further answers to be raised.
Those that lie on a shortest way are worth asking: one of them may raise it alone, or bring it
within one answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from kinechain.domain.case import Case
from kinechain.domain.concepts import RedFlag
from kinechain.triage.evaluation import Verdict, evaluate
from kinechain.triage.rules import AllOf, AnyOf, AtLeast, FindingLeaf, Leaf, Not, Rule, SiteLeaf
from kinechain.triage.rules import leaves as leaves_of
from kinechain.triage.triage import ReadFlag


class Reachable(msgspec.Struct, frozen=True, kw_only=True):
    """A flag that further answers could raise.

    Attributes
    ----------
    answers
        How many are needed at least.
    findings
        Findings and traits of which presence is a step on a shortest way.
    started
        Whether a recorded finding already speaks for it.
    in_region
        Whether the pain is where the flag speaks of.
    anywhere
        Whether the flag speaks of no region.
    """

    flag: RedFlag
    answers: int
    findings: tuple[FindingLeaf, ...]
    started: bool
    in_region: bool
    anywhere: bool


def within_reach(
    case: Case,
    flags: Iterable[ReadFlag],
    site_parts: Mapping[str, tuple[str, ...]],
    most: int = 2,
) -> tuple[Reachable, ...]:
    """Flags that at most so many further answers would raise.

    Parameters
    ----------
    case
        The person so far.
    flags
        From `read_flags`.
    site_parts
        For each generic site its parts.
    most
        How many answers may be missing.

    Returns
    -------
    tuple of Reachable
        In the order of the flags; those that only ages, drugs, sites or durations could
        raise are left out.
    """
    found: list[Reachable] = []
    for read in flags:
        if read.rule is None:
            continue
        verdict = evaluate(read.rule, case, site_parts)
        if verdict.truth is not None or verdict.answers_to_true > most:
            continue
        steps = _steps(read.rule, case, site_parts)
        findings = tuple(dict.fromkeys(leaf for leaf in steps if isinstance(leaf, FindingLeaf)))
        if findings:
            found.append(
                Reachable(
                    flag=read.flag,
                    answers=int(verdict.answers_to_true),
                    findings=findings,
                    started=any(
                        known.holds and isinstance(known.leaf, FindingLeaf)
                        for known in verdict.support
                    ),
                    in_region=_in_region(verdict),
                    anywhere=not any(isinstance(leaf, SiteLeaf) for leaf in leaves_of(read.rule)),
                )
            )
    return tuple(found)


def _in_region(verdict: Verdict) -> bool:
    return any(isinstance(known.leaf, SiteLeaf) for known in verdict.support)


def _steps(rule: Rule, case: Case, parts: Mapping[str, tuple[str, ...]]) -> list[Leaf]:
    """Unrecorded leaves that are worth asking first on a shortest way to the rule's truth.

    Where several parts of a conjunction are open, those of the part with the fewest ways to
    be true: if these are denied, the rest need not be asked.
    """
    match rule:
        case AllOf(of=of):
            found = [_steps(part, case, parts) for part in of if _cost(part, case, parts)]
            return min((steps for steps in found if steps), key=len, default=[])
        case AnyOf(of=of):
            return _cheapest(of, 1, case, parts)
        case AtLeast(count=count, of=of):
            return _cheapest(of, count, case, parts)
        case Not():
            return []  # presence is asked for; an exclusion is no step towards a flag
        case _:
            return [rule] if evaluate(rule, case, parts).truth is None else []


def _cost(rule: Rule, case: Case, parts: Mapping[str, tuple[str, ...]]) -> float:
    return evaluate(rule, case, parts).answers_to_true


def _cheapest(
    of: Iterable[Rule], count: int, case: Case, parts: Mapping[str, tuple[str, ...]]
) -> list[Leaf]:
    costs = [(_cost(part, case, parts), part) for part in of]
    last = sorted(cost for cost, _ in costs)[count - 1]
    return [leaf for cost, part in costs if 0 < cost <= last for leaf in _steps(part, case, parts)]
