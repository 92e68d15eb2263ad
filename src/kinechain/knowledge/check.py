"""Proves what can be proved about the knowledge: `kinechain knowledge check`.

Each check is a small function that yields issues; none raises.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec

from kinechain.domain.case import Issue
from kinechain.domain.concepts import Condition, Effect, Prior
from kinechain.domain.estimate import Estimate
from kinechain.knowledge.graph import CAUSES
from kinechain.knowledge.knowledge import DATA, Knowledge, KnowledgeError, assemble
from kinechain.knowledge.read import read_folder

Things = dict[str, dict[str, Any]]


def _issue(where: str, message: str, remedy: str = "", level: Any = "error") -> Issue:
    return Issue(level=level, where=where, message=message, remedy=remedy)


def estimates(thing: Any, path: str = "") -> Iterator[tuple[str, Estimate]]:
    """Every estimate inside a thing, with the path to it."""
    if isinstance(thing, Estimate):
        yield path, thing
    elif isinstance(thing, msgspec.Struct):
        for name in thing.__struct_fields__:
            yield from estimates(getattr(thing, name), f"{path}.{name}" if path else name)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from estimates(value, f"{path}[{key}]")
    elif isinstance(thing, list | tuple):
        for place, value in enumerate(thing):
            label = value.to if isinstance(value, Effect) else str(place)
            yield from estimates(value, f"{path}[{label}]")


def _is_probability(path: str) -> bool:
    return not any(word in path for word in ("odds_ratio", "mean_with", "mean_without", "soft.sd"))


def check_estimates(things: Things) -> Iterator[Issue]:
    """Intervals contain values, probabilities are probabilities, provenance is complete."""
    for folder, group in things.items():
        for name, thing in group.items():
            for path, estimate in estimates(thing):
                where = f"{folder}/{name}.yaml {path}"
                numbers = (estimate.value, estimate.low, estimate.high)
                if not all(isfinite(number) for number in numbers):
                    yield _issue(where, "is not a finite number")
                    continue
                if not estimate.low <= estimate.value <= estimate.high:
                    yield _issue(
                        where,
                        f"the interval {estimate.low}-{estimate.high} does not "
                        f"contain {estimate.value}",
                        "correct the interval",
                    )
                if _is_probability(path):
                    if not 0 <= estimate.low <= estimate.high <= 1:
                        yield _issue(where, "a probability must lie between 0 and 1")
                    if estimate.value in (0, 1):
                        yield _issue(
                            where,
                            f"a probability of {estimate.value:g} claims certainty",
                            "use no_effect with a reason, or a value inside (0, 1)",
                        )
                elif "odds_ratio" in path and estimate.low <= 0:
                    yield _issue(where, "an odds ratio must be positive")
                yield from _check_provenance(where, estimate, things)


def _check_provenance(where: str, estimate: Estimate, things: Things) -> Iterator[Issue]:
    if estimate.basis == "study":
        for field in ("source", "where", "population"):
            if not getattr(estimate, field):
                yield _issue(where, f"a figure from a study needs {field!r}")
    elif not estimate.reason:
        yield _issue(where, "a judgement needs its reason")
    else:
        low, value, high = estimate.low, estimate.value, estimate.high
        if _is_probability(where) and 0 < low <= value <= high < 1:
            span = (high / (1 - high)) / (low / (1 - low))
            if span < 1.99:
                yield _issue(
                    where,
                    f"the interval {low}-{high} is too narrow for a judgement",
                    "widen it to at least a factor of two in odds",
                    "warning",
                )
    cited = [estimate.source] if estimate.source else []
    cited += [other.source for other in estimate.disagrees]
    for source in cited:
        if source not in things["sources"]:
            yield _issue(
                where, f"the source {source!r} does not exist", f"add sources/{source}.yaml"
            )


def check_effects(things: Things) -> Iterator[Issue]:
    """Each effect has exactly one figure; zeros are stated and do not contradict effects."""
    for folder in ("conditions", "traits", "links"):
        for name, thing in things[folder].items():
            where = f"{folder}/{name}.yaml"
            for effect in thing.effects:
                if (effect.activation is None) == (effect.sensitivity is None):
                    yield _issue(
                        f"{where} effects[{effect.to}]",
                        "exactly one of activation and sensitivity must be given",
                    )
                if effect.levels is not None:
                    unknown = set(effect.levels) - set(thing.levels) - {"*"}
                    if unknown:
                        yield _issue(
                            f"{where} effects[{effect.to}]",
                            f"{name} has no level {', '.join(sorted(unknown))}",
                        )
            reached = {effect.to for effect in thing.effects}
            for none in thing.no_effect:
                for target in none.to:
                    if not any(
                        target in things[kind]
                        for kind in ("findings", "sites", "links", "conditions")
                    ):
                        yield _issue(f"{where} no_effect", f"{target} does not exist")
                    if target in reached:
                        yield _issue(f"{where} no_effect", f"{target} is also an effect")


def check_references(things: Things) -> Iterator[Issue]:
    """What is named elsewhere exists."""
    for name, condition in things["conditions"].items():
        where = f"conditions/{name}.yaml"
        for risk in condition.prior.risks:
            if risk.trait not in things["traits"]:
                yield _issue(where, f"the risk {risk.trait!r} is not a trait")
        yield from _check_prior(where, condition)
        if condition.danger:
            for asked in condition.danger.ask:
                if not any(asked in things[kind] for kind in ("findings", "traits", "sites")):
                    yield _issue(f"{where} danger.ask", f"{asked} does not exist")
    for folder in ("findings", "traits"):
        for name, thing in things[folder].items():
            for rule in (thing.derive, getattr(thing, "soft", None)):
                quantity = rule.quantity if rule else None
                if quantity and quantity not in things["quantities"]:
                    yield _issue(f"{folder}/{name}.yaml", f"no quantity {quantity!r}")
    for name, site in things["sites"].items():
        for part in site.parts:
            if part not in things["sites"]:
                yield _issue(f"sites/{name}.yaml", f"the part {part!r} does not exist")
        if not site.parts and site.leak is None:
            yield _issue(f"sites/{name}.yaml", "a site without parts needs a leak")
    for name, setting in things["settings"].items():
        for odds in setting.odds:
            for condition in odds.conditions:
                if condition not in things["conditions"]:
                    yield _issue(f"settings/{name}.yaml", f"no condition {condition!r}")
    for kind in ("conditions", "traits", "links", "findings"):
        for name, thing in things[kind].items():
            for level in thing.levels:
                if level not in things["levels"]:
                    yield _issue(f"{kind}/{name}.yaml", f"no level {level!r}")
            if not thing.regions and kind in ("conditions", "findings"):
                yield _issue(f"{kind}/{name}.yaml", "regions must be given")
            if not thing.reviewed_on:
                yield _issue(f"{kind}/{name}.yaml", "reviewed_on must be given")


def _check_prior(where: str, condition: Condition) -> Iterator[Issue]:
    prior: Prior = condition.prior
    if bool(condition.levels) != bool(prior.level_share):
        yield _issue(where, "level_share must be given exactly when there are levels")
    if prior.level_share:
        if set(prior.level_share) != set(condition.levels):
            yield _issue(where, "level_share must name each level once")
        if abs(sum(prior.level_share.values()) - 1) > 1e-6:
            yield _issue(where, "level_share must sum to one")
    if (condition.sides == "paired") != (prior.other_side is not None):
        yield _issue(where, "other_side must be given exactly when the condition is paired")
    for one in prior.by_age:
        for other in prior.by_age:
            overlap = one.from_years < other.to_years and other.from_years < one.to_years
            if one is not other and overlap and (one.sex == other.sex):
                yield _issue(where, f"age bands overlap at {max(one.from_years, other.from_years)}")


def check_red_flags(things: Things) -> Iterator[Issue]:
    """Every flag is sourced and concerns something that exists."""
    for name, flag in things["red_flags"].items():
        where = f"red_flags/{name}.yaml"
        if not flag.sources:
            yield _issue(where, "a red flag must not rest on judgement alone", "cite a source")
        for citation in flag.sources:
            if citation.source not in things["sources"]:
                yield _issue(where, f"the source {citation.source!r} does not exist")
        for leaf in _leaves(flag.rule):
            yield from _check_leaf(where, leaf, things)
        for asked in flag.ask:
            if not any(asked in things[kind] for kind in ("findings", "traits", "sites")):
                yield _issue(f"{where} ask", f"{asked} does not exist")


def _leaves(rule: Any) -> Iterator[dict[str, Any]]:
    if isinstance(rule, list):
        for part in rule:
            yield from _leaves(part)
    elif isinstance(rule, dict):
        inner = [
            rule[key]
            for key in ("all", "any", "not", "of", "at_least")
            if key in rule and isinstance(rule[key], list | dict)
        ]
        if inner:
            for part in inner:
                yield from _leaves(part)
        else:
            yield rule


def _check_leaf(where: str, leaf: dict[str, Any], things: Things) -> Iterator[Issue]:
    name = leaf.get("finding")
    if name and name not in things["findings"] and name not in things["traits"]:
        yield _issue(where, f"the finding {name!r} does not exist")
    site = leaf.get("site")
    if site and site not in things["sites"]:
        yield _issue(where, f"the site {site!r} does not exist")


def check_use(knowledge: Knowledge) -> Iterator[Issue]:
    """Nothing is orphaned; each condition can be argued for and against; zeros are said."""
    graph = knowledge.graph
    reached = {graph.nodes[edge.child].template for edge in graph.edges}
    flagged = {
        leaf.get("finding") for flag in knowledge.red_flags.values() for leaf in _leaves(flag.rule)
    }
    for name in knowledge.findings:
        if name not in reached and name not in flagged:
            yield _issue(
                f"findings/{name}.yaml",
                "no condition, link or red flag refers to it",
                "write an effect on it or remove it",
            )
    for name in (*knowledge.links, *knowledge.sites):
        if name not in reached and not (name in knowledge.sites and knowledge.sites[name].parts):
            yield _issue(f"{name}.yaml", "nothing has an effect on it")
    risks = {
        risk.trait for condition in knowledge.conditions.values() for risk in condition.prior.risks
    }
    for name, trait in knowledge.traits.items():
        if name not in risks and name not in flagged and not trait.effects:
            yield _issue(f"traits/{name}.yaml", "nothing refers to it", level="warning")
    yield from _check_sources_used(knowledge)
    consequences = descendants(knowledge)
    for name in knowledge.conditions:
        yield from _check_arguments(knowledge, name, consequences[name])
    yield from silent_zeros(knowledge, consequences)


def _check_sources_used(knowledge: Knowledge) -> Iterator[Issue]:
    used: set[str] = set()
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
            yield _issue(f"sources/{name}.yaml", "nothing cites it", "remove it")


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
        yield _issue(
            where,
            "no finding speaks for it",
            "add a finding that is more frequent with it (likelihood ratio of at least 2)",
        )
    if not against:
        yield _issue(
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
            yield _issue(
                f"conditions/{name}.yaml",
                f"says nothing about {len(silent)} findings of its region: {', '.join(silent)}",
                "add an effect, or list them under no_effect with the reason",
            )


def check_folder(folder: Path = DATA) -> list[Issue]:
    """Run every check on the knowledge in `folder`; errors first."""
    things, version, issues = read_folder(folder)
    checks: tuple[Callable[[Things], Iterator[Issue]], ...] = (
        check_estimates,
        check_effects,
        check_references,
        check_red_flags,
    )
    for check in checks:
        issues.extend(check(things))
    if not any(issue.level == "error" and "exactly one of" in issue.message for issue in issues):
        try:
            issues.extend(check_use(assemble(things, version)))
        except KnowledgeError as error:
            issues.extend(error.issues)
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(issues, key=lambda issue: (order[issue.level], issue.where, issue.message))


def main() -> int:
    """Print every issue; exit status 1 when there is an error."""
    issues = check_folder()
    for issue in issues:
        print(
            f"{issue.level}: {issue.where}: {issue.message}"
            + (f" ({issue.remedy})" if issue.remedy else "")
        )
    errors = sum(issue.level == "error" for issue in issues)
    print(f"{errors} errors, {len(issues) - errors} warnings")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
