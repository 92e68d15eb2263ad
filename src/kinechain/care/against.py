"""What speaks against a treatment in this person; each point is shown, none silently applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kinechain.care.facts import Danger, Facts
from kinechain.domain.care import Severity, Treatment
from kinechain.domain.plan import Against

FORBIDS: dict[str, Severity] = {
    "contraindicated": "absolute",
    "major": "relative",
    "moderate": "monitor",
    "minor": "monitor",
}
"""How the grades of drug interactions count beside those of health factors."""


def against(treatment: Treatment, facts: Facts) -> tuple[Against, ...]:
    """Everything known about a person that speaks against a treatment, the gravest first.

    Parameters
    ----------
    treatment
        What is considered.
    facts
        The person, with what is dangerous and not excluded.
    """
    found = [
        *_allergies(treatment, facts),
        *_factors(treatment, facts),
        *_interactions(treatment, facts),
        *_dangers(treatment, facts),
    ]
    return tuple(sorted(found, key=lambda one: _GRAVITY.index(one.severity)))


def ask_before(treatment: Treatment, facts: Facts) -> tuple[str, ...]:
    """Open questions of which the answer could rule it out, those that would alone first.

    Parameters
    ----------
    treatment
        What is considered.
    facts
        The person.
    """
    known = facts.knowledge.health_factors
    asked = [
        known[one.factor].question
        for one in sorted(treatment.contraindications, key=lambda one: one.severity != "absolute")
        if one.severity != "monitor"
        and one.factor in known
        and facts.has_factor(one.factor) is None
        and _concerns(one.factor, facts)
    ]
    return tuple(dict.fromkeys(asked))


def combined(treatment: Treatment, others: tuple[Treatment, ...]) -> Iterator[tuple[str, str]]:
    """Other offered treatments that it must not be combined with, and why.

    Parameters
    ----------
    treatment
        What is offered.
    others
        What else is offered.
    """
    for other in others:
        if other.id == treatment.id:
            continue
        for one in treatment.interactions:
            grave = one.severity in ("contraindicated", "major")
            if grave and one.drug_class in other.drug_classes:
                yield other.id, f"{other.label}: {one.why}"


def medication_review(treatments: Iterable[Treatment], facts: Facts) -> tuple[str, ...]:
    """Drugs taken now that something recorded about the person speaks against.

    Parameters
    ----------
    treatments
        All of the knowledge; those that give a class which the person takes are checked.
    facts
        The person.
    """
    found: dict[frozenset[str], str] = {}
    for treatment in treatments:
        taken = [name for name in treatment.drug_classes if name in facts.case.drugs]
        if not taken:
            continue
        label = facts.labels.get(taken[0], taken[0])
        for one in against(treatment, facts):  # the gravest first, of which one is told
            if one.standing == "known" and one.severity != "monitor":
                words = f"takes {label} now; {one.label}: {one.why}"
                found.setdefault(frozenset((taken[0], one.id)), words)
    return tuple(found.values())


_GRAVITY = ("absolute", "relative", "monitor")
_ONLY_FEMALE = frozenset({"pregnancy", "breastfeeding"})
_CHILDBEARING_TO = 56


def _concerns(factor: str, facts: Facts) -> bool:
    """Whether a question makes sense for this person: no man is asked about pregnancy."""
    if factor not in _ONLY_FEMALE:
        return True
    age = facts.case.age_years
    return facts.case.sex != "male" and (age is None or age < _CHILDBEARING_TO)


def _allergies(treatment: Treatment, facts: Facts) -> Iterator[Against]:
    for name in treatment.drug_classes:
        if name in facts.case.allergies:
            label = facts.labels.get(name, name)
            yield Against(
                kind="allergy",
                id=name,
                label=f"allergy to {label}",
                severity="absolute",
                standing="known",
                why=f"an allergy to {label} is recorded",
            )


def _factors(treatment: Treatment, facts: Facts) -> Iterator[Against]:
    for one in treatment.contraindications:
        if facts.has_factor(one.factor):
            yield Against(
                kind="factor",
                id=one.factor,
                label=facts.labels.get(one.factor, one.factor.replace("_", " ")),
                severity=one.severity,
                standing="known",
                why=one.why,
                source=one.source,
            )


def _interactions(treatment: Treatment, facts: Facts) -> Iterator[Against]:
    own = set(treatment.drug_classes)
    for one in treatment.interactions:
        if one.drug_class in facts.case.drugs:
            same = one.drug_class in own
            yield Against(
                kind="interaction",
                id=one.drug_class,
                label=f"already takes {facts.labels.get(one.drug_class, one.drug_class)}"
                if same
                else f"takes {facts.labels.get(one.drug_class, one.drug_class)}",
                severity="monitor" if same else FORBIDS[one.severity],
                standing="known",
                why=f"none of the same class beside it: {one.why}" if same else one.why,
                source=one.source,
            )


def _dangers(treatment: Treatment, facts: Facts) -> Iterator[Against]:
    for one in treatment.cautions:
        danger = facts.dangers.get(one.condition)
        known = one.condition in facts.case.known_conditions
        if not known and (danger is None or not _near(danger, treatment, facts)):
            continue
        yield Against(
            kind="danger",
            id=one.condition,
            label=danger.label if danger else facts.labels.get(one.condition, one.condition),
            severity=one.severity,
            standing="known" if known else "not_excluded",
            why=one.why if danger is None or known else f"{_standing(danger)}: {one.why}",
            source=one.source,
        )


def _near(danger: Danger, treatment: Treatment, facts: Facts) -> bool:
    """Whether a danger that is only not excluded lies where the treatment would act.

    One that is raised by a flag or an alert counts wherever it is.
    """
    if danger.standing != "not_excluded":
        return True
    conditions = facts.knowledge.conditions
    treated = {one.condition for one in facts.origins}
    spoken = {name for one in treatment.statements for name in one.conditions} & treated
    regions = {region for name in spoken or treated for region in conditions[name].regions}
    return bool(regions & set(conditions[danger.condition].regions))


def _standing(danger: Danger) -> str:
    if danger.standing == "raised":
        return "a red flag is raised for it"
    if danger.standing == "alert":
        return f"its probability of {danger.probability:.1%} is above its threshold"
    return f"not excluded ({danger.probability:.1%})"
