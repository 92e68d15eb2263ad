"""A second elimination at full size in extended precision, written apart from the first.

It takes the network and the evidence of a person, not the tables that the program makes of
them, and uses dense tables, one order, and derivatives one factor at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinechain.inference.person import Person

Array = np.ndarray
REAL = np.longdouble
Variable = tuple[str, int]


@dataclass(eq=False)
class Factor:
    """A table over named variables; `slope` is the derivative of the sum of products."""

    scope: tuple[Variable, ...]
    table: Array
    slope: Array | None = None


def evidence_on_nodes(person: Person) -> dict[int, Array]:
    """Weights (absent, present) of every node that carries evidence."""
    found: dict[int, Array] = {}
    for item, node, odds in zip(person.items, person.nodes, person.multipliers, strict=True):
        found[node] = found.get(node, REAL(1)) * np.array(item.likelihood, REAL)
        for other, factor in odds.items():
            found[other] = found.get(other, REAL(1)) * np.array([1, factor[0]], REAL)
    return found


def factors_of(person: Person) -> list[Factor]:
    """The pairwise form, with a table of its own for every condition."""
    network, evidence = person.network, evidence_on_nodes(person)
    leak = network.leak[0].astype(REAL)
    activation = network.activation[0].astype(REAL)
    active = network.ancestors([*evidence, *person.conditions])
    causes = {parent for node in active for parent, _ in network.parents[node]}
    found = [Factor((("x", node),), np.ones(2, REAL)) for node in person.conditions]
    for node in sorted(active):
        off, on = evidence.get(node, np.ones(2, REAL))
        free = 1 - leak[node]
        pairs = network.parents[node]
        ends = node not in causes and node not in person.conditions
        if not pairs:
            found.append(Factor((("x", node),), np.array([free * off, leak[node] * on], REAL)))
            continue
        if ends and on == 0:
            found.append(Factor((), np.array(free * off, REAL)))
        elif ends:
            found.append(Factor((("u", node),), np.array([on, free * (off - on)], REAL)))
        else:
            gate = np.array([[0, on], [free * off, -free * on]], REAL)
            found.append(Factor((("u", node), ("x", node)), gate))
        for parent, edge in pairs:
            kept = 1 - activation[edge]
            if ends and on == 0:
                found.append(Factor((("x", parent),), np.array([1, kept], REAL)))
            else:
                table = np.array([[1, 1], [1, kept]], REAL)
                found.append(Factor((("u", node), ("x", parent)), table))
    return found


def order_of(factors: list[Factor]) -> list[Variable]:
    """Always the variable whose neighbours lack the fewest links among themselves."""
    around: dict[Variable, set[Variable]] = {}
    for factor in factors:
        for variable in factor.scope:
            around.setdefault(variable, set()).update(factor.scope)
    for variable, others in around.items():
        others.discard(variable)

    def cost(variable: Variable) -> tuple[int, int, Variable]:
        others = around[variable]
        missing = sum(len(others - around[one]) - 1 for one in others)
        return missing, len(others), variable

    costs = {variable: cost(variable) for variable in around}
    order: list[Variable] = []
    while costs:
        variable = min(costs.values())[2]
        order.append(variable)
        del costs[variable]
        others = around.pop(variable)
        touched = set(others)
        for one in others:
            around[one] |= others
            around[one] -= {one, variable}
            touched |= around[one]
        for one in touched:
            costs[one] = cost(one)
    return order


def spread(table: Array, scope: tuple[Variable, ...], over: tuple[Variable, ...]) -> Array:
    """The table with axes as in `over`; missing ones have length one."""
    axes = sorted(range(len(scope)), key=lambda axis: over.index(scope[axis]))
    return table.transpose(axes).reshape([2 if one in scope else 1 for one in over])


def gathered(table: Array, over: tuple[Variable, ...], scope: tuple[Variable, ...]) -> Array:
    """The sum of a table over `over` down to the axes `scope`."""
    kept = tuple(one for one in over if one in scope)
    total = table.sum(axis=tuple(axis for axis, one in enumerate(over) if one not in scope))
    return total.transpose([kept.index(one) for one in scope])


def solve(person: Person) -> tuple[Array, dict[int, Array]]:
    """Probability of the evidence, and of each condition, in extended precision."""
    factors = factors_of(person)
    waiting = list(factors)
    steps: list[tuple[tuple[Variable, ...], list[Factor], Factor]] = []
    for variable in order_of(factors):
        meeting = [one for one in waiting if variable in one.scope]
        waiting = [one for one in waiting if variable not in one.scope]
        over = tuple(dict.fromkeys([variable, *(v for one in meeting for v in one.scope)]))
        product = np.ones((2,) * len(over), REAL)
        for one in meeting:
            product = product * spread(one.table, one.scope, over)
        message = Factor(over[1:], product.sum(axis=0))
        steps.append((over, meeting, message))
        waiting.append(message)
    z = np.prod(np.array([one.table for one in waiting], REAL))
    for one in waiting:
        one.slope = z / one.table
    for over, meeting, message in reversed(steps):
        assert message.slope is not None
        down = np.broadcast_to(message.slope, (2,) * len(over))
        for one in meeting:
            rest = down
            for other in meeting:
                if other is not one:
                    rest = rest * spread(other.table, other.scope, over)
            one.slope = gathered(rest, over, one.scope)
    present: dict[int, Array] = {}
    for node, one in zip(person.conditions, factors, strict=False):
        assert one.slope is not None
        present[node] = one.slope[1] / one.slope.sum()
    return z, present
