"""Ordinary patients of primary care for the count of alarms, and what a doctor writes down.

Adults are drawn from the network: age, sex, exposures, conditions by their priors, findings and
pains by their causes. Whoever has pain in one of the common regions comes. Serious disease is
thus as rare among them as the network has it; that people with serious disease seek help more
often than others is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from kinechain.domain.case import Case, Observation, Pain, Side
from kinechain.domain.concepts import Finding
from kinechain.inference.template import template_of
from kinechain.knowledge import Knowledge
from kinechain.knowledge.graph import Node

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Sex = Literal["female", "male"]

SETTING = "primary_care"
MOST, SPARE = 300, 20
"""How many adults are drawn at once at most, and how many more than are still wanted."""
ANSWERED = 0.7
"""Chance that an item of history, or an examination of the painful region, is recorded."""
COMPLAINTS = {
    "low back": ("low_back", "sacroiliac_region"),
    "neck": ("neck",),
    "knee": ("knee",),
    "hip": ("hip",),
    "leg": ("thigh", "lower_leg"),
    "foot": ("ankle", "foot"),
    "head": ("head",),
}
"""Regions of which one must hurt, with their sites."""
AGES = ((18, 30, 0.20), (30, 40, 0.17), (40, 50, 0.16), (50, 60, 0.17), (60, 70, 0.14),
        (70, 80, 0.11), (80, 91, 0.05))  # fmt: skip
"""Shares of adults from one age to the next: judged, rounded, as in a rich country."""
WEEKS = ((0.1, 1, 0.20), (1, 2, 0.15), (2, 6, 0.20), (6, 12, 0.15), (12, 300, 0.30))
"""For how many weeks it has hurt, with the shares: judged, about a third fresh and persistent."""
WEEKS_IF_URGENT = ((0.1, 1, 0.6), (1, 2, 0.4))
"""The same when a disease is present that cannot wait: judged."""


@dataclass(frozen=True)
class Ordinary:
    """An ordinary patient.

    Attributes
    ----------
    case
        What is recorded.
    complaint
        One of `COMPLAINTS`: what the patient came for.
    present
        Conditions that are present.
    """

    case: Case
    complaint: str
    present: frozenset[str]


def ordinary_patients(
    knowledge: Knowledge, wanted: int, seed: tuple[int, int]
) -> tuple[tuple[Ordinary, ...], int]:
    """Draw adults until so many of them have come.

    Parameters
    ----------
    knowledge
        Whose network is drawn from.
    wanted
        How many patients.
    seed
        Of the measurement, and the number of this piece of it.

    Returns
    -------
    patients, adults
        How many adults were drawn, up to the last patient.
    """
    random = np.random.default_rng(np.random.SeedSequence(seed))
    adults = _Adults(knowledge)
    found: list[Ordinary] = []
    drawn = 0
    while True:
        people, true = adults.drawn(min(MOST, wanted - len(found) + SPARE), random)
        for about, row in zip(people, true, strict=True):
            drawn += 1
            patient = _patient(knowledge, about, row, random)
            if patient is not None:
                found.append(patient)
            if len(found) == wanted:
                return tuple(found), drawn


class _Adults:
    """Draws adults; what those of one age and sex share is computed once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.template = template_of(knowledge)
        self.point = self.template.figures.point()
        self.exposures = [
            (place, trait.prevalence.value)
            for name, trait in knowledge.traits.items()
            for place in knowledge.instances.get(name, ())
        ]
        self.shared: dict[tuple[float, Sex], tuple[Array, Array]] = {}
        self.odds: dict[tuple[int, bool], dict[int, float]] = {}

    def drawn(self, wanted: int, random: np.random.Generator) -> tuple[list[Case], Flags]:
        """So many adults, and the state of every node in each; shape (adults, nodes)."""
        people = [self._about(random) for _ in range(wanted)]
        size = len(self.knowledge.graph.nodes)
        true = np.zeros((wanted, size), bool)
        for place, chance in self.exposures:
            true[:, place] = random.random(wanted) < chance
        networks = [self._network(one, row) for one, row in zip(people, true, strict=True)]
        leak = np.stack([one for one, _ in networks])
        activation = np.stack([one for _, one in networks])
        given = {place for place, _ in self.exposures}
        for node, pairs in enumerate(self.template.parents):
            if node in given:
                continue
            value = random.random(wanted) < leak[:, node]
            for parent, edge in pairs:
                causes = true[:, parent]
                if causes.any():
                    value |= causes & (random.random(wanted) < activation[:, edge])
            true[:, node] = value
        return people, true

    def _about(self, random: np.random.Generator) -> Case:
        sex: Sex = "female" if random.random() < 0.5 else "male"
        age = float(int(_from(AGES, random)))
        return Case(id="ordinary", age_years=age, sex=sex, setting=SETTING)

    def _network(self, about: Case, true: Flags) -> tuple[Array, Array]:
        """Leaks and activations of one person, the odds of priors moved by the exposures."""
        key = (about.age_years or 0.0, about.sex or "female")
        if key not in self.shared:
            leak, activation = self.template.weights(about, self.point)
            self.shared[key] = leak[0], activation[0]
        leak, activation = self.shared[key]
        leak = leak.copy()
        for place, _ in self.exposures:
            for node, factor in self._multipliers(place, bool(true[place])).items():
                odds = float(leak[node]) / (1 - float(leak[node])) * factor
                leak[node] = odds / (1 + odds)
        return leak, activation

    def _multipliers(self, place: int, present: bool) -> dict[int, float]:
        if (place, present) not in self.odds:
            node = self.knowledge.graph.nodes[place]
            found = self.template.multipliers(
                node.template, present, node.level, _side(node), self.point
            )
            self.odds[place, present] = {one: float(factor[0]) for one, factor in found.items()}
        return self.odds[place, present]


def _patient(
    knowledge: Knowledge, about: Case, true: Flags, random: np.random.Generator
) -> Ordinary | None:
    """What is recorded of an adult; None for one without pain in any of the regions."""
    nodes = knowledge.graph.nodes
    sore = [place for place in np.flatnonzero(true) if nodes[place].kind == "site"]
    reasons = [
        name for name, sites in COMPLAINTS.items()
        if any(nodes[place].template in _parts(knowledge, sites) for place in sore)
    ]  # fmt: skip
    if not reasons:
        return None
    complaint = reasons[int(random.integers(len(reasons)))]
    there = _parts(knowledge, COMPLAINTS[complaint])
    told = [place for place in sore
            if nodes[place].template in there or random.random() < ANSWERED]  # fmt: skip
    present = frozenset(
        nodes[place].template
        for place in template_of(knowledge).conditions
        if true[place]
    )  # fmt: skip
    weeks = _weeks(knowledge, present, random) if random.random() < ANSWERED else None
    pains = tuple(
        Pain(site=nodes[place].template, side=_side(nodes[place]), duration_weeks=weeks)
        for place in told
    )
    case = msgspec.structs.replace(
        about, pain=pains, observations=_record(knowledge, pains, there, true, random)
    )
    return Ordinary(case, complaint, present)


def _record(
    knowledge: Knowledge,
    pains: tuple[Pain, ...],
    there: frozenset[str],
    true: Flags,
    random: np.random.Generator,
) -> tuple[Observation, ...]:
    """Part of the history and of the examination of the painful region; no tests."""
    sites = {pain.site for pain in pains}
    regions = {region for name in sites & there for region in knowledge.sites[name].regions}
    asked = [*knowledge.traits]
    for name, finding in knowledge.findings.items():
        told = finding.kind in ("symptom", "history")
        seen = finding.kind in ("exam", "gait") and not regions.isdisjoint(finding.regions)
        if (told or seen) and _makes_sense(knowledge, finding, sites):
            asked.append(name)
    return tuple(
        _observation(knowledge.graph.nodes[place], bool(true[place]))
        for name in asked
        if random.random() < ANSWERED
        for place in knowledge.instances.get(name, ())
    )


def _makes_sense(knowledge: Knowledge, finding: Finding, sites: set[str]) -> bool:
    return not finding.only_with_pain or not sites.isdisjoint(
        _parts(knowledge, finding.only_with_pain)
    )


def _parts(knowledge: Knowledge, sites: tuple[str, ...]) -> frozenset[str]:
    """The sites without parts; those that a knowledge does not have are left out."""
    known = (site for site in sites if site in knowledge.sites)
    return frozenset(part for site in known for part in knowledge.parts(site))


def _weeks(knowledge: Knowledge, present: frozenset[str], random: np.random.Generator) -> float:
    dangers = (knowledge.conditions[name].danger for name in sorted(present))
    urgent = any(one and one.urgency in ("emergency_now", "same_day") for one in dangers)
    return round(_from(WEEKS_IF_URGENT if urgent else WEEKS, random), 1)


def _from(shares: tuple[tuple[float, float, float], ...], random: np.random.Generator) -> float:
    """A number from one of the bands, evenly within it."""
    chances = np.array([share for _, _, share in shares])
    low, high, _ = shares[int(random.choice(len(shares), p=chances / chances.sum()))]
    return float(low + (high - low) * random.random())


def _side(node: Node) -> Side:
    return cast("Side", node.side or "midline")


def _observation(node: Node, present: bool) -> Observation:
    return Observation(finding=node.template, state="present" if present else "absent",
                       side=_side(node), level=node.level)  # fmt: skip
