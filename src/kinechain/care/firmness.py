"""Whether the diagnosis is firm enough to treat on.

It is when no question or test that is still open would change the plan. Each of the best of
them is played through with both answers; what it would change is said. Until it is answered
only those treatments are started that stand whatever the answer, and those that are safe for
every likely origin.

The answers move the conditions as the assessment says they would; conditions it does not
name stay where they are, so this is a first approximation. The next assessment is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from math import prod

import msgspec

from kinechain.care.facts import PROBABLE, Facts, with_probabilities
from kinechain.care.status import Judgement
from kinechain.domain.assessment import Assessment, Change, Next
from kinechain.domain.plan import Firmness, FirstTest

LEAST_CHANCE = 0.1
"""An answer less likely than this does not hold up a plan (judgement)."""
MOST_BURDEN = 3
"""Blocks and biopsies do not come before conservative care (burden of the finding's file)."""
MOST_TESTS = 3

LARGE = 0.2
"""A change of a treatment's worth by less than this is none (judgement: worth runs from 0 to
about 2)."""

Judge = Callable[[Facts, Collection[str]], Sequence[Judgement]]
"""Judges the treatments that speak of these conditions; of all others it gives nothing."""


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What comes of playing the open questions through.

    Attributes
    ----------
    standing
        Treatments that are offered now and after either answer to every first test.
    """

    firmness: Firmness
    tests: tuple[FirstTest, ...]
    standing: frozenset[str]


def outlook(assessment: Assessment, facts: Facts, judge: Judge) -> Outlook:
    """Find the tests of which an answer would change the plan.

    Parameters
    ----------
    assessment
        With the best next questions.
    facts
        The person.
    judge
        Gives treatments their status, as if the diagnosis were firm.
    """
    now = judge(facts, facts.knowledge.conditions)
    by_id = {one.treatment.id: one for one in now}
    standing = _offered(now)
    if not facts.origins:
        words = "no origin could be computed"
        return Outlook(firmness=Firmness(firm=False, because=words), tests=(), standing=standing)
    tests: list[FirstTest] = []
    for one in assessment.next:
        if len(tests) == MOST_TESTS:
            break
        if one.burden > MOST_BURDEN:
            continue
        present = _judged_after(facts, one.if_present, judge)
        absent = _judged_after(facts, one.if_absent, judge)
        changed_by = (
            _changes(by_id, present) if one.chance >= LEAST_CHANCE else (),
            _changes(by_id, absent) if 1 - one.chance >= LEAST_CHANCE else (),
        )
        if any(changed_by):
            tests.append(_test(one, *changed_by))
            standing -= _withdrawn((*present, *absent))
    return Outlook(firmness=_words(facts, tests), tests=tuple(tests), standing=standing)


def _judged_after(facts: Facts, changes: tuple[Change, ...], judge: Judge) -> Sequence[Judgement]:
    """The treatments that an answer could move, judged as it would leave the person."""
    after = _after(facts, changes)
    old, new = ({one.condition for one in person.origins} for person in (facts, after))
    moved = {one.id.partition(".")[0] for one in changes}
    return judge(after, moved | (old ^ new))


def _withdrawn(judgements: Iterable[Judgement]) -> frozenset[str]:
    return frozenset(one.treatment.id for one in judgements if not one.is_offered)


def _offered(judgements: Iterable[Judgement]) -> frozenset[str]:
    return frozenset(one.treatment.id for one in judgements if one.is_offered)


def _matters(before: Judgement, after: Judgement) -> bool:
    """Whether something the plan rests on comes or goes: recommended, or a procedure."""
    if before.is_offered == after.is_offered or abs(before.worth - after.worth) < LARGE:
        return False
    return before.treatment.step > 1 or "recommended" in (before.status, after.status)


def _changes(now: Mapping[str, Judgement], then: Sequence[Judgement]) -> tuple[str, ...]:
    """What an answer would add to the plan, and take from it."""
    pairs = [(now[one.treatment.id], one) for one in then]
    pairs = [pair for pair in pairs if _matters(*pair)]
    return (
        *(f"adds {after.treatment.label}" for _, after in pairs if after.is_offered),
        *(f"leaves out {before.treatment.label}" for before, _ in pairs if before.is_offered),
    )


def _after(facts: Facts, changes: tuple[Change, ...]) -> Facts:
    """The person once an answer is known: each condition moves with its instances."""
    before: dict[str, list[float]] = {}
    after: dict[str, list[float]] = {}
    for one in changes:
        name = one.id.partition(".")[0]
        before.setdefault(name, []).append(1 - one.before)
        after.setdefault(name, []).append(1 - one.present)
    factors: Mapping[str, float] = {
        name: (1 - prod(after[name])) / max(1 - prod(before[name]), 1e-9) for name in before
    }
    return with_probabilities(facts, factors)


def _test(one: Next, present: tuple[str, ...], absent: tuple[str, ...]) -> FirstTest:
    return FirstTest(
        finding=one.finding,
        id=one.id,
        label=one.label,
        question=one.question,
        burden=one.burden,
        if_present=present,
        if_absent=absent,
    )


def _words(facts: Facts, tests: Sequence[FirstTest]) -> Firmness:
    leader = facts.origins[0]
    if tests:
        return Firmness(
            firm=False,
            because=f"{tests[0].label} is not known, and its answer would change the plan",
        )
    leads = f"{leader.label} leads with {leader.probability:.0%}"
    if leader.probability < PROBABLE:
        leads += ", which opens conservative care and nothing beyond it"
    return Firmness(
        firm=True,
        because=f"no open question or test up to imaging would change the plan; {leads}",
    )
