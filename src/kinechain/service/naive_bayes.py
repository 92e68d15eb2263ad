"""A yardstick: the same evidence read by naive Bayes, without the web of connections.

Each condition stands alone against all others. Its prior is that of the network for this
person; each recorded finding and painful site then multiplies its odds by

    P(recorded | condition present) / P(recorded | condition absent),

as if findings were independent of each other. Both probabilities come from the same network
and its figures, so that any difference from the network's ranks is due to how evidence is
put together: shared causes, findings that measure one thing, one origin explaining away
another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kinechain.domain.case import Case
from kinechain.inference.evidence import Item
from kinechain.inference.network import Array, Assembly, Weights
from kinechain.inference.person import Person, person_of
from kinechain.knowledge import Knowledge


@dataclass(frozen=True)
class NaiveReading:
    """What naive Bayes says of a case.

    Attributes
    ----------
    conditions
        Ids of all conditions.
    items
        The recorded findings and sites, traits left out: they are in the priors.
    prior, posterior
        Probability of each condition at some level or side, shape ``(conditions,)``.
    ratios
        Likelihood ratio of each item for each condition, shape ``(items, conditions)``.
    able
        Whether a condition can cause any complaint at all, over whatever links.
    """

    conditions: tuple[str, ...]
    items: tuple[Item, ...]
    prior: Array
    posterior: Array
    ratios: Array
    able: tuple[bool, ...]

    @property
    def order(self) -> list[str]:
        """The conditions, the likeliest first; those that can cause no complaint come last."""
        places = sorted(
            range(len(self.conditions)),
            key=lambda place: (
                not self.able[place],
                -self.posterior[place],
                self.conditions[place],
            ),
        )
        return [self.conditions[place] for place in places]


def naive_bayes(knowledge: Knowledge, case: Case) -> NaiveReading:
    """Read a case as if its findings were independent given each condition.

    Parameters
    ----------
    knowledge
        The knowledge; its network gives the priors and the likelihood ratios.
    case
        The person.
    """
    asked = _Asked(person_of(knowledge, case))
    traits = knowledge.traits
    told = [place for place, item in enumerate(asked.person.items) if item.finding not in traits]
    absent = asked.condition_absent
    prior = 1 - absent
    ratios = np.array([asked.ratios(place) for place in told]).reshape(len(told), len(absent))
    with np.errstate(divide="ignore"):
        odds = np.log(prior) - np.log(absent) + np.log(ratios).sum(axis=0)
    return NaiveReading(
        conditions=tuple(knowledge.conditions),
        items=tuple(asked.person.items[place] for place in told),
        prior=prior,
        posterior=1 / (1 + np.exp(-np.clip(odds, -700, 700))),
        ratios=ratios,
        able=asked.able,
    )


class _Asked:
    """One person's network, asked for single findings while whole conditions are put away.

    Only absences and the person's traits are ever put in, so that all tables stay small.
    """

    def __init__(self, person: Person) -> None:
        self.person = person
        knowledge = person.knowledge
        self.families = [knowledge.instances[name] for name in knowledge.conditions]
        self.causes = [person.network.ancestors(family) for family in self.families]
        fixed = [p for p, item in enumerate(person.items) if item.finding in knowledge.traits]
        self.base = Person(
            knowledge,
            person.case,
            person.network,
            tuple(person.items[place] for place in fixed),
            tuple(person.nodes[place] for place in fixed),
            tuple(person.multipliers[place] for place in fixed),
            (),
        )

    @property
    def able(self) -> tuple[bool, ...]:
        """For each condition, whether a complaint is among its effects."""
        before = self.person.network.ancestors(self.person.complaints)
        return tuple(not before.isdisjoint(family) for family in self.families)

    @cached_property
    def condition_absent(self) -> Array:
        """Probability that a condition is absent everywhere, shape ``(conditions,)``."""
        z = self._absences(range(len(self.families)), None)
        return np.clip(z[1:] / z[0], 1e-300, 1 - 1e-15)

    @cached_property
    def _everything(self) -> float:
        return float(self._absences((), None)[0])

    def ratios(self, place: int) -> Array:
        """Likelihood ratio of one item for each condition, shape ``(conditions,)``."""
        found = np.ones(len(self.families))
        node = self.person.nodes[place]
        before = self.person.network.ancestors([node])
        related = [c for c, causes in enumerate(self.causes) if not before.isdisjoint(causes)]
        if not related:
            return found
        z = self._absences(related, place) / self._everything
        without = self.condition_absent[related]
        gone_without = z[1:] / without
        gone_with = (z[0] - z[1:]) / (1 - without)
        absent, present = self.person.items[place].likelihood
        above = present + (absent - present) * np.clip(gone_with, 0, 1)
        below = present + (absent - present) * np.clip(gone_without, 0, 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            found[related] = np.where((above > 0) | (below > 0), above / below, 1.0)
        return found

    def _absences(self, conditions: Sequence[int], place: int | None) -> Array:
        """Sums of products with nothing put away, then with each condition put away.

        In all of them the item at `place` is absent, if one is named.
        """
        base = self.base.weights()
        rows = 1 + len(conditions)
        likelihood = dict(base.likelihood)
        absent = dict(base.absent)
        for row, condition in enumerate(conditions, start=1):
            for node in self.families[condition]:
                weight = np.ones((rows, 2))
                weight[row, 1] = 0
                likelihood[node] = likelihood.get(node, 1.0) * weight
        if place is not None:
            node = self.person.nodes[place]
            if self.person.is_end(place):
                absent[node] = np.ones(1)
            else:
                likelihood[node] = likelihood.get(node, 1.0) * np.array([[1.0, 0.0]])
        assembly = Assembly(self.person.network, list(likelihood), list(absent))
        weights = Weights(likelihood, absent)
        z = np.concatenate([run.z for _, run in assembly.portions(weights)])
        return np.broadcast_to(z, (rows,))
