"""What speaks for and against the leading origins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from kinechain.report import model, words
from kinechain.report.contract import Assessment, Contribution
from kinechain.report.labels import Labels, clean

LEADING = 3
LEAST_EXPLAINS = 0.05
LEAST_WEIGHT = 0.1
ROWS = 7

References = Callable[[Iterable[str]], tuple[int, ...]]


def evidence_views(
    result: Assessment,
    origins: Sequence[model.OriginView],
    labels: Labels,
    refs: References,
) -> tuple[model.EvidenceView, ...]:
    """Findings for and against each leading origin, weightiest first.

    A group of findings is shown as a whole unless it has only one finding.

    Parameters
    ----------
    result
        The result, for its contributions.
    origins
        The ranked origins; the first, and of the next two those that explain something, count
        as leading.
    labels
        Words for findings and groups.
    refs
        Numbers the cited sources.
    """
    leading = [o for o in origins[:LEADING] if o.rank == 1 or o.explains >= LEAST_EXPLAINS]
    return tuple(
        _view(origin, result.contributions.get(origin.instance, ()), labels, refs)
        for origin in leading
    )


def _view(
    origin: model.OriginView,
    contributions: Sequence[Contribution],
    labels: Labels,
    refs: References,
) -> model.EvidenceView:
    members = Counter(c.group for c in contributions if c.finding)
    weighty = [
        c
        for c in contributions
        if abs(c.removed) >= LEAST_WEIGHT and (c.finding or members[c.group] != 1)
    ]
    weighty.sort(key=lambda c: -abs(c.removed))
    return model.EvidenceView(
        rank=origin.rank,
        label=f"{origin.label} ({origin.where})" if origin.where else origin.label,
        supporting=tuple(_row(c, labels, refs) for c in weighty if c.removed > 0)[:ROWS],
        opposing=tuple(_row(c, labels, refs) for c in weighty if c.removed < 0)[:ROWS],
    )


def _row(contribution: Contribution, labels: Labels, refs: References) -> model.EvidenceRow:
    group = labels.of(contribution.group) if contribution.group else ""
    named = labels.of(contribution.finding) if contribution.finding else group
    finding = clean(contribution.label) or named
    if not contribution.finding:
        finding = f"{finding or 'What was recorded'}, all together"
    return model.EvidenceRow(
        finding=finding,
        group=group if contribution.finding and group != finding else "",
        state=clean(contribution.state),
        strength=words.strength_words(contribution.removed),
        removed=contribution.removed,
        alone=contribution.alone,
        note=_note(contribution),
        refs=refs(contribution.sources),
        is_group=not contribution.finding,
    )


def _note(contribution: Contribution) -> str:
    """Why a finding weighs otherwise here than it does by itself, when it does."""
    removed, alone = contribution.removed, contribution.alone
    if removed * alone < 0 and abs(alone) >= LEAST_WEIGHT:
        return "by itself it would point the other way"
    if abs(alone) >= 2 * abs(removed) and abs(alone) >= 0.5:
        return "weighs less here, because other findings already say it"
    if abs(removed) >= 2 * abs(alone) and abs(removed) >= 0.5:
        return "weighs more here, because of the other findings"
    return ""
