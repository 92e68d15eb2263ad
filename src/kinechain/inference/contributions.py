"""What each finding does to an origin: taken away from the whole, and added to nothing.

Findings are not independent, so their contributions do not add up, and no single number
is "the" weight of one. Two are shown, in log odds of the origin being present: `removed`,
the change when it is taken out of the full case, and `alone`, the change when it is all
that is known. The gap between them is what it shares with the others. Findings that
measure one thing are also taken out, and added, together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kinechain.inference.absence import absence_terms
from kinechain.inference.elimination import Table
from kinechain.inference.loosening import propagated
from kinechain.inference.network import Array, Assembly, Weights
from kinechain.inference.person import Person

FEW_TERMS = 16

EXACT_EDGES = 400
"""Edges of a network up to which `alone` is exact; in larger ones it comes from propagation."""

GROUP_TABLE = 1 << 16
"""Largest table for the evidence of one group."""


@dataclass(frozen=True)
class Contribution:
    """Effect of one item, or of one group of items, on one origin.

    Attributes
    ----------
    items
        Places among the person's evidence items.
    removed, alone
        Natural logarithm of the odds ratio; NaN where the odds are not finite.
    """

    origin: int
    group: str
    items: tuple[int, ...]
    removed: float
    alone: float


def contributions(
    person: Person, assembly: Assembly, origins: Sequence[int]
) -> tuple[Contribution, ...]:
    """Contributions of all items and groups to each origin.

    The full case is run once as it is and once with each origin present; taking a finding
    out is then a change of its own table, whose effect on all these runs is known from the
    calibrated tree.

    Parameters
    ----------
    person
        Network and evidence, with one set of parameters.
    assembly
        The pairwise form of this network and evidence, as the posterior made it.
    origins
        Nodes whose log odds are followed.

    Returns
    -------
    tuple of Contribution
        For each origin, the strongest `removed` first.
    """
    count = len(person.items)
    if not count or not origins:
        return ()
    groups: dict[str, list[int]] = {}
    for place, item in enumerate(person.items):
        groups.setdefault(item.group, []).append(place)
    sets = [(person.items[place].group, (place,)) for place in range(count)]
    sets += [(name, tuple(places)) for name, places in groups.items() if len(places) > 1]
    removed = _removed(person, assembly, origins, [members for _, members in sets])
    alone = _alone(person, origins, [members for _, members in sets])
    found: list[Contribution] = []
    for column, origin in enumerate(origins):
        here = [
            Contribution(
                origin, group, members, float(removed[place, column]), float(alone[place, column])
            )
            for place, (group, members) in enumerate(sets)
        ]
        here.sort(
            key=lambda one: (-abs(one.removed) if np.isfinite(one.removed) else 0.0, one.items)
        )
        found.extend(here)
    return tuple(found)


def _removed(
    person: Person, assembly: Assembly, origins: Sequence[int], sets: Sequence[tuple[int, ...]]
) -> Array:
    """Log odds with everything, minus those without each set; shape (sets, origins)."""
    clamps = {
        node: np.array(
            [[1.0, 1.0], *([0.0, 1.0] if node == other else [1.0, 1.0] for other in origins)]
        )
        for node in origins
    }
    weights = person.weights()
    likelihood = dict(weights.likelihood)
    for node, clamp in clamps.items():
        likelihood[node] = likelihood.get(node, 1.0) * clamp
    changes = [_tables_without(person, assembly, weights, members) for members in sets]
    before: list[Array] = []
    after: list[list[Array]] = [[] for _ in sets]
    rows = 0
    for part, run in assembly.portions(Weights(likelihood, weights.absent)):
        stop = rows + run.z.shape[0]
        before.append(run.z)
        for place, tables in enumerate(changes):
            clamped = dict(tables)
            for node, clamp in clamps.items():
                variable = part.variable[node]
                if variable in tables:
                    clamped[variable] = tables[variable] * clamp[rows:stop]
            after[place].append(run.z * run.ratio(clamped, {}))
        rows = stop
    full = np.concatenate(before)
    less = np.stack([np.concatenate(one) for one in after])
    return _log_odds(full[1:] / full[0]) - _log_odds(less[:, 1:] / less[:, :1])


def _tables_without(
    person: Person, assembly: Assembly, weights: Weights, members: Sequence[int]
) -> dict[int, Table]:
    """The tables that change when some items are taken out."""
    included = np.ones((1, len(person.items)))
    included[0, list(members)] = 0
    without = person.weights(included)
    old, new = assembly.unary(weights), assembly.unary(without)
    changed = np.flatnonzero((old != new).any(axis=(0, 2)))
    tables: dict[int, Table] = {int(variable): new[:, variable] for variable in changed}
    for place in members:
        node = person.nodes[place]
        if node in assembly.end_table:
            tables[assembly.end_table[node]] = assembly.end_weights(node, without)
    return tables


def _alone(person: Person, origins: Sequence[int], sets: Sequence[tuple[int, ...]]) -> Array:
    """Log odds with each set only, minus those with nothing; shape (sets, origins).

    A single finding needs no network of its own: its absence is a few weights on its
    causes, and its presence follows from the law of total probability.
    """
    person = person.uncut()
    if len(person.network.activation[0]) > EXACT_EDGES:
        return _alone_propagated(person, origins, sets)
    bare = Assembly(person.network, (), (), person.conditions)
    held = frozenset(bare.variable)
    rows: list[dict[int, float]] = [{}]
    terms: dict[int, tuple[Array, list[int]]] = {}
    for place, members in enumerate(sets):
        node = person.nodes[members[0]]
        if len(members) > 1 or node in held or not person.network.parents[node]:
            continue
        expanded = absence_terms(person.network, held, node, most=2 * FEW_TERMS)
        if len(expanded) > FEW_TERMS:  # then a small network of its own is cheaper
            continue
        terms[place] = (
            np.array([coefficient for coefficient, _ in expanded]),
            list(range(len(rows), len(rows) + len(expanded))),
        )
        rows += [weights for _, weights in expanded]
    likelihood: dict[int, Array] = {}
    for row, weights in enumerate(rows):
        for node, weight in weights.items():
            likelihood.setdefault(node, np.ones((len(rows), 2)))[row, 1] = weight
    likelihood.setdefault(origins[0], np.ones((len(rows), 2)))  # as many rows as were asked
    z, chance = bare.solve(Weights(likelihood), origins)
    result = np.zeros((len(sets), len(origins)))
    for place, members in enumerate(sets):
        if place not in terms:
            result[place] = _log_odds(_only(person, members, origins))
            continue
        coefficients, places = terms[place]
        weight = coefficients * z[places] / z[0]
        missing = (weight[:, None] * chance[places]).sum(axis=0)  # origin, finding absent
        absent, present = person.items[members[0]].likelihood
        both = absent * missing + present * (chance[0] - missing)
        evidence = absent * weight.sum() + present * (1 - weight.sum())
        result[place] = _log_odds(np.clip(both / evidence, 0, 1))
    return result - _log_odds(chance[0])


def _alone_propagated(
    person: Person, origins: Sequence[int], sets: Sequence[tuple[int, ...]]
) -> Array:
    """The same for a large network, from how frequent each finding is with and without an
    origin, everything else unknown. Groups and traits get a small network of their own.
    """
    together = {
        place for place, members in enumerate(sets) if members[1:] or person.multipliers[members[0]]
    }
    result = np.zeros((len(sets), len(origins)))
    nothing: tuple[int, ...] = ()
    prior = propagated(person, nothing, origins)[list(origins)]
    nodes = [person.nodes[item] for item in range(len(person.items))]
    for column, origin in enumerate(origins):
        without, with_it = (
            propagated(person, nothing, [origin, *nodes], {origin: state}) for state in (0, 1)
        )
        for place, members in enumerate(sets):
            if place in together:
                continue
            absent, present = person.items[members[0]].likelihood
            node = nodes[members[0]]
            ratio = (absent * (1 - with_it[node]) + present * with_it[node]) / (
                absent * (1 - without[node]) + present * without[node]
            )
            result[place, column] = np.log(ratio)
    for place in together:
        result[place] = _log_odds(_only(person, sets[place], origins)) - _log_odds(prior)
    return result


def _only(person: Person, members: Sequence[int], origins: Sequence[int]) -> Array:
    """Probability of each origin when these items are all that is known."""
    included = np.zeros((1, len(person.items)))
    included[0, list(members)] = 1
    weights = person.weights(included)
    weighted = [person.nodes[item] for item in members if not person.folds(item)]
    weighted += [node for item in members for node in person.multipliers[item]]
    absent = [person.nodes[item] for item in members if person.folds(item)]
    small = Assembly(person.network, weighted, absent, origins, GROUP_TABLE)
    if not small.fits():
        return propagated(person, members, origins)[list(origins)]
    only = Weights(
        {node: weights.likelihood[node] for node in weighted},
        {node: weights.absent[node] for node in absent},
    )
    return small.marginals(small.run(only), origins)[0]


def _log_odds(chance: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(chance) - np.log1p(-chance)
