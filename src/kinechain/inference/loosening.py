"""A way round large tables: weak edges are taken out and made up for.

A gate (a link, or a finding that is present) ties all its causes to each other, and that is
what makes tables large. Most of these ties are weak. A weak edge is cut: the gate gets an
independent copy of the cause, folded into its leak, and the cause gets the factor by which
the gate changes its odds. Both come from belief propagation, where the cut would not be noticed
if the cause and the gate's other causes were independent (edge deletion [1]_). With no edge cut
the result is exact; with all cut it is belief propagation itself. What a condition with cut
edges is worth is then put right by fixing it, one condition after the other (`_corrected`).

References
----------
.. [1] A. Choi, A. Darwiche, An edge deletion semantics for belief propagation and its
   practical impact on approximation quality, AAAI (2006) 1107-1114.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kinechain.inference.elimination import Run
from kinechain.inference.figures import LARGEST, SMALLEST
from kinechain.inference.network import Array, Assembly, Weights
from kinechain.inference.person import Cut, Person
from kinechain.inference.propagation import Arrows, Messages, propagate

HALVINGS = 5
"""Steps in the search for the fewest edges to cut."""


def loosen(person: Person, limit: int, *, careful: bool = True) -> tuple[Person, Assembly]:
    """Cut weak edges until no table is larger than `limit`.

    Parameters
    ----------
    person
        Network and evidence, with one set of parameters.
    limit
        Largest table, in entries.
    careful
        Whether conditions with cut edges are put right one by one (`_corrected`).

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

    def attempt(count: int) -> tuple[Person, Assembly]:
        return _without(person, [_cut(edges[one], messages, one) for one in order[:count]], limit)

    low, high = 0, len(order)  # so few are too few, so many are enough
    found: tuple[Person, Assembly] | None = None
    for _ in range(HALVINGS):
        middle = (low + high) // 2
        tried = attempt(middle)
        if tried[1].fits():
            high, found = middle, tried
        else:
            low = middle
    found = found or attempt(high)
    return _corrected(*found) if careful else found


def cut_edges(
    person: Person, wanted: Collection[tuple[int, int]], limit: int
) -> tuple[Person, Assembly]:
    """Cut the edges named, and make up for them.

    Parameters
    ----------
    person
        Network and evidence, with one set of parameters.
    wanted
        Edges as (parent, child).
    limit
        Largest table, in entries.
    """
    edges, messages = _propagated(person)
    cuts = [_cut(edge, messages, place) for place, edge in enumerate(edges) if edge[:2] in wanted]
    return _corrected(*_without(person, cuts, limit))


def _without(person: Person, cuts: Sequence[Cut], limit: int) -> tuple[Person, Assembly]:
    loose = person.cut(tuple(cuts))
    ends = {node for place, node in enumerate(person.nodes) if person.is_end(place)}
    kept = [node for cut in cuts for node in (cut.parent, cut.child) if node not in ends]
    return loose, Assembly(
        loose.network, loose.weighted, loose.absent, [*loose.conditions, *kept], limit
    )


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
    absent_parents = [p for leaf in person.absent for p, _ in person.network.parents[leaf]]
    return _spread(
        person, person.weights(), [*person.weighted, *absent_parents, *person.conditions]
    )


def propagated(
    person: Person,
    members: Collection[int],
    nodes: Sequence[int],
    fixed: Mapping[int, int] | None = None,
) -> Array:
    """Probability of every node by belief propagation, with some of the evidence only.

    Parameters
    ----------
    person
        Network and evidence.
    members
        Places of the items that count.
    nodes
        Nodes whose probability is wanted.
    fixed
        Nodes known to be absent (0) or present (1).
    """
    included = np.zeros((1, len(person.items)))
    included[0, list(members)] = 1
    weights = person.weights(included)
    evidence = [person.nodes[item] for item in members if not person.folds(item)]
    evidence += [node for item in members for node in person.multipliers[item]]
    absent = [person.nodes[item] for item in members if person.folds(item)]
    evidence += [p for leaf in absent for p, _ in person.network.parents[leaf]]
    likelihood = {node: weights.likelihood[node] for node in evidence if node in weights.likelihood}
    for node, state in (fixed or {}).items():
        likelihood[node] = np.array([[1.0 - state, float(state)]])
    here = Weights(likelihood, {node: weights.absent[node] for node in absent})
    return _spread(person, here, [*evidence, *nodes])[1].chance


def _spread(
    person: Person, weights: Weights, nodes: Sequence[int]
) -> tuple[list[tuple[int, int, int]], Messages]:
    network = person.network
    active = network.ancestors(nodes)
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
    alone, tied = gate_beliefs(assembly, run, node)[0].tolist()
    return alone, tied


def gate_beliefs(assembly: Assembly, run: Run, node: int) -> Array:
    """The same for every row or draw of the run, shape ``(rows, 2)``."""
    if node in assembly.auxiliary:
        belief = run.belief(assembly.auxiliary[node])
        return belief / belief.sum(axis=1, keepdims=True)
    # all its edges are cut: the same two terms of a node that has nothing but its leak
    belief = run.belief(assembly.variable[node])
    alone = belief[:, 1] / belief.sum(axis=1) / assembly.network.leak[:, node]
    return np.stack([alone, 1 - alone], axis=1)


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
