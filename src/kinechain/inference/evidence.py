"""From a case to items of evidence on nodes of the graph.

Nothing is entered twice: pain in a part of the knee replaces pain "in the knee", a finding
with its side replaces the same finding without it. A longstanding pain is left out while
there is a new or changed one, so that it can never explain the new one away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec

from kinechain.domain.case import Case, Issue, Observation, Pain, Side
from kinechain.knowledge import Knowledge

PRESENT = (0.0, 1.0)
ABSENT = (1.0, 0.0)
IMPOSSIBLE = (0.0, 0.0)

KNOWN_DIAGNOSIS = 20.0
"""Likelihood ratio of a diagnosis recorded earlier: strong, but records are wrong at times
(expert judgement; the interval 5 to 100 would be as defensible)."""


@dataclass(frozen=True)
class Item:
    """One piece of evidence.

    Attributes
    ----------
    id
        Name of what was recorded, such as ``straight_leg_raise.left``.
    members
        Graph nodes of which at least one (present) or none (absent) is the case.
    likelihood
        Weights of absent and present: ``(0, 1)``, ``(1, 0)`` or ``(1, ratio)``.
    complaint
        Whether the person comes for it: a pain, or without any pain another complaint.
    group
        Findings with the same group measure one thing.
    """

    id: str
    label: str
    finding: str
    members: tuple[int, ...]
    likelihood: tuple[float, float]
    state: str
    side: str | None
    level: str | None = None
    complaint: bool = False
    group: str = ""

    @property
    def is_absent(self) -> bool:
        """Whether the item is plain absence."""
        return self.likelihood == ABSENT


@dataclass(frozen=True)
class Evidence:
    """All items of a case, in an order that does not depend on the case file's."""

    items: tuple[Item, ...]
    issues: tuple[Issue, ...]


def gather(knowledge: Knowledge, case: Case) -> Evidence:
    """Collect the evidence of a case.

    Returns
    -------
    Evidence
        Items sorted by id, and an Issue for everything recorded that bears on nothing.
    """
    issues: list[Issue] = []
    items = _pains(knowledge, case, issues)
    for observation in case.observations:
        sides: tuple[Side, ...] = ("left", "right")
        for side in sides if observation.side == "both" else (observation.side,):
            item = _observed(knowledge, msgspec.structs.replace(observation, side=side))
            if item is not None and item.likelihood[0] != item.likelihood[1]:
                items.append(item)  # what is as probable either way tells nothing
    for name in case.known_conditions:
        label = f"earlier diagnosis: {knowledge.conditions[name].label}"
        items.append(
            Item(
                f"known:{name}",
                label,
                name,
                knowledge.instances[name],
                (1.0, KNOWN_DIAGNOSIS),
                "present",
                None,
                group=name,
            )
        )
    found = _settled(items)
    if not any(item.complaint for item in found):
        found = [_as_complaint(knowledge, item, found) for item in found]
    return Evidence(tuple(sorted(found, key=lambda item: item.id)), tuple(issues))


def _pains(knowledge: Knowledge, case: Case, issues: list[Issue]) -> list[Item]:
    current = [pain for pain in case.pain if pain.course != "longstanding"]
    if not current:
        current = list(case.pain)
    issues.extend(
        Issue(
            level="info",
            where=f"pain at {pain.site}",
            message=f"The longstanding {knowledge.sites[pain.site].label} pain is not used "
            "to explain the new or changed complaint.",
            remedy="mark it as changed if it did change",
        )
        for pain in case.pain
        if pain not in current
    )
    items = [item for pain in current for item in _pain_items(knowledge, pain)]
    marked = {
        place
        for pain in case.pain
        for item in _pain_items(knowledge, pain)
        for place in item.members
    }
    free = {
        place
        for pain in case.painless
        for item in _pain_items(knowledge, pain)
        for place in item.members
    }
    if case.drawing_complete:
        free.update(
            place
            for site in knowledge.sites.values()
            if not site.parts
            for place in knowledge.instances[site.id]
        )
    return items + [_painless(knowledge, place) for place in sorted(free - marked)]


def _painless(knowledge: Knowledge, place: int) -> Item:
    node = knowledge.graph.nodes[place]
    return Item(
        node.id,
        f"no pain: {knowledge.label(node.id)}",
        node.template,
        (place,),
        (1.0, 0.0),
        "absent",
        node.side,
        group="where it does not hurt",
    )


def _pain_items(knowledge: Knowledge, pain: Pain) -> list[Item]:
    parts = knowledge.parts(pain.site)
    sides: tuple[str | None, ...]
    sides = ("left", "right") if pain.side == "both" else (pain.side,)
    found: list[Item] = []
    for side in sides:
        members = tuple(
            place
            for part in parts
            for place in knowledge.instances[part]
            if knowledge.graph.nodes[place].side in (side, None) or side in ("unknown", "midline")
        )
        shown = side if side in ("left", "right") and _has_sides(knowledge, pain.site) else None
        name = f"{pain.site}.{shown}" if shown else pain.site
        label = knowledge.sites[pain.site].label
        found.append(
            Item(
                name,
                f"{label}, {shown}" if shown else label,
                pain.site,
                members,
                (0.0, 1.0),
                "present",
                shown,
                complaint=True,
                group="where it hurts",
            )
        )
    return found


def _as_complaint(knowledge: Knowledge, item: Item, items: list[Item]) -> Item:
    """Who comes without pain comes for the symptoms told, or else for the signs found."""
    told = any(_is_told(knowledge, other) for other in items)
    sign = item.finding in knowledge.findings and item.likelihood == (0.0, 1.0)
    return replace(item, complaint=_is_told(knowledge, item) if told else sign)


def _is_told(knowledge: Knowledge, item: Item) -> bool:
    finding = knowledge.findings.get(item.finding)
    return finding is not None and finding.kind == "symptom" and item.likelihood == (0.0, 1.0)


def _has_sides(knowledge: Knowledge, site: str) -> bool:
    return any(knowledge.sites[part].sides == "paired" for part in knowledge.parts(site))


def _observed(knowledge: Knowledge, observation: Observation) -> Item | None:
    name = observation.finding
    nodes = knowledge.graph.nodes
    places = [
        place
        for place in knowledge.instances.get(name, ())
        if (
            nodes[place].side is None
            or observation.side not in ("left", "right")
            or nodes[place].side == observation.side
        )
        and (observation.level is None or nodes[place].level == observation.level)
    ]
    if not places:
        return None
    concept = knowledge.concept(name)
    side = (
        observation.side
        if concept.sides == "paired" and observation.side in ("left", "right", "both")
        else None
    )
    if observation.likelihood_ratio is not None:
        likelihood = (1.0, observation.likelihood_ratio)
    else:
        likelihood = (0.0, 1.0) if observation.state == "present" else (1.0, 0.0)
    words = ", ".join(
        filter(
            None,
            [
                concept.label.replace(" {level}", "").replace("{level}", ""),
                knowledge.levels[observation.level].label if observation.level else None,
                side,
            ],
        )
    )
    return Item(
        ".".join(filter(None, [name, observation.level, side])),
        words,
        name,
        tuple(places),
        likelihood,
        observation.state,
        side,
        observation.level,
        group=getattr(concept, "group", None) or name,
    )


def _settled(items: Iterable[Item]) -> list[Item]:
    """Make items that overlap say each thing once.

    What is absent somewhere is taken out of "present at some side or place"; if nothing is
    left, the record contradicts itself and the item becomes impossible. A present item that
    contains another present one adds nothing. An absence counts once for each member.
    """
    items = sorted(items, key=lambda item: (len(item.members), item.id, item.likelihood))
    firm = [item for item in items if item.likelihood == PRESENT]
    absent = {place for item in items if item.is_absent for place in item.members}
    counted: set[int] = set()
    said: set[tuple[str, tuple[float, float]]] = set()
    kept: list[Item] = []
    for item in items:
        if (item.id, item.likelihood) in said:
            continue
        said.add((item.id, item.likelihood))
        members = item.members
        if item.is_absent:
            members = tuple(place for place in members if place not in counted)
            counted.update(members)
            if not members:
                continue
        elif item.likelihood == PRESENT:
            if any(other is not item and set(other.members) < set(members) for other in firm):
                continue
            left = tuple(place for place in members if place not in absent)
            if not left:
                item = replace(item, likelihood=IMPOSSIBLE)
            members = left or members
        kept.append(replace(item, members=members))
    return kept
