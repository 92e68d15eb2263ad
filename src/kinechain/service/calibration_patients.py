"""Patients for the measurement of calibration: what is recorded of them, and what is true.

Who is recorded, and what, depends on nothing that is not recorded itself. Otherwise the record
would tell more than the inference can know, and even a perfect model would look miscalibrated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from statistics import NormalDist
from typing import Any, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from kinechain.domain.case import Case, Observation, Pain, Side
from kinechain.inference.network import Network
from kinechain.inference.person import Person, person_of
from kinechain.knowledge import Knowledge
from kinechain.knowledge.graph import Node
from kinechain.service.simulation import OLDEST, YOUNGEST, Flags, forward, reaching

Array = NDArray[np.float64]
ROWS = 1500
"""How many people are drawn at once, of whom one is kept."""
FEWEST, MOST = 15, 25
"""How many findings are recorded."""
REGIONAL = 2 / 3
"""Share of them that belongs to the region of the complaint; the others are general."""
GENERAL = "systemic"


@dataclass(frozen=True)
class Recorded:
    """A simulated patient.

    Attributes
    ----------
    case
        What is recorded.
    present, explains
        Conditions that are present, and from which a fired path leads to a recorded pain.
    """

    case: Case
    present: frozenset[str]
    explains: frozenset[str]


def recorded_patient(
    world: Knowledge, seed: tuple[int, int], *, setting: str | None = None, correlation: float = 0.0
) -> Recorded:
    """Draw a patient who comes with pain in a region, and the record of the examination.

    Age, sex, exposures and the region of the complaint are drawn first; the patient is one of
    those with pain somewhere in that region. Recorded are every exposure, every site of the
    region as painful or painless, and whole groups of findings of the region and of general
    ones, on both sides and at every level.

    Parameters
    ----------
    world
        Whose network is drawn from.
    seed
        Of the measurement, and the number of the patient. The same patient has the same age,
        sex, exposures and region in every world.
    setting
        Where the patient comes.
    correlation
        Of the answers of one group, given the causes.
    """
    first, second = np.random.SeedSequence(seed).spawn(2)
    random = np.random.default_rng(first)
    about, region = _about(world, random, setting)
    person = person_of(world, about)
    network, tilt = _tilted(person)
    nodes = world.graph.nodes
    given = {
        node: item.state == "present" for item, node in zip(person.items, person.nodes, strict=True)
    }
    sites = [place for place, node in enumerate(nodes)
             if node.kind == "site" and region in _regions(world.sites[node.template])]  # fmt: skip
    random = np.random.default_rng(second)
    true, fired = _one(network, nodes, given, tilt, sites, random)
    pains = [place for place in sites if true[0, place]]
    case = msgspec.structs.replace(
        about,
        pain=tuple(_pain(nodes[place]) for place in pains),
        painless=tuple(_pain(nodes[place]) for place in sites if place not in pains),
    )
    asked = _asked(world, case, region, random)
    answers = _answers(world, network, true[0], asked, correlation, random)
    told = tuple(
        _observation(nodes[place], present)
        for place, present in zip(asked, answers.tolist(), strict=True)
    )
    reached = reaching(network, true, fired, pains)
    instances = [place for place, node in enumerate(nodes) if node.kind == "condition"]
    return Recorded(
        msgspec.structs.replace(case, observations=about.observations + told),
        frozenset(nodes[place].template for place in instances if true[0, place]),
        frozenset(nodes[place].template for place in instances
                  if true[0, place] and reached[0, place]),
    )  # fmt: skip


def _about(world: Knowledge, random: np.random.Generator, setting: str | None) -> tuple[Case, str]:
    age = float(random.integers(YOUNGEST, OLDEST))
    sex = "female" if random.random() < 0.5 else "male"
    luck = {name: random.random(len(world.instances.get(name, ()))) for name in world.traits}
    told = tuple(
        _observation(world.graph.nodes[place], bool(chance < trait.prevalence.value))
        for name, trait in world.traits.items()
        for place, chance in zip(world.instances[name], luck[name], strict=True)
    )
    regions = sorted({one for site in world.sites.values() if not site.parts
                      for one in _regions(site)})  # fmt: skip
    region = regions[int(random.integers(len(regions)))]
    case = Case(id="simulated", age_years=age, sex=sex, setting=setting, observations=told)
    return case, region


def _tilted(person: Person) -> tuple[Network, dict[int, float]]:
    """What the exposures do: priors of roots moved, and the weights that remain to be given.

    An exposure multiplies the odds of a condition. A condition without causes takes that into
    its prior; for one with causes the whole drawn person is weighted.
    """
    leak = person.network.leak.copy()
    tilt: dict[int, float] = {}
    for factors in person.multipliers:
        for node, factor in factors.items():
            if person.network.parents[node]:
                tilt[node] = tilt.get(node, 1.0) * float(factor[0])
            else:
                odds = leak[:, node] / (1 - leak[:, node]) * factor
                leak[:, node] = odds / (1 + odds)
    return Network(person.network.parents, leak, person.network.activation), tilt


def _one(
    network: Network,
    nodes: tuple[Node, ...],
    given: dict[int, bool],
    tilt: dict[int, float],
    sites: list[int],
    random: np.random.Generator,
) -> tuple[Flags, dict[tuple[int, int], Flags]]:
    """One person with pain at one of the sites, findings left out; arrays with one row."""
    findings = {place for place, node in enumerate(nodes) if node.kind == "finding"}
    while True:
        true, fired = forward(network, len(nodes), given, random, rows=ROWS, leave_out=findings)
        rows = np.flatnonzero(true[:, sites].any(axis=1))
        if rows.size:
            break
    weight = np.ones(rows.size)
    for node, factor in tilt.items():
        weight *= np.where(true[rows, node], factor, 1.0)
    row = int(random.choice(rows, p=weight / weight.sum()))
    return true[[row]], {edge: flags[[row]] for edge, flags in fired.items()}


def _asked(world: Knowledge, case: Case, region: str, random: np.random.Generator) -> list[int]:
    """Instances of the findings that are recorded, whole groups at a time."""
    hurting = {pain.site for pain in case.pain}
    able = [
        one for one in world.findings.values()
        if one.id in world.instances and (not one.only_with_pain or any(
            part in hurting for site in one.only_with_pain for part in world.parts(site)))
    ]  # fmt: skip
    regional = [one for one in able if region in _regions(one)]
    general = [one for one in able if region not in _regions(one) and GENERAL in one.regions]
    wanted = int(random.integers(FEWEST, MOST + 1))
    chosen: list[str] = []
    for pool, most in ((regional, round(REGIONAL * wanted)), (general, wanted)):
        groups: dict[str, list[str]] = {}
        for one in pool:
            groups.setdefault(one.group or one.id, []).append(one.id)
        names = sorted(groups)
        for place in random.permutation(len(names)):
            if len(chosen) < most:
                chosen += groups[names[place]]
    return [place for name in chosen for place in world.instances[name]]


def _answers(
    world: Knowledge,
    network: Network,
    true: Flags,
    asked: list[int],
    correlation: float,
    random: np.random.Generator,
) -> Flags:
    """Whether each finding is present, given its causes; within a group possibly together."""
    absent = np.array([
        reduce(
            lambda free, pair: free * (1 - network.activation[0, pair[1]] * true[pair[0]]),
            network.parents[place], 1 - float(network.leak[0, place]),
        )
        for place in asked
    ])  # fmt: skip
    if not correlation:
        return random.random(len(asked)) >= absent
    groups = [world.findings[world.graph.nodes[place].template].group or place for place in asked]
    shared = {group: random.standard_normal() for group in dict.fromkeys(groups)}
    own = random.standard_normal(len(asked))
    level = np.sqrt(correlation) * np.array([shared[group] for group in groups])
    level += np.sqrt(1 - correlation) * own
    normal = NormalDist()
    return np.array([normal.cdf(one) for one in level]) >= absent


def _regions(thing: Any) -> tuple[str, ...]:
    """Regions of a site or finding; a knowledge without regions is all one."""
    return thing.regions or ("",)


def _side(node: Node) -> Side:
    return cast("Side", node.side or "midline")


def _pain(node: Node) -> Pain:
    return Pain(site=node.template, side=_side(node))


def _observation(node: Node, present: bool) -> Observation:
    return Observation(finding=node.template, state="present" if present else "absent",
                       side=_side(node), level=node.level)  # fmt: skip
