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

from kinechain.inference.network import Array, Assembly
from kinechain.inference.person import Person


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
    """Contributions of all items and groups to each origin, in one batched run.

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
    included = np.zeros((2 + 2 * len(sets), count))
    included[0] = 1
    for place, (_, members) in enumerate(sets):
        included[2 + place] = 1
        included[2 + place, list(members)] = 0
        included[2 + len(sets) + place, list(members)] = 1
    _, present = assembly.solve(person.weights(included), origins)
    odds = _log_odds(present)
    found: list[Contribution] = []
    for column, origin in enumerate(origins):
        full, empty = odds[0, column], odds[1, column]
        here = [
            Contribution(origin, group, members,
                         float(full - odds[2 + place, column]),
                         float(odds[2 + len(sets) + place, column] - empty))
            for place, (group, members) in enumerate(sets)
        ]
        here.sort(key=lambda one: (-abs(one.removed) if np.isfinite(one.removed) else 0.0,
                                   one.items))
        found.extend(here)
    return tuple(found)


def _log_odds(chance: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(chance) - np.log1p(-chance)
