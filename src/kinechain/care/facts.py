"""What care needs to know about a person: the case, the probabilities, what is dangerous.

Everything below asks these facts; nothing below looks at the assessment itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Literal

import msgspec

from kinechain.domain.assessment import Assessment, Flag
from kinechain.domain.care import Phase
from kinechain.domain.case import Case
from kinechain.domain.plan import LikelyOrigin
from kinechain.knowledge import Knowledge
from kinechain.triage.evaluation import Truth, Verdict, evaluate_with
from kinechain.triage.leaves import leaf_truth
from kinechain.triage.parser import parse_rule
from kinechain.triage.rules import ConditionLeaf, FactorLeaf, Leaf
from kinechain.triage.words import still_open

LIKELY = 0.15
"""From this probability of explaining the complaint on a condition is planned for (judgement:
below it, six other answers are as good)."""
SHARE_OF_LEADER = 0.5
"""A condition at least half as probable as the leading one is planned for too, from `RARE` on."""
RARE = 0.08
MOST_ORIGINS = 6
PROBABLE = 0.5
"""From this probability on a rule takes a condition as there, and a diagnosis can be firm."""
ACUTE_WEEKS = 12
"""A pain is acute or subacute below, persistent from here on (the guidelines' usual limit)."""

KNOWN_FROM = 0.02
"""An earlier diagnosis is planned for when it explains at least this much, or is dangerous."""
FAST = ("emergency_now", "same_day")

Standing = Literal["raised", "alert", "not_excluded"]


class Danger(msgspec.Struct, frozen=True, kw_only=True):
    """A dangerous condition that may be there.

    `standing`: ``raised`` by a red flag, ``alert`` by its probability, or only not excluded.
    """

    condition: str
    label: str
    standing: Standing
    probability: float


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A danger that is settled before what is not safe in any case begins.

    `everything`: all such treatments wait, otherwise only hands, needles and operations.
    """

    condition: str
    label: str
    everything: bool


class Facts(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A person as care sees them.

    Attributes
    ----------
    explains, present
        Probability of each condition, over its levels and sides.
    """

    case: Case
    knowledge: Knowledge
    explains: Mapping[str, float]
    present: Mapping[str, float]
    origins: tuple[LikelyOrigin, ...]
    dangers: Mapping[str, Danger]
    urgent: tuple[Flag, ...]

    @cached_property
    def phase(self) -> Phase:
        """``acute`` or ``persistent`` by the longest pain that is complained of, or ``any``."""
        lengths = [
            pain.duration_weeks
            for pain in self.case.pain
            if pain.duration_weeks is not None and pain.course != "longstanding"
        ] or [pain.duration_weeks for pain in self.case.pain if pain.duration_weeks is not None]
        if not lengths:
            return "persistent" if self.case.complaint == "longstanding" else "any"
        return "acute" if max(lengths) < ACUTE_WEEKS else "persistent"

    @cached_property
    def holds(self) -> tuple[Hold, ...]:
        """What must be settled first: flags, alerts, and dangers that are known or probable.

        Everything waits where the danger is for now or for today, or is there more likely than
        not; a suspicion that may wait for days holds up hands, needles and operations only.
        """
        found: dict[str, Hold] = {}
        for flag in self.urgent:
            found.setdefault(
                flag.condition or flag.id,
                Hold(condition=flag.condition, label=flag.label, everything=flag.urgency in FAST),
            )
        for name, condition in self.knowledge.conditions.items():
            if condition.danger is not None and self.is_there(name):
                label = self.labels[name]
                found[name] = Hold(condition=name, label=label, everything=True)
        return tuple(sorted(found.values(), key=lambda one: not one.everything))

    def is_there(self, condition: str) -> bool:
        """Whether a condition is diagnosed, or more likely there than not.

        Parameters
        ----------
        condition
            Its id.
        """
        probable = self.present.get(condition, 0.0) >= PROBABLE
        return condition in self.case.known_conditions or probable

    @property
    def labels(self) -> Mapping[str, str]:
        """Words for everything that a rule of care may name."""
        return self.knowledge.words

    @cached_property
    def _factors(self) -> dict[str, Truth]:
        return {}

    def verdict(self, rule: dict[str, Any]) -> Verdict:
        """Evaluate a rule of care.

        Parameters
        ----------
        rule
            As it stands in a file of the knowledge.
        """
        return evaluate_with(parse_rule(rule, care=True), self._judge)

    def open_words(self, verdict: Verdict) -> tuple[str, ...]:
        """What a rule still lacks, in words."""
        missing = (*verdict.unknown, *(known.leaf for known in verdict.against if not known.holds))
        return still_open(missing, self.labels)

    def has_factor(self, factor: str) -> Truth:
        """Whether a health factor is there, by what is recorded or by its own rule.

        Parameters
        ----------
        factor
            Its id; one that is not in the knowledge is unknown.
        """
        if factor not in self._factors:
            self._factors[factor] = None  # a rule that names itself through others stays open
            self._factors[factor] = self._decide(factor)
        return self._factors[factor]

    def _decide(self, factor: str) -> Truth:
        case = self.case
        if factor in case.factors:
            return True
        known = self.knowledge.health_factors.get(factor)
        ruled = self.verdict(known.rule).truth if known is not None and known.rule else None
        if ruled:
            return True
        return False if factor in case.factors_absent else ruled

    def _judge(self, leaf: Leaf) -> Truth:
        match leaf:
            case FactorLeaf(factor=factor):
                return self.has_factor(factor)
            case ConditionLeaf(condition=name):
                return True if self.is_there(name) else None
            case _:
                return leaf_truth(leaf, self.case, self.knowledge.generic_sites)


def gather(case: Case, assessment: Assessment, knowledge: Knowledge) -> Facts:
    """Take from an assessment what care needs.

    Parameters
    ----------
    case, assessment
        The person, and what was found.
    knowledge
        The knowledge that the assessment was made with.
    """
    explains = {one.condition: one.explains for one in assessment.conditions}
    present = {one.condition: one.present for one in assessment.conditions}
    return Facts(
        case=case,
        knowledge=knowledge,
        explains=explains,
        present=present,
        origins=_origins(case, assessment, knowledge),
        dangers=_dangers(assessment, present, knowledge),
        urgent=tuple(one for one in assessment.red_flags if one.status == "raised"),
    )


def with_probabilities(facts: Facts, factors: Mapping[str, float]) -> Facts:
    """The same person with the probabilities of some conditions multiplied.

    Parameters
    ----------
    facts
        The person.
    factors
        What each condition's probability is multiplied with; it stays within 0 and 1.
    """

    def scaled(old: Mapping[str, float]) -> dict[str, float]:
        return {name: min(1.0, value * factors.get(name, 1.0)) for name, value in old.items()}

    explains = scaled(facts.explains)
    by_name = {one.condition: one for one in facts.origins}
    known = (one.condition for one in facts.origins if one.standing == "known")
    chosen = tuple(dict.fromkeys((*planned_for(explains), *known)))
    labels = facts.knowledge.conditions
    origins = tuple(
        LikelyOrigin(
            condition=name,
            label=by_name[name].label if name in by_name else labels[name].label,
            probability=explains[name],
            low=0.0,
            high=1.0,
            standing="leading" if place == 0 else "likely",
        )
        for place, name in enumerate(chosen)
    )
    return msgspec.structs.replace(
        facts, explains=explains, present=scaled(facts.present), origins=origins
    )


def in_question(facts: Facts, assessment: Assessment) -> frozenset[str]:
    """Conditions that this plan, or one after a further answer, could be made for.

    Parameters
    ----------
    facts, assessment
        The person, and what was found.
    """
    moved = (
        change.id.partition(".")[0]
        for one in assessment.next
        for change in (*one.if_present, *one.if_absent)
    )
    probable = (name for name, value in facts.explains.items() if value >= RARE / 2)
    origins = (one.condition for one in facts.origins)
    held = (one.condition for one in facts.holds)
    return frozenset((*origins, *facts.dangers, *held, *moved, *probable))


def planned_for(explains: Mapping[str, float]) -> tuple[str, ...]:
    """The conditions that a plan is made for, the most probable first.

    Parameters
    ----------
    explains
        Probability that each explains the complaint.

    Examples
    --------
    >>> planned_for({"a": 0.4, "b": 0.16, "c": 0.1, "d": 0.01})
    ('a', 'b')
    """
    order = sorted(explains, key=lambda name: (-explains[name], name))
    if not order or explains[order[0]] <= 0:
        return ()
    leader = explains[order[0]]
    least = min(LIKELY, max(RARE, SHARE_OF_LEADER * leader))
    chosen = [name for name in order if explains[name] >= least]
    return tuple((chosen or order[:1])[:MOST_ORIGINS])


def _origins(case: Case, assessment: Assessment, knowledge: Knowledge) -> tuple[LikelyOrigin, ...]:
    by_name = {one.condition: one for one in assessment.conditions}
    chosen = planned_for({name: one.explains for name, one in by_name.items()})
    known = (
        name
        for name in sorted(case.known_conditions)
        if name in by_name
        and (by_name[name].explains >= KNOWN_FROM or knowledge.conditions[name].danger)
    )
    chosen = tuple(dict.fromkeys((*chosen, *known)))
    return tuple(
        LikelyOrigin(
            condition=name,
            label=by_name[name].label,
            probability=by_name[name].explains,
            low=by_name[name].low,
            high=by_name[name].high,
            standing=_standing(place, name, case),
        )
        for place, name in enumerate(chosen)
    )


def _standing(place: int, name: str, case: Case) -> Literal["leading", "likely", "known"]:
    if name in case.known_conditions:
        return "known"
    return "leading" if place == 0 else "likely"


def _dangers(
    assessment: Assessment, present: Mapping[str, float], knowledge: Knowledge
) -> dict[str, Danger]:
    """Each dangerous condition with its most serious standing."""
    found: dict[str, Danger] = {}

    def note(condition: str, standing: Standing) -> None:
        concept = knowledge.conditions.get(condition)
        if concept is not None and condition not in found:
            found[condition] = Danger(
                condition=condition,
                label=knowledge.words[condition],
                standing=standing,
                probability=present.get(condition, 0.0),
            )

    raised: Iterable[Flag] = (one for one in assessment.red_flags if one.status == "raised")
    for flag in sorted(raised, key=lambda one: one.basis != "rule"):
        note(flag.condition, "raised" if flag.basis == "rule" else "alert")
    for entry in assessment.not_excluded:
        note(entry.condition, "not_excluded")
    return found
