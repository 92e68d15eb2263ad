"""Axes and paths of the drawn curves."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def nice_ticks(low: float, high: float, most: int = 5) -> tuple[float, ...]:
    """Round values between two limits.

    Parameters
    ----------
    low, high
        The limits, `low` smaller.
    most
        So many at most.

    Examples
    --------
    >>> nice_ticks(-7.0, 61.0)
    (0.0, 20.0, 40.0, 60.0)
    """
    rough = (high - low) / most
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(one * size for one in STEPS if one * size >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(number * step, 10) + 0.0 for number in range(first, last + 1))


def tick_words(values: Sequence[float]) -> tuple[str, ...]:
    """Values with as many digits as all of them need, with a real minus sign.

    Parameters
    ----------
    values
        Of the ticks.

    Examples
    --------
    >>> tick_words((-0.5, 0.0, 0.5))
    ('−0.5', '0.0', '0.5')
    """
    digits = next(
        (d for d in range(4) if all(abs(round(v, d) - v) < 1e-9 for v in values)), 4
    )  # fmt: skip
    return tuple(f"{value:.{digits}f}".replace("-", "−") for value in values)


def path(xs: Iterable[float], ys: Iterable[float]) -> str:
    """A line as an SVG path, in relative steps of tenths, which are short.

    Parameters
    ----------
    xs, ys
        Coordinates in the drawing.

    Examples
    --------
    >>> path((0, 10, 20), (5, 5.04, 0))
    'M0 5l10 0l10-5'
    """
    tenths = [(round(10 * x), round(10 * y)) for x, y in zip(xs, ys, strict=True)]
    if not tenths:
        return ""
    out = [f"M{_tenth(tenths[0][0])} {_tenth(tenths[0][1])}"]
    for (x, y), (u, v) in itertools.pairwise(tenths):
        down = _tenth(v - y)
        out.append(f"l{_tenth(u - x)}{'' if down.startswith('-') else ' '}{down}")
    return "".join(out)


def _tenth(number: int) -> str:
    whole = f"{number / 10:.1f}"
    return whole.removesuffix(".0")
