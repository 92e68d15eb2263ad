"""Each painful site: where its pain comes from and by which path."""

from __future__ import annotations

from collections.abc import Sequence

from kinechain.report import model, words
from kinechain.report.contract import Assessment, CaseShown, PainShown, Path, SiteResult
from kinechain.report.labels import Labels, clean

LEAST_RESPONSIBILITY = 0.02
PATHS_SHOWN = 5


def site_views(
    result: Assessment, case: CaseShown, labels: Labels, order: Sequence[str]
) -> tuple[model.SiteView, ...]:
    """The painful sites in words, in the order of the result.

    A pain that was entered but is missing from the result (because no probabilities could be
    computed) is shown as wholly unexplained.

    Parameters
    ----------
    result
        The result, for its sites.
    case
        The pain as it was entered, for intensity and for sites the result lacks.
    labels
        Words for sites and the nodes of paths.
    order
        Conditions by rank, so that a path can carry the number of its origin.
    """
    sites = list(result.sites)
    sites += [
        SiteResult(site=pain.site, side=pain.side, unexplained=1.0)
        for pain in case.pain
        if not any(_is_of(pain, site) for site in result.sites)
    ]
    rank_of = {condition: rank for rank, condition in enumerate(order, start=1)}
    return tuple(_view(site, case, labels, rank_of) for site in sites)


def _is_of(pain: PainShown, site: SiteResult) -> bool:
    """Whether a site of the result is where this pain was entered.

    A site in the middle has one result whatever side was entered, and a pain on both sides or on
    an unknown one has the results of each side.
    """
    whole = (None, "midline", "both", "unknown")
    return pain.site == site.site and (
        pain.side == site.side or pain.side in whole or site.side in whole
    )


def _view(
    site: SiteResult, case: CaseShown, labels: Labels, rank_of: dict[str, int]
) -> model.SiteView:
    of_it = [pain for pain in case.pain if _is_of(pain, site)]
    same = [pain for pain in of_it if pain.side == site.side]
    pain = next(iter(same or of_it), None)
    label = clean(site.label) or (clean(pain.label) if pain is not None else "")
    paths = sorted(site.paths, key=lambda path: -path.responsibility)
    return model.SiteView(
        site=site.site,
        side=site.side,
        label=_with_side(label, site.side) if label else labels.site(site.site, site.side),
        intensity=pain.intensity if pain is not None else None,
        paths=tuple(
            _path(path, labels, rank_of)
            for path in paths[:PATHS_SHOWN]
            if path.path and path.responsibility >= LEAST_RESPONSIBILITY
        ),
        unexplained=site.unexplained,
        unexplained_words=words.unexplained_words(site.unexplained),
    )


def _with_side(label: str, side: str | None) -> str:
    if side in ("left", "right", "both") and side not in label.lower():
        return f"{label}, {side}"
    return label


def _path(path: Path, labels: Labels, rank_of: dict[str, int]) -> model.PathView:
    named = len(path.labels) == len(path.path)
    steps = path.labels if named else tuple(labels.of(node) for node in path.path)
    condition = path.path[0].split(".")[0]
    return model.PathView(
        steps=tuple(clean(step) for step in steps),
        sentence=clean(path.sentence),
        caveats=tuple(clean(text) for text in path.caveats),
        condition=condition,
        rank=rank_of.get(condition, 0),
        fired=path.fired,
        low=path.low,
        high=path.high,
        responsibility=path.responsibility,
    )
