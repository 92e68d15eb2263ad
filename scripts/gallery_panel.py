"""The picture of one case of the gallery: the body map, and the ranked origins beside it."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from kinechain.report import body_map, picture
from kinechain.report.labels import interval, percent
from kinechain.report.picture import colour_of
from kinechain.report.svg_path import Point

WIDTH, MAP_WIDTH, MAP_HEIGHT = 720.0, 310.0, 372.0
PAD, GAP = 14.0, 8.0
MARGIN = 24.0
LEAST_HALF_WIDTH, LEAST_HEIGHT, LOWEST = 62.0, 130.0, 522.0
SOLES = 90.0
"""Beside a narrower figure the soles are left out."""

MARK = 8.5
"""Radius of a mark on the page."""
LABEL = 47
"""Letters in a line of a label."""
BAR = 150.0

STYLE = (
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}"
    ".card{fill:var(--card);stroke:var(--line)}"
    ".name{fill:var(--ink);font-size:13px}.strong{font-weight:650}"
    ".number{fill:var(--soft);font-size:12px}"
    ".rank{fill:var(--on);font-size:11px;font-weight:700;text-anchor:middle}"
    ".behind{fill:var(--ink)}"
    ".view{fill:var(--soft);font-size:11px;text-anchor:middle}"
    ".track{fill:var(--track)}.whisker{stroke:var(--whisker);stroke-width:1.5}"
    ".star{fill:#ffc53d;stroke:#17212b;stroke-width:1;stroke-linejoin:round}"
    ".told{fill:none;stroke:var(--ink);stroke-width:2;stroke-dasharray:5 3}"
    ".told.halo{stroke:#ffc53d;stroke-width:5;stroke-dasharray:none;stroke-opacity:.75}"
    ".head{fill:var(--ink)}"
    ".star.same{fill:none;stroke:var(--ink)}"
)
DRAWN = re.compile(
    r"\.(contour|edge|seam|fine|pain|o[1-4]|other|open|hatch-\w+|arrow|mark)(?![\w-])"
)
HEAD = (
    '<marker id="told" viewBox="0 0 8 8" refX="6.5" refY="4" markerUnits="userSpaceOnUse" '
    'markerWidth="10" markerHeight="10" orient="auto"><path class="head" '
    'd="M 0 0.8 L 7.4 4 L 0 7.2 Z"/></marker>'
)
STAR = "0,-8 2.1,-2.9 7.6,-2.5 3.4,1.1 4.7,6.5 0,3.6 -4.7,6.5 -3.4,1.1 -7.6,-2.5 -2.1,-2.9"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A ranked origin as the list shows it; `star` is empty, ``star`` or ``star same``."""

    rank: int
    place: str
    label: str
    explains: float
    low: float
    high: float
    star: str = ""


@dataclass(frozen=True)
class Published:
    """The published origin: its view, its place there, and the place of the pain in that view."""

    view: body_map.ViewName
    at: Point
    end: Point | None


@dataclass(frozen=True, kw_only=True)
class View:
    """One figure and what of it is shown."""

    figure: picture.DrawnFigure
    drawn: str
    half: float
    star: Published | None


def numbers(explains: float, low: float, high: float) -> str:
    """A probability with its interval, short where both are nothing.

    Parameters
    ----------
    explains, low, high
        As in the result.
    """
    words = percent(explains)
    return words if words == percent(high) else f"{words} ({interval(low, high)})"


def panel(
    page: str,
    drawn: picture.Picture,
    star: Published,
    lines: Sequence[Line],
    title: str,
) -> str:
    """The picture as a file of its own, for light and dark.

    Parameters
    ----------
    page
        The report, which holds the body map and its style.
    drawn
        The same body map as data.
    star
        Where the published origin and the pain are.
    lines
        The origins to list.
    title
        What it shows, for those who do not see it.
    """
    svg = _only(r'<svg class="map".*?</svg>', page)
    views = _views(svg, drawn, star)
    low, high = _heights(views)
    wide = sum(2 * view.half for view in views)
    scale = min((MAP_WIDTH - GAP * (len(views) - 1)) / wide, MAP_HEIGHT / (high - low), 1.9)
    listed, bottom = _list(lines)
    map_height = scale * (high - low)
    height = max(map_height + 2 * PAD + 12, bottom + PAD)
    left = PAD + (MAP_WIDTH - scale * wide - GAP * (len(views) - 1)) / 2
    parts: list[str] = []
    for view in views:
        parts.append(_map(view, left, low, high, scale, (height - map_height - 12) / 2 + 12))
        left += 2 * view.half * scale + GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:.0f}" '
        f'width="{WIDTH:g}" height="{height:.0f}" role="img">\n<title>{escape(title)}</title>\n'
        f"<style>{_style(_only(r'<style>.*?</style>', page)[7:-8])}</style>\n"
        f"{_only(r'<defs>.*?</defs>', svg).replace('</defs>', HEAD + '</defs>')}\n"
        f'<rect class="card" x=".5" y=".5" width="{WIDTH - 1:g}" height="{height - 1:.0f}" '
        f'rx="8"/>\n{"".join(parts)}\n{listed}\n</svg>\n'
    )


def _only(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.DOTALL)
    if found is None:
        raise ValueError(f"The report must hold {pattern}. Got none.")
    return found[0]


# The map


def _views(svg: str, drawn: picture.Picture, star: Published) -> tuple[View, ...]:
    """The figures that show the published origin, the leading one, or an arrow."""
    parts = re.findall(r"<g transform=.*?</g>", svg, re.DOTALL)
    own = next(figure for figure in drawn.figures if figure.view == star.view)
    seen = any(mark.text == "1" for mark in own.marks)
    views: list[View] = []
    for figure, part in zip(drawn.figures, parts, strict=True):
        leading = not seen and any(mark.text == "1" for mark in figure.marks)
        if not (figure.arrows or leading or figure.view == star.view):
            continue
        at = star if figure.view == star.view else None
        far = max((abs(x - _axis(figure)) for x, _ in _points(figure, at)), default=0.0)
        half = min(max(far + MARGIN, LEAST_HALF_WIDTH), _axis(figure))
        views.append(View(figure=figure, drawn=part, half=half, star=at))
    return tuple(views)


def _axis(figure: picture.DrawnFigure) -> float:
    """The middle: the words at the sides stand at equal distance from it."""
    return (float(figure.person_left) + float(figure.person_right)) / 2


def _points(figure: picture.DrawnFigure, star: Published | None) -> Iterator[Point]:
    """All that must be seen: pain, marks, arrows, the star."""
    for mark in figure.marks:
        yield float(mark.x), float(mark.y)
    for path in (*figure.pains, *figure.arrows):
        yield from _along(path.path)
    if star is not None:
        yield star.at


def _along(path: str) -> list[Point]:
    values = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", path)]
    return list(zip(values[::2], values[1::2], strict=True))


def _heights(views: Sequence[View]) -> tuple[float, float]:
    heights = [y for view in views for _, y in _points(view.figure, view.star)]
    low, high = min(heights) - MARGIN, max(heights) + MARGIN
    return low, max(min(high, LOWEST), low + LEAST_HEIGHT)


def _map(view: View, left: float, low: float, high: float, scale: float, top: float) -> str:
    """One figure, clipped to what is shown of it; marks in the size of the page."""
    begin = _axis(view.figure) - view.half
    body = re.sub(r'<(text|circle) class="(words|tiny|mark)[^>]*>(.*?</text>)?\n?', "", view.drawn)
    body = re.sub(r"<g transform=[^>]*>|</g>", "", body)
    if view.half < SOLES:
        body = re.sub(r'(class="(?:contour|edge)" d="M[^M"]*)[^"]*', r"\1", body)
    lines = [line for line in body.splitlines() if _is_seen(line, begin, 2 * view.half, low, high)]
    width, height = 2 * view.half * scale, (high - low) * scale
    front = view.figure.view == "front"
    words = (("right" if front else "left", left + 16), (view.figure.label, left + width / 2),
             ("left" if front else "right", left + width - 16))  # fmt: skip
    said = "".join(f'<text class="view" x="{x:.0f}" y="{top - 3:.0f}">{w}</text>' for w, x in words)
    return (
        f'<svg x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'viewBox="{begin:g} {low:g} {2 * view.half:g} {high - low:g}">\n'
        + "\n".join(lines)
        + f"\n</svg>\n{said}{_marks(view, (left - begin * scale, top - low * scale), scale)}\n"
    )


def _is_seen(line: str, left: float, width: float, low: float, high: float) -> bool:
    """Whether a seam or a thin line reaches into what is shown; all else stays."""
    found = re.match(r'<path class="(?:seam|fine)" d="([^"]*)"/>', line)
    if found is None:
        return bool(line.strip())
    points = _along(found[1])
    return (
        min(x for x, _ in points) < left + width
        and max(x for x, _ in points) > left
        and min(y for _, y in points) < high
        and max(y for _, y in points) > low
    )


def _marks(view: View, origin: Point, scale: float) -> str:
    """The numbered marks and the star, none over another."""
    placed: list[Point] = []
    drawn: list[str] = []
    for mark in view.figure.marks:
        x, y = origin[0] + float(mark.x) * scale, origin[1] + float(mark.y) * scale
        while any(math.dist((x, y), one) < 2 * MARK for one in placed):
            y += MARK / 2
        placed.append((x, y))
        drawn.append(_mark(x, y, mark.text, mark.colour, hollow=mark.hollow))
    if view.star is not None:
        x, y = origin[0] + view.star.at[0] * scale, origin[1] + view.star.at[1] * scale
        away = _outward(view.star, _axis(view.figure))
        while any(math.dist((x, y), one) < 2 * MARK for one in placed):
            x += away * MARK / 2
        if view.star.end is not None:
            end = origin[0] + view.star.end[0] * scale, origin[1] + view.star.end[1] * scale
            drawn.insert(0, _told(x, y, *end, away))
        drawn.append(_star(x, y, "star"))
    return "".join(drawn)


def _outward(star: Published, axis: float) -> int:
    """To which side the published path bends: away from the middle."""
    x = star.at[0] if star.end is None or abs(star.at[0] - axis) > MARK else star.end[0]
    return 1 if x >= axis else -1


def _told(x: float, y: float, end_x: float, end_y: float, away: int) -> str:
    """The published path, bent outward."""
    bent = max(x * away, end_x * away) * away + away * 0.12 * abs(end_y - y)
    curve = f"M {x:.1f} {y:.1f} Q {bent:.1f} {(y + end_y) / 2:.1f} {end_x:.1f} {end_y:.1f}"
    return (
        f'<path class="told halo" d="{curve}"/><path class="told" d="{curve}" '
        'marker-end="url(#told)"/>'
    )


def _mark(x: float, y: float, text: str, colour: str, *, hollow: bool) -> str:
    kind = " hollow" if hollow else ""
    word = "rank behind" if hollow else "rank"
    return (
        f'<circle class="mark {colour}{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{MARK}"/>'
        f'<text class="{word}" x="{x:.1f}" y="{y + 4:.1f}">{text}</text>'
    )


def _star(x: float, y: float, kind: str) -> str:
    place = f"translate({x:.1f} {y:.1f}) scale({1.25 if kind == 'star' else 0.95})"
    return f'<polygon class="{kind}" transform="{place}" points="{STAR}"/>'


# The list


def _list(lines: Sequence[Line]) -> tuple[str, float]:
    """The ranked origins, and where they end."""
    left, y = PAD + MAP_WIDTH + 26, PAD + 10
    drawn: list[str] = []
    for line in lines:
        colour = colour_of(line.rank)
        if line.rank > len(lines):
            word = f'<text class="number" x="{left + 20:g}" y="{y + 4:g}">{line.place}</text>'
            drawn.append(word)
            label = left + 54
        else:
            drawn.append(_mark(left, y, str(line.rank), colour, hollow=False))
            label = left + 20
        if line.star:
            drawn.append(_star(left - (0 if line.rank > len(lines) else 20), y, line.star))
        rows = textwrap.wrap(line.label, LABEL - round((label - left - 20) / 7))
        for row in rows:
            kind = "name strong" if line.star else "name"
            drawn.append(f'<text class="{kind}" x="{label:g}" y="{y + 4:g}">{escape(row)}</text>')
            y += 16
        drawn.append(_bar(left + 20, y - 6, line, colour))
        y += 31
    return "".join(drawn), y - 20


def _bar(x: float, y: float, line: Line, colour: str) -> str:
    low, middle, high = (x + BAR * one for one in (line.low, line.explains, line.high))
    said = escape(numbers(line.explains, line.low, line.high))
    return (
        f'<rect class="track" x="{x:g}" y="{y:g}" width="{BAR:g}" height="10" rx="2"/>'
        f'<rect class="{colour}" x="{x:g}" y="{y:g}" width="{middle - x:.1f}" height="10" rx="2"/>'
        f'<path class="whisker" d="M {low:.1f} {y + 5:g} L {high:.1f} {y + 5:g}"/>'
        f'<text class="number" x="{x + BAR + 10:g}" y="{y + 9:g}">{said}</text>'
    )


# The style


def _style(sheet: str) -> str:
    """What of the report's style the picture needs."""
    screen = re.sub(r"@media print.*", "", sheet, flags=re.DOTALL)
    return " ".join([*_rules(screen), STYLE])


def _rules(sheet: str) -> Iterator[str]:
    for dark, selector, body in re.findall(r"(@media [^{]*\{\s*)?([^{}@]+)\{([^{}]*)\}", sheet):
        names, inside = selector.strip(), " ".join(body.split())
        if names == ":root":
            rule = f":root{{{inside}}}"
            yield f"@media (prefers-color-scheme:dark){{{rule}}}" if dark else rule
        elif DRAWN.search(names) and not re.search(r"\.(rank|dot|band)\b", names):
            yield f"{names}{{{inside}}}"
