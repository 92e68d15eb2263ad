"""What a study would have counted, by enumeration: people one by one, from the row's words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from kinechain.domain.case import Case
from kinechain.domain.studies import Measure, People, StudyRow, Test
from kinechain.inference.expectation import Expectation
from kinechain.inference.network import Network
from kinechain.inference.person import person_of
from kinechain.inference.template import template_of
from kinechain.knowledge.hallmarks import hallmarks
from kinechain.knowledge.knowledge import Knowledge
from tests.support.recorded import Recorded

Array = np.ndarray


def asked(knowledge: Knowledge, row: StudyRow) -> dict[Measure, float]:
    """What the network expects, by the program."""
    expectation = Expectation(template_of(knowledge), row)
    return expectation.values(network_of(knowledge, row.people))


def network_of(knowledge: Knowledge, people: People) -> Network:
    """The network of people of this age, sex and setting, without any evidence."""
    case = Case(id="study", age_years=people.age_years, sex=people.sex, setting=people.setting)
    return person_of(knowledge, case).network


class Crowd:
    """All kinds of people, and how many of each were admitted to a study.

    Parameters
    ----------
    knowledge
        The knowledge.
    row
        Who was admitted, and what was counted.
    """

    def __init__(self, knowledge: Knowledge, row: StudyRow) -> None:
        self.knowledge, self.row = knowledge, row
        people, test = row.people, row.test
        places = [knowledge.sites[part] for site in people.complaint for part in self.parts(site)]
        self.one_side = people.one_side or any(site.sides == "paired" for site in places)
        named = {*people.complaint, *people.present, *people.absent, *row.condition}
        named |= {name for group in people.any_of for name in group} | set(self.others)
        named |= set(test.signs) if test else set()
        named |= set(hallmarks(knowledge, people.suspected))
        case = Case(id="study", age_years=people.age_years, sex=people.sex, setting=people.setting)
        keep = [node for name in named for node in self.nodes(name)]
        self.states = Recorded(person_of(knowledge, case), keep)
        self.weight = self.states.free * self.admitted()

    def parts(self, name: str) -> tuple[str, ...]:
        """The sites that a generic one stands for; anything else stands for itself."""
        parts = self.knowledge.sites[name].parts if name in self.knowledge.sites else ()
        return parts or (name,)

    def nodes(self, name: str) -> list[int]:
        """Nodes meant by an id, on the side in question."""
        template, _, level = name.partition(".")
        return [
            place
            for place, node in enumerate(self.knowledge.graph.nodes)
            if node.template in self.parts(template)
            and node.kind != "tendency"
            and node.level == (level or node.level)
            and not (self.one_side and node.side == "left")
        ]

    @property
    def others(self) -> list[str]:
        """Conditions of which everybody in the comparison group had one."""
        kind, _, names = (self.row.comparator or "").partition(":")
        return names.split("|") if kind == "condition" else []

    def has(self, names: Iterable[str]) -> Array:
        """In which states something of these names is present."""
        states = [self.states.present[node] for name in names for node in self.nodes(name)]
        return np.logical_or.reduce([np.zeros(len(self.states.free), bool), *states])

    def admitted(self) -> Array:
        """Weight of each kind of people at the door: 0, or 1 times the odds of known traits."""
        people = self.row.people
        weight = np.ones(len(self.states.free))
        if people.complaint:
            weight *= self.has(people.complaint) != people.painless
        for group in [*people.any_of, *((name,) for name in people.present)]:
            weight *= self.has(group)
        if people.suspected:
            weight *= self.has(hallmarks(self.knowledge, people.suspected))
        for name in people.absent:
            weight *= ~self.has([name])
        for names, present in ((people.present, True), (people.absent, False)):
            for name in names:
                weight *= self.odds(name, present)
        return weight

    def odds(self, trait: str, present: bool) -> Array:
        """What a trait that everybody had, or nobody, does to the odds of conditions."""
        weight = np.ones(len(self.states.free))
        if trait not in self.knowledge.traits:
            return weight
        share = self.knowledge.traits[trait].prevalence.value
        for name, condition in self.knowledge.conditions.items():
            for risk in condition.prior.risks:
                if risk.trait == trait:
                    ratio = risk.odds_ratio.value
                    factor = (ratio if present else 1) / (1 + share * (ratio - 1))
                    for node in self.knowledge.instances[name]:  # the tests' traits have no side
                        weight = weight * np.where(self.states.present[node], factor, 1.0)
        return weight

    def positive(self, test: Test) -> Array:
        """In which states the test is positive, worked out item by item."""
        holds = {}
        for item in (*test.of, *test.also):
            name = item.removeprefix("not ")
            holds[item] = self.has([name]) == (item == name)
        counted = np.zeros(len(self.states.free))
        for item, worth in zip(test.of, test.weights or (1.0,) * len(test.of), strict=True):
            counted = counted + worth * holds[item]
        result = counted >= (test.at_least if test.cut is None else test.cut)
        return np.logical_and.reduce([result, *(holds[item] for item in test.also)])

    def share(self, of: Array, among: Array) -> float:
        """How many of the people `among` are `of` them."""
        return float(self.weight[of & among].sum() / self.weight[among].sum())

    def values(self) -> dict[Measure, float]:
        """Everything that a study of these people would print."""
        test, everyone = self.row.test, np.ones(len(self.weight), bool)
        if not self.row.condition:
            assert test is not None
            return {"rate": self.share(self.positive(test), everyone)}
        ill = self.has(self.row.condition)
        if test is None:
            return {"share": self.share(ill, everyone)}
        compared = self.has(self.others) & ~ill if self.others else ~ill
        return {
            "sensitivity": self.share(self.positive(test), ill),
            "specificity": self.share(~self.positive(test), compared),
        }

    @property
    def rarest(self) -> float:
        """Smallest share of all people that is divided by."""
        groups = [np.ones(len(self.weight), bool)]
        if self.row.condition and self.row.test:
            ill = self.has(self.row.condition)
            groups += [ill, ~ill & self.has(self.others) if self.others else ~ill]
        return min(float(self.weight[group].sum()) for group in groups)


CAUSES = ("arthritis", "strain", "tumour")
SEEN = ("sign", "test", "scan", "knee_front", "knee_back", "back")


@st.composite
def study_rows(draw: st.DrawFn, knowledge: Knowledge) -> StudyRow:
    """A row about the knowledge of `knowledges`: any test, any people."""

    def named(name: str) -> str:
        levels = getattr(knowledge.concept(name), "levels", ())
        return draw(st.sampled_from([name, *(f"{name}.{level}" for level in levels)]))

    def some(names: Iterable[str], most: int) -> list[str]:
        chosen = draw(st.permutations(list(names)))[: draw(st.integers(0, most))]
        return [named(name) for name in chosen]

    things = draw(st.permutations([*SEEN, "knee", *CAUSES]))
    cut = draw(st.integers(1, 4))
    items = [draw(st.sampled_from(["", "", "not "])) + named(name) for name in things[:cut]]
    of = items[: draw(st.integers(1, cut))]
    more: dict[str, Any] = {"at_least": draw(st.integers(1, len(of)))}
    if draw(st.integers(0, 2)) == 0:
        worths = [draw(st.sampled_from([-1.0, 1.0, 2.0])) for _ in of]
        more |= {"weights": tuple(worths), "cut": draw(st.sampled_from([0.5, 1.0, 2.0]))}
    test = Test(of=tuple(of), also=tuple(items[len(of) :]), **more)
    any_of = draw(st.sampled_from([(), (), (("sign", "scan"),),
                                   (("sign", "arthritis"), ("test", "back"))]))  # fmt: skip
    present = some([*SEEN, *CAUSES, "heavy"], 3 - max(len(any_of), 1))
    absent = [one for one in some([*SEEN, *CAUSES, "heavy"], 1) if one not in present]
    ill, *others = draw(st.permutations(CAUSES))
    kind = draw(st.sampled_from(["test", "test", "share", "rate"]))
    compared = draw(st.sampled_from([None, None, others[0], "|".join(others)]))
    people = People(
        complaint=tuple(draw(st.sampled_from([(), ("knee",), ("knee_front",), ("back",),
                                              ("knee_back", "back")]))),
        any_of=any_of,
        present=tuple(present),
        absent=tuple(absent),
        one_side=draw(st.booleans()),
        setting=draw(st.sampled_from([None, "clinic"])),
        age_years=draw(st.sampled_from([None, 70.0])),
        sex=draw(st.sampled_from([None, "female"])),
    )  # fmt: skip
    if people.complaint and draw(st.integers(0, 4)) == 0:
        people = People(complaint=people.complaint, painless=True, one_side=people.one_side)
    return StudyRow(
        id="row",
        kind="single" if kind == "test" else kind,
        label="?",
        condition=() if kind == "rate" else (named(ill), *(others[:1] if kind == "share" else ())),
        test=None if kind == "share" else test,
        people=people,
        comparator=f"condition:{compared}" if compared and kind == "test" else None,
    )
