"""The ranked origins and the one sentence that says why each stands where it does."""

from __future__ import annotations

from collections.abc import Sequence

from kinechain.report import model, words
from kinechain.report.contract import Assessment, ConditionResult, Contribution, Origin
from kinechain.report.labels import Labels, clean, percent

LEAST_SHOWN = 0.01
LEAST_SHARE = 0.1
SPEAKS = 0.18
"""Least log odds (a factor of 1.2) at which a finding is named in the sentence."""


def ranked(result: Assessment) -> list[ConditionResult]:
    """Conditions by how probably they explain a complaint.

    A result without conditions is ranked by its origins. Those that explain hardly anything
    are left out, except the first.
    """
    entries = list(result.conditions) or [
        ConditionResult(
            condition=origin.condition,
            label=origin.label,
            explains=origin.explains,
            low=origin.low,
            high=origin.high,
            present=origin.present,
            origins=(origin.id,),
        )
        for origin in _best_by_condition(result)
    ]
    entries.sort(key=lambda entry: -entry.explains)
    return entries[:1] + [entry for entry in entries[1:] if entry.explains >= LEAST_SHOWN]


def origin_views(
    result: Assessment,
    order: Sequence[ConditionResult],
    sites: Sequence[model.SiteView],
    labels: Labels,
) -> tuple[model.OriginView, ...]:
    """The ranked origins in words.

    Parameters
    ----------
    result
        The result, for its origins and contributions.
    order
        The conditions to show, best first.
    sites
        The painful sites, already in words; they say which pain an origin accounts for.
    labels
        Words for findings, groups and levels.
    """
    return tuple(
        _view(rank, entry, result, sites, labels) for rank, entry in enumerate(order, start=1)
    )


def _view(
    rank: int,
    entry: ConditionResult,
    result: Assessment,
    sites: Sequence[model.SiteView],
    labels: Labels,
) -> model.OriginView:
    members = [o for o in result.origins if o.id in entry.origins or o.condition == entry.condition]
    members.sort(key=lambda origin: -origin.explains)
    main = members[0] if members else None
    notable = [origin for origin in members if origin.explains >= max(0.05, entry.explains / 10)]
    single = main is not None and len(notable) <= 1
    instance = main.id if main is not None else entry.condition
    return model.OriginView(
        rank=rank,
        condition=entry.condition,
        instance=instance,
        level=main.level if main is not None else None,
        side=main.side if main is not None else None,
        label=clean(main.label if single and main is not None else entry.label),
        where="" if single else _where(notable, labels),
        explains=entry.explains,
        low=entry.low,
        high=entry.high,
        present=entry.present,
        reason=_reason(entry, result.contributions.get(instance, ()), sites, labels),
        judgement=words.judgement_words(main.judgement_share if main is not None else None),
    )


def _where(origins: Sequence[Origin], labels: Labels) -> str:
    places: list[str] = []
    for origin in origins[:3]:
        level = labels.level(origin.level)
        side = origin.side if origin.side in ("left", "right") else ""
        place = " ".join(part for part in (level, side) if part)
        if place:
            places.append(f"{place} {percent(origin.explains)}")
    return ", ".join(places)


def _reason(
    entry: ConditionResult,
    contributions: Sequence[Contribution],
    sites: Sequence[model.SiteView],
    labels: Labels,
) -> str:
    """One sentence: what speaks loudest for it, what against, which pain it accounts for."""
    telling = one_by_group(contributions)
    supporting = [_name(c, labels) for c in telling if c.removed >= SPEAKS][:2]
    opposing = [_name(c, labels) for c in telling if c.removed <= -SPEAKS][:1]
    parts: list[str] = []
    if supporting:
        parts.append(f"for it: {words.join_words(supporting)}")
    if opposing:
        parts.append(f"against it: {opposing[0]}")
    pain = _pain(entry, sites)
    if pain:
        parts.append(pain)
    elif entry.present - entry.explains > 0.2:
        there = percent(entry.present)
        parts.append(f"probably there ({there}) without explaining the complaint")
    if not parts:
        parts.append("ranked by how common it is; nothing recorded speaks for or against it")
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


def one_by_group(contributions: Sequence[Contribution]) -> list[Contribution]:
    """The weightiest single finding of each group, weightiest first.

    A group as a whole stands in only where none of its findings is listed by itself.
    """
    single = [c for c in contributions if c.finding]
    listed = {c.group for c in single}
    whole = [c for c in contributions if not c.finding and c.group not in listed]
    chosen: dict[str, Contribution] = {}
    for contribution in sorted(single + whole, key=lambda c: -abs(c.removed)):
        chosen.setdefault(contribution.group or contribution.finding or "", contribution)
    return list(chosen.values())


def _pain(entry: ConditionResult, sites: Sequence[model.SiteView]) -> str:
    shares = [
        (
            sum(path.responsibility for path in site.paths if path.condition == entry.condition),
            site.label,
        )
        for site in sites
    ]
    share, label = max(shares, default=(0.0, ""))
    if share < LEAST_SHARE:
        return ""
    return f"it accounts for {percent(share)} of the pain at {label.lower()}"


def _name(contribution: Contribution, labels: Labels) -> str:
    known = contribution.finding or contribution.group or "what was recorded"
    name = clean(contribution.label) or labels.of(known)
    return f"{name} ({contribution.state})" if contribution.state != "present" else name


def _best_by_condition(result: Assessment) -> list[Origin]:
    best: dict[str, Origin] = {}
    for origin in sorted(result.origins, key=lambda origin: -origin.explains):
        best.setdefault(origin.condition, origin)
    return list(best.values())
