"""Questions about red flags: what triage lists as neither met nor excluded, in bundles.

Triage could ask dozens of such questions. Here each open flag gets a weight by how urgent it
is, by how many answers are missing, and by how near the condition behind it is to its
threshold for action. Features of the weightiest condition are asked together, a handful at a
time, and one answer settles all that are denied.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from kinechain.domain.case import Case
from kinechain.domain.concepts import Urgency
from kinechain.domain.interview import Item, Question, Stage
from kinechain.explanation.why import in_sentence, why_danger
from kinechain.inference.outlook import Outlook, some_of
from kinechain.knowledge import Knowledge
from kinechain.triage.triage import ReadFlag, read_flags
from kinechain.triage.within_reach import Reachable, within_reach

URGENCY: dict[Urgency, float] = {
    "emergency_now": 4.0, "same_day": 3.0, "within_2_weeks": 1.5, "soon": 0.8,
}  # fmt: skip
SECOND, STARTED, ANYWHERE = 0.2, 0.7, 0.5
"""What a flag weighs for which two answers are missing, the same when a finding speaks for it
already, and one that speaks of no region (judgements, as the weights by urgency)."""

NEAR, FAR, UNKNOWN = 2.0, 0.34, 0.36
"""Bounds of how near a condition is to its threshold; without a threshold `UNKNOWN`. However
far it is, one answer that would raise a flag for now or for the same day is always asked."""

FLOOR = 0.28
"""A feature that weighs less is left to its value of information."""

MOST_ITEMS, FULL = 6, 4
"""How many features are asked together, and from how many on no further group is added."""

MakeItem = Callable[[str, "str | None"], Item]


def danger_question(
    case: Case,
    outlook: Outlook,
    knowledge: Knowledge,
    stage: Stage,
    wanted: Callable[[str, str | None], bool],
    make: MakeItem,
) -> Question | None:
    """The bundle of red-flag features to ask next, or None when none weighs enough.

    Parameters
    ----------
    case
        The person so far.
    outlook
        What is likely now.
    knowledge
        The flags and the words.
    stage
        ``danger`` for what a person can tell, ``examination`` for what is examined.
    wanted
        Whether a feature, by id and level, belongs to this stage and was not asked.
    make
        Makes the item of a feature.
    """
    groups: dict[str, dict[tuple[str, str | None], float]] = {}
    for one in within_reach(case, _flags(_Holder(knowledge)), _parts(knowledge)):
        weight = _weight(one) * _nearness(one.flag.condition, outlook, knowledge)
        if weight < FLOOR:
            continue
        group = groups.setdefault(_about(one, knowledge), {})
        for leaf in one.findings:
            key = (leaf.finding, leaf.level)
            if wanted(*key):
                group[key] = max(group.get(key, 0.0), weight)
    order = sorted(
        (name for name in groups if groups[name]),
        key=lambda name: (-max(groups[name].values()), name),
    )
    if not order:
        return None
    chosen: list[tuple[str, str | None]] = []
    about: list[str] = []
    for name in order:
        fresh = [
            key for key in sorted(groups[name], key=lambda key: -groups[name][key])
            if key not in chosen
        ]  # fmt: skip
        if chosen and (len(chosen) >= FULL or len(chosen) + len(fresh) > MOST_ITEMS):
            continue
        about.append(name)
        chosen += fresh[: MOST_ITEMS - len(chosen)]
    items = tuple(make(*key) for key in chosen)
    named = "+".join(".".join(filter(None, key)) for key in chosen)
    several = len(items) > 1
    told = "Is any of these so?" if stage == "danger" else "On examination, is any of these found?"
    first = next(iter(items))
    return Question(
        key=f"danger:{named}",
        stage=stage,
        expects="any_of" if several else "yes_no",
        text=told if several else first.text,
        why=why_danger(about, knowledge),
        items=items,
    )


def _about(one: Reachable, knowledge: Knowledge) -> str:
    """What is feared: the condition, or the flag's own words where it is not dangerous itself."""
    known = knowledge.conditions.get(one.flag.condition)
    if known is not None and known.danger is None:
        return in_sentence(one.flag.label)
    return one.flag.condition


def _weight(one: Reachable) -> float:
    weight = URGENCY[one.flag.urgency]
    if one.anywhere:
        weight *= ANYWHERE
    elif not one.in_region:
        return 0.0
    if one.answers > 1:
        if one.anywhere and not one.started:
            return 0.0
        weight *= STARTED if one.started else SECOND
    return weight


def _nearness(condition: str, outlook: Outlook, knowledge: Knowledge) -> float:
    """How near a condition is to its threshold for action."""
    known = knowledge.conditions.get(condition)
    places = outlook.families.get(condition)
    if known is None or known.danger is None or not outlook.possible:
        return UNKNOWN
    if places is None:
        return FAR
    chance = float(some_of(outlook.present, places))
    return min(max(chance / known.danger.threshold.value, FAR), NEAR)


class _Holder:
    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def __hash__(self) -> int:
        return hash(self.knowledge.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Holder) and other.knowledge is self.knowledge


@lru_cache(maxsize=4)
def _flags(holder: _Holder) -> tuple[ReadFlag, ...]:
    return read_flags(holder.knowledge.red_flags.values())


def _parts(knowledge: Knowledge) -> dict[str, tuple[str, ...]]:
    return knowledge.generic_sites
