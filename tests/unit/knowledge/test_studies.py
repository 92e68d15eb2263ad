"""Reading the published studies: strictly, and every wrong thing named with its row."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from kinechain.domain.case import Issue
from kinechain.domain.studies import MEASURES, Study, Test
from kinechain.knowledge.knowledge import DATA
from kinechain.knowledge.studies import check_studies, read_studies

STUDIES, VERSION, ISSUES = read_studies(DATA / "studies")

ROW: dict[str, Any] = {
    "id": "drawer",
    "kind": "single",
    "label": "Drawer test",
    "condition": ["tear"],
    "test": {"of": ["drawer"]},
    "people": {"complaint": ["knee"], "setting": "clinic"},
    "comparator": "suspected_but_excluded",
    "sensitivity": {"value": 0.8, "low": 0.7, "high": 0.9, "n": 60},
    "where": "table 2",
}
SHARE = {"kind": "share", "test": None, "sensitivity": None, "share": {"value": 0.2, "n": 50}}


def known(**more: Any) -> Any:
    """A knowledge that knows what `ROW` names."""
    groups: dict[str, Any] = {
        "sources": {"smith2001": None},
        "conditions": {"tear": ("l4", "l5"), "other": ()},
        "traits": {"diver": ()},
        "findings": {"drawer": (), "swelling": ("knee", "hip")},
        "sites": {"knee": ()},
        "settings": {"clinic": ()},
    }
    groups = {
        kind: {name: SimpleNamespace(levels=levels) for name, levels in group.items()}
        for kind, group in (groups | more).items()
    }
    return SimpleNamespace(**groups)


def study(*rows: dict[str, Any], name: str = "smith2001") -> dict[str, Any]:
    return {"id": name, "rows": [{k: v for k, v in row.items() if v is not None} for row in rows]}


def read(folder: Path, *studies: dict[str, Any]) -> list[Issue]:
    """Issues of these studies, written to files."""
    for one in studies:  # JSON is YAML
        (folder / f"{one['id']}.yaml").write_text(json.dumps(one), encoding="utf-8")
    return read_studies(folder)[2]


def named(**changes: Any) -> list[Issue]:
    """What `check_studies` says about one changed row."""
    one = msgspec.convert(study(ROW | changes), Study)
    return check_studies({one.id: one}, known())


def test_the_shipped_studies_are_sound() -> None:
    assert not ISSUES
    assert len(VERSION) == 12
    assert list(STUDIES) == sorted(STUDIES)


@pytest.mark.parametrize("name", STUDIES)
def test_a_shipped_study_has_its_source(name: str) -> None:
    assert (DATA / "sources" / f"{name}.yaml").exists()


@pytest.mark.parametrize("name", STUDIES)
def test_a_shipped_row_gives_a_value(name: str) -> None:
    for row in STUDIES[name].rows:
        assert row.measured, row.id
        assert set(row.measured) <= set(MEASURES)


def test_a_sound_row_raises_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, study(ROW), study(ROW | SHARE, name="jones1999")) == []


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    read(tmp_path, study(ROW))
    first = read_studies(tmp_path)[1]
    assert read_studies(tmp_path)[1] == first
    read(tmp_path, study(ROW | {"label": "Another label"}))
    assert read_studies(tmp_path)[1] != first


def test_a_file_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "twice.yaml").write_text("id: twice\nid: twice\nrows: []\n", encoding="utf-8")
    unknown = study(ROW | {"specificty": 0.9}, name="jones1999")
    issues = read(tmp_path, study(ROW), unknown)
    assert list(read_studies(tmp_path)[0]) == ["smith2001"]
    assert len(issues) == 2
    assert any("the key 'id' stands twice" in one.message for one in issues)
    assert any("specificty" in one.message for one in issues)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"sensitivity": {"value": 0.5, "low": 0.7, "high": 0.9}}, "does not contain 0.5"),
    ({"sensitivity": {"value": 1.2}}, "must lie between 0 and 1"),
    ({"sensitivity": {"value": 0.8, "low": 0.7}}, "an interval has two ends"),
    ({"sensitivity": {"value": 0.8, "n": 0}}, "was counted in 0 people"),
    ({"sensitivity": {"value": 0.8, "coverage": 95.0}}, "a coverage of 95.0"),
    ({"sensitivity": None, "lr_positive": {"value": -1}}, "must not be negative"),
    ({"sensitivity": None}, "it gives nothing"),
    ({"rate": {"value": 0.2}}, "it gives sensitivity, rate"),
    ({"kind": "rate", "sensitivity": None, "rate": {"value": 0.2}}, "a rate has no condition"),
    (SHARE | {"test": {"of": ["drawer"]}}, "a share has no test"),
    ({"test": None}, "every other row has one"),
    ({"condition": None}, "every other row has one"),
    ({"test": {"of": []}}, "names no sign"),
    ({"test": {"of": ["drawer"], "at_least": 2}}, "2 of 1 cannot be"),
    ({"test": {"of": ["drawer"], "also": ["not drawer"]}}, "names a sign twice"),
    ({"test": {"of": ["drawer"], "weights": [1]}}, "weights and cut belong together"),
    ({"test": {"of": ["drawer"], "weights": [1, 2], "cut": 1}}, "2 weights for 1 signs"),
    ({"people": {"painless": True}}, "painless where?"),
    ({"people": {"any_of": [["drawer"]]}}, "a group of one"),
    ({"people": {"present": ["diver"], "absent": ["diver"]}}, "diver is present and absent"),
    ({"comparator": "nobody"}, "'nobody' is no comparator"),
    ({"comparator": "healthy", "specificity": {"value": 0.9}}, "against people who were healthy"),
    ({"contradicts": "drawers"}, "no other row belongs to the group"),
    ({"where": None}, "where it stands in the source is not said"),
    ({"unusable": " "}, "unusable is empty"),
]


@pytest.mark.parametrize(("changes", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_wrong_row_is_named(changes: dict[str, Any], words: str, tmp_path: Path) -> None:
    issues = read(tmp_path, study(ROW | changes))
    assert len(issues) >= 1
    assert any(words in one.message for one in issues), issues
    for one in issues:
        assert one.level == "error"
        assert one.where.startswith("studies/smith2001.yaml rows[drawer]")


def test_the_same_id_twice(tmp_path: Path) -> None:
    issues = read(tmp_path, study(ROW, ROW))
    assert [one.message for one in issues] == ["the id stands more than once"] * 2


def test_a_group_may_span_studies(tmp_path: Path) -> None:
    row = ROW | {"contradicts": "drawers"}
    assert read(tmp_path, study(row), study(row, name="jones1999")) == []


def test_an_unusable_row_may_leave_out_what_has_no_name(tmp_path: Path) -> None:
    bare = {"condition": None, "test": None, "unusable": "no such finding"}
    assert read(tmp_path, study(ROW | bare)) == []


UNKNOWN: list[tuple[dict[str, Any], str]] = [
    ({"condition": ["tears"]}, "no condition is called 'tears'"),
    ({"condition": ["tear.l9"]}, "tear has no level 'l9'"),
    ({"comparator": "condition:other|none"}, "no condition is called 'none'"),
    ({"test": {"of": ["drawers"]}}, "no condition or trait or finding or site is called 'drawers'"),
    ({"test": {"of": ["drawer"], "also": ["not x"]}}, "is called 'x'"),
    ({"people": {"complaint": ["drawer"]}}, "no site is called 'drawer'"),
    ({"people": {"present": ["swelling.ankle"]}}, "swelling has no level 'ankle'"),
    ({"people": {"any_of": [["diver", "swimmer"]]}}, "is called 'swimmer'"),
    ({"people": {"suspected": ["tears"]}}, "no condition is called 'tears'"),
    ({"people": {"setting": "home"}}, "the setting 'home' does not exist"),
]


@pytest.mark.parametrize(("changes", "words"), UNKNOWN, ids=[words for _, words in UNKNOWN])
def test_an_unknown_name_is_named(changes: dict[str, Any], words: str) -> None:
    [issue] = named(**changes)
    assert words in issue.message
    assert issue.remedy
    assert issue.where.startswith("studies/smith2001.yaml rows[drawer]")


def test_known_names_raise_nothing() -> None:
    assert named() == []
    people = {"complaint": ["knee"], "present": ["swelling.knee", "diver", "tear"]}
    assert named(people=people, condition=["tear.l4"], comparator="condition:other") == []


def test_a_study_without_source() -> None:
    one = msgspec.convert(study(ROW), Study)
    [issue] = check_studies({one.id: one}, known(sources={}))
    assert issue.remedy == "add sources/smith2001.yaml"


@pytest.mark.parametrize(
    ("test", "present", "positive"),
    [
        (Test(of=("a", "b", "c"), at_least=2), [True, False, True], True),
        (Test(of=("a", "b", "c"), at_least=2), [True, False, False], False),
        (Test(of=("not a",)), [False], True),
        (Test(of=("not a",)), [True], False),
        (Test(of=("a", "not b"), at_least=2), [True, False], True),
        (Test(of=("a",), also=("b",)), [True, False], False),
        (Test(of=("a", "b"), also=("not c",)), [False, True, False], True),
        (Test(of=("a", "b"), weights=(1, 3), cut=3), [False, True], True),
        (Test(of=("a", "b"), weights=(1, 3), cut=3), [True, False], False),
    ],
)
def test_when_a_test_is_positive(test: Test, present: list[bool], positive: bool) -> None:
    assert test.is_positive(present) is positive
