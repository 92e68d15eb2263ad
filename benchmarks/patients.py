"""Patients for the benchmarks of speed: sampled from the network itself.

A person of a random age, sex and setting gets conditions, links, findings and pains by
forward sampling, cause before effect. People without pain are drawn again, for they do not
come. Of what hurts, at most three sites are the complaint. Then findings of the painful
regions and sides, and general ones, are recorded, present or absent as the person has them; a
present one is `TOLD` times as likely to be recorded as an absent one, for people tell what
they have and clinicians look where something is to be found. Seeded: the same seed and
knowledge give the same patients.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kinechain.domain.case import Case, Observation, Pain
from kinechain.inference.network import Network
from kinechain.inference.person import person_of
from kinechain.knowledge import Knowledge

FINDINGS = 50
TOLD = 3.0
MOST_SITES = 3
MOST_CONDITIONS = 80
SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
GENERAL = "systemic"


@dataclass(frozen=True)
class Patient:
    """A sampled case.

    Attributes
    ----------
    case
        What is recorded.
    positive
        How many of the recorded findings are present, the painful sites not counted.
    """

    case: Case
    positive: int


def patients(
    knowledge: Knowledge, count: int, seed: int, *, findings: int = FINDINGS
) -> list[Patient]:
    """Sample patients whose findings are as they come.

    Parameters
    ----------
    knowledge
        Its network is sampled from.
    count, seed
        How many patients, and from where the random numbers start.
    findings
        How many findings are recorded; fewer when the knowledge has fewer.
    """
    random = np.random.default_rng(seed)
    return [
        _patient(knowledge, random, f"sampled-{seed}-{place}", findings) for place in range(count)
    ]


def ailing(knowledge: Knowledge, positive: int, seed: int, *, findings: int = FINDINGS) -> Patient:
    """Sample one patient with a given number of positive findings.

    A person who has too few gets one random condition more, and everything is sampled
    again, until there are enough.

    Parameters
    ----------
    knowledge
        Its network is sampled from.
    positive
        How many of the recorded findings are present.
    seed
        Where the random numbers start.
    findings
        How many findings are recorded, present and absent.

    Raises
    ------
    ValueError
        When nobody has so many.
    """
    random = np.random.default_rng(seed)
    conditions = [
        place for place, node in enumerate(knowledge.graph.nodes) if node.kind == "condition"
    ]
    forced: list[int] = []
    while True:
        case, network = _stranger(knowledge, random, f"ailing-{seed}-{positive}")
        state = forward_sample(network, random, forced)
        sites = _complaint(knowledge, state, random)
        relevant = _relevant(knowledge, sites)
        present = [place for place in relevant if state[place]]
        if sites and len(present) >= positive:
            break
        if len(forced) == MOST_CONDITIONS:
            raise ValueError(f"Nobody has {positive} findings in the regions that hurt.")
        forced.append(int(random.choice(conditions)))
    absent = [place for place in relevant if not state[place]]
    chosen = random.permutation(present)[:positive].tolist()
    chosen += random.permutation(absent)[: findings - positive].tolist()
    return _recorded(knowledge, case, sites, chosen, state)


def forward_sample(
    network: Network, random: np.random.Generator, forced: Iterable[int] = ()
) -> NDArray[np.bool_]:
    """One state of every node, causes first.

    Parameters
    ----------
    network
        Only its first row of weights is used.
    random
        Where the random numbers come from.
    forced
        Nodes that are present whatever causes them.
    """
    state = np.zeros(network.size, bool)
    chance = random.random(network.size)
    given = frozenset(forced)
    for node, parents in enumerate(network.parents):
        none = 1 - network.leak[0, node]
        for parent, edge in parents:
            if state[parent]:
                none *= 1 - network.activation[0, edge]
        state[node] = node in given or chance[node] >= none
    return state


def _patient(
    knowledge: Knowledge, random: np.random.Generator, name: str, findings: int
) -> Patient:
    while True:
        case, network = _stranger(knowledge, random, name)
        state = forward_sample(network, random)
        sites = _complaint(knowledge, state, random)
        if sites:
            break
    relevant = np.array(_relevant(knowledge, sites), int)
    share = np.where(state[relevant], TOLD, 1.0)
    count = min(findings, len(relevant))
    chosen = random.choice(relevant, count, replace=False, p=share / share.sum()).tolist()
    if count < findings:
        rest = [
            place
            for place, node in enumerate(knowledge.graph.nodes)
            if node.kind == "finding" and place not in set(chosen)
        ]
        chosen += random.permutation(rest)[: findings - count].tolist()
    return _recorded(knowledge, case, sites, chosen, state)


def _stranger(knowledge: Knowledge, random: np.random.Generator, name: str) -> tuple[Case, Network]:
    """Someone of whom nothing but age, sex and setting is known."""
    case = Case(
        id=name,
        age_years=float(random.integers(18, 90)),
        sex="female" if random.random() < 0.5 else "male",
        setting=str(random.choice(sorted(knowledge.settings))),
    )
    return case, person_of(knowledge, case).network


def _complaint(
    knowledge: Knowledge, state: NDArray[np.bool_], random: np.random.Generator
) -> list[int]:
    """One to three of the sites that hurt and that something present can make hurt."""
    caused = {edge.child for edge in knowledge.graph.edges if state[edge.parent]}
    hurting = [
        place
        for place, node in enumerate(knowledge.graph.nodes)
        if node.kind == "site" and state[place] and place in caused
    ]
    return random.permutation(hurting)[:MOST_SITES].astype(int).tolist()


def _relevant(knowledge: Knowledge, sites: Iterable[int]) -> list[int]:
    """Findings of the painful regions, on the painful sides, and the general ones."""
    nodes = knowledge.graph.nodes
    regions = {GENERAL}
    sides: set[str | None] = {None}
    for place in sites:
        regions.update(knowledge.sites[nodes[place].template].regions)
        sides.add(nodes[place].side)
    if sides == {None}:
        sides.update(SIDES)
    return [
        place
        for place, node in enumerate(nodes)
        if node.kind == "finding"
        and node.side in sides
        and regions.intersection(knowledge.findings[node.template].regions)
    ]


def _recorded(
    knowledge: Knowledge,
    case: Case,
    sites: Iterable[int],
    findings: Iterable[int],
    state: NDArray[np.bool_],
) -> Patient:
    nodes = knowledge.graph.nodes
    pain = tuple(Pain(site=nodes[place].template, side=_side(nodes[place].side)) for place in sites)
    observations = tuple(
        Observation(
            finding=nodes[place].template,
            state="present" if state[place] else "absent",
            side=_side(nodes[place].side),
            level=nodes[place].level,
        )
        for place in sorted(findings)
    )
    full = Case(
        id=case.id,
        age_years=case.age_years,
        sex=case.sex,
        setting=case.setting,
        pain=pain,
        observations=observations,
    )
    return Patient(full, sum(one.state == "present" for one in observations))


def _side(side: str | None) -> Literal["left", "right", "midline"]:
    if side == "left":
        return "left"
    return "right" if side == "right" else "midline"
