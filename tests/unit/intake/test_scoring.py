"""Questionnaires give the scores that their files' examples state, and refuse wrong answers."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

import kinechain
from kinechain.domain.instruments import Example, Instrument, Scale, as_item_range
from kinechain.intake.scoring import scale_bounds, score
from kinechain.knowledge.read import read_files

FOLDER = Path(kinechain.__file__).parent / "data" / "instruments"
INSTRUMENTS = read_files(FOLDER, Instrument, hashlib.sha256(), [])
ALL = list(INSTRUMENTS.values())
EXAMPLES = [(one, example) for one in ALL for example in one.examples]


def named(instrument: Instrument) -> str:
    return instrument.id


def test_every_file_is_read() -> None:
    assert sorted(INSTRUMENTS) == sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize(
    ("instrument", "example"),
    EXAMPLES,
    ids=[f"{one.id}-{one.examples.index(example)}" for one, example in EXAMPLES],
)
def test_an_example_gives_the_stated_scores(instrument: Instrument, example: Example) -> None:
    assert score(instrument, example.answers) == pytest.approx(example.scores, abs=1e-9)
    assert example.origin


@pytest.mark.parametrize("instrument", ALL, ids=named)
def test_there_are_three_examples_and_one_with_a_missing_score(instrument: Instrument) -> None:
    assert len(instrument.examples) >= 3
    assert any(None in example.answers for example in instrument.examples)
    assert any(None in example.scores.values() for example in instrument.examples)
    stated = {scale.id for scale in instrument.scales}
    assert all(set(example.scores) == stated for example in instrument.examples)


@pytest.mark.parametrize("instrument", ALL, ids=named)
def test_the_stated_range_is_what_the_items_can_give(instrument: Instrument) -> None:
    stated = {scale.id: (scale.low, scale.high) for scale in instrument.scales}
    assert scale_bounds(instrument) == stated


@pytest.mark.parametrize("instrument", ALL, ids=named)
def test_a_scale_can_be_scored_as_its_file_says(instrument: Instrument) -> None:
    ranges = as_item_range(instrument)
    ids = [scale.id for scale in instrument.scales]
    assert len(set(ids)) == len(ids)
    assert instrument.main_scale in ids
    assert len(instrument.item_answers) in {0, 1, instrument.n_items}
    for scale in instrument.scales:
        made_of = scale.scales or scale.items
        assert made_of
        assert bool(scale.scales) == (scale.method == "mean_of_scales")
        assert len(set(made_of)) == len(made_of)
        assert 1 <= scale.least_answered <= len(made_of)
        assert set(scale.reversed_items) <= set(scale.items)
        assert set(scale.scales) <= set(ids)
        assert (scale.method == "count") == (scale.positive_from is not None)
        assert (scale.missing == "none") == (scale.least_answered == len(made_of))
        if scale.missing == "mean_of_answered":
            assert len({ranges[number - 1] for number in scale.items}) == 1
        if scale.missing == "left_out":
            assert scale.method in {"percent_of_maximum", "hundred_minus_percent"}
        if scale.method in {"percent_of_maximum", "hundred_minus_percent"}:
            assert all(ranges[number - 1][0] == 0 for number in scale.items)


@pytest.mark.parametrize("instrument", ALL, ids=named)
def test_bands_cover_the_range_and_thresholds_lie_in_it(instrument: Instrument) -> None:
    for scale in instrument.scales:
        width = scale.high - scale.low
        for one in (*scale.important_change, *scale.smallest_detectable):
            assert 0 < one.value <= width
        for one in scale.important_percent:
            assert 0 < one.value < 100
        for one in scale.acceptable_state:
            assert scale.low <= one.value <= scale.high
        for one in (*scale.important_change, *scale.important_percent):
            assert (one.low is None) == (one.high is None)
            assert one.low is None or one.high is None or one.low <= one.value <= one.high
        if scale.bands:
            assert scale.decimals == 0  # no score falls between two bands
            assert scale.bands[0].low == scale.low
            assert scale.bands[-1].high == scale.high
            pairs = zip(scale.bands, scale.bands[1:], strict=False)
            assert all(second.low == first.high + 1 for first, second in pairs)


@pytest.mark.parametrize("instrument", ALL, ids=named)
def test_wording_is_shipped_only_where_it_is_free(instrument: Instrument) -> None:
    assert instrument.licence_words
    if instrument.item_texts:
        assert instrument.licence == "free"
        assert len(instrument.item_texts) == instrument.n_items


@pytest.mark.parametrize(
    ("instrument", "answers", "message"),
    [
        (
            "oks",
            [5, *[4] * 11],
            (
                "The answer to item 1 of Oxford Knee Score must be a whole number from 0 to 4. "
                "Got 5. Correct it, or put null if the item was not answered."
            ),
        ),
        (
            "peg",
            [5, 2.5, 3],
            (
                "The answer to item 2 of PEG (pain, enjoyment of life, general activity) must be a "
                "whole number from 0 to 10. Got 2.5. "
                "Correct it, or put null if the item was not answered."
            ),
        ),
        (
            "vas_pain",
            [float("nan")],
            (
                "The answer to item 1 of Visual analogue scale of pain must be a number from 0 to "
                "100. Got nan. Correct it, or put null if the item was not answered."
            ),
        ),
        (
            "hit6",
            [6, 6, 7, 6, 6, 6],
            (
                "The answer to item 3 of Headache Impact Test, HIT-6 must be one of 6, 8, 10, "
                "11, 13. Got 7. Correct it, or put null if the item was not answered."
            ),
        ),
        (
            "phq2",
            [1],
            (
                "The answers to PHQ-2 must be 2, one for each item. Got 1. "
                "Put null where an item was not answered."
            ),
        ),
    ],
)
def test_a_wrong_answer_is_refused_with_a_remedy(
    instrument: str, answers: list[float | None], message: str
) -> None:
    with pytest.raises(ValueError) as refused:
        score(INSTRUMENTS[instrument], answers)
    assert str(refused.value) == message


def test_all_wrong_answers_are_named_at_once() -> None:
    with pytest.raises(ValueError) as refused:
        score(INSTRUMENTS["paindetect"], [6, 0, 0, 0, 0, 0, 0, 0, 1])
    first, second = str(refused.value).splitlines()
    assert "item 1 " in first
    assert "item 9 " in second
    assert "one of 0, 2" in second


def test_halves_go_up() -> None:
    koos12 = INSTRUMENTS["koos12"]
    assert score(koos12, [0, 0, 0, 1, *[0] * 4, *[0] * 4])["pain"] == 93.8  # 93.75
    womac = INSTRUMENTS["womac_vas"]
    assert score(womac, [0, 0, 0, 0, 0.25, *[None] * 19])["pain"] == 0.1  # 0.05


def scale_with(**changed: object) -> Instrument:
    peg = INSTRUMENTS["peg"]
    return msgspec.structs.replace(peg, scales=(msgspec.structs.replace(peg.scales[0], **changed),))


def test_what_a_file_must_not_say_is_refused() -> None:
    with pytest.raises(ValueError, match="must say positive_from"):
        score(scale_with(method="count"), [1, 2, 3])


def test_a_mean_of_scales_may_lack_one_where_the_file_says_so() -> None:
    koos12 = INSTRUMENTS["koos12"]
    *parts, summary = koos12.scales
    lenient = msgspec.structs.replace(
        koos12, scales=(msgspec.structs.replace(summary, least_answered=2), *parts)
    )
    scores = score(lenient, [2, 2, 2, 2, *[None] * 4, 1, 1, 1, 1])
    assert scores["function"] is None
    assert scores["summary"] == 62.5
    assert list(scores) == [scale.id for scale in lenient.scales]


def test_a_reversed_item_counts_the_other_way() -> None:
    orebro = INSTRUMENTS["orebro_sf"]
    low: list[float | None] = [1, 0, 10, 10, 0, 0, 0, 10, 0, 0]
    assert score(orebro, low)["total"] == 1
    low[2] = 3
    assert score(orebro, low)["total"] == 8


def test_reversing_keeps_an_item_within_its_range() -> None:
    pgic = INSTRUMENTS["pgic"]
    turned = msgspec.structs.replace(
        pgic, scales=(msgspec.structs.replace(pgic.scales[0], reversed_items=(1,)),)
    )
    assert score(turned, [2])["change"] == 6
    assert scale_bounds(turned) == {"change": (1, 7)}


def test_without_a_rule_for_missing_items_one_is_enough_for_no_score() -> None:
    assert score(scale_with(least_answered=1), [5, None, 5]) == {"total": None}


def test_left_out_and_mean_of_answered_agree_on_a_percentage() -> None:
    odi = INSTRUMENTS["odi"]
    scale: Scale = msgspec.structs.replace(odi.scales[0], missing="mean_of_answered")
    other = msgspec.structs.replace(odi, scales=(scale,))
    answers = [3, 1, None, 4, 0, 5, 2, None, 1, 3]
    assert score(odi, answers) == score(other, answers)


@pytest.mark.parametrize("instrument", ALL, ids=named)
def test_the_reference_has_its_row(instrument: Instrument) -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "instruments.md").read_text()
    rows = [row for row in page.splitlines() if row.startswith(f"| `{instrument.id}` |")]
    assert len(rows) == 1
    main = next(one for one in instrument.scales if one.id == instrument.main_scale)
    for one in (*main.important_change, *main.important_percent):
        assert f"{one.value:g}" in rows[0]
        assert f"`{one.source}`" in rows[0]
