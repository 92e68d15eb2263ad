"""Proves what can be proved about the knowledge: `kinechain knowledge check`.

Each check is a small function that yields issues; none raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isfinite
from pathlib import Path
from typing import Any

from kinechain.domain.case import Issue
from kinechain.domain.concepts import Condition, Prior
from kinechain.domain.estimate import Estimate
from kinechain.knowledge.check_care import check_care, cited_by_care
from kinechain.knowledge.choir import check_choir
from kinechain.knowledge.decision_rules import FOLDER, check_rules, read_rules
from kinechain.knowledge.fitted import FILE, addresses, apply, read_fitted
from kinechain.knowledge.knowledge import DATA, KnowledgeError, assemble
from kinechain.knowledge.read import read_folder
from kinechain.knowledge.studies import check_studies, read_studies
from kinechain.knowledge.use import check_use
from kinechain.knowledge.walk import estimates, issue, rule_leaves

Things = dict[str, dict[str, Any]]


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
                    yield issue(where, "is not a finite number")
                    continue
                if not estimate.low <= estimate.value <= estimate.high:
                    yield issue(
                        where,
                        f"the interval {estimate.low}-{estimate.high} does not "
                        f"contain {estimate.value}",
                        "correct the interval",
                    )
                if _is_probability(path):
                    if not 0 <= estimate.low <= estimate.high <= 1:
                        yield issue(where, "a probability must lie between 0 and 1")
                    if estimate.value in (0, 1):
                        yield issue(
                            where,
                            f"a probability of {estimate.value:g} claims certainty",
                            "use no_effect with a reason, or a value inside (0, 1)",
                        )
                elif "odds_ratio" in path and estimate.low <= 0:
                    yield issue(where, "an odds ratio must be positive")
                yield from _check_provenance(where, estimate, things)


def _check_provenance(where: str, estimate: Estimate, things: Things) -> Iterator[Issue]:
    if estimate.basis == "study":
        for field in ("source", "where", "population"):
            if not getattr(estimate, field):
                yield issue(where, f"a figure from a study needs {field!r}")
    elif not estimate.reason:
        yield issue(where, "a judgement needs its reason")
    else:
        low, value, high = estimate.low, estimate.value, estimate.high
        if _is_probability(where) and 0 < low <= value <= high < 1:
            span = (high / (1 - high)) / (low / (1 - low))
            if span < 1.99:
                yield issue(
                    where,
                    f"the interval {low}-{high} is too narrow for a judgement",
                    "widen it to at least a factor of two in odds",
                    "warning",
                )
    cited = [estimate.source] if estimate.source else []
    cited += [other.source for other in estimate.disagrees]
    for source in cited:
        if source not in things["sources"]:
            yield issue(
                where, f"the source {source!r} does not exist", f"add sources/{source}.yaml"
            )


def check_effects(things: Things) -> Iterator[Issue]:
    """Each effect has exactly one figure; zeros are stated and do not contradict effects."""
    for folder in ("conditions", "traits", "links"):
        for name, thing in things[folder].items():
            where = f"{folder}/{name}.yaml"
            for effect in thing.effects:
                if (effect.activation is None) == (effect.sensitivity is None):
                    yield issue(
                        f"{where} effects[{effect.to}]",
                        "exactly one of activation and sensitivity must be given",
                    )
                if effect.levels is not None:
                    unknown = set(effect.levels) - set(thing.levels) - {"*"}
                    if unknown:
                        yield issue(
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
                        yield issue(f"{where} no_effect", f"{target} does not exist")
                    if target in reached:
                        yield issue(f"{where} no_effect", f"{target} is also an effect")


def check_references(things: Things) -> Iterator[Issue]:
    """What is named elsewhere exists."""
    for name, condition in things["conditions"].items():
        where = f"conditions/{name}.yaml"
        for risk in condition.prior.risks:
            if risk.trait not in things["traits"]:
                yield issue(where, f"the risk {risk.trait!r} is not a trait")
        yield from _check_prior(where, condition)
        if condition.danger:
            for asked in condition.danger.ask:
                if not any(asked in things[kind] for kind in ("findings", "traits", "sites")):
                    yield issue(f"{where} danger.ask", f"{asked} does not exist")
    for folder in ("findings", "traits"):
        for name, thing in things[folder].items():
            for rule in (thing.derive, getattr(thing, "soft", None)):
                quantity = rule.quantity if rule else None
                if quantity and quantity not in things["quantities"]:
                    yield issue(f"{folder}/{name}.yaml", f"no quantity {quantity!r}")
    for name, site in things["sites"].items():
        for part in site.parts:
            if part not in things["sites"]:
                yield issue(f"sites/{name}.yaml", f"the part {part!r} does not exist")
        if not site.parts and site.leak is None:
            yield issue(f"sites/{name}.yaml", "a site without parts needs a leak")
    for name, setting in things["settings"].items():
        for odds in setting.odds:
            for condition in odds.conditions:
                if condition not in things["conditions"]:
                    yield issue(f"settings/{name}.yaml", f"no condition {condition!r}")
    for kind in ("conditions", "traits", "links", "findings"):
        for name, thing in things[kind].items():
            for level in thing.levels:
                if level not in things["levels"]:
                    yield issue(f"{kind}/{name}.yaml", f"no level {level!r}")
            if not thing.regions and kind in ("conditions", "findings"):
                yield issue(f"{kind}/{name}.yaml", "regions must be given")
            if not thing.reviewed_on:
                yield issue(f"{kind}/{name}.yaml", "reviewed_on must be given")


def _check_prior(where: str, condition: Condition) -> Iterator[Issue]:
    prior: Prior = condition.prior
    if bool(condition.levels) != bool(prior.level_share):
        yield issue(where, "level_share must be given exactly when there are levels")
    if prior.level_share:
        if set(prior.level_share) != set(condition.levels):
            yield issue(where, "level_share must name each level once")
        if abs(sum(prior.level_share.values()) - 1) > 1e-6:
            yield issue(where, "level_share must sum to one")
    if (condition.sides == "paired") != (prior.other_side is not None):
        yield issue(where, "other_side must be given exactly when the condition is paired")
    for one in prior.by_age:
        for other in prior.by_age:
            overlap = one.from_years < other.to_years and other.from_years < one.to_years
            if one is not other and overlap and (one.sex == other.sex):
                yield issue(where, f"age bands overlap at {max(one.from_years, other.from_years)}")


def check_red_flags(things: Things) -> Iterator[Issue]:
    """Every flag is sourced and concerns something that exists."""
    for name, flag in things["red_flags"].items():
        where = f"red_flags/{name}.yaml"
        if not flag.sources:
            yield issue(where, "a red flag must not rest on judgement alone", "cite a source")
        for citation in flag.sources:
            if citation.source not in things["sources"]:
                yield issue(where, f"the source {citation.source!r} does not exist")
        for leaf in rule_leaves(flag.rule):
            yield from _check_leaf(where, leaf, things)
        for asked in flag.ask:
            if not any(asked in things[kind] for kind in ("findings", "traits", "sites")):
                yield issue(f"{where} ask", f"{asked} does not exist")


def _check_leaf(where: str, leaf: dict[str, Any], things: Things) -> Iterator[Issue]:
    name = leaf.get("finding")
    if name and name not in things["findings"] and name not in things["traits"]:
        yield issue(where, f"the finding {name!r} does not exist")
    site = leaf.get("site")
    if site and site not in things["sites"]:
        yield issue(where, f"the site {site!r} does not exist")


def check_folder(folder: Path = DATA) -> list[Issue]:
    """Run every check on the knowledge in `folder`; errors first."""
    things, version, issues = read_folder(folder)
    studies, _, wrong = read_studies(folder / "studies")
    issues += wrong
    rules, _, wrong = read_rules(folder / FOLDER)
    issues += wrong
    cited = {*studies, *(source for rule in rules.values() for source in rule.sources)}
    cited |= cited_by_care(things)
    checks: tuple[Callable[[Things], Iterator[Issue]], ...] = (
        check_estimates,
        check_effects,
        check_references,
        check_red_flags,
        check_care,
        check_choir,
    )
    for check in checks:
        issues.extend(check(things))
    if not any(one.level == "error" and "exactly one of" in one.message for one in issues):
        try:
            known = assemble(things, version)
            issues.extend(check_use(known, cited))
            issues.extend(check_studies(studies, known))
            issues.extend(check_rules(rules, known))
            issues.extend(_check_fitted(things, folder))
        except KnowledgeError as error:
            issues.extend(error.issues)
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(issues, key=lambda one: (order[one.level], one.where, one.message))


def _check_fitted(things: Things, folder: Path) -> list[Issue]:
    """The fitted values are about figures that stand in the files, and nobody entered one."""
    found = [
        issue(address, "says what was entered before a fit", "remove 'entered'; the fit adds it")
        for address, estimate in addresses(things).items()
        if estimate.entered is not None
    ]
    try:
        fitted = read_fitted(folder)
    except ValueError as error:
        return [*found, issue(FILE, str(error))]
    return [*found, *(apply(things, fitted)[1] if fitted else ())]
