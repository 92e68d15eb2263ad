"""The body map: two figures, their regions, and where an origin sits in them.

The figures are data (``kinechain/data/body_map``): the person's left side and the left halves
of midline shapes. Everything on the right is made here by mirroring, so the two sides cannot
differ. Nothing is read from disk here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, assert_never

import msgspec

from kinechain.domain.strict import Strict
from kinechain.report import svg_path
from kinechain.report.svg_path import Point

ViewName = Literal["front", "back"]
VIEWS: tuple[ViewName, ...] = ("front", "back")


class Shape(Strict, frozen=True, kw_only=True):
    """A region of one figure.

    Attributes
    ----------
    path
        Closed path data of the person's left region (a paired site).
    half
        Open path data of the left half of a midline region, from its top to its bottom.
    anchor
        Where marks and arrows attach, on the person's left or on the midline.
    """

    anchor: Point
    path: str | None = None
    half: str | None = None


class Outline(Strict, frozen=True, kw_only=True):
    """The contour: its left half, and detached closed parts on the left (the sole)."""

    half: str
    more: tuple[str, ...] = ()


class Caption(Strict, frozen=True, kw_only=True):
    """A word beside the figure, on the person's left; repeated on the right."""

    text: str
    at: Point


class Figure(Strict, frozen=True, kw_only=True):
    """One view of the body as it stands in its file."""

    view: ViewName
    label: str
    description: str
    width: float
    height: float
    axis: float
    outline: Outline
    sites: dict[str, Shape]
    details: tuple[str, ...] = ()
    captions: tuple[Caption, ...] = ()


class OriginPlace(Strict, frozen=True, kw_only=True):
    """Where a condition sits: a point on the person's left, by level where it has levels."""

    view: ViewName
    at: Point
    levels: dict[str, Point] = msgspec.field(default_factory=dict[str, Point])


class Region(NamedTuple):
    """A region ready to draw: one site on one side, or on the midline."""

    site: str
    side: Literal["left", "right", "midline"]
    path: str
    anchor: Point


class BodyMap(Strict, frozen=True, kw_only=True):
    """Both figures, the places of the conditions, and the parts of generic sites."""

    front: Figure
    back: Figure
    origins: dict[str, OriginPlace] = msgspec.field(default_factory=dict[str, OriginPlace])
    parts: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict[str, tuple[str, ...]])

    def figure(self, view: ViewName) -> Figure:
        """The figure of a view."""
        match view:
            case "front":
                return self.front
            case "back":
                return self.back
            case _:
                assert_never(view)

    def regions(self, view: ViewName) -> tuple[Region, ...]:
        """Every region of a view, both sides, in drawing order."""
        figure = self.figure(view)
        found: list[Region] = []
        for site, shape in figure.sites.items():
            found.extend(_both_sides(site, shape, figure.axis))
        return tuple(found)

    def find(self, view: ViewName, site: str, side: str) -> tuple[Region, ...]:
        """Regions of a site in a view.

        Parameters
        ----------
        view
            Which figure.
        site
            A body site; a generic one gives the regions of its parts.
        side
            ``left``, ``right`` or ``midline``; anything else gives both sides.
        """
        wanted = self.parts.get(site, (site,))
        return tuple(
            region
            for region in self.regions(view)
            if region.site in wanted and (region.side in (side, "midline") or side not in _SIDES)
        )

    def outline(self, view: ViewName) -> str:
        """The whole contour as closed path data."""
        figure = self.figure(view)
        parts = [svg_path.close_by_mirror(figure.outline.half, figure.axis)]
        for more in figure.outline.more:
            parts += [more, svg_path.mirror(more, figure.axis)]
        return " ".join(parts)

    def details(self, view: ViewName) -> tuple[str, ...]:
        """Thin anatomical lines, both sides."""
        figure = self.figure(view)
        mirrored = tuple(svg_path.mirror(line, figure.axis) for line in figure.details)
        return figure.details + tuple(
            line
            for line, original in zip(mirrored, figure.details, strict=True)
            if line != original
        )

    def captions(self, view: ViewName) -> tuple[Caption, ...]:
        """Words beside the figure, both sides."""
        figure = self.figure(view)
        other = tuple(
            Caption(text=caption.text, at=reflect(caption.at, figure.axis))
            for caption in figure.captions
        )
        return figure.captions + other

    def place(
        self, condition: str, level: str | None, side: str, view: ViewName
    ) -> tuple[Point, bool] | None:
        """Where an origin is drawn in a view.

        Returns
        -------
        tuple or None
            The point and whether it lies behind the figure, that is, belongs to the other
            view and is seen through the body; None for a condition without a place.
        """
        known = self.origins.get(condition)
        if known is None:
            return None
        axis = self.figure(known.view).axis
        point = known.levels.get(level, known.at) if level is not None else known.at
        match side:
            case "left":
                pass
            case "right":
                point = reflect(point, axis)
            case _:
                point = (axis, point[1])
        if known.view == view:
            return point, False
        return reflect(point, axis), True


_SIDES = ("left", "right", "midline")


def read(plain: Mapping[str, Any]) -> BodyMap:
    """Read the geometry from plain data.

    Parameters
    ----------
    plain
        ``front``, ``back`` and ``origins`` as in the files of the same names under
        ``kinechain/data/body_map``, and ``parts``: the parts of each generic site.

    Raises
    ------
    msgspec.ValidationError
        If a key is unknown or a value has the wrong type.
    """
    return msgspec.convert(plain, BodyMap)


def reflect(point: Point, axis: float) -> Point:
    """Reflect a point at the vertical line ``x = axis``."""
    return (2 * axis - point[0], point[1])


def _both_sides(site: str, shape: Shape, axis: float) -> tuple[Region, ...]:
    if shape.half is not None:
        whole = svg_path.close_by_mirror(shape.half, axis)
        return (Region(site, "midline", whole, shape.anchor),)
    if shape.path is None:
        raise ValueError(f"The shape of {site} must have a path or a half.")
    return (
        Region(site, "left", shape.path, shape.anchor),
        Region(site, "right", svg_path.mirror(shape.path, axis), reflect(shape.anchor, axis)),
    )
