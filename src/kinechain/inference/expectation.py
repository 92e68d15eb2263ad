"""What the network expects to see among the people who entered a study.

A study admits people (a complaint, a setting) and counts how often a test was positive in
those with and without a condition. The same quantities follow from the network: each is a
ratio of sums of products in which nothing but absences is ever put in,

    P(complaint) = 1 - P(no painful site),   P(test positive) = 1 - P(all its signs absent),

so that every table stays small. Tests that count signs (three of five) follow from the
sets of signs that are absent, by inclusion and exclusion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from kinechain.domain.case import Case
from kinechain.domain.studies import Measure, People, StudyRow, Test
from kinechain.inference.elimination import Run
from kinechain.inference.network import Array, Assembly, Network, Weights
from kinechain.inference.template import Template
from kinechain.knowledge.hallmarks import hallmarks

MOST_SIGNS, MOST_GROUPS = 8, 4
"""Signs of one test, and groups of which everybody had a member; each doubles the rows."""


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
        conditions = [place for name in row.condition for place in places.of(name)]
        signs = [places.known(name) for name in row.test.signs] if row.test else []
        if len(signs) > MOST_SIGNS:
            raise NotExpressible(f"a test of {len(signs)} signs")
        if row.condition and not conditions:
            raise NotExpressible(f"no instance of {', '.join(row.condition)}")
        groups = [places.known(*names) for names in people.any_of]
        if people.complaint and not people.painless:
            groups.append(places.known(*people.complaint))
        if people.suspected:
            typical = hallmarks(template.knowledge, people.suspected)
            if not typical:
                raise NotExpressible(f"nothing is typical of {', '.join(people.suspected)}")
            groups.append(places.known(*typical))
        had = [places.known(name) for name in people.present]
        groups += [found for found in had if len(found) > 1]
        also_absent = places.observed([*groups, *signs])
        groups += [found for found in had if len(found) == 1 and found[0] in also_absent]
        sure = [found[0] for found in had if len(found) == 1 and found[0] not in also_absent]
        if len(groups) > MOST_GROUPS:
            raise NotExpressible(f"{len(groups)} things of which everybody had one")
        rows = _Rows(groups, conditions, _others(row, places), signs)
        self.ratios = rows.ratios(row.test, bool(row.condition))
        self._likelihood, self._absent = rows.weights(places, people, sure)
        self._plan: Assembly | None = None

    def run(self, network: Network) -> tuple[Assembly, Weights, Run]:
        """Sums of products of all rows in `network`."""
        weights = Weights(self._likelihood, self._absent)
        if self._plan is None:
            some = self.template.conditions[:1]  # without any variable there would be no rows
            self._plan = Assembly(network, list(self._likelihood), list(self._absent), some)
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
        one = paired or people.one_side
        self.sides = (None, "right") if one else (None, "left", "right")

    def of(self, name: str) -> list[int]:
        """Instances of a template on the sides in question; ``id.level`` names one level.

        A generic site means its parts.
        """
        knowledge = self.template.knowledge
        template, _, level = name.partition(".")
        nodes = knowledge.graph.nodes
        names = knowledge.parts(template) if template in knowledge.sites else (template,)
        return [
            place
            for part in names
            for place in knowledge.instances.get(part, ())
            if nodes[place].side in self.sides and (not level or nodes[place].level == level)
        ]

    def known(self, *names: str) -> list[int]:
        """Instances of all of them; every name must have one."""
        found: list[int] = []
        for name in names:
            here = self.of(name)
            if not here:
                raise NotExpressible(f"the network has no {name}")
            found += here
        return found

    def observed(self, groups: Sequence[Sequence[int]]) -> set[int]:
        """Findings and sites among them, which are put in as absent in some rows.

        A node cannot carry a likelihood and be absent in the same row.
        """
        nodes = self.template.knowledge.graph.nodes
        return {
            place for group in groups for place in group if nodes[place].kind in ("finding", "site")
        }


def _others(row: StudyRow, places: _Places) -> list[int]:
    """Instances of the condition that everybody in the comparison group had."""
    comparator = row.comparator or ""
    if not comparator.startswith("condition:"):
        return []
    return places.known(*comparator.removeprefix("condition:").split("|"))


class _Rows:
    """Which things are put in as absent in which row.

    The rows run over all combinations of: each group of which everybody has a member (free,
    all absent), the condition (free, absent), the comparison condition (free, absent) and the
    sets of absent signs.
    """

    def __init__(
        self,
        groups: list[list[int]],
        conditions: list[int],
        others: list[int],
        signs: list[list[int]],
    ) -> None:
        self.groups, self.conditions, self.others, self.signs = groups, conditions, others, signs
        self.subsets = [
            frozenset(chosen)
            for size in range(len(signs) + 1)
            for chosen in combinations(range(len(signs)), size)
        ]
        free = (False, True)
        self.rows = [
            (gone, c, o, subset)
            for gone in product(free, repeat=len(groups))
            for c in (free if conditions else (False,))
            for o in (free if others else (False,))
            for subset in self.subsets
        ]
        self.entry = np.array([(-1.0) ** sum(gone) for gone, *_ in self.rows])

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
            if test.is_positive([number not in gone for number in range(count)]):
                for more in self.subsets:  # exactly `gone` is absent
                    if gone <= more:
                        value[more] += (-1.0) ** (len(more) - len(gone))
        return np.array([value[subset] for *_, subset in self.rows])

    def weights(
        self, places: _Places, people: People, sure: Sequence[int]
    ) -> tuple[dict[int, Array], dict[int, Array]]:
        """Likelihoods and absences, one row each."""
        put = _Evidence(places.template, len(self.rows))
        for number, group in enumerate(self.groups):
            put.absent(group, [gone[number] for gone, *_ in self.rows])
        put.absent(self.conditions, [c for _, c, *_ in self.rows])
        put.absent(self.others, [o for *_, o, _ in self.rows])
        for number, sign in enumerate(self.signs):
            put.absent(sign, [number in subset for *_, subset in self.rows])
        everywhere = [True] * len(self.rows)
        for name in people.absent:
            put.absent(places.known(name), everywhere)
        if people.painless:
            put.absent(places.known(*people.complaint), everywhere)
        for place in sure:
            put.present(place)
        return put.likelihood, put.gone


class _Evidence:
    """Collects likelihoods and absences of all rows."""

    def __init__(self, template: Template, rows: int) -> None:
        self.template = template
        self.rows = rows
        self.likelihood: dict[int, Array] = {}
        self.gone: dict[int, Array] = {}

    def absent(self, places: Sequence[int], where: Sequence[bool]) -> None:
        """Put some nodes in as absent in some rows."""
        counts = np.array(where, float)
        for place in places:
            node = self.template.knowledge.graph.nodes[place]
            if node.kind in ("finding", "site"):
                self.gone[place] = np.maximum(self.gone.get(place, 0.0), counts)
                continue
            self._multiply(place, 1.0 - counts)
            if node.kind == "trait":
                for cause, factor in self._odds(place, present=False).items():
                    self._multiply(cause, np.where(counts > 0, factor, 1.0))

    def present(self, place: int) -> None:
        """Put a node in as present in every row."""
        known = self.likelihood.get(place, 1.0) * np.array([[0.0, 1.0]])
        self.likelihood[place] = np.broadcast_to(known, (self.rows, 2)).copy()
        if self.template.knowledge.graph.nodes[place].kind == "trait":
            for cause, factor in self._odds(place, present=True).items():
                self._multiply(cause, np.full(self.rows, factor))

    def _odds(self, place: int, *, present: bool) -> dict[int, float]:
        """What knowing of a trait does to the odds of conditions."""
        node, values = self.template.knowledge.graph.nodes[place], self.template.figures.point()
        found = self.template.multipliers(node.template, present, node.level, node.side, values)
        return {cause: float(factor[0]) for cause, factor in found.items()}

    def _multiply(self, place: int, factor: Array) -> None:
        weight = np.stack([np.ones(self.rows), factor], axis=1)
        self.likelihood[place] = self.likelihood.get(place, 1.0) * weight
