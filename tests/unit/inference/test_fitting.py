"""The fit where the answer is known: few figures, few targets."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from kinechain.domain.concepts import Condition, Effect, Finding, Prior
from kinechain.domain.estimate import Estimate
from kinechain.domain.studies import StudyRow, Test
from kinechain.inference.expectation import Expectation
from kinechain.inference.fitting import LEEWAY, OUTLIER, TIGHTEST, Fit, Prepared, Target, fit
from kinechain.inference.template import Template, template_of
from kinechain.knowledge.knowledge import Knowledge, assemble
from tests.support.knowledge import VERSIONS, small_knowledge

Z90, Z95 = 1.6448536269514722, 1.959963984540054


def odds(value: float) -> float:
    return math.log(value / (1 - value))


def chance(scaled: float) -> float:
    return 1 / (1 + math.exp(-scaled))


def leak(middle: float, spread: float) -> Estimate:
    """A judged probability with a normal interval on the scale of log odds."""
    ends = [chance(middle + sign * Z90 * spread) for sign in (-1, 1)]
    return Estimate(
        value=chance(middle), low=ends[0], high=ends[1], basis="judgement", reason="invented"
    )


def read(value: float) -> Estimate:
    """A figure that was read in a study."""
    return Estimate(
        value=value, low=value / 2, high=value * 2, basis="study", source="x", where="y"
    )


def knowing(**leaks: Estimate) -> Knowledge:
    """Findings whose only cause hardly ever occurs, so that each is as frequent as its leak."""
    groups = (
        "sources",
        "levels",
        "quantities",
        "red_flags",
        "settings",
        "sites",
        "traits",
        "links",
    )
    things: dict[str, dict[str, Any]] = {name: {} for name in groups}
    effects = tuple(Effect(to=name, activation=read(0.4)) for name in leaks)
    prior = Prior(base=read(1e-7))
    things["conditions"] = {
        "rare": Condition(id="rare", label="rare", summary="?", prior=prior, effects=effects)
    }
    things["findings"] = {
        name: Finding(id=name, label=name, kind="exam", question="?", leak=one)
        for name, one in leaks.items()
    }
    return assemble(things, f"invented {next(VERSIONS)}")


def leaks_of(template: Template, values: Any) -> list[float]:
    """The figures of the findings, in their order."""
    findings = template.knowledge.findings.values()
    return [float(values[0, template.figures.index[id(one.leak)]]) for one in findings]


def target(template: Template, sign: str, middle: float, spread: float) -> Any:
    """That `sign` was found with these log odds among anybody."""
    row = StudyRow(id=sign, kind="rate", label="?", test=Test(of=(sign,)))
    low, high = (chance(middle + side * Z95 * spread) for side in (-1, 1))
    found = Target("study", row, "rate", chance(middle), low, high)
    return Expectation(template, row), [found]


def fitted(template: Template, *targets: Any, steps: int = 10) -> Fit:
    return fit(Prepared(template, targets), template.figures.judgement, steps=steps)


def compromise(entered: float, own: float, middle: float, spread: float) -> float:
    """Where the pull towards the entered value and that of a target are equal."""

    def slope(at: float) -> float:
        off = (at - middle) / spread
        return (at - entered) / own**2 + off / (1 + (off / OUTLIER) ** 2) / spread

    low, high = sorted((entered, middle))
    for _ in range(80):
        half = (low + high) / 2
        low, high = (half, high) if slope(half) < 0 else (low, half)
    return low


@pytest.mark.parametrize(
    ("entered", "own", "middle", "spread"),
    [(-2.0, 0.5, -1.7, 0.5), (-2.0, 0.5, -1.7, 0.1), (-2.0, 0.4, -2.6, 0.8), (0.3, 0.6, 1, 0.6)],
)
def test_one_figure_and_one_target(
    entered: float, own: float, middle: float, spread: float
) -> None:
    template = template_of(knowing(sign=leak(entered, own)))
    found = fitted(template, target(template, "sign", middle, spread))
    own *= LEEWAY
    wanted = compromise(entered, own, middle, spread)
    plain = (entered / own**2 + middle / spread**2) / (1 / own**2 + 1 / spread**2)
    assert odds(leaks_of(template, found.values)[0]) == pytest.approx(wanted, abs=0.01)
    assert wanted == pytest.approx(plain, abs=0.05)  # no outlier: the weighted mean
    assert abs(wanted - entered) > 0.05
    assert found.misfit[-1] < found.misfit[0]


def test_the_spread_of_a_target() -> None:
    _, [wide] = target(template_of(knowing(sign=leak(0, 1))), "sign", -1.0, 0.4)
    assert wide.spread == pytest.approx(0.4)
    assert wide.middle == pytest.approx(-1.0)
    _, [tight] = target(template_of(knowing(sign=leak(0, 1))), "sign", -1.0, 0.01)
    assert tight.spread == TIGHTEST


def test_a_figure_stays_in_its_interval() -> None:
    template = template_of(knowing(sign=leak(-2.0, 0.3), other=leak(-1.0, 0.3)))
    up = [target(template, "sign", -1.0, 0.3) for _ in range(4)]
    down = [target(template, "other", -2.0, 0.3) for _ in range(4)]
    found = fitted(template, *up, *down)
    sign, other = (one.leak for one in template.knowledge.findings.values())
    assert sign is not None
    assert other is not None
    ends = [sign.high, other.low]
    np.testing.assert_allclose(leaks_of(template, found.values), ends, rtol=1e-9)
    low, high = template.figures.bounds()
    scaled = template.figures.scaled_of(found.values)
    assert (scaled >= low - 1e-12).all()
    assert (scaled <= high + 1e-12).all()


def test_what_is_met_already_moves_nothing() -> None:
    template = template_of(knowing(sign=leak(-2.0, 0.5), other=leak(-1.0, 0.5)))
    found = fitted(
        template, target(template, "sign", -2.0, 0.2), target(template, "other", -1.0, 0.4)
    )
    np.testing.assert_allclose(found.values, template.figures.point(), rtol=1e-6)
    assert found.misfit[0] == pytest.approx(0, abs=1e-8)


def test_a_figure_read_in_a_study_is_not_free() -> None:
    template = template_of(knowing(sign=read(0.1), other=leak(-1.0, 0.5)))
    found = fitted(
        template, target(template, "sign", -1.0, 0.1), target(template, "other", -0.5, 0.1)
    )
    sign, other = leaks_of(template, found.values)
    assert sign == pytest.approx(0.1, rel=1e-12)
    assert odds(other) > -0.7
    still = ~template.figures.judgement
    np.testing.assert_allclose(
        found.values[:, still], template.figures.point()[:, still], rtol=1e-12
    )


def test_no_steps_change_nothing() -> None:
    template = template_of(knowing(sign=leak(-2.0, 0.5)))
    found = fitted(template, target(template, "sign", -1.0, 0.1), steps=0)
    np.testing.assert_allclose(found.values, template.figures.point(), rtol=1e-12)
    assert len(found.misfit) == 1


def web(template: Template) -> list[Any]:
    """A few rows about the small knowledge, none of them met."""
    rows = [
        StudyRow(id="a", kind="single", label="?", condition=("arthritis",),
                 test=Test(of=("sign",))),
        StudyRow(id="b", kind="rate", label="?", test=Test(of=("test",))),
        StudyRow(id="c", kind="share", label="?", condition=("strain",)),
    ]  # fmt: skip
    return [
        (expectation := Expectation(template, row),
         [Target("study", row, one, 0.5, 0.4, 0.6) for one in expectation.ratios])
        for row in rows
    ]  # fmt: skip


def test_identical_input_gives_identical_output() -> None:
    first, second = (fitted(one, *web(one)) for one in map(template_of, pair()))
    np.testing.assert_allclose(first.values, second.values, rtol=1e-12, atol=0)
    np.testing.assert_allclose(first.misfit, second.misfit, rtol=1e-12, atol=0)
    assert first.misfit[-1] < first.misfit[0]
    assert all(later < earlier for earlier, later in pairwise(first.misfit))


def pair() -> list[Knowledge]:
    """The same knowledge, built twice."""
    return [small_knowledge(), small_knowledge()]


def test_a_study_that_contradicts_all_others_moves_little() -> None:
    template = template_of(knowing(sign=leak(-2.0, 1.0)))
    agreed = [target(template, "sign", middle, 0.3) for middle in (-1.6, -1.5, -1.4)]
    without = odds(leaks_of(template, fitted(template, *agreed).values)[0])
    found = fitted(template, *agreed, target(template, "sign", 4.0, 0.3))
    with_it = odds(leaks_of(template, found.values)[0])
    least_squares = 5.5 / 4  # how far it would carry a plain mean
    assert 0 < with_it - without < 0.05 * least_squares


def test_the_target_of_a_ratio_is_on_the_logarithm() -> None:
    row = StudyRow(id="a", kind="single", label="?")
    ratio = Target("study", row, "lr_positive", 4.0, 2.0, 8.0)
    assert ratio.is_ratio
    assert ratio.middle == pytest.approx(math.log(4))
    assert float(ratio.scaled(4.0)) == pytest.approx(math.log(4))
    none = Target("study", row, "sensitivity", 1.0, 0.9, 1.0)
    assert math.isfinite(none.middle)
