"""The posterior of one person: what is present, what explains, what it would be without.

`posterior` never raises for odd evidence: impossible or contradictory evidence, and
evidence whose exact treatment would need too large a table, end as Issues in the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kinechain.domain.case import Case, Issue
from kinechain.inference.attribution import SiteAttribution, attribute
from kinechain.inference.elimination import Run, TableTooLarge
from kinechain.inference.explains import Tracker
from kinechain.inference.network import Array, Assembly, Weights
from kinechain.inference.person import Person, person_of
from kinechain.knowledge import Knowledge

LARGEST_TABLE = 1 << 22
"""Entries of one table, 32 MB; more than that is refused, never attempted."""

NEGLIGIBLE = 5e-3
"""Conditions whose paths together are less probable than this are not told apart further."""


@dataclass(frozen=True)
class Posterior:
    """What follows from a case.

    Attributes
    ----------
    nodes
        Condition instances, as places in the knowledge's graph.
    present, prior
        Probability of each instance with and without the findings, shape ``(nodes,)``.
    explains
        Probability that it is present and a fired path leads from it to a complaint.
    template_present, template_explains
        The same over all levels and sides of a condition, by condition id.
    sites
        Attribution of each painful site.
    bound
        Largest factor by which evidence that had to be set aside could move the odds; one
        when everything was used.
    """

    person: Person
    assembly: Assembly
    z: Array
    nodes: tuple[int, ...]
    present: Array
    prior: Array
    explains: Array
    template_present: dict[str, float]
    template_explains: dict[str, float]
    sites: tuple[SiteAttribution, ...]
    issues: tuple[Issue, ...]
    bound: float = 1.0


def posterior(
    knowledge: Knowledge, case: Case, *, limit: int = LARGEST_TABLE
) -> Posterior:
    """Infer what is present and what explains the complaint.

    Parameters
    ----------
    knowledge
        The knowledge.
    case
        The person.
    limit
        Largest table allowed; beyond it positive findings are set aside, with an Issue.
    """
    person = person_of(knowledge, case)
    set_aside: list[str] = []
    bound = 1.0
    while True:
        try:
            return _exact(person, limit, set_aside, bound)
        except TableTooLarge as error:
            person, dropped, factor = _without_widest(person, error)
            set_aside.append(dropped)
            bound *= factor


def _exact(person: Person, limit: int, set_aside: Sequence[str], bound: float) -> Posterior:
    nodes = person.conditions
    assembly = Assembly(person.network, person.weighted, person.absent, nodes, limit)
    weights = person.weights()
    run = assembly.run(weights)
    present = assembly.marginals(run, nodes)[0]
    before = Assembly(person.network, (), (), nodes, limit)
    prior = before.marginals(before.run(Weights()), nodes)[0]
    issues = list(person.issues)
    if set_aside:
        issues.append(Issue(
            level="warning", where="inference",
            message=f"The findings {', '.join(set_aside)} were set aside: using all of them "
                    f"exactly would need too much memory. They could move odds by at most a "
                    f"factor of {bound:.3g}.",
            remedy="leave out findings that say the same as others",
        ))
    if not (np.isfinite(run.z[0]) and run.z[0] > 0 and np.isfinite(present).all()):
        issues.append(Issue(
            level="error", where="inference",
            message="The findings contradict each other: together they are impossible. The "
                    "probabilities shown are those before any finding.",
            remedy="check the findings that cannot be true together",
        ))
        return Posterior(person, assembly, run.z, nodes, prior, prior, np.zeros(len(nodes)), {}, {}, (),
                         tuple(issues), bound)
    tracker = Tracker(assembly, run, weights)
    sites = attribute(person, tracker)
    chance, by_template = _explains(person, tracker, sites, present)
    issues += [
        Issue(level="info", where=person.items[site.item].label,
              message="The share of this pain that nothing explains is given as a lower bound.")
        for site in sites if not site.exact
    ]
    return Posterior(
        person, assembly, run.z, nodes, present, prior, chance,
        _family_present(person, assembly, run, weights), by_template, sites, tuple(issues), bound,
    )


def _explains(
    person: Person, tracker: Tracker, sites: Sequence[SiteAttribution], present: Array
) -> tuple[Array, dict[str, float]]:
    """Explains of each instance and each condition.

    Where all paths together have a probability below `NEGLIGIBLE`, that sum stands for the
    probability of their union, which it bounds from above.
    """
    nodes = person.conditions
    total = dict.fromkeys(nodes, 0.0)
    paths = dict.fromkeys(nodes, 0)
    for site in sites:
        for path in site.paths:
            if path.nodes[0] in total:
                total[path.nodes[0]] += path.fired
                paths[path.nodes[0]] += 1
    chance = np.zeros(len(nodes))
    for place, node in enumerate(nodes):
        if paths[node] <= 1 or total[node] < NEGLIGIBLE:
            chance[place] = min(total[node], float(present[place]))
        else:
            chance[place] = _union(person, tracker, [node],
                                   min(total[node], float(present[place])))
    column = {node: place for place, node in enumerate(nodes)}
    by_template: dict[str, float] = {}
    for name in person.knowledge.conditions:
        family = person.knowledge.instances[name]
        able = [node for node in family if paths[node]]
        single = float(sum(chance[column[node]] for node in able))
        if len(able) > 1 and single >= NEGLIGIBLE:
            single = _union(person, tracker, able, min(single, 1.0))
        by_template[name] = single
    return chance, by_template


def _union(person: Person, tracker: Tracker, nodes: Sequence[int], bound: float) -> float:
    """Probability that a path from any of the nodes fired; its bound where tables are too
    large."""
    try:
        return float(tracker.explains(nodes, person.complaints)[0])
    except TableTooLarge:
        return bound


def _family_present(
    person: Person, assembly: Assembly, run: Run, weights: Weights
) -> dict[str, float]:
    """Probability that a condition is present at some level or side."""
    unary = assembly.unary(weights)
    marginals = assembly.marginals(run, person.conditions)[0]
    column = {node: place for place, node in enumerate(person.conditions)}
    found: dict[str, float] = {}
    for name in person.knowledge.conditions:
        family = person.knowledge.instances[name]
        total = float(sum(marginals[column[node]] for node in family))
        if len(family) > 1 and total >= NEGLIGIBLE:
            absent: dict[int, Array] = {}
            for node in family:
                variable = assembly.variable[node]
                absent[variable] = unary[:, variable] * np.array([1.0, 0.0])
            total = 1 - float(run.ratio(absent, {})[0])
        found[name] = float(np.clip(total, 0, 1))
    return found


def _without_widest(person: Person, error: TableTooLarge) -> tuple[Person, str, float]:
    """Set aside the positive finding with the most causes that is not a complaint."""
    candidates = [
        place for place, item in enumerate(person.items)
        if not person.folds(place) and not item.complaint
        and len(person.network.parents[person.nodes[place]]) > 1
    ]
    if not candidates:
        raise error
    place = max(candidates, key=lambda one: len(person.network.parents[person.nodes[one]]))
    node = person.nodes[place]
    kept = 1.0
    for _, edge in person.network.parents[node]:
        kept *= 1 - float(person.network.activation[0, edge])
    leak = float(person.network.leak[0, node])
    factor = (1 - (1 - leak) * kept) / leak
    keep = [index for index in range(len(person.items)) if index != place]
    return (
        replace(
            person,
            items=tuple(person.items[index] for index in keep),
            nodes=tuple(person.nodes[index] for index in keep),
            multipliers=tuple(person.multipliers[index] for index in keep),
        ),
        person.items[place].label,
        factor,
    )

