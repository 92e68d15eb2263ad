"""The words in which a leaf of a rule stands in an explanation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from kinechain.domain.case import Case
from kinechain.triage.evaluation import Known
from kinechain.triage.rules import (
    AgeLeaf,
    ConditionLeaf,
    DrugLeaf,
    DurationLeaf,
    FactorLeaf,
    FindingLeaf,
    IntensityLeaf,
    Leaf,
    OnsetLeaf,
    SexLeaf,
    SiteLeaf,
    TriedLeaf,
    ValueLeaf,
)


def because(known: Iterable[Known], case: Case, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Each piece of evidence once, in the order of the rule."""
    words = (
        _stated(item.leaf, case, labels) if item.holds else f"not: {_asked(item.leaf, labels)}"
        for item in known
    )
    return tuple(dict.fromkeys(words))


def still_open(unknown: Iterable[Leaf], labels: Mapping[str, str]) -> tuple[str, ...]:
    """What is not recorded yet, each once, in the order of the rule."""
    return tuple(dict.fromkeys(_asked(leaf, labels) for leaf in unknown))


def name(concept: str, labels: Mapping[str, str]) -> str:
    """The label of an id, or the id in words when it has none."""
    return labels.get(concept) or concept.replace("_", " ")


def _asked(leaf: Leaf, labels: Mapping[str, str]) -> str:
    """The leaf as a thing to know, without this person's answer."""
    match leaf:
        case FindingLeaf():
            where = [part for part in (leaf.side, leaf.level) if part]
            return name(leaf.finding, labels) + (f" ({', '.join(where)})" if where else "")
        case SiteLeaf():
            side = f" ({leaf.side})" if leaf.side else ""
            return f"pain: {name(leaf.site, labels)}{side}"
        case AgeLeaf():
            return f"age {_range(leaf.at_least, leaf.below, 'under')}"
        case SexLeaf():
            return f"{leaf.sex} sex"
        case ValueLeaf():
            high = leaf.at_most if leaf.at_most is not None else leaf.below
            under = "at most" if leaf.at_most is not None else "under"
            return f"{name(leaf.quantity, labels)} {_range(leaf.at_least, high, under)}"
        case OnsetLeaf():
            return f"{leaf.onset} onset"
        case DurationLeaf():
            return f"pain for {_range(leaf.at_least_weeks, leaf.at_most_weeks, 'at most')} weeks"
        case DrugLeaf():
            return f"takes {name(leaf.drug, labels)}"
        case FactorLeaf():
            return name(leaf.factor, labels)
        case ConditionLeaf():
            return f"{name(leaf.condition, labels)} diagnosed or probable"
        case IntensityLeaf():
            return f"pain of {leaf.at_least:g} or more of 10"
        case TriedLeaf():
            return _trial(leaf, labels)
        case _:
            assert_never(leaf)


def _trial(leaf: TriedLeaf, labels: Mapping[str, str]) -> str:
    what = " or ".join(name(one, labels) for one in leaf.treatments)
    length = f" for {leaf.weeks:g} weeks" if leaf.weeks else ""
    outcome = f" with response {' or '.join(leaf.response)}" if leaf.response else ""
    return f"{what} tried{length}{outcome}"


def _stated(leaf: Leaf, case: Case, labels: Mapping[str, str]) -> str:
    """The leaf as a fact about this person: the recorded age or value, not the bound."""
    match leaf:
        case AgeLeaf() if case.age_years is not None:
            return f"age {case.age_years:g}"
        case ValueLeaf():
            values = [m.value for m in case.measurements if m.quantity == leaf.quantity]
            if len(values) == 1:
                return f"{name(leaf.quantity, labels)} {values[0]:g}"
            return _asked(leaf, labels)
        case _:
            return _asked(leaf, labels)


def _range(low: float | None, high: float | None, upper_word: str) -> str:
    parts = [f"{low:g} or more"] if low is not None else []
    if high is not None:
        parts.append(f"{upper_word} {high:g}")
    return " and ".join(parts)
