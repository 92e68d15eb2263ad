"""The findings that make one think of a condition."""

from __future__ import annotations

from collections.abc import Sequence

from kinechain.knowledge.knowledge import Knowledge
from kinechain.knowledge.use import descendants

COMMON = 0.25
"""Smallest probability in people with the condition."""

RATIO = 3.0
"""How many times more frequent it must be than in people without any cause, and than in those
whose pain is unspecific."""

SEEN = ("symptom", "history", "exam")
"""What is known before anybody is referred: no laboratory, no imaging."""


def hallmarks(knowledge: Knowledge, conditions: Sequence[str]) -> tuple[str, ...]:
    """Symptoms, history and signs that are typical of any of the conditions.

    Parameters
    ----------
    knowledge
        The knowledge.
    conditions
        Ids of conditions.

    Returns
    -------
    tuple of str
        Ids of findings, in alphabetical order.
    """
    reached = descendants(knowledge)
    unspecific = [name for name, one in knowledge.conditions.items() if one.unspecific]
    found: set[str] = set()
    for condition in conditions:
        for name, chance in reached.get(condition, {}).items():
            finding = knowledge.findings.get(name)
            if finding is None or finding.kind not in SEEN:
                continue
            usual = max((reached.get(one, {}).get(name, 0.0) for one in unspecific), default=0.0)
            if chance >= COMMON and chance >= RATIO * max(finding.leak.value, usual):
                found.add(name)
    return tuple(sorted(found))
