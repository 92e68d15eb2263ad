"""Point values and draws of the knowledge's estimates.

A draw moves a probability on the log-odds scale and an odds ratio on the log scale, by a
normal whose two halves are fitted to the two halves of the interval, so that asymmetric
intervals stay asymmetric and values stay in range. The same estimate is drawn once, for
both sides of the body and wherever it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinechain.domain.estimate import Estimate
from kinechain.knowledge import Knowledge

Array = NDArray[np.float64]
SMALLEST = 1e-9
LARGEST = 1 - 1e-4  # an effect is never certain: it would make evidence impossible


class Figures:
    """Values of all estimates that the network uses.

    Parameters
    ----------
    knowledge
        The knowledge.

    Attributes
    ----------
    index
        Place of each estimate, by its identity.
    estimates
        The estimates in order.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        found: list[tuple[Estimate, bool]] = []
        self.index: dict[int, int] = {}
        for estimate, is_odds in _used(knowledge):
            if id(estimate) not in self.index:
                self.index[id(estimate)] = len(found)
                found.append((estimate, is_odds))
        self.estimates = tuple(estimate for estimate, _ in found)
        self.judgement = np.array([estimate.is_judgement for estimate, _ in found], bool)
        odds = np.array([is_odds for _, is_odds in found], bool)
        value = np.array([estimate.value for estimate, _ in found], float)
        low = np.array([estimate.low for estimate, _ in found], float)
        high = np.array([estimate.high for estimate, _ in found], float)
        normal = NormalDist()
        spread = np.array(
            [normal.inv_cdf(0.5 + estimate.interval_coverage / 2) for estimate, _ in found], float
        )
        self._odds = odds
        self._middle = _scale(value, odds)
        self._low, self._high = _scale(low, odds), _scale(high, odds)
        self._down = (self._middle - self._low) / spread
        self._up = (self._high - self._middle) / spread

    def point(self) -> Array:
        """Point values, shape ``(1, figures)``."""
        return _unscale(self._middle, self._odds)[None]

    def draw(self, draws: int, seed: int) -> Array:
        """Random values from the intervals, shape ``(draws, figures)``."""
        z = np.random.Generator(np.random.PCG64(seed)).standard_normal((draws, len(self._middle)))
        moved = self._middle + np.where(z < 0, self._down, self._up) * z
        return _unscale(moved, self._odds)

    def scaled(self) -> Array:
        """Point values on their own scale (log odds, or logarithm), shape ``(figures,)``."""
        return self._middle.copy()

    def spread(self) -> Array:
        """Standard deviation of each figure on its own scale: the mean of its two halves."""
        return (self._down + self._up) / 2

    def bounds(self) -> tuple[Array, Array]:
        """Ends of the intervals on the figures' own scale."""
        return self._low, self._high

    def scaled_of(self, values: Array) -> Array:
        """Figures of shape ``(1, figures)`` on their own scale."""
        return _scale(values[0], self._odds)

    def natural(self, scaled: Array) -> Array:
        """Figures from their own scale, shape ``(1, figures)``."""
        return _unscale(scaled, self._odds)[None]

    def slope(self, values: Array) -> Array:
        """Derivative of each figure with respect to itself on its own scale."""
        return np.where(self._odds, values, values * (1 - values))[0]

    def moved(self, values: Array, places: Sequence[int], step: float) -> Array:
        """The figures with some of them moved on their own scale."""
        scaled = self.scaled_of(values)
        scaled[list(dict.fromkeys(places))] += step
        return _unscale(scaled, self._odds)[None]


def _scale(value: Array, odds: NDArray[np.bool_]) -> Array:
    safe = np.where(odds, np.maximum(value, SMALLEST), np.clip(value, SMALLEST, LARGEST))
    return np.where(odds, np.log(safe), np.log(safe) - np.log1p(-np.where(odds, 0, safe)))


def _unscale(scaled: Array, odds: NDArray[np.bool_]) -> Array:
    with np.errstate(over="ignore"):
        return np.where(
            odds, np.exp(np.where(odds, scaled, 0)), np.minimum(1 / (1 + np.exp(-scaled)), LARGEST)
        )


def _used(knowledge: Knowledge) -> Iterator[tuple[Estimate, bool]]:
    """Estimates in a fixed order, each with whether it is an odds ratio."""
    for figure in knowledge.graph.figures:
        yield figure, False
    for condition in knowledge.conditions.values():
        prior = condition.prior
        yield prior.base, False
        for band in prior.by_age:
            yield band.estimate, False
        if prior.other_side is not None:
            yield prior.other_side, False
        if prior.female_odds_ratio is not None:
            yield prior.female_odds_ratio, True
        for risk in prior.risks:
            yield risk.odds_ratio, True
    for trait in knowledge.traits.values():
        yield trait.prevalence, False
    groups: tuple[dict[str, Any], ...] = (knowledge.links, knowledge.findings, knowledge.sites)
    for group in groups:
        for concept in group.values():
            if concept.leak is not None:
                yield concept.leak, False
            for band in getattr(concept, "leak_by_age", ()):
                yield band.estimate, False
    for setting in knowledge.settings.values():
        for odds in setting.odds:
            yield odds.odds_ratio, True
