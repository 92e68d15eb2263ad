"""Laws of scoring, over every questionnaire that is shipped."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kinechain
from kinechain.domain.instruments import Instrument, Scale, as_item_range
from kinechain.intake.scoring import scale_bounds, score
from kinechain.knowledge.read import read_files

FOLDER = Path(kinechain.__file__).parent / "data" / "instruments"
INSTRUMENTS = read_files(FOLDER, Instrument, hashlib.sha256(), [])
Answers = list[float | None]
# There are some thirty questionnaires, so a few dozen answers to each are enough.
LAW = settings(max_examples=40, deadline=None)
EVERY = pytest.mark.parametrize("instrument", list(INSTRUMENTS.values()), ids=list(INSTRUMENTS))
WITH_MISSING = pytest.mark.parametrize(
    ("instrument", "scale"),
    [
        pytest.param(one, scale, id=f"{one.id}-{scale.id}")
        for one in INSTRUMENTS.values()
        for scale in one.scales
        if scale.missing != "none"
    ],
)


def admitted(instrument: Instrument, number: int) -> list[float]:
    """What an item can be answered with; a few values where its numbers are not whole."""
    lists = instrument.item_answers
    listed = lists[0 if len(lists) == 1 else number - 1] if lists else ()
    if listed:
        return sorted(listed)
    low, high = as_item_range(instrument)[number - 1]
    if instrument.whole_numbers:
        return [float(one) for one in range(int(low), int(high) + 1)]
    return [low + (high - low) * step / 16 for step in range(17)]


def complete(instrument: Instrument) -> st.SearchStrategy[Answers]:
    return st.tuples(
        *(st.sampled_from(admitted(instrument, n)) for n in range(1, instrument.n_items + 1))
    ).map(list)


def numbers(instrument: Instrument) -> st.SearchStrategy[int]:
    return st.integers(1, instrument.n_items)


def signs(instrument: Instrument, scale: Scale, number: int) -> set[int]:
    """In which directions a scale may go when the answer to one item rises."""
    if scale.scales:
        parts = [one for one in instrument.scales if one.id in scale.scales]
        return {sign for part in parts for sign in signs(instrument, part, number)}
    if number not in scale.items:
        return {0}
    turned = (scale.method == "hundred_minus_percent") != (number in scale.reversed_items)
    return {0, -1 if turned else 1}


@EVERY
@LAW
@given(data=st.data())
def test_scores_lie_within_their_bounds_whatever_is_missing(
    instrument: Instrument, data: st.DataObject
) -> None:
    answers = data.draw(complete(instrument))
    for number in data.draw(st.sets(numbers(instrument))):
        answers[number - 1] = None
    bounds = scale_bounds(instrument)
    for name, value in score(instrument, answers).items():
        low, high = bounds[name]
        assert value is None or low <= value <= high


@EVERY
@LAW
@given(data=st.data())
def test_complete_answers_always_give_every_entered_score(
    instrument: Instrument, data: st.DataObject
) -> None:
    assert None not in score(instrument, data.draw(complete(instrument))).values()


@EVERY
def test_the_extremes_reach_the_bounds(instrument: Instrument) -> None:
    for scale in instrument.scales:
        items = set(scale.items) or {
            number for part in instrument.scales if part.id in scale.scales for number in part.items
        }
        seen: set[float | None] = set()
        for up in (False, True):
            answers: Answers = [low for low, _ in as_item_range(instrument)]
            for number in items:
                low, high = as_item_range(instrument)[number - 1]
                answers[number - 1] = high if up != (number in scale.reversed_items) else low
            seen.add(score(instrument, answers)[scale.id])
        assert seen == {scale.low, scale.high}


@EVERY
@LAW
@given(data=st.data())
def test_raising_one_answer_moves_each_scale_only_in_its_direction(
    instrument: Instrument, data: st.DataObject
) -> None:
    before = data.draw(complete(instrument))
    number = data.draw(numbers(instrument))
    after = list(before)
    choices = admitted(instrument, number)
    at = choices.index(before[number - 1])  # type: ignore[arg-type]
    after[number - 1] = data.draw(st.sampled_from(choices[at:]))
    first, second = score(instrument, before), score(instrument, after)
    for scale in instrument.scales:
        was, is_now = first[scale.id], second[scale.id]
        assert was is not None
        assert is_now is not None
        moved = (is_now > was) - (is_now < was)
        assert moved in signs(instrument, scale, number) | {0}


@EVERY
@LAW
@given(data=st.data())
def test_too_few_answers_give_no_score(instrument: Instrument, data: st.DataObject) -> None:
    scale = data.draw(st.sampled_from([one for one in instrument.scales if one.items]))
    answers = data.draw(complete(instrument))
    kept = data.draw(st.integers(0, scale.least_answered - 1))
    for number in data.draw(st.permutations(scale.items))[kept:]:
        answers[number - 1] = None
    scores = score(instrument, answers)
    assert scores[scale.id] is None
    for other in instrument.scales:
        if scale.id in other.scales and other.least_answered == len(other.scales):
            assert scores[other.id] is None


@WITH_MISSING
@LAW
@given(data=st.data())
def test_as_many_missing_as_allowed_still_give_a_score(
    instrument: Instrument, scale: Scale, data: st.DataObject
) -> None:
    answers = data.draw(complete(instrument))
    gone = data.draw(st.integers(1, len(scale.items) - scale.least_answered))
    for number in data.draw(st.permutations(scale.items))[:gone]:
        answers[number - 1] = None
    value = score(instrument, answers)[scale.id]
    assert value is not None
    assert scale.low <= value <= scale.high


@WITH_MISSING
@LAW
@given(data=st.data())
def test_equal_answers_score_the_same_with_one_missing(
    instrument: Instrument, scale: Scale, data: st.DataObject
) -> None:
    assert not scale.reversed_items
    answers = data.draw(complete(instrument))
    same = data.draw(st.sampled_from(admitted(instrument, scale.items[0])))
    for number in scale.items:
        answers[number - 1] = same
    whole = score(instrument, answers)[scale.id]
    answers[data.draw(st.sampled_from(scale.items)) - 1] = None
    assert score(instrument, answers)[scale.id] == whole


@WITH_MISSING
@LAW
@given(data=st.data())
def test_which_of_two_equal_answers_is_missing_does_not_matter(
    instrument: Instrument, scale: Scale, data: st.DataObject
) -> None:
    answers = data.draw(complete(instrument))
    first, second = data.draw(st.permutations(scale.items))[:2]
    answers[second - 1] = answers[first - 1]
    without_first, without_second = list(answers), list(answers)
    without_first[first - 1] = None
    without_second[second - 1] = None
    assert score(instrument, without_first)[scale.id] == score(instrument, without_second)[scale.id]


@EVERY
@LAW
@given(data=st.data())
def test_an_answer_out_of_range_is_refused_by_number(
    instrument: Instrument, data: st.DataObject
) -> None:
    answers = data.draw(complete(instrument))
    number = data.draw(numbers(instrument))
    low, high = as_item_range(instrument)[number - 1]
    wrong = st.floats(max_value=low, exclude_max=True) | st.floats(min_value=high, exclude_min=True)
    answers[number - 1] = data.draw(wrong | st.just(float("nan")))
    with pytest.raises(ValueError, match=rf"item {number} of"):
        score(instrument, answers)


@EVERY
@LAW
@given(data=st.data())
def test_a_number_that_is_not_admitted_is_refused(
    instrument: Instrument, data: st.DataObject
) -> None:
    number = data.draw(numbers(instrument))
    lists = instrument.item_answers
    listed = bool(lists and lists[0 if len(lists) == 1 else number - 1])
    low, high = as_item_range(instrument)[number - 1]
    answers = data.draw(complete(instrument))
    answers[number - 1] = data.draw(
        st.floats(low, high, exclude_min=True, exclude_max=True).filter(
            lambda one: not one.is_integer()
        )
    )
    if listed or instrument.whole_numbers:
        with pytest.raises(ValueError, match=rf"item {number} of"):
            score(instrument, answers)
    else:
        score(instrument, answers)


@EVERY
@LAW
@given(data=st.data())
def test_the_number_of_answers_is_the_number_of_items(
    instrument: Instrument, data: st.DataObject
) -> None:
    answers = data.draw(complete(instrument))
    with pytest.raises(ValueError, match="one for each item"):
        score(instrument, answers[:-1])
    with pytest.raises(ValueError, match="one for each item"):
        score(instrument, [*answers, None])
