"""What the bodies say about a treatment for one condition, and what follows from it.

They disagree. Nothing is averaged away: all statements are shown, and the rule that turns
them into one word is this. Of each body its latest statement counts. If all speak for it,
the strongest gives ``recommended`` or ``option``; if all speak against it, it is
``not_recommended``; if none takes a side, or both sides weigh about the same, it is
``uncertain``. Where both sides speak, strong statements weigh two and conditional ones one;
the heavier side wins only with at least twice the weight, and then never as more than an
``option``. This project's own judgements count only where no other body speaks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from kinechain.care.facts import Facts
from kinechain.domain.care import Statement, Treatment
from kinechain.domain.plan import PlanStatement

Word = Literal["recommended", "option", "uncertain", "not_recommended"]
ORDER: tuple[Word, ...] = ("recommended", "option", "uncertain", "not_recommended")
WEIGHT = {"emergency": 2, "strong": 2, "conditional": 1, "inconclusive": 0}
CLEARLY = 2


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What is said about a treatment for one condition; `word` is None for silence."""

    condition: str
    word: Word | None
    statements: tuple[PlanStatement, ...]
    contested: bool = False


def said_of(treatment: Treatment, condition: str, facts: Facts) -> Said:
    """Weigh the statements on a treatment for one condition in this person.

    Parameters
    ----------
    treatment
        What is proposed.
    condition
        For what.
    facts
        The person: statements about another phase or other people do not count.
    """
    found = [one for one in treatment.statements if condition in one.conditions]
    latest: dict[str, int] = {}
    for one in found:
        if one.superseded_by is None:
            latest[one.body] = max(latest.get(one.body, 0), one.year)
    shown = tuple(
        _shown(
            one,
            condition,
            applies=_in_phase(treatment, one, facts) and _applies(one, facts),
            superseded=one.year < latest.get(one.body, one.year + 1),
        )
        for one in sorted(found, key=lambda one: (-one.year, one.body))
    )
    counted = [one for one in shown if one.applies and not one.superseded]
    others = [one for one in counted if one.basis != "judgement"]
    word, contested = weigh(others or counted)
    return Said(condition=condition, word=word, statements=shown, contested=contested)


def weigh(statements: Iterable[PlanStatement]) -> tuple[Word | None, bool]:
    """One word for statements that count, and whether both sides speak.

    Parameters
    ----------
    statements
        Of one treatment for one condition.

    Examples
    --------
    >>> weigh([])
    (None, False)
    """
    listed = list(statements)
    if not listed:
        return None, False
    speaking_for = [WEIGHT[one.strength] for one in listed if one.direction == "for"]
    against = [WEIGHT[one.strength] for one in listed if one.direction == "against"]
    if speaking_for and not against:
        return ("recommended" if max(speaking_for) >= 2 else "option"), False
    if against and not speaking_for:
        return "not_recommended", False
    if not speaking_for:
        return "uncertain", False
    if sum(speaking_for) >= CLEARLY * sum(against):
        return "option", True
    if sum(against) >= CLEARLY * sum(speaking_for):
        return "not_recommended", True
    return "uncertain", True


def _shown(one: Statement, condition: str, *, applies: bool, superseded: bool) -> PlanStatement:
    return PlanStatement(
        body=one.body,
        year=one.year,
        direction=one.direction,
        strength=one.strength,
        source=one.source,
        condition=condition,
        basis=one.basis,
        population=one.population,
        note=one.note or one.reason,
        applies=applies,
        superseded=superseded or one.superseded_by is not None,
    )


def _in_phase(treatment: Treatment, one: Statement, facts: Facts) -> bool:
    """A treatment of one phase is for nobody in the other; what warns of it stays true."""
    fits = "any" in (treatment.phase, facts.phase) or treatment.phase == facts.phase
    return fits or one.direction == "against"


def _applies(one: Statement, facts: Facts) -> bool:
    """Whether this person is among those it speaks of; in doubt only a warning counts."""
    if "any" not in (one.phase, facts.phase) and one.phase != facts.phase:
        return False
    if one.when is None:
        return True
    truth = facts.verdict(one.when).truth
    return one.direction == "against" if truth is None else truth
