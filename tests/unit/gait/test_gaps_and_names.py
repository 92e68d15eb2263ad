"""Gaps of the markers, their names, and left and right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinechain.gait.errors import GaitError
from kinechain.gait.gaps import fill_gaps
from kinechain.gait.marker_names import MIDLINE, PAIRED, marker_sets, recognise
from kinechain.gait.recording import Markers
from kinechain.gait.sides import exchanged_sides, walks_backwards
from tests.support.gait import hidden, walk


@pytest.mark.parametrize(("seconds", "limit_mm"), [(0.05, 1.6), (0.10, 3.0), (0.20, 18.0)])
@pytest.mark.parametrize("name", ["LASI", "RKNE", "C7"])
def test_short_gap_comes_close_to_the_truth(name: str, seconds: float, limit_mm: float) -> None:
    markers = walk().recording.markers
    start = 1.5
    filled, gaps = fill_gaps(hidden(markers, name, start, start + seconds - 0.01))
    (gap,) = gaps
    assert gap.filled
    assert gap.marker == name
    assert gap.frames == round(seconds * 100)
    assert 1000 * np.abs(filled.positions_m - markers.positions_m).max() < limit_mm


def test_long_gap_is_left_open_and_reported() -> None:
    markers = hidden(walk().recording.markers, "LHEE", 1.0, 1.30)
    filled, (gap,) = fill_gaps(markers)
    assert not gap.filled
    assert "longer than 0.2 s" in gap.reason
    assert np.array_equal(np.isnan(filled.positions_m), np.isnan(markers.positions_m))
    assert fill_gaps(markers, longest_s=0.5)[1][0].filled


@pytest.mark.parametrize(("start", "end"), [(0.0, 0.05), (3.95, 4.0)])
def test_gap_at_an_end_is_never_filled(start: float, end: float) -> None:
    _, (gap,) = fill_gaps(hidden(walk().recording.markers, "LHEE", start, end))
    assert "an end of the recording" in gap.reason


def test_cubic_path_is_filled_exactly() -> None:
    times = np.arange(60) / 100
    path = np.stack([times**2, 1 + times, np.full(60, 0.3)], axis=1)[:, None, :]
    true = Markers(("A",), times, path, 100.0)
    filled, _ = fill_gaps(hidden(true, "A", 0.2, 0.35))
    assert np.abs(filled.positions_m - path).max() < 1e-9


def test_shipped_sets_have_the_same_places_on_both_sides() -> None:
    known = marker_sets()
    assert {"plug_in_gait", "opencap", "rajagopal", "helen_hayes", "gait2354"} <= set(known)
    for name, markers in known.items():
        left = sorted(x[:-5] for x in markers.values() if x.endswith(".left"))
        right = sorted(x[:-6] for x in markers.values() if x.endswith(".right"))
        assert left == right, name
        assert set(left) <= PAIRED
        assert {x for x in markers.values() if "." not in x} <= MIDLINE


def test_markers_are_recognised_whatever_their_case() -> None:
    found = recognise(["lhee", "RHEE", "nobody", "C7"])
    assert found.anatomical == {"lhee": "heel.left", "RHEE": "heel.right", "C7": "c7"}
    assert found.marker_set == "plug_in_gait"
    assert found.find("heel", "right") == ("RHEE",)


def test_user_file_goes_first(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("markers:\n  HackenL: heel.left\n  C7: t10\n", encoding="utf-8")
    found = recognise(["HackenL", "C7"], own)
    assert found.anatomical == {"HackenL": "heel.left", "C7": "t10"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("markers: {A: nose.left}", "'A'.*known one with its side. Got 'nose.left'"),
        ("markers: {A: heel}", "Got 'heel'"),
        ("markers: {A: c7.left}", "Got 'c7.left'"),
        ("names: {}", "'markers'"),
        ("- a", "'markers'"),
        ("a: [", "cannot be read"),
    ],
)
def test_wrong_mapping_is_named(text: str, message: str, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(GaitError, match=message):
        recognise(["A"], own)


def renamed(markers: Markers, pairs: dict[str, str]) -> Markers:
    return replace(markers, names=tuple(pairs.get(one, one) for one in markers.names))


def test_exchanged_sides_are_noticed() -> None:
    markers = walk().recording.markers
    names = recognise(markers.names)
    assert exchanged_sides(markers, names) == ()
    feet = {"LHEE": "RHEE", "RHEE": "LHEE", "LTOE": "RTOE", "RTOE": "LTOE"}
    (sentence,) = exchanged_sides(renamed(markers, feet), names)
    assert sentence == "Left and right are exchanged at heel, toe."
    other = {"L": "R", "R": "L"}
    every = {one: other[one[0]] + one[1:] for one in markers.names if one[0] in other}
    (sentence,) = exchanged_sides(renamed(markers, every), names)
    assert "an axis of the file is mirrored" in sentence


def test_walking_backwards_is_noticed() -> None:
    markers = walk().recording.markers
    names = recognise(markers.names)
    assert not walks_backwards(markers, names)
    turned = replace(markers, positions_m=markers.positions_m * np.array([-1.0, 1.0, -1.0]))
    assert walks_backwards(turned, names)
