"""Three-valued evaluation of a rule over a case, with the evidence that decided it.

Every leaf is true, false or not recorded (``None``), and the connectives follow Kleene: a
conjunction with a false part is false whatever is not yet known, and so on. Besides the
truth, the evaluation keeps the leaves that speak for and against it, the leaves that are
still open, and how many further answers would at least be needed to make the rule true.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

import msgspec

from kinechain.domain.case import Case
from kinechain.triage.leaves import leaf_truth
from kinechain.triage.rules import AllOf, AnyOf, AtLeast, Leaf, Not, Rule

Truth = bool | None
Judge: TypeAlias = Callable[[Leaf], Truth]
"""Whether a leaf is true, false or not recorded."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A leaf whose answer is recorded."""

    leaf: Leaf
    holds: bool


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a case says about a rule.

    Attributes
    ----------
    truth
        ``None`` when what is recorded does not decide it.
    support, against
        The recorded leaves that make the rule true (or speak for it while it is open), and
        those that make it false (or speak against it).
    unknown
        The unrecorded leaves that could still decide it; empty when it is decided.
    answers_to_true, answers_to_false
        The least number of further answers that would decide it this way; infinite when it
        is decided the other way.
    """

    truth: Truth
    support: tuple[Known, ...]
    against: tuple[Known, ...]
    unknown: tuple[Leaf, ...]
    answers_to_true: float
    answers_to_false: float


def evaluate(rule: Rule, case: Case, site_parts: Mapping[str, tuple[str, ...]]) -> Verdict:
    """Evaluate a rule over whatever part of a case is recorded.

    Parameters
    ----------
    rule
        From `parse_rule`.
    case
        The person.
    site_parts
        For each generic site its parts.

    Examples
    --------
    >>> from kinechain.triage.parser import parse_rule
    >>> rule = parse_rule({"all": [{"age": {"at_least": 65}}, {"finding": "fall_or_trauma"}]})
    >>> verdict = evaluate(rule, Case(id="x", age_years=70), {})
    >>> verdict.truth, verdict.answers_to_true
    (None, 1)
    """
    return evaluate_with(rule, partial(leaf_truth, case=case, site_parts=site_parts))


def evaluate_with(rule: Rule, judge: Judge) -> Verdict:
    """Evaluate a rule of which the leaves are judged by a given function.

    Parameters
    ----------
    rule
        From `parse_rule`.
    judge
        Answers every leaf of the rule.
    """
    match rule:
        case AllOf(of=parts):
            return _combine(_each(parts, judge), len(parts))
        case AnyOf(of=parts):
            return _combine(_each(parts, judge), 1)
        case AtLeast(count=count, of=parts):
            return _combine(_each(parts, judge), count)
        case Not(rule=part):
            return _negate(evaluate_with(part, judge))
        case _:
            return _leaf(rule, judge(rule))


def _each(parts: tuple[Rule, ...], judge: Judge) -> tuple[Verdict, ...]:
    return tuple(evaluate_with(part, judge) for part in parts)


def _leaf(leaf: Leaf, truth: Truth) -> Verdict:
    if truth is None:
        return Verdict(
            truth=None,
            support=(),
            against=(),
            unknown=(leaf,),
            answers_to_true=1,
            answers_to_false=1,
        )
    known = (Known(leaf=leaf, holds=truth),)
    return Verdict(
        truth=truth,
        support=known if truth else (),
        against=() if truth else known,
        unknown=(),
        answers_to_true=0 if truth else math.inf,
        answers_to_false=math.inf if truth else 0,
    )


def _negate(verdict: Verdict) -> Verdict:
    return Verdict(
        truth=None if verdict.truth is None else not verdict.truth,
        support=verdict.against,
        against=verdict.support,
        unknown=verdict.unknown,
        answers_to_true=verdict.answers_to_false,
        answers_to_false=verdict.answers_to_true,
    )


def _combine(parts: tuple[Verdict, ...], count: int) -> Verdict:
    """At least `count` of the parts; all and any are its two ends."""
    needed_for_false = len(parts) - count + 1
    truth: Truth = None
    if sum(part.truth is True for part in parts) >= count:
        truth = True
    elif sum(part.truth is False for part in parts) >= needed_for_false:
        truth = False
    # A decided rule rests on the parts that decided it; an open one on all that point somewhere.
    bearing = parts if truth is None else tuple(part for part in parts if part.truth is truth)
    return Verdict(
        truth=truth,
        support=()
        if truth is False
        else tuple(known for part in bearing if part.truth is not False for known in part.support),
        against=()
        if truth is True
        else tuple(known for part in bearing if part.truth is not True for known in part.against),
        unknown=() if truth is not None else tuple(leaf for part in parts for leaf in part.unknown),
        answers_to_true=sum(sorted(part.answers_to_true for part in parts)[:count]),
        answers_to_false=sum(sorted(part.answers_to_false for part in parts)[:needed_for_false]),
    )
