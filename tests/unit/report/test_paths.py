"""The painful sites of a report: one row for each place that has a result, and none twice."""

from __future__ import annotations

import pytest

from kinechain.intake import parse_case
from kinechain.knowledge import load_knowledge
from kinechain.report.contract import Assessment, CaseShown, PainShown, SiteResult
from kinechain.report.labels import Labels
from kinechain.report.paths import site_views
from kinechain.report.sections import build
from kinechain.service.assess import assess
from kinechain.service.presentation import extras, plain


def views(pains: list[PainShown], sites: list[SiteResult]) -> list[tuple[str, float, float | None]]:
    result = Assessment(schema_version="1", program_version="1", knowledge_version="1",
                        case_id="x", sites=tuple(sites))  # fmt: skip
    found = site_views(result, CaseShown(pain=tuple(pains)), Labels(known={}), ())
    return [(f"{one.site} {one.side}", one.unexplained, one.intensity) for one in found]


@pytest.mark.parametrize(
    ("entered", "sides"),
    [("left", [None]), ("both", [None]), (None, [None]), ("both", ["left", "right"]),
     ("unknown", ["left", "right"]), ("left", ["left"])],
)  # fmt: skip
def test_what_has_a_result_is_not_listed_once_more(
    entered: str | None, sides: list[str | None]
) -> None:
    pain = PainShown(site="here", side=entered, intensity=4)
    found = views([pain], [SiteResult(site="here", side=side, unexplained=0.1) for side in sides])
    assert found == [(f"here {side}", 0.1, 4) for side in sides]


def test_what_has_none_is_wholly_unexplained() -> None:
    pains = [PainShown(site="knee", side="left"), PainShown(site="knee", side="right", intensity=2)]
    found = views(pains, [SiteResult(site="knee", side="left", unexplained=0.2)])
    assert found == [("knee left", 0.2, None), ("knee right", 1.0, 2)]


def test_each_side_has_its_own_intensity() -> None:
    pains = [PainShown(site="knee", side="left", intensity=7),
             PainShown(site="knee", side="right", intensity=2)]  # fmt: skip
    sites = [SiteResult(site="knee", side=side, unexplained=0.2) for side in ("right", "left")]
    assert views(pains, sites) == [("knee right", 0.2, 2), ("knee left", 0.2, 7)]


def test_a_side_of_the_low_back_gives_one_row() -> None:
    """The low back lies in the middle; a side that was entered for it is no place of its own."""
    reading = parse_case("pain: [{site: low_back, side: left, intensity: 5}]\n", load_knowledge())
    result = assess(reading, load_knowledge(), draws=2)
    report = build(plain(result), extras(reading.case, load_knowledge()))
    assert [(one.site, one.intensity) for one in report.sites] == [("low_back", 5)]
    assert report.sites[0].unexplained < 0.5
