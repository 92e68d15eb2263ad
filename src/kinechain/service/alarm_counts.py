"""What the alarms of ordinary patients come to: shares with intervals, and counts by flag."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import msgspec

from kinechain.domain.concepts import Urgency
from kinechain.knowledge import Knowledge
from kinechain.service.alarm_patients import ANSWERED, COMPLAINTS, SETTING
from kinechain.service.bench_results import Row, row
from kinechain.service.case_scores import Share, wilson
from kinechain.triage.triage import URGENCIES

URGENT = ("emergency_now", "same_day")
MEANING = (
    "Dangerous: a condition is present for which the knowledge has a threshold of action. Right: "
    "the share of the alarmed patients who have one. Found: the share of those with one who are "
    "alarmed. All intervals are Wilson's of 95 %."
)
COMPARED = (
    "Plain list: any one question of a published list of red flags (pringle2006radiography, table "
    "1, without its examinations) answered with yes. In 1172 people with fresh back pain in "
    "primary care 80.4 % had at least one of 25 such flags and 0.9 % a serious disease "
    "(henschke2009serious)."
)
LIMITS = (
    f"Recorded are {ANSWERED:.0%} of the history, the exposures and the examination of the painful "
    "region, at random; no tests. The patients come from the network itself: how often a healthy "
    "person has a sign is a figure of the knowledge, mostly judged."
)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A way of raising alarms: whom it alarms, how often rightly, and whom it finds."""

    name: str
    alarmed: Share
    right: Share
    found: Share


class FlagCount(msgspec.Struct, frozen=True, kw_only=True):
    """One red flag: in how many patients it is raised, and in how many left to ask.

    Attributes
    ----------
    own, dangerous
        In how many of the patients in whom it is raised its own condition, or any dangerous one,
        is present; the first is None when the network does not have the condition.
    """

    id: str
    urgency: Urgency
    condition: str
    raised: Share
    to_ask: int
    own: int | None
    dangerous: int


class DangerCount(msgspec.Struct, frozen=True, kw_only=True):
    """One dangerous condition: how many have it, and in how many of them a flag is raised."""

    condition: str
    patients: int
    raised: int


class AlarmBenchmark(msgspec.Struct, frozen=True, kw_only=True):
    """The whole result.

    Attributes
    ----------
    adults
        How many adults had to be drawn for so many patients.
    complaints
        How many came for what.
    dangerous
        Patients with a dangerous condition.
    policies
        Triage by urgency, triage as a whole, the plain list, both for back pain alone, and the
        alerts of probability with triage on the patients in whom they were computed.
    to_ask
        Patients in whom a flag is left to ask.
    dangers
        Dangerous conditions that anybody has, the commonest first.
    flags
        The most often raised first.
    """

    knowledge_version: str
    patients: int
    adults: int
    seed: int
    setting: str
    definitions: tuple[str, ...]
    complaints: dict[str, int]
    dangerous: Share
    policies: tuple[Policy, ...]
    to_ask: Share
    dangers: tuple[DangerCount, ...]
    flags: tuple[FlagCount, ...]


@dataclass(frozen=True)
class Seen:
    """What came out in one patient.

    Attributes
    ----------
    present, dangers
        Conditions that are present, and the dangerous ones of them.
    raised, asked
        Red flags that are raised, and left to ask.
    listed
        Whether the plain list alarms.
    alerted
        Whether a probability alarms; None where it was not computed.
    """

    complaint: str
    present: frozenset[str]
    dangers: frozenset[str]
    raised: frozenset[str]
    asked: frozenset[str]
    listed: bool
    alerted: bool | None


def result_of(
    knowledge: Knowledge, people: Sequence[Seen], adults: int, seed: int
) -> AlarmBenchmark:
    """Count what came out.

    Parameters
    ----------
    knowledge
        Its flags.
    people
        From `seen`.
    adults, seed
        Passed on.
    """
    return AlarmBenchmark(
        knowledge_version=knowledge.version,
        patients=len(people),
        adults=adults,
        seed=seed,
        setting=SETTING,
        definitions=(MEANING, COMPARED, LIMITS),
        complaints={name: sum(one.complaint == name for one in people) for name in COMPLAINTS},
        dangerous=wilson(sum(bool(one.dangers) for one in people), len(people)),
        policies=_policies(knowledge, people),
        to_ask=wilson(sum(bool(one.asked) for one in people), len(people)),
        dangers=_dangers(people),
        flags=_flags(knowledge, people),
    )


def _policies(knowledge: Knowledge, people: Sequence[Seen]) -> tuple[Policy, ...]:
    by_urgency = {
        urgency: {flag.id for flag in knowledge.red_flags.values() if flag.urgency == urgency}
        for urgency in URGENCIES
    }
    urgent = {name for urgency in URGENT for name in by_urgency[urgency]}
    backs = [one for one in people if one.complaint == "low back"]
    computed = [one for one in people if one.alerted is not None]
    found = [
        *(_policy(f"triage, {urgency}", people, _raises(names))
          for urgency, names in by_urgency.items()),
        _policy("triage, today (the first two)", people, _raises(urgent)),
        _policy("triage, any flag", people, lambda one: bool(one.raised)),
        _policy("plain list", people, lambda one: one.listed),
        _policy("triage, today, back pain", backs, _raises(urgent)),
        _policy("triage, any flag, back pain", backs, lambda one: bool(one.raised)),
        _policy("plain list, back pain", backs, lambda one: one.listed),
    ]  # fmt: skip
    if computed:
        found += [
            _policy("alerts by probability", computed, lambda one: bool(one.alerted)),
            _policy("alerts or any flag", computed,
                    lambda one: bool(one.alerted or one.raised)),
        ]  # fmt: skip
    return tuple(found)


def _raises(names: Collection[str]) -> Callable[[Seen], bool]:
    return lambda one: not one.raised.isdisjoint(names)


def _policy(name: str, people: Sequence[Seen], alarms: Callable[[Seen], bool]) -> Policy:
    alarmed = [one for one in people if alarms(one)]
    dangerous = sum(bool(one.dangers) for one in people)
    right = sum(bool(one.dangers) for one in alarmed)
    return Policy(name=name, alarmed=wilson(len(alarmed), len(people)),
                  right=wilson(right, len(alarmed)), found=wilson(right, dangerous))  # fmt: skip


def _dangers(people: Sequence[Seen]) -> tuple[DangerCount, ...]:
    names = {name for one in people for name in one.dangers}
    found: list[DangerCount] = []
    for name in names:
        having = [one for one in people if name in one.dangers]
        raised = sum(bool(one.raised) for one in having)
        found.append(DangerCount(condition=name, patients=len(having), raised=raised))
    return tuple(sorted(found, key=lambda one: (-one.patients, one.condition)))


def _flags(knowledge: Knowledge, people: Sequence[Seen]) -> tuple[FlagCount, ...]:
    found: list[FlagCount] = []
    for flag in knowledge.red_flags.values():
        raised = [one for one in people if flag.id in one.raised]
        known = flag.condition in knowledge.conditions
        found.append(
            FlagCount(
                id=flag.id,
                urgency=flag.urgency,
                condition=flag.condition,
                raised=wilson(len(raised), len(people)),
                to_ask=sum(flag.id in one.asked for one in people),
                own=sum(flag.condition in one.present for one in raised) if known else None,
                dangerous=sum(bool(one.dangers) for one in raised),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.raised.count, one.id)))


def result_rows(result: AlarmBenchmark) -> list[Row]:
    """The result as rows for the file of results.

    Parameters
    ----------
    result
        From `run_alarms`.
    """
    rows = [row("patients with a dangerous condition", _thousand(result.dangerous), "of 1000")]
    for one in result.policies:
        rows += [
            row(f"{one.name}: patients alarmed", _thousand(one.alarmed), "of 1000"),
            row(f"{one.name}: of the alarmed, dangerous", _percent(one.right), "%"),
            row(f"{one.name}: of the dangerous, alarmed", _percent(one.found), "%"),
        ]
    rows.append(row("patients with a flag left to ask", _thousand(result.to_ask), "of 1000"))
    rows += [
        row(f"flag {one.id}: patients in whom it is raised", _thousand(one.raised), "of 1000")
        for one in result.flags
    ]
    return rows


def _thousand(share: Share) -> float:
    return 1000 * share.value


def _percent(share: Share) -> float | None:
    return 100 * share.value if share.of else None
