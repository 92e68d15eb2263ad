"""Looks things up in the knowledge: by id or name, with what they are connected to."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kinechain.domain.concepts import Condition, Effect, Link, Risk, Trait
from kinechain.domain.estimate import Estimate
from kinechain.intake.names import Kind, Names
from kinechain.knowledge import Knowledge
from kinechain.knowledge.check_care import KINDS as CARE
from kinechain.knowledge.check_care import citations
from kinechain.knowledge.decision_rules import FOLDER as RULES
from kinechain.knowledge.decision_rules import read_rules
from kinechain.knowledge.knowledge import DATA
from kinechain.knowledge.read import FOLDERS
from kinechain.knowledge.studies import read_study
from kinechain.knowledge.walk import estimates

NAMED: tuple[Kind, ...] = ("finding", "trait", "site", "condition", "setting", "quantity", "level")
FOLDER_OF: dict[Kind, str] = {
    "finding": "findings", "trait": "traits", "site": "sites", "condition": "conditions",
    "setting": "settings", "quantity": "quantities", "level": "levels",
}  # fmt: skip


class UnknownName(LookupError):
    """Nothing is called so; `nearest` holds the ids that are most alike."""

    def __init__(self, text: str, nearest: tuple[str, ...]) -> None:
        super().__init__(text)
        self.text, self.nearest = text, nearest


@dataclass(frozen=True)
class Thing:
    """One file of the knowledge.

    Attributes
    ----------
    folder
        Its kind: one of `kinechain.knowledge.read.FOLDERS`.
    """

    folder: str
    id: str
    content: Any


@dataclass(frozen=True)
class Cause:
    """An effect seen from its end: what brings it about."""

    folder: str
    id: str
    label: str
    effect: Effect


@dataclass(frozen=True)
class Citation:
    """Where a source is cited.

    Attributes
    ----------
    chosen
        Whether its figure is used; else it is one that disagrees, or was only looked at.
    """

    folder: str
    id: str
    path: str
    where: str
    figure: Estimate | None
    chosen: bool


def find(text: str, knowledge: Knowledge) -> tuple[Thing, ...]:
    """The things with an id, or else with a name.

    Parameters
    ----------
    text
        An id of any kind of thing, an instance such as ``lumbar_disc_herniation.l4_5.left``,
        a label or a synonym.
    knowledge
        Where to look.

    Returns
    -------
    tuple of Thing
        Several when things of different kinds share the id.

    Raises
    ------
    UnknownName
        When there is none.
    """
    template = text.strip().split(".")[0]
    exact = tuple(
        Thing(folder, template, getattr(knowledge, folder)[template])
        for folder in FOLDERS
        if template in getattr(knowledge, folder)
    )
    if exact:
        return exact
    names = Names(knowledge)
    found = names.look_up(text, NAMED)
    if found:
        return tuple(
            Thing(FOLDER_OF[one.kind], one.id, getattr(knowledge, FOLDER_OF[one.kind])[one.id])
            for one in found
        )
    raise UnknownName(text, _nearest(text, names, knowledge))


def find_condition(text: str, knowledge: Knowledge) -> tuple[Condition, str | None]:
    """The condition that is meant, and its instance when one is named.

    Parameters
    ----------
    text
        Id, label or synonym of a condition, or an origin's id.
    knowledge
        Where to look.

    Raises
    ------
    UnknownName
        When there is none, or the name fits several.
    """
    if text in knowledge.conditions:
        return knowledge.conditions[text], None
    place = knowledge.index.get(text)
    if place is not None and knowledge.graph.nodes[place].kind == "condition":
        return knowledge.conditions[knowledge.graph.nodes[place].template], text
    names = Names(knowledge)
    found = names.look_up(text, ("condition",))
    if len(found) == 1:
        return knowledge.conditions[found[0].id], None
    template = text.split(".")[0]
    if template in knowledge.conditions:  # a level or side that it does not have
        nodes = knowledge.instances[template]
        raise UnknownName(text, tuple(knowledge.graph.nodes[one].id for one in nodes))
    near = tuple(one.id for one in found) or names.nearest(text, ("condition",), 4)
    raise UnknownName(text, near or _alike(text, knowledge.conditions, 0.4))


def causes_of(target: str, knowledge: Knowledge) -> tuple[Cause, ...]:
    """What brings a finding, a site or a link about, the strongest first.

    Parameters
    ----------
    target
        Its id.
    knowledge
        Where to look.
    """
    found = [
        Cause(folder, one.id, one.label, effect)
        for folder, group in _causes(knowledge)
        for one in group.values()
        for effect in one.effects
        if effect.to == target
    ]
    return tuple(sorted(found, key=lambda one: (-one.effect.estimate.value, one.id)))


def denials_of(target: str, knowledge: Knowledge) -> tuple[tuple[str, str], ...]:
    """What is said not to bring a thing about: (id, reason) pairs.

    Parameters
    ----------
    target
        Id of a finding, a site or a link.
    knowledge
        Where to look.
    """
    return tuple(
        (one.id, none.reason)
        for _, group in _causes(knowledge)
        for one in group.values()
        for none in one.no_effect
        if target in none.to
    )


def risks_of(trait: str, knowledge: Knowledge) -> tuple[tuple[Condition, Risk], ...]:
    """Conditions whose odds a trait multiplies, the most first.

    Parameters
    ----------
    trait
        Its id.
    knowledge
        Where to look.
    """
    found = [
        (condition, risk)
        for condition in knowledge.conditions.values()
        for risk in condition.prior.risks
        if risk.trait == trait
    ]
    return tuple(sorted(found, key=lambda pair: -pair[1].odds_ratio.value))


def flags_with(name: str, knowledge: Knowledge) -> tuple[str, ...]:
    """Red flags whose rule or condition names a thing.

    Parameters
    ----------
    name
        Id of a finding, trait, site, quantity or condition.
    knowledge
        Where to look.
    """
    return tuple(
        flag.id
        for flag in knowledge.red_flags.values()
        if flag.condition == name or name in _words(flag.rule)
    )


def citations_of(source: str, knowledge: Knowledge) -> tuple[Citation, ...]:
    """Everything that cites a source.

    Parameters
    ----------
    source
        Its id.
    knowledge
        Where to look.
    """
    found: list[Citation] = []
    for folder in FOLDERS:
        for one in getattr(knowledge, folder).values():
            for path, figure in estimates(one):
                if figure.source == source:
                    chosen = figure.basis == "study"
                    found.append(Citation(folder, one.id, path, figure.where or "", figure, chosen))
                found += [
                    Citation(folder, one.id, path, f"disagrees: {other.value}, {other.reason}",
                             figure, chosen=False)
                    for other in figure.disagrees
                    if other.source == source
                ]  # fmt: skip
    for flag in knowledge.red_flags.values():
        found += [
            Citation("red_flags", flag.id, "rule", one.where, None, chosen=True)
            for one in flag.sources
            if one.source == source
        ]
    found += [
        Citation(kind, one.id, path, "", None, chosen=True)
        for kind in CARE
        for one in getattr(knowledge, kind).values()
        for path, cited in citations(one)
        if cited == source
    ]
    rules, _, _ = read_rules(DATA / RULES)
    found += [
        Citation(RULES, one.id, "sources", "", None, chosen=False)
        for one in rules.values()
        if source in one.sources
    ]
    study = read_study(DATA / "studies", source)
    if study is not None:
        found += [
            Citation("studies", source, row.id, f"{row.label}; {row.where}", None, chosen=False)
            for row in study.rows
        ]
    return tuple(found)


def _causes(
    knowledge: Knowledge,
) -> Iterator[tuple[str, Mapping[str, Condition | Trait | Link]]]:
    yield "conditions", knowledge.conditions
    yield "links", knowledge.links
    yield "traits", knowledge.traits


def _words(rule: Any) -> Iterator[str]:
    """Every word in a rule."""
    if isinstance(rule, str):
        yield rule
    elif isinstance(rule, Mapping):
        for part in rule.values():
            yield from _words(part)
    elif isinstance(rule, list | tuple):
        for part in rule:
            yield from _words(part)


def _nearest(text: str, names: Names, knowledge: Knowledge) -> tuple[str, ...]:
    """Names most alike; links, flags and sources are compared by their ids."""
    ids = [*knowledge.links, *knowledge.red_flags, *knowledge.sources]
    found = dict.fromkeys([*names.nearest(text, NAMED), *_alike(text, ids, 0.7)])
    return tuple(found) or _alike(text, [*knowledge.findings, *knowledge.conditions, *ids], 0.5)


def _alike(text: str, ids: Iterable[str], cutoff: float) -> tuple[str, ...]:
    return tuple(difflib.get_close_matches(text.casefold()[:80], list(ids), n=3, cutoff=cutoff))
