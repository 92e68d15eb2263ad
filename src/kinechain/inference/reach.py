"""How far each node reaches the complaint, edge by edge: quick, and close to the exact unions."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from kinechain.inference.elimination import Run
from kinechain.inference.loosening import gate_beliefs
from kinechain.inference.network import Array, Assembly
from kinechain.inference.person import Person


def reaching(
    person: Person, assembly: Assembly, run: Run, upstream: Collection[int]
) -> dict[int, Array]:
    """Probability that a fired path leads from each node to a complaint, if it is present.

    Given that a link is present, what switched it on and what it switches on are taken as
    independent, and so are the edges that leave one node.

    Parameters
    ----------
    person, assembly, run
        A network, its pairwise form and forward pass; the run may hold draws of the figures.
    upstream
        The complaints and everything that can cause them.

    Returns
    -------
    dict
        Node to probabilities of shape ``(rows,)``.
    """
    complaints = set(person.complaints)
    below: dict[int, list[tuple[int, Array]]] = {}
    for parent, child, _ in assembly.edges:
        if child in upstream:
            below.setdefault(parent, []).append((child, assembly.fired(run, parent, child)))
    gates: dict[int, Array] = {}
    for cut in person.cuts:
        if cut.child in upstream:
            if cut.child not in gates:
                gates[cut.child] = gate_beliefs(assembly, run, cut.child)[:, 0]
            fires = cut.cause * assembly.network.activation[:, cut.edge]
            fired = np.clip(fires * gates[cut.child], 0, 1)
            below.setdefault(cut.parent, []).append((cut.child, fired))
    reach: dict[int, Array] = {}
    nodes = sorted(below, reverse=True)  # effects come after causes
    chances = assembly.marginals(run, nodes)
    for place, node in enumerate(nodes):
        chance = np.maximum(chances[:, place], 1e-12)
        missed: Array = np.ones(1)
        for child, fired in below[node]:
            onward = 1.0 if child in complaints else reach.get(child, np.zeros(1))
            missed = missed * (1 - np.clip(fired / chance, 0, 1) * onward)
        reach[node] = 1 - missed
    return {**reach, **{node: np.ones(1) for node in complaints & set(nodes)}}
