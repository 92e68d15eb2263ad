"""Path data is read, mirrored and joined exactly, or refused."""

from __future__ import annotations

import pytest

from kinechain.report import svg_path

PATH = "M 1 2 L 3 4 C 5 6, 7 8, 9 10 Z"


def test_write_undoes_parse() -> None:
    assert svg_path.write(svg_path.parse(PATH)) == PATH


def test_mirror_twice_is_the_same() -> None:
    assert svg_path.mirror(svg_path.mirror(PATH, 110), 110) == PATH


def test_reverse_twice_is_the_same() -> None:
    subpath = svg_path.parse("M 1 2 L 3 4 C 5 6, 7 8, 9 10")[0]
    assert svg_path.reverse(svg_path.reverse(subpath)) == subpath


def test_several_strokes_are_kept_apart() -> None:
    assert [s.closed for s in svg_path.parse("M 0 0 L 1 1 M 2 2 L 3 3 Z M 4 4 L 5 5")] == [
        False, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("M 0 0 Q 1 1 2 2", "absolute M, L, C and Z only"),
        ("m 0 0 l 1 1", "absolute M, L, C and Z only"),
        ("0 0 L 1 1", "must begin with M"),
        ("L 1 1", "must begin with M"),
        ("M 0 0 L 1", "needs 2 numbers"),
        ("M 0 0 C 1 1 2 2", "needs 6 numbers"),
    ],
)
def test_other_data_is_refused(data: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        svg_path.parse(data)


@pytest.mark.parametrize("half", ["M 5 0 L 8 2 L 5 4 Z", "M 6 0 L 8 2 L 5 4", "M 5 0 L 8 2"])
def test_a_half_must_lie_on_the_axis(half: str) -> None:
    with pytest.raises(ValueError, match="half path must"):
        svg_path.close_by_mirror(half, 5)
