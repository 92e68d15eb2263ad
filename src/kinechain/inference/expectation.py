"""What the network expects to see among the people who entered a study.

A study admits people (a complaint, a setting) and counts how often a test was positive in
those with and without a condition. The same quantities follow from the network: each is a
ratio of sums of products in which nothing but absences is ever put in,

    P(complaint) = 1 - P(no painful site),   P(test positive) = 1 - P(all its signs absent),

so that every table stays small. Tests that count signs (three of five) follow from the
sets of signs that are absent, by inclusion and exclusion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from kinechain.domain.case import Case
from kinechain.domain.studies import Measure, People, StudyRow, Test
from kinechain.inference.elimination import Run
from kinechain.inference.network import Array, Assembly, Network, Weights
from kinechain.inference.template import Template

MOST_SIGNS = 8
"""Signs of one test; each doubles the number of rows."""


class NotExpressible(Exception):
    """The network cannot be asked this; the message says why."""


@dataclass(frozen=True)
class Ratio:
    """A quantity ``numerator @ z / (denominator @ z)`` of the rows' sums of products."""

    numerator: Array
    denominator: Array

    def value(self, z: Array) -> float:
        """The quantity; NaN where nobody is in the denominator."""
        below = float(self.denominator @ z)
        return float(self.numerator @ z) / below if below > 0 else float("nan")

    def slope(self, z: Array) -> Array:
        """Derivative with respect to the logarithm of each row's sum."""
        below = float(self.denominator @ z)
        return (self.numerator - self.value(z) * self.denominator) * z / below


class Expectation:
    """One row of a study, prepared: its elimination plan is made once.

    Parameters
    ----------
    template
        What every person's network shares.
    row
        Who was admitted, which condition, which test.

    Attributes
    ----------
    case
        Age, sex and setting of the people.
    ratios
        For each measure that the row can be asked about, how it follows from the rows.

    Raises
    ------
    NotExpressible
        When the test has too many signs, or something named has no instance.
    """

    def __init__(self, template: Template, row: StudyRow) -> None:
        self.template = template
        people = row.people
        self.case = Case(
            id="study", age_years=people.age_years, sex=people.sex, setting=people.setting
        )
        places = _Places(template, people)
        complaint = places.sites(people.complaint)
        conditions = [place for name in row.condition for place in places.of(name)]
        signs = [places.of(name) for name in row.test.of] if row.test else []
        signs = [sign for sign in signs if sign]
        if row.test and (len(signs) < len(row.test.of) or len(signs) > MOST_SIGNS):
            raise NotExpressible(f"a test of {len(row.test.of)} signs")
        if row.condition and not conditions:
            raise NotExpressible(f"no instance of {', '.join(row.condition)}")
        others = _others(template, row, places)
        flags = _Rows(complaint, conditions, others, signs, people)
        self.ratios = flags.ratios(row.test, bool(row.condition))
        self._likelihood, self._absent = flags.weights(template, places, people)
        self._plan: Assembly | None = None

    def run(self, network: Network) -> tuple[Assembly, Weights, Run]:
        """Sums of products of all rows in `network`."""
        weights = Weights(self._likelihood, self._absent)
        if self._plan is None:
            self._plan = Assembly(network, list(self._likelihood), list(self._absent))
        assembly = self._plan.on(network)
        return assembly, weights, assembly.run(weights)

    def values(self, network: Network) -> dict[Measure, float]:
        """Every measure that the row can be asked about."""
        z = self.run(network)[2].z
        return {measure: ratio.value(z) for measure, ratio in self.ratios.items()}


class _Places:
    """Nodes meant by ids, on the side of the complaint."""

    def __init__(self, template: Template, people: People) -> None:
        self.template = template
        knowledge = template.knowledge
        sites = [part for site in people.complaint for part in knowledge.parts(site)]
        paired = any(knowledge.sites[site].sides == "paired" for site in sites)
        self.sides = (None, "right") if paired else (None, "left", "right")

    def of(self, name: str) -> list[int]:
        """Instances of a template on the sides in question; ``id.level`` names one level."""
        template, _, level = name.partition(".")
        nodes = self.template.knowledge.graph.nodes
        return [
            place
            for place in self.template.knowledge.instances.get(template, ())
            if nodes[place].side in self.sides and (not level or nodes[place].level == level)
        ]

    def sites(self, names: Sequence[str]) -> list[int]:
        """Sites without parts that make up the sites named."""
        knowledge = self.template.knowledge
        parts = dict.fromkeys(part for name in names for part in knowledge.parts(name))
        return [place for part in parts for place in self.of(part)]


def _others(template: Template, row: StudyRow, places: _Places) -> list[int]:
    """Instances of the condition that everybody in the comparison group had."""
    comparator = row.comparator or ""
    if not comparator.startswith("condition:"):
        return []
    found = [p for name in comparator[len("condition:") :].split("|") for p in places.of(name)]
    if not found:
        raise NotExpressible(f"no instance of {comparator}")
    return found


class _Rows:
    """Which things are put in as absent in which row.

    The rows run over all combinations of: the complaint (free, absent), the condition
    (free, absent), the comparison condition (free, absent) and the sets of absent signs.
    """

    def __init__(
        self,
        complaint: list[int],
        conditions: list[int],
        others: list[int],
        signs: list[list[int]],
        people: People,
    ) -> None:
        self.complaint, self.conditions, self.others, self.signs = (
            complaint,
            conditions,
            others,
            signs,
        )
        self.subsets = [
            frozenset(chosen)
            for size in range(len(signs) + 1)
            for chosen in combinations(range(len(signs)), size)
        ]
        free = (False, True)
        pain = (True,) if people.painless else free if complaint else (False,)
        self.rows = [
            (p, c, o, subset)
            for p in pain
            for c in (free if conditions else (False,))
            for o in (free if others else (False,))
            for subset in self.subsets
        ]
        self.entry = (
            np.array([-1.0 if p else 1.0 for p, *_ in self.rows])
            if complaint and not people.painless
            else np.ones(len(self.rows))
        )

    def ratios(self, test: Test | None, conditioned: bool) -> dict[Measure, Ratio]:
        """How each measure follows from the rows' sums."""
        everyone = np.array([float(not subset) for *_, subset in self.rows])
        positive = self._positive(test) if test else everyone
        # x - x[absent] keeps those with the condition; x[absent] those without
        with_it = np.array([(-1.0 if c else 1.0) * (not o) for _, c, o, _ in self.rows])
        without = np.array([float(c) for _, c, *_ in self.rows])
        if self.others:
            without *= np.array([-1.0 if o else 1.0 for *_, o, _ in self.rows])
        entry = self.entry
        if not conditioned:
            return {"rate": Ratio(entry * positive, entry * everyone)}
        free = np.array([float(not c and not o) for _, c, o, _ in self.rows])
        share = Ratio(entry * with_it * everyone, entry * free * everyone)
        if test is None:
            return {"share": share}
        return {
            "sensitivity": Ratio(entry * with_it * positive, entry * with_it * everyone),
            "specificity": Ratio(
                entry * without * (everyone - positive), entry * without * everyone
            ),
        }

    def _positive(self, test: Test) -> Array:
        """Weight of each row in the probability that the test is positive."""
        count = len(self.signs)
        value = dict.fromkeys(self.subsets, 0.0)
        for gone in self.subsets:
            if _is_positive(test, count, gone):
                for more in self.subsets:  # exactly `gone` is absent
                    if gone <= more:
                        value[more] += (-1.0) ** (len(more) - len(gone))
        return np.array([value[subset] for *_, subset in self.rows])

    def weights(
        self, template: Template, places: _Places, people: People
    ) -> tuple[dict[int, Array], dict[int, Array]]:
        """Likelihoods and absences, one row each."""
        nodes = template.knowledge.graph.nodes
        likelihood: dict[int, Array] = {}
        absent: dict[int, Array] = {}

        def put(place: int, counts: Array) -> None:
            if nodes[place].kind in ("finding", "site"):
                absent[place] = np.maximum(absent.get(place, 0.0), counts)
            else:
                gone = np.stack([np.ones_like(counts), 1.0 - counts], axis=1)
                likelihood[place] = likelihood.get(place, 1.0) * gone

        ones = np.ones(len(self.rows))
        for places_, counts in (
            (self.complaint, [float(p) for p, *_ in self.rows]),
            (self.conditions, [float(c) for _, c, *_ in self.rows]),
            (self.others, [float(o) for *_, o, _ in self.rows]),
        ):
            for place in places_:
                put(place, np.array(counts))
        for number, sign in enumerate(self.signs):
            counts = np.array([float(number in subset) for *_, subset in self.rows])
            for place in sign:
                put(place, counts)
        for name in people.absent:
            for place in places.of(name):
                put(place, ones)
        for name in people.present:
            found = places.of(name)
            if len(found) != 1:
                raise NotExpressible(f"everybody has {name}, whose side or level is open")
            likelihood[found[0]] = likelihood.get(found[0], 1.0) * np.array([[0.0, 1.0]])
        return likelihood, absent


def _is_positive(test: Test, count: int, absent: frozenset[int]) -> bool:
    present = [number for number in range(count) if number not in absent]
    if test.weights and test.cut is not None:
        return sum(test.weights[number] for number in present) >= test.cut
    return len(present) >= test.at_least


def likelihood_ratios(values: Mapping[Measure, float]) -> dict[Measure, float]:
    """Both likelihood ratios from sensitivity and specificity."""
    sensitivity, specificity = values["sensitivity"], values["specificity"]
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "lr_positive": float(np.divide(sensitivity, 1 - specificity)),
            "lr_negative": float(np.divide(1 - sensitivity, specificity)),
        }
