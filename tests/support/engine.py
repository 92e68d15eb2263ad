"""The inference as the tests call it, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np
import pytest
from hypothesis import Phase

from kinechain.inference import posterior as posterior_module
from kinechain.inference.attribution import SiteAttribution, attribute
from kinechain.inference.contributions import Contribution, contributions
from kinechain.inference.explains import Tracker
from kinechain.inference.network import Assembly
from kinechain.inference.person import Person
from kinechain.inference.value import Questions, questions

UNSHRUNK = (Phase.explicit, Phase.generate)
"""For tests whose examples are too costly to be made smaller after a failure."""


def assembled(person: Person) -> Assembly:
    """The pairwise form that the posterior of a person uses."""
    return Assembly(person.network, person.weighted, person.absent, person.conditions)


def tracker_of(person: Person) -> Tracker:
    """What answers questions about fired edges."""
    assembly, weights = assembled(person), person.weights()
    return Tracker(assembly, assembly.run(weights), weights)


def explained(
    person: Person, sets: Sequence[Iterable[int]], complaints: Sequence[int] | None = None
) -> list[float]:
    """For each set of sources, the probability that it explains some complaint."""
    tracker = tracker_of(person)
    ends = person.complaints if complaints is None else complaints
    found = [tracker.explains(nodes, ends) for nodes in sets]
    assert all(one.shape == (1,) for one in found)
    return [float(one[0]) for one in found]


def attributed(person: Person, negligible: float = 0.0) -> tuple[SiteAttribution, ...]:
    """Where each pain comes from; by default no path is left out."""
    return attribute(person, tracker_of(person), negligible=negligible)


@contextmanager
def nothing_negligible() -> Iterator[None]:
    """Switch off that improbable paths are left out and small sums stand for unions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posterior_module, "NEGLIGIBLE", 0.0)
        patch.setattr(posterior_module, "FEWEST_UNIONS", 10**6)
        patch.setattr(posterior_module, "attribute", partial(attribute, negligible=0.0))
        yield


def contributed(person: Person, origins: Sequence[int]) -> tuple[Contribution, ...]:
    """What each finding does to each origin."""
    return contributions(person, assembled(person), origins)


def questioned(
    person: Person, thresholds: Mapping[str, float], candidates: Sequence[int] | None = None
) -> Questions:
    """What every unanswered question would tell, all of them valued exactly."""
    return questions(person, assembled(person), thresholds, candidates=candidates, exact=10**6)


def evidence_of(
    person: Person, places: Iterable[int] | None = None
) -> dict[int, tuple[float, float]]:
    """The likelihood of the observed nodes, or of those at some places among the items."""
    chosen = range(len(person.items)) if places is None else places
    return {person.nodes[place]: person.items[place].likelihood for place in chosen}


def close(found: object, expected: object, tolerance: float = 1e-9) -> None:
    """Assert that all numbers agree within an absolute tolerance, and none is NaN."""
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance, equal_nan=False)
