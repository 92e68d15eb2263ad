"""The gallery was made by the scripts as they are, and names only what exists."""

from __future__ import annotations

from scripts.gallery_stories import STORIES
from scripts.write_gallery import CASES, MAPS, PAGE, template
from tests.house.tree import shown

TEXT = PAGE.read_text(encoding="utf-8")


def test_made_by_the_present_scripts() -> None:
    assert f"template {template()}:" in TEXT, "make reference"


def test_every_story_has_its_case_and_its_picture() -> None:
    for story in STORIES:
        case, drawn = CASES / f"{story.case}.yaml", MAPS / f"{story.file}.svg"
        assert case.is_file()
        assert drawn.is_file()
        assert f"## {story.title}\n" in TEXT
        assert f"(gallery/{drawn.name})" in TEXT
        assert f"`{shown(case)}`" in TEXT


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in MAPS.iterdir()} == {story.file for story in STORIES}
