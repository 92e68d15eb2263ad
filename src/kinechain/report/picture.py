"""The body map as a picture: painful sites by origin, arrows from origin to pain."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from kinechain.report import model
from kinechain.report.body_map import VIEWS, BodyMap, Region, ViewName
from kinechain.report.svg_path import Point, number

COLOURS = 4
"""So many leading origins have a colour of their own; further ones share one."""

LEAST_SHARE = 0.12
"""Least responsibility for which an arrow is drawn."""

MARK = 5.5
"""Radius of a mark, in units of the figure."""


class PainShape(msgspec.Struct, frozen=True, kw_only=True):
    """A painful region; `colour` names its class: ``o1``..``o4``, ``other``, ``open``."""

    path: str
    colour: str
    title: str


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A numbered mark: where an origin sits (`hollow` when behind the figure)."""

    x: str
    y: str
    text: str
    colour: str
    hollow: bool


class Arrow(msgspec.Struct, frozen=True, kw_only=True):
    """A curve from an origin's mark to a painful site."""

    path: str
    colour: str
    width: str


class DrawnFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One view, ready to draw."""

    view: ViewName
    label: str
    description: str
    offset: str
    outline: str
    regions: tuple[str, ...]
    details: tuple[str, ...]
    captions: tuple[tuple[str, str, str], ...]
    pains: tuple[PainShape, ...]
    arrows: tuple[Arrow, ...]
    marks: tuple[Mark, ...]
    person_right: str
    person_left: str


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Both views beside each other, and the same in words."""

    width: str
    height: str
    figures: tuple[DrawnFigure, ...]
    description: str


def draw(body_map: BodyMap, report: model.Report) -> Picture:
    """Draw the body map of a report."""
    gap = 14.0
    figures: list[DrawnFigure] = []
    left = 0.0
    for view in VIEWS:
        figures.append(_figure(body_map, view, report, left))
        left += body_map.figure(view).width + gap
    height = max(body_map.figure(view).height for view in VIEWS) + 24
    return Picture(
        width=number(left - gap),
        height=number(height),
        figures=tuple(figures),
        description=describe(report),
    )


def describe(report: model.Report) -> str:
    """The picture in words, for those who do not see it."""
    sentences = [f"{site.label}: {dominant_words(site, report.origins)}" for site in report.sites]
    return ". ".join(sentences) + "." if sentences else "No painful site."


def dominant_words(site: model.SiteView, origins: Sequence[model.OriginView]) -> str:
    """Where most of the pain at a site comes from."""
    rank, share = _dominant(site)
    if rank is None:
        return "mostly unexplained"
    names = {origin.rank: f"origin {origin.rank}, {origin.label}" for origin in origins}
    return f"mostly from {names.get(rank, 'other origins')} ({100 * share:.0f} %)"


def colour_of(rank: int | None) -> str:
    """The class of colour of an origin's rank; ``open`` for the unexplained."""
    if rank is None:
        return "open"
    return f"o{rank}" if 1 <= rank <= COLOURS else "other"


def _dominant(site: model.SiteView) -> tuple[int | None, float]:
    """Rank of the origin that accounts for most of the pain, or None when most is open."""
    shares = _shares(site)
    rank, share = max(shares.items(), key=lambda item: item[1], default=(0, 0.0))
    return (rank, share) if share > 0 and share >= site.unexplained else (None, site.unexplained)


def _shares(site: model.SiteView) -> dict[int, float]:
    shares: dict[int, float] = {}
    for path in site.paths:
        shares[path.rank] = shares.get(path.rank, 0.0) + path.responsibility
    return shares


def _figure(body_map: BodyMap, view: ViewName, report: model.Report, left: float) -> DrawnFigure:
    figure = body_map.figure(view)
    pains: list[PainShape] = []
    marks: list[Mark] = []
    arrows: list[Arrow] = []
    used: set[int] = set()
    for site in report.sites:
        regions = body_map.find(view, site.site, site.side or "midline")
        rank, _ = _dominant(site)
        pains += [
            PainShape(
                path=region.path,
                colour=colour_of(rank),
                title=f"{site.label}: {dominant_words(site, report.origins)}",
            )
            for region in regions
        ]
        if regions and _home(body_map, site, report) == view:
            drawn = _arrows(body_map, view, site, regions, report)
            arrows += [arrow for _, arrow in drawn]
            used |= {rank for rank, _ in drawn}
    for origin in report.origins[:COLOURS]:
        placed = _place(body_map, view, origin, report)
        if placed is not None and (not placed[1] or origin.rank in used):
            point, behind = placed
            marks.append(_mark(point, origin.rank, hollow=behind))
    return DrawnFigure(
        view=view,
        label=figure.label,
        description=figure.description,
        offset=number(left),
        outline=body_map.outline(view),
        regions=tuple(region.path for region in body_map.regions(view)),
        details=body_map.details(view),
        captions=tuple((c.text, number(c.at[0]), number(c.at[1])) for c in body_map.captions(view)),
        pains=tuple(pains),
        arrows=tuple(arrows),
        marks=tuple(_apart(marks)),
        person_right=number(figure.width * (0.12 if view == "front" else 0.88)),
        person_left=number(figure.width * (0.88 if view == "front" else 0.12)),
    )


def _mark(point: Point, rank: int, *, hollow: bool) -> Mark:
    return Mark(
        x=number(point[0]),
        y=number(point[1]),
        text=str(rank),
        colour=colour_of(rank),
        hollow=hollow,
    )


def _apart(marks: Sequence[Mark]) -> list[Mark]:
    """Move marks that would cover one another apart, the lower rank staying."""
    placed: list[Mark] = []
    for mark in marks:
        x, y = float(mark.x), float(mark.y)
        while any(math.dist((x, y), (float(m.x), float(m.y))) < 2 * MARK for m in placed):
            y += 2 * MARK
        placed.append(msgspec.structs.replace(mark, x=number(x), y=number(y)))
    return placed


def _home(body_map: BodyMap, site: model.SiteView, report: model.Report) -> ViewName:
    """The view in which the arrows to a site are drawn: the origin's own if it can be."""
    side = site.side or "midline"
    drawn: list[ViewName] = [view for view in VIEWS if body_map.find(view, site.site, side)]
    rank, _ = _dominant(site)
    origin = next((o for o in report.origins if o.rank == rank), None)
    for view in drawn:
        placed = None if origin is None else _place(body_map, view, origin, report)
        if placed is not None and not placed[1]:
            return view
    return drawn[0] if drawn else "front"


def _place(
    body_map: BodyMap, view: ViewName, origin: model.OriginView, report: model.Report
) -> tuple[Point, bool] | None:
    """Where an origin sits; one without a place of its own sits where it is felt directly."""
    known = body_map.place(origin.condition, origin.level, origin.side or "midline", view)
    if known is not None:
        return known
    direct = [
        (path.responsibility, site)
        for site in report.sites
        for path in site.paths
        if path.condition == origin.condition and len(path.steps) == 2
    ]
    for _, site in sorted(direct, key=lambda pair: -pair[0]):
        regions = body_map.find(view, site.site, site.side or "midline")
        if regions:
            return regions[0].anchor, False
    return None


def _arrows(
    body_map: BodyMap,
    view: ViewName,
    site: model.SiteView,
    regions: Sequence[Region],
    report: model.Report,
) -> list[tuple[int, Arrow]]:
    drawn: list[tuple[int, Arrow]] = []
    for rank, share in sorted(_shares(site).items()):
        origin = next((o for o in report.origins[:COLOURS] if o.rank == rank), None)
        if origin is None or share < LEAST_SHARE:
            continue
        placed = _place(body_map, view, origin, report)
        if placed is None:
            continue
        start = placed[0]
        for side in sorted({region.side for region in regions}):
            anchors = [region.anchor for region in regions if region.side == side]
            end = min(anchors, key=lambda anchor: math.dist(anchor, start))
            if math.dist(start, end) > 3 * MARK:
                curve = _curve(start, end, rank)
                drawn.append(
                    (
                        rank,
                        Arrow(path=curve, colour=colour_of(rank), width=number(1.0 + 2.0 * share)),
                    )
                )
    return drawn


def _curve(start: Point, end: Point, rank: int) -> str:
    """A bent line that leaves the mark free; ranks bend differently so they do not coincide."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)
    bend = (0.16 if rank % 2 else -0.16) * (1 + 0.3 * (rank // 3))
    middle = ((start[0] + end[0]) / 2 + bend * dy, (start[1] + end[1]) / 2 - bend * dx)
    first = math.dist(start, middle) or length
    begin = (
        start[0] + (middle[0] - start[0]) * MARK / first,
        start[1] + (middle[1] - start[1]) * MARK / first,
    )
    points = (begin, middle, end)
    (x0, y0), (x1, y1), (x2, y2) = points
    return f"M {number(x0)} {number(y0)} Q {number(x1)} {number(y1)} {number(x2)} {number(y2)}"
