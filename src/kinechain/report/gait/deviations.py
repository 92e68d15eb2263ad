"""What deviates, what does not, and what is offered to the finder, in plain sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from kinechain.gait.observations.deviations import Beside, Deviation, Findings
from kinechain.gait.observations.rules import Rule, read_rules
from kinechain.gait.parameters.symmetry import Symmetry
from kinechain.report.gait.catalogue import LIMIT_SD, needs_ground
from kinechain.report.gait.model import DeviatingSide, DeviationView, NormalView, OfferedView
from kinechain.report.gait.table import Refs, norm_source
from kinechain.report.gait.words import (
    direction,
    label_of,
    lower,
    norm_words,
    owner,
    population_words,
    side_words,
    signed,
    unit_of,
    with_unit,
)
from kinechain.report.labels import NO_BREAK, Labels, clean
from kinechain.report.words import join_words

FROM_ESTIMATE = "The ground's force was estimated, not measured."
MOST_IN_FULL = 6
FEW = {1: "one step or stride", 2: "two steps or strides"}


def deviations(
    beside: Sequence[Beside],
    symmetry: Sequence[Symmetry],
    findings: Findings,
    refs: Refs,
    *,
    estimated: bool = False,
) -> tuple[DeviationView, ...]:
    """What lies outside its norm or is offered, the largest first; nothing for a poor trial.

    Parameters
    ----------
    beside
        Every parameter with its norm.
    symmetry
        Of both sides.
    findings
        What is offered.
    refs
        Gives sources their numbers.
    estimated
        Whether forces of the ground were estimated.
    """
    if not findings.quality.good:
        return ()
    rules = {one.finding: one for one in read_rules().rules}
    offered = [(rules[one.finding], one) for one in findings.offered
               if one.present and one.finding in rules]  # fmt: skip
    found: list[tuple[float, DeviationView]] = []
    for name in dict.fromkeys(one.measure.name for one in beside):
        members = [one for one in beside if one.measure.name == name]
        own = [each for rule, each in offered if rule.measure == name]
        for sign in (1, -1):
            outside = [one for one in members
                       if one.z is not None and sign * one.z > LIMIT_SD]  # fmt: skip
            if outside:
                view = _outside(name, outside, own, refs)
                if estimated and needs_ground(name):
                    view = msgspec.structs.replace(view, caution=f"{view.caution} {FROM_ESTIMATE}")
                found.append((abs(view.z or 0.0), view))
        if own and not any(one.z is not None and abs(one.z) > LIMIT_SD for one in members):
            found.append((LIMIT_SD, _by_rule(name, members, own, refs)))
    for rule, one in offered:
        if rule.symmetry_of:
            limit = rule.symmetry_above_percent or 1.0
            size = LIMIT_SD * abs(one.value) / limit
            found.append((size, _lopsided(rule, one, symmetry, refs)))
    found.sort(key=lambda pair: -pair[0])
    return tuple(view for _, view in found)


def told_in_full(
    found: Sequence[DeviationView],
) -> tuple[tuple[DeviationView, ...], tuple[DeviationView, ...]]:
    """What is told in full - all that is offered and the largest of the others - and the rest.

    Parameters
    ----------
    found
        The largest first.
    """
    others = [one for one in found if not one.offered]
    room = max(0, MOST_IN_FULL - (len(found) - len(others)))
    short = others[room:]
    return tuple(one for one in found if one not in short), tuple(short)


def _outside(
    name: str, outside: Sequence[Beside], own: Sequence[Deviation], refs: Refs
) -> DeviationView:
    unit, label = unit_of(name), label_of(name)
    worst = _farthest([one.z for one in outside]) or 0.0
    norm = outside[0].norm
    assert norm is not None, "a z-score comes from a norm"
    sides = _sides(outside, unit)
    where = direction(worst)
    few = min(len(one.measure.values) for one in outside)
    return DeviationView(
        label=label,
        whose=_whose(sides),
        sides=sides,
        sentence=f"{_values(sides)}, {where} the norm of {norm_words(norm, unit)}",
        direction=where,
        norm=population_words(norm),
        z=worst,
        caution=f"It rests on {FEW[few]}." if few in FEW else "",
        offered=bool(own),
        refs=refs([norm_source(norm.source)]),
    )


def _by_rule(
    name: str, members: Sequence[Beside], own: Sequence[Deviation], refs: Refs
) -> DeviationView:
    """Offered by an absolute limit, or by both sides together, though no side is outside."""
    unit, label = unit_of(name), label_of(name)
    norm = next((one.norm for one in members if one.norm is not None), None)
    sides = _sides(members, unit)
    compared = f"; norm {norm_words(norm, unit)}" if norm is not None else ""
    return DeviationView(
        label=label,
        whose=_whose(sides),
        sides=sides,
        sentence=f"{_values(sides)}: {clean(own[0].rule)}{compared}",
        direction="outside a limit",
        norm=population_words(norm) if norm is not None else "",
        z=_farthest([one.z for one in own]),
        caution=clean(own[0].caution),
        offered=True,
        refs=refs([norm_source(norm.source)]) if norm is not None else (),
    )


def _lopsided(
    rule: Rule, one: Deviation, symmetry: Sequence[Symmetry], refs: Refs
) -> DeviationView:
    label, unit = label_of(rule.symmetry_of), unit_of(rule.symmetry_of)
    both = next(each for each in symmetry if each.name == rule.symmetry_of)
    sides = (
        DeviatingSide(side="left", value=with_unit(both.left, unit), z=None),
        DeviatingSide(side="right", value=with_unit(both.right, unit), z=None),
    )
    return DeviationView(
        label=label,
        whose="left against right",
        sides=sides,
        sentence=f"{_values(sides)}, {abs(one.value):.0f}{NO_BREAK}% apart; up to "
        f"{rule.symmetry_above_percent:g}{NO_BREAK}% is usual",
        direction="unequal",
        norm="",
        z=None,
        caution=clean(one.caution),
        offered=True,
        refs=refs([norm_source(rule.source)]) if rule.source else (),
    )


def _farthest(scores: Sequence[float | None]) -> float | None:
    known = [z for z in scores if z is not None]
    return max(known, key=abs) if known else None


def _sides(members: Sequence[Beside], unit: str) -> tuple[DeviatingSide, ...]:
    return tuple(
        DeviatingSide(
            side=owner(one.measure.side), value=with_unit(one.measure.mean, unit), z=one.z
        )
        for one in members
    )


def _whose(sides: Sequence[DeviatingSide]) -> str:
    named = [one.side for one in sides if one.side != "both"]
    return "both sides" if len(named) > 1 else "".join(named)


def _values(sides: Sequence[DeviatingSide]) -> str:
    if len(sides) == 1:
        return sides[0].value
    words = join_words([f"{one.side} {one.value}" for one in sides])
    return words[:1].upper() + words[1:]


def inside_and_without(
    beside: Sequence[Beside], findings: Findings
) -> tuple[tuple[NormalView, ...], tuple[str, ...]]:
    """The measures that lie within their norm, and those that have none with a spread.

    Parameters
    ----------
    beside
        Every parameter with its norm.
    findings
        For a poor trial nothing is called normal.
    """
    if not findings.quality.good:
        return (), ()
    inside: list[NormalView] = []
    without: list[str] = []
    for name in dict.fromkeys(one.measure.name for one in beside):
        members = [one for one in beside if one.measure.name == name]
        known = [z for one in members if (z := one.z) is not None]
        if not known:
            without.append(lower(label_of(name)))
        elif all(abs(z) <= LIMIT_SD for z in known):
            sides = _sides(members, unit_of(name))
            inside.append(NormalView(label=label_of(name), sides=sides))
    return tuple(inside), tuple(without)


def offered_views(
    findings: Findings, labels: Labels, known: Mapping[str, object], refs: Refs
) -> tuple[OfferedView, ...]:
    """The findings that the trial speaks for or against.

    Parameters
    ----------
    findings
        Of the trial.
    labels
        Words for ids of findings.
    known
        Sources of the knowledge by id, which the sentences name.
    refs
        Gives sources their numbers.
    """
    rules = {one.finding: one for one in read_rules().rules}
    return tuple(_offered(one, rules.get(one.finding), labels, known, refs)
                 for one in findings.offered)  # fmt: skip


def _offered(
    one: Deviation, rule: Rule | None, labels: Labels, known: Mapping[str, object], refs: Refs
) -> OfferedView:
    cited = [word for word in dict.fromkeys(re.findall(r"\w+", one.likelihood)) if word in known]
    numbers = {word: refs([word])[0] for word in cited}
    likelihood = re.sub(
        r"\w+", lambda m: f"[{numbers[m[0]]}]" if m[0] in numbers else m[0], one.likelihood
    )
    norm = f", norm {norm_words(one.norm, one.unit)}" if one.norm is not None else ""
    z = f", z{NO_BREAK}{signed(one.z)}" if one.z is not None else ""
    of = lower(label_of(rule.measure or rule.symmetry_of)) if rule is not None else "value"
    what = f"{of}, right against left" if rule is not None and rule.symmetry_of else of
    own = [norm_source(one.norm_source)] if one.norm_source else []
    return OfferedView(
        label=clean(labels.of(one.finding)),
        side=side_words(one.side),
        present=one.present,
        value=f"{what} {with_unit(one.value, one.unit)}{norm}{z}",
        rule=_sentence(one.rule),
        likelihood=clean(likelihood),
        caution=clean(one.caution),
        refs=tuple(sorted({*refs(own), *numbers.values()})),
    )


def _sentence(text: str) -> str:
    words = clean(text).rstrip(".")
    return f"{words[:1].upper()}{words[1:]}." if words else ""
