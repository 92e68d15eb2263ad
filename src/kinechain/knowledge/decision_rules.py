"""Reads the published decision rules, and checks that each can be held against the network."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from kinechain.domain.case import Issue
from kinechain.domain.decision_rules import DecisionRule, Stratum
from kinechain.domain.studies import Measured
from kinechain.knowledge.knowledge import Knowledge
from kinechain.knowledge.read import read_files
from kinechain.knowledge.walk import issue

FOLDER = "decision_rules"
MOST_ITEMS = 12
"""Items of one rule; each doubles the number of patients."""


def read_rules(folder: Path) -> tuple[dict[str, DecisionRule], str, list[Issue]]:
    """Read every file of `folder`.

    Parameters
    ----------
    folder
        Holds one YAML file for each rule.

    Returns
    -------
    rules
        By id, in alphabetical order.
    version
        First 12 hexadecimal digits of the SHA-256 of all files' names and contents.
    issues
        What could not be read, and rules that contradict themselves.
    """
    digest = hashlib.sha256()
    issues: list[Issue] = []
    rules = read_files(folder, DecisionRule, digest, issues)
    for name, rule in rules.items():
        issues.extend(_check_rule(f"{FOLDER}/{name}.yaml", rule))
    return rules, digest.hexdigest()[:12], issues


def check_rules(rules: Mapping[str, DecisionRule], knowledge: Knowledge) -> list[Issue]:
    """Everything that the rules name exists in the knowledge.

    Parameters
    ----------
    rules
        As read by `read_rules`.
    knowledge
        What they are to be held against.
    """
    found: list[Issue] = []
    for name, rule in rules.items():
        found.extend(_check_names(f"{FOLDER}/{name}.yaml", rule, knowledge))
    return found


def _check_names(where: str, rule: DecisionRule, knowledge: Knowledge) -> Iterator[Issue]:
    told = {**knowledge.findings, **knowledge.traits}
    for source in rule.sources:
        if source not in knowledge.sources:
            yield issue(
                where, f"the source {source!r} does not exist", f"add sources/{source}.yaml"
            )
    for kind, names, known in (
        ("condition", rule.condition, knowledge.conditions),
        ("site", rule.patient.pain, knowledge.sites),
        ("finding or trait", rule.patient.present, told),
    ):
        for name in names:
            if name not in known:
                yield issue(where, f"no {kind} is called {name!r}")
    if rule.patient.setting is not None and rule.patient.setting not in knowledge.settings:
        yield issue(where, f"the setting {rule.patient.setting!r} does not exist")
    for item in rule.items:
        for one in item.ids:
            name, dot, level = one.partition(".")
            if name not in told:
                yield issue(
                    f"{where} items[{item.label}]",
                    f"no finding or trait is called {name!r}",
                    "correct the name, or say under assumed that the knowledge has nothing for it",
                )
            elif dot and level not in told[name].levels:
                yield issue(f"{where} items[{item.label}]", f"{name} has no level {level!r}")


def _check_rule(where: str, rule: DecisionRule) -> Iterator[Issue]:
    for item in rule.items:
        if sum([bool(item.of), bool(item.none_of), item.assumed is not None]) != 1:
            yield issue(
                f"{where} items[{item.label}]",
                "an item needs exactly one of of, none_of and assumed",
            )
    ids = [name for item in rule.items for name in item.ids]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield issue(where, f"{name!r} stands in two items", "count it once, and say so in a note")
    if not rule.asked or len(rule.asked) > MOST_ITEMS:
        yield issue(where, f"a rule must ask 1 to {MOST_ITEMS} items. Got {len(rule.asked)}")
    if abs(sum(age.share for age in rule.ages) - 1) > 1e-6:
        yield issue(f"{where} ages", "the shares of the ages must add up to 1")
    if not rule.strata:
        yield issue(where, "a rule must have strata")
    if rule.share is not None:
        yield from _check_measured(f"{where} share", rule.share)
    for stratum in rule.strata:
        yield from _check_stratum(f"{where} strata[{stratum.label}]", rule, stratum)
    for row in rule.accuracy:
        for name in ("sensitivity", "specificity", "share"):
            value = getattr(row, name)
            if value is not None:
                yield from _check_measured(f"{where} accuracy[{row.at_least:g}] {name}", value)


def _check_stratum(where: str, rule: DecisionRule, stratum: Stratum) -> Iterator[Issue]:
    if stratum.at_least is None and stratum.at_most is None:
        yield issue(where, "a stratum needs at_least or at_most")
    if stratum.probability is not None:
        yield from _check_measured(where, stratum.probability)
        if stratum.source is None:
            yield issue(where, "a published probability needs its source")
        return
    cuts = [row.at_least for row in rule.accuracy if row.share is not None]
    above = stratum.at_most is None and stratum.at_least in cuts
    below = stratum.at_least is None and any(stratum.at_most == cut - 1 for cut in cuts)
    if not above and not below:
        yield issue(
            where,
            "its probability is neither given nor follows from an accuracy with a share",
            "give the probability, or end it where an accuracy has its cut",
        )


def _check_measured(where: str, measured: Measured) -> Iterator[Issue]:
    low = measured.value if measured.low is None else measured.low
    high = measured.value if measured.high is None else measured.high
    if not 0 <= low <= measured.value <= high <= 1:
        yield issue(where, f"low <= value <= high must hold within 0 and 1. Got {low:g}, "
                    f"{measured.value:g}, {high:g}")  # fmt: skip
