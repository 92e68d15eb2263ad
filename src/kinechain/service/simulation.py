"""Patients drawn from the network itself, with the true answer to every question.

A simulated patient has conditions by their priors, findings by forward sampling, and comes
for the pain that was drawn. What the network gets wrong of the world it gets wrong here too:
such patients measure how well questions are chosen, not how well the network is made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from kinechain.domain.case import Case, Observation, Pain, Side
from kinechain.inference.network import Network
from kinechain.inference.person import Person, person_of
from kinechain.inference.template import template_of
from kinechain.knowledge import Knowledge

Flags = NDArray[np.bool_]

YOUNGEST, OLDEST = 20, 85
MOST_SITES = 4
DRAWN = 400
"""How many people are drawn at once to find one who comes with pain."""


@dataclass(frozen=True)
class Patient:
    """A simulated patient.

    Attributes
    ----------
    case
        Age, sex and where it hurts because of something: what is known before the first
        question.
    true
        For every node of the knowledge's graph whether it is present.
    dangers
        Dangerous conditions that are present and from which a fired path leads to the pain.
    """

    case: Case
    true: tuple[bool, ...]
    dangers: frozenset[str]

    def has(self, knowledge: Knowledge, finding: str, level: str | None, side: str | None) -> bool:
        """Whether a finding or trait is present at this level and side, or at any."""
        nodes = knowledge.graph.nodes
        return any(
            self.true[place]
            for place in knowledge.instances[finding]
            if (level is None or nodes[place].level in (level, None))
            and (side is None or nodes[place].side in (side, None))
        )


def simulate(knowledge: Knowledge, seed: int, *, danger: bool = False) -> Patient:
    """Draw one patient who comes with pain.

    Parameters
    ----------
    knowledge
        Whose network is drawn from.
    seed
        Of this patient.
    danger
        Whether a dangerous condition, each as likely, is to be the origin of the pain.
    """
    random = np.random.default_rng(seed)
    while True:
        found = _drawn(knowledge, random, danger)
        if found is not None:
            return found


def _drawn(knowledge: Knowledge, random: np.random.Generator, danger: bool) -> Patient | None:
    nodes = knowledge.graph.nodes
    age = float(random.integers(YOUNGEST, OLDEST))
    about = Case(id="simulated", age_years=age, sex="female" if random.random() < 0.5 else "male",
                 setting="primary_care")  # fmt: skip
    traits = {
        name: bool(random.random() < trait.prevalence.value)
        for name, trait in knowledge.traits.items()
    }
    told = tuple(
        Observation(finding=name, state="present" if has else "absent", side="unknown")
        for name, has in traits.items()
    )
    person = person_of(knowledge, msgspec.structs.replace(about, observations=told))
    dangerous = [name for name, one in knowledge.conditions.items() if one.danger]
    forced: int | None = None
    if danger:
        name = dangerous[int(random.integers(len(dangerous)))]
        forced = int(random.choice(knowledge.instances[name]))
    network = _with_traits(person)
    given = {place: traits[node.template] for place, node in enumerate(nodes)
             if node.kind == "trait"}  # fmt: skip
    if forced is not None:
        given[forced] = True
    true, fired = forward(network, len(nodes), given, random)
    sites = [place for place, node in enumerate(nodes) if node.kind == "site"]
    reached = reaching(network, true, fired, set(sites))
    explained = _caused(network, true, fired, sites)
    hurting = explained.sum(axis=1)
    origins = [forced] if forced is not None else list(template_of(knowledge).conditions)
    able = (hurting > 0) & (hurting <= MOST_SITES) & reached[:, origins].any(axis=1)
    rows = np.flatnonzero(able)
    if not rows.size:
        return None
    row = int(rows[0])
    pains = tuple(
        Pain(site=nodes[place].template, side=cast("Side", nodes[place].side or "midline"))
        for column, place in enumerate(sites)
        if explained[row, column]
    )
    dangers = {
        nodes[place].template
        for place in template_of(knowledge).conditions
        if nodes[place].template in dangerous and true[row, place] and reached[row, place]
    }
    return Patient(
        msgspec.structs.replace(about, pain=pains),
        tuple(bool(one) for one in true[row]),
        frozenset(dangers),
    )


def _with_traits(person: Person) -> Network:
    """The network with the odds of roots and leaks multiplied by what the traits do."""
    leak = person.network.leak.copy()
    for factors in person.multipliers:
        for node, factor in factors.items():
            odds = leak[:, node] / (1 - leak[:, node]) * factor
            leak[:, node] = odds / (1 + odds)
    return Network(person.network.parents, leak, person.network.activation)


def forward(
    network: Network,
    size: int,
    given: Mapping[int, bool],
    random: np.random.Generator,
    *,
    rows: int = DRAWN,
    leave_out: Collection[int] = frozenset(),
) -> tuple[Flags, dict[tuple[int, int], Flags]]:
    """Sample every node after its causes.

    Parameters
    ----------
    network
        What is sampled from, with one set of parameters.
    size
        How many nodes, from the first.
    given
        Nodes whose state is set, whatever their causes do.
    random
        Source of the random numbers.
    rows
        How many people.
    leave_out
        Nodes without effects that are not wanted; they stay absent.

    Returns
    -------
    true, fired
        Whether each node is present, shape ``(rows, size)``, and for each edge, as
        (parent, child), whether it fired.
    """
    true = np.zeros((rows, size), bool)
    fired: dict[tuple[int, int], Flags] = {}
    for node in range(size):
        if node in leave_out:
            continue
        value: Flags = random.random(rows) < network.leak[0, node]
        for parent, edge in network.parents[node]:
            luck: Flags = random.random(rows) < network.activation[0, edge]
            fires = true[:, parent] & luck
            fired[parent, node] = fires
            value = value | fires
        true[:, node] = given.get(node, value)
    return true, fired


def reaching(
    network: Network,
    true: Flags,
    fired: Mapping[tuple[int, int], Flags],
    sites: Collection[int],
) -> Flags:
    """Whether a fired path leads from each node to a site that hurts, shape of `true`.

    Parameters
    ----------
    network, true, fired
        As for, and from, `forward`.
    sites
        The nodes that count as sites.
    """
    reached = np.zeros_like(true)
    for node in range(true.shape[1] - 1, -1, -1):
        for parent, _ in network.parents[node]:
            if (parent, node) not in fired:  # left out
                continue
            onward = true[:, node] if node in sites else reached[:, node]
            reached[:, parent] |= fired[parent, node] & onward
    return reached


def _caused(
    network: Network, true: Flags, fired: dict[tuple[int, int], Flags], sites: list[int]
) -> Flags:
    """Whether each site hurts because of something, not by its leak; shape (rows, sites)."""
    columns = [
        np.any([fired[parent, node] for parent, _ in network.parents[node]], axis=0)
        if network.parents[node]
        else np.zeros(len(true), bool)
        for node in sites
    ]
    return np.stack(columns, axis=1)
