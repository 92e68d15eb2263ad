"""Proves what can be proved about the knowledge of care: references, sources, coverage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from kinechain.domain.care import Course, Treatment
from kinechain.domain.case import Issue
from kinechain.domain.instruments import Instrument, as_item_range
from kinechain.knowledge.walk import issue, rule_leaves

Things = dict[str, dict[str, Any]]
SOURCE_KEYS = ("source", "superseded_by", "regulatory_source")
KINDS = ("treatments", "health_factors", "drug_classes", "courses", "instruments")


def check_care(things: Things) -> Iterator[Issue]:
    """Every check on care.

    Parameters
    ----------
    things
        Everything read, by kind and id.
    """
    if not any(things[kind] for kind in KINDS):
        return  # a small knowledge without care, as tests use
    checks: tuple[Callable[[Things], Iterator[Issue]], ...] = (
        _check_treatments,
        _check_classes,
        _check_courses,
        _check_instruments,
        _check_rules,
        _check_sources,
        _check_coverage,
        _check_review,
    )
    for check in checks:
        yield from check(things)


def cited_by_care(things: Things) -> set[str]:
    """Every source that a file of care names.

    Parameters
    ----------
    things
        Everything read, by kind and id.
    """
    return {name for kind in KINDS for thing in things[kind].values() for name in cited(thing)}


def cited(thing: Any) -> Iterator[str]:
    """The sources inside a thing.

    Parameters
    ----------
    thing
        A struct, a tuple or a plain value.
    """
    yield from (source for _, source in citations(thing))


def citations(thing: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The places inside a thing that cite a source, and which.

    Parameters
    ----------
    thing
        A struct, a tuple or a plain value.
    path
        Where it stands.
    """
    if isinstance(thing, msgspec.Struct):
        for name in thing.__struct_fields__:
            value = getattr(thing, name)
            if name in SOURCE_KEYS and isinstance(value, str):
                yield path or name, value
            else:
                yield from citations(value, f"{path}.{name}" if path else name)
    elif isinstance(thing, tuple):
        for place, part in enumerate(thing):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from citations(part, f"{path}[{place}]")


def _check_treatments(things: Things) -> Iterator[Issue]:
    for name, treatment in things["treatments"].items():
        where = f"treatments/{name}.yaml"
        yield from _check_names(where, treatment, things)
        yield from _check_figures(where, treatment)


def _check_names(where: str, treatment: Treatment, things: Things) -> Iterator[Issue]:
    """What a treatment names exists."""
    named = {
        "conditions": [
            *(one for said in treatment.statements for one in said.conditions),
            *(one for effect in treatment.effects for one in effect.conditions),
            *(one for programme in treatment.programmes for one in programme.conditions),
            *(caution.condition for caution in treatment.cautions),
            *treatment.emergency_for,
        ],
        "health_factors": [one.factor for one in treatment.contraindications],
        "drug_classes": [
            *(one.drug_class for one in treatment.interactions),
            *treatment.drug_classes,
        ],
    }
    for kind, names in named.items():
        for name in dict.fromkeys(names):
            if name not in things[kind]:
                yield issue(where, f"{name!r} is not one of the {kind}", f"add {kind}/{name}.yaml")


def _check_figures(where: str, treatment: Treatment) -> Iterator[Issue]:
    """Statements, effects and warnings say who says so; intervals contain their values."""
    for said in treatment.statements:
        place = f"{where} statements[{said.body} {said.year}]"
        if (said.basis == "judgement") == (said.source is not None):
            yield issue(place, "a judgement has no source, and anything else needs one")
        if said.basis == "judgement" and not said.reason:
            yield issue(place, "a judgement needs its reason")
        if (said.direction == "neither") != (said.strength == "inconclusive"):
            yield issue(place, "inconclusive goes with direction neither, and only with it")
    for effect in treatment.effects:
        place = f"{where} effects[{effect.outcome}]"
        if (effect.low is None) != (effect.high is None):
            yield issue(place, "an interval has two ends")
        low = effect.value if effect.low is None else effect.low
        high = effect.value if effect.high is None else effect.high
        if not low <= effect.value <= high:
            yield issue(place, f"{low}-{high} does not contain {effect.value}")
    for one in (*treatment.contraindications, *treatment.cautions, *treatment.interactions):
        if not one.source and not one.reason:
            yield issue(where, f"{one.why!r} needs a source, or the reason of a judgement")
    if treatment.trial and not (treatment.trial.source or treatment.trial.reason):
        yield issue(f"{where} trial", "needs a source, or the reason of a judgement")
    for programme in treatment.programmes:
        if not programme.stages or not (programme.source or programme.reason):
            place = f"{where} programmes[{programme.name}]"
            yield issue(place, "needs stages, and a source or the reason of a judgement")


def _check_classes(things: Things) -> Iterator[Issue]:
    """Wider classes exist, and no class lies within itself."""
    classes = things["drug_classes"]
    for name, one in classes.items():
        where = f"drug_classes/{name}.yaml"
        for wider in one.within:
            if wider not in classes:
                yield issue(where, f"{wider!r} is not one of the drug_classes")
        if name in _wider(name, things):
            yield issue(where, "it lies within itself")


def _wider(name: str, things: Things) -> set[str]:
    found: set[str] = set()
    waiting = list(things["drug_classes"][name].within)
    while waiting:
        one = waiting.pop()
        if one not in found and one in things["drug_classes"]:
            found.add(one)
            waiting += things["drug_classes"][one].within
    return found


def _check_courses(things: Things) -> Iterator[Issue]:
    for name, course in things["courses"].items():
        yield from _check_course(f"courses/{name}.yaml", course, things)


def _check_course(where: str, course: Course, things: Things) -> Iterator[Issue]:
    for condition in course.conditions:
        if condition not in things["conditions"]:
            yield issue(where, f"{condition!r} is not one of the conditions")
    for points, most in ((course.settled, 1.0), (course.pain_percent, 200.0)):
        for point in points:
            if not 0 <= point.low <= point.value <= point.high <= most:
                yield issue(where, f"week {point.weeks:g}: the interval must hold the value")
            if (point.basis == "judgement") != (point.reason is not None):
                yield issue(where, f"week {point.weeks:g}: a judgement has a reason, a study none")
            if point.basis == "study" and point.source is None:
                yield issue(where, f"week {point.weeks:g}: a figure from a study needs its source")
        weeks = [point.weeks for point in points]
        if weeks != sorted(set(weeks)):
            yield issue(where, "the points must be in order of time, each time once")


def _check_instruments(things: Things) -> Iterator[Issue]:
    for name, instrument in things["instruments"].items():
        yield from _check_instrument(f"instruments/{name}.yaml", instrument)


def _check_instrument(where: str, instrument: Instrument) -> Iterator[Issue]:
    scales = {scale.id for scale in instrument.scales}
    if instrument.main_scale not in scales:
        yield issue(where, f"the main scale {instrument.main_scale!r} is not one of its scales")
    if any(low >= high for low, high in as_item_range(instrument)):
        yield issue(where, "the lowest answer must be below the highest")
    for scale in instrument.scales:
        outside = [item for item in scale.items if not 1 <= item <= instrument.n_items]
        if outside or not set(scale.reversed_items) <= set(scale.items):
            yield issue(f"{where} {scale.id}", "its items must be items of the instrument")
        if not set(scale.scales) <= scales:
            yield issue(f"{where} {scale.id}", "it is made of scales that do not exist")
        if scale.low >= scale.high:
            yield issue(f"{where} {scale.id}", "low must be below high")
    if instrument.item_texts and instrument.licence != "free":
        yield issue(where, "wording may be shipped only of a free instrument", "remove item_texts")


_LEAVES = {
    "finding": ("findings", "traits"),
    "site": ("sites",),
    "quantity": ("quantities",),
    "factor": ("health_factors",),
    "condition": ("conditions",),
}


def _check_rules(things: Things) -> Iterator[Issue]:
    """What a rule of care names exists."""
    for name, treatment in things["treatments"].items():
        rules = [said.when for said in treatment.statements if said.when]
        rules += [treatment.gate.rule] if treatment.gate else []
        for rule in rules:
            yield from _check_rule(f"treatments/{name}.yaml", rule, things)
    for name, factor in things["health_factors"].items():
        if factor.rule:
            yield from _check_rule(f"health_factors/{name}.yaml", factor.rule, things)


def _check_rule(where: str, rule: dict[str, Any], things: Things) -> Iterator[Issue]:
    for leaf in rule_leaves(rule):
        named = {**leaf, **(leaf["value"] if isinstance(leaf.get("value"), dict) else {})}
        for key, kinds in _LEAVES.items():
            one = named.get(key)
            if one and not any(one in things[kind] for kind in kinds):
                yield issue(where, f"a rule names the {key} {one!r}, which does not exist")
        for one in (leaf.get("tried") or {}).get("treatments", ()):
            if one not in things["treatments"]:
                yield issue(where, f"a rule names the treatment {one!r}, which does not exist")


def _check_sources(things: Things) -> Iterator[Issue]:
    for kind in KINDS:
        for name, thing in things[kind].items():
            for source in dict.fromkeys(cited(thing)):
                if source not in things["sources"]:
                    where = f"{kind}/{name}.yaml"
                    yield issue(where, f"the source {source!r} does not exist",
                                f"add sources/{source}.yaml")  # fmt: skip


def _check_coverage(things: Things) -> Iterator[Issue]:
    """For every condition something speaks, and every danger has where to go."""
    served: dict[str, set[str]] = {}
    for treatment in things["treatments"].values():
        for said in treatment.statements:
            if said.direction == "for":
                for name in said.conditions:
                    served.setdefault(name, set()).add(treatment.kind)
    for name, condition in things["conditions"].items():
        where = f"conditions/{name}.yaml"
        if name not in served:
            yield issue(where, "no treatment speaks for it", "add it to a treatment's statements")
        elif condition.danger and "referral" not in served[name]:
            yield issue(where, "it is dangerous and no referral speaks for it")
        if condition.plain is None:
            yield issue(where, "plain must be given: a sentence for the patient")


def _check_review(things: Things) -> Iterator[Issue]:
    for kind in KINDS:
        for name, thing in things[kind].items():
            if not thing.reviewed_on:
                yield issue(f"{kind}/{name}.yaml", "reviewed_on must be given")
