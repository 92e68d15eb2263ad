"""Proves that everything in the knowledge is used, and that every zero is said."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from kinechain.domain.case import Issue
from kinechain.knowledge.graph import CAUSES
from kinechain.knowledge.knowledge import Knowledge
from kinechain.knowledge.walk import estimates, issue, rule_leaves


def check_use(knowledge: Knowledge, cited: Collection[str] = ()) -> Iterator[Issue]:
    """Nothing is orphaned; each condition can be argued for and against; zeros are said.

    Parameters
    ----------
    knowledge
        What is checked.
    cited
        Sources that something outside the knowledge cites.
    """
    graph = knowledge.graph
    reached = {graph.nodes[edge.child].template for edge in graph.edges}
    flagged = {
        leaf.get("finding")
        for flag in knowledge.red_flags.values()
        for leaf in rule_leaves(flag.rule)
    }
    for name in knowledge.findings:
        if name not in reached and name not in flagged:
            yield issue(
                f"findings/{name}.yaml",
                "no condition, link or red flag refers to it",
                "write an effect on it or remove it",
            )
    for name in (*knowledge.links, *knowledge.sites):
        if name not in reached and not (name in knowledge.sites and knowledge.sites[name].parts):
            yield issue(f"{name}.yaml", "nothing has an effect on it")
    risks = {
        risk.trait for condition in knowledge.conditions.values() for risk in condition.prior.risks
    }
    for name, trait in knowledge.traits.items():
        if name not in risks and name not in flagged and not trait.effects:
            yield issue(f"traits/{name}.yaml", "nothing refers to it", level="warning")
    yield from _check_sources_used(knowledge, cited)
    consequences = descendants(knowledge)
    for name in knowledge.conditions:
        yield from _check_arguments(knowledge, name, consequences[name])
    yield from silent_zeros(knowledge, consequences)


def _check_sources_used(knowledge: Knowledge, cited: Collection[str]) -> Iterator[Issue]:
    used = set(cited)
    groups: tuple[dict[str, Any], ...] = (
        knowledge.conditions,
        knowledge.traits,
        knowledge.links,
        knowledge.findings,
        knowledge.sites,
        knowledge.settings,
    )
    for group in groups:
        for thing in group.values():
            for _, estimate in estimates(thing):
                used.update(filter(None, [estimate.source]))
                used.update(other.source for other in estimate.disagrees)
    for flag in knowledge.red_flags.values():
        used.update(citation.source for citation in flag.sources)
    for name in knowledge.sources:
        if name not in used:
            yield issue(f"sources/{name}.yaml", "nothing cites it", "remove it")


def descendants(knowledge: Knowledge) -> dict[str, dict[str, float]]:
    """For each cause template, the templates it reaches with the strongest product of
    activations along one way.
    """
    steps: dict[str, dict[str, float]] = {}
    for edge in knowledge.graph.edges:
        if edge.effect < 0:
            continue
        parent = knowledge.graph.nodes[edge.parent].template
        child = knowledge.graph.nodes[edge.child].template
        value = knowledge.graph.figures[edge.effect].value
        row = steps.setdefault(parent, {})
        row[child] = max(row.get(child, 0.0), value)
    found: dict[str, dict[str, float]] = {}

    def walk(name: str) -> dict[str, float]:
        if name not in found:
            found[name] = {}
            for child, value in steps.get(name, {}).items():
                best = found[name]
                best[child] = max(best.get(child, 0.0), value)
                for further, strength in walk(child).items():
                    best[further] = max(best.get(further, 0.0), value * strength)
        return found[name]

    for node in knowledge.graph.nodes:
        if node.kind in CAUSES:
            walk(node.template)
    return found


def _check_arguments(knowledge: Knowledge, name: str, reached: dict[str, float]) -> Iterator[Issue]:
    """Something observable must be able to speak for, and something against."""
    where = f"conditions/{name}.yaml"
    speaking_for = against = False
    for target, strength in reached.items():
        concept = knowledge.findings.get(target) or knowledge.sites.get(target)
        if concept is None or concept.leak is None:
            continue
        leak = concept.leak.value
        present = 1 - (1 - leak) * (1 - strength)
        speaking_for |= present / leak >= 2
        against |= (1 - present) / (1 - leak) <= 0.75
    if not speaking_for:
        yield issue(
            where,
            "no finding speaks for it",
            "add a finding that is more frequent with it (likelihood ratio of at least 2)",
        )
    if not against:
        yield issue(
            where,
            "no finding's absence speaks against it",
            "add a finding that is "
            "mostly present with it (negative likelihood ratio of at most 0.75)",
        )


def silent_zeros(
    knowledge: Knowledge, consequences: dict[str, dict[str, float]]
) -> Iterator[Issue]:
    """A finding and a condition of one region are joined, or it is said why not."""
    for name, condition in knowledge.conditions.items():
        stated = {target for none in condition.no_effect for target in none.to}
        for link in consequences[name]:
            if link in knowledge.links:
                stated.update(t for none in knowledge.links[link].no_effect for t in none.to)
        silent = [
            finding.id
            for finding in knowledge.findings.values()
            if set(finding.regions) & set(condition.regions) - {"systemic"}
            and finding.id not in consequences[name]
            and finding.id not in stated
        ]
        if silent:
            yield issue(
                f"conditions/{name}.yaml",
                f"says nothing about {len(silent)} findings of its region: {', '.join(silent)}",
                "add an effect, or list them under no_effect with the reason",
            )
