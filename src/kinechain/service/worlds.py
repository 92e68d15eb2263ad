"""Worlds that differ from what the model takes for granted.

A world is two knowledges: the one that patients are drawn from, and the one that the inference
knows. Where they are the same, calibration is a matter of course; where they differ in one
stated way, it shows how much of it is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log
from typing import Any

import msgspec
import numpy as np

from kinechain.domain.concepts import AgeBand, Effect, Finding, Link
from kinechain.domain.estimate import Estimate
from kinechain.inference.figures import Figures
from kinechain.inference.template import template_of
from kinechain.knowledge import Knowledge
from kinechain.knowledge.knowledge import assemble
from kinechain.knowledge.read import FOLDERS

SHARED = 0.7
"""Share of a finding's false positives that comes from the cause its group shares."""
STRONGEST = 0.9
"""How surely the shared cause makes the most error-prone finding of its group positive."""
CORRELATION = 0.5
MISSING = 0.1
TIMES = 3.0


@dataclass(frozen=True)
class World:
    """How a world differs from the model.

    Attributes
    ----------
    name, definition
        In words.
    make
        From the knowledge and a source of random numbers to the world's and the model's.
    correlation
        Of the errors of findings of one group, given the causes.
    afresh
        Whether each patient has a world of its own, or several share one.
    """

    name: str
    definition: str
    make: Callable[[Knowledge, np.random.Generator], tuple[Knowledge, Knowledge]]
    correlation: float = 0.0
    afresh: bool = False

    @property
    def is_own(self) -> bool:
        """Whether the model's figures and edges are the world's."""
        return self.make is _own and not self.correlation

    @property
    def has_network(self) -> bool:
        """Whether a network describes it, so that its exact posterior can be computed."""
        return not self.correlation


def with_values(knowledge: Knowledge, values: Mapping[int, float], version: str) -> Knowledge:
    """The same structure with other figures.

    Parameters
    ----------
    knowledge
        The knowledge to copy.
    values
        Values of some estimates, by their identity, as in `Figures.index`.
    version
        Of the copy.
    """
    graph = msgspec.structs.replace(
        knowledge.graph, figures=tuple(_moved(one, values) for one in knowledge.graph.figures)
    )
    groups = ("conditions", "traits", "links", "findings", "sites", "settings")
    changed: dict[str, Any] = {
        group: {name: _moved(one, values) for name, one in getattr(knowledge, group).items()}
        for group in groups
    }
    return msgspec.structs.replace(knowledge, version=version, graph=graph, **changed)


def _moved(thing: Any, values: Mapping[int, float]) -> Any:
    """A thing with its figures replaced; effects stay, for the graph holds their figures."""
    if isinstance(thing, Estimate):
        value = values.get(id(thing))
        return thing if value is None else msgspec.structs.replace(thing, value=value)
    if isinstance(thing, msgspec.Struct):
        changed: dict[str, Any] = {}
        for name in thing.__struct_fields__:
            old = getattr(thing, name)
            new = old if name in ("effects", "no_effect") else _moved(old, values)
            if new is not old:
                changed[name] = new
        return msgspec.structs.replace(thing, **changed) if changed else thing
    if isinstance(thing, tuple):
        parts: tuple[Any, ...] = thing
        new_parts = tuple(_moved(part, values) for part in parts)
        same = all(new is old for new, old in zip(new_parts, parts, strict=True))
        return parts if same else new_parts
    return thing


def _own(knowledge: Knowledge, random: np.random.Generator) -> tuple[Knowledge, Knowledge]:
    return knowledge, knowledge


def _drawn(knowledge: Knowledge, random: np.random.Generator) -> tuple[Knowledge, Knowledge]:
    figures = template_of(knowledge).figures
    values = figures.draw(1, int(random.integers(2**31)))[0]
    moved = dict(zip(map(id, figures.estimates), values.tolist(), strict=True))
    return with_values(knowledge, moved, _version(knowledge, "drawn", random)), knowledge


def _misjudged(knowledge: Knowledge, random: np.random.Generator) -> tuple[Knowledge, Knowledge]:
    """Half of the conditions are `TIMES` more or less frequent, by their odds."""
    figures = Figures(knowledge)
    point = figures.point()
    moved: dict[int, float] = {}
    for condition in knowledge.conditions.values():
        wrong, up = random.random(2) < 0.5
        if not wrong:
            continue
        prior = condition.prior
        for one in (prior.base, *(band.estimate for band in prior.by_age)):
            place = figures.index[id(one)]
            step = log(TIMES) if up else -log(TIMES)
            moved[id(one)] = float(figures.moved(point, [place], step)[0, place])
    return with_values(knowledge, moved, _version(knowledge, "prevalence", random)), knowledge


def _incomplete(knowledge: Knowledge, random: np.random.Generator) -> tuple[Knowledge, Knowledge]:
    """The model lacks a tenth of the edges, whichever."""
    things = _things(knowledge)
    for folder in ("conditions", "traits", "links"):
        for name, cause in things[folder].items():
            kept = tuple(one for one in cause.effects if random.random() >= MISSING)
            things[folder][name] = msgspec.structs.replace(cause, effects=kept)
    return knowledge, assemble(things, _version(knowledge, "incomplete", random))


def _with_shared_errors(
    knowledge: Knowledge, random: np.random.Generator
) -> tuple[Knowledge, Knowledge]:
    """Each group of findings has a hidden cause of false positives; each stays as frequent."""
    groups: dict[str, list[Finding]] = {}
    for finding in knowledge.findings.values():
        if finding.group:
            groups.setdefault(finding.group, []).append(finding)
    things = _things(knowledge)
    for group, findings in groups.items():
        if len(findings) < 2:
            continue
        rates = {one.id: SHARED * _least(one) for one in findings}
        chance = max(rates.values()) / STRONGEST
        name = f"shared_error_of_{group}"
        things["links"][name] = Link(
            id=name, label=name, kind="test_construct", sentence=name, leak=_figure(chance),
            effects=tuple(
                Effect(to=one.id, activation=_figure(rates[one.id] / chance), side="both",
                       levels={"*": one.levels} if one.levels else None)
                for one in findings
            ),
        )  # fmt: skip
        for one in findings:
            things["findings"][one.id] = _without_share(one, rates[one.id])
    return assemble(things, f"{knowledge.version}, shared errors"), knowledge


def _least(finding: Finding) -> float:
    return min(one.value for one in (finding.leak, *(b.estimate for b in finding.leak_by_age)))


def _without_share(finding: Finding, rate: float) -> Finding:
    """The finding with a leak that, together with the shared cause, is the former one."""

    def less(estimate: Estimate) -> Estimate:
        return msgspec.structs.replace(estimate, value=1 - (1 - estimate.value) / (1 - rate))

    bands: tuple[AgeBand, ...] = tuple(
        msgspec.structs.replace(band, estimate=less(band.estimate)) for band in finding.leak_by_age
    )
    return msgspec.structs.replace(finding, leak=less(finding.leak), leak_by_age=bands)


def _figure(value: float) -> Estimate:
    return Estimate(value=value, low=value, high=value, basis="judgement", reason="simulated")


def _things(knowledge: Knowledge) -> dict[str, dict[str, Any]]:
    return {folder: dict(getattr(knowledge, folder)) for folder in FOLDERS}


def _version(knowledge: Knowledge, words: str, random: np.random.Generator) -> str:
    return f"{knowledge.version}, {words} {int(random.integers(2**62))}"


WORLDS = (
    World("own network", "patients are drawn from the model itself", _own),
    World("figures drawn", "each patient's world has every figure drawn from its interval",
          _drawn, afresh=True),
    World("shared false positives", f"in each group of findings a hidden cause, which the model "
          f"lacks, makes {SHARED:.0%} of the false positives together; each finding alone is as "
          "frequent as modelled", _with_shared_errors),
    World("correlated tests", f"answers of one group are correlated ({CORRELATION:g}, normal "
          "copula) given the person's conditions, true and false ones alike; each finding alone "
          "is as modelled", _own, correlation=CORRELATION),
    World("edges missing", f"the model lacks {MISSING:.0%} of the world's effects, at random",
          _incomplete),
    World("prevalence off", f"half of the conditions are {TIMES:g} times more or less frequent "
          "(odds) than the model has it", _misjudged),
)  # fmt: skip
"""All worlds, the model's own first."""
