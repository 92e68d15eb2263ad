"""How well the program does on published cases: `kinechain benchmark cases`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial

import msgspec

from kinechain.domain.assessment import Assessment, Flag
from kinechain.domain.case import Case, Issue
from kinechain.domain.concepts import Condition, Prior
from kinechain.domain.estimate import Estimate
from kinechain.inference.elimination import TableTooLarge
from kinechain.inference.posterior import posterior
from kinechain.intake import parse_case
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.knowledge.knowledge import assemble
from kinechain.knowledge.read import FOLDERS
from kinechain.service.assess import assess
from kinechain.service.case_comparison import Compared, against_naive
from kinechain.service.case_scores import (
    BRIER,
    Scored,
    Summary,
    brier,
    rank_of,
    summaries,
)
from kinechain.service.naive_bayes import naive_bayes
from kinechain.service.parallel import each
from kinechain.service.published import Expected, PublishedCase

ALARMS = ("emergency_now", "same_day")
EQUAL_PRIOR = 0.01
QUESTIONS_SHOWN = 5
IN_TIME = 3
"""Among how many questions one that reveals the true condition must be."""

UNEXPLAINED = 0.5
"""From which share on a pain counts as not explained by anything in the knowledge."""

SURPRISE = "nothing here explains"
"""What an Issue says when the findings are improbable under all that is known."""

Progress = Callable[[int, int], None]
"""Called with how many cases are done, of how many."""


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """What the result left open, where an alarm would have been right and none was raised.

    Attributes
    ----------
    not_excluded
        Whether the true condition stands in the list of what is not excluded.
    ask
        What that list, or a red flag about the true condition, says to ask.
    flags
        Alarms that one more answer may raise.
    next
        The most useful questions.
    """

    not_excluded: bool
    ask: tuple[str, ...]
    flags: tuple[str, ...]
    next: tuple[str, ...]


class Outcome(Scored, frozen=True, kw_only=True):
    """What the program said about one case.

    Attributes
    ----------
    revealing
        What would have revealed the true condition, as the case says.
    unexplained_share
        The largest share of a painful site that nothing explains.
    """

    name: str
    condition: str
    found: str
    probability: float
    leading: str
    leading_probability: float
    alarms: tuple[str, ...]
    open: Open | None
    revealing: tuple[str, ...] = ()
    unexplained_share: float = 0.0
    issues: tuple[Issue, ...]


class Benchmark(msgspec.Struct, frozen=True, kw_only=True):
    """The whole result.

    Attributes
    ----------
    equal_prior
        The prior that every condition had for the ranks with equal priors.
    brier_definition
        What the Brier score is, in words.
    against_naive
        The network beside naive Bayes, case by case.
    """

    knowledge_version: str
    equal_prior: float
    brier_definition: str
    summaries: tuple[Summary, ...]
    against_naive: tuple[Compared, ...]
    cases: tuple[Outcome, ...]


def run_cases(
    cases: Sequence[PublishedCase],
    *,
    jobs: int = 1,
    equal_prior: float = EQUAL_PRIOR,
    progress: Progress = lambda done, of: None,
) -> Benchmark:
    """Assess every case with the shipped knowledge and score the results.

    Parameters
    ----------
    cases
        The published cases.
    jobs
        In how many processes; the result does not depend on it.
    equal_prior
        Prior of every condition, per person, for the ranks with equal priors.
    progress
        Told how far it is.
    """
    knowledge = load_knowledge()
    found: dict[str, Outcome] = {}
    work = partial(outcome_of, equal_prior=equal_prior)
    for done, (case, outcome) in enumerate(each(work, cases, jobs), start=1):
        found[case.path] = outcome
        progress(done, len(cases))
    outcomes = tuple(found[case.path] for case in cases)
    return Benchmark(
        knowledge_version=knowledge.version,
        equal_prior=equal_prior,
        brier_definition=BRIER,
        summaries=summaries(outcomes),
        against_naive=against_naive(outcomes),
        cases=outcomes,
    )


def outcome_of(published: PublishedCase, equal_prior: float = EQUAL_PRIOR) -> Outcome:
    """Assess one case and compare the result with the published diagnosis.

    Parameters
    ----------
    published
        The case.
    equal_prior
        As in `run_cases`.
    """
    knowledge = load_knowledge()
    reading = parse_case(published.text, knowledge, published.path)
    result = assess(reading, knowledge)
    expect = published.expect
    explains = {one.condition: one.explains for one in result.conditions}
    best = max(expect.right, key=lambda name: explains.get(name, 0.0))
    leading = result.conditions[0] if result.conditions else None
    alarms = tuple(flag.id for flag in result.red_flags if is_alarm(flag))
    missed = expect.alarm and not alarms
    next_ = [step.finding for step in result.next[:IN_TIME]]
    by_flags = asked_by_flags(result)[:IN_TIME]
    unexplained = max((site.unexplained for site in result.sites), default=0.0)
    return Outcome(
        id=published.id,
        name=published.name,
        kind=published.kind,
        condition=expect.condition,
        found=best,
        rank=rank_of(list(explains), expect.right),
        rank_equal=_rank_with_equal_priors(reading.case, expect.right, equal_prior),
        rank_naive=_rank_by_naive_bayes(knowledge, reading.case, expect.right),
        probability=explains.get(best, 0.0),
        brier=brier(explains, expect.right, expect.second),
        leading=leading.condition if leading else "",
        leading_probability=leading.explains if leading else 0.0,
        alarm_expected=expect.alarm,
        alarm_raised=bool(alarms),
        alarms=alarms,
        outside=expect.outside,
        not_excluded=any(one.condition in expect.right for one in result.not_excluded),
        asked_next=not set(next_).isdisjoint(expect.revealing),
        asked_by_flags=not set(by_flags).isdisjoint(expect.revealing),
        asked_about=not _own_questions(expect, knowledge).isdisjoint((*next_, *by_flags)),
        unexplained=unexplained >= UNEXPLAINED or _is_surprised(result),
        revealing=expect.revealing,
        unexplained_share=unexplained,
        open=_open(result, expect.right, knowledge) if missed else None,
        issues=tuple(issue for issue in result.issues if issue.level == "error"),
    )


def is_alarm(flag: Flag) -> bool:
    """Whether a flag is raised, by rule or by probability, and cannot wait until tomorrow.

    Parameters
    ----------
    flag
        A red flag of a result.
    """
    return flag.status == "raised" and flag.urgency in ALARMS


def asked_by_flags(result: Assessment) -> list[str]:
    """What the open red flags ask, the most urgent first, each thing once.

    Parameters
    ----------
    result
        An assessment.
    """
    asked = [name for flag in result.red_flags if flag.status == "to_ask" for name in flag.ask]
    return list(dict.fromkeys(asked))


def _own_questions(expect: Expected, knowledge: Knowledge) -> frozenset[str]:
    """What the knowledge says to ask about the true condition, if that is dangerous."""
    known = [knowledge.conditions[name] for name in expect.right if name in knowledge.conditions]
    return frozenset(name for one in known if one.danger for name in one.danger.ask)


def _is_surprised(result: Assessment) -> bool:
    return any(SURPRISE in issue.message.lower() for issue in result.issues)


def equal_priors(knowledge: Knowledge, probability: float = EQUAL_PRIOR) -> Knowledge:
    """A copy of the knowledge in which every condition is equally common.

    The prior no longer depends on age, sex, setting or risk factors; it is divided over levels
    and sides as before.

    Parameters
    ----------
    knowledge
        The knowledge to copy.
    probability
        Of each condition, per person, over all its levels and sides.
    """
    things = {folder: dict(getattr(knowledge, folder)) for folder in FOLDERS}
    things["conditions"] = {
        name: _with_prior(condition, probability)
        for name, condition in knowledge.conditions.items()
    }
    things["settings"] = {
        name: msgspec.structs.replace(setting, odds=())
        for name, setting in knowledge.settings.items()
    }
    return assemble(things, f"{knowledge.version}, equal priors {probability:g}")


def _with_prior(condition: Condition, probability: float) -> Condition:
    estimate = Estimate(value=probability, low=probability / 2, high=min(2 * probability, 1.0),
                        basis="judgement", reason="equal for all conditions")  # fmt: skip
    prior = Prior(base=estimate, level_share=condition.prior.level_share,
                  other_side=condition.prior.other_side)  # fmt: skip
    return msgspec.structs.replace(condition, prior=prior)


@lru_cache(maxsize=2)
def _equal(probability: float) -> Knowledge:
    return equal_priors(load_knowledge(), probability)


def _rank_with_equal_priors(case: Case, right: Sequence[str], probability: float) -> int | None:
    result = posterior(_equal(probability), case)
    explains, present = result.template_explains, result.template_present
    order = sorted(explains, key=lambda name: (-explains[name], -present[name], name))
    return rank_of(order, right)


def _rank_by_naive_bayes(knowledge: Knowledge, case: Case, right: Sequence[str]) -> int | None:
    try:
        return rank_of(naive_bayes(knowledge, case).order, right)
    except TableTooLarge:  # counts as not found
        return None


def _open(result: Assessment, right: Sequence[str], knowledge: Knowledge) -> Open:
    listed = [one for one in result.not_excluded if one.condition in right]
    flags = [
        flag for flag in result.red_flags
        if flag.status == "to_ask" and flag.urgency in ALARMS
    ]  # fmt: skip
    about = [flag for flag in flags if flag.condition in right]
    ask = [name for one in (*listed, *about) for name in one.ask]
    return Open(
        not_excluded=bool(listed),
        ask=tuple(knowledge.label(name) for name in dict.fromkeys(ask)),
        flags=tuple(flag.label for flag in [*about, *(one for one in flags if one not in about)]),
        next=tuple(step.label for step in result.next[:QUESTIONS_SHOWN]),
    )
