"""Gates: what must be true before a treatment is offered.

Step 1 opens with a diagnosis that is firm enough; what is safe for every likely origin need
not wait for it. Steps 2 and 3 need an adequate trial of active care that brought no lasting
relief, and whatever the treatment's own gate asks for: matching imaging, a positive block, a
deficit that gets worse. Unknown never opens a gate. An emergency opens it only for the
treatments of that emergency, and holds everything else that is not safe in the meantime.
"""

from __future__ import annotations

from kinechain.care.facts import PROBABLE, Facts, Hold
from kinechain.care.tried import active_care
from kinechain.domain.care import Treatment
from kinechain.domain.plan import Gate
from kinechain.triage.evaluation import Verdict

MOST_LACKING = 4
DEFINITIVE = frozenset({"drug", "medical", "surgery"})
"""What treats a danger by these waits until it is confirmed; until then one refers and tests."""
FIRM_ENOUGH = "the diagnosis is firm enough"


def emergency_for(treatment: Treatment, facts: Facts) -> str | None:
    """The condition for which a treatment must not wait in this person, if any.

    A referral is urgent as soon as a red flag or an alert is raised; a procedure when the
    condition is diagnosed or at least as probable as not.

    Parameters
    ----------
    treatment
        What is considered.
    facts
        The person.
    """
    for name in treatment.emergency_for:
        danger = facts.dangers.get(name)
        suspected = danger is not None and danger.standing in ("raised", "alert")
        if facts.is_there(name) or (suspected and treatment.kind == "referral"):
            return name
    return None


def gate_of(
    treatment: Treatment,
    origin: str | None,
    facts: Facts,
    own: Verdict | None,
    *,
    firm: bool,
    holding: Hold | None,
) -> Gate | None:
    """What the treatment waits for in this person, and whether it is met; None for nothing.

    Parameters
    ----------
    treatment
        What is considered.
    origin
        The most probable condition that it is for.
    facts
        The person.
    own
        What the case says about the treatment's own gate.
    firm
        Whether the diagnosis is firm enough.
    holding
        A danger that must be settled before it.
    """
    words: list[str] = []
    missing: list[str] = []
    urgent = emergency_for(treatment, facts)
    if urgent is not None:
        label = facts.labels.get(urgent, urgent)
        return Gate(condition=f"none: {label} is an emergency", met=True)
    if holding is not None:
        words.append(f"{holding.label} is settled")
        missing.append(f"what is dangerous is settled first: {holding.label}")
    danger = facts.dangers.get(origin or "")
    if danger is not None and treatment.kind in DEFINITIVE and not facts.is_there(danger.condition):
        words.append(f"{danger.label} is confirmed")
        missing.append(f"{danger.label} is only suspected ({danger.probability:.0%})")
    elif treatment.firm and not treatment.safe_meanwhile:
        _firm(treatment, origin, facts, words, missing, firm=firm)
    if treatment.step > 1 and treatment.after_trial:
        trial = active_care(facts, origin)
        words.append("adequate active care brought no lasting relief")
        missing += trial.missing
    if treatment.gate is not None:
        words.append(treatment.gate.words)
        if own is None or own.truth is not True:
            lacking = facts.open_words(own) if own is not None else ()
            missing.append(_lacking(treatment.gate.words, lacking))
    if not words:
        return None
    sources = treatment.gate.sources if treatment.gate else ()
    return Gate(
        condition="; ".join(words),
        met=not missing,
        missing=tuple(missing),
        sources=tuple(one.source for one in sources),
    )


def _firm(
    treatment: Treatment,
    origin: str | None,
    facts: Facts,
    words: list[str],
    missing: list[str],
    *,
    firm: bool,
) -> None:
    """Step 1 waits for the next test only; later steps for an origin more likely than not."""
    if treatment.step == 1:
        words.append(FIRM_ENOUGH)
        if not firm:
            missing.append("the first test of this plan, because its answer may change the plan")
        return
    label = facts.labels.get(origin or "", origin or "the origin")
    words.append(f"{label} is more likely than not")
    chance = facts.explains.get(origin or "", 0.0)
    if origin not in facts.case.known_conditions and chance < PROBABLE:
        missing.append(f"{label} explains the complaint with {chance:.0%} only")


def _lacking(words: str, missing: tuple[str, ...]) -> str:
    """The gate in words, with what is not recorded where that is short enough to help."""
    if not 0 < len(missing) <= MOST_LACKING:
        return words
    return f"{words} (not recorded: {', '.join(missing)})"
