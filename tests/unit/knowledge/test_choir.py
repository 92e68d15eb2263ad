"""The sites beside the segments of the CHOIR body map."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kinechain.domain.concepts import ChoirSegments, Site
from kinechain.knowledge import load_knowledge
from kinechain.knowledge.choir import LEFT, RIGHT, SEGMENTS, check_choir, choir_of

SITES = load_knowledge().sites
# Front: mirrored neighbours, smaller number on the person's right. Back: on the person's left.
FRONT = ["101 102", "103 104", "105 106", "107 110", "108 109", "111 112", "113 114", "115 118",
         "116 117", "119 124", "120 123", "121 122", "125 128", "126 127", "129 130", "131 132",
         "133 134", "135 136"]  # fmt: skip
BACK = ["201 202", "203 204", "205 206", "207 210", "208 209", "211 214", "212 213", "215 216",
        "217 220", "218 219", "221 226", "222 225", "223 224", "227 230", "228 229", "231 232",
        "233 234", "235 236", "237 238"]  # fmt: skip
OTHER_SIDE = {
    **{one: other for pair in (*FRONT, *BACK) for one, other in [pair.split()]},
    **{other: one for pair in (*FRONT, *BACK) for one, other in [pair.split()]},
}


def test_the_segments_are_those_of_two_mirrored_figures() -> None:
    assert {int(one) for one in SEGMENTS} == {*range(101, 137), *range(201, 239)}
    assert set(OTHER_SIDE) == SEGMENTS
    assert {pair.split()[0] for pair in FRONT} <= RIGHT
    assert {pair.split()[0] for pair in BACK} <= LEFT


@pytest.mark.parametrize("site", SITES.values(), ids=lambda one: one.id)
def test_left_and_right_are_mirrored(site: Site) -> None:
    found = choir_of(site, SITES)
    if site.sides == "paired":
        assert {OTHER_SIDE[one] for one in found.left} == set(found.right)
        assert found.left
        assert not found.midline
    else:
        assert {OTHER_SIDE[one] for one in found.midline} == set(found.midline)
        assert found.midline
        assert not found.left
        assert not found.right


def test_a_generic_site_has_the_segments_of_its_parts() -> None:
    assert choir_of(SITES["knee"], SITES) == ChoirSegments(
        left=("130", "231"), right=("129", "232")
    )
    assert choir_of(SITES["head"], SITES).midline == (
        "101", "102", "103", "104", "201", "202", "203", "204"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("site", "wrong", "said"),
    [
        ("calf", ChoirSegments(left=("234",), right=("234",)), "234 is no segment of the left"),
        ("calf", ChoirSegments(left=("233",)), "needs left and right"),
        ("calf", ChoirSegments(left=("233",), right=("239",)), "239 is no segment"),
        ("low_back", ChoirSegments(left=("218",)), "needs midline"),
        ("abdomen", None, "no site overlaps the CHOIR segments"),
    ],
)
def test_what_is_wrong_is_said(site: str, wrong: ChoirSegments | None, said: str) -> None:
    things = {"sites": {**SITES, site: replace(SITES[site], choir=wrong)}}
    if wrong is None:  # the flanks overlap the same segments
        things["sites"]["flank"] = replace(SITES["flank"], choir=None)
    assert any(said in one.message for one in check_choir(things))


def test_the_shipped_sites_are_right() -> None:
    assert list(check_choir({"sites": SITES})) == []
