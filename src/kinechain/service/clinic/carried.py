"""Intervals of one assessment carried over to another point: a guess, to be shown as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log
from typing import TypeVar

import numpy as np

from kinechain.domain.assessment import Assessment
from kinechain.inference.network import Array
from kinechain.inference.posterior import Posterior
from kinechain.inference.uncertainty import Intervals

LEAST = 1e-6
"""A probability below this says nothing of how wide its interval would be."""
NOTABLE = 0.01
USUAL = (1.0, 1.0)
"""Distances in log odds where the former assessment has none to go by."""

Distances = tuple[float, float]
Key = TypeVar("Key")


class Carried:
    """Intervals as wide, in log odds, as those of an assessment.

    Parameters
    ----------
    before
        The assessment, with intervals that were computed.
    """

    def __init__(self, before: Assessment) -> None:
        self._conditions = {
            one.condition: _distances(one.explains, one.low, one.high) for one in before.conditions
        }
        self._origins = {
            one.id: _distances(one.explains, one.low, one.high) for one in before.origins
        }
        self._paths = {
            path.path: _distances(path.fired, path.low, path.high)
            for site in before.sites
            for path in site.paths
        }
        self._dangers = {
            one.condition: _distances(one.probability, one.probability, one.high)
            for one in before.not_excluded
        }
        self._thresholds = {one.condition: one.threshold for one in before.not_excluded}
        self._usual = _middle(
            [
                self._conditions[one.condition]
                for one in before.conditions
                if one.explains >= NOTABLE
            ]
        )

    def __call__(self, result: Posterior) -> Intervals:
        """The intervals of a posterior.

        A danger that was not excluded stays so until its interval is computed.

        Parameters
        ----------
        result
            Of the same person, with other findings.
        """
        person = result.person
        nodes = [person.node_id(node) for node in result.nodes]
        present = {
            name: self._reached(name, chance) for name, chance in result.template_present.items()
        }
        return Intervals(
            present=_pairs([_around(float(x), self._usual) for x in result.present]),
            explains=_pairs(
                [
                    _around(float(x), self._of(self._origins, node))
                    for node, x in zip(nodes, result.explains, strict=True)
                ]
            ),
            template_present=present,
            template_explains={
                name: _around(chance, self._of(self._conditions, name))
                for name, chance in result.template_explains.items()
            },
            fired=tuple(
                _pairs(
                    [
                        _around(
                            path.fired,
                            self._of(self._paths, tuple(person.node_id(one) for one in path.nodes)),
                        )
                        for path in site.paths
                    ]
                )
                for site in result.sites
            ),
        )

    def _of(self, known: Mapping[Key, Distances | None], name: Key) -> Distances:
        return known.get(name) or self._usual

    def _reached(self, name: str, chance: float) -> tuple[float, float]:
        low, high = _around(chance, self._of(self._dangers, name))
        return low, max(high, self._thresholds.get(name, 0.0))


def _distances(value: float, low: float, high: float) -> Distances | None:
    if value < LEAST or value > 1 - LEAST:
        return None
    return _log_odds(value) - _log_odds(low), _log_odds(high) - _log_odds(value)


def _around(value: float, distances: Distances) -> tuple[float, float]:
    if value < LEAST or value > 1 - LEAST:
        return value, value
    middle = _log_odds(value)
    return _chance(middle - distances[0]), _chance(middle + distances[1])


def _log_odds(value: float) -> float:
    cut = min(max(value, 1e-9), 1 - 1e-9)
    return log(cut) - log(1 - cut)


def _chance(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


def _middle(known: Sequence[Distances | None]) -> Distances:
    found = [one for one in known if one is not None]
    if not found:
        return USUAL
    low, high = np.median(np.array(found), axis=0)
    return float(low), float(high)


def _pairs(found: Sequence[tuple[float, float]]) -> Array:
    return np.array(found, float).reshape(-1, 2).T
