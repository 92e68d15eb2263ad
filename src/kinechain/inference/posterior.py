"""The posterior of one person: what is present, what explains, what it would be without.

`posterior` never raises for odd evidence: impossible or contradictory evidence, and
evidence whose exact treatment would need too large a table, end as Issues in the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from kinechain.domain.case import Case, Issue
from kinechain.inference.attribution import SiteAttribution, attribute
from kinechain.inference.easing import chances, gap, slope
from kinechain.inference.elimination import Run, TableTooLarge
from kinechain.inference.explains import Tracker
from kinechain.inference.network import Array, Assembly, Weights
from kinechain.inference.person import Person, person_of
from kinechain.knowledge import Knowledge

EXACT_TABLE = 1 << 13
"""Entries of one table up to which nothing is simplified."""

LARGEST_TABLE = 1 << 16
"""Entries of one table up to which only quiet links are folded, which moves no probability
by more than about 0.001 (measured on the published cases)."""

HARD_LIMIT = 1 << 22
"""Entries of one table (32 MB); more than that is refused, never attempted."""

TANGENTS = 3
"""Rounds in which the tangents of eased findings are laid anew."""

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

    def relevance(self) -> dict[int, float]:
        """How far each condition instance, if present, explains the complaint."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.nan_to_num(self.explains / self.present)
        return dict(zip(self.nodes, np.clip(share, 0, 1).tolist(), strict=True))


def posterior(
    knowledge: Knowledge, case: Case, *, limit: int = EXACT_TABLE
) -> Posterior:
    """Infer what is present and what explains the complaint.

    Parameters
    ----------
    knowledge
        The knowledge.
    case
        The person.
    limit
        Largest table for which everything is exact; beyond it see `easing`, with an Issue.
    """
    person = person_of(knowledge, case)
    try:
        assembly = _assembled(person, limit)
    except TableTooLarge:
        person, assembly = _eased(person, max(limit, LARGEST_TABLE))
    return _evaluated(person, assembly)


def _assembled(person: Person, limit: int) -> Assembly:
    return Assembly(person.network, person.weighted, person.absent, person.conditions, limit)


def _eased(person: Person, limit: int) -> tuple[Person, Assembly]:
    """Fold quiet links and, if that is not enough, ease findings until the tables fit.

    All findings are eased first, which is quick; what that says of their causes tells for
    which of them a tangent is a poor stand-in, and as many of these as fit are exact again.
    A case that does not fit with every finding eased keeps its complaints, up to the hard
    limit.
    """
    with suppress(TableTooLarge):
        easier = person.easier({})
        return easier, _assembled(easier, limit)
    places = [
        place for place, item in enumerate(person.items)
        if item.likelihood == (0.0, 1.0) and not item.complaint and person.is_end(place)
        and len(person.network.parents[person.nodes[place]]) > 1
    ]
    easier = person.easier(dict.fromkeys(places, 1.0))
    assembly = _assembled(easier, HARD_LIMIT)
    easier, known = _with_tangents(easier, assembly)
    loss = {place: gap(person.network, person.nodes[place], known) for place in places}
    places.sort(key=lambda place: (-loss[place], place))
    fits, fails = 0, len(places) + 1
    while fails - fits > 1:
        tried = (fits + fails) // 2
        fewer = person.easier({place: easier.eased[place] for place in places[tried:]})
        try:
            assembly, fits = _assembled(fewer, limit), tried
        except TableTooLarge:
            fails = tried
    if fits:
        easier = person.easier({place: easier.eased[place] for place in places[fits:]})
        easier, _ = _with_tangents(easier, assembly)
    return easier, assembly


def _with_tangents(easier: Person, assembly: Assembly) -> tuple[Person, dict[int, float]]:
    """Lay the tangents where the findings are expected; also the causes' probabilities."""
    known: dict[int, float] = {}
    nodes = [node for node in assembly.nodes if node < len(easier.knowledge.graph.nodes)]
    for _ in range(TANGENTS):
        run = assembly.run(easier.weights())
        present = assembly.marginals(run, nodes)[0].tolist()
        known = chances(easier.network, easier.quiet or (), dict(zip(nodes, present, strict=True)))
        easier = easier.easier({
            place: slope(easier.network, easier.nodes[place], known) for place in easier.eased
        })
    return easier, known


def _simplified(person: Person) -> list[Issue]:
    """What the reader must know of findings that were not treated exactly."""
    if not person.eased:
        return []
    labels = ", ".join(person.items[place].label for place in sorted(person.eased))
    return [Issue(
        level="info", where="inference",
        message="So many findings are present that an exact calculation would take too long. "
                f"These enter by an upper bound of their probability, and tell less than they "
                f"could: {labels}.",
        remedy="leave out findings that say the same as others",
    )]


def _evaluated(person: Person, assembly: Assembly) -> Posterior:
    nodes = person.conditions
    weights = person.weights()
    run = assembly.run(weights)
    present = assembly.marginals(run, nodes)[0]
    before = Assembly(person.network, (), (), nodes)
    prior = before.marginals(before.run(Weights()), nodes)[0]
    issues = [*person.issues, *_simplified(person)]
    if not (np.isfinite(run.z[0]) and run.z[0] > 0 and np.isfinite(present).all()):
        issues.append(Issue(
            level="error", where="inference",
            message="The findings contradict each other: together they are impossible. The "
                    "probabilities shown are those before any finding.",
            remedy="check the findings that cannot be true together",
        ))
        return Posterior(person, assembly, run.z, nodes, prior, prior, np.zeros(len(nodes)), {}, {}, (),
                         tuple(issues))
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
        _family_present(person, assembly, run, weights), by_template, sites, tuple(issues),
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
    large.
    """
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
