"""The sites of the body map beside the 74 segments of the CHOIR body map.

CHOIR (Collaborative Health Outcomes Information Registry) numbers 36 segments of the front from
101 and 38 of the back from 201. Here they are as in its figure of a man; in older exports of the
figure of a woman 112 to 117 stand in another order, which its own tools turn into this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kinechain.domain.case import Issue
from kinechain.domain.concepts import ChoirSegments, Site
from kinechain.knowledge.walk import issue

# The figure of the front faces the reader, so its smaller numbers are the person's right.
_RIGHT = """
    101 103 105 107 108 111 113 115 116 119 120 121 125 126 129 131 133 135
    202 204 206 209 210 213 214 216 219 220 224 225 226 229 230 232 234 236 238
"""
_LEFT = """
    102 104 106 109 110 112 114 117 118 122 123 124 127 128 130 132 134 136
    201 203 205 207 208 211 212 215 217 218 221 222 223 227 228 231 233 235 237
"""
RIGHT, LEFT = frozenset(_RIGHT.split()), frozenset(_LEFT.split())
SEGMENTS = RIGHT | LEFT


def check_choir(things: Mapping[str, Mapping[str, Any]]) -> Iterator[Issue]:
    """Segments exist, lie on the side that is said, and none is without a site.

    Parameters
    ----------
    things
        As they were read, by folder and id.
    """
    named: set[str] = set()
    for name, site in things.get("sites", {}).items():
        given = site.choir
        if given is None:
            continue
        where = f"sites/{name}.yaml choir"
        used = {"left", "right"} if site.sides == "paired" else {"midline"}
        for side, on_side in (("left", LEFT), ("right", RIGHT), ("midline", SEGMENTS)):
            segments = getattr(given, side)
            named.update(segments)
            if bool(segments) != (side in used):
                yield issue(where, f"a {site.sides} site needs {' and '.join(sorted(used))}")
            for one in segments:
                if one not in on_side:
                    yield issue(where, f"{one} is no segment of the {side}")
    if named and (left_out := SEGMENTS - named):
        missing = ", ".join(sorted(left_out))
        yield issue("sites", f"no site overlaps the CHOIR segments {missing}")


def choir_of(site: Site, sites: Mapping[str, Site]) -> ChoirSegments:
    """The segments that a site overlaps; those of its parts where it is generic.

    Parameters
    ----------
    site
        Of the knowledge.
    sites
        All of them, by id.
    """
    own = [site.choir] if site.choir else [choir_of(sites[one], sites) for one in site.parts]

    def together(side: str) -> tuple[str, ...]:
        return tuple(sorted({one for each in own for one in getattr(each, side)}))

    left, right, midline = together("left"), together("right"), together("midline")
    if site.sides == "midline":  # a head has no sides of its own, its halves do
        left, right, midline = (), (), tuple(sorted({*left, *right, *midline}))
    return ChoirSegments(left=left, right=right, midline=midline)
