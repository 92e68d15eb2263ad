"""A way round large tables: weak edges are taken out and made up for.

A gate (a link, or a finding that is present) ties all its causes to each other, and that is
what makes tables large. Most of these ties are weak. A weak edge is cut: the gate gets an
independent copy of the cause, folded into its leak, and the cause gets the factor by which
the gate changes its odds. Both are chosen so that the cut would not be noticed if the cause
and the gate's other causes were independent, and are improved a few times from the beliefs of
the simplified network (edge deletion [1]_). With no edge cut this is exact; with all cut it is
loopy belief propagation.

References
----------
.. [1] A. Choi, A. Darwiche, An edge deletion semantics for belief propagation and its
   practical impact on approximation quality, AAAI (2006) 1107-1114.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kinechain.inference.elimination import Run, TableTooLarge
from kinechain.inference.figures import LARGEST, SMALLEST
from kinechain.inference.network import Assembly, Weights
from kinechain.inference.person import Cut, Person
from kinechain.inference.propagation import Arrows, Messages, propagate

HALVINGS = 6
"""Steps in the search for the fewest edges to cut."""

ROUNDS = 4
SETTLED = 1e-3


def loosen(person: Person, limit: int) -> tuple[Person, Assembly]:
    """Cut weak edges until no table is larger than `limit`.

    Parameters
    ----------
    person
        Network and evidence, with one set of parameters.
    limit
        Largest table, in entries.

    Raises
    ------
    TableTooLarge
        When the ties between conditions alone need a larger one.

    Returns
    -------
    person, assembly
        The same person on the simplified network, and its pairwise form.
    """
    edges, messages = _propagated(person)
    graph = person.knowledge.graph.nodes
    able = [
        place
        for place, (_, child, _) in enumerate(edges)
        if child >= len(graph) or graph[child].kind != "condition"
    ]  # what ties one condition to another is never cut: there is little of it
    order = sorted(able, key=messages.coupling.__getitem__)
    ends = {node for place, node in enumerate(person.nodes) if person.is_end(place)}

    def attempt(count: int) -> tuple[Person, Assembly] | None:
        cuts = tuple(_cut(edges[place], messages, place) for place in order[:count])
        loose = person.cut(cuts)
        kept = [node for cut in cuts for node in (cut.parent, cut.child) if node not in ends]
        try:
            return loose, Assembly(
                loose.network, loose.weighted, loose.absent, [*loose.conditions, *kept], limit
            )
        except TableTooLarge:
            return None

    low, high = 0, len(order)  # so few are too few, so many are enough
    found = attempt(high)
    if found is None:
        raise TableTooLarge(limit, ())
    for _ in range(HALVINGS):
        middle = (low + high) // 2
        tried = attempt(middle)
        if tried is None:
            low = middle
        else:
            high, found = middle, tried
    return _corrected(*_settled(person, *found))


def _cut(edge: tuple[int, int, int], messages: Messages, place: int) -> Cut:
    return Cut(
        parent=edge[0],
        child=edge[1],
        edge=edge[2],
        cause=float(messages.cause[place]),
        odds=float(messages.odds[place]),
    )


def _propagated(person: Person) -> tuple[list[tuple[int, int, int]], Messages]:
    """The edges into gates, and what propagation says of them."""
    network = person.network
    weights = person.weights()
    absent_parents = [p for leaf in person.absent for p, _ in network.parents[leaf]]
    active = network.ancestors([*person.weighted, *absent_parents, *person.conditions])
    edges = [(p, node, edge) for node in sorted(active) for p, edge in network.parents[node]]
    arrows = Arrows(
        parent=_column(edges, 0),
        child=_column(edges, 1),
        activation=network.activation[0, _column(edges, 2)],
        leak=network.leak[0],
        absent=np.ones(network.size),
        present=np.ones(network.size),
    )
    for node, weight in weights.likelihood.items():
        arrows.absent[node] *= weight[0, 0]
        arrows.present[node] *= weight[0, 1]
    for leaf in weights.absent:
        for p, edge in network.parents[leaf]:
            arrows.present[p] *= 1 - network.activation[0, edge]
    return edges, propagate(arrows)


def _column(edges: list[tuple[int, int, int]], place: int) -> NDArray[np.intp]:
    return np.array([edge[place] for edge in edges], np.intp)


def _settled(person: Person, loose: Person, assembly: Assembly) -> tuple[Person, Assembly]:
    """Improve what makes up for the cuts from the simplified network's own beliefs."""
    for _ in range(ROUNDS):
        run = assembly.run(loose.weights())
        cuts, moved = _improved(loose, assembly, run)
        loose = person.cut(cuts)
        assembly = assembly.on(loose.network)
        if moved < SETTLED:
            break
    return loose, assembly


def _improved(loose: Person, assembly: Assembly, run: Run) -> tuple[tuple[Cut, ...], float]:
    fires = loose.network.activation[0]
    gate: dict[int, tuple[float, float]] = {}
    chance: dict[int, float] = {}
    better: list[Cut] = []
    moved = 0.0
    for cut in loose.cuts:
        if cut.child not in gate:
            gate[cut.child] = gate_belief(assembly, run, cut.child)
        if cut.parent not in chance:
            chance[cut.parent] = _chance(assembly, run, cut.parent)
        alone, tied = gate[cut.child]
        kept = 1 - cut.cause * fires[cut.edge]
        with_it = alone + tied * (1 - fires[cut.edge]) / kept
        without = alone + tied / kept
        odds = with_it / without if with_it > 0 and without > 0 else cut.odds
        now = np.clip(chance[cut.parent], 1e-12, 1 - 1e-12)
        before = now / (1 - now) / cut.odds
        better.append(replace(cut, cause=float(before / (1 + before)), odds=float(odds)))
        moved = max(moved, abs(np.log(odds / cut.odds)) * now)
    return tuple(better), float(moved)


def gate_belief(assembly: Assembly, run: Run, node: int) -> tuple[float, float]:
    """What a gate is worth when its causes are left aside, and what they change of it.

    Parameters
    ----------
    assembly, run
        A network and its forward pass.
    node
        The gate.

    Returns
    -------
    alone, tied
        Belief of the two values of the gate's auxiliary variable, summing to one: its weight
        if it were on whatever its causes, and the (mostly negative) rest.
    """
    if node in assembly.auxiliary:
        belief = run.belief(assembly.auxiliary[node])[0]
        alone, tied = (belief / belief.sum()).tolist()
        return alone, tied
    # all its edges are cut: the same two terms of a node that has nothing but its leak
    belief = run.belief(assembly.variable[node])[0]
    on = float(belief[1] / belief.sum())
    leak = float(assembly.network.leak[0, node])
    alone = on / leak
    return alone, 1 - alone


def _chance(assembly: Assembly, run: Run, node: int) -> float:
    belief = run.belief(assembly.variable[node])[0]
    return float(belief[1] / belief.sum())


def _corrected(loose: Person, assembly: Assembly) -> tuple[Person, Assembly]:
    """Value each condition whose edges were cut by putting it in, and leaving it out.

    What a cut says of a rare condition is right for one finding at a time; several findings
    that share another explanation would count twice. With the condition fixed its edges are
    parts of leaks, so that all its findings can be taken together without any larger table.
    """
    by_parent: dict[int, list[int]] = {}
    conditions = set(loose.conditions)
    for place, cut in enumerate(loose.cuts):
        if cut.parent in conditions:
            by_parent.setdefault(cut.parent, []).append(place)
    if not by_parent:
        return loose, assembly
    rows = [(parent, state) for parent in by_parent for state in (0, 1)]
    fires = loose.network.activation[0]
    leak = np.repeat(loose.network.leak, len(rows), axis=0)
    weights = loose.weights()
    likelihood = {
        node: np.repeat(weight, len(rows), axis=0) for node, weight in weights.likelihood.items()
    }
    for row, (parent, state) in enumerate(rows):
        likelihood[parent][row, 1 - state] = 0.0
        for place in by_parent[parent]:
            cut = loose.cuts[place]
            likelihood[parent][row, 1] /= cut.odds
            kept = (1 - state * fires[cut.edge]) / (1 - cut.cause * fires[cut.edge])
            leak[row, cut.child] = 1 - (1 - leak[row, cut.child]) * kept
    network = replace(
        loose.network,
        leak=np.clip(leak, SMALLEST, LARGEST),
        activation=np.repeat(loose.network.activation, len(rows), axis=0),
    )
    fixed = assembly.on(network)
    z = np.concatenate([run.z for _, run in fixed.portions(Weights(likelihood, weights.absent))])
    run = assembly.run(weights)
    cuts = list(loose.cuts)
    for number, (parent, places) in enumerate(by_parent.items()):
        now = _chance(assembly, run, parent)
        without, with_it = z[2 * number], z[2 * number + 1]
        if not (without > 0 and with_it > 0 and 0 < now < 1):
            continue
        factor = (with_it / without) / (now / (1 - now))
        for place in places:
            cuts[place] = replace(
                cuts[place], odds=float(cuts[place].odds * factor ** (1 / len(places)))
            )
    better = (loose.whole or loose).cut(tuple(cuts))
    return better, assembly.on(better.network)
