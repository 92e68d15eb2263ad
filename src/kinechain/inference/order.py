"""In which order the variables of a network are best eliminated."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush


class TooWide(Exception):
    """A variable would have to be eliminated together with too many others."""

    def __init__(self, together: int) -> None:
        super().__init__(f"{together} variables would meet in one table")
        self.together = together


def elimination_order(
    n_variables: int, scopes: Sequence[Sequence[int]], most: int | None = None
) -> list[int]:
    """Return an elimination order that adds few edges at each step.

    Variables with at most two neighbours go first: eliminating them never costs anything.
    Of the rest the one goes next that would join the fewest strangers (min-fill), ties to
    the one with fewer neighbours. Neighbourhoods are bit masks, so that counting the
    missing edges of a variable takes one machine operation per neighbour.

    Parameters
    ----------
    n_variables
        Number of variables.
    scopes
        Variables of each table; any two that share a table are neighbours.
    most
        Largest number of variables that may meet in one table.

    Returns
    -------
    list of int
        All variables, first to be eliminated first.

    Raises
    ------
    TooWide
        As soon as more variables would meet than `most`.
    """
    neighbours = _neighbourhoods(n_variables, scopes)
    order: list[int] = []
    easy = [v for v in range(n_variables) if neighbours[v].bit_count() <= 2]
    remaining = set(range(n_variables))
    costs: dict[int, tuple[int, int]] = {}
    while remaining:
        while easy:
            chosen = easy.pop()
            if chosen in remaining and neighbours[chosen].bit_count() <= 2:
                remaining.discard(chosen)
                order.append(chosen)
                costs.pop(chosen, None)
                touched = _eliminate(chosen, neighbours)
                for other in touched:
                    costs.pop(other, None)
                    if neighbours[other].bit_count() <= 2:
                        easy.append(other)
                    elif len(touched) > 1:
                        for stranger in _members(neighbours[other]):
                            costs.pop(stranger, None)
        if not remaining:
            break
        for variable in remaining:
            if variable not in costs:
                costs[variable] = _fill(variable, neighbours)
        chosen = min(remaining, key=costs.__getitem__)
        filled, around = costs.pop(chosen)
        if most is not None and around >= most:
            raise TooWide(around + 1)
        remaining.discard(chosen)
        order.append(chosen)
        touched = _eliminate(chosen, neighbours)
        for other in touched:
            costs.pop(other, None)
            if neighbours[other].bit_count() <= 2:
                easy.append(other)
        if filled:
            near = 0
            for other in touched:
                near |= neighbours[other]
            for stranger in _members(near):
                costs.pop(stranger, None)
    return order


def quick_order(n_variables: int, scopes: Sequence[Sequence[int]], most: int) -> list[int] | None:
    """Return an order that is found quickly: fewest neighbours first.

    Parameters
    ----------
    n_variables, scopes
        As for `elimination_order`.
    most
        Largest number of variables that may meet in one table.

    Returns
    -------
    list of int
        All variables; None when more would meet than `most`.
    """
    order: list[int] = []
    neighbours = _neighbourhoods(n_variables, scopes)
    queue = [(neighbours[variable].bit_count(), variable) for variable in range(n_variables)]
    heapify(queue)
    gone = bytearray(n_variables)
    while queue:
        degree, variable = heappop(queue)
        if gone[variable] or degree != neighbours[variable].bit_count():
            continue  # an entry from before its neighbourhood changed
        if degree >= most:
            return None
        gone[variable] = 1
        order.append(variable)
        for other in _eliminate(variable, neighbours):
            heappush(queue, (neighbours[other].bit_count(), other))
    return order


def _neighbourhoods(n_variables: int, scopes: Sequence[Sequence[int]]) -> list[int]:
    """For each variable a bit mask of those it shares a table with."""
    neighbours = [0] * n_variables
    for scope in scopes:
        mask = 0
        for variable in scope:
            mask |= 1 << variable
        for variable in scope:
            neighbours[variable] |= mask
    for variable in range(n_variables):
        neighbours[variable] &= ~(1 << variable)
    return neighbours


def _members(mask: int) -> list[int]:
    found: list[int] = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def _fill(variable: int, neighbours: list[int]) -> tuple[int, int]:
    """Twice the number of edges that eliminating would add, and the number of neighbours."""
    around = neighbours[variable]
    missing = 0
    mask = around
    while mask:
        low = mask & -mask
        missing += (around & ~neighbours[low.bit_length() - 1]).bit_count() - 1
        mask ^= low
    return missing, around.bit_count()


def _eliminate(variable: int, neighbours: list[int]) -> list[int]:
    """Join the neighbours of a variable with each other and take it out."""
    around = neighbours[variable]
    touched = _members(around)
    out = ~(1 << variable)
    for other in touched:
        neighbours[other] = (neighbours[other] | around) & out & ~(1 << other)
    return touched
