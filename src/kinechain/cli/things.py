"""Writes one thing of the knowledge with its numbers, their provenance and its connections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from kinechain.cli.care_things import KINDS, show_care
from kinechain.cli.figures import basis, disagreements, figure
from kinechain.cli.output import show, title, wrapped

if TYPE_CHECKING:
    from kinechain.domain.concepts import Condition, Effect, NoEffect, Site
    from kinechain.domain.estimate import Estimate, Source
    from kinechain.knowledge import Knowledge
    from kinechain.service.catalogue import Thing

SINGULAR = {
    "sources": "source", "levels": "level", "quantities": "quantity", "settings": "setting",
    "sites": "painful site", "conditions": "condition", "traits": "trait", "links": "link",
    "findings": "finding", "red_flags": "red flag", **KINDS,
}  # fmt: skip


def show_thing(thing: Thing, knowledge: Knowledge) -> None:
    """Write everything about one thing.

    Parameters
    ----------
    thing
        The thing.
    knowledge
        What it is connected to.
    """
    from kinechain.knowledge.knowledge import without_level

    content = thing.content
    label = without_level(getattr(content, "label", None) or getattr(content, "title", ""))
    show((click.style(thing.id, bold=True) + f"  {label}").rstrip())
    _head(thing, knowledge)
    match thing.folder:
        case "conditions":
            _condition(content, knowledge)
        case "red_flags":
            _red_flag(content, knowledge)
        case "sources":
            _source(content, knowledge)
        case "quantities":
            units = ", ".join(f"{name} (× {ratio:g})" for name, ratio in content.units.items())
            _line("unit", content.unit)
            _line("also read", units)
            _line("plausible", f"{content.plausible_low:g} to {content.plausible_high:g}")
        case "settings":
            title("Odds of conditions seen there")
            for rule in content.odds:
                _figure(", ".join(rule.conditions), rule.odds_ratio)
        case "levels":
            _level(content.id, knowledge)
        case folder if folder in KINDS:
            show_care(thing)
        case _:
            _node(thing, knowledge)


def _head(thing: Thing, knowledge: Knowledge) -> None:
    content = thing.content
    kind = SINGULAR[thing.folder]
    inner = getattr(content, "kind", None) or getattr(content, "type", None)
    _line("kind", f"{kind}, {inner}" if inner else kind)
    _line("sides", {"paired": "left and right", "midline": "midline"}.get(
        getattr(content, "sides", ""), ""))  # fmt: skip
    _line("levels", ", ".join(getattr(content, "levels", ())))
    _line("regions", ", ".join(getattr(content, "regions", ())))
    _line("synonyms", ", ".join(getattr(content, "synonyms", ())))
    for field in ("summary", "definition", "sentence", "question", "note"):
        _line(field, getattr(content, field, None))
    codes = (("ICD-10", "icd10"), ("LOINC", "loinc"), ("UBERON", "uberon"))
    if thing.folder == "sites":
        _line("CHOIR body map", _choir(content, knowledge))
    for words, field in codes:
        _line(words, getattr(content, field, None))
    _line("reviewed on", getattr(content, "reviewed_on", None))


def _choir(site: Site, knowledge: Knowledge) -> str:
    from kinechain.knowledge.choir import choir_of

    segments = choir_of(site, knowledge.sites)
    sides = {"left": segments.left, "right": segments.right, "": segments.midline}
    return "; ".join(f"{side} {', '.join(ids)}".strip() for side, ids in sides.items() if ids)


def _line(words: str, text: Any) -> None:
    if text:
        show(wrapped(f"{words}: {text}", 2, 4))


def _figure(words: str, estimate: Estimate) -> None:
    show(wrapped(f"{words}: {figure(estimate)}", 2, 4))
    show(wrapped(basis(estimate), 6, 0))
    for line in disagreements(estimate):
        show(wrapped(line, 6, 2))


def _condition(one: Condition, knowledge: Knowledge) -> None:
    title("How common, within four weeks, among adults")
    _figure("all", one.prior.base)
    for band in one.prior.by_age:
        sex = f", {band.sex}" if band.sex else ""
        _figure(f"{band.from_years:g} to {band.to_years:g} years{sex}", band.estimate)
    if one.prior.female_odds_ratio:
        _figure("odds ratio of women", one.prior.female_odds_ratio)
    if one.prior.other_side:
        _figure("the other side too", one.prior.other_side)
    share = ", ".join(f"{level} {part:g}" for level, part in one.prior.level_share.items())
    _line("shares of the levels", share)
    for risk in one.prior.risks:
        _figure(f"odds ratio of {risk.trait}", risk.odds_ratio)
    _effects(one.effects)
    _zeros(one.no_effect)
    _causes(one.id, knowledge)
    if one.danger:
        title("Danger")
        _figure("one acts from a probability of", one.danger.threshold)
        _line("how soon", one.danger.urgency.replace("_", " "))
        _line("what to do", one.danger.action)
        _line("ask", ", ".join(one.danger.ask))
    _flags(one.id, knowledge)


def _node(thing: Thing, knowledge: Knowledge) -> None:
    """A finding, site, link or trait."""
    one = thing.content
    if getattr(one, "parts", ()):
        _line("parts", ", ".join(one.parts))
    if getattr(one, "leak", None):
        title("Without any of its causes (leak)")
        _figure("all", one.leak)
        for band in getattr(one, "leak_by_age", ()):
            _figure(f"{band.from_years:g} to {band.to_years:g} years", band.estimate)
    if getattr(one, "prevalence", None):
        title("How common")
        _figure("adults", one.prevalence)
        _risks(thing.id, knowledge)
    if getattr(one, "derive", None):
        import msgspec

        rule = {key: value for key, value in msgspec.to_builtins(one.derive).items() if value}
        _line("follows from", ", ".join(f"{key} {value}" for key, value in rule.items()))
    if getattr(one, "soft", None):
        title(f"Soft evidence from {one.soft.quantity}")
        _figure("mean with", one.soft.mean_with)
        _figure("mean without", one.soft.mean_without)
        _figure("standard deviation", one.soft.sd)
    _causes(thing.id, knowledge)
    _effects(getattr(one, "effects", ()))
    _zeros(getattr(one, "no_effect", ()))
    _flags(thing.id, knowledge)


def _causes(name: str, knowledge: Knowledge) -> None:
    from kinechain.service.catalogue import causes_of, denials_of

    causes = causes_of(name, knowledge)
    if causes:
        title("What brings it about")
    for cause in causes:
        _effect(f"{cause.id} ({SINGULAR[cause.folder]})", cause.effect)
    denials = denials_of(name, knowledge)
    if denials:
        title("What is held not to bring it about")
    for cause, reason in denials:
        _line(cause, reason)


def _effects(effects: Iterable[Effect]) -> None:
    effects = tuple(effects)
    if effects:
        title("What it brings about")
    for effect in effects:
        _effect(effect.to, effect)


def _effect(words: str, effect: Effect) -> None:
    kind = "activation" if effect.activation is not None else "sensitivity"
    side = {"same": "", "other": ", on the other side", "both": ", on both sides"}[effect.side]
    levels = ""
    if effect.levels:
        pairs = (f"{start} → {' '.join(ends) or 'it'}" for start, ends in effect.levels.items())
        levels = f", levels {', '.join(pairs)}"
    _figure(f"{words}, {kind}{side}{levels}", effect.estimate)


def _zeros(none: Iterable[NoEffect]) -> None:
    none = tuple(none)
    if none:
        title("What it is held not to bring about")
    for one in none:
        _line(", ".join(one.to), one.reason)


def _risks(name: str, knowledge: Knowledge) -> None:
    from kinechain.service.catalogue import risks_of

    risks = risks_of(name, knowledge)
    if risks:
        title("Whose odds it multiplies")
    for condition, risk in risks:
        _figure(condition.id, risk.odds_ratio)


def _flags(name: str, knowledge: Knowledge) -> None:
    from kinechain.service.catalogue import flags_with

    flags = flags_with(name, knowledge)
    if flags:
        title("Red flags about it")
    for flag in flags:
        one = knowledge.red_flags[flag]
        _line(flag, f"{one.label} ({one.urgency.replace('_', ' ')})")


def _red_flag(one: Any, knowledge: Knowledge) -> None:
    import yaml

    _line("about", one.condition)
    _line("how soon", one.urgency.replace("_", " "))
    _line("what to do", one.action)
    _line("ask", ", ".join(one.ask))
    title("Rule")
    for line in yaml.safe_dump(one.rule, sort_keys=False).splitlines():
        show(f"  {line}")
    title("Sources")
    for citation in one.sources:
        source = knowledge.sources.get(citation.source)
        name = f": {source.title}" if source else ""
        show(wrapped(f"{citation.source}, {citation.where}{name}", 2, 4))


def _source(one: Source, knowledge: Knowledge) -> None:
    from kinechain.service.catalogue import citations_of

    for words, value in (
        ("published in", one.journal_or_body), ("year", one.year), ("PMID", one.pmid),
        ("DOI", one.doi), ("address", one.url),
    ):  # fmt: skip
        _line(words, value)
    title("What cites it")
    for citation in citations_of(one.id, knowledge):
        words = f"{citation.folder}/{citation.id} {citation.path}"
        if citation.chosen and citation.figure is not None:
            words += f": {figure(citation.figure)}"
        elif not citation.chosen:
            words += " (looked at for a judgement, or not chosen)"
        place = f" [{citation.where}]" if citation.where else ""
        show(wrapped(f"{words}{place}", 2, 4))


def _level(name: str, knowledge: Knowledge) -> None:
    title("What has this level")
    groups = (
        ("conditions", knowledge.conditions), ("links", knowledge.links),
        ("findings", knowledge.findings), ("traits", knowledge.traits),
    )  # fmt: skip
    for folder, group in groups:
        found = [thing.id for thing in group.values() if name in thing.levels]
        _line(folder, ", ".join(found))
