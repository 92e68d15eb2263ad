"""Where the pain at each site comes from, path by path, in words."""

from __future__ import annotations

from kinechain.domain.assessment import PathResult, SiteResult
from kinechain.domain.concepts import Link
from kinechain.inference.person import Person
from kinechain.inference.posterior import Posterior
from kinechain.inference.uncertainty import Intervals

MECHANICAL = ("gait", "posture", "overload")
"""Kinds of links for which studies found as often little as much."""


def site_results(result: Posterior, intervals: Intervals) -> tuple[SiteResult, ...]:
    """Attribution of every painful site.

    Parameters
    ----------
    result, intervals
        The posterior and its intervals.

    Returns
    -------
    tuple of SiteResult
        Responsibilities and `unexplained` of a site sum to one.
    """
    person = result.person
    found: list[SiteResult] = []
    for site, (low, high) in zip(result.sites, intervals.fired, strict=True):
        item = person.items[site.item]
        if item.finding not in person.knowledge.sites:  # a complaint other than pain
            continue
        paths = [
            PathResult(
                path=tuple(person.node_id(node) for node in path.nodes),
                labels=tuple(person.label(node) for node in path.nodes),
                fired=path.fired,
                low=float(low[place]),
                high=float(high[place]),
                responsibility=share,
                sentence=sentence(person, path.nodes),
                caveats=caveats(person, path.nodes),
            )
            for place, (path, share) in enumerate(
                zip(site.paths, site.responsibilities(), strict=True)
            )
        ]
        unexplained = min(max(site.unexplained, 0.0), 1.0)
        if not paths:
            unexplained = 1.0
        found.append(
            SiteResult(
                site=item.finding,
                label=item.label,
                side=item.side,
                paths=tuple(paths),
                unexplained=unexplained,
            )
        )
    return tuple(found)


def sentence(person: Person, nodes: tuple[int, ...]) -> str:
    """A path in one sentence, such as "X irritates the L4 nerve root, felt in Y"."""
    parts = [person.label(nodes[0])]
    for node in nodes[1:-1]:
        instance = person.knowledge.graph.nodes[node]
        concept = person.knowledge.concept(instance.template)
        if isinstance(concept, Link):
            level = person.knowledge.levels[instance.level].label if instance.level else ""
            words = concept.sentence.replace("{level}", level)
            parts.append(words.replace("{side}", instance.side or "").strip())
        else:
            parts.append(f"leads to {person.label(node)}")
    return f"{', '.join([' '.join(parts[:2]), *parts[2:]])}, felt at: {person.label(nodes[-1])}"


def caveats(person: Person, nodes: tuple[int, ...]) -> tuple[str, ...]:
    """What the knowledge says about how firm the mechanical links of a path are.

    Parameters
    ----------
    person
        The network.
    nodes
        A path from an origin to a site.
    """
    found: list[str] = []
    for node in nodes[1:-1]:
        instance = person.knowledge.graph.nodes[node]
        concept = person.knowledge.concept(instance.template)
        if isinstance(concept, Link) and concept.kind in MECHANICAL and concept.note:
            found.append(" ".join(concept.note.split()))
    return tuple(found)
