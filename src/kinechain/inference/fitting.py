"""Fits the judged figures so that the network reproduces published tables.

Each published value is a target on its own scale (log odds, or the logarithm of a likelihood
ratio) with the spread of its interval. Each judged figure is pulled towards the value that was
entered, with the spread of *its* interval, and never leaves that interval. The most probable
figures are found by Gauss-Newton steps; with fewer targets than figures the step is solved
among the targets. A target far off counts less (Cauchy weights): one study that contradicts
all others must not bend the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from kinechain.domain.case import Case
from kinechain.domain.studies import Measure, StudyRow
from kinechain.inference.expectation import Expectation
from kinechain.inference.gradient import Chain, weight_gradient
from kinechain.inference.network import Array
from kinechain.inference.template import Template

OUTLIER = 3.0
"""Standard deviations from which on a target's weight falls below a half."""

LEEWAY = 2.5
"""How far a judged figure is let go from the value that was entered, in standard deviations
for one: anywhere within its interval costs little beside a published value missed."""

TIGHTEST = 0.08
"""Smallest spread of a target: studies of the same question differ by more than their intervals
say, so that no single large study may dictate (expert judgement)."""


@dataclass(frozen=True)
class Target:
    """A published value, on its own scale.

    Attributes
    ----------
    low, high
        Its 95 % interval; the network's value counts as inside when it lies between them.
    """

    study: str
    row: StudyRow
    measure: Measure
    value: float
    low: float
    high: float

    @property
    def is_ratio(self) -> bool:
        """Whether it is a likelihood ratio rather than a probability."""
        return self.measure in ("lr_positive", "lr_negative")

    def scaled(self, value: Array | float) -> Array:
        """On the scale on which it is fitted."""
        small = np.clip(value, 1e-9, None if self.is_ratio else 1 - 1e-9)
        return np.log(small) if self.is_ratio else np.log(small) - np.log1p(-small)

    @property
    def middle(self) -> float:
        """The middle of its interval on its scale; finite even for 0 and 1."""
        return float(self.scaled(self.low) + self.scaled(self.high)) / 2

    @property
    def spread(self) -> float:
        """Standard deviation on its scale."""
        wide = float(self.scaled(self.high) - self.scaled(self.low))
        return max(wide / (2 * NormalDist().inv_cdf(0.975)), TIGHTEST)


class Prepared:
    """Targets with their elimination plans, evaluated together."""

    def __init__(
        self, template: Template, rows: Sequence[tuple[Expectation, Sequence[Target]]]
    ) -> None:
        self.template = template
        self.rows = list(rows)
        self.targets = [target for _, targets in self.rows for target in targets]

    def evaluate(self, values: Array, *, slopes: bool) -> tuple[Array, Array]:
        """The network's value of every target, scaled, and its derivatives.

        Parameters
        ----------
        values
            Figures, shape ``(1, figures)``.
        slopes
            Whether to compute the derivatives.

        Returns
        -------
        found, jacobian
            Shapes ``(targets,)`` and ``(targets, figures)`` (empty without `slopes`).
        """
        found: list[float] = []
        jacobian: list[Array] = []
        chains: dict[Case, Chain] = {}
        for expectation, targets in self.rows:
            chain = chains.get(expectation.case)
            if chain is None:
                chain = Chain(self.template, expectation.case, values)
                chains[expectation.case] = chain
            assembly, weights, run = expectation.run(chain.network)
            measures: list[tuple[float, Array]] = [
                _scaled(expectation, target, run.z) for target in targets
            ]
            found += [value for value, _ in measures]
            if slopes:
                slope = np.stack([one for _, one in measures])
                jacobian.append(chain.figures(*weight_gradient(assembly, weights, run, slope)))
        return np.array(found), np.concatenate(jacobian) if jacobian else np.empty((0, 0))


def _scaled(expectation: Expectation, target: Target, z: Array) -> tuple[float, Array]:
    """A target's value on its scale, and its derivative by the rows' log sums."""
    ratios = expectation.ratios
    if not target.is_ratio:
        ratio = ratios[target.measure]
        value = float(np.clip(ratio.value(z), 1e-9, 1 - 1e-9))
        return float(target.scaled(value)), ratio.slope(z) / (value * (1 - value))
    sensitivity, specificity = ratios["sensitivity"], ratios["specificity"]
    sens = float(np.clip(sensitivity.value(z), 1e-9, 1 - 1e-9))
    spec = float(np.clip(specificity.value(z), 1e-9, 1 - 1e-9))
    d_sens, d_spec = sensitivity.slope(z), specificity.slope(z)
    if target.measure == "lr_positive":
        return float(np.log(sens / (1 - spec))), d_sens / sens + d_spec / (1 - spec)
    return float(np.log((1 - sens) / spec)), -d_sens / (1 - sens) - d_spec / spec


@dataclass(frozen=True)
class Fit:
    """The result: figures on their natural scale, and how the misfit fell."""

    values: Array
    misfit: tuple[float, ...]


def fit(
    prepared: Prepared,
    free: NDArray[np.bool_],
    *,
    steps: int = 10,
    tell: Callable[[int, float], None] = lambda _step, _misfit: None,
) -> Fit:
    """Find the most probable figures.

    Parameters
    ----------
    prepared
        The targets to reproduce.
    free
        Which figures may move, shape ``(figures,)``.
    steps
        Gauss-Newton steps; each halves its length until the misfit falls.
    tell
        Called after each step with its number and the misfit.
    """
    figures = prepared.template.figures
    entered = figures.scaled()
    low, high = figures.bounds()
    spread = np.where(free, LEEWAY * figures.spread(), 0.0)
    middle = np.array([target.middle for target in prepared.targets])
    noise = np.array([target.spread for target in prepared.targets])

    def misfit(at: Array, found: Array) -> float:
        away = (at - entered)[free] / np.maximum(spread[free], 1e-12)
        off = (found - middle) / noise
        return float(OUTLIER**2 * np.log1p((off / OUTLIER) ** 2).sum() + (away**2).sum())

    at = entered.copy()
    found, jacobian = prepared.evaluate(figures.natural(at), slopes=True)
    history = [misfit(at, found)]
    for step in range(steps):
        goal = _gauss_newton(at, entered, spread, (found - middle) / noise, jacobian, noise)
        length, better = 1.0, False
        trial, tried = at, found
        while length > 1 / 64 and not better:
            trial = np.clip(at + length * (goal - at), low, high)
            tried, _ = prepared.evaluate(figures.natural(trial), slopes=False)
            better = misfit(trial, tried) < history[-1] * (1 - 1e-9)
            length /= 2
        if not better:
            break
        gain = history[-1] - misfit(trial, tried)
        at = trial
        history.append(misfit(at, tried))
        tell(step + 1, history[-1])
        if gain < 1e-3 * history[-1]:
            break
        found, jacobian = prepared.evaluate(figures.natural(at), slopes=True)
    return Fit(figures.natural(at), tuple(history))


def _gauss_newton(
    at: Array, entered: Array, spread: Array, off: Array, jacobian: Array, noise: Array
) -> Array:
    """The minimum of the quadratic model, solved among the targets."""
    weight = 1 / (1 + (off / OUTLIER) ** 2)
    scaled = jacobian / noise[:, None]
    lever = scaled * spread**2
    system = lever @ scaled.T + np.diag(1 / weight)
    return entered + lever.T @ np.linalg.solve(system, scaled @ (at - entered) - off)
