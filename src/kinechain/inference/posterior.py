"""The posterior of one person: what is present, what explains, what it would be without.

`posterior` never raises for odd evidence: impossible or contradictory evidence, and
evidence whose exact treatment would need too large a table, end as Issues in the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kinechain.domain.case import Case, Issue
from kinechain.inference.attribution import SiteAttribution, attribute
from kinechain.inference.elimination import Run, TableTooLarge
from kinechain.inference.explains import Tracker
from kinechain.inference.loosening import loosen
from kinechain.inference.network import Array, Assembly, Weights
from kinechain.inference.person import Person, person_of
from kinechain.knowledge import Knowledge

EXACT_TABLE = 1 << 12
"""Entries of one table up to which nothing is simplified; in larger cases weak edges are cut
until no table is larger (`loosening`)."""

FEWEST_UNIONS = 6
UNION_ENTRIES = 10_000_000
"""For how many conditions the union of their paths is computed exactly: this many table
entries' worth, at least for the leading ones; for the others its upper bound stands."""

NEGLIGIBLE = 1e-2
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


def posterior(knowledge: Knowledge, case: Case, *, limit: int = EXACT_TABLE) -> Posterior:
    """Infer what is present and what explains the complaint.

    Parameters
    ----------
    knowledge
        The knowledge.
    case
        The person.
    limit
        Largest table; a case that needs larger ones is simplified (`loosening`).
    """
    person = person_of(knowledge, case)
    assembly = Assembly(person.network, person.weighted, person.absent, person.conditions, limit)
    if not assembly.fits():
        person, assembly = loosen(person, limit)
    return _evaluated(person, assembly)


def _simplified(person: Person) -> list[Issue]:
    """What the reader must know of a simplified network."""
    if not person.cuts:
        return []
    return [
        Issue(
            level="info",
            where="inference",
            message=f"This is a large case: {len(person.cuts)} weak connections were taken out and "
            "made up for, which moves a probability by one or two per cent as a rule, and by "
            "more where many findings of one kind have no side.",
        )
    ]


def _evaluated(person: Person, assembly: Assembly) -> Posterior:
    nodes = person.conditions
    weights = person.weights()
    run = assembly.run(weights)
    present = assembly.marginals(run, nodes)[0]
    before = Assembly(person.uncut().network, (), (), nodes)
    prior = before.marginals(before.run(Weights()), nodes)[0]
    issues = [*person.issues, *_simplified(person)]
    if not (np.isfinite(run.z[0]) and run.z[0] > 0 and np.isfinite(present).all()):
        issues.append(
            Issue(
                level="error",
                where="inference",
                message="The findings contradict each other: together they are impossible. The "
                "probabilities shown are those before any finding.",
                remedy="check the findings that cannot be true together",
            )
        )
        return Posterior(
            person,
            assembly,
            run.z,
            nodes,
            prior,
            prior,
            np.zeros(len(nodes)),
            {},
            {},
            (),
            tuple(issues),
        )
    tracker = Tracker(assembly, run, weights)
    sites = attribute(person, tracker)
    chance, by_template = _explains(person, tracker, sites, present)
    some = _family_present(person, assembly, run, weights)
    by_template = {name: min(value, some[name]) for name, value in by_template.items()}
    issues += [
        Issue(
            level="info",
            where=person.items[site.item].label,
            message="The share of this pain that nothing explains is given as a lower bound.",
        )
        for site in sites
        if not site.exact
    ]
    return Posterior(
        person,
        assembly,
        run.z,
        nodes,
        present,
        prior,
        chance,
        some,
        by_template,
        sites,
        tuple(issues),
    )


def _explains(
    person: Person, tracker: Tracker, sites: Sequence[SiteAttribution], present: Array
) -> tuple[Array, dict[str, float]]:
    """Explains of each instance and each condition.

    The probability that some path fired is computed exactly, but for conditions whose paths
    together stay below `NEGLIGIBLE`: there the sum of the paths stands for their union.
    """
    nodes = person.conditions
    total = dict.fromkeys(nodes, 0.0)
    apart = dict.fromkeys(nodes, 0.0)  # paths over edges that were cut
    paths = dict.fromkeys(nodes, 0)
    cut = {(one.parent, one.child) for one in person.cuts}
    for site in sites:
        for path in site.paths:
            if path.nodes[0] in total:
                total[path.nodes[0]] += path.fired
                paths[path.nodes[0]] += 1
                if cut & set(pairwise(path.nodes)):
                    apart[path.nodes[0]] += path.fired
    chance = np.zeros(len(nodes))
    worth = _worth(tracker, total)
    left_out = dict.fromkeys(nodes, 0.0)
    for site in sites:
        for node, more in site.left_out.items():
            if node in left_out:
                left_out[node] += more
    for place, node in enumerate(nodes):
        single = paths[node] <= 1 and not left_out[node]
        most = min(total[node] + left_out[node], float(present[place]))
        if single or most < worth:
            chance[place] = min(total[node], float(present[place]))
        else:
            union = _union(person, tracker, [node], most)
            chance[place] = min(union + apart[node], float(present[place]))
    column = {node: place for place, node in enumerate(nodes)}
    by_template: dict[str, float] = {}
    for name in person.knowledge.conditions:
        family = person.knowledge.instances[name]
        able = [node for node in family if paths[node] or left_out[node]]
        some = float(sum(chance[column[node]] for node in able))
        if len(able) > 1 and some >= worth:
            beside = sum(apart[node] for node in able)  # paths over edges that were cut
            some = min(_union(person, tracker, able, min(some, 1.0)) + beside, some)
        by_template[name] = some
    return chance, by_template


def _worth(tracker: Tracker, total: Mapping[int, float]) -> float:
    """From which sum of paths on a union is computed: fewer of them where tables are large."""
    affordable = max(FEWEST_UNIONS, UNION_ENTRIES // tracker.assembly.plan.total)
    highest = sorted(total.values(), reverse=True)
    return max(NEGLIGIBLE, highest[affordable] if affordable < len(highest) else 0.0)


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
        if len(family) > 1 and total >= 1e-6:
            absent: dict[int, Array] = {}
            for node in family:
                variable = assembly.variable[node]
                absent[variable] = unary[:, variable] * np.array([1.0, 0.0])
            total = 1 - float(run.ratio(absent, {})[0])
        found[name] = float(np.clip(total, 0, 1))
    return found
