"""The network beside published values: intervals, who is held out, what counts how often."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kinechain.domain.studies import Measured, People, Study, StudyRow, Test
from kinechain.inference.template import template_of
from kinechain.service.case_scores import wilson
from kinechain.service.fit import at_values, figure_names
from kinechain.service.published_tables import (
    HELD_OUT,
    TOO_WIDE,
    PartSummary,
    Prepare,
    TableRow,
    Tables,
    interval,
    is_held_out,
    summary,
    tables,
)
from tests.support.knowledge import small_knowledge
from tests.support.studied import asked

KNOWN = small_knowledge()
WIDE = {"low": 0.0, "high": 1.0}


def row(name: str = "row", **changes: Any) -> StudyRow:
    base = {"id": name, "kind": "single", "label": "?", "condition": ("arthritis",),
            "test": Test(of=("sign",)), "people": People(complaint=("knee",))}  # fmt: skip
    return StudyRow(**(base | changes))


def study(name: str, *rows: StudyRow) -> dict[str, Study]:
    return {name: Study(id=name, rows=rows)}


def held(studies: dict[str, Study]) -> Tables:
    return tables(KNOWN, studies, "rows")


def only(rows: tuple[TableRow, ...]) -> TableRow:
    [one] = rows
    return one


def test_a_printed_interval_is_taken_as_it_is() -> None:
    printed = Measured(value=0.8, low=0.7, high=0.85, n=12)
    assert interval(printed, ratio=False) == (0.7, 0.85)
    assert interval(printed, ratio=True) == (0.7, 0.85)


def test_otherwise_wilson_s_from_the_people() -> None:
    found = interval(Measured(value=0.8, n=40), ratio=False)
    assert found == (wilson(32, 40).low, wilson(32, 40).high)
    assert found == pytest.approx((0.6524, 0.8950), abs=1e-4)  # Newcombe's formula by hand
    assert interval(Measured(value=1.0, n=10), ratio=False)[1] == pytest.approx(1.0)


def test_nothing_known_is_no_interval() -> None:
    assert interval(Measured(value=0.8), ratio=False) == (0.8, 0.8)
    assert interval(Measured(value=4.0, n=40), ratio=True) == (4.0, 4.0)


def test_each_value_beside_the_network_s() -> None:
    expected = asked(KNOWN, row())
    near = {name: Measured(value=value, low=value - 0.01, high=value + 0.01)
            for name, value in expected.items()}  # fmt: skip
    far = {"sensitivity": Measured(value=0.1, low=0.05, high=0.2)}
    found = held(study("smith", row("near", **near), row("far", **far)))
    assert [(one.row, one.measure, one.inside) for one in found.rows] == [
        ("far", "sensitivity", False),
        ("near", "sensitivity", True),
        ("near", "specificity", True),
    ]
    for one in found.rows:
        assert one.network == pytest.approx(expected[one.measure], abs=1e-9)
        assert one.part == ("held out" if is_held_out("smith") else "fitted")
    assert found.knowledge_version == KNOWN.version
    assert found.studies_version == "rows"


def test_likelihood_ratios_only_where_they_stand_alone() -> None:
    ratio = Measured(value=3.0, low=1.0, high=9.0)
    alone = only(held(study("smith", row(lr_positive=ratio))).rows)
    expected = asked(KNOWN, row())
    assert alone.network == pytest.approx(
        expected["sensitivity"] / (1 - expected["specificity"]), rel=1e-9
    )
    both = {"sensitivity": Measured(value=0.8, n=9), "specificity": Measured(value=0.8, n=9)}
    found = held(study("smith", row(lr_positive=ratio, **both)))
    assert [one.measure for one in found.rows] == ["sensitivity", "specificity"]


def test_a_row_without_interval_is_printed_and_not_counted() -> None:
    found = held(study("smith", row(sensitivity=Measured(value=0.8))))
    one = only(found.rows)
    assert (one.part, one.inside, one.low, one.high) == ("printed", None, None, None)
    assert one.network == pytest.approx(asked(KNOWN, row())["sensitivity"])
    assert one.reason == TOO_WIDE
    assert found.summary == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"unusable": "another cut-off"}, "another cut-off"),
        ({"test": Test(of=("no_such_sign",))}, "the network has no no_such_sign"),
    ],
)
def test_a_row_that_cannot_be_asked_is_printed_with_its_reason(
    changes: dict[str, Any], reason: str
) -> None:
    found = held(study("smith", row(sensitivity=Measured(value=0.8, n=40), **changes)))
    one = only(found.rows)
    assert (one.published, one.network, one.inside, one.part) == (0.8, None, None, "printed")
    assert one.reason == reason
    assert found.summary == ()


NAMES = [f"author{number}" for number in range(2000)]


def test_about_a_fifth_is_held_out() -> None:
    share = sum(map(is_held_out, NAMES)) / len(NAMES)
    assert share == pytest.approx(HELD_OUT, abs=0.03)
    assert {name for name in NAMES if is_held_out(name)} != {
        name for name in NAMES if is_held_out(name, seed=2)
    }
    assert not any(is_held_out(name, share=0.0) for name in NAMES)
    assert all(is_held_out(name, share=1.0) for name in NAMES)


def test_a_larger_share_holds_out_the_same_and_more() -> None:
    small = {name for name in NAMES if is_held_out(name, share=0.2)}
    assert small < {name for name in NAMES if is_held_out(name, share=0.4)}


def test_whole_studies_are_held_out_and_a_new_one_moves_none() -> None:
    printed = {"sensitivity": Measured(value=0.8, n=40)}
    studies: dict[str, Study] = {}
    for name in NAMES[:20]:
        studies |= study(name, row("first", **printed), row("second", **printed))
    parts: dict[str, set[str]] = {}
    for one in held(studies).rows:
        parts.setdefault(one.study, set()).add(one.part)
    assert all(len(part) == 1 for part in parts.values())
    assert {"fitted"} in parts.values()
    assert {"held out"} in parts.values()
    more = held(studies | study("someone_else", row(**printed)))
    assert all(one.part in parts.get(one.study, {one.part}) for one in more.rows)
    prepare = Prepare(KNOWN, studies)
    for held_out in (False, True):
        part = prepare.part(held_out=held_out)
        assert {one.study for one in part.targets} == {
            name for name in studies if is_held_out(name) == held_out
        }


def test_targets_without_interval_are_in_no_part() -> None:
    prepare = Prepare(KNOWN, study("smith", row(sensitivity=Measured(value=0.8))))
    assert not prepare.part(held_out=False).targets
    assert not prepare.part(held_out=True).targets


def line(**changes: Any) -> TableRow:
    """A row of the table."""
    base: dict[str, Any] = {
        "study": "smith", "row": "row", "kind": "single", "label": "?", "measure": "sensitivity",
        "condition": (), "published": 0.5, "low": 0.4, "high": 0.6, "network": 0.5,
        "inside": True, "part": "fitted", "group": None, "reason": "",
    }  # fmt: skip
    return TableRow(**(base | changes))


def counts(*rows: TableRow) -> dict[tuple[str, str], tuple[int, int]]:
    return {(one.part, one.kind): (one.inside.count, one.inside.of) for one in summary(rows)}


def test_the_summary_counts_by_part_and_kind() -> None:
    found = counts(
        line(row="a"),
        line(row="a", measure="specificity", inside=False),
        line(row="b", kind="share"),
        line(row="c", part="held out", inside=False),
        line(row="d", part="printed", inside=None),
    )
    assert found == {
        ("fitted", "share"): (1, 1),
        ("fitted", "single"): (1, 2),
        ("fitted", "all"): (2, 3),
        ("held out", "single"): (0, 1),
        ("held out", "all"): (0, 1),
    }


def test_nothing_counted_gives_no_summary() -> None:
    assert counts() == {}
    assert counts(line(part="printed", inside=None)) == {}


@pytest.mark.parametrize(("network", "inside"), [(0.45, 1), (0.8, 1), (0.65, 1), (0.2, 0)])
def test_rows_that_contradict_count_once_and_inside_their_union(
    network: float, inside: int
) -> None:
    """From 0.4 to 0.6, and from 0.7 to 0.9: between the two is inside as well."""
    same = {"group": "slr:sensitivity", "network": network}
    found = counts(
        line(row="a", **same, inside=0.4 <= network <= 0.6),
        line(row="b", **same, low=0.7, high=0.9, inside=0.7 <= network <= 0.9),
    )
    assert found[("fitted", "all")] == (inside, 1)


def test_a_group_is_fitted_when_one_of_its_studies_was() -> None:
    out = line(study="jones", part="held out", group="slr:sensitivity")
    assert counts(out, line(group="slr:sensitivity")) == {
        ("fitted", "single"): (1, 1),
        ("fitted", "all"): (1, 1),
    }
    assert set(counts(out, msgspec.structs.replace(out, row="b"))) == {
        ("held out", "single"),
        ("held out", "all"),
    }


def test_the_measures_of_a_group_are_apart() -> None:
    printed = {"sensitivity": Measured(value=0.8, **WIDE), "contradicts": "sign",
               "specificity": Measured(value=0.8, **WIDE)}  # fmt: skip
    found = held(study("smith", row("a", **printed), row("b", **printed)))
    [_, whole] = found.summary
    assert isinstance(whole, PartSummary)
    assert (whole.kind, whole.inside.count, whole.inside.of) == ("all", 2, 2)


def test_what_keeps_a_row_outside_is_named() -> None:
    studies = study("smith", row(sensitivity=Measured(value=0.1, low=0.05, high=0.2)))
    prepare = Prepare(KNOWN, studies)
    found = at_values(prepare, template_of(KNOWN).figures.point(), KNOWN, "rows")
    one = only(found.rows)
    assert one.inside is False
    assert one.reason.startswith("rests on ")
    assert "conditions/arthritis.effects[sign].activation (held by others)" in one.reason
    inside = study("smith", row(sensitivity=Measured(value=0.5, **WIDE)))
    again = at_values(Prepare(KNOWN, inside), template_of(KNOWN).figures.point(), KNOWN, "rows")
    assert only(again.rows).reason == ""


def test_every_figure_of_the_network_has_a_name() -> None:
    names = figure_names(KNOWN)
    assert len(set(names)) == len(names) == len(template_of(KNOWN).figures.estimates)
    assert "traits/heavy.prevalence" in names


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    one = row(sensitivity=Measured(value=0.8, n=40))
    Prepare(KNOWN, study("smith", one, row("b")), lambda done, of: told.append((done, of)))
    assert told == [(0, 2), (1, 2)]
