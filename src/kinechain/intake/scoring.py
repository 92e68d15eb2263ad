"""Scores a questionnaire from its answers, exactly as its file says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from kinechain.domain.instruments import Instrument, Scale, as_item_range


def score(instrument: Instrument, answers: Sequence[float | None]) -> dict[str, float | None]:
    """Every scale of an instrument, rounded to the decimals the scale states.

    Parameters
    ----------
    instrument
        The questionnaire.
    answers
        One answer per item in the order of its items; ``None`` is a missing answer.

    Returns
    -------
    dict of str to float or None
        The score of each scale by the scale's `id`; ``None`` where too few items of it were
        answered.

    Raises
    ------
    ValueError
        When there is not one answer per item, or an answer is out of its range, not whole, or
        not one that the item admits. The message names every such item, what it admits, and
        what to do.

    Examples
    --------
    >>> from kinechain.knowledge import load_knowledge
    >>> peg = load_knowledge().instruments["peg"]
    >>> score(peg, [6, 5, 4])
    {'total': 5.0}
    >>> score(peg, [6, None, 4])
    {'total': None}
    """
    refuse_wrong_answers(instrument, answers)
    exact: dict[str, float | None] = {}
    for scale in instrument.scales:
        if scale.method != "mean_of_scales":
            exact[scale.id] = _of_items(instrument, scale, answers)
    for scale in instrument.scales:
        if scale.method == "mean_of_scales":
            exact[scale.id] = _of_scales(scale, exact)
    return {scale.id: _rounded(exact[scale.id], scale.decimals) for scale in instrument.scales}


def scale_bounds(instrument: Instrument) -> dict[str, tuple[float, float]]:
    """The lowest and the highest score that the answers to each scale can give.

    They follow from the items, not from the range that the file states; a test compares them.

    Parameters
    ----------
    instrument
        The questionnaire.

    Returns
    -------
    dict of str to (float, float)
        Lowest and highest score of each scale by the scale's `id`.

    Examples
    --------
    >>> from kinechain.knowledge import load_knowledge
    >>> scale_bounds(load_knowledge().instruments["peg"])
    {'total': (0.0, 10.0)}
    """
    reversed_ = {number for scale in instrument.scales for number in scale.reversed_items}
    ends = [
        (high, low) if number in reversed_ else (low, high)
        for number, (low, high) in enumerate(as_item_range(instrument), start=1)
    ]
    least = score(instrument, [first for first, _ in ends])
    most = score(instrument, [last for _, last in ends])
    bounds: dict[str, tuple[float, float]] = {}
    for scale in instrument.scales:
        pair = (least[scale.id] or 0.0, most[scale.id] or 0.0)  # complete answers give a score
        bounds[scale.id] = (min(pair), max(pair))
    return bounds


def refuse_wrong_answers(instrument: Instrument, answers: Sequence[float | None]) -> None:
    """Raise for answers that the instrument does not admit.

    Parameters
    ----------
    instrument
        The questionnaire.
    answers
        One answer per item; ``None`` is a missing answer.

    Raises
    ------
    ValueError
        Naming every item whose answer is wrong, what it admits, and what to do.
    """
    if len(answers) != instrument.n_items:
        raise ValueError(
            f"The answers to {instrument.label} must be {instrument.n_items}, one for each item."
            f" Got {len(answers)}. Put null where an item was not answered."
        )
    wrong = [
        f"The answer to item {number} of {instrument.label} must be "
        f"{_admitted(instrument, number)}. Got {answer:g}. "
        "Correct it, or put null if the item was not answered."
        for number, answer in enumerate(answers, start=1)
        if answer is not None and not _admits(instrument, number, answer)
    ]
    if wrong:
        raise ValueError("\n".join(wrong))


def _listed(instrument: Instrument, number: int) -> tuple[float, ...]:
    """The answers that an item admits; empty when its range says enough."""
    lists = instrument.item_answers
    if not lists:
        return ()
    return lists[0] if len(lists) == 1 else lists[number - 1]


def _admits(instrument: Instrument, number: int, answer: float) -> bool:
    low, high = as_item_range(instrument)[number - 1]
    if not low <= answer <= high:  # false for what is not a number, too
        return False
    listed = _listed(instrument, number)
    if listed:
        return answer in listed
    return not instrument.whole_numbers or float(answer).is_integer()


def _admitted(instrument: Instrument, number: int) -> str:
    listed = _listed(instrument, number)
    if listed:
        return "one of " + ", ".join(f"{one:g}" for one in listed)
    low, high = as_item_range(instrument)[number - 1]
    kind = "a whole number" if instrument.whole_numbers else "a number"
    return f"{kind} from {low:g} to {high:g}"


def _of_items(
    instrument: Instrument, scale: Scale, answers: Sequence[float | None]
) -> float | None:
    """The unrounded score of a scale that is made of items."""
    ranges = as_item_range(instrument)
    values: list[float] = []
    maxima: list[float] = []
    for number in scale.items:
        answer = answers[number - 1]
        if answer is None:
            continue
        low, high = ranges[number - 1]
        values.append(low + high - answer if number in scale.reversed_items else answer)
        maxima.append(high)
    missing = len(scale.items) - len(values)
    if len(values) < scale.least_answered or (missing and scale.missing == "none"):
        return None
    total, maximum = sum(values), sum(maxima)
    if missing and scale.missing == "mean_of_answered":
        total += missing * total / len(values)
        maximum = sum(ranges[number - 1][1] for number in scale.items)
    return _combined(scale, values, total, maximum)


def _combined(scale: Scale, values: list[float], total: float, maximum: float) -> float:
    match scale.method:
        case "sum":
            return total
        case "mean":
            return sum(values) / len(values)  # the mean of the answered is their mean
        case "percent_of_maximum":
            return 100 * total / maximum
        case "hundred_minus_percent":
            return 100 - 100 * total / maximum
        case "count":
            least = scale.positive_from
            if least is None:
                raise ValueError(f"The scale {scale.id} must say positive_from. Got nothing.")
            return float(sum(value >= least for value in values))
        case "single" | "mean_of_scales":  # `_of_scales` makes the mean of scales
            return values[0]


def _of_scales(scale: Scale, scores: Mapping[str, float | None]) -> float | None:
    """The mean of other scales; as few as `least_answered` of them may be there."""
    there = [one for one in (scores[name] for name in scale.scales) if one is not None]
    if len(there) < scale.least_answered:
        return None
    return sum(there) / len(there)


def _rounded(value: float | None, decimals: int) -> float | None:
    """As people round: halves go up, where Python's `round` takes the even neighbour."""
    if value is None:
        return None
    whole = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return float(whole) + 0.0  # makes zero of minus zero
