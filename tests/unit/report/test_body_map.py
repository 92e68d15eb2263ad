"""Every site has its shape, and the right side is the mirror image of the left."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from kinechain.domain.concepts import Site
from kinechain.report import body_map, svg_path
from kinechain.report.body_map import VIEWS, BodyMap, ViewName
from tests.unit.report import invented

SITES = [msgspec.convert(plain, Site) for plain in invented.sites()]
LEAVES = [site for site in SITES if not site.parts]
GENERIC = [site for site in SITES if site.parts]


@pytest.fixture(scope="module")
def drawn() -> BodyMap:
    return body_map.read(invented.geometry())


def points(path: str) -> list[svg_path.Point]:
    return [p for sub in svg_path.parse(path) for segment in sub.segments for p in segment.points]


@pytest.mark.parametrize("site", LEAVES, ids=lambda site: site.id)
def test_every_site_is_drawn(drawn: BodyMap, site: Site) -> None:
    sides = {"left", "right"} if site.sides == "paired" else {"midline"}
    found = [region for view in VIEWS for region in drawn.regions(view) if region.site == site.id]
    assert {region.side for region in found} == sides


def test_nothing_is_drawn_that_is_no_site(drawn: BodyMap) -> None:
    known = {site.id for site in LEAVES}
    assert {region.site for view in VIEWS for region in drawn.regions(view)} <= known


@pytest.mark.parametrize("site", GENERIC, ids=lambda site: site.id)
def test_generic_sites_have_drawn_parts(drawn: BodyMap, site: Site) -> None:
    assert set(site.parts) <= {leaf.id for leaf in LEAVES}
    found = {region.site for view in VIEWS for region in drawn.find(view, site.id, "left")}
    assert found == set(site.parts)


@pytest.mark.parametrize("view", VIEWS)
def test_right_mirrors_left(drawn: BodyMap, view: ViewName) -> None:
    axis = drawn.figure(view).axis
    regions = {(region.site, region.side): region for region in drawn.regions(view)}
    for (site, side), region in regions.items():
        if side != "left":
            continue
        other = regions[site, "right"]
        pairs = zip(points(region.path), points(other.path), strict=True)
        assert all((2 * axis - x, y) == pytest.approx(there, abs=0.11) for (x, y), there in pairs)
        assert other.anchor == pytest.approx(body_map.reflect(region.anchor, axis))


@pytest.mark.parametrize("view", VIEWS)
def test_midline_shapes_are_symmetric(drawn: BodyMap, view: ViewName) -> None:
    axis = drawn.figure(view).axis
    whole = [region.path for region in drawn.regions(view) if region.side == "midline"]
    for path in [*whole, drawn.outline(view)]:
        left, _, right, _ = svg_path.bounds(path)
        assert left + right == pytest.approx(2 * axis, abs=0.11)


@pytest.mark.parametrize("view", VIEWS)
def test_left_is_where_the_viewer_expects_it(drawn: BodyMap, view: ViewName) -> None:
    axis = drawn.figure(view).axis
    for region in drawn.regions(view):
        if region.side == "left":
            on_viewers_right = region.anchor[0] > axis
            assert on_viewers_right == (view == "front"), region.site


@pytest.mark.parametrize("view", VIEWS)
def test_shapes_are_closed_and_on_the_sheet(drawn: BodyMap, view: ViewName) -> None:
    figure = drawn.figure(view)
    for region in drawn.regions(view):
        assert all(subpath.closed for subpath in svg_path.parse(region.path)), region.site
        left, top, right, bottom = svg_path.bounds(region.path)
        assert left >= 0, region.site
        assert top >= 0, region.site
        assert right <= figure.width, region.site
        assert bottom <= figure.height, region.site
        assert left <= region.anchor[0] <= right, region.site
        assert top <= region.anchor[1] <= bottom, region.site


def test_origin_lies_behind_in_the_other_view(drawn: BodyMap) -> None:
    left = drawn.place("lumbar_disc_herniation", "l3_4", "left", "back")
    behind = drawn.place("lumbar_disc_herniation", "l3_4", "left", "front")
    right = drawn.place("lumbar_disc_herniation", "l3_4", "right", "back")
    assert left is not None
    assert behind is not None
    assert right is not None
    assert (left[1], behind[1], right[1]) == (False, True, False)
    assert left[0][0] < 110 < behind[0][0]
    assert right[0] == (220 - left[0][0], left[0][1])


def test_levels_differ_and_midline_is_in_the_middle(drawn: BodyMap) -> None:
    upper = drawn.place("lumbar_disc_herniation", "l2_3", "left", "back")
    lower = drawn.place("lumbar_disc_herniation", "l5_s1", "left", "back")
    middle = drawn.place("lumbar_spinal_stenosis", None, "midline", "back")
    assert upper is not None
    assert lower is not None
    assert middle is not None
    assert upper[0][1] < lower[0][1]
    assert middle[0][0] == 110


def test_unknown_condition_has_no_place(drawn: BodyMap) -> None:
    assert drawn.place("no_such_condition", None, "left", "front") is None


def test_both_sides_and_unknown_side_give_both(drawn: BodyMap) -> None:
    for side in ("both", "unknown"):
        assert {r.side for r in drawn.find("front", "shin", side)} == {"left", "right"}
    assert {r.side for r in drawn.find("front", "shin", "right")} == {"right"}


def test_a_shape_without_outline_is_refused() -> None:
    plain = invented.geometry()
    plain["front"]["sites"]["shin"] = {"anchor": [130, 400]}
    with pytest.raises(ValueError, match="shin must have a path or a half"):
        body_map.read(plain).regions("front")


def test_views_are_all_drawn() -> None:
    assert set(VIEWS) == set(get_args(ViewName))


@pytest.mark.parametrize("site", LEAVES, ids=lambda site: site.id)
def test_site_figures_are_honest(site: Site) -> None:
    assert site.leak is not None
    assert site.leak.reason
    odds = [p / (1 - p) for p in (site.leak.low, site.leak.value, site.leak.high)]
    assert odds[1] >= 2 * odds[0]
    assert odds[2] >= 2 * odds[1]
    assert len(site.synonyms) >= 5


def test_no_synonym_means_two_sites() -> None:
    words = [word.lower() for site in SITES for word in {*site.synonyms, site.label}]
    assert sorted(words) == sorted(set(words))
