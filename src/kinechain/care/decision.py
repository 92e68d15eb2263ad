"""What follows from the course: stay, step up, step down, or jump."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

import msgspec

from kinechain.care.facts import Facts
from kinechain.care.tried import active_care
from kinechain.domain.assessment import Flag
from kinechain.domain.case import Observation
from kinechain.domain.follow_up import Decision, Outcome, Response, Series
from kinechain.domain.plan import Plan
from kinechain.knowledge import Knowledge

URGENT = ("emergency_now", "same_day")


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What to do next, why, and with what."""

    decision: Decision
    because: tuple[str, ...]
    next_step: tuple[str, ...]


def decide(outcome: Outcome, series: Sequence[Series], facts: Facts, plan: Plan) -> Decided:
    """Turn the course into what to do next; red flags come before everything.

    Parameters
    ----------
    outcome, series
        What the scores say.
    facts
        The person, with the red flags that are raised.
    plan
        Drafted on the case as it is now: its gates know the trials.
    """
    urgent = [one for one in facts.urgent if one.urgency in URGENT and one.basis == "rule"]
    if urgent:
        labels = tuple(f"red flag: {one.label}" for one in urgent)
        return Decided(decision="jump", because=labels, next_step=_actions(urgent))
    leading = facts.origins[0].condition if facts.origins else None
    trial = active_care(facts, leading)
    offered = _offered_above(plan)
    match outcome:
        case "worse":
            words = "it got worse by at least the important change: look for the reason now"
            tests = tuple(f"first: {one.label}" for one in plan.first_tests)
            return Decided(
                decision="jump",
                because=(words, *_told(series, "worse")),
                next_step=(*tests, *offered) or ("assess again, with examination",),
            )
        case "lasting_relief":
            words = "relief at six weeks and again at twelve"
            return Decided(
                decision="step_down",
                because=(words, *_told(series, "lasting_relief")),
                next_step=_preventive(plan),
            )
        case "relapse" | "unchanged":
            return _no_relief(outcome, series, trial.failed, trial.missing, offered)
        case "responding":
            return Decided(
                decision="stay",
                because=(
                    "it is getting better; relief is not yet lasting",
                    *_told(series, outcome),
                ),
                next_step=("go on with what helps, and measure again",),
            )
        case "unknown":
            return Decided(
                decision="measure",
                because=("fewer than two dated scores of one instrument",),
                next_step=("record a score now and at six weeks",),
            )


def responses(
    observations: Iterable[Observation], origins: Collection[str], knowledge: Knowledge
) -> tuple[Response, ...]:
    """The responses to treatment among the observations, with what they weigh.

    Parameters
    ----------
    observations
        Of a case.
    origins
        The likely origins: of these the one that a response says most about is named.
    knowledge
        The findings with their rates by chance.
    """
    found: list[Response] = []
    for one in observations:
        finding = knowledge.findings.get(one.finding)
        if finding is None or finding.kind != "response" or one.likelihood_ratio is not None:
            continue
        chance = finding.leak.value
        best, ratio = _strongest(one, chance, origins, knowledge)
        found.append(
            Response(
                finding=one.finding,
                label=finding.label,
                state=one.state,
                side=one.side if one.side not in ("midline", "unknown") else None,
                because=one.derived_from or "recorded",
                by_chance=chance,
                likelihood_ratio=ratio,
                speaks_of=best,
            )
        )
    return tuple(found)


def _strongest(
    one: Observation, chance: float, origins: Collection[str], knowledge: Knowledge
) -> tuple[str | None, float | None]:
    """The condition that a response says most about, against natural course and placebo."""
    ratios: list[tuple[float, str]] = []
    for condition in (knowledge.conditions[name] for name in origins):
        for effect in condition.effects:
            if effect.to != one.finding:
                continue
            value = effect.estimate.value
            rate = value if effect.sensitivity is not None else 1 - (1 - chance) * (1 - value)
            rate = max(rate, chance)
            ratio = rate / chance if one.state == "present" else (1 - rate) / (1 - chance)
            ratios.append((ratio, condition.id))
    if not ratios:
        return None, None
    ratio, name = max(ratios, key=lambda pair: abs(math.log(pair[0])))
    return name, ratio


def _no_relief(
    outcome: Outcome,
    series: Sequence[Series],
    failed: bool,
    missing: Sequence[str],
    offered: tuple[str, ...],
) -> Decided:
    told = _told(series, outcome)
    if failed:
        words = "an adequate trial of active care brought no lasting relief"
        steps = offered or ("no later step has its gate open; see the plan for what is missing",)
        return Decided(decision="step_up", because=(words, *told), next_step=steps)
    words = "active care has not had its chance yet"
    return Decided(
        decision="stay",
        because=(words, *told),
        next_step=tuple(f"needed first: {one}" for one in missing),
    )


def _told(series: Sequence[Series], outcome: Outcome) -> tuple[str, ...]:
    """The scores that say so, with their thresholds."""
    found: list[str] = []
    for one in series:
        if one.outcome == outcome and one.visits:
            first, now = one.visits[0], one.visits[-1]
            found.append(
                f"{one.label}: {first.value:g} at the start, {now.value:g} after "
                f"{now.weeks:.0f} weeks ({now.percent:+.0f} %; {one.thresholds[0].words})"
            )
    return tuple(found)


def _actions(flags: Sequence[Flag]) -> tuple[str, ...]:
    return tuple(f"{one.urgency.replace('_', ' ')}: {one.action}" for one in flags)


def _offered_above(plan: Plan) -> tuple[str, ...]:
    return tuple(
        f"step {one.step}: {one.label} ({one.status})"
        for one in plan.treatments
        if one.step > 1 and one.status in ("recommended", "option")
    )


def _preventive(plan: Plan) -> tuple[str, ...]:
    chosen = [
        one.label
        for one in plan.treatments
        if one.part in ("preventive", "recovery") and one.status in ("recommended", "option")
    ]
    return tuple(f"keep: {one}" for one in chosen[:5]) or ("fewer visits; keep active",)
