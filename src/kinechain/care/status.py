"""Judges every treatment of the knowledge for one person.

The order of the rules, of which the first that applies decides:

1. Something known forbids it (an absolute contraindication, an allergy), or it would be
   offered and a danger that is not excluded forbids it: ``contraindicated``.
2. It is the answer to an emergency that is raised: ``recommended``, at once.
3. Nobody speaks of it for these origins, what is said is against it, or a strong word is
   against it for an origin that is known or more likely than not while only possible ones
   speak for it: ``not_recommended``.
4. It was tried long enough and failed, or made matters worse: ``already_tried``.
5. Its gate is shut: ``not_yet``.
6. Otherwise what the statements say: ``recommended``, ``option`` or ``uncertain``; one grade
   less for an origin that is only possible, and one for each thing known or suspected that
   speaks against it without forbidding it (two of them are as bad as it gets).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from kinechain.care.against import against, ask_before
from kinechain.care.facts import PROBABLE, Facts, Hold
from kinechain.care.gates import emergency_for, gate_of
from kinechain.care.statements import ORDER, Said, Word, said_of
from kinechain.care.tried import Attempt, attempt
from kinechain.domain.care import Treatment
from kinechain.domain.plan import Against, Gate, Status
from kinechain.triage.evaluation import Verdict

HANDS_AND_NEEDLES = frozenset(
    {"manual", "injection", "block", "ablation", "orthobiologic", "neuromodulation", "surgery"}
)
OFFERED: frozenset[Status] = frozenset({"recommended", "option"})


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """A treatment's status in one person, and everything that led to it.

    Attributes
    ----------
    origin
        The most probable condition that it is for.
    worth
        How much it does for the origins together: twice the probability of each for which
        it is recommended, once that of each for which it may be considered.
    """

    treatment: Treatment
    status: Status
    why: tuple[str, ...]
    origin: str | None
    for_origins: tuple[str, ...]
    said: tuple[Said, ...]
    against: tuple[Against, ...]
    ask_before: tuple[str, ...]
    gate: Gate | None
    urgent: bool
    worth: float

    @property
    def is_offered(self) -> bool:
        """Whether it is proposed now."""
        return self.status in OFFERED


class Fixed(msgspec.Struct, frozen=True, kw_only=True):
    """What about a treatment does not depend on the probabilities of the origins."""

    said: Mapping[str, Said]
    against: tuple[Against, ...]
    attempt: Attempt | None
    gate: Verdict | None
    ask_before: tuple[str, ...]


def fixed(treatment: Treatment, facts: Facts, conditions: Collection[str]) -> Fixed:
    """Evaluate once what further judgements of the same person share.

    Parameters
    ----------
    treatment
        What is considered.
    facts
        The person.
    conditions
        For which of them statements are read.
    """
    spoken = {name for one in treatment.statements for name in one.conditions}
    return Fixed(
        said={name: said_of(treatment, name, facts) for name in spoken.intersection(conditions)},
        against=against(treatment, facts),
        attempt=attempt(treatment, facts),
        gate=facts.verdict(treatment.gate.rule) if treatment.gate else None,
        ask_before=ask_before(treatment, facts),
    )


def judge(treatment: Treatment, known: Fixed, facts: Facts, *, firm: bool) -> Judgement:
    """Give one treatment its status.

    Parameters
    ----------
    treatment
        What is considered.
    known
        From `fixed`.
    facts
        The person.
    firm
        Whether the diagnosis is firm enough.
    """
    targets = _targets(treatment, facts)
    said = tuple(known.said[name] for name in targets if name in known.said)
    word, helped = _together(said, facts)
    origin = helped[0] if helped else None
    urgent = emergency_for(treatment, facts)
    gate = None
    if origin or urgent:
        holding = _holding(treatment, known, facts)
        gate = gate_of(treatment, origin, facts, known.gate, firm=firm, holding=holding)
    status, why = _decide(known, said, word, helped, gate, urgent, facts)
    return Judgement(
        treatment=treatment,
        status=status,
        why=why,
        origin=urgent or origin,
        for_origins=((urgent,) if urgent and urgent not in helped else ()) + helped,
        said=said,
        against=known.against,
        ask_before=known.ask_before,
        gate=gate,
        urgent=urgent is not None,
        worth=sum(
            _WORTH.get(one.word or "", 0) * facts.explains.get(one.condition, 0.0) for one in said
        ),
    )


def _holding(treatment: Treatment, known: Fixed, facts: Facts) -> Hold | None:
    """A danger that is settled before this treatment, unless it is a treatment of it."""
    if treatment.kind == "referral" or treatment.safe_meanwhile:
        return None
    for one in facts.holds:
        said = known.said.get(one.condition)
        treats_it = said is not None and said.word in OFFERED
        if not treats_it and (one.everything or treatment.kind in HANDS_AND_NEEDLES):
            return one
    return None


def _targets(treatment: Treatment, facts: Facts) -> tuple[str, ...]:
    """The likely origins, and dangers that are raised: for referrals, and what treats them."""
    names = [one.condition for one in facts.origins]
    names += [
        name
        for name, one in facts.dangers.items()
        if one.standing != "not_excluded"
        and (treatment.kind == "referral" or name in treatment.emergency_for)
    ]
    return tuple(dict.fromkeys(names))


def _together(said: tuple[Said, ...], facts: Facts) -> tuple[Word | None, tuple[str, ...]]:
    """The best word over the origins, and the origins that it holds for, likeliest first."""
    spoken = [one for one in said if one.word is not None]
    if not spoken:
        return None, ()
    words: dict[str, Word] = {one.condition: _graded(one, facts) for one in spoken}
    best: Word = min(words.values(), key=ORDER.index)
    helped = [name for name, word in words.items() if word in OFFERED or word == best]
    if best == "not_recommended" or _is_outweighed(spoken, words, facts):
        return "not_recommended", ()
    if best in OFFERED:
        helped = [name for name in helped if words[name] in OFFERED]
    helped.sort(key=lambda name: (ORDER.index(words[name]), -facts.explains.get(name, 0.0), name))
    return best, tuple(helped)


def _is_outweighed(spoken: Sequence[Said], words: Mapping[str, Word], facts: Facts) -> bool:
    """A strong word against it for what is surely there, and nothing for it but possibilities."""

    def sure(name: str) -> bool:
        return facts.explains.get(name, 0.0) >= PROBABLE or name in facts.case.known_conditions

    strongly_against = any(
        one.word == "not_recommended"
        and sure(one.condition)
        and any(
            said.direction == "against" and said.strength == "strong"
            for said in one.statements
            if said.applies and not said.superseded
        )
        for one in spoken
    )
    helps_what_is_sure = any(word in OFFERED and sure(name) for name, word in words.items())
    return strongly_against and not helps_what_is_sure


def _graded(one: Said, facts: Facts) -> Word:
    """One grade less for an origin that is neither leading nor more likely than not."""
    assert one.word is not None, "only what is said is graded"
    leading = bool(facts.origins) and facts.origins[0].condition == one.condition
    leading = leading or one.condition in facts.case.known_conditions
    danger = facts.dangers.get(one.condition)
    suspected = danger is not None and danger.standing != "not_excluded"
    if leading or suspected or facts.explains.get(one.condition, 0.0) >= PROBABLE:
        return one.word
    return "option" if one.word == "recommended" else one.word


def _decide(
    known: Fixed,
    said: tuple[Said, ...],
    word: Word | None,
    helped: tuple[str, ...],
    gate: Gate | None,
    urgent: str | None,
    facts: Facts,
) -> tuple[Status, tuple[str, ...]]:
    """The status by the rules above, with the sentence that says which one."""
    label = facts.labels
    forbidding = [one for one in known.against if one.severity == "absolute"]
    if word not in (*OFFERED, "uncertain") and not urgent:
        forbidding = [one for one in forbidding if one.standing == "known"]
    if forbidding and (word is not None or urgent):
        return "contraindicated", tuple(f"{one.label}: {one.why}" for one in forbidding)
    if urgent:
        return "recommended", (f"{label.get(urgent, urgent)} must not wait",)
    if word is None:
        return "not_recommended", ("nothing in the knowledge speaks for it in these origins",)
    reasons = _reasons(said, helped, facts)
    if word == "not_recommended":
        return "not_recommended", reasons
    if known.attempt is not None:
        reasons = (known.attempt.words, *reasons)
        if known.attempt.outcome == "failed":
            return "already_tried", reasons
    if gate is not None and not gate.met:
        return "not_yet", (*(f"waits for: {one}" for one in gate.missing), *reasons)
    relative = [one for one in known.against if one.severity == "relative"]
    warnings = tuple(f"weigh: {one.label} ({one.why})" for one in relative)
    lower = sum(_weighs(one, facts) for one in relative)
    return ORDER[min(ORDER.index(word) + lower, len(ORDER) - 1)], (*warnings, *reasons)


def _weighs(one: Against, facts: Facts) -> bool:
    """What is known or suspected lowers a grade; what is only not excluded is shown."""
    danger = facts.dangers.get(one.id)
    return one.kind != "danger" or danger is None or danger.standing != "not_excluded"


def _reasons(said: tuple[Said, ...], helped: tuple[str, ...], facts: Facts) -> tuple[str, ...]:
    """What is said for each origin, in one sentence each."""
    found: list[str] = []
    for one in said:
        if one.word is None:
            continue
        label = facts.labels.get(one.condition, one.condition)
        chance = facts.explains.get(one.condition, 0.0)
        words = _SAID[one.word]
        split = "; the bodies disagree" if one.contested else ""
        possible = "" if one.condition in helped or one.word == "not_recommended" else ", possible"
        found.append(f"{words} for {label} ({chance:.0%}{possible}){split}")
    return tuple(found)


_WORTH = {"recommended": 2, "option": 1}
_SAID: dict[Word, str] = {
    "recommended": "recommended",
    "option": "may be considered",
    "uncertain": "of unclear value",
    "not_recommended": "advised against",
}
